package fake

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"
)

// Limits are what this Telegram allows, in the shape of PATCH /limits. Rates are
// per second and come in bursts of one second; 0 = no limit. The real Telegram's
// are unknown: the zero value has none.
type Limits struct {
	GetFile GetFileLimits `json:"get_file"`
	Login   LoginLimit    `json:"login"`
	Send    SendLimits    `json:"send"`
	// ConnectionsPerAccount is how many one account may have open; one more is
	// closed by transport error −429.
	ConnectionsPerAccount int `json:"connections_per_account"`
}

// GetFileLimits are those of upload.getFile. One that is passed brings a flood: the
// account's next getFile calls are refused until it is over.
type GetFileLimits struct {
	Probability float64 `json:"probability"` // of a flood, at each call
	Error       string  `json:"error"`       // FLOOD_WAIT, FLOOD_PREMIUM_WAIT, both (= either by chance); "" = both
	Seconds     Seconds `json:"seconds"`     // how long a flood is; {} = 1 to 3
	Account     Rate    `json:"account"`
	Connection  Rate    `json:"connection"`
}

// Rate limits calls and the bytes that they ask for.
type Rate struct {
	Calls float64 `json:"calls"`
	Bytes float64 `json:"bytes"`
}

// LoginLimit is how often a bot's token may be shown: Calls times in any Per, then
// it floods for so many Seconds.
type LoginLimit struct {
	Per     span `json:"per"` // 0 = 10m
	Calls   int  `json:"calls"`
	Seconds int  `json:"seconds"` // 0 = 1000
}

// SendLimits are of messages sent, forwarded or edited, in one chat and in all.
type SendLimits struct {
	Chat    float64 `json:"chat"`
	Account float64 `json:"account"`
}

// Seconds is a range from the least to the most, both included.
type Seconds [2]int

// UnmarshalJSON takes two numbers, where encoding/json would take any number of them.
func (s *Seconds) UnmarshalJSON(b []byte) error {
	var list []int
	if err := json.Unmarshal(b, &list); err != nil || len(list) != 2 {
		return fmt.Errorf("seconds are [least, most], not %s", b)
	}
	*s = Seconds(list)
	return nil
}

const (
	floodWait    = "FLOOD_WAIT"
	floodPremium = "FLOOD_PREMIUM_WAIT"
	floodBoth    = "both"
)

func (l Limits) withDefaults() Limits {
	l.GetFile.Error = cmp.Or(l.GetFile.Error, floodBoth)
	l.GetFile.Seconds = cmp.Or(l.GetFile.Seconds, Seconds{1, 3})
	l.Login.Per = cmp.Or(l.Login.Per, span(10*time.Minute))
	l.Login.Seconds = cmp.Or(l.Login.Seconds, 1000)
	return l
}

// maxSeconds is the longest flood, a year: beyond it is a slip.
const maxSeconds = 366 * 24 * 3600

func (l Limits) check() error {
	f := l.GetFile
	switch {
	case f.Probability < 0 || f.Probability > 1:
		return invalid("probability is from 0 to 1, not %v", f.Probability)
	case f.Error != floodWait && f.Error != floodPremium && f.Error != floodBoth:
		return invalid("error is FLOOD_WAIT, FLOOD_PREMIUM_WAIT or both, not %q", f.Error)
	case f.Seconds[0] < 1 || f.Seconds[1] < f.Seconds[0] || f.Seconds[1] > maxSeconds:
		return invalid("seconds are [least, most] from 1 to %d, not %v", maxSeconds, f.Seconds)
	case l.Login.Per <= 0:
		return invalid("per is a positive duration")
	case l.Login.Seconds < 1 || l.Login.Seconds > maxSeconds:
		return invalid("seconds of a login are from 1 to %d", maxSeconds)
	case l.Login.Calls < 0 || l.ConnectionsPerAccount < 0:
		return invalid("a limit is 0 or more")
	}
	for _, rate := range l.rates() {
		if rate != 0 && (rate < minRate || rate > maxRate) {
			return invalid("a rate is 0, or from %v to %v a second", minRate, maxRate)
		}
	}
	return nil
}

// rates are all of them by their kind.
func (l Limits) rates() [rateKinds]float64 {
	return [rateKinds]float64{
		perAccountCalls: l.GetFile.Account.Calls, perAccountBytes: l.GetFile.Account.Bytes,
		perConnCalls: l.GetFile.Connection.Calls, perConnBytes: l.GetFile.Connection.Bytes,
		perChat: l.Send.Chat, perSender: l.Send.Account,
	}
}

// Rates outside these leave the range of a time.Duration.
const (
	minRate = 1e-6
	maxRate = 1e12
)

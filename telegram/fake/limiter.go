package fake

import (
	"maps"
	"math"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"github.com/gotd/td/tgerr"
)

// limiter refuses what goes beyond the limits. Chance follows from the seed and the
// order of the calls.
type limiter struct {
	now      func() time.Time
	seed     uint64
	standard Limits // of the options

	mu     sync.Mutex
	rand   *rand.Rand
	limits Limits
	floods map[floodKey]flood
	logins map[int64][]time.Time // of each bot, within login.per
	rates  map[rateKey]time.Time // see spend
}

// A flood is of one method of one account.
type floodKey struct {
	account int64
	method  string
}

type flood struct {
	kind  string // the error without its number
	code  int
	until time.Time
}

// rateKey names what a rate is of: an account, a connection, or an account's chat.
type rateKey struct {
	kind     rateKind
	id, chat int64
}

// rateKind is one of the rates that Limits has.
type rateKind int

const (
	perAccountCalls rateKind = iota
	perAccountBytes
	perConnCalls
	perConnBytes
	perChat
	perSender
	rateKinds
)

func newLimiter(o Options) *limiter {
	l := &limiter{now: o.Now, seed: o.Seed, standard: o.Limits}
	l.reset()
	return l
}

// reset brings the first limits back and ends all floods.
func (l *limiter) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.limits = l.standard
	l.rand = rand.New(rand.NewPCG(l.seed, 0))
	l.floods, l.logins, l.rates = map[floodKey]flood{}, map[int64][]time.Time{}, map[rateKey]time.Time{}
}

func (l *limiter) current() Limits {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.limits
}

// patch merges a JSON object into the limits; null = what the server began with.
// Floods that were given last: Telegram takes none back. A rate that has changed
// begins with its whole burst: nothing of it was spent yet.
func (l *limiter) patch(body []byte) (Limits, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	merged, err := merge(l.limits, l.standard, body)
	if err != nil {
		return merged, err
	}
	if err := merged.check(); err != nil {
		return merged, err
	}
	old, now := l.limits.rates(), merged.rates()
	maps.DeleteFunc(l.rates, func(k rateKey, _ time.Time) bool { return old[k.kind] != now[k.kind] })
	l.limits = merged
	return merged, nil
}

// admit lets a call pass, or says by what it is refused: by a flood that was given
// before, or by one that it brings itself (given). Who passes is to be run if runs,
// which is not asked about calls that a flood refuses, says so; then it has spent
// what it takes. All of it is one step: of calls that come at once one alone brings
// a flood, and the others are refused by it.
func (l *limiter) admit(account, conn int64, method string, a *callArgs, runs func() bool) (refusal *tgerr.Error, given bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.flooded(account, method); e != nil {
		return e, false
	}
	if !runs() {
		return nil, false
	}
	e := l.take(account, conn, method, a)
	return e, e != nil
}

// flooded is the refusal of a method of an account while it floods, or nil. l.mu is
// held.
func (l *limiter) flooded(account int64, method string) *tgerr.Error {
	k := floodKey{account, method}
	f, ok := l.floods[k]
	if !ok {
		return nil
	}
	left := f.until.Sub(l.now())
	if left <= 0 {
		delete(l.floods, k)
		return nil
	}
	return f.error(left)
}

func (f flood) error(left time.Duration) *tgerr.Error {
	return tgerr.New(f.code, f.kind+"_"+strconv.Itoa(int(math.Ceil(left.Seconds()))))
}

// flood begins one by an error that a fault gives, and says how the call is
// refused; without a number it lasts not. Where the method floods already, the call
// is refused by that flood, which lasts until the later of both ends.
func (l *limiter) flood(account int64, method string, e *tgerr.Error) (refusal *tgerr.Error, given bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.flooded(account, method)
	k := floodKey{account, method}
	f := flood{e.Type, e.Code, l.now().Add(time.Duration(min(e.Argument, maxSeconds)) * time.Second)}
	if e.Argument > 0 && f.until.After(l.floods[k].until) {
		l.floods[k] = f
	}
	if before != nil {
		return l.flooded(account, method), false
	}
	return e, true
}

// begin floods a method of an account, which does not flood yet, for a time. l.mu is
// held.
func (l *limiter) begin(account int64, method, kind string, d time.Duration) *tgerr.Error {
	f := flood{kind, 420, l.now().Add(d)}
	l.floods[floodKey{account, method}] = f
	return f.error(d)
}

// take says whether a call stays within the limits, and spends what it takes. The
// error is the flood that it brings. A call that is refused spends nothing. l.mu is
// held.
func (l *limiter) take(account, conn int64, method string, a *callArgs) *tgerr.Error {
	switch {
	case method == "auth.importBotAuthorization":
		return l.takeLogin(account, method)
	case account == 0 || a == nil || a.wrong: // it will be refused anyway
		return nil
	case method == fileMethod:
		return l.takeFile(account, conn, method, a)
	case a.messages > 0:
		n := float64(a.messages)
		wait := l.spend([]cost{
			{rateKey{perChat, account, a.chat}, l.limits.Send.Chat, n},
			{rateKey{perSender, account, 0}, l.limits.Send.Account, n},
		})
		if wait > 0 {
			return l.begin(account, method, floodWait, seconds(wait))
		}
	}
	return nil
}

func (l *limiter) takeFile(account, conn int64, method string, a *callArgs) *tgerr.Error {
	f := l.limits.GetFile
	wait := l.spend([]cost{
		{rateKey{perAccountCalls, account, 0}, f.Account.Calls, 1},
		{rateKey{perAccountBytes, account, 0}, f.Account.Bytes, float64(a.Limit)},
		{rateKey{perConnCalls, conn, 0}, f.Connection.Calls, 1},
		{rateKey{perConnBytes, conn, 0}, f.Connection.Bytes, float64(a.Limit)},
	})
	if wait == 0 && (f.Probability == 0 || l.rand.Float64() >= f.Probability) {
		return nil
	}
	kind := f.Error
	if kind == floodBoth {
		kind = []string{floodWait, floodPremium}[l.rand.IntN(2)]
	}
	long := f.Seconds[0] + l.rand.IntN(f.Seconds[1]-f.Seconds[0]+1)
	return l.begin(account, method, kind, max(time.Duration(long)*time.Second, seconds(wait)))
}

func (l *limiter) takeLogin(bot int64, method string) *tgerr.Error {
	limit := l.limits.Login
	if limit.Calls == 0 {
		return nil
	}
	now := l.now()
	list := l.logins[bot]
	for len(list) > 0 && now.Sub(list[0]) >= time.Duration(limit.Per) {
		list = list[1:]
	}
	if len(list) >= limit.Calls {
		l.logins[bot] = list
		return l.begin(bot, method, floodWait, time.Duration(limit.Seconds)*time.Second)
	}
	l.logins[bot] = append(list, now)
	return nil
}

// cost is what a call takes of a rate; rate 0 = no limit.
type cost struct {
	of           rateKey
	rate, amount float64
}

// burst is how much of a rate may be spent at once.
const burst = time.Second

// ratesKept is how many rates may be remembered before those are looked for that
// have nothing spent.
const ratesKept = 1000

// spend takes all costs, or none: then it says how long it is too early. A rate is
// remembered as the time at which all that was spent is paid for; up to a burst
// before now there is something to spend. A cost above the burst wants all of it.
func (l *limiter) spend(costs []cost) (wait time.Duration) {
	now := l.now()
	paid := func(c cost) time.Time {
		full := now.Add(-burst)
		if at := l.rates[c.of]; at.After(full) {
			return at
		}
		return full
	}
	for _, c := range costs {
		if c.rate > 0 {
			wait = max(wait, paid(c).Add(min(c.lasts(), burst)).Sub(now))
		}
	}
	if wait > 0 {
		return wait
	}
	if len(l.rates) >= ratesKept {
		for k, at := range l.rates {
			if !at.After(now.Add(-burst)) {
				delete(l.rates, k)
			}
		}
	}
	for _, c := range costs {
		if c.rate > 0 {
			l.rates[c.of] = paid(c).Add(c.lasts())
		}
	}
	return 0
}

// lasts is how long the rate takes to give the amount.
func (c cost) lasts() time.Duration {
	return time.Duration(min(c.amount/c.rate*float64(time.Second), math.MaxInt64/4))
}

// seconds rounds up to whole ones, as floods are counted.
func seconds(d time.Duration) time.Duration {
	return time.Duration(math.Ceil(d.Seconds())) * time.Second
}

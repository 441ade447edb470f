package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/teleplay/teleplay"
)

// ask claims a device's code for the user and asks whether it was they: the
// answer is always needed, else whoever sends somebody a link with a code of
// their own would be handed that account (RFC 8628 §5.4).
func (b *Bot) ask(ctx context.Context, user teleplay.User, code string) (teleplay.Outgoing, error) {
	code = strings.ReplaceAll(code, " ", "")
	if !sixDigits(code) {
		return say("A code has six digits, like 482913. Look at your device again."), nil
	}
	if until, full := b.guesses.full(user.TelegramID); full {
		left := max(time.Minute, until.Sub(b.o.Now()).Round(time.Minute))
		return say(fmt.Sprintf("Too many wrong codes. Try again in %d minutes.", int(left.Minutes()))), nil
	}
	c, err := b.o.Library.ClaimCode(ctx, code, user.ID)
	if errors.Is(err, teleplay.ErrNotFound) {
		b.guesses.add(user.TelegramID)
		return say("No device shows this code now. Codes end after ten minutes: make a new one on the device and send that."), nil
	}
	if err != nil {
		return teleplay.Outgoing{}, err
	}
	return b.question(c), nil
}

// question asks for the number on the device, or, for an old app that shows
// none, for a yes.
func (b *Bot) question(c teleplay.LoginCode) teleplay.Outgoing {
	device := plain(c.DeviceName)
	if device == "" {
		device = "A device"
	}
	place := c.Address
	if !c.KnownPlace {
		place += " (new)"
	}
	what := fmt.Sprintf("%s, %s, %s, wants to log in to your library.", device, place, b.o.Now().Format("15:04"))
	no := teleplay.Button{Text: "Not me", Data: "loginno:" + id(c.ID)}
	if c.Kind == teleplay.BareCode {
		return teleplay.Outgoing{
			Text:    what + "\n\nSay yes only if the device is in front of you. If somebody sent you this code or a link with it, it is a trick: press Not me.",
			Buttons: [][]teleplay.Button{{{Text: "Yes, log it in", Data: "login:" + id(c.ID) + ":yes"}, no}},
		}
	}
	var row []teleplay.Button
	for _, n := range b.choices(c.Match) {
		row = append(row, teleplay.Button{Text: strconv.Itoa(n), Data: "login:" + id(c.ID) + ":" + strconv.Itoa(n)})
	}
	return teleplay.Outgoing{
		Text:    what + "\n\nWhich number does it show?",
		Buttons: [][]teleplay.Button{row, {no}},
	}
}

// choices is match among two others from 10 to 99, in an order that tells nothing.
func (b *Bot) choices(match int) []int {
	list := []int{match}
	for len(list) < 3 {
		if n := 10 + b.below(90); n != list[0] && n != list[len(list)-1] {
			list = append(list, n)
		}
	}
	for i := len(list) - 1; i > 0; i-- {
		j := b.below(i + 1)
		list[i], list[j] = list[j], list[i]
	}
	return list
}

// below is a uniform random number in [0, n), n ≤ 128.
func (b *Bot) below(n int) int {
	for most := 256 / n * n; ; {
		var r [1]byte
		b.o.Rand(r[:])
		if v := int(r[0]); v < most {
			return v % n
		}
	}
}

// answerLogin takes the answer to question: match is the number pressed, 0 a yes,
// -1 "Not me".
func (b *Bot) answerLogin(ctx context.Context, user teleplay.User, code int32, match int) (string, *teleplay.Outgoing, error) {
	c, err := b.o.Library.AnswerCode(ctx, code, user.ID, match)
	if errors.Is(err, teleplay.ErrNotFound) || errors.Is(err, teleplay.ErrConflict) {
		return "This login has ended. Make a new code on the device.", nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	device := plain(c.DeviceName)
	if device == "" {
		device = "The device"
	}
	answer, m := "Refused", say("Refused: "+device+" was not logged in. If that was not you, somebody tried to get into your library; nothing else is needed.")
	switch loggedIn := c.State == teleplay.CodeApproved || c.State == teleplay.CodeSpent; {
	case loggedIn && match < 0:
		answer, m = "Too late", say(device+" is logged in already, by your earlier answer. If that was not you, log it out there or ask the owner of this library.")
	case loggedIn:
		answer, m = "Logged in", say("Logged in: "+device+".")
	}
	return answer, &m, nil
}

func sixDigits(s string) bool {
	if len(s) != 6 {
		return false
	}
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/teleplay/teleplay"
)

const (
	deviceCodeLife = 10 * time.Minute
	bareCodeLife   = 5 * time.Minute
	// longestWait is how long a verify may be held.
	longestWait = 25 * time.Second
	// longestName is the longest name of a device, in characters.
	longestName = 64
)

// generate answers POST /api/auth/code/generate. With device_name the device polls
// by a secret and shows a number; without, it is an old app.
func (a *API) generate(ctx context.Context, q *request) error {
	var in struct {
		DeviceName *string `json:"device_name"`
		Client     string  `json:"client"`
	}
	if err := q.body(&in); err != nil {
		return err
	}
	if in.DeviceName == nil && a.o.NoBareCodes {
		return badField("device_name", "is missing")
	}
	if err := a.limits.codes.take(q.address); err != nil {
		return err
	}
	c := teleplay.LoginCode{
		Kind: teleplay.BareCode, Address: q.address, UserAgent: string(q.UserAgent()),
		DeviceName: plain(string(q.UserAgent()), longestName), Client: plain(in.Client, longestName),
		State: teleplay.CodeWaiting, Expires: a.o.Now().Add(bareCodeLife),
	}
	out := codeShape{Interval: int(barePoll / time.Second)}
	if in.DeviceName != nil {
		secret, err := a.deviceCode(&c)
		if err != nil {
			return err
		}
		if c.DeviceName = plain(*in.DeviceName, longestName); c.DeviceName == "" {
			c.DeviceName = "A device without a name"
		}
		match := fmt.Sprintf("%02d", c.Match)
		out.DeviceCode, out.Match, out.Interval = &secret, &match, int(devicePoll/time.Second)
	}
	c, err := a.lib.AddCode(ctx, c)
	if err != nil {
		return err
	}
	out.Code, out.ExpiresAt = c.Code, stamp(c.Expires)
	out.ExpiresIn = max(0, int(c.Expires.Sub(a.o.Now())/time.Second))
	if bot, ok := a.o.Bot(); ok { // the code is good without it
		link := "https://t.me/" + bot.Username + "?start=" + c.Code
		out.BotUsername, out.BotName, out.Link = text(bot.Username), text(bot.FirstName), &link
	}
	q.answer(200, out)
	return nil
}

// deviceCode makes c a device's: a secret of 256 bits, kept hashed, and a number.
func (a *API) deviceCode(c *teleplay.LoginCode) (secret string, err error) {
	var b [33]byte
	for {
		if _, err := io.ReadFull(a.o.Rand, b[:]); err != nil {
			return "", fmt.Errorf("make a device code: %w", err)
		}
		if b[32] < 180 { // 2 × 90: every number from 10 to 99 equally often
			break
		}
	}
	secret = base64.RawURLEncoding.EncodeToString(b[:32])
	sum := sha256.Sum256([]byte(secret))
	c.Kind, c.DeviceHash, c.Match = teleplay.DeviceCode, sum[:], 10+int(b[32])%90
	c.Expires = a.o.Now().Add(deviceCodeLife)
	return secret, nil
}

// verify answers POST /api/auth/code/verify.
func (a *API) verify(ctx context.Context, q *request) error {
	var in struct {
		DeviceCode string   `json:"device_code"`
		Code       string   `json:"code"`
		Wait       *float64 `json:"wait"`
	}
	if err := q.body(&in); err != nil {
		return err
	}
	var wait time.Duration
	switch {
	case in.DeviceCode == "" && in.Code == "":
		return badField("device_code", "device_code or code is missing")
	case in.Wait != nil && !(*in.Wait >= 0 && *in.Wait <= longestWait.Seconds()):
		return badField("wait", "seconds from 0 to 25")
	case in.Wait != nil:
		wait = time.Duration(*in.Wait * float64(time.Second))
	}
	if err := a.limits.verify.take(q.address); err != nil {
		return err
	}
	p := pendingCode{told: in.Wait != nil || in.DeviceCode != "", interval: barePoll}
	if in.DeviceCode != "" {
		sum := sha256.Sum256([]byte(in.DeviceCode))
		p.claim.DeviceHash = sum[:]
		var err error
		if p.interval, err = a.limits.polls.take(sum[:]); err != nil {
			return err
		}
	} else {
		if a.o.NoBareCodes {
			return errNotYet
		}
		p.claim = teleplay.CodeClaim{Code: in.Code, Address: q.address, UserAgent: string(q.UserAgent())}
		if err := a.limits.wrong.may(q.address, in.Code); err != nil {
			return err
		}
	}
	return a.await(ctx, q, p, wait)
}

// pendingCode is a code that somebody asks after.
type pendingCode struct {
	claim    teleplay.CodeClaim
	told     bool // the caller knows 202
	interval time.Duration
}

// await answers when the code is decided or the wait is over.
func (a *API) await(ctx context.Context, q *request, p pendingCode, wait time.Duration) error {
	ctx, left := a.watched(ctx, q)
	defer left()
	over := time.NewTimer(wait)
	defer over.Stop()
	for {
		changed := a.lib.Changed()
		c, err := a.lib.Code(ctx, p.claim)
		if errors.Is(err, teleplay.ErrNotFound) {
			if code, _, _ := word(err); code == "code_expired" {
				return errOldCode
			}
			if p.claim.DeviceHash != nil {
				return errNoRoute
			}
			if wholeCode(p.claim.Code) {
				a.limits.wrong.add(q.address, p.claim.Code)
			}
			return errNotYet
		}
		if err != nil {
			return err
		}
		switch {
		case c.State == teleplay.CodeApproved:
			return a.spend(ctx, q, c)
		case c.State == teleplay.CodeRefused:
			return errRefused
		case c.State == teleplay.CodeSpent, c.State == teleplay.CodeExpired, !a.o.Now().Before(c.Expires):
			return errOldCode
		}
		select {
		case <-changed:
			continue
		case <-over.C:
		case <-a.stop:
		case <-ctx.Done():
			return errGone
		}
		if !p.told {
			return errNotYet
		}
		q.answer(202, pendingShape{"pending", int(p.interval / time.Second)})
		return nil
	}
}

// spend turns an approved code into a session.
func (a *API) spend(ctx context.Context, q *request, c teleplay.LoginCode) error {
	user, err := a.lib.User(ctx, c.User)
	if err != nil {
		return fmt.Errorf("find who approved: %w", err)
	}
	if !a.listed(user) {
		return errRefused
	}
	s, err := a.newSession(q, user.ID, c.Kind, c.DeviceName, c.Client)
	if err != nil {
		return err
	}
	s, err = a.lib.SpendCode(ctx, c.ID, s)
	if errors.Is(err, teleplay.ErrConflict) {
		if code, _, _ := word(err); code == "access_denied" {
			return errRefused // taken back in the last moment
		}
		return errOldCode // another poll of the same device was first
	}
	if err != nil {
		return err
	}
	return a.welcome(q, user, s)
}

func wholeCode(s string) bool {
	_, err := strconv.ParseUint(s, 10, 32)
	return len(s) == 6 && err == nil
}

// plain makes hostile text harmless: one line, no control or bidi marks, at most
// most characters.
func plain(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s)
	r := []rune(strings.TrimSpace(s))
	return string(r[:min(len(r), most)])
}

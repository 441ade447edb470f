package catalog

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/teleplay/teleplay"
)

const (
	codesPerAddress = 10  // live
	codesInAll      = 100 // live; 5 guesses in 10 min then hit with 5·10⁻⁴
	// refusedRest is how long an address makes no code after somebody refused one.
	refusedRest = 10 * time.Minute
	// deadCodes is how long a code is remembered when it is over, so that a device
	// that still polls hears "expired" and not "unknown".
	deadCodes = 10 * time.Minute

	liveCode = `state IN ('waiting', 'asked', 'approved')`
)

const selectCode = `SELECT id, code, kind, device_hash, address, user_agent, device_name, client, match, user_id, known_place, state, expires_at FROM login_codes `

// scanCode reads a code; one whose time is over reads as expired, swept or not.
func (t *tx) scanCode(s scanner) (c teleplay.LoginCode, err error) {
	err = s.Scan(&c.ID, &c.Code, &c.Kind, &c.DeviceHash, &c.Address, &c.UserAgent, &c.DeviceName, &c.Client, &c.Match,
		(*ref)(&c.User), &c.KnownPlace, &c.State, (*stamp)(&c.Expires))
	if live(c.State) && !c.Expires.After(t.now) {
		c.State = teleplay.CodeExpired
	}
	return c, err
}

func live(s teleplay.CodeState) bool {
	return s == teleplay.CodeWaiting || s == teleplay.CodeAsked || s == teleplay.CodeApproved
}

func codeOver(kind error) error {
	return teleplay.Fail(kind, "code_expired", "This code is over. Let the device show a new one.")
}

// AddCode makes a login code of c: it picks ID and Code and sets it waiting. When
// the address has 10 live ones, its oldest expires; when there are 100 in all, or
// somebody has refused one of that address within 10 minutes, ErrUnavailable
// rate_limited says when to come back.
func (d *DB) AddCode(ctx context.Context, c teleplay.LoginCode) (teleplay.LoginCode, error) {
	err := d.write(ctx, "add login code", func(t *tx) error {
		if err := t.expireCodes(); err != nil {
			return err
		}
		var refused stamp
		if err := t.row(`SELECT max(expires_at) FROM login_codes WHERE address = $1 AND state = 'refused'`, c.Address).Scan(&refused); err != nil {
			return err
		}
		if rest := time.Time(refused).Add(refusedRest).Sub(t.now); rest > 0 {
			return teleplay.Fail(teleplay.ErrUnavailable, "rate_limited", "A login from here was refused. Try again in a few minutes.").After(rest)
		}
		if _, err := t.exec(`UPDATE login_codes SET state = 'expired' WHERE id IN (
			SELECT id FROM login_codes WHERE address = $1 AND `+liveCode+` ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3)`,
			c.Address, codesInAll, codesPerAddress-1); err != nil {
			return err
		}
		var n int
		var next stamp
		if err := t.row(`SELECT count(*), min(expires_at) FROM login_codes WHERE `+liveCode).Scan(&n, &next); err != nil {
			return err
		}
		if n >= codesInAll {
			return teleplay.Fail(teleplay.ErrUnavailable, "rate_limited", "Too many devices are logging in just now. Try again in a few minutes.").
				After(time.Time(next).Sub(t.now))
		}
		var err error
		if c.ID, err = t.newID("login_codes"); err != nil {
			return err
		}
		for taken := true; taken; {
			n, err := t.draw(1_000_000)
			if err != nil {
				return err
			}
			c.Code = fmt.Sprintf("%06d", n)
			if taken, err = t.has(`SELECT 1 FROM login_codes WHERE code = $1 AND `+liveCode, c.Code); err != nil {
				return err
			}
		}
		c.State, c.User, c.KnownPlace = teleplay.CodeWaiting, 0, false
		c.Expires = c.Expires.UTC().Truncate(time.Millisecond)
		_, err = t.exec(`INSERT INTO login_codes (id, code, kind, device_hash, address, user_agent, device_name, client, match, known_place, state, created_at, expires_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
			c.ID, c.Code, c.Kind, c.DeviceHash, c.Address, c.UserAgent, c.DeviceName, c.Client, c.Match, false, c.State, stamp(t.now), stamp(c.Expires))
		return err
	})
	if err != nil {
		return teleplay.LoginCode{}, err
	}
	return c, nil
}

// ClaimCode is the user telling the bot a code: waiting becomes asked. The same
// user gets the same again while it is asked; to others, and when there is no such
// code, ErrNotFound; code_expired if it was one until a moment ago.
func (d *DB) ClaimCode(ctx context.Context, code string, user int32) (c teleplay.LoginCode, err error) {
	err = d.write(ctx, "claim login code", func(t *tx) error {
		c, err = t.scanCode(t.row(selectCode+`WHERE code = $1 ORDER BY created_at DESC, id DESC LIMIT 1`, code))
		switch {
		case err != nil:
			return found(err, "There is no such code. Look at the device again.")
		case c.User != 0 && c.User != user:
			return teleplay.Fail(teleplay.ErrNotFound, "", "There is no such code. Look at the device again.")
		case c.State == teleplay.CodeAsked:
			return nil
		case c.State != teleplay.CodeWaiting:
			return codeOver(teleplay.ErrNotFound)
		}
		if c.KnownPlace, err = t.has(`SELECT 1 FROM sessions WHERE user_id = $1 AND address = $2`, user, c.Address); err != nil {
			return err
		}
		c.State, c.User = teleplay.CodeAsked, user
		return t.saveCode(c)
	})
	if err != nil {
		return teleplay.LoginCode{}, err
	}
	return c, nil
}

// AnswerCode is the user's answer to "is that you?" for a code that the user has
// claimed: the number that the device shows, 0 = yes for a BareCode, -1 = not me.
// The right one approves, any other refuses; -1 takes back an approval that is not
// spent yet. A code that has ended otherwise is returned as it stands. ErrNotFound
// if it is not this user's, code_expired if it came too late.
func (d *DB) AnswerCode(ctx context.Context, id, user int32, match int) (c teleplay.LoginCode, err error) {
	err = d.write(ctx, "answer login code", func(t *tx) error {
		c, err = t.scanCode(t.row(selectCode+`WHERE id = $1 AND user_id = $2`, id, user))
		switch {
		case err != nil:
			return found(err, "There is no such login.")
		case c.State == teleplay.CodeExpired:
			return codeOver(teleplay.ErrNotFound)
		case !live(c.State):
			return nil
		case match == c.Match: // 0 for a BareCode
			c.State = teleplay.CodeApproved
		case c.State == teleplay.CodeAsked || match == -1:
			c.State, c.Expires = teleplay.CodeRefused, t.now // it ends now: AddCode looks here
		}
		return t.saveCode(c)
	})
	if err != nil {
		return teleplay.LoginCode{}, err
	}
	return c, nil
}

// Code is how a device's login code stands. A bare code is found only from the
// address and User-Agent that made it; all else is ErrNotFound.
func (d *DB) Code(ctx context.Context, claim teleplay.CodeClaim) (c teleplay.LoginCode, err error) {
	err = d.read(ctx, "read login code", func(t *tx) error {
		row := t.row(selectCode+`WHERE kind = 'bare' AND address = $1 AND code = $2 AND user_agent = $3 ORDER BY created_at DESC, id DESC LIMIT 1`,
			claim.Address, claim.Code, claim.UserAgent)
		if claim.DeviceHash != nil {
			row = t.row(selectCode+`WHERE kind = 'device' AND device_hash = $1`, claim.DeviceHash)
		}
		c, err = t.scanCode(row)
		return found(err, "There is no such code.")
	})
	if err != nil {
		return teleplay.LoginCode{}, err
	}
	return c, nil
}

// SpendCode turns an approved code into a session of the user who approved it, in
// one transaction, so it works once. Of s, ID, Salt, Generation, Hash and Expires
// count (ID 0 = the catalog draws one); what is empty of DeviceName, Client and
// Address comes from the code. In any other state: ErrConflict with the code word
// that tells which.
func (d *DB) SpendCode(ctx context.Context, id int32, s teleplay.Session) (_ teleplay.Session, err error) {
	err = d.write(ctx, "spend login code", func(t *tx) error {
		c, err := t.scanCode(t.row(selectCode+`WHERE id = $1`, id))
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return codeOver(teleplay.ErrConflict)
		case err != nil:
			return err
		case c.State == teleplay.CodeWaiting || c.State == teleplay.CodeAsked:
			return teleplay.Fail(teleplay.ErrConflict, "authorization_pending", "This login is not confirmed yet.")
		case c.State == teleplay.CodeRefused:
			return teleplay.Fail(teleplay.ErrConflict, "access_denied", "This login was refused.")
		case c.State != teleplay.CodeApproved:
			return codeOver(teleplay.ErrConflict)
		}
		c.State = teleplay.CodeSpent
		if err := t.saveCode(c); err != nil {
			return err
		}
		s.User, s.Kind = c.User, c.Kind
		s.DeviceName, s.Client, s.Address = cmp.Or(s.DeviceName, c.DeviceName), cmp.Or(s.Client, c.Client), cmp.Or(s.Address, c.Address)
		s, err = t.addSession(s)
		return err
	})
	return s, err
}

func (t *tx) saveCode(c teleplay.LoginCode) error {
	_, err := t.exec(`UPDATE login_codes SET state = $2, user_id = $3, known_place = $4, expires_at = $5 WHERE id = $1`,
		c.ID, c.State, ref(c.User), c.KnownPlace, stamp(c.Expires))
	return err
}

// expireCodes writes down what time has done, which frees the six digits.
func (t *tx) expireCodes() error {
	_, err := t.exec(`UPDATE login_codes SET state = 'expired' WHERE `+liveCode+` AND expires_at <= $1`, stamp(t.now))
	return err
}

// SweepCodes expires codes whose time is over and forgets codes and one-time keys
// that have been dead for a while. Meant for once a minute.
func (d *DB) SweepCodes(ctx context.Context) error {
	return d.write(ctx, "sweep login codes", func(t *tx) error {
		if err := t.expireCodes(); err != nil {
			return err
		}
		dead := stamp(t.now.Add(-deadCodes))
		if _, err := t.exec(`DELETE FROM login_codes WHERE expires_at <= $1`, dead); err != nil {
			return err
		}
		_, err := t.exec(`DELETE FROM one_time_keys WHERE expires_at <= $1`, dead)
		return err
	})
}

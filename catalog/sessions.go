package catalog

import (
	"context"
	"slices"
	"time"

	"github.com/teleplay/teleplay"
)

// rotatedFor is how long a rotation is remembered: twice the 30 s in which the
// last token still gets its successor. One older is kept too, so that
// the list is never empty after the first.
const rotatedFor = 60 * time.Second

const selectSession = `SELECT id, user_id, salt, generation, hash, rotated_at, device_name, client, address, kind, created_at, last_seen, expires_at, revoked_at FROM sessions `

func scanSession(s scanner) (v teleplay.Session, err error) {
	var rotated []int64
	err = s.Scan(&v.ID, &v.User, &v.Salt, &v.Generation, &v.Hash, asJSON[[]int64]{&rotated}, &v.DeviceName, &v.Client, &v.Address, &v.Kind,
		(*stamp)(&v.Created), (*stamp)(&v.LastSeen), (*stamp)(&v.Expires), (*stamp)(&v.Revoked))
	for _, ms := range rotated {
		v.Rotated = append(v.Rotated, time.UnixMilli(ms).UTC())
	}
	return v, err
}

// addSession begins a session. Its ID is s.ID if the caller drew one (a token may
// have to name the session that it is hashed into), else a new one.
func (t *tx) addSession(s teleplay.Session) (_ teleplay.Session, err error) {
	if s.ID == 0 {
		if s.ID, err = t.newID("sessions"); err != nil {
			return s, err
		}
	}
	s.Created, s.LastSeen, s.Expires = t.now, t.now, s.Expires.UTC().Truncate(time.Millisecond)
	s.Rotated, s.Revoked = nil, time.Time{}
	n, err := t.exec(`INSERT INTO sessions (id, user_id, salt, generation, hash, rotated_at, device_name, client, address, kind, created_at, last_seen, expires_at)
		VALUES ($1, $2, $3, $4, $5, '[]', $6, $7, $8, $9, $10, $10, $11) ON CONFLICT (id) DO NOTHING`,
		s.ID, s.User, s.Salt, s.Generation, s.Hash, s.DeviceName, s.Client, s.Address, s.Kind, stamp(t.now), stamp(s.Expires))
	if err == nil && n == 0 {
		err = teleplay.Fail(teleplay.ErrConflict, "", "A session of that id is there already.")
	}
	return s, err
}

// Session is the session with this id, alive or not.
func (d *DB) Session(ctx context.Context, id int32) (s teleplay.Session, err error) {
	err = d.read(ctx, "read session", func(t *tx) error {
		s, err = t.session(id)
		return err
	})
	return s, err
}

func (t *tx) session(id int32) (teleplay.Session, error) {
	s, err := scanSession(t.row(selectSession+`WHERE id = $1`, id))
	return s, found(err, "There is no such session.")
}

// RotateSession makes the next generation good, with its hash and expiry, if from
// is still the one that is. ErrConflict if another call was faster, ErrDenied
// session_revoked if the session is over.
func (d *DB) RotateSession(ctx context.Context, id int32, from int, hash []byte, expires time.Time) (s teleplay.Session, err error) {
	err = d.write(ctx, "rotate session", func(t *tx) error {
		if s, err = t.session(id); err != nil {
			return err
		}
		if !s.Revoked.IsZero() || !s.Expires.After(t.now) {
			return teleplay.Fail(teleplay.ErrDenied, "session_revoked", "This login has ended. Log in again.")
		}
		rotated := []int64{t.now.UnixMilli()}
		s.Rotated = slices.Insert(s.Rotated, 0, t.now)
		for i, at := range s.Rotated[1:] {
			rotated = append(rotated, at.UnixMilli())
			if t.now.Sub(at) > rotatedFor {
				s.Rotated = s.Rotated[:i+2]
				break
			}
		}
		s.Generation, s.Hash, s.LastSeen, s.Expires = from+1, hash, t.now, expires.UTC().Truncate(time.Millisecond)
		n, err := t.exec(`UPDATE sessions SET generation = $3, hash = $4, rotated_at = $5, last_seen = $6, expires_at = $7
			WHERE id = $1 AND generation = $2 AND revoked_at IS NULL`,
			id, from, s.Generation, hash, asJSON[[]int64]{&rotated}, stamp(s.LastSeen), stamp(s.Expires))
		if err == nil && n == 0 {
			return teleplay.Fail(teleplay.ErrConflict, "", "This login was refreshed elsewhere at the same time.")
		}
		return err
	})
	if err != nil {
		return teleplay.Session{}, err
	}
	return s, nil
}

// RevokeSession ends a session. Ending it again changes nothing.
func (d *DB) RevokeSession(ctx context.Context, id int32) error {
	return d.write(ctx, "revoke session", func(t *tx) error {
		s, err := t.session(id)
		if err != nil || !s.Revoked.IsZero() {
			return err
		}
		if _, err := t.exec(`UPDATE sessions SET revoked_at = $2 WHERE id = $1`, id, stamp(t.now)); err != nil {
			return err
		}
		return t.event(s.User, "session", "ended", id)
	})
}

// Revoked are the sessions that were revoked at or after since, in that order.
func (d *DB) Revoked(ctx context.Context, since time.Time) (sessions []teleplay.Session, err error) {
	err = d.read(ctx, "list revoked sessions", func(t *tx) error {
		sessions, err = list(t, scanSession, selectSession+`WHERE revoked_at >= $1 ORDER BY revoked_at, id`, since.UnixMilli())
		return err
	})
	return sessions, err
}

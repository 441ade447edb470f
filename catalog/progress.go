package catalog

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/teleplay/teleplay"
)

// watched is the part of a film after which it counts as seen: the rest is names.
const watched = 0.9

// maxSeconds bounds positions and lengths: 31 years, and an int32 holds it.
const maxSeconds = 1e9

// Progress is how far the user has come in a file: all zeros, but for User and
// File, if not begun.
func (d *DB) Progress(ctx context.Context, user, file int32) (p teleplay.Progress, err error) {
	err = d.read(ctx, "read progress", func(t *tx) error {
		f, err := t.file(user, file)
		if err == nil {
			p = progressOf(f)
		}
		return err
	})
	return p, err
}

func progressOf(f teleplay.File) teleplay.Progress {
	if f.Progress != nil {
		return *f.Progress
	}
	return teleplay.Progress{User: f.User, File: f.ID}
}

// SaveProgress notes how far the user has come and returns what stands then. A
// file is completed when the player says so or at 90 % of its length; a later save
// below that begins again. Without any known length it stays completed until a
// save goes back. A save that was made before the one that stands is dropped.
func (d *DB) SaveProgress(ctx context.Context, user, file int32, u teleplay.ProgressUpdate) (p teleplay.Progress, err error) {
	for _, seconds := range []float64{u.Position, u.Duration} {
		if !(seconds >= 0 && seconds <= maxSeconds) { // NaN too
			return p, teleplay.Fail(teleplay.ErrInvalid, "", "Position and duration are seconds from 0 on.")
		}
	}
	err = d.write(ctx, "save progress", func(t *tx) error {
		f, err := t.file(user, file)
		if err != nil {
			return err
		}
		p = progressOf(f)
		at := u.At.Truncate(time.Millisecond)
		if u.At.IsZero() || at.After(t.now) { // a clock that is ahead must not block later saves
			at = t.now
		}
		var stood stamp
		err = t.row(`SELECT client_at FROM watch_progress WHERE user_id = $1 AND file_id = $2`, user, file).Scan(&stood)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			if p.ID, err = t.newID("watch_progress"); err != nil {
				return err
			}
		case err != nil:
			return err
		case at.Before(time.Time(stood)):
			return nil
		}
		p = advance(p, u, f.Duration)
		p.Updated = t.now
		if _, err := t.exec(`INSERT INTO watch_progress (id, user_id, file_id, position, duration, completed, client_at, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (user_id, file_id) DO UPDATE SET position = excluded.position, duration = excluded.duration,
				completed = excluded.completed, client_at = excluded.client_at, updated_at = excluded.updated_at`,
			p.ID, user, file, p.Position, p.Duration, p.Completed, stamp(at), stamp(p.Updated)); err != nil {
			return err
		}
		return t.event(user, "progress", "changed", file)
	})
	return p, err
}

// advance is the progress after an update; length is the file's own, 0 = unknown.
func advance(p teleplay.Progress, u teleplay.ProgressUpdate, length float64) teleplay.Progress {
	before := p
	p.Position, p.Duration = u.Position, cmp.Or(u.Duration, p.Duration, length)
	told := u.Completed != nil && *u.Completed
	if p.Duration > 0 {
		p.Position = min(p.Position, p.Duration)
		p.Completed = told || p.Position >= watched*p.Duration
	} else {
		p.Completed = told || before.Completed && p.Position >= before.Position
	}
	return p
}

// ForgetProgress is as if the user had never begun the file.
func (d *DB) ForgetProgress(ctx context.Context, user, file int32) error {
	return d.write(ctx, "forget progress", func(t *tx) error {
		if _, err := t.file(user, file); err != nil {
			return err
		}
		n, err := t.exec(`DELETE FROM watch_progress WHERE user_id = $1 AND file_id = $2`, user, file)
		if err != nil || n == 0 {
			return err
		}
		return t.event(user, "progress", "removed", file)
	})
}

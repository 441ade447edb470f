package catalog

import (
	"context"

	"github.com/teleplay/teleplay"
)

// keptEvents is how many events of a user are kept: days of a busy one. Who was
// away longer reads everything anew.
const keptEvents = 10_000

// event notes news for a user in the transaction of the change itself. Revs are
// counted per user: they tell nobody how busy others are, and the user's row,
// which each event touches, makes them grow in the order of commits.
//
// The removal of a folder stands for its whole branch.
func (t *tx) event(user int32, kind, action string, id int32) error {
	var rev int64
	if err := t.row(`UPDATE users SET rev = rev + 1 WHERE id = $1 RETURNING rev`, user).Scan(&rev); err != nil {
		return err
	}
	if _, err := t.exec(`INSERT INTO events (user_id, rev, kind, action, object_id) VALUES ($1, $2, $3, $4, $5)`,
		user, rev, kind, action, id); err != nil {
		return err
	}
	_, err := t.exec(`DELETE FROM events WHERE user_id = $1 AND rev <= $2`, user, rev-keptEvents)
	return err
}

// Events are the user's events after a rev, oldest first, at most limit.
// complete is false when some after it are no longer kept, or it was never given
// out: then everything is to be read anew, from Rev on.
func (d *DB) Events(ctx context.Context, user int32, after int64, limit int) (events []teleplay.Event, complete bool, err error) {
	err = d.read(ctx, "read events", func(t *tx) error {
		rev, err := t.rev(user)
		if err != nil {
			return err
		}
		complete = after >= rev-keptEvents && after >= 0 && after <= rev
		events, err = list(t, func(s scanner) (e teleplay.Event, err error) {
			err = s.Scan(&e.Rev, &e.User, &e.Kind, &e.Action, &e.ID)
			return e, err
		}, `SELECT rev, user_id, kind, action, object_id FROM events WHERE user_id = $1 AND rev > $2 ORDER BY rev LIMIT $3`, user, after, limit)
		return err
	})
	return events, complete, err
}

// Rev is the rev of the user's newest event, 0 before the first.
func (d *DB) Rev(ctx context.Context, user int32) (rev int64, err error) {
	err = d.read(ctx, "read rev", func(t *tx) error {
		rev, err = t.rev(user)
		return err
	})
	return rev, err
}

func (t *tx) rev(user int32) (rev int64, err error) {
	err = t.row(`SELECT rev FROM users WHERE id = $1`, user).Scan(&rev)
	return rev, found(err, "There is no such user.")
}

package catalog

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/teleplay/teleplay"
)

const keyOver = "This link is over. Ask the bot for a new one: /web."

// AddKey keeps the hash of a one-time key that logs user in until expires.
func (d *DB) AddKey(ctx context.Context, hash []byte, user int32, expires time.Time) error {
	return d.write(ctx, "add key", func(t *tx) error {
		if err := t.lockUser(user); err != nil {
			return err
		}
		_, err := t.exec(`INSERT INTO one_time_keys (hash, user_id, expires_at) VALUES ($1, $2, $3)`, hash, user, stamp(expires))
		return err
	})
}

// KeyUser is whom a key would log in; it stays good. ErrNotFound code_expired when
// it is unknown, spent or too old.
func (d *DB) KeyUser(ctx context.Context, hash []byte) (u teleplay.User, err error) {
	err = d.read(ctx, "read key", func(t *tx) error {
		u, err = scanUser(t.row(selectUser+`WHERE id = (SELECT user_id FROM one_time_keys WHERE hash = $1 AND expires_at > $2)`, hash, stamp(t.now)))
		return keyFound(err)
	})
	return u, err
}

// SpendKey turns a key into a session of its user, in one transaction, so it works
// once. Of s, User, Kind and times but Expires do not count; ID 0 = the catalog
// draws one. Errors as KeyUser.
func (d *DB) SpendKey(ctx context.Context, hash []byte, s teleplay.Session) (_ teleplay.Session, err error) {
	err = d.write(ctx, "spend key", func(t *tx) error {
		if err := t.row(`DELETE FROM one_time_keys WHERE hash = $1 AND expires_at > $2 RETURNING user_id`, hash, stamp(t.now)).Scan(&s.User); err != nil {
			return keyFound(err)
		}
		s.Kind = ""
		s, err = t.addSession(s)
		return err
	})
	return s, err
}

func keyFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return teleplay.Fail(teleplay.ErrNotFound, "code_expired", keyOver)
	}
	return err
}

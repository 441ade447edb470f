package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/teleplay/teleplay"
)

// Bind ties the catalog to a bot and a storage channel, by their ids, at the first
// call. Later ones must name the same: message ids mean something in one bot's
// private box and in one channel alone, so under another bot new files would be
// taken for known ones, and in another channel rows would name foreign messages.
func (d *DB) Bind(ctx context.Context, bot, channel int64) error {
	return d.write(ctx, "bind", func(t *tx) error {
		var ownBot, ownChannel int64
		err := t.row(`SELECT bot, channel FROM bound_to WHERE id = 1`).Scan(&ownBot, &ownChannel)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			_, err = t.exec(`INSERT INTO bound_to (id, bot, channel) VALUES (1, $1, $2)`, bot, channel)
			return err
		case err != nil:
			return err
		case ownBot != bot:
			return foreign("bot", ownBot, bot)
		case ownChannel != channel:
			return foreign("storage channel", ownChannel, channel)
		}
		return nil
	})
}

func foreign(what string, own, other int64) error {
	return teleplay.Fail(teleplay.ErrConflict, "foreign_"+what, fmt.Sprintf(
		"This library belongs to the %s %d, not to %d. Set that one again, or begin a new library with a data directory of its own.", what, own, other))
}

package catalog

import (
	"context"
	"database/sql"
	"errors"
	"maps"

	"github.com/teleplay/teleplay"
)

// Mark is where the bot's stream of updates goes on; false before the first.
func (d *DB) Mark(ctx context.Context) (m teleplay.Mark, ok bool, err error) {
	err = d.read(ctx, "read mark", func(t *tx) error {
		m, ok, err = t.mark()
		return err
	})
	return m, ok, err
}

// Newest are the newest messages that the bot has dealt with: of its private boxes
// and of the storage channel; 0 = none.
func (d *DB) Newest(ctx context.Context) (box, storage int32, err error) {
	err = d.read(ctx, "find newest messages", func(t *tx) error {
		return t.row(`SELECT coalesce(max(source_message), 0), coalesce(max(channel_message_id), 0) FROM bot_inbox`).Scan(&box, &storage)
	})
	return box, storage, err
}

// Advance moves the mark. It goes back only to one that is Anew: what was dealt with
// stays so.
func (d *DB) Advance(ctx context.Context, m teleplay.Mark) error {
	return d.write(ctx, "advance mark", func(t *tx) error { return t.advance(m) })
}

func (t *tx) mark() (m teleplay.Mark, ok bool, err error) {
	err = t.row(`SELECT pts, qts, date, seq, channels FROM bot_state WHERE id = 1`).
		Scan(&m.PTS, &m.QTS, &m.Date, &m.Seq, asJSON[map[int64]int]{&m.Channels})
	if errors.Is(err, sql.ErrNoRows) {
		return m, false, nil
	}
	return m, err == nil, err
}

// advance moves the mark within a commit that deals with an update. An update that
// is not from Telegram's stream (a demo's first files) has no mark.
func (t *tx) advance(m teleplay.Mark) error {
	if m.PTS == 0 && m.QTS == 0 && m.Date == 0 && m.Seq == 0 && len(m.Channels) == 0 {
		return nil
	}
	old, _, err := t.mark()
	if err != nil || m.PTS < old.PTS && !m.Anew {
		return err
	}
	if m.Anew {
		old = teleplay.Mark{}
	}
	// pts tells which mark is the later one; the others count their own streams.
	m.QTS, m.Date, m.Seq = max(m.QTS, old.QTS), max(m.Date, old.Date), max(m.Seq, old.Seq)
	channels := maps.Clone(old.Channels)
	for id, pts := range m.Channels {
		if channels == nil {
			channels = map[int64]int{}
		}
		channels[id] = max(channels[id], pts)
	}
	_, err = t.exec(`INSERT INTO bot_state (id, pts, qts, date, seq, channels) VALUES (1, $1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET pts = excluded.pts, qts = excluded.qts, date = excluded.date, seq = excluded.seq, channels = excluded.channels`,
		m.PTS, m.QTS, m.Date, m.Seq, asJSON[map[int64]int]{&channels})
	return err
}

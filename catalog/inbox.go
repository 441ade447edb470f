package catalog

import (
	"context"
	"errors"

	"github.com/teleplay/teleplay"
)

// owed is the reply that an inbox row still owes: a file's card, or a text.
type owed struct {
	File  int32              `json:"file,omitempty"`
	Reply *teleplay.Outgoing `json:"reply,omitempty"`
}

// Received says whether the update was dealt with: its row is there for ever.
func (d *DB) Received(ctx context.Context, chat int64, message int32) (there bool, err error) {
	err = d.read(ctx, "read inbox", func(t *tx) error {
		there, err = t.has(`SELECT 1 FROM bot_inbox WHERE source_chat = $1 AND source_message = $2`, chat, message)
		return err
	})
	return there, err
}

// AddFile takes a stored upload into the library: file, inbox row with the card
// that is owed, mark and event are one commit. ErrConflict already_stored, and
// nothing changes, if the update or the storage message is known. What somebody
// has sent is not lost over a bad name, an impossible length or a folder that is
// gone meanwhile: the first two are tamed, the third means the root.
func (d *DB) AddFile(ctx context.Context, u teleplay.Upload) (f teleplay.File, err error) {
	err = d.write(ctx, "add file", func(t *tx) error {
		f = tame(u.File)
		if f.Date.IsZero() {
			f.Date = t.now
		}
		if err := t.lockUser(f.User); err != nil {
			return err
		}
		if err := t.needFolder(f.User, f.Folder); errors.Is(err, teleplay.ErrNotFound) {
			f.Folder = 0
		} else if err != nil {
			return err
		}
		if f.ID, err = t.newID("files"); err != nil {
			return err
		}
		n, err := t.exec(`INSERT INTO files (id, user_id, folder_id, channel_message_id, source_chat, source_message, document_id, dc, message_date,
				file_name, name_key, name_sort, file_size, mime_type, file_type, duration, width, height, placeholder, created_at, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $20) ON CONFLICT DO NOTHING`,
			f.ID, f.User, ref(f.Folder), f.Message, u.Chat, u.Source, u.Document, u.DC, stamp(f.Date),
			f.Name, nameKey(f.Name), nameSort(f.Name), f.Size, f.MIME, f.Kind, f.Duration, f.Width, f.Height, f.Placeholder, stamp(t.now))
		if err != nil {
			return err
		}
		stored := n > 0
		if stored {
			if stored, err = t.receive(u.Chat, u.Source, ref(f.Message), &u.Random, owed{File: f.ID}); err != nil {
				return err
			}
		}
		if !stored {
			return teleplay.Fail(teleplay.ErrConflict, "already_stored", "This file is in the library already.")
		}
		if u.Thumb {
			if _, err := t.exec(`INSERT INTO thumbs (file_id, kind) VALUES ($1, 'thumbnail')`, f.ID); err != nil {
				return err
			}
		}
		if err := t.advance(u.Mark); err != nil {
			return err
		}
		if err := t.event(f.User, "file", "added", f.ID); err != nil {
			return err
		}
		f, err = t.file(f.User, f.ID)
		return err
	})
	if err != nil {
		return teleplay.File{}, err
	}
	return f, nil
}

// Reply owes a text for an update: inbox row and mark are one commit. For an
// update that was dealt with before only the mark moves.
func (d *DB) Reply(ctx context.Context, a teleplay.Answer) error {
	return d.write(ctx, "owe reply", func(t *tx) error {
		if _, err := t.receive(a.Chat, a.Message, 0, nil, owed{Reply: &a.Reply}); err != nil {
			return err
		}
		return t.advance(a.Mark)
	})
}

// receive writes an update's row; false if it is there.
func (t *tx) receive(chat int64, message int32, stored ref, random *int64, o owed) (bool, error) {
	n, err := t.exec(`INSERT INTO bot_inbox (source_chat, source_message, random_id, channel_message_id, owed, received_at)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`, chat, message, random, stored, asJSON[owed]{&o}, stamp(t.now))
	return n > 0, err
}

// Owed are replies that are not struck off, oldest first.
func (d *DB) Owed(ctx context.Context, limit int) (replies []teleplay.Owed, err error) {
	type row struct {
		teleplay.Owed
		owed
	}
	err = d.read(ctx, "list owed replies", func(t *tx) error {
		rows, err := list(t, func(s scanner) (r row, err error) {
			err = s.Scan(&r.Chat, &r.Message, asJSON[owed]{&r.owed})
			return r, err
		}, `SELECT source_chat, source_message, owed FROM bot_inbox WHERE owed IS NOT NULL ORDER BY received_at, source_message, source_chat LIMIT $1`, limit)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.owed.Reply != nil {
				r.Owed.Reply = *r.owed.Reply
			} else {
				// In the trash or not: a purge is what takes a card back.
				f, err := scanFile(t.row(selectFile+`WHERE f.id = $1`, r.owed.File))
				if err != nil {
					return err
				}
				r.Owed.File = &f
			}
			replies = append(replies, r.Owed)
		}
		return nil
	})
	return replies, err
}

// StrikeOff notes that the reply to an update went out.
func (d *DB) StrikeOff(ctx context.Context, chat int64, message int32) error {
	return d.write(ctx, "strike off reply", func(t *tx) error {
		_, err := t.exec(`UPDATE bot_inbox SET owed = NULL WHERE source_chat = $1 AND source_message = $2`, chat, message)
		return err
	})
}

package catalog

import (
	"context"
	"time"

	"github.com/teleplay/teleplay"
)

const (
	noFile   = "There is no such file."
	noFolder = "There is no such folder."
)

// selectFile reads files as f, with what scanFile wants. The thumbnail's bytes
// stay where they are.
const selectFile = `SELECT f.id, f.user_id, f.folder_id, f.channel_message_id, f.file_size, f.message_date,
	f.file_name, f.mime_type, f.file_type, f.duration, f.width, f.height,
	f.created_at, f.updated_at, f.deleted_at, f.missing_at, f.placeholder, t.etag,
	p.id, p.position, p.duration, p.completed, p.updated_at
	FROM files f
	LEFT JOIN thumbs t ON t.file_id = f.id AND t.kind = 'thumbnail'
	LEFT JOIN watch_progress p ON p.user_id = f.user_id AND p.file_id = f.id `

func scanFile(s scanner) (f teleplay.File, err error) {
	var (
		progress           ref
		position, duration *float64
		completed          *bool
		updated            stamp
	)
	err = s.Scan(&f.ID, &f.User, (*ref)(&f.Folder), &f.Message, &f.Size, (*stamp)(&f.Date),
		&f.Name, &f.MIME, &f.Kind, &f.Duration, &f.Width, &f.Height,
		(*stamp)(&f.Created), (*stamp)(&f.Updated), (*stamp)(&f.Deleted), (*stamp)(&f.Missing), &f.Placeholder, (*word)(&f.ThumbETag),
		&progress, &position, &duration, &completed, &updated)
	if err == nil && progress != 0 {
		f.Progress = &teleplay.Progress{ID: int32(progress), User: f.User, File: f.ID,
			Position: *position, Duration: *duration, Completed: *completed, Updated: time.Time(updated)}
	}
	return f, err
}

// File is a file of the user that is not in the trash.
func (d *DB) File(ctx context.Context, user, id int32) (f teleplay.File, err error) {
	err = d.read(ctx, "read file", func(t *tx) error {
		f, err = t.file(user, id)
		return err
	})
	return f, err
}

func (t *tx) file(user, id int32) (teleplay.File, error) {
	f, err := scanFile(t.row(selectFile+`WHERE f.user_id = $1 AND f.id = $2 AND f.deleted_at IS NULL`, user, id))
	return f, found(err, noFile)
}

// ChangeFile renames or moves a file. ErrNotFound also for a folder that is not
// the user's.
func (d *DB) ChangeFile(ctx context.Context, user, id int32, c teleplay.FileChange) (f teleplay.File, err error) {
	err = d.write(ctx, "change file", func(t *tx) error {
		if f, err = t.file(user, id); err != nil {
			return err
		}
		before := f
		if c.Name != nil {
			if f.Name, err = goodName(*c.Name); err != nil {
				return err
			}
		}
		if c.Folder != nil {
			f.Folder = *c.Folder
			if err := t.needFolder(user, f.Folder); err != nil {
				return err
			}
		}
		if f.Name == before.Name && f.Folder == before.Folder {
			return nil
		}
		f.Updated = t.now
		if _, err := t.exec(`UPDATE files SET file_name = $3, name_key = $4, name_sort = $5, folder_id = $6, updated_at = $7 WHERE user_id = $1 AND id = $2`,
			user, id, f.Name, nameKey(f.Name), nameSort(f.Name), ref(f.Folder), stamp(f.Updated)); err != nil {
			return err
		}
		return t.event(user, "file", "changed", id)
	})
	return f, err
}

// TrashFile puts a file into the trash.
func (d *DB) TrashFile(ctx context.Context, user, id int32) error {
	return d.write(ctx, "trash file", func(t *tx) error {
		n, err := t.exec(`UPDATE files SET deleted_at = $3 WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL`, user, id, stamp(t.now))
		if err != nil {
			return err
		}
		if n == 0 {
			return teleplay.Fail(teleplay.ErrNotFound, "", noFile)
		}
		return t.event(user, "file", "removed", id)
	})
}

// PurgeFile drops a file, from the trash too, and notes that its storage message
// is to be deleted.
func (d *DB) PurgeFile(ctx context.Context, user, id int32) error {
	return d.write(ctx, "purge file", func(t *tx) error {
		there, err := t.has(`SELECT 1 FROM files WHERE user_id = $1 AND id = $2`, user, id)
		if err != nil {
			return err
		}
		if !there {
			return teleplay.Fail(teleplay.ErrNotFound, "", noFile)
		}
		if err := t.dropFile(user, id); err != nil {
			return err
		}
		return t.event(user, "file", "removed", id)
	})
}

// dropFile takes a file's rows away and puts its message into the outbox of
// deletes. A card of the file that is still owed is not owed any more; that its
// update was dealt with stays written.
func (t *tx) dropFile(user, id int32) error {
	owed, err := asJSON[owed]{&owed{File: id}}.Value()
	if err != nil {
		return err
	}
	for _, s := range []struct {
		query string
		args  []any
	}{
		{`INSERT INTO channel_deletes (message, due_at) SELECT channel_message_id, $3 FROM files WHERE user_id = $1 AND id = $2
			ON CONFLICT DO NOTHING`, []any{user, id, stamp(t.now)}},
		{`UPDATE bot_inbox SET owed = NULL WHERE owed = $1`, []any{owed}},
		{`DELETE FROM watch_progress WHERE user_id = $1 AND file_id = $2`, []any{user, id}},
		{`DELETE FROM thumbs WHERE file_id = $1`, []any{id}},
		{`DELETE FROM files WHERE user_id = $1 AND id = $2`, []any{user, id}},
	} {
		if _, err := t.exec(s.query, s.args...); err != nil {
			return err
		}
	}
	return nil
}

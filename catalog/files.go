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
		if err := t.dropFiles("", `id = $2`, user, id); err != nil {
			return err
		}
		return t.event(user, "file", "removed", id)
	})
}

// dropFiles takes away the rows of those of the user's files that which picks by
// $2, with a WITH clause before it, and puts their messages into the outbox of
// deletions. Cards of them that are still owed are not owed any more; that their
// updates were dealt with stays written.
func (t *tx) dropFiles(with, which string, user, id int32) error {
	these := ` FROM files WHERE user_id = $1 AND ` + which
	if _, err := t.exec(with+`INSERT INTO channel_deletes (message, due_at) SELECT channel_message_id, $3`+these+` ON CONFLICT DO NOTHING`,
		user, id, t.now.UnixMilli()); err != nil {
		return err
	}
	for _, query := range []string{
		`UPDATE bot_inbox SET owed = NULL WHERE owed IN (SELECT '{"file":' || id || '}'` + these + `)`, // as type owed writes it
		`DELETE FROM watch_progress WHERE user_id = $1 AND file_id IN (SELECT id` + these + `)`,
		`DELETE FROM thumbs WHERE file_id IN (SELECT id` + these + `)`,
		`DELETE` + these,
	} {
		if _, err := t.exec(with+query, user, id); err != nil {
			return err
		}
	}
	return nil
}

package catalog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/teleplay/teleplay"
)

const maxThumb = 64 << 10 // bytes; Telegram's own thumbnails stay far below

// Thumb is the thumbnail of a file of the user; ErrNotFound also when it has none.
func (d *DB) Thumb(ctx context.Context, user, file int32) (th teleplay.Thumb, err error) {
	err = d.read(ctx, "read thumbnail", func(t *tx) error {
		return found(t.row(`SELECT t.etag, t.bytes FROM thumbs t JOIN files f ON f.id = t.file_id
			WHERE f.user_id = $1 AND f.id = $2 AND f.deleted_at IS NULL AND t.kind = 'thumbnail' AND t.bytes IS NOT NULL`,
			user, file).Scan(&th.ETag, &th.Bytes), "This file has no thumbnail.")
	})
	return th, err
}

// SetThumb keeps the thumbnail that was fetched for a file, whoever's it is; one
// without bytes means that there is none. An empty ETag is made from the bytes.
func (d *DB) SetThumb(ctx context.Context, file int32, th teleplay.Thumb) error {
	if len(th.Bytes) > maxThumb {
		return teleplay.Fail(teleplay.ErrInvalid, "too_large", "A thumbnail has at most 64 KiB.")
	}
	if th.ETag == "" {
		sum := sha256.Sum256(th.Bytes)
		th.ETag = hex.EncodeToString(sum[:8])
	}
	return d.write(ctx, "set thumbnail", func(t *tx) error {
		var user int32
		if err := t.row(`SELECT user_id FROM files WHERE id = $1`, file).Scan(&user); err != nil {
			return found(err, noFile)
		}
		if len(th.Bytes) == 0 {
			n, err := t.exec(`DELETE FROM thumbs WHERE file_id = $1 AND kind = 'thumbnail' AND bytes IS NULL`, file)
			if err != nil || n == 0 {
				return err
			}
		} else if _, err := t.exec(`INSERT INTO thumbs (file_id, kind, etag, bytes) VALUES ($1, 'thumbnail', $2, $3)
			ON CONFLICT (file_id, kind) DO UPDATE SET etag = excluded.etag, bytes = excluded.bytes`, file, th.ETag, th.Bytes); err != nil {
			return err
		}
		return t.event(user, "file", "changed", file)
	})
}

// ThumbsDue are files of anybody whose thumbnail is still to be fetched, those
// that wait longest first.
func (d *DB) ThumbsDue(ctx context.Context, limit int) (files []teleplay.File, err error) {
	err = d.read(ctx, "list thumbnails due", func(t *tx) error {
		files, err = list(t, scanFile, selectFile+`WHERE f.id IN (SELECT file_id FROM thumbs WHERE bytes IS NULL) ORDER BY f.created_at, f.id LIMIT $1`, limit)
		return err
	})
	return files, err
}

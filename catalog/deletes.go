package catalog

import (
	"context"
)

// ChannelDeletes are storage messages that are still to be deleted, those that
// wait longest first.
func (d *DB) ChannelDeletes(ctx context.Context, limit int) (messages []int32, err error) {
	err = d.read(ctx, "list channel deletes", func(t *tx) error {
		messages, err = list(t, scanID, `SELECT message FROM channel_deletes ORDER BY due_at, message LIMIT $1`, limit)
		return err
	})
	return messages, err
}

// ChannelDeleted notes that these storage messages are gone.
func (d *DB) ChannelDeleted(ctx context.Context, messages []int32) error {
	return d.write(ctx, "strike off channel deletes", func(t *tx) error {
		for _, m := range messages {
			if _, err := t.exec(`DELETE FROM channel_deletes WHERE message = $1`, m); err != nil {
				return err
			}
		}
		return nil
	})
}

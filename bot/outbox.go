package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/teleplay/teleplay"
)

// batch is how many rows one look at an outbox takes: Telegram's own bound for
// messages named in one call.
const batch = 100

// drain empties one of the catalog's outboxes, again after each commit. work says
// whether there may be more; after an error it is tried again, later each time.
func (b *Bot) drain(ctx context.Context, what string, work func(context.Context) (more bool, err error)) error {
	pause := retryFirst
	for {
		changed := b.o.Library.Changed() // before looking, so that no commit is missed
		more, err := work(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			b.o.Log.Warn("outbox waits", "what", what, "took", pause, "err", err)
			if !sleep(ctx, pause) {
				return nil
			}
			pause = min(2*pause, retryMost)
			continue
		case more:
			pause = retryFirst
			continue
		}
		pause = retryFirst
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		}
	}
}

// sendOwed sends the replies that commits have promised and strikes them off. One
// that was sent before a crash is sent again with the same random id, which
// Telegram takes for the same message.
func (b *Bot) sendOwed(ctx context.Context) (bool, error) {
	owed, err := b.o.Library.Owed(ctx, batch)
	if err != nil {
		return false, err
	}
	for _, o := range owed {
		m := o.Reply
		if o.File != nil {
			m = b.savedCard(*o.File, o.Message)
		}
		_, err := b.o.Talk.Send(ctx, o.Chat, m, randomID("reply", o.Chat, o.Message))
		if errors.Is(err, teleplay.ErrDenied) || errors.Is(err, teleplay.ErrInvalid) || errors.Is(err, teleplay.ErrNotFound) {
			// Nobody will ever read it: the chat is blocked or gone.
			b.o.Log.Info("reply refused", "user", o.Chat, "err", err)
			err = nil
		}
		if err != nil {
			return false, err
		}
		if err := b.o.Library.StrikeOff(ctx, o.Chat, o.Message); err != nil {
			return false, err
		}
	}
	return len(owed) == batch, nil
}

// deleteDue removes purged files from the storage channel. Ids that are gone are
// no error there, so repeating after a crash is harmless.
func (b *Bot) deleteDue(ctx context.Context) (bool, error) {
	due, err := b.o.Library.ChannelDeletes(ctx, batch)
	if err != nil || len(due) == 0 {
		return false, err
	}
	if err := b.o.Storage.Delete(ctx, due); err != nil {
		return false, err
	}
	return true, b.o.Library.ChannelDeleted(ctx, due)
}

// fetchThumbs gets the pictures of new files, once each. A file whose picture
// cannot be had is shown without one.
func (b *Bot) fetchThumbs(ctx context.Context) (bool, error) {
	due, err := b.o.Library.ThumbsDue(ctx, batch)
	if err != nil {
		return false, err
	}
	for _, f := range due {
		t, err := b.thumb(ctx, f)
		if err != nil {
			return false, err
		}
		if err := b.o.Library.SetThumb(ctx, f.ID, t); err != nil && !errors.Is(err, teleplay.ErrNotFound) {
			return false, err
		}
	}
	return len(due) > 0, nil
}

func (b *Bot) thumb(ctx context.Context, f teleplay.File) (teleplay.Thumb, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	body, err := b.o.Thumbs.Thumb(ctx, f.Message)
	if errors.Is(err, teleplay.ErrNotFound) || errors.Is(err, teleplay.ErrInvalid) {
		return teleplay.Thumb{}, nil
	}
	if err != nil {
		return teleplay.Thumb{}, err
	}
	if len(body) == 0 {
		return teleplay.Thumb{}, nil
	}
	sum := sha256.Sum256(body)
	return teleplay.Thumb{ETag: hex.EncodeToString(sum[:8]), Bytes: body}, nil
}

// setCommands tells Telegram the bot's menu, once a start.
func (b *Bot) setCommands(ctx context.Context) error {
	pause := retryFirst
	for {
		err := b.o.Talk.SetCommands(ctx, menu)
		if err == nil || ctx.Err() != nil {
			return nil
		}
		b.o.Log.Warn("menu waits", "took", pause, "err", err)
		if !sleep(ctx, pause) {
			return nil
		}
		pause = min(2*pause, retryMost)
	}
}

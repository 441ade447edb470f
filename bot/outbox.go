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
// Telegram takes for the same message. A chat that has to wait holds up no other.
func (b *Bot) sendOwed(ctx context.Context) (bool, error) {
	owed, err := b.o.Library.Owed(ctx, batch)
	if err != nil {
		return false, err
	}
	waits := map[int64]bool{} // chats whose order must be kept
	var failed error
	for _, o := range owed {
		if waits[o.Chat] {
			continue
		}
		if err := b.send(ctx, o); err != nil {
			waits[o.Chat], failed = true, err
			continue
		}
		if err := b.o.Library.StrikeOff(ctx, o.Chat, o.Message); err != nil {
			return false, err
		}
	}
	return len(owed) == batch && failed == nil, failed
}

// send sends one owed reply. What Telegram does not take in its form is sent as
// bare words; what it does not take at all is given up, as nobody will ever read
// it.
func (b *Bot) send(ctx context.Context, o teleplay.Owed) error {
	m, purpose := o.Reply, "reply"
	if o.File != nil {
		m, purpose = b.savedCard(*o.File, o.Message), "card"
	}
	if m.WebLink {
		user, err := b.o.Library.UserByTelegram(ctx, o.Chat)
		if err != nil {
			return err
		}
		if m, err = b.webLink(ctx, user); err != nil {
			return err
		}
	}
	m = fit(m)
	random := randomID(purpose, o.Chat, o.Message)
	_, err := b.o.Talk.Send(ctx, o.Chat, m, random)
	if errors.Is(err, teleplay.ErrInvalid) {
		b.o.Log.Error("reply refused, sent as bare words", "user", o.Chat, "message", o.Message, "err", err)
		_, err = b.o.Talk.Send(ctx, o.Chat, teleplay.Outgoing{Text: m.Text}, random)
	}
	if err != nil && (errors.Is(err, teleplay.ErrDenied) || errors.Is(err, teleplay.ErrInvalid) || errors.Is(err, teleplay.ErrNotFound)) {
		b.o.Log.Info("reply given up", "user", o.Chat, "message", o.Message, "err", err)
		return nil
	}
	return err
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
// cannot be had is shown without one, and holds up no other.
func (b *Bot) fetchThumbs(ctx context.Context) (bool, error) {
	due, err := b.o.Library.ThumbsDue(ctx, batch)
	if err != nil {
		return false, err
	}
	var failed error
	for _, f := range due {
		t, err := b.thumb(ctx, f)
		if err == nil {
			err = b.o.Library.SetThumb(ctx, f.ID, t)
			if errors.Is(err, teleplay.ErrInvalid) { // too large to keep
				err = b.o.Library.SetThumb(ctx, f.ID, teleplay.Thumb{})
			}
		}
		if err != nil && !errors.Is(err, teleplay.ErrNotFound) {
			failed = err
		}
	}
	return len(due) == batch && failed == nil, failed
}

func (b *Bot) thumb(ctx context.Context, f teleplay.File) (teleplay.Thumb, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	body, err := b.o.Thumbs.Thumb(ctx, f.Message)
	if err != nil && heals(err) {
		return teleplay.Thumb{}, err
	}
	if err != nil {
		b.o.Log.Info("no thumbnail", "file", f.ID, "err", err)
		return teleplay.Thumb{}, nil
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

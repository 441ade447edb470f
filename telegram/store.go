package telegram

import (
	"context"
	"fmt"
	"time"

	"github.com/gotd/td/tg"

	"github.com/teleplay/teleplay"
)

// Store forwards a person's message with document into the storage channel,
// without its author and without a sound. The same random makes one copy however
// often it is tried: the copy that is there already is found by its document.
// Errors: ErrDenied protected (the sender forbids it) and channel_admin_required,
// ErrNotFound file_missing (the message is gone), ErrInvalid refused, ErrUnavailable,
// with copy_not_found when the copy that must be there is not seen.
func (b *MainBot) Store(ctx context.Context, chat int64, message int32, document, random int64) (teleplay.Stored, error) {
	if s, ok := b.repeated(random); ok {
		return s, nil
	}
	var stored teleplay.Stored
	err := b.call(ctx, "store message", func(ctx context.Context, api *tg.Client) error {
		from, err := b.people.peer(ctx, api, chat)
		if err != nil {
			return err
		}
		to, err := b.storage(ctx, api)
		if err != nil {
			return err
		}
		u, err := api.MessagesForwardMessages(ctx, &tg.MessagesForwardMessagesRequest{
			Silent: true, DropAuthor: true, FromPeer: from, ID: []int{int(message)}, RandomID: []int64{random},
			ToPeer: &tg.InputPeerChannel{ChannelID: to.ChannelID, AccessHash: to.AccessHash},
		})
		if judge(err).act == actDone { // it was forwarded before
			stored, err = b.findCopy(ctx, api, to, document)
			return err
		}
		if err != nil {
			return err
		}
		b.feed.sent(u)
		stored = copyIn(u, random)
		if stored.Message == 0 {
			stored, err = b.findCopy(ctx, api, to, document)
		}
		return err
	})
	if err == nil {
		b.madeOf(random, stored)
	}
	return stored, err
}

// Delete removes up to 100 messages of the storage channel; those that are gone
// already are no error.
func (b *MainBot) Delete(ctx context.Context, messages []int32) error {
	if len(messages) == 0 {
		return nil
	}
	ids := make([]int, len(messages))
	for i, m := range messages {
		ids[i] = int(m)
	}
	return b.call(ctx, "delete stored messages", func(ctx context.Context, api *tg.Client) error {
		channel, err := b.storage(ctx, api)
		if err != nil {
			return err
		}
		_, err = api.ChannelsDeleteMessages(ctx, &tg.ChannelsDeleteMessagesRequest{Channel: channel, ID: ids})
		return err
	})
}

// storage is the storage channel with the main bot's access hash.
func (b *MainBot) storage(ctx context.Context, api *tg.Client) (*tg.InputChannel, error) {
	return b.channel.get(ctx, func(ctx context.Context) (*tg.InputChannel, error) {
		return channelOf(ctx, api, b.wire.channelID())
	})
}

// made is what Store did last, so that its repetition asks nothing.
type made struct {
	random int64
	stored teleplay.Stored
}

func (b *MainBot) repeated(random int64) (teleplay.Stored, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.last.stored, b.last.random == random && b.last.stored.Message != 0
}

func (b *MainBot) madeOf(random int64, s teleplay.Stored) {
	b.knows(s.Message)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last = made{random, s}
}

// knows remembers the newest message of the storage channel that was dealt with.
func (b *MainBot) knows(message int32) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.newest = max(b.newest, message)
}

// copyIn is the new message in the answer to a forward; zero if it is not there.
func copyIn(u tg.UpdatesClass, random int64) teleplay.Stored {
	s := teleplay.Stored{Message: newID(u, random)}
	for _, u := range listOf(u) {
		n, ok := u.(*tg.UpdateNewChannelMessage)
		if !ok {
			continue
		}
		if m, ok := n.Message.(*tg.Message); ok && int32(m.ID) == s.Message {
			s.Date = time.Unix(int64(m.Date), 0).UTC()
			return s
		}
	}
	return teleplay.Stored{}
}

const (
	lookStep = 100 // ids a question
	// lookEmpty is how many ids in a row without a message end a search, and lookMost
	// how many are searched at all.
	lookEmpty = 1_000
	lookMost  = 10_000
)

// findCopy is the copy of a document that a forward made and nobody heard of. It
// lies above the newest message that was dealt with: files are stored one by one,
// and the next only when the one before is in the library.
func (b *MainBot) findCopy(ctx context.Context, api *tg.Client, channel *tg.InputChannel, document int64) (teleplay.Stored, error) {
	b.mu.Lock()
	newest := b.newest
	b.mu.Unlock()
	seen := newest
	for low := newest + 1; low-seen <= lookEmpty && low-newest <= lookMost; low += lookStep {
		list, err := messagesOf(ctx, api, channel, idsFrom(low, low+lookStep-1)...)
		if err != nil {
			return teleplay.Stored{}, fmt.Errorf("find the copy of document %d: %w", document, err)
		}
		var found teleplay.Stored
		for _, m := range list {
			msg, ok := m.(*tg.Message)
			if !ok {
				continue
			}
			seen = max(seen, int32(msg.ID))
			if d, err := documentOf(msg); err == nil && d.id == document && (found.Message == 0 || int32(msg.ID) < found.Message) {
				found = teleplay.Stored{Message: int32(msg.ID), Date: time.Unix(int64(msg.Date), 0).UTC()}
			}
		}
		if found.Message != 0 {
			return found, nil
		}
	}
	return teleplay.Stored{}, fmt.Errorf("document %d was stored before and is not among the messages after %d: %w", document, newest, unseen())
}

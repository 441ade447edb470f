package telegram

import (
	"context"
	"fmt"
	"time"

	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"

	"github.com/teleplay/teleplay"
)

// Store forwards a person's message with document into the storage channel,
// without its author and without a sound. The same random makes one copy however
// often it is tried: the copy that is there already is found by its document.
// Errors: ErrDenied protected (the sender forbids it) and channel_admin_required,
// ErrNotFound file_missing (the message is gone), ErrInvalid refused, ErrUnavailable,
// with copy_not_found when the copy that must be there is not seen.
func (b *MainBot) Store(ctx context.Context, chat int64, message int32, document, random int64) (teleplay.Stored, error) {
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
		if tgerr.Is(err, "RANDOM_ID_DUPLICATE") {
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
		b.knows(stored.Message)
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

// knows remembers the newest message of the storage channel.
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
	lookStep = 100  // ids a question
	lookBack = 1000 // ids that are searched for the copy of a forward
)

// findCopy is the newest copy of a document in the storage channel. A repeated
// forward follows the first within minutes, so it is among the newest messages.
func (b *MainBot) findCopy(ctx context.Context, api *tg.Client, channel *tg.InputChannel, document int64) (teleplay.Stored, error) {
	top, err := b.top(ctx, api, channel)
	if err != nil {
		return teleplay.Stored{}, fmt.Errorf("find the channel's newest message: %w", err)
	}
	for low := top - lookStep + 1; low > top-lookBack && low > -lookStep; low -= lookStep {
		var ids []int32
		for id := max(low, 1); id < low+lookStep; id++ {
			ids = append(ids, id)
		}
		list, err := messagesOf(ctx, api, channel, ids...)
		if err != nil {
			return teleplay.Stored{}, fmt.Errorf("find the copy of document %d: %w", document, err)
		}
		var found teleplay.Stored
		for _, m := range list {
			d, err := documentOf(m)
			if err != nil || d.id != document || int32(m.GetID()) < found.Message {
				continue
			}
			found = teleplay.Stored{Message: int32(m.GetID()), Date: time.Unix(int64(m.(*tg.Message).Date), 0).UTC()}
		}
		if found.Message != 0 {
			return found, nil
		}
	}
	return teleplay.Stored{}, fmt.Errorf("document %d was stored before and is not among the newest %d messages: %w", document, lookBack, unseen())
}

// top is the newest message of the channel.
func (b *MainBot) top(ctx context.Context, api *tg.Client, channel *tg.InputChannel) (int32, error) {
	b.mu.Lock()
	at := b.newest
	b.mu.Unlock()
	at, err := newest(at, func(ids []int32) ([]tg.MessageClass, error) {
		return messagesOf(ctx, api, channel, ids...)
	})
	if err == nil {
		b.knows(at)
	}
	return at, err
}

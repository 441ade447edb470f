package telegram

import (
	"context"
	"fmt"
	"sync"

	"github.com/gotd/td/tg"
)

// referencesMost bounds what one helper remembers: some 300 bytes each.
const referencesMost = 100_000

// references are the documents that one bot has resolved, by storage message.
type references struct {
	mu   sync.Mutex
	seen map[int32]*reference
}

type reference struct {
	single[*document]
	serial int // of the fetch that is valid; guarded by references.mu
}

func (r *references) at(message int32) *reference {
	r.mu.Lock()
	defer r.mu.Unlock()
	if ref, ok := r.seen[message]; ok {
		return ref
	}
	if r.seen == nil {
		r.seen = map[int32]*reference{}
	}
	if len(r.seen) >= referencesMost {
		for old := range r.seen { // any: it costs one question to fetch again
			delete(r.seen, old)
			break
		}
	}
	ref := &reference{}
	r.seen[message] = ref
	return ref
}

// has says whether the message was resolved and is remembered.
func (r *references) has(message int32) bool {
	r.mu.Lock()
	ref, ok := r.seen[message]
	r.mu.Unlock()
	if !ok {
		return false
	}
	ref.mu.Lock()
	defer ref.mu.Unlock()
	return ref.flight != nil
}

// stale forgets d, unless it was fetched again meanwhile: 32 chunks that fail on
// one old reference fetch it once.
func (r *references) stale(message int32, d *document) {
	ref := r.at(message)
	r.mu.Lock()
	defer r.mu.Unlock()
	if ref.serial == d.serial {
		ref.serial++
		ref.forget()
	}
}

// moved notes that the document lies in another data centre than it said.
func (r *references) moved(message int32, d *document, dc int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if ref, ok := r.seen[message]; ok && ref.serial == d.serial {
		there := *d
		there.dc = dc
		f := &flight[*document]{done: make(chan struct{}), v: &there}
		close(f.done)
		ref.mu.Lock()
		ref.flight = f
		ref.mu.Unlock()
	}
}

// resolve is the document of a storage message as this bot sees it.
func (h *helper) resolve(ctx context.Context, message int32) (*document, error) {
	ref := h.messages.at(message)
	return ref.get(ctx, func(ctx context.Context) (*document, error) {
		h.messages.mu.Lock()
		serial := ref.serial
		h.messages.mu.Unlock()
		channel, err := h.storage(ctx)
		if err != nil {
			return nil, err
		}
		msgs, err := messagesOf(ctx, h.api(), channel, message)
		if err != nil {
			return nil, fmt.Errorf("read storage message %d: %w", message, err)
		}
		for _, m := range msgs {
			if m.GetID() != int(message) {
				continue
			}
			d, err := documentOf(m)
			if err != nil {
				return nil, err
			}
			d.serial = serial
			return d, nil
		}
		return nil, errMissing
	})
}

// storage is the storage channel with this bot's access hash.
func (h *helper) storage(ctx context.Context) (*tg.InputChannel, error) {
	return h.channel.get(ctx, func(ctx context.Context) (*tg.InputChannel, error) {
		return channelOf(ctx, h.api(), h.wire.channelID())
	})
}

// channelOf asks for a channel's access hash, which a bot that is in the channel
// may do with the hash 0.
func channelOf(ctx context.Context, api *tg.Client, id int64) (*tg.InputChannel, error) {
	chats, err := api.ChannelsGetChannels(ctx, []tg.InputChannelClass{&tg.InputChannel{ChannelID: id}})
	if err != nil {
		return nil, fmt.Errorf("find channel %d: %w", id, err)
	}
	for _, c := range chats.GetChats() {
		if c, ok := c.(*tg.Channel); ok && c.ID == id {
			return &tg.InputChannel{ChannelID: id, AccessHash: c.AccessHash}, nil
		}
	}
	return nil, fmt.Errorf("find channel %d: not in the answer", id)
}

// messagesOf reads up to 100 messages of the channel.
func messagesOf(ctx context.Context, api *tg.Client, channel *tg.InputChannel, ids ...int32) ([]tg.MessageClass, error) {
	ask := make([]tg.InputMessageClass, len(ids))
	for i, id := range ids {
		ask[i] = &tg.InputMessageID{ID: int(id)}
	}
	answer, err := api.ChannelsGetMessages(ctx, &tg.ChannelsGetMessagesRequest{Channel: channel, ID: ask})
	if err != nil {
		return nil, err
	}
	switch m := answer.(type) {
	case *tg.MessagesChannelMessages:
		return m.Messages, nil
	case *tg.MessagesMessages:
		return m.Messages, nil
	case *tg.MessagesMessagesSlice:
		return m.Messages, nil
	}
	return nil, fmt.Errorf("messages as %T", answer)
}

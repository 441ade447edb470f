package telegram

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
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
	serial   int       // of the fetch that is valid; guarded by references.mu
	hopeless time.Time // not to be fetched anew before; guarded by references.mu
}

// hopelessFor is how long a document that fails with a reference just fetched is
// left alone.
const hopelessFor = time.Minute

// freshTime is how long a reference is one just fetched: it cannot have run out.
const freshTime = 10 * time.Second

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

// known is what the message was resolved to; nil = it was not, or is forgotten.
func (r *references) known(message int32) *document {
	r.mu.Lock()
	ref, ok := r.seen[message]
	r.mu.Unlock()
	if !ok {
		return nil
	}
	d, _ := ref.peek()
	return d
}

// stale forgets d, unless it was fetched again meanwhile: 32 chunks that fail on
// one old reference fetch it once. false: it had just been fetched and has never
// been good, so that fetching it again is hopeless for a while.
func (r *references) stale(message int32, d *document, now time.Time) bool {
	ref := r.at(message)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case ref.serial != d.serial:
		return true
	case now.Before(ref.hopeless):
		return false
	case d.serial > 0 && !d.good.Load() && time.Since(d.fetched) < freshTime:
		ref.hopeless = now.Add(hopelessFor)
		return false
	}
	ref.serial++
	ref.forget()
	return true
}

// moved notes that the document lies in another data centre than it said.
func (r *references) moved(message int32, d *document, dc int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if ref, ok := r.seen[message]; ok && ref.serial == d.serial {
		there := *d
		there.dc = dc
		ref.set(&there)
	}
}

// learned puts a document where nothing is known nor asked.
func (r *references) learned(message int32, d *document) {
	ref := r.at(message)
	r.mu.Lock()
	defer r.mu.Unlock()
	d.serial = ref.serial
	ref.offer(d)
}

// renewed puts a fresh document in the place of d, or where d was found stale
// meanwhile, unless another has come there.
func (r *references) renewed(message int32, d, fresh *document) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ref, ok := r.seen[message]
	fresh.serial = d.serial + 1
	switch {
	case ok && ref.serial == d.serial:
		ref.serial++
		ref.set(fresh)
	case ok && ref.serial == fresh.serial:
		ref.offer(fresh)
	}
}

// resolve is the document of a storage message as this bot sees it.
func (h *helper) resolve(ctx context.Context, message int32) (*document, error) {
	ref := h.messages.at(message)
	return ref.get(ctx, func(ctx context.Context) (*document, error) {
		h.messages.mu.Lock()
		serial := ref.serial
		h.messages.mu.Unlock()
		d, err := h.look(ctx, message)
		if err != nil {
			return nil, err
		}
		d.serial = serial
		return d, nil
	})
}

// look asks for the document of a storage message.
func (h *helper) look(ctx context.Context, message int32) (*document, error) {
	msgs, err := h.read(ctx, message)
	if err != nil {
		return nil, fmt.Errorf("read storage message %d: %w", message, err)
	}
	for _, m := range msgs {
		if m.GetID() == int(message) {
			return found(m)
		}
	}
	return nil, errMissing
}

// found is the document of a message that was just read.
func found(m tg.MessageClass) (*document, error) {
	d, err := documentOf(m)
	if err != nil {
		return nil, err
	}
	d.good, d.again, d.fetched = new(atomic.Bool), new(atomic.Int64), time.Now()
	return d, nil
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
	// channelForbidden, or nothing: the answer to a bot that was sent away.
	return nil, fmt.Errorf("find channel %d: %w", id, tgerr.New(400, "CHANNEL_FORBIDDEN"))
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

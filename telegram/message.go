package telegram

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/gotd/td/tg"

	"github.com/teleplay/teleplay"
)

// updateOf is a person's message in the house's words, without its Mark.
func updateOf(m *tg.Message, from teleplay.Person) teleplay.Update {
	u := teleplay.Update{
		From: from, Message: int32(m.ID), Date: time.Unix(int64(m.Date), 0).UTC(),
		Text: m.Message, Media: mediaOf(m), Album: m.GroupedID, Locked: m.Noforwards,
	}
	if r, ok := m.ReplyTo.(*tg.MessageReplyHeader); ok {
		u.ReplyTo = int32(r.ReplyToMsgID)
	}
	return u
}

// readBox reads the private boxes by ids from the last message dealt with on, when
// Telegram says that the difference is too long: bots have no history to ask for.
// They have their ids in common, and each message takes an id and at least one pts,
// so no id is higher than the new pts, however many were deleted in between. It is
// called by the manager, before it goes on from a later place; what is read here
// carries the Mark before the gap.
func (f *feed) readBox(ctx context.Context) {
	f.mu.Lock()
	last, top := f.last, int32(min(f.top, math.MaxInt32-lookStep))
	f.mu.Unlock()
	for low := last + 1; low <= top; low += lookStep {
		ids := idsFrom(low, min(top, low+lookStep-1))
		list, err := f.boxed(ctx, ids)
		if err != nil {
			if ctx.Err() == nil {
				f.bot.wire.Log.Error("messages lost: the private box cannot be read", "after", low-1, "err", err.Error())
			}
			return
		}
		slices.SortFunc(list, func(a, b tg.MessageClass) int { return a.GetID() - b.GetID() })
		for _, m := range list {
			if f.emit(ctx, &tg.UpdateNewMessage{Message: m}) != nil {
				return // ctx ended; the next life reads from here
			}
		}
	}
}

// idsFrom is all ids from low to high.
func idsFrom(low, high int32) []int32 {
	ids := make([]int32, 0, high-low+1)
	for id := low; id <= high; id++ {
		ids = append(ids, id)
	}
	return ids
}

// boxed reads up to 100 messages of the private box, and waits as long as Telegram
// is not to be had.
func (f *feed) boxed(ctx context.Context, ids []int32) (list []tg.MessageClass, err error) {
	ask := make([]tg.InputMessageClass, len(ids))
	for i, id := range ids {
		ask[i] = &tg.InputMessageID{ID: int(id)}
	}
	for {
		err = f.bot.call(ctx, "read the private box", func(ctx context.Context, api *tg.Client) error {
			answer, err := api.MessagesGetMessages(ctx, ask)
			if err != nil {
				return err
			}
			if m, ok := answer.(interface {
				GetMessages() []tg.MessageClass
				GetUsers() []tg.UserClass
			}); ok {
				list = m.GetMessages()
				f.bot.people.see(m.GetUsers())
			}
			return nil
		})
		if !errors.Is(err, teleplay.ErrUnavailable) {
			return list, err
		}
		wait := reconnectMost
		if own := (*teleplay.Error)(nil); errors.As(err, &own) {
			wait = max(wait, own.Retry)
		}
		if !pause(ctx, wait) {
			return nil, err
		}
	}
}

package telegram

import (
	"context"
	"errors"
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

// readBox reads the private box by ids from the last message handed out on, when
// Telegram says that the difference is too long: bots have no history to ask for.
// It is called by the manager, before it goes on from a later place; what is read
// here carries the Mark before the gap.
func (f *feed) readBox(ctx context.Context) {
	f.mu.Lock()
	last := f.last
	f.mu.Unlock()
	top, err := newest(last, func(ids []int32) ([]tg.MessageClass, error) { return f.boxed(ctx, ids) })
	for low := last + 1; err == nil && low <= top; low += lookStep {
		var ids []int32
		for id := low; id <= min(top, low+lookStep-1); id++ {
			ids = append(ids, id)
		}
		var list []tg.MessageClass
		if list, err = f.boxed(ctx, ids); err != nil {
			break
		}
		slices.SortFunc(list, func(a, b tg.MessageClass) int { return a.GetID() - b.GetID() })
		for _, m := range list {
			if f.emit(ctx, &tg.UpdateNewMessage{Message: m}) != nil {
				return // ctx ended; the next session reads from here
			}
		}
	}
	if err != nil && ctx.Err() == nil {
		f.bot.wire.Log.Error("messages lost: the private box cannot be read", "after", last, "err", err.Error())
	}
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
		if !errors.Is(err, teleplay.ErrUnavailable) || !pause(ctx, reconnectMost) {
			return list, err
		}
	}
}

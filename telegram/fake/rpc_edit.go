package fake

import (
	"slices"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

func (w *world) editMessage(c *call, r *tg.MessagesEditMessageRequest) (bin.Encoder, error) {
	if err := honour(r.Flags, editHonours...); err != nil {
		return nil, err
	}
	var t *tg.Updates
	err := w.change(func() error {
		to, err := w.target(c.account, r.Peer)
		if err != nil {
			return err
		}
		m, ok := w.find(to.box, int32(r.ID))
		if !ok || m.Chat != to.user {
			return refuse(400, "MESSAGE_ID_INVALID")
		}
		if err := w.mayEdit(c.account, to, m); err != nil {
			return err
		}
		next := m
		if text, ok := r.GetMessage(); ok {
			limit := maxText
			if m.Document != 0 {
				limit = maxCaption
			}
			if next.Text, next.Entities, err = fromText(text, r.Entities, limit, "MESSAGE_TOO_LONG"); err != nil {
				return err
			}
		} else if len(r.Entities) > 0 {
			return errNotBuilt
		}
		if next.Buttons, err = fromMarkup(r.ReplyMarkup, to.user != 0); err != nil {
			return err
		}
		switch {
		case next.Text == "" && m.Document == 0:
			return refuse(400, "MESSAGE_EMPTY")
		case next.Text == m.Text && slices.Equal(next.Entities, m.Entities) && sameButtons(next.Buttons, m.Buttons):
			return refuse(400, "MESSAGE_NOT_MODIFIED")
		}
		m = w.edit(to.box, next, c.session)
		t = w.updates(c.account, w.update(c.account, to.box, w.db.boxes.rows[to.box].PTS, event{eventEdit, []int32{m.ID}})...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

// mayEdit says whether a bot may change a message. What was forwarded is somebody
// else's word. In the channel it takes the right to post for the bot's own posts,
// and the right to edit for those of others.
func (w *world) mayEdit(account int64, to target, m chatMessage) error {
	b, own := w.db.bots.rows[account], m.From == account
	switch {
	case m.Origin != nil, to.user != 0 && !own:
		return refuse(403, "MESSAGE_AUTHOR_REQUIRED")
	case to.user != 0, b.may(rightEdit), own && b.may(rightPost):
		return nil
	case own || b.ChannelRole != roleAdmin:
		return refuse(400, "CHAT_ADMIN_REQUIRED")
	}
	return refuse(403, "MESSAGE_AUTHOR_REQUIRED")
}

func sameButtons(a, b [][]button) bool {
	return slices.EqualFunc(a, b, func(a, b []button) bool {
		return slices.EqualFunc(a, b, func(a, b button) bool {
			return a.Text == b.Text && a.URL == b.URL && a.WebApp == b.WebApp && string(a.bytes()) == string(b.bytes())
		})
	})
}

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
	var file *enclosure
	if media, ok := r.GetMedia(); ok {
		w.mu.Lock()
		_, _, err := w.editable(c.account, r)
		w.mu.Unlock()
		if err != nil {
			return nil, err
		}
		e, err := w.enclose(c, media) // it takes its time, so the lock is not held
		if err != nil {
			return nil, err
		}
		file = &e
	}
	var t *tg.Updates
	err := w.change(func() error {
		to, m, err := w.editable(c.account, r)
		if err != nil {
			return err
		}
		next, err := w.edited(to, m, r, file)
		if err != nil {
			return err
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

// editable is the message that a bot wants to change and may.
func (w *world) editable(account int64, r *tg.MessagesEditMessageRequest) (target, chatMessage, error) {
	to, err := w.target(account, r.Peer)
	if err != nil {
		return to, chatMessage{}, err
	}
	m, ok := w.find(to.box, int32(r.ID))
	if !ok || m.Chat != to.user {
		return to, m, refuse(400, "MESSAGE_ID_INVALID")
	}
	return to, m, w.mayEdit(account, to, m)
}

// edited is the message as it will stand, with another file if there is one.
func (w *world) edited(to target, m chatMessage, r *tg.MessagesEditMessageRequest, file *enclosure) (chatMessage, error) {
	next, err := m, error(nil)
	if text, ok := r.GetMessage(); ok {
		limit := maxText
		if m.Document != 0 || file != nil {
			limit = maxCaption
		}
		if next.Text, next.Entities, err = fromText(text, r.Entities, limit, "MESSAGE_TOO_LONG"); err != nil {
			return next, err
		}
	} else if len(r.Entities) > 0 {
		return next, errNotBuilt
	}
	if next.Buttons, err = fromMarkup(r.ReplyMarkup, to.user != 0); err != nil {
		return next, err
	}
	switch {
	case file != nil && m.Grouped != 0 && !together([]string{w.db.documents.rows[m.Document].Kind, file.document.Kind}):
		return next, refuse(400, "MEDIA_GROUPED_INVALID")
	case file != nil && file.document.ID == 0:
		next.Document = w.filed(*file)
	case file != nil:
		next.Document = file.document.ID
	}
	switch {
	case next.Text == "" && next.Document == 0:
		return next, refuse(400, "MESSAGE_EMPTY")
	case next.Text == m.Text && next.Document == m.Document && slices.Equal(next.Entities, m.Entities) && sameButtons(next.Buttons, m.Buttons):
		return next, refuse(400, "MESSAGE_NOT_MODIFIED")
	}
	return next, nil
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
			return a.Text == b.Text && a.URL == b.URL && a.WebApp == b.WebApp && a.Style == b.Style && string(a.bytes()) == string(b.bytes())
		})
	})
}

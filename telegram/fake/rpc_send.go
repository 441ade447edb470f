package fake

import (
	"slices"
	"strings"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// randomKey is a random_id of one account; it holds for ever.
type randomKey struct {
	Account int64 `json:"account"`
	Random  int64 `json:"random"`
}

// sentAs is the message that a random_id made, and its pts.
type sentAs struct {
	messageKey
	PTS int `json:"pts"`
}

// target is where a message goes: a box, and in a private one the user.
type target struct {
	box, user int64
}

// target resolves a peer that a bot reads from or writes to.
func (w *world) target(account int64, p tg.InputPeerClass) (target, error) {
	switch p := p.(type) {
	case *tg.InputPeerChannel:
		if !w.isChannel(p.ChannelID) {
			return target{}, refuse(400, "CHANNEL_INVALID")
		}
		return target{box: p.ChannelID}, w.admitTo(account, p.ChannelID, p.AccessHash)
	case *tg.InputPeerUser:
		// A bot knows nobody who has not written to it.
		if w.db.chats.rows[chatKey{account, p.UserID}].Started && (p.AccessHash == 0 || p.AccessHash == w.accessHash(account, "user", p.UserID)) {
			return target{box: account, user: p.UserID}, nil
		}
	}
	return target{}, refuse(400, "PEER_ID_INVALID")
}

// mayWrite says whether a bot may send to the target.
func (w *world) mayWrite(account int64, to target) error {
	if to.user == 0 {
		if !w.db.bots.rows[account].may(rightPost) {
			return refuse(400, "CHAT_ADMIN_REQUIRED")
		}
		return nil
	}
	if w.db.chats.rows[chatKey{account, to.user}].Blocked {
		return refuse(400, "USER_IS_BLOCKED")
	}
	return nil
}

// sent says whether a random_id was used before.
func (w *world) sent(account, random int64) (sentAs, bool, error) {
	if random == 0 {
		return sentAs{}, false, refuse(400, "RANDOM_ID_EMPTY")
	}
	s, ok := w.db.randoms.rows[randomKey{account, random}]
	if ok && w.rules().RandomIDDuplicate == "error" {
		return s, ok, refuse(500, "RANDOM_ID_DUPLICATE")
	}
	return s, ok, nil
}

// write adds a bot's message and notes its random_id.
func (w *world) write(c *call, to target, m chatMessage, random int64) sentAs {
	m.From, m.Chat, m.Random = c.account, to.user, random
	m = w.add(to.box, m, c.session)
	s := sentAs{messageKey{to.box, m.ID}, w.db.boxes.rows[to.box].PTS}
	w.db.randoms.put(randomKey{c.account, random}, s)
	return s
}

// sentUpdates answer the sender: which id each random_id got, and the messages.
func (w *world) sentUpdates(account int64, randoms []int64, list []sentAs) *tg.Updates {
	var ids, news []tg.UpdateClass
	for i, s := range list {
		ids = append(ids, &tg.UpdateMessageID{ID: int(s.ID), RandomID: randoms[i]})
		news = append(news, w.update(account, s.Box, s.PTS, event{eventNew, []int32{s.ID}})...)
	}
	return w.updates(account, append(ids, news...)...)
}

// sendOne is sendMessage and sendMedia. file, if any, is called when nothing else
// can refuse the message.
func (w *world) sendOne(c *call, peer tg.InputPeerClass, reply tg.InputReplyToClass, markup tg.ReplyMarkupClass, random int64, m chatMessage, file func() (int64, error)) (bin.Encoder, error) {
	var t *tg.Updates
	err := w.change(func() error {
		to, err := w.target(c.account, peer)
		if err != nil {
			return err
		}
		if err := w.mayWrite(c.account, to); err != nil {
			return err
		}
		if m.Buttons, err = fromMarkup(markup); err != nil {
			return err
		}
		if r, ok := reply.(*tg.InputReplyToMessage); ok {
			// A reply to what is gone is sent without it, as the real server does for bots.
			if old, ok := w.find(to.box, int32(r.ReplyToMsgID)); ok && old.Chat == to.user {
				m.ReplyTo = old.ID
			}
		}
		s, again, err := w.sent(c.account, random)
		if err != nil {
			return err
		}
		if !again {
			if file != nil {
				if m.Document, err = file(); err != nil {
					return err
				}
			}
			s = w.write(c, to, m, random)
		}
		t = w.sentUpdates(c.account, []int64{random}, []sentAs{s})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

func (w *world) sendMessage(c *call, r *tg.MessagesSendMessageRequest) (bin.Encoder, error) {
	if strings.TrimSpace(r.Message) == "" {
		return nil, refuse(400, "MESSAGE_EMPTY")
	}
	if length16(r.Message) > maxText {
		return nil, refuse(400, "MESSAGE_TOO_LONG")
	}
	entities, err := fromEntities(r.Entities, r.Message)
	if err != nil {
		return nil, err
	}
	return w.sendOne(c, r.Peer, r.ReplyTo, r.ReplyMarkup, r.RandomID, chatMessage{
		Text: r.Message, Entities: entities, Silent: r.Silent, Protected: r.Noforwards,
	}, nil)
}

func (w *world) sendMedia(c *call, r *tg.MessagesSendMediaRequest) (bin.Encoder, error) {
	if length16(r.Message) > maxCaption {
		return nil, refuse(400, "MEDIA_CAPTION_TOO_LONG")
	}
	entities, err := fromEntities(r.Entities, r.Message)
	if err != nil {
		return nil, err
	}
	return w.sendOne(c, r.Peer, r.ReplyTo, r.ReplyMarkup, r.RandomID, chatMessage{
		Text: r.Message, Entities: entities, Silent: r.Silent, Protected: r.Noforwards,
	}, func() (int64, error) { return w.sentFile(c, r.Media) })
}

// sentFile is a file that is sent by its id, or has been uploaded.
func (w *world) sentFile(c *call, m tg.InputMediaClass) (int64, error) {
	account := c.account
	switch m := m.(type) {
	case *tg.InputMediaDocument:
		if in, ok := m.ID.(*tg.InputDocument); ok {
			d := w.db.documents.rows[in.ID]
			if d.ID == 0 || d.Kind == "photo" || in.AccessHash != w.accessHash(account, "file", in.ID) {
				return 0, refuse(400, "MEDIA_EMPTY")
			}
			return in.ID, w.checkReference(account, in.ID, in.FileReference)
		}
		return 0, refuse(400, "MEDIA_EMPTY")
	case *tg.InputMediaPhoto:
		if in, ok := m.ID.(*tg.InputPhoto); ok {
			d := w.db.documents.rows[in.ID]
			if d.Kind != "photo" || in.AccessHash != w.accessHash(account, "file", in.ID) {
				return 0, refuse(400, "MEDIA_EMPTY")
			}
			return in.ID, w.checkReference(account, in.ID, in.FileReference)
		}
		return 0, refuse(400, "MEDIA_EMPTY")
	}
	return w.uploaded(c, m)
}

func (w *world) editMessage(c *call, r *tg.MessagesEditMessageRequest) (bin.Encoder, error) {
	if r.Media != nil {
		return nil, refuse(400, "NOT_IMPLEMENTED")
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
		if m.From != c.account && (to.user != 0 || !w.db.bots.rows[c.account].may(rightEdit)) {
			return refuse(403, "MESSAGE_AUTHOR_REQUIRED")
		}
		next := m
		if text, ok := r.GetMessage(); ok {
			next.Text = text
			if next.Entities, err = fromEntities(r.Entities, text); err != nil {
				return err
			}
		}
		if next.Buttons, err = fromMarkup(r.ReplyMarkup); err != nil {
			return err
		}
		limit := maxText
		if m.Document != 0 {
			limit = maxCaption
		}
		switch {
		case strings.TrimSpace(next.Text) == "" && m.Document == 0:
			return refuse(400, "MESSAGE_EMPTY")
		case length16(next.Text) > limit:
			return refuse(400, "MESSAGE_TOO_LONG")
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

func sameButtons(a, b [][]button) bool {
	return slices.EqualFunc(a, b, func(a, b []button) bool {
		return slices.EqualFunc(a, b, func(a, b button) bool {
			return a.Text == b.Text && a.URL == b.URL && a.WebApp == b.WebApp && string(a.bytes()) == string(b.bytes())
		})
	})
}

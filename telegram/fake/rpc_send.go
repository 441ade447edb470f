package fake

import (
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

// letterOut is a bot's message before it is written.
type letterOut struct {
	peer    tg.InputPeerClass
	reply   tg.InputReplyToClass
	markup  tg.ReplyMarkupClass
	random  int64
	message chatMessage
}

// address finds where the message goes and what may refuse it; again says that
// its random_id has been used, and for what.
func (w *world) address(account int64, l letterOut) (to target, m chatMessage, s sentAs, again bool, err error) {
	m = l.message
	if to, err = w.target(account, l.peer); err != nil {
		return
	}
	if err = w.mayWrite(account, to); err != nil {
		return
	}
	if m.Buttons, err = fromMarkup(l.markup, to.user != 0); err != nil {
		return
	}
	if m.ReplyTo, err = w.replyTo(to, l.reply); err != nil {
		return
	}
	s, again, err = w.sent(account, l.random)
	return
}

// replyTo is the message of the target that is replied to; 0 = none.
func (w *world) replyTo(to target, reply tg.InputReplyToClass) (int32, error) {
	if reply == nil {
		return 0, nil
	}
	r, ok := reply.(*tg.InputReplyToMessage)
	if !ok || r.Flags != 0 { // a story, a quote, another chat's message
		return 0, errNotBuilt
	}
	id := r.ReplyToMsgID
	if id == 0 { // what PyroTGFork says with each message that replies to none
		return 0, nil
	}
	if id < 0 || id > int(w.db.boxes.rows[to.box].Last) {
		return 0, refuse(400, "REPLY_MESSAGE_ID_INVALID")
	}
	old, ok := w.find(to.box, int32(id))
	switch {
	case !ok:
		return 0, nil // a reply to what is gone is sent without it
	case old.Chat != to.user:
		return 0, refuse(400, "REPLY_MESSAGE_ID_INVALID")
	}
	return old.ID, nil
}

// sendOne is sendMessage and sendMedia. The file, if there is one, is made between
// two looks at what may refuse the message, as that takes its time.
func (w *world) sendOne(c *call, l letterOut, enclose func() (enclosure, error)) (bin.Encoder, error) {
	w.mu.Lock()
	_, _, _, again, err := w.address(c.account, l)
	w.mu.Unlock()
	if err != nil {
		return nil, err
	}
	var file enclosure
	if enclose != nil && !again {
		if file, err = enclose(); err != nil {
			return nil, err
		}
	}
	var t *tg.Updates
	err = w.change(func() error {
		to, m, s, again, err := w.address(c.account, l)
		if err != nil {
			return err
		}
		if !again {
			if enclose != nil {
				m.Document = w.filed(file)
			}
			s = w.write(c, to, m, l.random)
		}
		t = w.sentUpdates(c.account, []int64{l.random}, []sentAs{s})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

func (w *world) sendMessage(c *call, r *tg.MessagesSendMessageRequest) (bin.Encoder, error) {
	if err := honour(r.Flags, messageHonours...); err != nil {
		return nil, err
	}
	text, entities, err := fromText(r.Message, r.Entities, maxText, "MESSAGE_TOO_LONG")
	if err != nil {
		return nil, err
	}
	if text == "" {
		return nil, refuse(400, "MESSAGE_EMPTY")
	}
	return w.sendOne(c, letterOut{r.Peer, r.ReplyTo, r.ReplyMarkup, r.RandomID, chatMessage{
		Text: text, Entities: entities, Silent: r.Silent, Protected: r.Noforwards,
	}}, nil)
}

func (w *world) sendMedia(c *call, r *tg.MessagesSendMediaRequest) (bin.Encoder, error) {
	if err := honour(r.Flags, mediaHonours...); err != nil {
		return nil, err
	}
	text, entities, err := fromText(r.Message, r.Entities, maxCaption, "MEDIA_CAPTION_TOO_LONG")
	if err != nil {
		return nil, err
	}
	return w.sendOne(c, letterOut{r.Peer, r.ReplyTo, r.ReplyMarkup, r.RandomID, chatMessage{
		Text: text, Entities: entities, Silent: r.Silent, Protected: r.Noforwards,
	}}, func() (enclosure, error) { return w.enclose(c, r.Media) })
}

// enclose is a file that is sent by its id, or has been uploaded. The lock must
// not be held.
func (w *world) enclose(c *call, m tg.InputMediaClass) (enclosure, error) {
	switch m := m.(type) {
	case *tg.InputMediaDocument:
		if err := honour(m.Flags, againHonours...); err != nil {
			return enclosure{}, err
		}
		if in, ok := m.ID.(*tg.InputDocument); ok {
			return w.known(c.account, in.ID, in.AccessHash, in.FileReference, false)
		}
		return enclosure{}, refuse(400, "MEDIA_EMPTY")
	case *tg.InputMediaPhoto:
		if err := honour(m.Flags); err != nil {
			return enclosure{}, err
		}
		if in, ok := m.ID.(*tg.InputPhoto); ok {
			return w.known(c.account, in.ID, in.AccessHash, in.FileReference, true)
		}
		return enclosure{}, refuse(400, "MEDIA_EMPTY")
	}
	return w.uploaded(c, m)
}

// known is a file that an account names by its id.
func (w *world) known(account, id, hash int64, reference []byte, photo bool) (enclosure, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := w.db.documents.rows[id]
	if d.ID == 0 || (d.Kind == "photo") != photo || hash != w.accessHash(account, "file", id) {
		return enclosure{}, refuse(400, "MEDIA_EMPTY")
	}
	return enclosure{document: d}, w.checkReference(account, id, reference)
}

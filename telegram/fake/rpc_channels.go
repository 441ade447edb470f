package fake

import (
	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// maxIDs is how many messages one call may name.
const maxIDs = 100

// channelOf is the channel that an InputChannel names. A bot in it may leave the
// hash out (0).
func (w *world) channelOf(account int64, c tg.InputChannelClass) (int64, error) {
	in, ok := c.(*tg.InputChannel)
	if !ok || !w.isChannel(in.ChannelID) {
		return 0, refuse(400, "CHANNEL_INVALID")
	}
	return in.ChannelID, w.admitTo(account, in.ChannelID, in.AccessHash)
}

func (w *world) admitTo(account, id, hash int64) error {
	if hash != 0 && hash != w.accessHash(account, "channel", id) {
		return refuse(400, "CHANNEL_INVALID")
	}
	if w.db.bots.rows[account].ChannelRole == roleNone {
		return refuse(406, "CHANNEL_PRIVATE") // 400 in upload.getFile
	}
	return nil
}

func (w *world) getChannels(c *call, r *tg.ChannelsGetChannelsRequest) (bin.Encoder, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := &tg.MessagesChats{Chats: []tg.ChatClass{}}
	for _, in := range r.ID {
		id, err := w.channelOf(c.account, in)
		if err != nil {
			return nil, err
		}
		t.Chats = append(t.Chats, w.tlChannel(c.account, id))
	}
	return t, nil
}

func (w *world) getFullChannel(c *call, r *tg.ChannelsGetFullChannelRequest) (bin.Encoder, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	id, err := w.channelOf(c.account, r.Channel)
	if err != nil {
		return nil, err
	}
	full := &tg.ChannelFull{ID: id, ChatPhoto: &tg.PhotoEmpty{}, BotInfo: []tg.BotInfo{}, Pts: w.db.boxes.rows[id].PTS}
	members, admins := 1, 1 // the owner
	for _, b := range w.db.bots.rows {
		if b.ChannelRole != roleNone {
			members++
		}
		if b.ChannelRole == roleAdmin {
			admins++
		}
	}
	full.SetParticipantsCount(members)
	full.SetAdminsCount(admins)
	return &tg.MessagesChatFull{FullChat: full, Chats: []tg.ChatClass{w.tlChannel(c.account, id)}, Users: []tg.UserClass{}}, nil
}

func (w *world) getChannelMessages(c *call, r *tg.ChannelsGetMessagesRequest) (bin.Encoder, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	id, err := w.channelOf(c.account, r.Channel)
	if err != nil {
		return nil, err
	}
	var n named
	n.channel(id)
	list, err := w.tlMessages(c.account, id, r.ID, &n)
	if err != nil {
		return nil, err
	}
	t := &tg.MessagesChannelMessages{Pts: w.db.boxes.rows[id].PTS, Count: len(list), Messages: list, Topics: []tg.ForumTopicClass{}}
	t.Users, t.Chats = n.tl(w, c.account)
	return t, nil
}

func (w *world) getMessages(c *call, r *tg.MessagesGetMessagesRequest) (bin.Encoder, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var n named
	list, err := w.tlMessages(c.account, c.account, r.ID, &n)
	if err != nil {
		return nil, err
	}
	t := &tg.MessagesMessages{Messages: list, Topics: []tg.ForumTopicClass{}}
	t.Users, t.Chats = n.tl(w, c.account)
	return t, nil
}

// tlMessages are the messages of a box that a call names: by id, or as what
// another message replies to.
func (w *world) tlMessages(account, boxID int64, ids []tg.InputMessageClass, n *named) ([]tg.MessageClass, error) {
	if len(ids) == 0 {
		return nil, refuse(400, "MESSAGE_IDS_EMPTY")
	}
	if len(ids) > maxIDs {
		return nil, refuse(400, "LIMIT_INVALID")
	}
	var list []tg.MessageClass
	for _, in := range ids {
		var id int
		switch in := in.(type) {
		case *tg.InputMessageID:
			id = in.ID
		case *tg.InputMessageReplyTo:
			m, _ := w.find(boxID, int32(in.ID))
			id = int(m.ReplyTo)
		case *tg.InputMessageCallbackQuery:
			q := w.queries[in.QueryID]
			if q == nil || q.bot != account || int(q.message) != in.ID || !w.now().Before(q.until) {
				return nil, refuse(400, "QUERY_ID_INVALID")
			}
			id = in.ID
		default:
			return nil, errNotBuilt
		}
		list = append(list, w.tlFound(account, boxID, int32(id), n))
	}
	return list, nil
}

func (w *world) deleteChannelMessages(c *call, r *tg.ChannelsDeleteMessagesRequest) (bin.Encoder, error) {
	t := &tg.MessagesAffectedMessages{}
	err := w.change(func() error {
		id, err := w.channelOf(c.account, r.Channel)
		if err != nil {
			return err
		}
		b := w.db.bots.rows[c.account]
		if b.ChannelRole != roleAdmin {
			return refuse(400, "CHAT_ADMIN_REQUIRED")
		}
		for _, n := range r.ID {
			m, ok := w.find(id, int32(n))
			switch {
			case !ok || b.may(rightDelete) || m.From == c.account && b.may(rightPost):
			case m.From == c.account:
				return refuse(400, "CHAT_ADMIN_REQUIRED")
			default:
				return refuse(403, "MESSAGE_DELETE_FORBIDDEN")
			}
		}
		return w.removeNamed(c, id, r.ID, t)
	})
	return t, err
}

func (w *world) deleteMessages(c *call, r *tg.MessagesDeleteMessagesRequest) (bin.Encoder, error) {
	if !r.Revoke {
		return nil, errNotBuilt // here a message is there for both sides or for none
	}
	t := &tg.MessagesAffectedMessages{}
	err := w.change(func() error { return w.removeNamed(c, c.account, r.ID, t) })
	return t, err
}

// removeNamed deletes messages of a box; ids that are not there are no error.
func (w *world) removeNamed(c *call, boxID int64, ids []int, t *tg.MessagesAffectedMessages) error {
	if len(ids) > maxIDs {
		return refuse(400, "LIMIT_INVALID")
	}
	short := make([]int32, len(ids))
	for i, id := range ids {
		short[i] = int32(id)
	}
	t.PtsCount = w.remove(boxID, short, c.session)
	t.Pts = w.db.boxes.rows[boxID].PTS
	return nil
}

package fake

import (
	"cmp"
	"slices"

	"github.com/gotd/td/tg"
)

// The tl_ files turn the world's things into Telegram's, as one account sees them:
// hashes and references are the viewer's own.

// tlUser is a user or bot as viewer sees it; nil when there is none.
func (w *world) tlUser(viewer, id int64) tg.UserClass {
	if u, ok := w.db.users.rows[id]; ok {
		t := &tg.User{ID: id, FirstName: u.FirstName}
		t.SetAccessHash(w.accessHash(viewer, "user", id))
		if u.LastName != "" {
			t.SetLastName(u.LastName)
		}
		if u.Username != "" {
			t.SetUsername(u.Username)
		}
		if u.Language != "" {
			t.SetLangCode(u.Language)
		}
		return t
	}
	b, ok := w.db.bots.rows[id]
	if !ok {
		return nil
	}
	t := &tg.User{ID: id, Self: id == viewer, Bot: true, FirstName: cmp.Or(b.Name, b.Username)}
	t.SetAccessHash(w.accessHash(viewer, "user", id))
	t.SetUsername(b.Username)
	t.SetBotInfoVersion(1)
	return t
}

// tlChannel is the channel as viewer sees it.
func (w *world) tlChannel(viewer, id int64) tg.ChatClass {
	c, b := w.db.channels.rows[id], w.db.bots.rows[viewer]
	if b.ChannelRole == roleNone {
		return &tg.ChannelForbidden{Broadcast: true, ID: id, AccessHash: w.accessHash(viewer, "channel", id), Title: c.Title}
	}
	t := &tg.Channel{ID: id, Title: c.Title, Broadcast: true, Noforwards: c.Protected, Photo: &tg.ChatPhotoEmpty{}, Date: int(c.Date)}
	t.SetAccessHash(w.accessHash(viewer, "channel", id))
	if b.ChannelRole == roleAdmin {
		t.SetAdminRights(rightsOf(b))
	}
	return t
}

// rightsOf an admin; other is set for all of them.
func rightsOf(b bot) tg.ChatAdminRights {
	return tg.ChatAdminRights{
		Other: true, PostMessages: b.may(rightPost), EditMessages: b.may(rightEdit), DeleteMessages: b.may(rightDelete),
	}
}

// named gathers the users and channels that an answer must bring with it.
type named struct {
	users, channels []int64
}

func (n *named) user(id int64) {
	if id != 0 && !slices.Contains(n.users, id) {
		n.users = append(n.users, id)
	}
}

func (n *named) channel(id int64) {
	if !slices.Contains(n.channels, id) {
		n.channels = append(n.channels, id)
	}
}

// message gathers everybody that a message names.
func (n *named) message(w *world, boxID int64, m chatMessage) {
	if w.isChannel(boxID) {
		n.channel(boxID)
	} else {
		n.user(m.Chat)
		n.user(boxID)
	}
	for _, e := range m.Entities {
		n.user(e.User)
	}
	if m.Origin != nil && m.Origin.Peer != 0 {
		if w.isChannel(m.Origin.Peer) {
			n.channel(m.Origin.Peer)
		} else {
			n.user(m.Origin.Peer)
		}
	}
}

func (n *named) tl(w *world, viewer int64) ([]tg.UserClass, []tg.ChatClass) {
	users, chats := []tg.UserClass{}, []tg.ChatClass{}
	for _, id := range n.users {
		if u := w.tlUser(viewer, id); u != nil {
			users = append(users, u)
		}
	}
	for _, id := range n.channels {
		chats = append(chats, w.tlChannel(viewer, id))
	}
	return users, chats
}

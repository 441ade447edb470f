package fake

import (
	"strings"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// resolveUsername finds a person or a bot by name; the channel has none.
func (w *world) resolveUsername(c *call, r *tg.ContactsResolveUsernameRequest) (bin.Encoder, error) {
	if err := honour(r.Flags); err != nil {
		return nil, err
	}
	if !madeOf(r.Username, 32, letters+digits+"_") {
		return nil, refuse(400, "USERNAME_INVALID")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	id := w.called(r.Username)
	if id == 0 {
		return nil, refuse(400, "USERNAME_NOT_OCCUPIED")
	}
	return &tg.ContactsResolvedPeer{Peer: &tg.PeerUser{UserID: id}, Chats: []tg.ChatClass{}, Users: []tg.UserClass{w.tlUser(c.account, id)}}, nil
}

// called is who has a username, in whatever case; 0 = nobody.
func (w *world) called(name string) int64 {
	for id, u := range w.db.users.rows {
		if strings.EqualFold(u.Username, name) {
			return id
		}
	}
	for id, b := range w.db.bots.rows {
		if strings.EqualFold(b.Username, name) {
			return id
		}
	}
	return 0
}

// owner of the channel is the first person.
func (w *world) owner() int64 {
	first := int64(0)
	for id := range w.db.users.rows {
		if first == 0 || id < first {
			first = id
		}
	}
	return first
}

func (w *world) getParticipant(c *call, r *tg.ChannelsGetParticipantRequest) (bin.Encoder, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	channel, err := w.channelOf(c.account, r.Channel)
	if err != nil {
		return nil, err
	}
	var in tg.InputUserClass
	switch p := r.Participant.(type) {
	case *tg.InputPeerSelf:
		in = &tg.InputUserSelf{}
	case *tg.InputPeerUser:
		in = &tg.InputUser{UserID: p.UserID, AccessHash: p.AccessHash}
	default:
		return nil, refuse(400, "PARTICIPANT_ID_INVALID")
	}
	id, err := w.userID(c.account, in)
	if err != nil {
		return nil, err
	}
	if id != c.account && w.db.bots.rows[c.account].ChannelRole != roleAdmin {
		return nil, refuse(400, "CHAT_ADMIN_REQUIRED")
	}
	b, owner, joined := w.db.bots.rows[id], w.owner(), int(w.db.channels.rows[channel].Date)
	var n named
	n.user(id)
	t := &tg.ChannelsChannelParticipant{}
	switch {
	case id == owner:
		t.Participant = &tg.ChannelParticipantCreator{UserID: id, AdminRights: rightsOf(bot{ChannelRole: roleAdmin, Rights: []string{rightPost, rightEdit, rightDelete}})}
	case b.ChannelRole == roleAdmin:
		n.user(owner)
		p := &tg.ChannelParticipantAdmin{Self: id == c.account, UserID: id, PromotedBy: owner, Date: joined, AdminRights: rightsOf(b)}
		if p.Self {
			p.SetInviterID(owner)
		}
		t.Participant = p
	case b.ChannelRole == roleMember && id == c.account:
		n.user(owner)
		t.Participant = &tg.ChannelParticipantSelf{UserID: id, InviterID: owner, Date: joined}
	case b.ChannelRole == roleMember:
		t.Participant = &tg.ChannelParticipant{UserID: id, Date: joined}
	default:
		return nil, refuse(400, "USER_NOT_PARTICIPANT")
	}
	t.Users, t.Chats = n.tl(w, c.account)
	return t, nil
}

// setTyping is taken where a message would be. People do not see it here.
func (w *world) setTyping(c *call, r *tg.MessagesSetTypingRequest) (bin.Encoder, error) {
	if err := honour(r.Flags); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	to, err := w.target(c.account, r.Peer)
	if err != nil {
		return nil, err
	}
	if err := w.mayWrite(c.account, to); err != nil {
		return nil, err
	}
	return &tg.BoolTrue{}, nil
}

package fake

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// TestProfile: what a bot says of itself is kept text by text, for itself alone.
func TestProfile(t *testing.T) {
	b := newBench(t, Options{})
	set := func(change func(*tg.BotsSetBotInfoRequest)) error {
		r := &tg.BotsSetBotInfoRequest{}
		change(r)
		_, err := do[*tg.BoolTrue](b, mainBot, 2, r)
		return err
	}
	for _, change := range []func(*tg.BotsSetBotInfoRequest){
		func(r *tg.BotsSetBotInfoRequest) { r.SetName("Library"); r.SetBot(&tg.InputUserSelf{}) },
		func(r *tg.BotsSetBotInfoRequest) { r.SetAbout("films") },
		func(r *tg.BotsSetBotInfoRequest) { r.SetDescription("films and music") },
	} {
		if err := set(change); err != nil {
			t.Fatal(err)
		}
	}
	for account, want := range map[int64]tg.BotsBotInfo{
		mainBot: {Name: "Library", About: "films", Description: "films and music"}, otherBot: {Name: b.bots()[1].Username},
	} {
		if diff := cmp.Diff(&want, must(do[*tg.BotsBotInfo](b, account, 2, &tg.BotsGetBotInfoRequest{}))(t)); diff != "" {
			t.Error(diff)
		}
	}
	full := must(do[*tg.UsersUserFull](b, mainBot, 2, &tg.UsersGetFullUserRequest{ID: &tg.InputUserSelf{}}))(t)
	if u := full.Users[0].(*tg.User); u.FirstName != "Library" || full.FullUser.About != "films" || full.FullUser.BotInfo.Description != "films and music" {
		t.Errorf("%v, %v", u, full.FullUser)
	}
	refused(t, set(func(r *tg.BotsSetBotInfoRequest) { r.SetAbout(strings.Repeat("a", 121)) }), 400, "ABOUT_TOO_LONG")
	refused(t, set(func(r *tg.BotsSetBotInfoRequest) { r.SetBot(&tg.InputUser{UserID: otherBot}) }), 400, "BOT_INVALID")
	refused(t, set(func(r *tg.BotsSetBotInfoRequest) { r.LangCode = "de" }), 400, "NOT_IMPLEMENTED")
}

func TestResolveUsername(t *testing.T) {
	b := newBench(t, Options{})
	someone := must(b.addUser(user{FirstName: "A", Username: "Anna_B"}))(t)
	for name, want := range map[string]int64{"anna_b": someone.ID, b.bots()[1].Username: otherBot} {
		p := must(do[*tg.ContactsResolvedPeer](b, mainBot, 2, &tg.ContactsResolveUsernameRequest{Username: name}))(t)
		if got := p.Peer.(*tg.PeerUser).UserID; got != want {
			t.Errorf("%s is %d, want %d", name, got, want)
		}
		u := p.Users[0].(*tg.User)
		list := must(do[*tg.UserClassVector](b, mainBot, 2, &tg.UsersGetUsersRequest{ID: []tg.InputUserClass{u.AsInput()}}))(t)
		if len(list.Elems) != 1 || list.Elems[0].GetID() != want {
			t.Errorf("the hash of %s leads to %v", name, list.Elems)
		}
	}
	for name, want := range map[string]string{"nobody": "USERNAME_NOT_OCCUPIED", "": "USERNAME_INVALID", "@anna_b": "USERNAME_INVALID"} {
		_, err := do[bin.Encoder](b, mainBot, 2, &tg.ContactsResolveUsernameRequest{Username: name})
		refused(t, err, 400, want)
	}
}

// TestParticipants: the first person owns the channel, bots are what their role
// says, and who is told of a participant is told who made it one.
func TestParticipants(t *testing.T) {
	b := newBench(t, Options{})
	stranger := must(b.addUser(user{FirstName: "A"}))(t)
	member := must(b.addBot(bot{ChannelRole: roleMember}))(t)
	outsider := must(b.addBot(bot{ChannelRole: roleNone}))(t)
	ask := func(account, who int64) (*tg.ChannelsChannelParticipant, error) {
		p := tg.InputPeerClass(&tg.InputPeerUser{UserID: who, AccessHash: b.accessHash(account, "user", who)})
		if who == account {
			p = &tg.InputPeerSelf{}
		}
		return do[*tg.ChannelsChannelParticipant](b, account, 2, &tg.ChannelsGetParticipantRequest{
			Channel: &tg.InputChannel{ChannelID: channelID}, Participant: p})
	}
	for _, test := range []struct {
		account, who int64
		want         tg.ChannelParticipantClass
	}{
		{mainBot, person, &tg.ChannelParticipantCreator{}},
		{mainBot, mainBot, &tg.ChannelParticipantAdmin{}},
		{mainBot, otherBot, &tg.ChannelParticipantAdmin{}},
		{mainBot, member.ID, &tg.ChannelParticipant{}},
		{member.ID, member.ID, &tg.ChannelParticipantSelf{}},
	} {
		p := must(ask(test.account, test.who))(t)
		if p.Participant.TypeID() != test.want.TypeID() || p.Users[0].GetID() != test.who {
			t.Errorf("%d is %v for %d, with %v", test.who, p.Participant, test.account, p.Users)
		}
		if a, ok := p.Participant.(*tg.ChannelParticipantAdmin); ok && (a.Self != (test.who == mainBot) || !a.AdminRights.PostMessages ||
			a.PromotedBy != person || p.Users[1].GetID() != person) {
			t.Errorf("admin %v, with %v", a, p.Users)
		}
	}
	for _, test := range []struct {
		account, who int64
		want         string
	}{{mainBot, stranger.ID, "USER_NOT_PARTICIPANT"}, {mainBot, outsider.ID, "USER_NOT_PARTICIPANT"}, {member.ID, person, "CHAT_ADMIN_REQUIRED"}} {
		_, err := ask(test.account, test.who)
		refused(t, err, 400, test.want)
	}
}

// TestTyping is taken where a message would be.
func TestTyping(t *testing.T) {
	b := newBench(t, Options{})
	typing := func() error {
		_, err := do[*tg.BoolTrue](b, mainBot, 2, &tg.MessagesSetTypingRequest{Peer: toPerson(), Action: &tg.SendMessageTypingAction{}})
		return err
	}
	refused(t, typing(), 400, "PEER_ID_INVALID")
	must(b.send(person, mainBot, letter{Text: "/start"}))(t)
	if err := typing(); err != nil {
		t.Error(err)
	}
	if err := b.block(person, mainBot, true); err != nil {
		t.Fatal(err)
	}
	refused(t, typing(), 400, "USER_IS_BLOCKED")
}

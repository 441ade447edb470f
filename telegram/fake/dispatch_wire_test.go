package fake

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gotd/td/bin"
	"github.com/gotd/td/mt"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
)

func TestNotInited(t *testing.T) {
	w := startWire(t, Options{}, tiny())
	c := w.client(0)
	if got := c.failure(c.send(nearest)); got != "CONNECTION_NOT_INITED" {
		t.Error(got)
	}
	c.nearestDC(c.send(layered(228, nearest)))
	// It belongs to the key: a new session need not say it again.
	c.session++
	c.nearestDC(c.send(nearest))
}

func TestErrors(t *testing.T) {
	methods := tiny()
	methods[tg.HelpGetConfigRequestTypeID] = func(*call, *bin.Buffer) (bin.Encoder, error) { panic("oops") }
	methods[tg.UpdatesGetStateRequestTypeID] = func(*call, *bin.Buffer) (bin.Encoder, error) { return nil, errors.New("oops") }
	methods[tg.AuthLogOutRequestTypeID] = func(*call, *bin.Buffer) (bin.Encoder, error) {
		return nil, tgerr.New(420, "FLOOD_WAIT_30")
	}
	methods[tg.UsersGetUsersRequestTypeID] = func(_ *call, b *bin.Buffer) (bin.Encoder, error) {
		var r tg.UsersGetUsersRequest
		return &tg.BoolTrue{}, r.Decode(b)
	}
	w := startWire(t, Options{}, methods)
	c := w.client(0)
	c.nearestDC(c.send(layered(228, nearest)))
	for _, test := range []struct {
		name string
		q    bin.Encoder
		want string
	}{
		{"missing", &tg.HelpGetInviteTextRequest{}, "NOT_IMPLEMENTED_4d392343"},
		{"unknown", raw{1, 2, 3, 4}, "NOT_IMPLEMENTED_4030201"},
		{"panic", config, "INTERNAL"},
		{"error", &tg.UpdatesGetStateRequest{}, "INTERNAL"},
		{"flood", &tg.AuthLogOutRequest{}, "FLOOD_WAIT_30"},
		{"cut short", raw(encoded(&tg.UsersGetUsersRequest{ID: []tg.InputUserClass{&tg.InputUserSelf{}}})[:12]), "INPUT_CONSTRUCTOR_INVALID"},
		{"another type", encoded(raw(encoded(&tg.UsersGetUsersRequest{})[:4]), config, config), "INPUT_CONSTRUCTOR_INVALID"},
	} {
		if got := c.failure(c.send(test.q)); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
	v := w.stats.view()
	if got := v.Accounts[0].Methods["auth.logOut"].Errors["FLOOD_WAIT"]; got != 1 {
		t.Errorf("FLOOD_WAIT = %d", got)
	}
}

// TestOtherPeers: the real server takes InputPeer where it wants InputChannel or
// InputUser.
func TestOtherPeers(t *testing.T) {
	var got tg.ChannelsGetMessagesRequest
	methods := tiny()
	methods[tg.ChannelsGetMessagesRequestTypeID] = func(_ *call, b *bin.Buffer) (bin.Encoder, error) {
		got = tg.ChannelsGetMessagesRequest{}
		return &tg.BoolTrue{}, got.Decode(b)
	}
	w := startWire(t, Options{}, methods)
	c := w.client(0)
	b := bin.Buffer{}
	b.PutID(tg.ChannelsGetMessagesRequestTypeID)
	_ = b.Encode(&tg.InputPeerChannel{ChannelID: 5, AccessHash: 6})
	b.PutVectorHeader(1)
	_ = b.Encode(&tg.InputMessageID{ID: 9})
	_, answer := c.answer(c.send(layered(228, raw(b.Buf))))
	if id, _ := answer.PeekID(); id != tg.BoolTrueTypeID {
		t.Fatalf("got %x", id)
	}
	want := tg.ChannelsGetMessagesRequest{Channel: &tg.InputChannel{ChannelID: 5, AccessHash: 6}, ID: []tg.InputMessageClass{&tg.InputMessageID{ID: 9}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestOtherPeersOneByOne: only that InputPeer is another where no InputPeer is
// wanted, whatever else the call names.
func TestOtherPeersOneByOne(t *testing.T) {
	channel, user := &tg.InputPeerChannel{ChannelID: 5, AccessHash: 6}, &tg.InputPeerUser{UserID: 7, AccessHash: 8}
	methods := tiny()
	var got bin.Decoder
	for _, id := range []uint32{tg.ChannelsGetParticipantRequestTypeID, tg.MessagesSendMessageRequestTypeID} {
		methods[id] = func(_ *call, b *bin.Buffer) (bin.Encoder, error) { return &tg.BoolTrue{}, got.Decode(b) }
	}
	c := startWire(t, Options{}, methods).client(0)
	c.nearestDC(c.send(layered(228, nearest)))
	for _, peer := range []tg.InputPeerClass{&tg.InputPeerSelf{}, user, channel} {
		member := &tg.ChannelsGetParticipantRequest{}
		got = member
		c.answer(c.send(encoded(raw(encoded(&tg.ChannelsGetParticipantRequest{Channel: &tg.InputChannelEmpty{}, Participant: &tg.InputPeerEmpty{}})[:4]), channel, peer)))
		if diff := cmp.Diff(&tg.ChannelsGetParticipantRequest{Channel: &tg.InputChannel{ChannelID: 5, AccessHash: 6}, Participant: peer}, member); diff != "" {
			t.Error(diff)
		}

		message := &tg.MessagesSendMessageRequest{}
		got = message
		said := encoded(&tg.MessagesSendMessageRequest{Peer: peer, Message: "ab", RandomID: 9, Entities: []tg.MessageEntityClass{
			&tg.InputMessageEntityMentionName{Length: 1, UserID: &tg.InputUser{UserID: 7, AccessHash: 8}}, &tg.MessageEntityBold{Length: 2}}})
		i := bytes.LastIndex(said, encoded(&tg.InputUser{UserID: 7, AccessHash: 8}))
		copy(said[i:], encoded(user)) // as Pyrogram mentions
		c.answer(c.send(said))
		if m, ok := message.Entities[0].(*tg.InputMessageEntityMentionName); !ok || len(message.Entities) != 2 || !cmp.Equal(m.UserID, tg.InputUserClass(&tg.InputUser{UserID: 7, AccessHash: 8})) || !cmp.Equal(message.Peer, peer) {
			t.Errorf("got %v", message)
		}
	}
}

func TestLayer227(t *testing.T) {
	var menu tg.BotsSetBotCommandsRequest
	methods := tiny()
	methods[tg.UsersGetUsersRequestTypeID] = func(*call, *bin.Buffer) (bin.Encoder, error) {
		return &tg.UserClassVector{Elems: []tg.UserClass{&tg.User{ID: 1, FirstName: "Ann"}}}, nil
	}
	methods[tg.BotsSetBotCommandsRequestTypeID] = func(_ *call, b *bin.Buffer) (bin.Encoder, error) {
		return &tg.BoolTrue{}, menu.Decode(b)
	}
	methods[tg.BotsGetBotCommandsRequestTypeID] = func(*call, *bin.Buffer) (bin.Encoder, error) {
		return &tg.BotCommandVector{Elems: menu.Commands}, nil
	}
	w := startWire(t, Options{}, methods)
	c := w.client(0)
	user := func(layer int) uint32 {
		_, b := c.answer(c.send(layered(layer, &tg.UsersGetUsersRequest{})))
		if n, err := b.VectorHeader(); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		id, _ := b.PeekID()
		return id
	}
	for layer, want := range map[int]uint32{227: user227, 228: tg.UserTypeID, 229: tg.UserTypeID} {
		if got := user(layer); got != want {
			t.Errorf("layer %d: user %x, want %x", layer, got, want)
		}
	}
	if n := w.stats.view().Layers[229]; n != 1 {
		t.Errorf("layer 229 was counted %d times", n)
	}

	b := bin.Buffer{}
	b.PutID(tg.BotsSetBotCommandsRequestTypeID)
	_ = b.Encode(&tg.BotCommandScopeDefault{})
	b.PutString("")
	b.PutVectorHeader(1)
	old := bin.Buffer{}
	old.PutID(botCommand227)
	old.PutString("start")
	old.PutString("Begin")
	b.Put(old.Buf)
	c.answer(c.send(layered(227, raw(b.Buf))))
	if d := cmp.Diff([]tg.BotCommand{{Command: "start", Description: "Begin"}}, menu.Commands); d != "" {
		t.Error(d)
	}
	_, back := c.answer(c.send(&tg.BotsGetBotCommandsRequest{Scope: &tg.BotCommandScopeDefault{}}))
	if d := cmp.Diff(old.Buf, back.Buf[8:]); d != "" {
		t.Error(d)
	}
}

func TestPush(t *testing.T) {
	methods := tiny()
	methods[tg.UploadGetFileRequestTypeID] = func(*call, *bin.Buffer) (bin.Encoder, error) { return &tg.BoolTrue{}, nil }
	methods[tg.HelpGetConfigRequestTypeID] = func(*call, *bin.Buffer) (bin.Encoder, error) { return &tg.BoolTrue{}, nil }
	methods[tg.AuthImportBotAuthorizationRequestTypeID] = func(c *call, _ *bin.Buffer) (bin.Encoder, error) {
		c.key.login(7)
		return &tg.BoolTrue{}, nil
	}
	methods[tg.AuthLogOutRequestTypeID] = func(c *call, _ *bin.Buffer) (bin.Encoder, error) {
		c.key.logout()
		return &tg.BoolTrue{}, nil
	}
	w := startWire(t, Options{}, methods)
	file := &tg.UploadGetFileRequest{Location: &tg.InputDocumentFileLocation{}}
	quietly := encoded(raw{0xb7, 0x59, 0x94, 0xbf}, nearest) // invokeWithoutUpdates
	for _, test := range []struct {
		name  string
		login int64
		calls []bin.Encoder
		want  bool
	}{
		{"a call", 7, []bin.Encoder{nearest}, true},
		{"config and files", 7, []bin.Encoder{config, file}, false},
		{"invokeWithoutUpdates", 7, []bin.Encoder{quietly}, false},
		{"a call, then files", 7, []bin.Encoder{nearest, file}, true},
		{"not logged in", 0, []bin.Encoder{nearest}, false},
		{"the login", 0, []bin.Encoder{&tg.AuthImportBotAuthorizationRequest{}}, true},
		{"logged out", 7, []bin.Encoder{nearest, &tg.AuthLogOutRequest{}}, false},
		{"another account", 8, []bin.Encoder{nearest}, false},
	} {
		c := w.client(test.login)
		for _, q := range test.calls {
			c.answer(c.send(layered(228, q)))
		}
		w.push(7, 0, &tg.UpdatesTooLong{})
		w.push(7, c.session, &tg.UpdatesTooLong{}) // not to the session itself
		c.send(&mt.PingRequest{})
		updates := 0
		for {
			_, b, err := c.recv()
			if err != nil {
				t.Fatal(err)
			}
			if id, _ := b.PeekID(); id == tg.UpdatesTooLongTypeID {
				updates++
			} else if id == mt.PongTypeID {
				break
			}
		}
		if want := map[bool]int{true: 1}[test.want]; updates != want {
			t.Errorf("%s: %d updates, want %d", test.name, updates, want)
		}
	}
}

func TestSessions(t *testing.T) {
	w := startWire(t, Options{}, tiny())
	a, b := w.client(7), w.client(8)
	for _, c := range []*client{a, b} {
		c.answer(c.send(layered(228, nearest)))
	}
	open, seven := true, int64(7)
	list := w.sessionLog.list(7, &open)
	if len(list) != 1 || !list[0].Updates || list[0].Calls != 1 || list[0].BytesReceived == 0 || list[0].BytesSent == 0 {
		t.Errorf("got %+v", list)
	}
	if n := w.resetConnections(filter{Account: &seven}); n != 1 {
		t.Errorf("closed %d", n)
	}
	if _, _, err := a.recv(); err == nil {
		t.Error("the connection is open")
	}
	w.until("the session is closed", func() bool { return len(w.sessionLog.list(7, &open)) == 0 })
	if list := w.sessionLog.list(7, nil); len(list) != 1 || list[0].ClosedBy != "fault" {
		t.Errorf("got %+v", list)
	}
	key := hexID(b.key.IntID())
	if n, err := w.revoke(filter{Key: &key}, "SESSION_REVOKED"); n != 1 || err != nil {
		t.Error(n, err)
	}
	if got := b.failure(b.send(nearest)); got != "SESSION_REVOKED" {
		t.Error(got)
	}
	if n := w.dropKeys(filter{Key: &key}); n != 1 {
		t.Errorf("dropped %d", n)
	}
	b.send(nearest)
	if _, _, err := b.recv(); protocolCode(err) != 404 {
		t.Errorf("got %v, want -404", err)
	}
	if v := w.stats.view().Totals; v.Connections != 1 || v.ConnectionsMax != 2 {
		t.Errorf("got %+v", v)
	}
}

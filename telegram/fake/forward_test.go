package fake

import (
	"testing"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

func inputChannel(b *bench, account int64) *tg.InputPeerChannel {
	return &tg.InputPeerChannel{ChannelID: channelID, AccessHash: b.accessHash(account, "channel", channelID)}
}

func forward(b *bench, id int, random int64) *tg.MessagesForwardMessagesRequest {
	return &tg.MessagesForwardMessagesRequest{
		DropAuthor: true, Silent: true, FromPeer: &tg.InputPeerUser{UserID: person, AccessHash: b.accessHash(mainBot, "user", person)},
		ID: []int{id}, RandomID: []int64{random}, ToPeer: inputChannel(b, mainBot),
	}
}

func TestForwardOnce(t *testing.T) {
	b := newBench(t, Options{})
	sent := must(b.send(person, mainBot, letter{Media: film(7, 5000), Text: "caption"}))(t)
	b.pushed = nil
	u := must(do[*tg.Updates](b, mainBot, 2, forward(b, 1, 99)))(t)
	id, news := u.Updates[0].(*tg.UpdateMessageID), u.Updates[1].(*tg.UpdateNewChannelMessage)
	m := news.Message.(*tg.Message)
	if id.RandomID != 99 || id.ID != m.ID || news.Pts != 2 || !m.Out || !m.Post || m.Message != "caption" || !m.Silent {
		t.Errorf("answer %v", u)
	}
	if doc := m.Media.(*tg.MessageMediaDocument).Document.(*tg.Document); doc.ID != sent.Messages[0].Media.Document {
		t.Errorf("document %d became %d", sent.Messages[0].Media.Document, doc.ID)
	}
	if len(b.pushed) != 4 || b.pushed[0].except != 5 {
		t.Fatalf("%d pushes, want one for each bot", len(b.pushed))
	}
	for _, p := range b.pushed {
		seen := p.u.Updates[0].(*tg.UpdateNewChannelMessage).Message.(*tg.Message)
		if hash := p.u.Chats[0].(*tg.Channel).AccessHash; seen.Out != (p.account == mainBot) || hash != b.accessHash(p.account, "channel", channelID) {
			t.Errorf("bot %d sees out %v, access hash %d", p.account, seen.Out, hash)
		}
	}
	_, err := do[*tg.Updates](b, mainBot, 2, forward(b, 1, 99))
	refused(t, err, 500, "RANDOM_ID_DUPLICATE")
	must(b.changeSettings([]byte(`{"random_id_duplicate":"repeat"}`)))(t)
	again := must(do[*tg.Updates](b, mainBot, 2, forward(b, 1, 99)))(t)
	if again.Updates[0].(*tg.UpdateMessageID).ID != id.ID {
		t.Errorf("repeated as %v", again)
	}
	page := must(b.posts(channelID, 0, 10))(t)
	if len(page.Messages) != 1 || page.Messages[0].PostedBy != mainBot || page.Messages[0].ForwardHeader || page.Messages[0].Random != 99 {
		t.Errorf("the channel has %+v", page)
	}
	header := forward(b, 1, 100)
	header.DropAuthor = false
	m = must(do[*tg.Updates](b, mainBot, 2, header))(t).Updates[1].(*tg.UpdateNewChannelMessage).Message.(*tg.Message)
	if f, ok := m.GetFwdFrom(); !ok || f.FromID.(*tg.PeerUser).UserID != person {
		t.Errorf("forward header %v", m.FwdFrom)
	}
}

func TestRandomTwiceInOneCall(t *testing.T) {
	b := newBench(t, Options{})
	must(b.send(person, mainBot, letter{Media: film(7, 5000)}))(t)
	must(b.send(person, mainBot, letter{Media: film(8, 5000)}))(t)
	must(b.changeSettings([]byte(`{"random_id_duplicate":"repeat"}`)))(t)
	f := forward(b, 1, 5)
	f.ID, f.RandomID = []int{1, 2}, []int64{5, 5}
	_, err := do[bin.Encoder](b, mainBot, 2, f)
	refused(t, err, 500, "RANDOM_ID_DUPLICATE")
	if last := b.db.boxes.rows[channelID].Last; last != 0 {
		t.Errorf("%d posts", last)
	}
}

func TestForwardRefused(t *testing.T) {
	b := newBench(t, Options{})
	must(b.send(person, mainBot, letter{Media: film(7, 5000), Protected: true}))(t)
	must(b.send(person, mainBot, letter{Media: film(7, 5000)}))(t)
	_, err := do[bin.Encoder](b, mainBot, 2, forward(b, 1, 1))
	refused(t, err, 400, "CHAT_FORWARDS_RESTRICTED")
	_, err = do[bin.Encoder](b, mainBot, 2, forward(b, 3, 1))
	refused(t, err, 400, "MESSAGE_ID_INVALID")
	_, err = do[bin.Encoder](b, mainBot, 2, forward(b, 2, 0))
	refused(t, err, 400, "RANDOM_ID_EMPTY")
	for patch, want := range map[string]struct {
		code int
		text string
	}{
		`{"rights":["edit"]}`: {400, "CHAT_ADMIN_REQUIRED"}, `{"channel_role":"member"}`: {400, "CHAT_ADMIN_REQUIRED"},
		`{"channel_role":"none"}`: {406, "CHANNEL_PRIVATE"},
	} {
		must(b.changeBot(mainBot, []byte(`{"rights":null,"channel_role":null}`)))(t)
		must(b.changeBot(mainBot, []byte(patch)))(t)
		_, err = do[bin.Encoder](b, mainBot, 2, forward(b, 2, 1))
		refused(t, err, want.code, want.text)
	}
	if last := b.db.boxes.rows[channelID]; last.Last != 0 || last.PTS != 1 {
		t.Errorf("the channel moved: %+v", last)
	}
}

// TestProtectedPost: a post that its bot protects is as good as one of a channel
// that does.
func TestProtectedPost(t *testing.T) {
	b := newBench(t, Options{})
	must(b.send(person, mainBot, letter{Text: "/start"}))(t)
	post := &tg.MessagesSendMessageRequest{Peer: inputChannel(b, mainBot), Message: "x", RandomID: 1, Noforwards: true}
	if m := must(do[*tg.Updates](b, mainBot, 2, post))(t).Updates[1].(*tg.UpdateNewChannelMessage).Message.(*tg.Message); !m.Noforwards {
		t.Errorf("posted as %v", m)
	}
	_, err := do[bin.Encoder](b, mainBot, 2, &tg.MessagesForwardMessagesRequest{
		FromPeer: inputChannel(b, mainBot), ToPeer: toPerson(), ID: []int{1}, RandomID: []int64{2},
	})
	refused(t, err, 400, "CHAT_FORWARDS_RESTRICTED")
}

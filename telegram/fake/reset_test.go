package fake

import (
	"net/http"
	"net/http/httptest"
	"testing"

	gotdcodec "github.com/gotd/td/proto/codec"
	"github.com/gotd/td/tg"
)

// TestResetGivesNoOldNames: what had a name before a reset has none after it, and
// nothing else gets it; what is lost is known to be lost.
func TestResetGivesNoOldNames(t *testing.T) {
	b := newBench(t, Options{Data: t.TempDir()})
	for range 3 {
		must(b.post(channelID, []item{{Media: film(7, 5000)}}))(t)
		must(b.send(person, mainBot, letter{Text: "hello"}))(t)
	}
	d := theirs(b, mainBot, 1)
	if err := b.reset(); err != nil {
		t.Fatal(err)
	}
	state := func() int { return must(do[*tg.UpdatesState](b, mainBot, 2, &tg.UpdatesGetStateRequest{}))(t).Pts }
	after := state()
	p := must(b.post(channelID, []item{{Media: film(8, 9000)}}))(t)
	sent := must(b.send(person, mainBot, letter{Text: "news"}))(t)
	if p[0].ID != 4 || p[0].Media.Document == d.ID || sent.Messages[0].ID != 4 {
		t.Errorf("post %d, document %d, message %d", p[0].ID, p[0].Media.Document, sent.Messages[0].ID)
	}
	_, err := read(b, mainBot, d.DCID, d.AsInputDocumentFileLocation(""), 0, 4096)
	refused(t, err, 400, "FILE_ID_INVALID")

	long := must(do[*tg.UpdatesDifferenceTooLong](b, mainBot, 2, &tg.UpdatesGetDifferenceRequest{Pts: 3, Date: 1}))(t)
	if long.Pts != after+1 {
		t.Errorf("too long, to pts %d", long.Pts)
	}
	fresh := must(do[*tg.UpdatesDifference](b, mainBot, 2, &tg.UpdatesGetDifferenceRequest{Pts: after, Date: 1}))(t)
	if len(fresh.NewMessages) != 1 || fresh.NewMessages[0].(*tg.Message).Message != "news" {
		t.Errorf("since the reset: %v", fresh)
	}
	in := &tg.UpdatesGetChannelDifferenceRequest{Channel: &tg.InputChannel{ChannelID: channelID}, Filter: &tg.ChannelMessagesFilterEmpty{}, Pts: 4, Limit: 10}
	must(do[*tg.UpdatesChannelDifferenceTooLong](b, mainBot, 2, in))(t)
	if err := b.reset(); err != nil {
		t.Fatal(err)
	}
	if again := must(b.post(channelID, []item{{Media: film(8, 9000)}}))(t); again[0].Media.Document == p[0].Media.Document {
		t.Error("a second reset gives the first one's documents")
	}
}

// TestResetOfServer: clients have to come back, and a bot that is no more has lost
// its login, even for one that gets its number.
func TestResetOfServer(t *testing.T) {
	w := served(t)
	extra := must(w.world.addBot(bot{}))(t)
	c := w.client(extra.ID)
	c.answer(c.send(layered(228, &tg.UpdatesGetStateRequest{})))
	answer := httptest.NewRecorder()
	w.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "http://127.0.0.1/v1/reset", nil))
	if answer.Code != http.StatusOK {
		t.Fatalf("reset: %s", answer.Body)
	}
	if _, _, err := c.recv(); err == nil {
		t.Error("the connection lives on")
	}
	if again := must(w.world.addBot(bot{}))(t); again.ID != extra.ID {
		t.Fatalf("bot %d", again.ID)
	}
	back := newClient(t, w.framed(2, gotdcodec.Intermediate{}), c.key, c.salt)
	if text := back.failure(back.send(&tg.UpdatesGetStateRequest{})); text != "AUTH_KEY_UNREGISTERED" {
		t.Errorf("an old login answers %q", text)
	}
}

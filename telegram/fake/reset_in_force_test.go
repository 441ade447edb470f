package fake

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gotd/td/tg"
)

// TestResetIsInForce: when a reset has answered, nothing counts the connections any
// more: neither the statistics, nor the sessions, nor a limit.
func TestResetIsInForce(t *testing.T) {
	w := servedWith(t, Options{Limits: Limits{ConnectionsPerAccount: 4}})
	open := true
	for range 50 {
		for range 4 {
			w.ready(mainBot)
		}
		if got := w.control("POST", "/connections/reset", "{}", http.StatusOK); got != `{"closed":4}` {
			t.Fatal(got)
		}
		v := w.stats.view()
		if v.Totals.Connections != 0 || v.Accounts[mainBot].Connections != 0 || len(w.sessionLog.list(0, &open)) != 0 {
			t.Fatalf("%d connections, %d of the bot, sessions %+v", v.Totals.Connections, v.Accounts[mainBot].Connections, w.sessionLog.list(0, &open))
		}
	}
}

// TestLoginBehindAReset: a login whose connection is gone by then leaves none behind.
func TestLoginBehindAReset(t *testing.T) {
	inWorld(t, Options{Network: Shape{Think: time.Second}}, func(t *testing.T, w *wire) {
		c := w.client(0)
		c.send(layered(228, w.login(0)))
		synctest.Wait()
		w.control("POST", "/connections/reset", "{}", http.StatusOK)
		time.Sleep(2 * time.Second)
		if n := w.stats.view().Accounts[mainBot].countView; n.Logins != 1 || n.Connections != 0 {
			t.Errorf("%+v", n)
		}
	})
}

// TestSessionCountsWhatWasSent: what waits for its turn was not sent.
func TestSessionCountsWhatWasSent(t *testing.T) {
	inWorld(t, Options{Network: Shape{Rate: 1000}}, func(t *testing.T, w *wire) {
		c := w.ready(mainBot)
		f := w.posted(mainBot, 2, 100<<20)
		f.Limit = 1 << 20
		before := w.stats.view().Totals.BytesSent
		go func() {
			for {
				if _, _, err := c.recv(); err != nil {
					return
				}
			}
		}()
		for range 8 {
			c.send(f)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		sent, session := w.stats.view().Totals.BytesSent, w.sessionLog.list(0, nil)[0].BytesSent
		if sent-before < 9_000 || sent-before > 10_000 || session != sent {
			t.Errorf("%d bytes in 10 s at 1000 bytes/s, in all %d; the session says %d", sent-before, sent, session)
		}
		c.c.Close()
	})
}

// TestSendLimitsOfAlbumsAndEdits: an album counts as many messages as it has, an
// edit one.
func TestSendLimitsOfAlbumsAndEdits(t *testing.T) {
	inWorld(t, Options{Limits: Limits{Send: SendLimits{Chat: 1}}}, func(t *testing.T, w *wire) {
		c := w.ready(mainBot)
		l := w.posted(mainBot, 2, 5000).Location.(*tg.InputDocumentFileLocation)
		to := &tg.InputPeerChannel{ChannelID: channelID, AccessHash: w.world.accessHash(mainBot, "channel", channelID)}
		random := int64(0)
		album := func() string {
			r := &tg.MessagesSendMultiMediaRequest{Peer: to}
			for range 10 {
				random++
				r.MultiMedia = append(r.MultiMedia, tg.InputSingleMedia{RandomID: random, Media: &tg.InputMediaDocument{ID: &tg.InputDocument{ID: l.ID, AccessHash: l.AccessHash, FileReference: l.FileReference}}})
			}
			return c.result(c.send(r))
		}
		edit := func(text string) string {
			r := &tg.MessagesEditMessageRequest{Peer: to, ID: 1}
			r.SetMessage(text)
			return c.result(c.send(r))
		}
		if one, two := album(), album(); one != "ok" || two != "FLOOD_WAIT_10" {
			t.Errorf("two albums: %s, %s", one, two)
		}
		time.Sleep(10 * time.Second)
		if got := album(); got != "ok" {
			t.Errorf("10 s later: %s", got)
		}
		time.Sleep(10 * time.Second)
		random++
		if got := c.result(c.send(&tg.MessagesSendMessageRequest{Peer: to, Message: "one", RandomID: random})); got != "ok" {
			t.Error(got)
		}
		if got := edit("two"); got != "FLOOD_WAIT_1" {
			t.Errorf("an edit at once: %s", got)
		}
	})
}

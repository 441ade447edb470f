package fake

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/gotd/td/bin"
	gotdcodec "github.com/gotd/td/proto/codec"
	"github.com/gotd/td/tg"
)

// counted is what /stats says of a method of an account's.
func (w *wire) counted(account int64, name string) methodView {
	synctest.Wait()
	return w.stats.view().Accounts[account].Methods[name]
}

// lastCall is the newest entry of /calls.
func (w *wire) lastCall() callEntry {
	synctest.Wait()
	list, _, _, _ := w.calls.list(callFilter{}, 0, 1000)
	return list[len(list)-1]
}

func (w *wire) login(bot int) *tg.AuthImportBotAuthorizationRequest {
	return &tg.AuthImportBotAuthorizationRequest{APIID: 1, APIHash: "x", BotAuthToken: w.world.bots()[bot].Token}
}

// TestThinkIsInFlight: while the server thinks, or waits for another query, a call
// runs, and that is part of how long it took.
func TestThinkIsInFlight(t *testing.T) {
	inWorld(t, Options{Network: Shape{Think: 300 * time.Millisecond}}, func(t *testing.T, w *wire) {
		c := w.ready(mainBot)
		for range 8 {
			c.send(state)
		}
		time.Sleep(time.Second)
		if m := w.counted(mainBot, "updates.getState"); m.OK != 8 || m.InFlightMax != 8 || m.MS != (timesView{300, 300, 300}) {
			t.Errorf("%+v", m)
		}
		if took := time.Duration(w.lastCall().Took); took != 300*time.Millisecond {
			t.Errorf("took %v", took)
		}
	})
}

// TestCallBehindALogin: it is counted as the bot's that it has waited for.
func TestCallBehindALogin(t *testing.T) {
	inWorld(t, Options{}, func(t *testing.T, w *wire) {
		c := w.client(0)
		w.order(`{"method":"auth.importBotAuthorization","do":{"delay":"1s"}}`)
		first := c.send(layered(228, w.login(0)))
		var b bin.Buffer
		b.PutID(tg.InvokeAfterMsgRequestTypeID)
		b.PutLong(first)
		c.answer(c.send(append(raw(b.Buf), encoded(state)...)))
		if m := w.counted(mainBot, "updates.getState"); m.Calls != 1 || m.OK != 1 || m.MS.Max != 1000 {
			t.Errorf("the bot's: %+v", m)
		}
		if _, any := w.stats.view().Accounts[0].Methods["updates.getState"]; any {
			t.Error("it is nobody's too")
		}
	})
}

// TestLoginWhoseAnswerFails: it has its effect, so it is counted.
func TestLoginWhoseAnswerFails(t *testing.T) {
	inWorld(t, Options{}, func(t *testing.T, w *wire) {
		c := w.client(0)
		w.order(`{"method":"auth.importBotAuthorization","executed":true,"do":{"error":{"code":500,"message":"INTERNAL"}}}`)
		if got := c.result(c.send(layered(228, w.login(0)))); got != "INTERNAL" {
			t.Error(got)
		}
		if got := c.result(c.send(state)); got != "ok" {
			t.Error(got)
		}
		if v := w.stats.view(); v.Totals.Logins != 1 || v.Accounts[mainBot].Logins != 1 {
			t.Errorf("%d logins, %d of the bot", v.Totals.Logins, v.Accounts[mainBot].Logins)
		}
	})
}

// TestDroppedAnswerIsLost: what had its effect and is never heard of has delivered
// nothing.
func TestDroppedAnswerIsLost(t *testing.T) {
	inWorld(t, Options{}, func(t *testing.T, w *wire) {
		c := w.ready(mainBot)
		f := w.posted(mainBot, 2, 100<<20)
		for _, do := range []string{`{"drop":true}`, `{"transport":-404}`} {
			w.control("POST", "/stats/reset", "", 200)
			w.order(`{"method":"upload.getFile","executed":true,"do":` + do + `}`)
			c.send(f)
			if m := w.counted(mainBot, fileMethod); m.Calls != 1 || m.OK != 0 || m.Bytes != 0 || len(m.Errors) != 0 {
				t.Errorf("%s: %+v", do, m)
			}
			if e := w.lastCall(); e.Method != fileMethod || e.Result != "lost" || e.Bytes != 0 {
				t.Errorf("%s: %+v", do, e)
			}
		}
	})
}

// TestLoginOnAConnectionTooMany: the connection hears −429 and is closed; the login
// is there, and its answer once a connection may be.
func TestLoginOnAConnectionTooMany(t *testing.T) {
	inWorld(t, Options{Limits: Limits{ConnectionsPerAccount: 1}}, func(t *testing.T, w *wire) {
		first := w.ready(mainBot)
		c := w.client(0)
		c.nearestDC(c.send(layered(228, nearest)))
		query := c.send(w.login(0))
		if _, _, err := c.recv(); protocolCode(err) != 429 {
			t.Errorf("a login too many hears %v", err)
		}
		if _, _, err := c.recv(); err == nil {
			t.Error("and is not closed")
		}
		if n := w.stats.view().Accounts[mainBot].countView; n.Connections != 1 || n.ConnectionsMax != 1 || n.Logins != 1 {
			t.Errorf("%+v", n)
		}
		first.c.Close()
		synctest.Wait()
		c.c = w.framed(2, gotdcodec.Intermediate{})
		c.send(nearest)
		if got := c.result(query); got != "ok" {
			t.Errorf("the login's answer: %s", got)
		}
	})
}

// TestUnreadableIsCounted: a query that is none is in /calls and /stats, as far as
// it is known.
func TestUnreadableIsCounted(t *testing.T) {
	inWorld(t, Options{}, func(t *testing.T, w *wire) {
		c := w.ready(mainBot)
		broken := layered(228, nearest)[:8]
		if got := c.result(c.send(broken)); got != "INPUT_CONSTRUCTOR_INVALID" {
			t.Error(got)
		}
		if e := w.lastCall(); e.Method != "invokeWithLayer" || e.Result != "INPUT_CONSTRUCTOR_INVALID" || e.Account != mainBot {
			t.Errorf("%+v", e)
		}
		if m := w.counted(mainBot, "invokeWithLayer"); m.Calls != 1 || m.Errors["INPUT_CONSTRUCTOR_INVALID"] != 1 {
			t.Errorf("%+v", m)
		}
	})
}

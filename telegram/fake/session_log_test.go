package fake

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gotd/td/tg"
)

// TestSessionsShow: what an entry says of its session and connection, and who has
// closed it.
func TestSessionsShow(t *testing.T) {
	clock := newSteps()
	w := servedWith(t, Options{Now: clock.now})
	begun := stamp{clock.now()}
	c := w.ready(mainBot)
	c.answer(c.send(state))
	quiet := w.beside(c)
	quiet.answer(quiet.send(&tg.HelpGetConfigRequest{}))
	w.ready(otherBot)

	open := w.sessionLog.list(mainBot, nil)
	if len(open) != 2 || len(w.sessionLog.list(0, nil)) != 3 {
		t.Fatalf("%+v", open)
	}
	for i := range open {
		if open[i].BytesSent < 100 || open[i].BytesReceived < 60 || open[i].Remote == "" {
			t.Errorf("%+v", open[i])
		}
		open[i].BytesSent, open[i].BytesReceived, open[i].Remote = 0, 0, ""
	}
	key := hexID(c.key.IntID())
	want := []sessionView{
		{Session: hexID(c.session), Key: key, Account: mainBot, DC: 2, Place: 1, Connection: 1, Updates: true, Opened: begun, Calls: 2},
		{Session: hexID(quiet.session), Key: key, Account: mainBot, DC: 2, Place: 1, Connection: 2, Opened: begun, Calls: 1},
	}
	if d := cmp.Diff(want, open); d != "" {
		t.Error(d)
	}

	clock.add(time.Second)
	_ = c.c.Close()
	w.control("POST", "/connections/reset", `{"connection":2}`, http.StatusOK)
	closed, still := false, true
	w.until("two are closed", func() bool { return len(w.sessionLog.list(mainBot, &closed)) == 2 })
	for i, by := range []string{"client", "fault"} {
		if v := w.sessionLog.list(mainBot, &closed)[i]; v.ClosedBy != by || v.Closed == nil || !v.Closed.Equal(clock.now()) || v.Connection != int64(i+1) {
			t.Errorf("%+v", v)
		}
	}
	if list := w.sessionLog.list(0, &still); len(list) != 1 || list[0].Account != otherBot || list[0].Closed != nil {
		t.Errorf("%+v", list)
	}

	// A login that is over is still said to have been the bot's.
	w.control("POST", "/sessions/revoke", `{"account":7000002,"error":"SESSION_REVOKED"}`, http.StatusOK)
	if list := w.sessionLog.list(otherBot, &still); len(list) != 1 {
		t.Errorf("%+v", list)
	}
}

package fake

import (
	"bytes"
	"net"
	"testing"
	"time"

	"github.com/gotd/td/mt"
	"github.com/gotd/td/proto"
	"github.com/gotd/td/tg"
)

// TestFaultDrop: the client hears that the query has come, and nothing more; the
// same query again is not run either.
func TestFaultDrop(t *testing.T) {
	w := startWhole(t)
	c := w.ready(mainBot)
	if _, err := w.world.changeSettings([]byte(`{"ack_after":"20ms"}`)); err != nil {
		t.Fatal(err)
	}
	for _, executed := range []string{"false", "true"} {
		fault := w.order(`{"method":"updates.getState","executed":` + executed + `,"do":{"drop":true}}`)
		id := c.send(state)
		for range 2 {
			var a mt.MsgsAck
			c.expect(&a)
			if len(a.MsgIDs) != 1 || a.MsgIDs[0] != id {
				t.Fatalf("acknowledged %v, want %d", a.MsgIDs, id)
			}
			c.sendWith(id, c.seq-1, state)
		}
		var a mt.MsgsAck
		c.expect(&a)
		c.nearestDC(c.send(nearest))
		list, _, _, _ := w.calls.list(callFilter{Method: "updates.getState"}, 0, maxLimit)
		if last := list[len(list)-1]; last.Fault != fault || last.Result != "lost" {
			t.Errorf("executed %s: %+v", executed, last)
		}
	}
	m := w.stats.view().Accounts[mainBot].Methods["updates.getState"]
	if m.Calls != 2 || m.OK != 0 || len(m.Errors) != 0 {
		t.Errorf("%+v", m)
	}
}

// TestFaultTwice: the same result in two messages.
func TestFaultTwice(t *testing.T) {
	w := startWhole(t)
	c := w.ready(mainBot)
	w.order(`{"method":"updates.getState","do":{"twice":true}}`)
	id := c.send(state)
	first, a := c.answer(id)
	second, b := c.answer(id)
	if first == second || !bytes.Equal(a.Buf, b.Buf) {
		t.Errorf("messages %d and %d", first, second)
	}
	c.silent(state)
}

// TestFaultPing: a ping that a fault drops is not answered, the next one is.
func TestFaultPing(t *testing.T) {
	w := startWhole(t)
	c := w.ready(mainBot)
	w.order(`{"method":"*","count":0,"do":{"drop":true}}`) // never a ping
	fault := w.order(`{"method":"ping","count":2,"do":{"drop":true}}`)
	c.send(&mt.PingRequest{PingID: 1})
	c.send(&mt.PingDelayDisconnectRequest{PingID: 2, DisconnectDelay: 75})
	c.send(&mt.PingRequest{PingID: 3})
	var p mt.Pong
	c.expect(&p)
	if p.PingID != 3 || w.hits(fault) != 2 {
		t.Errorf("ping %d was answered, %d hits", p.PingID, w.hits(fault))
	}
}

// TestFaultsOfConnections: reset and transport end what they hit, or tell it.
func TestFaultsOfConnections(t *testing.T) {
	w := servedWith(t, Options{})
	file := *w.posted(otherBot, 2, 2<<20)
	file.Limit = 1 << 20
	for _, test := range []struct {
		do   string
		code int32 // 0 = closed at once
		end  bool  // closed behind it
	}{{`{"reset":true}`, 0, true}, {`{"transport":-429}`, 429, true}, {`{"transport":-404}`, 404, false}} {
		c := w.ready(mainBot)
		w.order(`{"method":"updates.getState","do":` + test.do + `}`)
		c.send(state)
		_, _, err := c.recv()
		if protocolCode(err) != test.code || err == nil {
			t.Errorf("%s: %v", test.do, err)
		}
		if test.code != 0 && test.end {
			if _, _, err = c.recv(); err == nil || protocolCode(err) != 0 {
				t.Errorf("%s: %v", test.do, err)
			}
		}
		if !test.end {
			c.nearestDC(c.send(nearest))
		}
	}

	// Its bytes are those of an account that has no other connection.
	c := w.client(otherBot)
	raw := &counted{Conn: c.c.(*framed).rw.(net.Conn)}
	c.c.(*framed).rw = raw
	c.nearestDC(c.send(layered(228, nearest)))
	w.until("what came is counted", func() bool { return w.stats.view().Accounts[otherBot].BytesSent == raw.in.Load() })
	before := raw.in.Load()
	w.order(`{"method":"upload.getFile","do":{"reset_after":200000}}`)
	c.send(&file)
	if _, _, err := c.recv(); err == nil {
		t.Error("a whole answer came")
	}
	w.until("the connection is closed", func() bool { return len(w.sessionLog.opened()) == 1 })
	if n := w.stats.view().Accounts[otherBot].BytesSent - before; n != 200_000 {
		t.Errorf("%d bytes were sent", n)
	}
	closed := false
	for _, s := range w.sessionLog.list(0, &closed) {
		if s.ClosedBy != "fault" && s.ClosedBy != "server" {
			t.Errorf("closed by %s", s.ClosedBy)
		}
	}
}

// TestFaultResetExecuted: what was done, its answer comes once the session is back.
func TestFaultResetExecuted(t *testing.T) {
	w := servedWith(t, Options{})
	c := w.ready(mainBot)
	w.order(`{"method":"updates.getState","executed":true,"do":{"reset":true}}`)
	id := c.send(state)
	if _, _, err := c.recv(); err == nil {
		t.Fatal("it goes on")
	}
	back := newClient(t, w.client(0).c, c.key, c.salt)
	back.session, back.seq = c.session, c.seq
	back.send(nearest)
	_, b := back.answer(id)
	var s tg.UpdatesState
	if err := s.Decode(b); err != nil {
		t.Error(err)
	}
}

// TestFaultStall: nothing flows for a time; then comes the answer of a call that was
// executed, and none of one that was not.
func TestFaultStall(t *testing.T) {
	w := servedWith(t, Options{})
	c := w.ready(mainBot)
	w.order(`{"method":"updates.getState","executed":true,"do":{"stall":"100ms"}}`)
	begun := time.Now()
	c.answer(c.send(state))
	if d := time.Since(begun); d < 100*time.Millisecond {
		t.Errorf("after %v", d)
	}
	w.order(`{"method":"updates.getState","do":{"stall":"20ms"}}`)
	lost := c.send(state)
	w.until("the call was lost", func() bool {
		list, _, _, _ := w.calls.list(callFilter{Method: "updates.getState"}, 0, maxLimit)
		return len(list) == 2 && list[1].Result == "lost"
	})
	c.send(nearest)
	for range 2 { // the late query is acknowledged, the next one answered
		_, b, err := c.recv()
		if err != nil {
			t.Fatal(err)
		}
		if kind, _ := b.PeekID(); kind != proto.ResultTypeID {
			continue
		}
		var r proto.Result
		if err := r.Decode(b); err != nil || r.RequestMessageID == lost {
			t.Errorf("the lost call is answered: %v", err)
		}
		return
	}
	t.Error("the next call is not answered")
}

// TestFaultOfALogin: a login is its token's bot's, before it has one.
func TestFaultOfALogin(t *testing.T) {
	clock := newSteps()
	w := servedWith(t, Options{Now: clock.now})
	login := func(bot int) string {
		c := w.client(0)
		return c.result(c.send(layered(228, &tg.AuthImportBotAuthorizationRequest{APIID: 1, APIHash: "x", BotAuthToken: w.world.bots()[bot].Token})))
	}
	id := w.order(`{"method":"auth.importBotAuthorization","account":7000001,"do":{"error":{"code":420,"message":"FLOOD_WAIT_1000"}}}`)
	for i, want := range []string{"ok", "FLOOD_WAIT_1000", "FLOOD_WAIT_990"} {
		if got := login([]int{1, 0, 0}[i]); got != want {
			t.Errorf("login %d: %s, want %s", i, got, want)
		}
		clock.add(time.Duration(i*10) * time.Second)
	}
	if v := w.stats.view().Accounts[mainBot]; w.hits(id) != 1 || v.Floods != 1 || v.CallsWhileFlooded != 1 || v.Logins != 0 {
		t.Errorf("%d hits, %+v", w.hits(id), v.countView)
	}
}

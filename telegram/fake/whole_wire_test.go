package fake

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/mt"
	"github.com/gotd/td/tg"
)

// startWhole is a server with its world, without a control port.
func startWhole(t *testing.T) *wire {
	t.Helper()
	s, err := New(Options{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	return serveWire(t, s)
}

// TestLoginsCounted: each login counts, of the same bot with the same key too, and
// none that is refused.
func TestLoginsCounted(t *testing.T) {
	w := startWhole(t)
	c := w.client(0)
	login := &tg.AuthImportBotAuthorizationRequest{APIID: 1, APIHash: "x", BotAuthToken: w.world.bots()[0].Token}
	c.answer(c.send(layered(228, login)))
	c.answer(c.send(login))
	c.failure(c.send(&tg.AuthImportBotAuthorizationRequest{APIID: 1, APIHash: "x", BotAuthToken: "no"}))
	v := w.stats.view()
	if v.Totals.Logins != 2 || v.Accounts[mainBot].Logins != 2 {
		t.Errorf("logins %d, %d of the bot, want 2", v.Totals.Logins, v.Accounts[mainBot].Logins)
	}
}

// TestAckWhileWorldIsBusy: whatever holds the world, a late answer is acknowledged
// in time, by the setting of now.
func TestAckWhileWorldIsBusy(t *testing.T) {
	w := startWhole(t)
	c := w.client(mainBot)
	c.answer(c.send(layered(228, nearest)))
	if _, err := w.world.changeSettings([]byte(`{"ack_after":"30ms"}`)); err != nil {
		t.Fatal(err)
	}
	w.world.mu.Lock()
	release := time.AfterFunc(3*time.Second, w.world.mu.Unlock) // or the test's end would wait for it
	id := c.send(&tg.UpdatesGetStateRequest{})
	var a mt.MsgsAck
	c.expect(&a)
	if len(a.MsgIDs) != 1 || a.MsgIDs[0] != id {
		t.Errorf("acknowledged %v, want %d", a.MsgIDs, id)
	}
	if release.Stop() {
		w.world.mu.Unlock()
	} else {
		t.Error("the acknowledgment came with the answer")
	}
	c.answer(id)
	if err := w.world.reset(); err != nil {
		t.Fatal(err)
	}
	if got, want := w.ackAfter(), time.Duration(defaultSettings().AckAfter); got != want {
		t.Errorf("after a reset %v, want %v", got, want)
	}
}

// broken panics when it is encoded.
type broken struct{}

func (broken) Encode(*bin.Buffer) error { panic("oops") }

// TestPanics: neither an answer that cannot be encoded nor a fault of the reader
// ends the server.
func TestPanics(t *testing.T) {
	var ill atomic.Bool
	methods := tiny()
	methods[tg.HelpGetConfigRequestTypeID] = func(*call, *bin.Buffer) (bin.Encoder, error) { return broken{}, nil }
	w := startWire(t, Options{Now: func() time.Time {
		if ill.Swap(false) {
			panic("oops")
		}
		return time.Now()
	}}, methods)
	c := w.client(0)
	c.nearestDC(c.send(layered(228, nearest)))
	if got := c.failure(c.send(config)); got != "INTERNAL" {
		t.Error(got)
	}
	ill.Store(true)
	c.send(nearest)
	if _, _, err := c.recv(); err == nil {
		t.Error("the connection lives on")
	}
	if ill.Load() {
		t.Fatal("nothing has panicked")
	}
	d := w.client(0)
	d.nearestDC(d.send(layered(228, nearest)))

	var p *panicked
	if err := safely(func() error { panic(1) }); !errors.As(err, &p) {
		t.Errorf("got %v", err)
	}
	if err := safely(func() error { return context.Canceled }); err != context.Canceled {
		t.Errorf("got %v", err)
	}
}

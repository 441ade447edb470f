package fake

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
)

func TestWaitRefused(t *testing.T) {
	methods, _, let := slow()
	methods[tg.UpdatesGetStateRequestTypeID] = func(*call, *bin.Buffer) (bin.Encoder, error) {
		<-let
		return nil, tgerr.New(400, "OOPS")
	}
	w := startWire(t, Options{}, methods)
	c := w.client(0)
	c.nearestDC(c.send(layered(228, nearest)))
	after := func(id int64) bin.Encoder { return &tg.InvokeAfterMsgRequest{MsgID: id, Query: object{nearest}} }

	self := c.id()
	c.sendAs(self, after(self))
	if got := c.failure(self); got != "MSG_WAIT_FAILED" {
		t.Errorf("behind itself: %s", got)
	}
	if got := c.failure(c.send(after(4))); got != "MSG_WAIT_FAILED" {
		t.Errorf("behind a query that never was: %s", got)
	}
	// A query with a higher id may wait for this one.
	early, seq := c.id(), c.next(true)
	late := c.send(config)
	c.sendWith(early, seq, after(late))
	if got := c.failure(early); got != "MSG_WAIT_FAILED" {
		t.Errorf("behind a later query: %s", got)
	}
	bad := c.send(&tg.UpdatesGetStateRequest{})
	behind := c.send(after(bad))
	close(let)
	if got := c.failure(behind); got != "MSG_WAIT_FAILED" {
		t.Errorf("behind a query that failed: %s", got)
	}
}

// TestWaitEnds: no query waits longer than waitLimit for another.
func TestWaitEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &session{queries: map[int64]*rpc{4: {done: make(chan struct{})}}}
		begun := time.Now()
		if err := s.wait(context.Background(), 8, []int64{4}); err != errWaitTimeout {
			t.Errorf("got %v", err)
		}
		if took := time.Since(begun); took != waitLimit {
			t.Errorf("it took %v", took)
		}
	})
}

// TestEndedQueries: a query that runs for long does not make the session keep all
// that came after it.
func TestEndedQueries(t *testing.T) {
	methods, _, let := slow()
	w := startWire(t, Options{}, methods)
	c := w.client(0)
	long := c.send(layered(228, config))
	for range keptQueries + 100 {
		c.answer(c.send(nearest))
	}
	s := w.ring.find(2, c.key.ID).session(c.session, w.Server)
	s.mu.Lock()
	n := len(s.queries)
	s.mu.Unlock()
	if n != keptQueries+1 {
		t.Errorf("%d queries are known, want %d and the one that runs", n, keptQueries)
	}
	close(let)
	c.answer(long)
}

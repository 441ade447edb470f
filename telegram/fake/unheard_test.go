package fake

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gotd/td/mt"
	"github.com/gotd/td/proto"
	gotdcodec "github.com/gotd/td/proto/codec"
)

// TestQueryThatWasKeptOut: a query that a fault of the connection kept from being
// run is answered when its client sends it again, and never acknowledged before.
func TestQueryThatWasKeptOut(t *testing.T) {
	for _, do := range []string{`{"reset":true}`, `{"reset":true,"delay":"100ms"}`, `{"transport":-429}`, `{"stall":"20s"}`} {
		inWorld(t, Options{}, func(t *testing.T, w *wire) {
			c := w.ready(mainBot)
			fault := w.order(`{"method":"updates.getState","do":` + do + `}`)
			id, seq := c.id(), c.next(true)
			c.sendWith(id, seq, state)
			time.Sleep(250 * time.Millisecond)
			synctest.Wait()
			c.c = w.framed(2, gotdcodec.Intermediate{})
			c.nearestDC(c.send(nearest)) // the session has moved
			time.Sleep(time.Second)      // a lost answer's query would be acknowledged
			c.sendWith(id, seq, state)
			for {
				_, b, err := c.recv()
				if err != nil {
					t.Fatal(err)
				}
				var a mt.MsgsAck
				var r proto.Result
				if kind, _ := b.PeekID(); kind == mt.MsgsAckTypeID && a.Decode(b) == nil && slices.Contains(a.MsgIDs, id) {
					t.Fatalf("%s: it is acknowledged", do)
				} else if kind == proto.ResultTypeID && r.Decode(b) == nil && r.RequestMessageID == id {
					break
				}
			}
			if n := w.hits(fault); n != 1 {
				t.Errorf("%s: %d hits", do, n)
			}
			if e := w.lastCall(); e.Method != "updates.getState" || e.Result != "ok" {
				t.Errorf("%s: %+v", do, e)
			}
		})
	}
}

// TestStallHoldsWhatIsOnItsWay: a query that is under way when the connection stalls
// comes behind the stall.
func TestStallHoldsWhatIsOnItsWay(t *testing.T) {
	inWorld(t, Options{Network: Shape{RTT: 400 * time.Millisecond}}, func(t *testing.T, w *wire) {
		c := w.ready(mainBot)
		begun := time.Now()
		id := c.send(state)
		time.Sleep(50 * time.Millisecond)
		if n := w.stallConnections(filter{}, 10*time.Second); n != 1 {
			t.Fatal(n)
		}
		time.Sleep(10*time.Second - 1)
		synctest.Wait()
		if m := w.counted(mainBot, "updates.getState"); m.Calls != 0 {
			t.Errorf("it came during the stall: %+v", m)
		}
		c.answer(id)
		exact(t, "the answer", time.Since(begun), 10*time.Second+50*time.Millisecond+200*time.Millisecond)
	})
}

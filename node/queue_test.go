package node_test

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/node"
)

// Read-ahead waits in the queue; a player that comes to one of its chunks gets it
// at once, from the byte it needs.
func TestUrgentWaiterRaisesQueuedReadAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fetch, open := gate()
		defer open()
		s := new(source)
		e := engine(t, s, func(o *node.Options) { o.ReadAhead = 1 })
		f := file(100 * mib)
		r := e.Open(f, whole(f))
		defer r.Close()
		if err := r.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.fetch = fetch
		take(t, r, 1) // 1 runs, 2 is queued
		seek := e.Open(f, teleplay.Range{Start: 2*mib + 100, Length: mib})
		defer seek.Close()
		go seek.Ready(context.Background())
		synctest.Wait()
		if diff := cmp.Diff([]int{0, 1, 2}, s.indexes()); diff != "" {
			t.Fatalf("the urgent waiter waits behind read-ahead (-want +got):\n%s", diff)
		}
		if c := s.all()[2]; c.urgency != teleplay.Urgent || c.from != 100 {
			t.Errorf("asked at urgency %d from %d", c.urgency, c.from)
		}
		open()
		synctest.Wait()
	})
}

func TestBudgetIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const window = 16 * mib
		var e *node.Engine
		s := &source{fetch: func(_ context.Context, c call) error {
			if held := e.Stats().Held; held > window {
				t.Errorf("%d MiB held", held/mib)
			}
			time.Sleep(20 * time.Millisecond)
			c.putAll()
			return nil
		}}
		e = engine(t, s, small, func(o *node.Options) { o.Window = window })
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				f := teleplay.File{Message: int32(1 + i), Size: 30 * mib}
				r := e.Open(f, whole(f))
				defer r.Close()
				if n, err := r.WriteTo(io.Discard); n != f.Size || err != nil {
					t.Errorf("reader %d: %d bytes, %v", i, n, err)
				}
			})
		}
		wg.Wait()
		s.once(t, 12*30)
		if q := e.Stats(); q.Held != 0 || q.Running != 0 || q.Queued != 0 {
			t.Errorf("left behind: %+v", q)
		}
	})
}

func TestUrgentChunkWaitsForRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fetch, open := gate()
		s := &source{fetch: fetch}
		e := engine(t, s, func(o *node.Options) { o.Window = 2 * mib })
		for i := range 2 {
			r := e.Open(teleplay.File{Message: int32(1 + i), Size: mib}, teleplay.Range{Length: mib})
			defer r.Close()
			go r.WriteTo(io.Discard) // to its end: it keeps no room then
		}
		synctest.Wait()

		f := file(mib)
		r := e.Open(f, whole(f))
		defer r.Close()
		begin := time.Now()
		err := r.Ready(t.Context())
		var fail *teleplay.Error
		if !errors.As(err, &fail) || fail.Kind != teleplay.ErrUnavailable || fail.Retry == 0 || time.Since(begin) != time.Second {
			t.Errorf("after %v: %v", time.Since(begin), err)
		}
		if len(s.all()) != 2 {
			t.Errorf("%d flights in a window of 2", len(s.all()))
		}

		again := e.Open(f, whole(f))
		defer again.Close()
		time.AfterFunc(500*time.Millisecond, open)
		begin = time.Now()
		if err := again.Ready(t.Context()); err != nil || time.Since(begin) != 500*time.Millisecond {
			t.Errorf("there is room after %v: %v", time.Since(begin), err)
		}
	})
}

// Clients that stopped reading hold one chunk each, and take no room from others.
func TestStalledReadersLeaveRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(source)
		e := engine(t, s, small, func(o *node.Options) { o.Window = 8 * mib })
		for i := range 100 {
			f := teleplay.File{Message: int32(1 + i), Size: 20 * mib}
			r := e.Open(f, whole(f))
			defer r.Close()
			if err := r.Ready(t.Context()); err != nil {
				t.Fatalf("stalled reader %d: %v", i, err)
			}
			if i%2 == 0 {
				take(t, r, 3*mib+1)
			}
			time.Sleep(11 * time.Second)
		}
		f := file(20 * mib)
		check(t, e, f, whole(f))
		if q := e.Stats(); q.Held != 0 {
			t.Errorf("100 stalled readers hold %d MiB of the window", q.Held/mib)
		}
	})
}

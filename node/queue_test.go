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
		synctest.Wait() // the last reader may be done before its flight has landed
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
		synctest.Wait()
		if q := e.Stats(); q.Held != 0 {
			t.Errorf("100 stalled readers hold %d MiB of the window", q.Held/mib)
		}
	})
}

// TestWhoLeavesMakesRoom: a flight that landed holds its room while a reader holds
// it; with that reader gone, the next in the queue begins.
func TestWhoLeavesMakesRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		more := make(chan struct{})
		s := &source{fetch: func(_ context.Context, c call) error {
			c.put(0, 1)
			<-more
			c.putAll()
			return nil
		}}
		e := engine(t, s, func(o *node.Options) { o.Window = mib })
		a := e.Open(teleplay.File{Message: 1, Size: mib}, teleplay.Range{Length: mib})
		take(t, a, 1)
		close(more)
		synctest.Wait()
		b := e.Open(teleplay.File{Message: 2, Size: mib}, teleplay.Range{Length: mib})
		defer b.Close()
		ready := make(chan error, 1)
		go func() { ready <- b.Ready(t.Context()) }()
		synctest.Wait()
		if q := e.Stats(); q.Held != mib || q.Queued != 1 {
			t.Fatalf("want the room held and 1 queued, got %+v", q)
		}
		begin := time.Now()
		a.Close()
		if err := <-ready; err != nil || time.Since(begin) != 0 {
			t.Errorf("%v after the room is free: %v", time.Since(begin), err)
		}
	})
}

// settled brings a reader's first chunk in whole: it holds no room then.
func settled(t *testing.T, r *node.Reader) {
	t.Helper()
	for range 2 {
		if err := r.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
	}
}

// ahead is a reader of message m that holds all the read-ahead there is room for.
func ahead(t *testing.T, e *node.Engine, m int32) *node.Reader {
	t.Helper()
	f := teleplay.File{Message: m, Size: 100 * mib}
	r := e.Open(f, whole(f))
	take(t, r, 3*mib)
	take(t, r, 1)
	take(t, r, 1) // the chunk is complete now and holds no room itself
	return r
}

// TestAQuarterOfTheRoomIsForUrgentChunks: read-ahead of however many readers never
// takes it, so a player that comes begins at once.
func TestAQuarterOfTheRoomIsForUrgentChunks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := engine(t, new(source), func(o *node.Options) { o.Window = 4 * mib })
		a := ahead(t, e, 1)
		defer a.Close()
		if q := e.Stats(); q.Held != 3*mib || q.Queued != 0 {
			t.Errorf("one window holds %d of 4 MiB and waits for %d, want 3 and 0", q.Held/mib, q.Queued)
		}
		b := ahead(t, e, 2)
		defer b.Close()
		if q := e.Stats(); q.Held != 3*mib || q.Queued != 1 {
			t.Errorf("two windows hold %d of 4 MiB and wait for %d, want 3 and 1", q.Held/mib, q.Queued)
		}
		f := file(mib)
		r := e.Open(f, whole(f))
		defer r.Close()
		begin := time.Now()
		if err := r.Ready(t.Context()); err != nil || time.Since(begin) != 0 {
			t.Errorf("the first byte after %v: %v", time.Since(begin), err)
		}
	})
}

// TestAPauseMakesRoomForOthers: what a paused reader gives back lets the read-ahead
// of others begin.
func TestAPauseMakesRoomForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := engine(t, new(source), func(o *node.Options) { o.Window = 4 * mib })
		a := ahead(t, e, 1)
		defer a.Close()
		time.Sleep(5 * time.Second)
		b := ahead(t, e, 2)
		defer b.Close()
		if q := e.Stats(); q.Queued != 1 {
			t.Fatalf("want the read-ahead of the second queued, got %+v", q)
		}
		time.Sleep(6 * time.Second) // the first pauses for 11 s, the second for 6
		if q := e.Stats(); q.Queued != 0 || q.Held != mib {
			t.Errorf("there is room, but it waits: %+v", q)
		}
	})
}

// TestAWindowSmallerThanAChunk: one flight at a time always has room.
func TestAWindowSmallerThanAChunk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(source)
		e := engine(t, s, func(o *node.Options) { o.Window = 1 })
		f := file(3*mib + 5)
		check(t, e, f, whole(f))
		s.once(t, 4)
	})
}

// TestOrderOfTheQueue: by urgency, then by arrival.
func TestOrderOfTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fetch, open := gate()
		s := new(source)
		e := engine(t, s, func(o *node.Options) { o.ReadAhead = 1 })
		later := e.Open(teleplay.File{Message: 1, Size: 100 * mib}, teleplay.Range{Length: 100 * mib})
		defer later.Close()
		take(t, later, 3*mib) // 0 to 4 are here, the window is 4 now
		first := e.Open(teleplay.File{Message: 2, Size: 100 * mib}, teleplay.Range{Length: 100 * mib})
		defer first.Close()
		if err := first.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.fetch = fetch
		before := len(s.all())
		take(t, later, 1) // 5 runs, 6 and 7 are queued as read-ahead
		take(t, first, 1) // 1 and 2 are queued as the first window
		open()
		synctest.Wait()
		var got []string
		for _, c := range s.all()[before:] {
			got = append(got, c.id.String())
		}
		if diff := cmp.Diff([]string{"1/5", "2/1", "2/2", "1/6", "1/7"}, got); diff != "" {
			t.Errorf("fetches (-want +got):\n%s", diff)
		}
	})
}

// TestUrgentFlightsAreNotReadAhead: however many run, they take none of its turns.
func TestUrgentFlightsAreNotReadAhead(t *testing.T) {
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
		for i := range 3 {
			r := e.Open(teleplay.File{Message: int32(1 + i), Size: mib}, teleplay.Range{Length: mib})
			defer r.Close()
			go r.Ready(t.Context())
		}
		synctest.Wait()
		take(t, r, 1)
		if q := e.Stats(); q.Running != 3+1 || q.Queued != 1 {
			t.Errorf("want 3 urgent flights and one ahead running, one queued, got %+v", q)
		}
	})
}

// TestReadAheadDoesNotLowerAnUrgentFlight: a window that reaches a chunk for which
// somebody waits leaves it its place and its first byte.
func TestReadAheadDoesNotLowerAnUrgentFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fetch, open := gate()
		s := new(source)
		e := engine(t, s, func(o *node.Options) { o.Window = mib })
		f := file(100 * mib)
		behind := e.Open(f, whole(f))
		defer behind.Close()
		settled(t, behind)
		s.fetch = fetch
		room := e.Open(teleplay.File{Message: 1, Size: mib}, teleplay.Range{Length: mib})
		defer room.Close()
		go room.WriteTo(io.Discard)
		synctest.Wait()
		seek := e.Open(f, teleplay.Range{Start: mib + 100, Length: mib})
		defer seek.Close()
		ready := make(chan error, 1)
		go func() { ready <- seek.Ready(t.Context()) }()
		synctest.Wait()
		take(t, behind, 1)
		if q := e.Stats(); q.Queued != 1 {
			t.Fatalf("want one flight queued for both, got %+v", q)
		}
		open()
		if err := <-ready; err != nil {
			t.Error(err)
		}
		if c := s.all()[2]; c.id.Index != 1 || c.urgency != teleplay.Urgent || c.from != 100 {
			t.Errorf("asked for %v at urgency %d from %d", c.id, c.urgency, c.from)
		}
	})
}

// TestAWindowGivenBackBeginsNothingOfItself: its landed flights make room, but not
// for its queued ones.
func TestAWindowGivenBackBeginsNothingOfItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(source)
		e := engine(t, s, func(o *node.Options) { o.Window = 16 * mib }) // 12 for read-ahead
		var readers []*node.Reader
		for m := range int32(2) { // the first window has 8, the second 4 and 2 queued
			f := teleplay.File{Message: 1 + m, Size: 100 * mib}
			r := e.Open(f, whole(f))
			defer r.Close()
			take(t, r, 7*mib)
			take(t, r, 1)
			take(t, r, 1)
			readers = append(readers, r)
		}
		if q := e.Stats(); q.Held != 12*mib || q.Queued != 2 {
			t.Fatalf("want 12 MiB held and 2 queued, got %+v", q)
		}
		before := len(s.all())
		readers[1].Close()
		synctest.Wait()
		if n := len(s.all()) - before; n != 0 {
			t.Errorf("%d fetches began for a reader that is gone", n)
		}
	})
}

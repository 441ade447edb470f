package node_test

import (
	"context"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/node"
)

// take reads n bytes as a socket would.
func take(t *testing.T, r *node.Reader, n int64) {
	t.Helper()
	if got, err := io.CopyN(io.Discard, struct{ io.Reader }{r}, n); err != nil {
		t.Fatalf("took %d of %d bytes: %v", got, n, err)
	}
	synctest.Wait()
}

func upTo(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

func TestWindowGrowsWithWhatIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(source)
		e := engine(t, s)
		f := file(100 * mib)
		r := e.Open(f, whole(f))
		defer r.Close()
		if len(s.all()) > 0 {
			t.Error("Open asked for something")
		}
		if err := r.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		want := func(taken string, chunks int) {
			t.Helper()
			got := s.indexes()
			slices.Sort(got)
			if diff := cmp.Diff(upTo(chunks), got); diff != "" {
				t.Errorf("after %s (-want +got):\n%s", taken, diff)
			}
		}
		want("Ready: the first chunk alone", 1)
		take(t, r, 1)
		want("the first byte: two more", 3)
		take(t, r, mib)
		want("a byte of chunk 1", 4)
		take(t, r, mib)
		want("a byte of chunk 2", 5)
		take(t, r, mib)
		want("the first window: four more", 8)
		take(t, r, 4*mib)
		want("the second window: eight more", 16)
		take(t, r, 8*mib)
		want("the third window: still eight more", 24)

		urgencies := map[teleplay.Urgency]int{}
		for _, c := range s.all() {
			urgencies[c.urgency]++
		}
		// The first window's read-ahead, and what moved into it before it was taken.
		if diff := cmp.Diff(map[teleplay.Urgency]int{0: 1, 1: 4, 2: 19}, urgencies); diff != "" {
			t.Errorf("urgencies (-want +got):\n%s", diff)
		}
	})
}

func TestWindowEndsWithTheRange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(source)
		f := file(100 * mib)
		r := engine(t, s).Open(f, teleplay.Range{Start: 10 * mib, Length: 2*mib + 1})
		defer r.Close()
		take(t, r, 2*mib+1)
		got := s.indexes()
		slices.Sort(got)
		if diff := cmp.Diff([]int{10, 11, 12}, got); diff != "" {
			t.Errorf("asked for more than the range (-want +got):\n%s", diff)
		}
	})
}

func TestWindowOfASlowFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(source)
		f := file(100 * mib)
		f.Duration = 800 // 128 KiB/s: 20 s are 2.5 chunks
		r := engine(t, s).Open(f, whole(f))
		defer r.Close()
		take(t, r, 20*mib+1)
		if n := len(s.all()); n != 21+3 {
			t.Errorf("asked for %d chunks, want those read and 3", n)
		}
	})
}

func TestWindowsShareTheBudget(t *testing.T) {
	for others, share := range map[int]int{0: 8, 1: 6, 4: 2, 20: 1} {
		synctest.Test(t, func(t *testing.T) {
			s := new(source)
			e := engine(t, s, func(o *node.Options) { o.Window = 16 * mib }) // 12 for read-ahead
			f := file(100 * mib)
			for range others {
				r := e.Open(file(1), teleplay.Range{})
				defer r.Close()
			}
			r := e.Open(f, whole(f))
			defer r.Close()
			take(t, r, 20*mib+1)
			if n := len(s.all()) - 21; n != share {
				t.Errorf("asked for %d chunks ahead beside %d readers, want %d", n, others, share)
			}
		})
	}
}

func TestPausedReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(source)
		e := engine(t, s)
		f := file(100 * mib)
		r := e.Open(f, whole(f))
		defer r.Close()
		take(t, r, 30*mib+1)
		asked := len(s.all())
		if asked > 31+8 {
			t.Errorf("asked for %d chunks ahead", asked-31)
		}
		time.Sleep(9 * time.Second)
		if held := e.Stats().Held; held < 8*mib {
			t.Errorf("gave the window back too soon: holds %d MiB", held/mib)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if held := e.Stats().Held; held > mib {
			t.Errorf("holds %d MiB in a pause", held/mib)
		}
		time.Sleep(time.Hour)
		if n := len(s.all()); n != asked {
			t.Errorf("asked for %d more in a pause", n-asked)
		}
		take(t, r, 10*mib)
		s.once(t, 41+8) // what was given back is in the cache
	})
}

// TestAClientThatGoesOnReadsAheadAtOnce: with its first byte after a pause, not with
// the next chunk.
func TestAClientThatGoesOnReadsAheadAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(source)
		f := file(100 * mib)
		r := engine(t, s, small).Open(f, whole(f))
		defer r.Close()
		take(t, r, 30*mib+1)
		time.Sleep(11 * time.Second)
		before := len(s.all())
		for range 3 {
			take(t, r, 1)
			if n := len(s.all()) - before; n != 8 {
				t.Errorf("asked for %d chunks, want the window of 8 once", n)
			}
		}
	})
}

// TestAClientThatAsksAndTakesNothingIsPausedAgain: what its coming back has read
// ahead is given back too.
func TestAClientThatAsksAndTakesNothingIsPausedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := engine(t, new(source), small)
		f := file(100 * mib)
		r := e.Open(f, whole(f))
		defer r.Close()
		take(t, r, 30*mib)
		time.Sleep(11 * time.Second)
		if err := r.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if held := e.Stats().Held; held < 8*mib {
			t.Errorf("holds %d MiB, want the window before it", held/mib)
		}
		time.Sleep(11 * time.Second)
		if held := e.Stats().Held; held != 0 {
			t.Errorf("holds %d MiB in its second pause", held/mib)
		}
	})
}

// TestFailedReadAheadIsAskedForAgain: with the next move of the window, and its room
// is given back.
func TestFailedReadAheadIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failed := false
		s := &source{fetch: func(_ context.Context, c call) error {
			if c.id.Index == 2 && !failed {
				failed = true
				return busy
			}
			c.putAll()
			return nil
		}}
		e := engine(t, s)
		f := file(100 * mib)
		r := e.Open(f, whole(f))
		take(t, r, 1)
		take(t, r, mib)
		id := func(i uint16) teleplay.ChunkID { return teleplay.ChunkID{Message: 7, Index: i} }
		want := map[teleplay.ChunkID]int{id(0): 1, id(1): 1, id(2): 2, id(3): 1}
		if diff := cmp.Diff(want, s.times()); diff != "" {
			t.Errorf("fetches of each chunk (-want +got):\n%s", diff)
		}
		r.Close()
		synctest.Wait()
		if q := e.Stats(); q.Held != 0 {
			t.Errorf("the failed flight still holds room: %+v", q)
		}
	})
}

func TestCloseDropsQueuedReadAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fetch, open := gate()
		defer open()
		s := new(source)
		e := engine(t, s) // two run ahead at once
		f := file(100 * mib)
		r := e.Open(f, whole(f))
		take(t, r, 7*mib) // 0 to 6 are taken, 7 to 10 are here
		s.fetch = fetch
		take(t, r, 1) // the window is 8 now
		if q := e.Stats(); q.Running != 2 || q.Queued != 3 {
			t.Fatalf("want 2 running and 3 queued, got %+v", q)
		}
		before := len(s.all())
		r.Close()
		synctest.Wait()
		if q := e.Stats(); q.Running != 2 || q.Queued != 0 || q.Held != 2*mib {
			t.Errorf("after Close: %+v", q)
		}
		open()
		synctest.Wait()
		if n := len(s.all()); n != before {
			t.Errorf("%d fetches began after Close", n-before)
		}
		if q := e.Stats(); q.Running != 0 || q.Held != 0 || q.Readers != 0 {
			t.Errorf("left behind: %+v", q)
		}
	})
}

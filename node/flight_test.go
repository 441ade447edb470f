package node_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/cache"
	"github.com/teleplay/teleplay/node"
)

func TestStampede(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fetch, open := gate()
		s := &source{fetch: fetch}
		e := engine(t, s)
		f := file(mib)
		want := slice(7, 0, mib)
		var wg sync.WaitGroup
		first := e.Open(f, whole(f))
		wg.Go(func() { first.WriteTo(io.Discard) })
		synctest.Wait()
		if q := e.Stats(); q.Running != 1 || len(s.all()) != 1 {
			t.Fatalf("the first reader's flight is not under way: %+v", q)
		}
		for i := range 200 {
			wg.Go(func() {
				r := e.Open(f, whole(f))
				defer r.Close()
				var got bytes.Buffer
				if _, err := r.WriteTo(&got); err != nil || !bytes.Equal(got.Bytes(), want) {
					t.Errorf("reader %d: %d bytes, %v", i, got.Len(), err)
				}
			})
		}
		synctest.Wait()
		first.Close() // also the one whose demand began the flight
		synctest.Wait()
		open()
		wg.Wait()
		if n := len(s.all()); n != 1 {
			t.Errorf("%d fetches for 201 readers, want 1", n)
		}
	})
}

func TestParallelReadersOfAColdFile(t *testing.T) {
	s := new(source)
	e := engine(t, s)
	f := file(40*mib + 5)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			r := e.Open(f, whole(f))
			defer r.Close()
			if n, err := r.WriteTo(io.Discard); n != f.Size || err != nil {
				t.Errorf("%d bytes, %v", n, err)
			}
		})
	}
	wg.Wait()
	s.once(t, 41)
}

// What is read ahead stays until it is read, whatever the cache thinks of it.
func TestWindowKeepsWhatTheCacheForgets(t *testing.T) {
	s := new(source)
	f := file(30 * mib)
	r := engine(t, s, small).Open(f, whole(f))
	defer r.Close()
	if n, err := r.WriteTo(io.Discard); n != f.Size || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	s.once(t, 30)
}

func TestFailedFlightIsNotCached(t *testing.T) {
	bad := true
	s := &source{fetch: func(_ context.Context, c call) error {
		if bad {
			return errors.New("wires crossed")
		}
		c.putAll()
		return nil
	}}
	e := engine(t, s)
	f := file(mib)
	r := e.Open(f, whole(f))
	defer r.Close()
	if err := r.Ready(t.Context()); err == nil {
		t.Fatal("no error")
	}
	bad = false
	check(t, e, f, whole(f))
	if n := len(s.all()); n != 2 {
		t.Errorf("%d fetches, want 2", n)
	}
}

// TestWhoHoldsAFailedFlightDoesNotEndTheNext: a chunk failed for one reader and is
// under way again for another; the first one's leaving lets a third still find it.
func TestWhoHoldsAFailedFlightDoesNotEndTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &source{fetch: func(context.Context, call) error { return busy }}
		e := engine(t, s)
		f := file(mib)
		first := e.Open(f, whole(f))
		if err := first.Ready(t.Context()); !errors.Is(err, busy) {
			t.Fatalf("got %v", err)
		}
		fetch, open := gate()
		s.fetch = fetch
		ready := make(chan error, 2)
		wait := func() {
			r := e.Open(f, whole(f))
			t.Cleanup(func() { r.Close() })
			go func() { ready <- r.Ready(t.Context()) }()
			synctest.Wait()
		}
		wait()
		first.Close()
		wait()
		open()
		for range 2 {
			if err := <-ready; err != nil {
				t.Error(err)
			}
		}
		if n := len(s.all()); n != 2 {
			t.Errorf("%d fetches, want the failed one and one more", n)
		}
	})
}

func TestRunningFlightOutlivesItsReaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fetch, open := gate()
		s := &source{fetch: fetch}
		c := cache.Open(cache.Options{})
		e := engine(t, s, func(o *node.Options) { o.Cache = c })
		f := file(mib)
		r := e.Open(f, whole(f))
		go r.Ready(context.Background())
		synctest.Wait()
		r.Close()
		synctest.Wait()
		if s := e.Stats(); s.Running != 1 || s.Held != mib || s.Readers != 0 {
			t.Errorf("the flight ended with its reader: %+v", s)
		}
		open()
		synctest.Wait()
		if _, ok := c.Peek(teleplay.ChunkID{Message: 7}); !ok {
			t.Error("the chunk did not reach the cache")
		}
	})
}

// A flight that never ends by itself ends by its own clock.
func TestFlightTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fetch, _ := gate()
		e := engine(t, &source{fetch: fetch})
		f := file(mib)
		r := e.Open(f, whole(f))
		defer r.Close()
		begin := time.Now()
		err := r.Ready(t.Context())
		var fail *teleplay.Error
		if !errors.As(err, &fail) || fail.Code != "upstream_timeout" || time.Since(begin) != 10*time.Second {
			t.Errorf("after %v: %v", time.Since(begin), err)
		}
		time.Sleep(19 * time.Second)
		if s := e.Stats(); s.Running != 1 {
			t.Errorf("after 29 s: %+v", s)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if s := e.Stats(); s.Running != 0 || s.Failed != 1 {
			t.Errorf("after 31 s: %+v", s)
		}
	})
}

// A flight whose time is over has timed out, whatever its source calls that.
func TestFlightTimeIsATimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := engine(t, &source{fetch: func(ctx context.Context, _ call) error {
			<-ctx.Done()
			return errors.New("aborted")
		}})
		f := file(mib)
		first := e.Open(f, whole(f))
		go first.Ready(context.Background())
		time.Sleep(25 * time.Second)
		first.Close()
		r := e.Open(f, whole(f))
		defer r.Close()
		begin := time.Now()
		err := r.Ready(t.Context())
		var fail *teleplay.Error
		if !errors.As(err, &fail) || fail.Code != "upstream_timeout" || time.Since(begin) != 5*time.Second {
			t.Errorf("after %v: %v", time.Since(begin), err)
		}
	})
}

// A chunk that is complete has come, whatever its source says after that.
func TestFailureAfterTheLastPart(t *testing.T) {
	s := &source{fetch: func(_ context.Context, c call) error {
		c.putAll()
		return busy
	}}
	e := engine(t, s)
	f := file(3 * mib)
	check(t, e, f, whole(f))
	s.once(t, 3)
	if q := e.Stats(); q.Failed != 0 {
		t.Errorf("%d flights failed", q.Failed)
	}
}

func TestEngineClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fetch, _ := gate()
		s := &source{}
		e := engine(t, s, func(o *node.Options) { o.ReadAhead = 1 })
		warm := teleplay.File{Message: 1, Size: mib}
		check(t, e, warm, whole(warm))

		s.fetch = fetch
		s.mu.Lock()
		s.calls = nil
		s.mu.Unlock()
		f := file(mib)
		cold := e.Open(f, whole(f))
		defer cold.Close()
		failed := make(chan error)
		go func() { failed <- cold.Ready(context.Background()) }()
		synctest.Wait()
		e.Close()
		e.Close()
		if s.ended != 1+1 {
			t.Errorf("Close did not wait: %d of 2 fetches have ended", s.ended)
		}
		if err := <-failed; !draining(err) {
			t.Errorf("who waits gets %v", err)
		}
		late := e.Open(f, whole(f))
		defer late.Close()
		if err := late.Ready(t.Context()); !draining(err) {
			t.Errorf("who comes late gets %v", err)
		}
		check(t, e, warm, whole(warm)) // what is cached still plays
	})
}

func draining(err error) bool {
	var fail *teleplay.Error
	return errors.As(err, &fail) && fail.Kind == teleplay.ErrUnavailable && fail.Code == "draining"
}

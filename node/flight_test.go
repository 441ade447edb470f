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
		const readers = 200
		var wg sync.WaitGroup
		var first *node.Reader
		for i := range readers {
			r := e.Open(f, whole(f))
			if i == 0 {
				first = r
			}
			wg.Go(func() {
				defer r.Close()
				var got bytes.Buffer
				if _, err := r.WriteTo(&got); i > 0 && (err != nil || !bytes.Equal(got.Bytes(), want)) {
					t.Errorf("reader %d: %d bytes, %v", i, got.Len(), err)
				}
			})
		}
		synctest.Wait()
		first.Close() // also the one whose demand began the flight
		synctest.Wait()
		open()
		wg.Wait()
		s.once(t, 1)
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
		time.Sleep(21 * time.Second)
		synctest.Wait()
		if s := e.Stats(); s.Running != 0 || s.Failed != 1 {
			t.Errorf("after 31 s: %+v", s)
		}
	})
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

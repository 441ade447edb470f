package node_test

import (
	"bytes"
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/node"
)

// TestCloseEndsWhatIsQueued: a flight that has not begun ends with the engine, not
// with the patience of those who wait for it.
func TestCloseEndsWhatIsQueued(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fetch, _ := gate()
		s := &source{fetch: fetch}
		e := engine(t, s, func(o *node.Options) { o.Window = mib })
		begin := time.Now()
		failed := make(chan error, 2)
		for i := range 2 {
			r := e.Open(teleplay.File{Message: int32(1 + i), Size: mib}, teleplay.Range{Length: mib})
			defer r.Close()
			go func() { failed <- r.Ready(context.Background()) }()
			synctest.Wait()
		}
		if q := e.Stats(); q.Running != 1 || q.Queued != 1 {
			t.Fatalf("want 1 running and 1 queued, got %+v", q)
		}
		e.Close()
		for range 2 {
			if err := <-failed; !draining(err) || time.Since(begin) != 0 {
				t.Errorf("after %v: %v", time.Since(begin), err)
			}
		}
		time.Sleep(time.Minute) // nothing of it comes later
		if q := e.Stats(); q != (node.Stats{Readers: 2, Failed: 2}) {
			t.Errorf("left behind: %+v", q)
		}
		if len(s.all()) != 1 {
			t.Errorf("%d fetches, want the one that ran", len(s.all()))
		}
	})
}

// TestAStreamThatFlowsEndsWithTheEngine: it gives what has arrived, and then does
// not wait for an engine that is closed to heal.
func TestAStreamThatFlowsEndsWithTheEngine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &source{fetch: func(ctx context.Context, c call) error {
			if c.id.Index == 0 {
				c.putAll()
				return nil
			}
			c.put(0, 1)
			<-ctx.Done()
			return ctx.Err()
		}}
		e := engine(t, s)
		f := file(2 * mib)
		r := e.Open(f, whole(f))
		defer r.Close()
		begin := time.Now()
		var got bytes.Buffer
		failed := make(chan error)
		go func() {
			_, err := r.WriteTo(&got)
			failed <- err
		}()
		synctest.Wait()
		e.Close()
		if err := <-failed; !draining(err) || time.Since(begin) != 0 {
			t.Errorf("after %v: %v", time.Since(begin), err)
		}
		if !bytes.Equal(got.Bytes(), slice(7, 0, mib+part)) {
			t.Errorf("got %d bytes, want all that arrived", got.Len())
		}
	})
}

package node_test

import (
	"context"
	"maps"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/teleplay/teleplay"
)

// raisable is a source that never answers and notes what it is told.
type raisable struct {
	asked  chan teleplay.ChunkID
	raised []raise
}

type raise struct {
	ID      teleplay.ChunkID
	From    int
	Urgency teleplay.Urgency
}

func (s *raisable) Fetch(ctx context.Context, id teleplay.ChunkID, size, _ int, _ teleplay.Urgency, sink teleplay.Sink) error {
	if id.Index == 0 {
		sink.Put(0, make([]byte, size))
		return nil
	}
	s.asked <- id
	<-ctx.Done()
	return ctx.Err()
}

func (s *raisable) Raise(id teleplay.ChunkID, from int, u teleplay.Urgency, _ teleplay.Sink) {
	s.raised = append(s.raised, raise{id, from, u})
}

// TestRunningReadAheadIsRaised: who comes to a chunk that is being read ahead has its
// source told, once, and at which byte.
func TestRunningReadAheadIsRaised(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &raisable{asked: make(chan teleplay.ChunkID, 8)}
		e := engine(t, s)
		f := file(4 * teleplay.ChunkSize)
		ahead := e.Open(f, whole(f))
		defer ahead.Close()
		if _, err := ahead.Read(make([]byte, 10)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if n := len(s.asked); n != 2 {
			t.Fatalf("%d chunks are read ahead", n)
		}
		at := teleplay.ChunkSize + int64(teleplay.PartSize)
		for range 2 {
			seek := e.Open(f, teleplay.Range{Start: at, Length: 10})
			defer seek.Close()
			go seek.Read(make([]byte, 1))
			synctest.Wait()
		}
		want := []raise{{teleplay.ChunkID{Message: f.Message, Index: 1}, teleplay.PartSize, teleplay.Urgent}}
		if diff := cmp.Diff(want, s.raised); diff != "" {
			t.Error(diff)
		}
		e.Close()
	})
}

// TestHasteOfWhatWasRaisedTooSoon: somebody comes to a chunk whose source has been
// called and cannot be told yet. Its sink says so to a source that asks later, and the
// sinks of other chunks say nothing.
func TestHasteOfWhatWasRaisedTooSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type haste struct {
			Urgency teleplay.Urgency
			From    int
			Told    bool
		}
		reached := make(chan struct{})
		told := map[uint16]teleplay.Urgency{}
		got := make(chan map[uint16]haste, 2)
		s := &source{fetch: func(ctx context.Context, c call) error {
			if c.id.Index == 0 {
				c.putAll()
				return nil
			}
			select {
			case <-reached:
			case <-ctx.Done():
				return ctx.Err()
			}
			var h haste
			h.Urgency, h.From, h.Told = c.sink.(teleplay.Hurried).Haste()
			got <- map[uint16]haste{c.id.Index: h}
			c.putAll()
			return nil
		}}
		e := engine(t, s)
		f := file(3 * mib)
		ahead := e.Open(f, whole(f))
		defer ahead.Close()
		take(t, ahead, 1)
		synctest.Wait()
		seek := e.Open(f, teleplay.Range{Start: mib + 5*part + 7, Length: 10})
		defer seek.Close()
		ready := make(chan error, 1)
		go func() { ready <- seek.Ready(t.Context()) }()
		synctest.Wait()
		close(reached)
		if err := <-ready; err != nil {
			t.Error(err)
		}
		synctest.Wait()
		for _, c := range s.all() {
			told[c.id.Index] = c.urgency
		}
		if diff := cmp.Diff(map[uint16]teleplay.Urgency{0: teleplay.Urgent, 1: teleplay.FirstWindow, 2: teleplay.FirstWindow}, told); diff != "" {
			t.Error(diff)
		}
		said := map[uint16]haste{}
		for range 2 {
			maps.Copy(said, <-got)
		}
		if diff := cmp.Diff(map[uint16]haste{1: {teleplay.Urgent, 5*part + 7, true}, 2: {}}, said); diff != "" {
			t.Error(diff)
		}
	})
}

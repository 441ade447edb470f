package node_test

import (
	"context"
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

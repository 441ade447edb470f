package node_test

import (
	"testing"
	"testing/synctest"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/cache"
	"github.com/teleplay/teleplay/node"
)

// demands is a cache whose recent has four places, and a way to push out all that
// is there: of it the cache offers to its policy what somebody read.
func demands() (c *cache.Cache, push func(), use func(*node.Options)) {
	c = cache.Open(cache.Options{Memory: 16 * mib})
	next := 0
	push = func() {
		for range 4 {
			id := teleplay.ChunkID{Message: 99, Index: uint16(next)}
			c.Put(&teleplay.Chunk{ID: id, Bytes: make([]byte, mib)}, false)
			next++
		}
	}
	return c, push, func(o *node.Options) { o.Cache = c }
}

func peek(c *cache.Cache, index uint16) bool {
	_, ok := c.Peek(teleplay.ChunkID{Message: 7, Index: index})
	return ok
}

// TestOnlyWhatIsReadIsADemand: what is read ahead comes to the cache as unread,
// what somebody waited for as read.
func TestOnlyWhatIsReadIsADemand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, push, use := demands()
		e := engine(t, new(source), use)
		f := file(100 * mib)
		r := e.Open(f, whole(f))
		take(t, r, 1) // 0 is read, 1 and 2 are ahead
		r.Close()
		push()
		if n := c.Stats().Offered; n != 1 {
			t.Errorf("%d of 3 chunks counted as read, want the first alone", n)
		}
		if peek(c, 1) || peek(c, 2) {
			t.Error("read-ahead that nobody came for stays")
		}
	})
}

// TestReadAheadOfACachedChunkIsNoDemand: a window that finds its chunks cached does
// not make them worth keeping.
func TestReadAheadOfACachedChunkIsNoDemand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, push, use := demands()
		s := new(source)
		e := engine(t, s, use)
		f := file(100 * mib)
		for i := range uint16(3) {
			id := teleplay.ChunkID{Message: 7, Index: i}
			c.Put(&teleplay.Chunk{ID: id, Bytes: chunkBytes(id, mib)}, false)
		}
		r := e.Open(f, whole(f))
		take(t, r, 1)
		r.Close()
		push()
		if n := c.Stats().Offered; n != 1 || len(s.all()) != 0 {
			t.Errorf("%d chunks counted as read and %d were fetched, want 1 and none", n, len(s.all()))
		}
	})
}

// TestAWindowsChunkIsADemandWhenItsTurnComes: it may have fallen out of the cache
// as unread before, and then returns as read.
func TestAWindowsChunkIsADemandWhenItsTurnComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, push, use := demands()
		s := new(source)
		e := engine(t, s, use)
		f := file(100 * mib)
		r := e.Open(f, whole(f))
		defer r.Close()
		take(t, r, 1)
		push()
		if peek(c, 1) {
			t.Fatal("read-ahead did not fall out of the cache")
		}
		take(t, r, mib)
		if !peek(c, 1) {
			t.Error("the chunk that is read now did not return to the cache")
		}
		push()
		if n := c.Stats().Offered; n != 2 {
			t.Errorf("%d chunks counted as read, want both that were", n)
		}
		s.once(t, 4)
	})
}

// TestAWaiterMakesRunningReadAheadADemand: who comes while read-ahead is under way
// has demanded the chunk.
func TestAWaiterMakesRunningReadAheadADemand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, push, use := demands()
		fetch, open := gate()
		s := new(source)
		e := engine(t, s, use)
		f := file(100 * mib)
		r := e.Open(f, teleplay.Range{Length: 2 * mib})
		if err := r.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.fetch = fetch
		take(t, r, mib)
		go r.Ready(t.Context()) // waits for 1, which runs as read-ahead
		synctest.Wait()
		r.Close()
		open()
		synctest.Wait()
		push()
		if n := c.Stats().Offered; n != 2 {
			t.Errorf("%d chunks counted as read, want both", n)
		}
		s.once(t, 2)
	})
}

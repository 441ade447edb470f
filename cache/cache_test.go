package cache_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/cache"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const mib = teleplay.ChunkSize

// bytes are shared by all chunks of a test: a cache never looks at them.
var bytes = make([]byte, mib)

func id(film, index int) teleplay.ChunkID {
	return teleplay.ChunkID{Message: int32(film), Index: uint16(index)}
}

func chunk(film, index int) *teleplay.Chunk {
	return &teleplay.Chunk{ID: id(film, index), Bytes: bytes}
}

func open(t testing.TB, chunks int64) *cache.Cache {
	t.Helper()
	c := cache.Open(cache.Options{Memory: chunks * mib})
	t.Cleanup(c.Close)
	return c
}

// settle waits until every offered chunk has its verdict.
func settle(t testing.TB, c *cache.Cache, ok func(cache.Stats) bool) cache.Stats {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; {
		s := c.Stats()
		if ok(s) {
			return s
		}
		if time.Now().After(deadline) {
			t.Fatalf("the cache did not settle: %+v", s)
		}
	}
}

func TestHitRightAfterPut(t *testing.T) {
	c := open(t, 16)
	for i := range 200 {
		ch := chunk(1, i)
		if _, ok := c.Get(ch.ID); ok {
			t.Fatalf("chunk %v is here before it was put", ch.ID)
		}
		c.Put(ch, i%2 == 0)
		if got, ok := c.Get(ch.ID); !ok || got != ch {
			t.Fatalf("chunk %v is not here right after Put", ch.ID)
		}
	}
	if s := c.Stats(); s.Hits != 200 || s.Misses != 200 {
		t.Errorf("%d hits and %d misses, want 200 of each", s.Hits, s.Misses)
	}
}

func TestPutAgainKeepsTheFirst(t *testing.T) {
	c := open(t, 16)
	first := chunk(1, 0)
	c.Put(first, false)
	c.Put(chunk(1, 0), true)
	c.Put(&teleplay.Chunk{ID: first.ID, Bytes: bytes[:100]}, true)
	if got, ok := c.Peek(first.ID); !ok || got != first {
		t.Errorf("got another chunk, %v", ok)
	}
	if s := c.Stats(); s.Chunks != 1 || s.Bytes != mib || s.Recent != mib {
		t.Errorf("one chunk put twice: %+v", s)
	}
}

func TestUnreadIsNeverOffered(t *testing.T) {
	c := open(t, 16)
	for i := range 100 {
		c.Put(chunk(1, i), false)
		c.Peek(id(1, i)) // no demand
	}
	want := cache.Stats{Chunks: 4, Bytes: 4 * mib, Recent: 4 * mib}
	if diff := cmp.Diff(want, c.Stats()); diff != "" {
		t.Errorf("read-ahead alone (-want +got):\n%s", diff)
	}
}

func TestReadIsOfferedAndKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := open(t, 16) // 4 recent, 12 behind
		for i := range 16 {
			c.Put(chunk(1, i), true)
		}
		synctest.Wait() // for the verdicts
		want := cache.Stats{Chunks: 16, Bytes: 16 * mib, Recent: 4 * mib, Offered: 12}
		if diff := cmp.Diff(want, c.Stats()); diff != "" {
			t.Errorf("all fit (-want +got):\n%s", diff)
		}
		for i := range 16 {
			if _, ok := c.Get(id(1, i)); !ok {
				t.Errorf("chunk %d is gone, though all fit", i)
			}
		}
	})
}

func TestReadLaterCountsAsRead(t *testing.T) {
	c := open(t, 16)
	c.Put(chunk(1, 0), false)
	c.Get(id(1, 0))
	for i := range 4 {
		c.Put(chunk(2, i), false)
	}
	settle(t, c, func(s cache.Stats) bool { return s.Offered == 1 })
	if _, ok := c.Peek(id(1, 0)); !ok {
		t.Error("a chunk read ahead and then read fell out as unread")
	}
}

func TestLostSetsAreCountedAndLeave(t *testing.T) {
	c := open(t, 16)
	cache.LoseSets(c)
	for i := range 500 {
		c.Put(chunk(1, i), true)
		if _, ok := c.Get(id(1, i)); !ok {
			t.Fatalf("chunk %d is not here right after Put", i)
		}
	}
	s := settle(t, c, func(s cache.Stats) bool { return s.Dropped == 496 && s.Chunks == 4 && s.Bytes == 4*mib })
	if s.Offered != 496 {
		t.Errorf("after the storm: %+v", s)
	}
}

func TestStormStaysWithinTheBound(t *testing.T) {
	const memory = 64
	c := open(t, memory)
	release := make(chan struct{})
	cache.Hold(c, release)
	for i := range 2000 { // the feeder stands still
		c.Put(chunk(1, i), true)
		if s := c.Stats(); s.Bytes > (memory+cache.Overhang)*mib {
			t.Fatalf("%d MiB of %d", s.Bytes/mib, memory)
		}
	}
	if s := c.Stats(); s.Dropped == 0 {
		t.Errorf("a full queue dropped nothing: %+v", s)
	}
	close(release)

	const writers = 4
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range 2000 {
				c.Put(chunk(10+w, i), true)
				if s := c.Stats(); s.Bytes > (memory+cache.Overhang+writers)*mib {
					t.Errorf("%d MiB of %d", s.Bytes/mib, memory)
					return
				}
			}
		})
	}
	wg.Wait()
	s := settle(t, c, func(s cache.Stats) bool { return s.Bytes <= memory*mib })
	if left := s.Offered - s.Dropped - s.Refused - s.Evicted; s.Chunks != s.Recent/mib+left {
		t.Errorf("chunks unaccounted for: %+v", s)
	}
}

func TestChunksLargerThanTheBudgetLeave(t *testing.T) {
	c := cache.Open(cache.Options{Memory: 1})
	defer c.Close()
	for i := range 10 {
		c.Put(chunk(1, i), true)
	}
	settle(t, c, func(s cache.Stats) bool { return s.Chunks == 0 && s.Bytes == 0 })
}

func TestEverybodyAtOnce(t *testing.T) {
	const memory, goroutines = 32, 8
	c := open(t, memory)
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			rnd := rand.New(rand.NewPCG(1, uint64(g)))
			for range 5000 {
				i := id(1+rnd.IntN(3), rnd.IntN(64))
				switch rnd.IntN(3) {
				case 0:
					c.Peek(i)
				default:
					ch, ok := c.Get(i)
					if !ok {
						c.Put(&teleplay.Chunk{ID: i, Bytes: bytes}, rnd.IntN(2) == 0)
					} else if ch.ID != i {
						t.Errorf("asked for %v, got %v", i, ch.ID)
					}
				}
			}
		})
	}
	wg.Wait()
	settle(t, c, func(s cache.Stats) bool { return s.Bytes <= memory*mib })
}

func TestUseAfterClose(t *testing.T) {
	c := cache.Open(cache.Options{Memory: 16 * mib})
	for i := range 50 {
		c.Put(chunk(1, i), true)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range 1000 {
			c.Get(id(1, i))
			c.Put(chunk(2, i), true)
		}
	})
	c.Close()
	c.Close()
	wg.Wait()
	if _, ok := c.Get(id(2, 999)); !ok {
		t.Error("recent does not work any more")
	}
}

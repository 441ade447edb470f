// Package cache is where chunks stay: an exact index of what lies in memory, and
// the policy that says what stays there.
//
// A chunk comes in by Put and is found at once. It begins in recent, an LRU with a
// quarter of the budget. What falls out of recent and was read by somebody is
// offered to ristretto, which guards what is read again and again; what it refuses
// or evicts leaves the index. ristretto only advises: its Set is asynchronous and
// may drop, so it is never asked for bytes, and each of its answers, a dropped Set
// too, ends in the index.
//
// Chunks are immutable and named by their content's place, so nothing is ever
// invalidated. A chunk that leaves goes to the garbage collector, never to a pool:
// a reader may still be sending it.
package cache

import (
	"log/slog"
	"sync/atomic"

	"github.com/teleplay/teleplay"
)

// DefaultMemory is the budget in bytes when Options name none.
const DefaultMemory = 256 << 20

// Overhang is how many chunks may exist beyond the budget: what waits for
// ristretto's verdict. Each call of Put adds one more while it runs.
const Overhang = queueLength + batchLength

// Options of a Cache. The zero value works.
type Options struct {
	// Memory is the budget in bytes of chunks, DefaultMemory if 0. Below a few
	// MiB all is still right, but hardly anything stays.
	Memory int64
	// Log is silent if nil.
	Log *slog.Logger
}

// Cache keeps complete chunks. All methods are safe for use by any goroutine.
type Cache struct {
	index   index
	recent  recent
	adviser *adviser

	hits, misses atomic.Int64
}

// Open starts a cache. Close ends it.
func Open(o Options) *Cache {
	if o.Memory <= 0 {
		o.Memory = DefaultMemory
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	share := o.Memory / 4 // a smaller LRU loses seeks back: at 10 % they hit 82, not 90 %
	c := &Cache{recent: recent{max: share}}
	c.index.init()
	c.adviser = openAdviser(o.Memory-share, c.index.remove)
	o.Log.Info("cache open", "memory", o.Memory, "recent", share)
	return c
}

// Get looks up a chunk that somebody reads now. It counts as a demand, found or
// not: admission must know a chunk before it is offered.
func (c *Cache) Get(id teleplay.ChunkID) (*teleplay.Chunk, bool) {
	key := mix(id)
	c.adviser.touch(key)
	e := c.index.find(key)
	if e == nil {
		c.misses.Add(1)
		return nil, false
	}
	c.hits.Add(1)
	e.read.Store(true)
	c.recent.touch(e)
	return e.chunk, true
}

// Peek looks up a chunk without being a demand: nothing is kept longer for it.
func (c *Cache) Peek(id teleplay.ChunkID) (*teleplay.Chunk, bool) {
	e := c.index.find(mix(id))
	if e == nil {
		return nil, false
	}
	return e.chunk, true
}

// Put takes a complete chunk, whose bytes nobody writes any more; they are shared,
// not copied. It never waits. read says that somebody demanded the chunk: what was
// only read ahead is not worth ristretto's while and just leaves when it falls out
// of recent. A chunk that is here already stays as it is.
func (c *Cache) Put(ch *teleplay.Chunk, read bool) {
	e, added := c.index.add(mix(ch.ID), ch)
	if read {
		e.read.Store(true)
	}
	if !added {
		if read {
			c.recent.touch(e)
		}
		return
	}
	for fallen := c.recent.add(e); fallen != nil; fallen = c.recent.overflow() {
		if fallen.read.Load() {
			c.adviser.offer(fallen)
		} else {
			c.index.remove(fallen)
		}
	}
}

// Close ends the goroutines and empties what ristretto guards. The other methods
// may still be called; the cache then is recent alone.
func (c *Cache) Close() { c.adviser.close() }

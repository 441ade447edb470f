package cache

import (
	"sync"
	"sync/atomic"

	"github.com/teleplay/teleplay"
)

// shards keep look-ups of different chunks from waiting for each other; a power of
// two well above the cores of a home machine.
const shards = 32

// entry is one chunk in the index.
type entry struct {
	key   uint64
	chunk *teleplay.Chunk
	read  atomic.Bool // somebody demanded it

	// Its place in recent; guarded by recent.mu, nil next = not in it.
	next, prev *entry
}

func (e *entry) cost() int64 { return int64(len(e.chunk.Bytes)) }

// index is the truth about what lies in memory.
type index struct {
	shards        [shards]shard
	chunks, bytes atomic.Int64
}

type shard struct {
	mu      sync.Mutex
	entries map[uint64]*entry
}

func (x *index) init() {
	for i := range x.shards {
		x.shards[i].entries = make(map[uint64]*entry)
	}
}

func (x *index) shard(key uint64) *shard { return &x.shards[key%shards] }

func (x *index) find(key uint64) *entry {
	s := x.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.entries[key]
}

// add is the entry of a chunk, and whether it is new.
func (x *index) add(key uint64, ch *teleplay.Chunk) (e *entry, added bool) {
	s := x.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.entries[key]; e != nil {
		return e, false
	}
	e = &entry{key: key, chunk: ch}
	s.entries[key] = e
	x.chunks.Add(1)
	x.bytes.Add(e.cost())
	return e, true
}

// remove takes out this very entry, not a later one of the same chunk.
func (x *index) remove(e *entry) {
	s := x.shard(e.key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.entries[e.key] == e {
		delete(s.entries, e.key)
		x.chunks.Add(-1)
		x.bytes.Add(-e.cost())
	}
}

// mix is the finaliser of splitmix64 over the packed id. ristretto's counters index
// by the low bits of a key: unmixed, chunk n of every film would share them. It is
// a bijection, so keys are as exact as ids.
func mix(id teleplay.ChunkID) uint64 {
	z := id.Uint64()
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

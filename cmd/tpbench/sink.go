package main

import (
	"math/bits"
	"sync"
	"sync/atomic"
	"time"

	"github.com/teleplay/teleplay"
)

// firstRun is what a player needs to begin, in parts: 64 KiB.
const firstRun = 4

// sink is a teleplay.Sink of one whole chunk that notes when its parts come, from
// its making on. Its fields may be read when Fetch has returned.
type sink struct {
	id    teleplay.ChunkID
	began time.Time
	first uint64        // the part that is waited for
	run   uint64        // the first 64 KiB from that part on
	total *atomic.Int64 // of bytes of many sinks; nil = nobody counts

	mu      sync.Mutex
	b       []byte
	missing uint64
	// since began; 0 = not yet
	firstAt, runAt, wholeAt time.Duration
}

func newSink(id teleplay.ChunkID, from int, total *atomic.Int64) *sink {
	part := from / teleplay.PartSize
	s := &sink{id: id, total: total, b: make([]byte, teleplay.ChunkSize), missing: ^uint64(0)}
	s.first = 1 << part
	s.run = (1<<firstRun - 1) << part // past the chunk's end there is nothing to wait for
	s.began = time.Now()
	return s
}

func (s *sink) Missing() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.missing
}

func (s *sink) Put(part int, b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	run := uint64(1)<<(len(b)/teleplay.PartSize) - 1
	mine := s.missing & (run << part)
	for m := mine; m != 0; m &= m - 1 {
		i := bits.TrailingZeros64(m)
		copy(s.b[i*teleplay.PartSize:(i+1)*teleplay.PartSize], b[(i-part)*teleplay.PartSize:])
	}
	s.missing &^= mine
	if s.total != nil {
		s.total.Add(int64(bits.OnesCount64(mine)) * teleplay.PartSize)
	}
	at := time.Since(s.began)
	for _, e := range []struct {
		parts uint64
		at    *time.Duration
	}{{s.first, &s.firstAt}, {s.run, &s.runAt}, {^uint64(0), &s.wholeAt}} {
		if *e.at == 0 && s.missing&e.parts == 0 {
			*e.at = at
		}
	}
}

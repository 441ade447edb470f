package node

import (
	"math/bits"
	"sync"
	"sync/atomic"

	"github.com/teleplay/teleplay"
)

// fill is a chunk on its way: a teleplay.Sink for its sources, and the run of
// arrived bytes for its readers. Its buffer is made once and becomes the chunk.
type fill struct {
	bytes []byte // set by begin, before the first source may Put

	// A part is claimed by one Put before it is copied and has arrived after: so it
	// is copied once, and a reader that sees its bit may read its bytes.
	claimed, arrived atomic.Uint64

	haste atomic.Pointer[haste] // nil = as the source was told

	mu   sync.Mutex
	news chan struct{} // closed at the next arrival; nil = nobody waits
}

// haste is what somebody wants of a chunk on its way.
type haste struct {
	urgency teleplay.Urgency
	from    int
}

// Haste tells a source what it was not told, or not in time.
func (f *fill) Haste() (u teleplay.Urgency, from int, ok bool) {
	if h := f.haste.Load(); h != nil {
		return h.urgency, h.from, true
	}
	return 0, 0, false
}

func (f *fill) begin(size int) { f.bytes = make([]byte, size) }

// parts is the set of the first n parts; n may be 64.
func parts(n int) uint64 { return 1<<n - 1 }

func (f *fill) all() uint64 { return parts(teleplay.Parts(len(f.bytes))) }

// Missing is the set of parts that nobody has put yet.
func (f *fill) Missing() uint64 { return f.all() &^ f.claimed.Load() }

// Put takes the whole parts of b. A run that goes past the chunk's end is none of
// this chunk's and is ignored, as is a part that is cut short: bytes stand where
// they belong or nowhere.
func (f *fill) Put(part int, b []byte) {
	n := teleplay.Parts(len(f.bytes))
	if part < 0 || part >= n {
		return
	}
	count := len(b) / teleplay.PartSize
	switch rest := len(f.bytes) - part*teleplay.PartSize; {
	case len(b) > rest:
		return
	case len(b) == rest:
		count = n - part
	}
	run := parts(count) << part
	mine := run &^ f.claimed.Or(run)
	if mine == 0 {
		return
	}
	for m := mine; m != 0; m &= m - 1 {
		i := bits.TrailingZeros64(m)
		at, end := i*teleplay.PartSize, min((i+1)*teleplay.PartSize, len(f.bytes))
		copy(f.bytes[at:end], b[(i-part)*teleplay.PartSize:])
	}
	f.arrived.Or(mine)

	f.mu.Lock()
	defer f.mu.Unlock()
	if f.news != nil {
		close(f.news)
		f.news = nil
	}
}

// giveUp claims what is missing: later Puts find nothing to do.
func (f *fill) giveUp() { f.claimed.Store(^uint64(0)) }

// run is what has arrived from byte from on without a gap, up to byte to; nil when
// from itself has not. It is never written again.
func (f *fill) run(from, to int) []byte {
	part := from / teleplay.PartSize
	n := bits.TrailingZeros64(^(f.arrived.Load() >> part))
	if n == 0 {
		return nil
	}
	return f.bytes[from:min((part+n)*teleplay.PartSize, to)]
}

// complete says whether all parts have arrived. It may be asked after begin only.
func (f *fill) complete() bool { return f.arrived.Load() == f.all() }

// changed is closed when more arrives. Ask run after it, not before: what arrived
// in between would go unnoticed.
func (f *fill) changed() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.news == nil {
		f.news = make(chan struct{})
	}
	return f.news
}

package telegram

import (
	"math/bits"

	"github.com/teleplay/teleplay"
)

const partBytes = teleplay.PartSize

// run is a run of a chunk's parts that one upload.getFile fetches: a power of two
// of them, beginning at a multiple of itself, as Telegram demands. It may reach
// past the chunk's end; the answer is short then.
type run struct {
	part, parts int
}

func (r run) offset() int  { return r.part * partBytes }
func (r run) limit() int   { return r.parts * partBytes }
func (r run) mask() uint64 { return (^uint64(0) >> (64 - r.parts)) << r.part }

// length is how many bytes the answer must have in a chunk of size bytes.
func (r run) length(size int) int { return min(r.limit(), size-r.offset()) }

// upTo is the run's beginning, of parts at most.
func (r run) upTo(parts int) run { return run{r.part, min(r.parts, parts)} }

// In parts of 16 KiB.
const (
	edgeRuns  = 4  // of a leading edge
	edgeLeast = 2  // of an urgent run behind the leading edge: 32 KiB
	edgeMost  = 8  // 128 KiB
	bulkLeast = 8  // of any other: 128 KiB
	bulkMost  = 32 // 512 KiB
)

// plan cuts the missing parts of one chunk into runs: from the part that somebody
// waits for to the end, then the front. The tail of an urgent plan begins with the
// leading edge of 16, 16, 32 and 64 KiB, so that the first byte is there at once,
// and goes on in runs that keep every lane busy to the end.
type plan struct {
	size, from int // bytes
	urgent     bool
	cut        int // runs of the tail made
}

func (p *plan) first() int { return min(p.from/partBytes, teleplay.Parts(p.size)-1) }

// tail is what of wanted somebody waits for: the rest is the front.
func (p *plan) tail(wanted uint64) uint64 { return wanted >> p.first() << p.first() }

// next is the next run of parts that are all wanted, on one of lanes, of which some
// are idle and carry little at first; false when none is left.
func (p *plan) next(wanted uint64, lanes int, idle bool) (r run, ok bool) {
	parts := teleplay.Parts(p.size)
	all := ^uint64(0) >> (64 - parts)
	wanted &= all
	start, most := bits.TrailingZeros64(p.tail(wanted)), p.most(lanes, idle)
	if start >= parts {
		if start = bits.TrailingZeros64(wanted); start >= parts {
			return run{}, false
		}
		most = p.even(lanes)
	}
	r = run{start, 1}
	for k := 2; k <= most && start%k == 0; k *= 2 {
		wider := run{start, k}
		there := wider.mask() & all // the rest lies past the end
		if wanted&there != there {
			break
		}
		r = wider
		if start+k >= parts {
			break
		}
	}
	return r, true
}

// edge says that the next run belongs to a leading edge.
func (p *plan) edge() bool { return p.urgent && p.cut < edgeRuns }

// made notes that a run was asked for.
func (p *plan) made(r run) {
	if r.part >= p.first() {
		p.cut++
	}
}

func (p *plan) most(lanes int, idle bool) int {
	if p.urgent {
		if idle {
			return 1
		}
		switch p.cut {
		case 0, 1:
			return 1
		case 2:
			return 2
		case 3:
			return 4
		}
	}
	return p.even(lanes)
}

// even is the most parts of a run where the chunk shall be whole soon, spread evenly
// over all lanes.
func (p *plan) even(lanes int) int {
	if !p.urgent {
		return bulkMost
	}
	return max(edgeLeast, min(teleplay.PartsPerChunk/(2*max(lanes, 1)), edgeMost))
}

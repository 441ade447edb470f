package telegram

import (
	"math/bits"

	"github.com/teleplay/teleplay"
)

// run is a run of a chunk's parts that one upload.getFile fetches: a power of two
// of them, beginning at a multiple of itself, as Telegram demands. It may reach
// past the chunk's end; the answer is short then.
type run struct {
	part, parts int
}

func (r run) offset() int  { return r.part * teleplay.PartSize }
func (r run) limit() int   { return r.parts * teleplay.PartSize }
func (r run) mask() uint64 { return (^uint64(0) >> (64 - r.parts)) << r.part }

// length is how many bytes the answer must have in a chunk of size bytes.
func (r run) length(size int) int { return min(r.limit(), size-r.offset()) }

const (
	urgentMost = 8  // parts of an urgent run: 128 KiB
	bulkMost   = 32 // of any other: 512 KiB
)

// plan cuts the missing parts of one chunk into runs: from the part that somebody
// waits for to the end, then the front. An urgent plan begins with 16, 16, 32 and
// 64 KiB, so that the first byte is there at once.
type plan struct {
	size, from int // bytes
	urgent     bool
	cut        int // runs made
}

// next is the next run of parts that are all wanted; false when none is left.
func (p *plan) next(wanted uint64) (run, bool) {
	parts := teleplay.Parts(p.size)
	first := min(p.from/teleplay.PartSize, parts-1)
	wanted &= ^uint64(0) >> (64 - parts)
	start, most := bits.TrailingZeros64(wanted>>first)+first, p.most()
	if start >= parts {
		start, most = bits.TrailingZeros64(wanted), bulkMost
	}
	if start >= parts {
		return run{}, false
	}
	r := run{start, 1}
	for k := 2; k <= most && start%k == 0; k *= 2 {
		wider := run{start, k}
		there := wider.mask() & (^uint64(0) >> (64 - parts)) // the rest lies past the end
		if wanted&there != there {
			break
		}
		r = wider
		if start+k >= parts {
			break
		}
	}
	p.cut++
	return r, true
}

func (p *plan) most() int {
	if !p.urgent {
		return bulkMost
	}
	switch p.cut {
	case 0, 1:
		return 1
	case 2:
		return 2
	case 3:
		return 4
	}
	return urgentMost
}

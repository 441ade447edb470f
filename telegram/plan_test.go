package telegram

import (
	"math/bits"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/teleplay/teleplay"
)

func TestPlanAsksForEachMissingPartOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, teleplay.ChunkSize).Draw(t, "size")
		p := plan{size: size, from: rapid.IntRange(0, size-1).Draw(t, "from"), urgent: rapid.Bool().Draw(t, "urgent")}
		lanes := rapid.IntRange(0, 40).Draw(t, "lanes")
		parts := teleplay.Parts(size)
		all := ^uint64(0) >> (64 - parts)
		wanted := rapid.Uint64().Draw(t, "missing") & all
		first := p.from / teleplay.PartSize
		want := wanted &^ (1<<first - 1)
		if want == 0 {
			want = wanted
		}
		begin := bits.TrailingZeros64(want)
		for cut := 0; ; cut++ {
			r, ok := p.next(wanted, lanes)
			if !ok {
				break
			}
			p.made(r)
			if cut == 0 && r.part != begin {
				t.Fatalf("begins with part %d, want %d", r.part, begin)
			}
			if r.parts&(r.parts-1) != 0 || r.part%r.parts != 0 || r.offset()+r.limit() > teleplay.ChunkSize {
				t.Fatalf("Telegram refuses %+v", r)
			}
			if r.mask()&all&^wanted != 0 {
				t.Fatalf("%+v asks for what is not wanted", r)
			}
			if n := r.length(size); n <= 0 || n > r.limit() {
				t.Fatalf("%+v has %d bytes", r, n)
			}
			wanted &^= r.mask()
		}
		if wanted != 0 {
			t.Fatalf("parts %x are never asked for", wanted)
		}
	})
}

// TestLeadingEdge: what a player waits for comes first and small, the rest in runs
// that keep all lanes busy to the end, and what lies before it in large ones.
func TestLeadingEdge(t *testing.T) {
	for lanes, want := range map[int][]int{
		1:  {1, 1, 2, 4, 8, 8, 8, 8, 8, 8, 8},
		8:  {1, 1, 2, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4},
		16: {1, 1, 2, 4, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2},
	} {
		if got := cuts(plan{size: teleplay.ChunkSize, urgent: true}, lanes); !cmp.Equal(got, want) {
			t.Errorf("%d lanes: runs of %v parts, want %v", lanes, got, want)
		}
	}
	from := plan{size: teleplay.ChunkSize, from: teleplay.ChunkSize / 2, urgent: true}
	if got, want := cuts(from, 2), []int{1, 1, 2, 4, 8, 8, 8, 32}; !cmp.Equal(got, want) {
		t.Errorf("from the middle: %v, want %v", got, want)
	}
	if got, want := cuts(plan{size: teleplay.ChunkSize}, 2), []int{32, 32}; !cmp.Equal(got, want) {
		t.Errorf("read-ahead: %v, want %v", got, want)
	}
}

// cuts are the lengths of all runs of a chunk of which nothing is there.
func cuts(p plan, lanes int) (lengths []int) {
	wanted := ^uint64(0)
	for {
		r, ok := p.next(wanted, lanes)
		if !ok {
			return lengths
		}
		p.made(r)
		wanted &^= r.mask()
		lengths = append(lengths, r.parts)
	}
}

package telegram

import (
	"math/bits"
	"testing"

	"pgregory.net/rapid"

	"github.com/teleplay/teleplay"
)

func TestPlanAsksForEachMissingPartOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, teleplay.ChunkSize).Draw(t, "size")
		p := plan{size: size, from: rapid.IntRange(0, size-1).Draw(t, "from"), urgent: rapid.Bool().Draw(t, "urgent")}
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
			r, ok := p.next(wanted)
			if !ok {
				break
			}
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

func TestUrgentPlanBeginsSmall(t *testing.T) {
	p := plan{size: teleplay.ChunkSize, urgent: true}
	wanted := ^uint64(0)
	var got []int
	for range 6 {
		r, _ := p.next(wanted)
		wanted &^= r.mask()
		got = append(got, r.parts)
	}
	for i, want := range []int{1, 1, 2, 4, 8, 8} {
		if got[i] != want {
			t.Fatalf("runs of %v parts", got)
		}
	}
}

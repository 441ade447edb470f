package cache

import (
	"math/rand/v2"
	"testing"

	"github.com/teleplay/teleplay"
)

// TestRemoveTakesThisVeryEntry: the verdict on an entry that is gone does not touch
// the one that came after it.
func TestRemoveTakesThisVeryEntry(t *testing.T) {
	var x index
	x.init()
	ch := &teleplay.Chunk{Bytes: make([]byte, 10)}
	old, _ := x.add(5, ch)
	x.remove(old)
	next, added := x.add(5, ch)
	x.remove(old)
	if !added || x.find(5) != next || x.chunks.Load() != 1 || x.bytes.Load() != 10 {
		t.Errorf("found %v, %d chunks of %d bytes", x.find(5), x.chunks.Load(), x.bytes.Load())
	}
}

// unmix is the inverse of mix: two ids never share a key.
func unmix(z uint64) uint64 {
	z = (z ^ z>>31 ^ z>>62) * 0x319642b2d24d8ec3
	z = (z ^ z>>27 ^ z>>54) * 0x96de1b173f119089
	return z ^ z>>30 ^ z>>60
}

func TestMixIsABijection(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		id := teleplay.ChunkID{Message: r.Int32(), Index: uint16(r.Uint32())}
		if got := teleplay.UnpackChunkID(unmix(mix(id))); got != id {
			t.Fatalf("%v came back as %v", id, got)
		}
	}
}

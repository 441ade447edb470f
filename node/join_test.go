package node

import (
	"testing"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/cache"
)

// TestJoinAfterTheFlightLanded: a reader misses the chunk in the cache, its flight
// lands, the reader joins: it gets that chunk, and has demanded it.
func TestJoinAfterTheFlightLanded(t *testing.T) {
	const size = teleplay.ChunkSize
	for u, want := range map[teleplay.Urgency]int64{teleplay.Urgent: 1, teleplay.ReadAhead: 0} {
		c := cache.Open(cache.Options{Memory: 16 * size}) // 4 recent
		e := New(Options{Cache: c})
		landed := &teleplay.Chunk{ID: teleplay.ChunkID{Message: 1}, Bytes: make([]byte, size)}
		c.Put(landed, false)
		if f, ch, err := e.join(landed.ID, size, 0, u); f != nil || ch != landed || err != nil {
			t.Errorf("urgency %d: flight %v, chunk %v, %v", u, f, ch, err)
		}
		for i := range uint16(4) {
			c.Put(&teleplay.Chunk{ID: teleplay.ChunkID{Message: 2, Index: i}, Bytes: landed.Bytes}, false)
		}
		if n := c.Stats().Offered; n != want {
			t.Errorf("urgency %d: counted as read %d times, want %d", u, n, want)
		}
		e.Close()
		c.Close()
	}
}

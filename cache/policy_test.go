//go:build !race

package cache_test

// The race detector makes sync.Pool lose a quarter of what is put in, ristretto's
// touches with it: what stays is judged in the plain pass.

import (
	"testing"
	"testing/synctest"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/cache"
)

// A household's favourites must survive films that somebody watches once.
func TestScanResistance(t *testing.T) {
	const memory, favourites = 256, 64
	synctest.Test(t, func(t *testing.T) {
		c := open(t, memory)
		read := func(film, index int) {
			if _, ok := c.Get(id(film, index)); !ok {
				c.Put(chunk(film, index), true)
			}
			synctest.Wait() // reading goes chunk by chunk: never a storm
		}
		for range 5 {
			for i := range favourites {
				read(1, i)
			}
		}
		for film := range 3 {
			for i := range 2 * memory {
				read(2+film, i)
			}
		}
		hits := 0
		for i := range favourites {
			if _, ok := c.Peek(id(1, i)); ok {
				hits++
			}
		}
		// ristretto samples its victims at random: in thousands of runs 53 to 64 stay.
		// A plain LRU keeps none.
		if hits < favourites*3/4 {
			t.Errorf("%d of %d favourites survived three films", hits, favourites)
		}
	})
}

// Demands speak for a chunk before it is offered, also those that miss it; looks do
// not.
func TestDemandsAdmit(t *testing.T) {
	for name, row := range map[string]struct {
		ask   func(*cache.Cache, teleplay.ChunkID) (*teleplay.Chunk, bool)
		stays bool
	}{
		"Get":  {(*cache.Cache).Get, true},
		"Peek": {(*cache.Cache).Peek, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := open(t, 16) // 4 recent, 12 behind
			for range 4 {
				for i := range 12 {
					c.Get(id(1, i))
					synctest.Wait()
				}
			}
			for i := range 12 {
				c.Put(chunk(1, i), true)
			}
			for i := range 4 {
				c.Put(chunk(2, i), false)
			}
			for range 40 {
				row.ask(c, id(3, 0))
				synctest.Wait()
			}
			c.Put(chunk(3, 0), true)
			for i := range 4 {
				c.Put(chunk(4, i), false)
			}
			synctest.Wait()
			_, ok := c.Peek(id(3, 0))
			if s := c.Stats(); ok != row.stays || s.Offered != 13 || s.Refused+s.Evicted != 1 {
				t.Errorf("%s: the new chunk stays: %v, want %v; %+v", name, ok, row.stays, s)
			}
		})
	}
}

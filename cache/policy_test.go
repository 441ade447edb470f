//go:build !race

package cache_test

// The race detector makes sync.Pool lose a quarter of what is put in, ristretto's
// touches with it: what stays is judged in the plain pass.

import (
	"testing"
	"testing/synctest"
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

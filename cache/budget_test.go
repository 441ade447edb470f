//go:build !race

package cache_test

import "testing"

func TestHitAllocatesNothing(t *testing.T) {
	c := open(t, 16)
	for i := range 16 {
		c.Put(chunk(1, i), true)
	}
	i := 0
	if n := testing.AllocsPerRun(1000, func() {
		c.Get(id(1, i%16))
		c.Peek(id(1, i%16))
		i++
	}); n != 0 {
		t.Errorf("a hit allocates %v times, want 0", n)
	}
}

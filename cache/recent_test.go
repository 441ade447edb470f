package cache_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/cache"
)

// TestTheLeastRecentlyUsedFalls: a demand moves a chunk to the front of recent, a
// look or another copy of it does not.
func TestTheLeastRecentlyUsedFalls(t *testing.T) {
	for name, row := range map[string]struct {
		use  func(*cache.Cache)
		want []int
	}{
		"nothing":    {func(*cache.Cache) {}, []int{1, 2, 3, 4}},
		"Get":        {func(c *cache.Cache) { c.Get(id(1, 0)) }, []int{0, 2, 3, 4}},
		"Put read":   {func(c *cache.Cache) { c.Put(chunk(1, 0), true) }, []int{0, 2, 3, 4}},
		"Put unread": {func(c *cache.Cache) { c.Put(chunk(1, 0), false) }, []int{1, 2, 3, 4}},
		"Peek":       {func(c *cache.Cache) { c.Peek(id(1, 0)) }, []int{1, 2, 3, 4}},
	} {
		t.Run(name, func(t *testing.T) {
			c := open(t, 16) // 4 recent
			for i := range 4 {
				c.Put(chunk(1, i), false)
			}
			row.use(c)
			c.Put(chunk(1, 4), false) // the unread one that falls is gone
			var got []int
			for i := range 5 {
				if _, ok := c.Peek(id(1, i)); ok {
					got = append(got, i)
				}
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("what is here (-want +got):\n%s", diff)
			}
		})
	}
}

// TestALargeChunkPushesOutManySmallOnes: recent keeps its budget in bytes.
func TestALargeChunkPushesOutManySmallOnes(t *testing.T) {
	c := open(t, 4) // 1 recent
	for i := range 10 {
		c.Put(&teleplay.Chunk{ID: id(1, i), Bytes: bytes[:mib/10]}, false)
	}
	c.Put(chunk(2, 0), false)
	want := cache.Stats{Chunks: 1, Bytes: mib, Recent: mib}
	if diff := cmp.Diff(want, c.Stats()); diff != "" {
		t.Errorf("one chunk fills it (-want +got):\n%s", diff)
	}
}

package cache_test

import "testing"

func BenchmarkHit(b *testing.B) {
	c := open(b, 256)
	for i := range 64 {
		c.Put(chunk(1, i), true)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c.Get(id(1, i%64))
	}
}

func BenchmarkHitParallel(b *testing.B) {
	c := open(b, 256)
	for i := range 64 {
		c.Put(chunk(1, i), true)
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			c.Get(id(1, i%64))
		}
	})
}

func BenchmarkPut(b *testing.B) {
	c := open(b, 256)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c.Put(chunk(1+i>>12, i&0xfff), true)
	}
}

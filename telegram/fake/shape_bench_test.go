package fake

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkTimesOfParts is TestTimesOfParts in real time, over TCP: how far the
// slowest getFile was from the model, to which come encryption and the client.
// Idle ones wait a second each: -benchtime 10x.
func BenchmarkTimesOfParts(b *testing.B) {
	s, _ := Profile("bench")
	for _, idle := range []bool{false, true} {
		for _, size := range []int{16 << 10, 128 << 10, 1 << 20} {
			b.Run(fmt.Sprintf("idle=%v/KiB=%d", idle, size>>10), func(b *testing.B) {
				c := startWire(b, Options{Network: s}, parts()).reader(7)
				for range 3 {
					c.part(1 << 20)
				}
				var early, late time.Duration
				for b.Loop() {
					if idle {
						b.StopTimer()
						time.Sleep(idleAfter)
						b.StartTimer()
					}
					took, n := c.part(size)
					off := took - expected(s, n, idle)
					early, late = min(early, off), max(late, off)
				}
				b.ReportMetric(float64(-early)/1e6, "ms-early")
				b.ReportMetric(float64(late)/1e6, "ms-late")
			})
		}
	}
}

package main

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/teleplay/teleplay/telegram/fake"
)

// TestAStreamInTrouble: references die after 20 s and the busiest bot is told to wait
// for 5 s; who watches notices neither.
func TestAStreamInTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const seed, size = 3, 1200 << 20
		b := newBubble(t, fake.Options{Bots: 5, ReferenceTTL: 20 * time.Second,
			Network: fake.Shape{RTT: 50 * time.Millisecond, Rate: 5e6, SlowStart: true}}, 2)
		f := b.film(seed, size)
		time.Sleep(5 * time.Second)
		b.pool.Foresee([]int32{f.Message})
		time.Sleep(10 * time.Second) // half of the references' life
		var busiest int64
		time.AfterFunc(3*time.Second, func() {
			stats := b.getFile()
			for _, bot := range b.bots[1:] {
				if busiest == 0 || stats[bot].Calls > stats[busiest].Calls {
					busiest = bot
				}
			}
			b.control("POST", "/faults", map[string]any{"method": "upload.getFile", "account": busiest,
				"do": map[string]any{"error": map[string]any{"code": 420, "message": "FLOOD_WAIT_5"}}}, nil)
		})
		first, gap, n := b.gaps(f, seed, 12*time.Second)
		stats := b.getFile()
		t.Logf("first byte %v, longest gap %v, %.1f MB/s, %v", first, gap, float64(n)/12e6, stats)
		if gap > 200*time.Millisecond {
			t.Errorf("longest gap %v", gap)
		}
		flooded, dead := int64(0), int64(0)
		for _, s := range stats {
			flooded += s.Errors["FLOOD_WAIT"]
			dead += s.Errors["FILE_REFERENCE_EXPIRED"]
		}
		if flooded == 0 || dead == 0 {
			t.Errorf("%d floods, %d dead references: nothing was proved", flooded, dead)
		}
	})
}

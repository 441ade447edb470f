package telegram_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram"
	"github.com/teleplay/teleplay/telegram/fake"
)

// stopwatch is a Sink that notes when the wanted byte, 64 KiB from it on and the whole
// chunk were there.
type stopwatch struct {
	*fill
	from               int
	begun              time.Time
	looks              sync.Mutex
	first, edge, whole time.Duration
}

func (s *stopwatch) Put(part int, b []byte) {
	s.fill.Put(part, b)
	s.looks.Lock()
	defer s.looks.Unlock()
	now, m := time.Since(s.begun), s.Missing()
	at := s.from / teleplay.PartSize
	if s.first == 0 && m>>at&1 == 0 {
		s.first = now
	}
	if s.edge == 0 && m>>at&15 == 0 {
		s.edge = now
	}
	if s.whole == 0 && m == 0 {
		s.whole = now
	}
}

// bench is the network of all benchmarks.
var bench = fake.Shape{RTT: 50 * time.Millisecond, Rate: 5e6, SlowStart: true}

// TestColdSeek: how soon a cold seek is answered over warm lanes, and over idle ones,
// if nothing took any time but the line.
func TestColdSeek(t *testing.T) {
	for _, c := range []struct{ helpers, lanes int }{{2, 1}, {2, 2}, {2, 4}, {4, 1}} {
		t.Run(fmt.Sprintf("%dx%d", c.helpers, c.lanes), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newBubble(t, fake.Options{Bots: c.helpers + 1, Network: bench})
				const size = 4000 * mib
				message := w.post(synthetic(1, size))[0]
				o := w.options(w.keys(c.helpers + 1))
				o.Lanes, o.LanesMost = c.lanes, c.lanes
				p := telegram.NewPool(o, w.info.Bots[0].Token, w.tokens(1, c.helpers+1))
				background(t, "pool", p.Run)
				time.Sleep(5 * time.Second)
				next := uint16(0)
				read := func(from int, u teleplay.Urgency) *stopwatch {
					next++
					s := &stopwatch{fill: newFill(mib), from: from, begun: time.Now()}
					if err := p.Fetch(context.Background(), teleplay.ChunkID{Message: message, Index: next}, mib, from, u, s); err != nil {
						t.Error(err)
					}
					return s
				}
				warm := func() {
					done := make(chan bool)
					for range 4 * c.helpers * c.lanes {
						go func() { read(0, teleplay.ReadAhead); done <- true }()
						synctest.Wait()
					}
					for range 4 * c.helpers * c.lanes {
						<-done
					}
				}
				lanes := c.helpers * c.lanes
				floor := func(bytes, lanes int) time.Duration {
					return bench.RTT + time.Duration(float64(bytes)/float64(lanes)/float64(bench.Rate)*float64(time.Second))
				}
				warm()
				time.Sleep(20 * time.Millisecond)
				for _, from := range []int{0, 500_000, 1_000_000} {
					s := read(from, teleplay.Urgent)
					t.Logf("warm from %7d: first byte %v, 64 KiB %v, whole MiB %v", from, s.first, s.edge, s.whole)
					if s.first > floor(teleplay.PartSize, 1)+time.Millisecond || s.edge > floor(64<<10, min(lanes, 2))+5*time.Millisecond ||
						s.whole > floor(mib, lanes)*115/100 {
						t.Errorf("from %d: first byte %v, 64 KiB %v, whole MiB %v", from, s.first, s.edge, s.whole)
					}
					time.Sleep(20 * time.Millisecond)
				}
				time.Sleep(2 * time.Second)
				s := read(0, teleplay.Urgent)
				t.Logf("idle: first byte %v, 64 KiB %v, whole MiB %v", s.first, s.edge, s.whole)
				// Half a part fits the first window of TCP.
				if s.first > floor(teleplay.PartSize/2, 1)+time.Millisecond {
					t.Errorf("idle: first byte %v", s.first)
				}
			})
		})
	}
}

// TestSustained: what nobody waits for keeps all lanes busy.
func TestSustained(t *testing.T) {
	for _, c := range []struct{ helpers, lanes int }{{2, 4}, {4, 1}} {
		t.Run(fmt.Sprintf("%dx%d", c.helpers, c.lanes), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newBubble(t, fake.Options{Bots: c.helpers + 1, Network: bench})
				const chunks = 240
				message := w.post(synthetic(1, chunks*mib))[0]
				o := w.options(w.keys(c.helpers + 1))
				o.Lanes, o.LanesMost = c.lanes, c.lanes
				p := telegram.NewPool(o, w.info.Bots[0].Token, w.tokens(1, c.helpers+1))
				background(t, "pool", p.Run)
				time.Sleep(5 * time.Second)
				lanes := c.helpers * c.lanes
				next := make(chan uint16, chunks)
				for i := range uint16(chunks) {
					next <- i
				}
				close(next)
				var all sync.WaitGroup
				var read, half atomic.Int64
				var begun time.Time
				for range 2 * lanes {
					all.Go(func() {
						for i := range next {
							f := newFill(mib)
							if err := p.Fetch(t.Context(), teleplay.ChunkID{Message: message, Index: i}, mib, 0, teleplay.ReadAhead, f); err != nil {
								t.Error(err)
							}
							if read.Add(1) == chunks/3 { // slow start is over
								begun = time.Now()
								half.Store(read.Load())
							} else if read.Load() == chunks*9/10 { // the end leaves lanes without work
								rate := float64(read.Load()-half.Load()) * mib / time.Since(begun).Seconds()
								share := rate / float64(lanes) / float64(bench.Rate)
								t.Logf("%.1f MB/s, %.3f of %d lanes", rate/1e6, share, lanes)
								if share < 0.97 {
									t.Errorf("%.3f of the lanes' rate", share)
								}
							}
						}
					})
				}
				all.Wait()
			})
		})
	}
}

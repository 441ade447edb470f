package telegram_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram"
	"github.com/teleplay/teleplay/telegram/fake"
)

const filmSize = 400 * mib

// lanes has every helper keep n of them, no more and no less.
func lanes(n int) func(*telegram.Options) {
	return func(o *telegram.Options) { o.Lanes, o.LanesMost = n, n }
}

// film posts one and reads its first chunks, so that the pool knows it and its lanes
// are warm.
func (w *world) film(p *telegram.Pool) (message int32) {
	w.t.Helper()
	message = w.post(synthetic(1, filmSize))[0]
	for i := range uint16(8) {
		if err := chunk(p, message, i, filmSize); err != nil {
			w.t.Fatal(err)
		}
	}
	return message
}

// watch fetches a whole chunk of a film and says when its bytes came.
func watch(t *testing.T, p *telegram.Pool, message int32, index uint16, u teleplay.Urgency) *stopwatch {
	t.Helper()
	s := &stopwatch{fill: newFill(mib), begun: time.Now()}
	if err := p.Fetch(context.Background(), teleplay.ChunkID{Message: message, Index: index}, mib, 0, u, s); err != nil {
		t.Errorf("chunk %d: %v after %v", index, err, time.Since(s.begun))
	}
	return s
}

// TestTenSeeksAtOnce: none waits for the whole chunks of those before it.
func TestTenSeeksAtOnce(t *testing.T) {
	for helpers, most := range map[int]time.Duration{1: 200 * time.Millisecond, 2: 125 * time.Millisecond} {
		whole := bench.RTT + 120*time.Duration(10*mib/2/helpers)*time.Second/time.Duration(bench.Rate)/100
		t.Run(fmt.Sprint(helpers), func(t *testing.T) {
			bubble(t, fake.Options{Bots: helpers + 1, Network: bench}, func(t *testing.T, w *world) {
				p := w.started(helpers, lanes(2))
				message := w.film(p)
				var all sync.WaitGroup
				var seeks [10]*stopwatch
				for i := range seeks {
					all.Go(func() { seeks[i] = watch(t, p, message, uint16(20+i), teleplay.Urgent) })
					synctest.Wait()
				}
				all.Wait()
				for i, s := range seeks {
					if s.first > most || s.whole > whole {
						t.Errorf("seek %d: first byte %v, whole %v", i, s.first, s.whole)
					}
				}
			})
		})
	}
}

// TestASeekWhileALaneIsLost: what was on it is asked for again as soon as that is
// known, and the other lanes of the only bot serve while it is away.
func TestASeekWhileALaneIsLost(t *testing.T) {
	bubble(t, fake.Options{Bots: 2, Network: bench}, func(t *testing.T, w *world) {
		p := w.started(1, lanes(4))
		message := w.film(p)
		w.fault(object{"method": "upload.getFile", "nth": 1, "do": object{"reset": true}})
		// A round trip each until it is known and for the part.
		if s := watch(t, p, message, 21, teleplay.Urgent); s.first > 2*bench.RTT+25*time.Millisecond {
			t.Errorf("first byte %v", s.first)
		}
		if n := p.Stats().Lanes; n != 3 {
			t.Errorf("%d lanes", n)
		}
		if s := watch(t, p, message, 22, teleplay.Urgent); s.first > 60*time.Millisecond {
			t.Errorf("over the others: first byte %v", s.first)
		}
	})
}

// TestASeekWhileLanesAreSilent: one stalls, alone or while another is lost: the part
// is asked for over a lane that is well, once it has taken too long.
func TestASeekWhileLanesAreSilent(t *testing.T) {
	for name, c := range map[string]struct {
		faults []object
		most   time.Duration
	}{
		"one": {
			[]object{{"nth": 1, "do": object{"stall": "20s"}}},
			150*time.Millisecond + bench.RTT + 25*time.Millisecond,
		},
		"one, another is lost": {
			[]object{{"nth": 1, "do": object{"reset": true}}, {"nth": 3, "do": object{"stall": "20s"}}},
			150*time.Millisecond + 2*bench.RTT + 50*time.Millisecond,
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, fake.Options{Bots: 2, Network: bench}, func(t *testing.T, w *world) {
				p := w.started(1, lanes(4))
				message := w.film(p)
				for _, f := range c.faults {
					f["method"] = "upload.getFile"
					w.fault(f)
				}
				s := watch(t, p, message, 21, teleplay.Urgent)
				if s.first > c.most || s.whole > time.Second {
					t.Errorf("first byte %v, whole %v", s.first, s.whole)
				}
				if n := p.Stats().Hedges; n == 0 {
					t.Error("nothing was silent")
				}
				if s := watch(t, p, message, 22, teleplay.Urgent); s.first > 60*time.Millisecond {
					t.Errorf("the next: first byte %v", s.first)
				}
			})
		})
	}
}

// TestARaiseOfWhatIsLate: somebody comes to a chunk whose answers have been lost for
// longer than a player waits. It does not fail at once, but is asked for at once.
func TestARaiseOfWhatIsLate(t *testing.T) {
	bubble(t, fake.Options{Bots: 3, Network: bench}, func(t *testing.T, w *world) {
		p := w.started(2, lanes(2))
		message := w.film(p)
		w.fault(object{"method": "upload.getFile", "count": 2, "do": object{"drop": true}})
		s := &stopwatch{fill: newFill(mib), begun: time.Now()}
		id := teleplay.ChunkID{Message: message, Index: 50}
		done := make(chan error, 1)
		go func() { done <- p.Fetch(t.Context(), id, mib, 0, teleplay.ReadAhead, s) }()
		const late = 11 * time.Second
		time.Sleep(late)
		if s.Missing() == 0 {
			t.Fatal("nothing was lost")
		}
		p.Raise(id, 0, teleplay.Urgent, s)
		if err := <-done; err != nil {
			t.Error(err)
		}
		if s.whole < late || s.whole > late+time.Second {
			t.Errorf("whole %v after it was raised", s.whole-late)
		}
	})
}

// eager is a sink of which somebody wants more haste than its source was told.
type eager struct {
	*stopwatch
	urgency teleplay.Urgency
	from    int
	ok      bool
}

func (s eager) Haste() (teleplay.Urgency, int, bool) { return s.urgency, s.from, s.ok }

// TestHasteThatCameBeforeTheFetch: a read-ahead whose sink tells of a player begins at
// the player's byte, in the small parts of a leading edge.
func TestHasteThatCameBeforeTheFetch(t *testing.T) {
	const from, k = 32*teleplay.PartSize + 100, 1 << 10
	for name, c := range map[string]struct {
		sink  eager
		hurry bool
	}{
		"haste":   {eager{urgency: teleplay.Urgent, from: from, ok: true}, true},
		"as told": {eager{}, false},
		"less":    {eager{urgency: teleplay.HandOver, from: from, ok: true}, false},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, fake.Options{Bots: 2, Network: bench}, func(t *testing.T, w *world) {
				p := w.started(1, lanes(1))
				message := w.film(p)
				before := len(w.calls("upload.getFile"))
				s := c.sink
				s.stopwatch = &stopwatch{fill: newFill(mib), from: from, begun: time.Now()}
				id := teleplay.ChunkID{Message: message, Index: 50}
				if err := p.Fetch(t.Context(), id, mib, 0, teleplay.ReadAhead, s); err != nil {
					t.Fatal(err)
				}
				limits := map[int64]int64{} // by offset in the chunk
				least := int64(mib)
				for _, call := range w.calls("upload.getFile")[before:] {
					var a struct{ Offset, Limit int64 }
					if err := json.Unmarshal(call.Args, &a); err != nil {
						t.Fatal(err)
					}
					limits[a.Offset-id.Offset()] = a.Limit
					least = min(least, a.Limit)
				}
				if !c.hurry {
					if least < 128*k || limits[0] == 0 {
						t.Errorf("parts of %d bytes and more, at 0: %d", least, limits[0])
					}
					return
				}
				for at, want := range map[int64]int64{512 * k: 16 * k, 528 * k: 16 * k, 544 * k: 32 * k, 576 * k: 64 * k} {
					if limits[at] != want {
						t.Errorf("%d bytes at %d, want %d", limits[at], at, want)
					}
				}
				if s.first > 60*time.Millisecond {
					t.Errorf("first byte %v", s.first)
				}
			})
		})
	}
}

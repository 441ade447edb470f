package telegram_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram"
	"github.com/teleplay/teleplay/telegram/fake"
)

// smallSize is of a file that one question fetches.
const smallSize = 10_000

// TestAPartThatTakesTooLongIsAskedTwice: after 150 ms, or twice what 95 of 100 answers
// stay below, and not a moment later.
func TestAPartThatTakesTooLongIsAskedTwice(t *testing.T) {
	for rtt, patience := range map[time.Duration]time.Duration{
		20 * time.Millisecond:  150 * time.Millisecond,
		74 * time.Millisecond:  150 * time.Millisecond,
		200 * time.Millisecond: 400 * time.Millisecond,
	} {
		t.Run(rtt.String(), func(t *testing.T) {
			bubble(t, fake.Options{Bots: 3, Network: fake.Shape{RTT: rtt}}, func(t *testing.T, w *world) {
				p := w.started(2, nil)
				message := w.post(synthetic(1, smallSize))[0]
				read := func() time.Duration {
					begun := time.Now()
					if err := chunk(p, message, 0, smallSize); err != nil {
						t.Error(err)
					}
					return time.Since(begun)
				}
				for range 64 {
					read()
				}
				before := p.Stats()
				w.control("POST", "/connections/stall", object{"account": w.info.Bots[1].ID, "for": "4s"}, nil)
				var took []time.Duration
				for range 12 {
					took = append(took, read())
				}
				slices.Sort(took)
				after := p.Stats()
				twice := int(after.Hedges - before.Hedges)
				if twice < 1 || after.HedgesWon-before.HedgesWon != int64(twice) || after.Late != before.Late {
					t.Errorf("%d asked twice, %+v", twice, after)
				}
				want := slices.Repeat([]time.Duration{rtt}, 12-twice)
				want = append(want, slices.Repeat([]time.Duration{patience + rtt}, twice)...)
				if diff := cmp.Diff(want, took); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// TestFewPartsAreAskedTwice: however slow Telegram is.
func TestFewPartsAreAskedTwice(t *testing.T) {
	bubble(t, fake.Options{Bots: 3, Network: fake.Shape{RTT: 20 * time.Millisecond, Rate: 1_000_000}}, func(t *testing.T, w *world) {
		p := w.started(2, nil)
		l := w.load(p, 4, teleplay.Urgent)
		time.Sleep(10 * time.Second)
		for range 3 { // all answers are slower now than any was before
			before := p.Stats()
			w.control("PATCH", "/network", object{"default": object{"think": "1s"}}, nil)
			time.Sleep(5 * time.Second)
			w.control("PATCH", "/network", object{"default": object{"think": nil}}, nil)
			time.Sleep(10 * time.Second)
			s := p.Stats()
			if n := s.Hedges - before.Hedges; n < 10 || s.Hedges > s.Parts/10+2 {
				t.Errorf("%d, in all %d of %d asked twice", n, s.Hedges, s.Parts)
			}
		}
		if n := l.errors.Load(); n != 0 {
			t.Errorf("%d readers noticed", n)
		}
	})
}

// puts notes when parts come.
type puts struct {
	*fill
	mu sync.Mutex
	at []time.Duration
	t0 time.Time
}

func (s *puts) Put(part int, b []byte) {
	s.mu.Lock()
	s.at = append(s.at, time.Since(s.t0))
	s.mu.Unlock()
	s.fill.Put(part, b)
}

func (s *puts) all() []time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.at)
}

// TestALateAnswerLands: whoever else has brought the part, and though nobody waits.
func TestALateAnswerLands(t *testing.T) {
	bubble(t, fake.Options{Bots: 3}, func(t *testing.T, w *world) {
		p := w.started(2, nil)
		message := w.post(synthetic(1, smallSize))[0]
		for range 4 {
			if err := chunk(p, message, 0, smallSize); err != nil {
				t.Fatal(err)
			}
		}
		id := teleplay.ChunkID{Message: message}
		time.Sleep(100 * time.Millisecond)
		w.fault(object{"method": "upload.getFile", "do": object{"delay": "2s"}})
		s := &puts{fill: newFill(smallSize), t0: time.Now()}
		if err := p.Fetch(t.Context(), id, smallSize, 0, teleplay.Urgent, s); err != nil {
			t.Error(err)
		}
		time.Sleep(3 * time.Second)
		if diff := cmp.Diff([]time.Duration{150 * time.Millisecond, 2 * time.Second}, s.all()); diff != "" {
			t.Error(diff)
		}
		w.fault(object{"method": "upload.getFile", "do": object{"delay": "2s"}})
		s = &puts{fill: newFill(smallSize), t0: time.Now()}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := p.Fetch(ctx, id, smallSize, 0, teleplay.ReadAhead, s); err == nil {
			t.Error("came in time")
		}
		time.Sleep(2 * time.Second)
		if diff := cmp.Diff([]time.Duration{2 * time.Second}, s.all()); diff != "" || s.Missing() != 0 {
			t.Errorf("missing %b, %s", s.Missing(), diff)
		}
	})
}

// TestLanesGrowWhileSomebodyWaits: and only then; those that nobody uses go.
func TestLanesGrowWhileSomebodyWaits(t *testing.T) {
	bubble(t, fake.Options{Bots: 2, Network: fake.Shape{RTT: 20 * time.Millisecond, Rate: 500_000}}, func(t *testing.T, w *world) {
		p := w.started(1, func(o *telegram.Options) { o.Lanes, o.LanesMost = 2, 6 })
		lanes := func() int { return p.Stats().Lanes }
		l := w.load(p, 6, teleplay.ReadAhead)
		time.Sleep(20 * time.Second)
		if n := lanes(); n != 2 {
			t.Errorf("%d lanes for read-ahead", n)
		}
		l.stop()
		l = w.load(p, 6, teleplay.Urgent)
		begun := time.Now()
		for want := 3; want <= 6; want++ {
			within(t, 3*time.Second, "a lane more", func() bool { return lanes() == want })
		}
		if d := time.Since(begun); d < 3*time.Second {
			t.Errorf("4 lanes more within %v", d)
		}
		time.Sleep(10 * time.Second)
		l.stop()
		time.Sleep(5 * time.Second) // what is in flight comes
		time.Sleep(50 * time.Second)
		if n := lanes(); n != 6 {
			t.Errorf("%d lanes after less than a minute", n)
		}
		time.Sleep(10 * time.Second)
		if n := lanes(); n != 2 {
			t.Errorf("%d lanes after a minute", n)
		}
	})
}

// refused notes when Telegram closed connections that were too many.
type refused struct {
	slog.Handler
	mu *sync.Mutex
	at *[]time.Time
}

func (h refused) Handle(ctx context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if strings.Contains(a.Value.String(), "transport flood") {
			h.mu.Lock()
			*h.at = append(*h.at, time.Now())
			h.mu.Unlock()
		}
		return true
	})
	return h.Handler.Handle(ctx, r)
}

// TestTooManyConnections: the lane that Telegram refuses is closed and half of them
// with it; the next comes after 1 s, then after twice as long, up to a minute.
func TestTooManyConnections(t *testing.T) {
	bubble(t, fake.Options{Bots: 2, Network: fake.Shape{RTT: 20 * time.Millisecond, Rate: 1_000_000}}, func(t *testing.T, w *world) {
		var d dials
		var no []time.Time
		p := w.started(1, func(o *telegram.Options) {
			d.count(o)
			o.Log = slog.New(refused{o.Log.Handler(), new(sync.Mutex), &no})
		})
		l := w.load(p, 6, teleplay.Urgent)
		within(t, 10*time.Second, "lanes", func() bool { return p.Stats().Lanes == 4 })
		w.control("PATCH", "/limits", object{"connections_per_account": 4}, nil)
		within(t, 10*time.Second, "a refusal", func() bool { return p.Stats().Lanes == 2 })
		time.Sleep(4 * time.Minute)
		l.stop()
		pause := time.Second
		for _, at := range no {
			next := d.within(at.Add(time.Millisecond), time.Now())
			if len(next) == 0 {
				break
			}
			if gap := next[0].Sub(at); gap < pause || gap > pause+time.Second {
				t.Errorf("the next %v after a refusal, want %v", gap, pause)
			}
			pause = min(2*pause, time.Minute)
		}
		if len(no) < 6 || pause != time.Minute {
			t.Errorf("%d refusals, the last pause %v", len(no), pause)
		}
		if n := l.errors.Load(); n != 0 {
			t.Errorf("%d readers noticed", n)
		}
	})
}

package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram"
	"github.com/teleplay/teleplay/telegram/fake"
)

// dials are when connections were tried.
type dials struct {
	mu sync.Mutex
	at []time.Time
}

func (d *dials) count(o *telegram.Options) {
	dial := o.Dial
	o.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		d.mu.Lock()
		d.at = append(d.at, time.Now())
		d.mu.Unlock()
		return dial(ctx, network, address)
	}
}

// within are those from from to to.
func (d *dials) within(from, to time.Time) (list []time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, t := range d.at {
		if !t.Before(from) && t.Before(to) {
			list = append(list, t)
		}
	}
	return list
}

// TestADataCentreThatIsDown: for a minute, refusing or silent, one or both. Who asks
// meanwhile is told within 10 s, the bot tries at most once a second, and is back 5 s
// after the data centre at the latest.
func TestADataCentreThatIsDown(t *testing.T) {
	for name, c := range map[string]struct {
		how string
		dcs []int
	}{
		"refuses":         {"refuse", []int{2}},
		"both refuse":     {"refuse", []int{2, 4}},
		"black hole":      {"blackhole", []int{2}},
		"two black holes": {"blackhole", []int{2, 4}},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, fake.Options{Bots: 2, Network: fake.Shape{RTT: 20 * time.Millisecond}}, func(t *testing.T, w *world) {
				var d dials
				p := w.started(1, d.count)
				const size = 64 * mib
				var messages []int32
				for _, dc := range []int{2, 4} {
					media := synthetic(1, size)
					media["dc"] = dc
					messages = append(messages, w.post(media)...)
				}
				next := uint16(0)
				read := func() error {
					var err error
					next++
					for i := range c.dcs {
						err = errors.Join(err, chunk(p, messages[i], next, size))
					}
					return err
				}
				if err := read(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(2 * time.Second)
				before := p.Stats().Lanes
				down := time.Now()
				up := down.Add(time.Minute)
				for _, dc := range c.dcs {
					w.control("PUT", fmt.Sprint("/dcs/", dc), object{"up": false, "how": c.how, "for": "60s"}, nil)
				}
				for range 3 {
					for i := range c.dcs {
						begun := time.Now()
						next++
						err := chunk(p, messages[i], next, size)
						var e *teleplay.Error
						if !errors.As(err, &e) || e.Code != "upstream_timeout" || !errors.Is(err, teleplay.ErrUnavailable) {
							t.Errorf("got %v", err)
						}
						if took := time.Since(begun); took > 10*time.Second {
							t.Errorf("told after %v", took)
						}
					}
				}
				time.Sleep(time.Until(up))
				tries := d.within(down.Add(time.Millisecond), up)
				other := 0 // a try of an address for media goes on with the ordinary one
				for i, at := range tries[1:] {
					switch gap := at.Sub(tries[i]); {
					case gap == 0:
						other++
					case gap < time.Second:
						t.Errorf("tried %v after the try before", gap)
					}
				}
				if other > len(c.dcs)-1 {
					t.Errorf("%d tries at once with another", other)
				}
				if len(tries) < 5 {
					t.Errorf("%d tries in a minute", len(tries))
				}
				within(t, 5*time.Second, "bytes again", func() bool { return read() == nil })
				if back := time.Since(up); back > 5*time.Second {
					t.Errorf("back %v after the data centre", back)
				}
				time.Sleep(10 * time.Second)
				if n := p.Stats().Lanes; n < before {
					t.Errorf("%d lanes, %d before", n, before)
				}
				if n := w.totals(); n.Exchanges != 0 || n.Logins != 0 {
					t.Errorf("%+v", n)
				}
			})
		})
	}
}

// TestAHalfOpenLink: parts on it go to another bot after 5 s at the latest, and the
// connection is dropped within 20 s.
func TestAHalfOpenLink(t *testing.T) {
	bubble(t, fake.Options{Bots: 3, Network: fake.Shape{RTT: 20 * time.Millisecond, Rate: 5_000_000}}, func(t *testing.T, w *world) {
		p := w.started(2, nil)
		const size = 64 * mib
		message := w.post(synthetic(1, size))[0]
		for i := range uint16(4) {
			if err := chunk(p, message, i, size); err != nil {
				t.Fatal(err)
			}
		}
		stalled := w.info.Bots[1].ID
		begun := time.Now()
		w.control("POST", "/connections/stall", object{"account": stalled, "for": "10m"}, nil)
		for i := range uint16(6) {
			asked := time.Now()
			if err := chunk(p, message, 10+i, size); err != nil {
				t.Errorf("chunk %d: %v", 10+i, err)
			}
			if d := time.Since(asked); d > 5500*time.Millisecond {
				t.Errorf("chunk %d came after %v", 10+i, d)
			}
		}
		time.Sleep(time.Until(begun.Add(20 * time.Second)))
		// What replaces it is another connection, which works.
		within(t, 5*time.Second, "the bot again", func() bool { return len(w.since("help.getConfig", stalled, begun)) > 0 })
		time.Sleep(time.Second)
		var all sync.WaitGroup
		for i := range uint16(16) {
			all.Go(func() {
				if err := chunk(p, message, 30+i, size); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := len(w.since("upload.getFile", stalled, begun.Add(20*time.Second))); n == 0 {
			t.Error("the bot is not used again")
		}
	})
}

// TestAHalfOpenIdleLink: nobody asks for anything, and it is noticed too.
func TestAHalfOpenIdleLink(t *testing.T) {
	bubble(t, fake.Options{Bots: 2}, func(t *testing.T, w *world) {
		var d dials
		w.started(1, d.count)
		time.Sleep(30 * time.Second)
		begun := time.Now()
		w.control("POST", "/connections/stall", object{"for": "10m"}, nil)
		time.Sleep(21 * time.Second)
		if n := d.within(begun, begun.Add(20500*time.Millisecond)); len(n) == 0 {
			t.Error("not noticed within 20 s")
		}
	})
}

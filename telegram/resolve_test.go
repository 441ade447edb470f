package telegram_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram"
	"github.com/teleplay/teleplay/telegram/fake"
)

// TestAColdFileWhileOneResolverIsSlow: whichever helper is asked first where a file
// lies, another is asked soon if it takes its time.
func TestAColdFileWhileOneResolverIsSlow(t *testing.T) {
	slow := func(method string) func(*world) {
		return func(w *world) { w.fault(object{"method": method, "count": 1, "do": object{"delay": "3s"}}) }
	}
	silent := func(bot int) func(*world) {
		return func(w *world) {
			w.control("POST", "/connections/stall", object{"account": w.info.Bots[bot].ID, "for": "60s"}, nil)
		}
	}
	for name, c := range map[string]struct {
		known bool // another file has been read
		harm  func(*world)
	}{
		"slow to read":     {false, slow("channels.getMessages")},
		"slow to find":     {false, slow("channels.getChannels")},
		"half open, one":   {true, silent(1)},
		"half open, two":   {true, silent(2)},
		"half open, three": {true, silent(3)},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, fake.Options{Bots: 4, Network: bench}, func(t *testing.T, w *world) {
				p := w.started(3, lanes(2))
				if c.known {
					w.film(p)
				}
				message := w.post(synthetic(2, filmSize))[0]
				c.harm(w)
				if s := watch(t, p, message, 0, teleplay.Urgent); s.first > 500*time.Millisecond || s.whole > time.Second {
					t.Errorf("first byte %v, whole %v", s.first, s.whole)
				}
			})
		})
	}
}

// TestAMessageThatIsGoneFarAway: however long the way, one helper is asked for it and
// no other, by a fetch or ahead of need.
func TestAMessageThatIsGoneFarAway(t *testing.T) {
	bubble(t, fake.Options{Bots: 5, Network: fake.Shape{RTT: 200 * time.Millisecond, Rate: 5e6}}, func(t *testing.T, w *world) {
		ids := w.post(synthetic(1, smallSize), synthetic(2, smallSize))
		p := w.started(4, lanes(2))
		for _, id := range ids {
			w.control("DELETE", fmt.Sprintf("/channels/%d/messages/%d", w.info.Channels[0].ID, id), nil, nil)
		}
		if err := chunk(p, ids[0], 0, smallSize); code(err) != "file_missing" {
			t.Errorf("got %v", err)
		}
		time.Sleep(2 * time.Second)
		if n := len(w.calls("channels.getMessages")); n != 1 {
			t.Errorf("fetched: %d questions", n)
		}
		p.Foresee(ids)
		time.Sleep(5 * time.Second)
		if n := len(w.calls("channels.getMessages")); n != 2 {
			t.Errorf("foreseen: %d questions more", n-1)
		}
		if err := chunk(p, ids[1], 0, smallSize); code(err) != "file_missing" {
			t.Errorf("got %v", err)
		}
		if n := len(w.calls("channels.getMessages")); n != 2 {
			t.Errorf("fetched when that was known: %d questions more", n-2)
		}
	})
}

// TestForeseenBeforeAHelperIsFit: it is asked for when one is.
func TestForeseenBeforeAHelperIsFit(t *testing.T) {
	bubble(t, fake.Options{Bots: 2, Network: bench}, func(t *testing.T, w *world) {
		message := w.post(synthetic(1, filmSize))[0]
		for _, dc := range []int{2, 4} {
			w.control("PUT", fmt.Sprint("/dcs/", dc), object{"up": false, "how": "refuse", "for": "2s"}, nil)
		}
		p := telegram.NewPool(w.options(w.keys(2)), w.info.Bots[0].Token, w.tokens(1, 2))
		background(t, "pool", p.Run)
		p.Foresee([]int32{message})
		time.Sleep(time.Minute)
		if n := len(w.calls("channels.getMessages")); n != 1 {
			t.Errorf("%d questions", n)
		}
		if err := chunk(p, message, 0, filmSize); err != nil {
			t.Error(err)
		}
		if n := len(w.calls("channels.getMessages")); n != 1 {
			t.Errorf("%d questions when it is read", n)
		}
	})
}

// TestAReferenceRenewedAndNeverUsed: when it has run out the file is read with another.
func TestAReferenceRenewedAndNeverUsed(t *testing.T) {
	for _, helpers := range []int{1, 2} {
		t.Run(fmt.Sprint(helpers), func(t *testing.T) {
			bubble(t, fake.Options{Bots: 3, Network: bench}, func(t *testing.T, w *world) {
				w.control("PATCH", "/settings", object{"reference_ttl": "3h"}, nil)
				message := w.post(synthetic(1, filmSize))[0]
				p := w.started(helpers, lanes(2))
				p.Foresee([]int32{message})
				time.Sleep(61 * time.Minute)
				p.Foresee([]int32{message}) // seen again, and renewed for its age
				time.Sleep(time.Minute)
				if n := len(w.calls("channels.getMessages")); n != 2*helpers {
					t.Errorf("%d questions", n)
				}
				time.Sleep(4 * time.Hour)
				if s := watch(t, p, message, 0, teleplay.Urgent); s.first > time.Second {
					t.Errorf("first byte %v", s.first)
				}
				if n := w.totals().ReferenceErrors; n == 0 {
					t.Error("no reference ran out")
				}
			})
		})
	}
}

// TestAReferenceThatRanOutEarly: what it taught about their life wears off.
func TestAReferenceThatRanOutEarly(t *testing.T) {
	bubble(t, fake.Options{Bots: 2, Network: bench}, func(t *testing.T, w *world) {
		p := w.started(1, lanes(2))
		message := w.film(p)
		w.control("POST", "/references/expire", object{}, nil)
		next := uint16(8)
		play := func(d time.Duration) (questions int) {
			t.Helper()
			before := len(w.calls("channels.getMessages"))
			for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(time.Second) {
				if err := chunk(p, message, next%400, filmSize); err != nil {
					t.Error(err)
				}
				next++
			}
			return len(w.calls("channels.getMessages")) - before
		}
		if n := play(2 * time.Minute); n < 5 {
			t.Errorf("%d questions, nothing was learned", n)
		}
		time.Sleep(time.Hour)
		if n := play(2 * time.Minute); n > 2 {
			t.Errorf("%d questions an hour later", n)
		}
	})
}

// TestAWrongSizeHarmsNobodyElse: who asks for a chunk that the file does not have is
// refused, and others read the file on.
func TestAWrongSizeHarmsNobodyElse(t *testing.T) {
	bubble(t, fake.Options{Bots: 3, Network: bench}, func(t *testing.T, w *world) {
		const size = 3*mib - 5
		p := w.started(2, lanes(2))
		message := w.post(synthetic(1, size))[0]
		wrong := make(chan error, 1)
		for i := range uint16(3) {
			go func() { wrong <- chunk(p, message, 2, size+5) }()
			id := teleplay.ChunkID{Message: message, Index: i}
			b, err := fetch(t.Context(), p, id, size, 0)
			if err != nil || !bytes.Equal(b, expected(1, id.Offset(), id.Length(size))) {
				t.Errorf("chunk %d: %d bytes, %v", i, len(b), err)
			}
			if err := <-wrong; code(err) != "file_missing" {
				t.Errorf("the wrong size: %v", err)
			}
		}
	})
}

// TestWrongOptions: a pool that cannot run refuses, and does not panic, whatever it is
// asked for.
func TestWrongOptions(t *testing.T) {
	o := telegram.Options{DC: "x", Dial: func(context.Context, string, string) (net.Conn, error) { return nil, net.ErrClosed }}
	p := telegram.NewPool(o, "1:a", nil)
	p.Foresee([]int32{1})
	id := teleplay.ChunkID{Message: 1}
	if _, err := fetch(t.Context(), p, id, smallSize, 0); code(err) != "upstream_timeout" {
		t.Errorf("got %v", err)
	}
	p.Raise(id, 0, teleplay.Urgent, newFill(smallSize))
	if n := p.Stats().Lanes; n != 0 || p.Ready() {
		t.Errorf("%d lanes, ready: %v", n, p.Ready())
	}
	if err := p.Run(t.Context()); err == nil {
		t.Error("it runs")
	}
}

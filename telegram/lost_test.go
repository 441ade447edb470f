package telegram_test

import (
	"testing"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram/fake"
)

// TestLostAnswersTakeNoRoomForEver: of nine answers that are lost, more than there are
// lanes, each costs its chunk 15 s and nothing later.
func TestLostAnswersTakeNoRoomForEver(t *testing.T) {
	for name, c := range map[string]struct{ helpers, lanes int }{"one lane": {1, 1}, "two by two": {2, 2}} {
		t.Run(name, func(t *testing.T) {
			bubble(t, fake.Options{Bots: c.helpers + 1, Network: bench}, func(t *testing.T, w *world) {
				p := w.started(c.helpers, lanes(c.lanes))
				message := w.film(p)
				next := uint16(8)
				read := func(u teleplay.Urgency) time.Duration {
					t.Helper()
					next++
					return watch(t, p, message, next, u).whole
				}
				for i := range 9 {
					w.fault(object{"method": "upload.getFile", "count": 1, "do": object{"drop": true}})
					if d := read(teleplay.ReadAhead); d < 15*time.Second || d > 16*time.Second {
						t.Errorf("answer %d is lost: whole %v", i, d)
					}
					time.Sleep(time.Minute)
					if d := read(teleplay.ReadAhead); d > time.Second {
						t.Errorf("a minute after lost answer %d: whole %v", i, d)
					}
					if d := read(teleplay.Urgent); d > time.Second {
						t.Errorf("a minute after lost answer %d, urgent: whole %v", i, d)
					}
				}
				if n := p.Stats(); n.Late != 9 || n.Lanes != c.helpers*c.lanes {
					t.Errorf("%d late, %d lanes", n.Late, n.Lanes)
				}
			})
		})
	}
}

// TestServerTroubleOfOneHelper: what nobody waits for is brought by the other.
func TestServerTroubleOfOneHelper(t *testing.T) {
	bubble(t, fake.Options{Bots: 3, Network: bench}, func(t *testing.T, w *world) {
		p := w.started(2, lanes(2))
		message := w.film(p)
		ill := w.info.Bots[1].ID
		w.fault(object{"method": "upload.getFile", "account": ill, "count": 0, "do": failure(500, "INTERNAL")})
		for i := range uint16(20) {
			if s := watch(t, p, message, 20+i, teleplay.ReadAhead); s.whole > 2*time.Second {
				t.Errorf("chunk %d: whole %v", i, s.whole)
			}
		}
		if n := troubles(p, ill); n["trouble"] == 0 {
			t.Errorf("nothing was in its way: %v", n)
		}
	})
}

// TestALoginThatWasNotCarried: another data centre forgets the login while its key is
// good. It is carried there again, once, and the reader does not notice.
func TestALoginThatWasNotCarried(t *testing.T) {
	bubble(t, fake.Options{Bots: 2, Network: bench}, func(t *testing.T, w *world) {
		p := w.started(1, lanes(2))
		media := synthetic(1, filmSize)
		media["dc"] = 4
		message := w.post(media)[0]
		for i := range uint16(4) {
			if err := chunk(p, message, i, filmSize); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(w.calls("auth.importAuthorization")); n != 0 {
			t.Fatalf("carried %d times to begin with", n)
		}
		w.control("POST", "/sessions/revoke", object{"dc": 4, "account": w.info.Bots[1].ID, "error": "AUTH_KEY_UNREGISTERED"}, nil)
		if s := watch(t, p, message, 10, teleplay.Urgent); s.first > 500*time.Millisecond {
			t.Errorf("first byte %v", s.first)
		}
		if n, m := len(w.calls("auth.exportAuthorization")), len(w.calls("auth.importAuthorization")); n != 1 || m != 1 {
			t.Errorf("%d exports, %d imports", n, m)
		}
		if n := w.totals(); n.Exchanges != 0 || n.Logins != 0 {
			t.Errorf("%+v", n)
		}
	})
}

// TestALaneTooManyNowAndThen: an hour later that is forgotten, and the lane is back as
// soon as the first time.
func TestALaneTooManyNowAndThen(t *testing.T) {
	bubble(t, fake.Options{Bots: 2, Network: bench}, func(t *testing.T, w *world) {
		p := w.started(1, lanes(4))
		for round := range 5 {
			l := w.load(p, 6, teleplay.ReadAhead)
			w.fault(object{"method": "upload.getFile", "count": 1, "do": object{"transport": -429}})
			within(t, time.Second, "a lane less", func() bool { return p.Stats().Lanes < 4 })
			begun := time.Now()
			within(t, time.Minute, "all lanes again", func() bool { return p.Stats().Lanes == 4 })
			if d := time.Since(begun); d < 900*time.Millisecond || d > 4*time.Second {
				t.Errorf("round %d: back after %v", round, d)
			}
			l.stop()
			if n := l.errors.Load(); n != 0 {
				t.Errorf("%d readers noticed", n)
			}
			time.Sleep(time.Hour)
		}
	})
}

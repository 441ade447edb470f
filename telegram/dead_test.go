package telegram_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram"
	"github.com/teleplay/teleplay/telegram/fake"
)

// between says whether d is what a wait of base with its jitter may last.
func between(d, base time.Duration) bool { return d >= base && d <= base*6/5+time.Second }

// TestALoginThatIsRefusedForLong: the bot is out within a second, tries again within a
// minute, then after twice as long and so on up to an hour; others carry on.
func TestALoginThatIsRefusedForLong(t *testing.T) {
	bubble(t, fake.Options{Bots: 3, Network: fake.Shape{RTT: 20 * time.Millisecond, Rate: 5_000_000}}, func(t *testing.T, w *world) {
		p := w.started(2, nil)
		const size = 64 * mib
		message := w.post(synthetic(1, size))[0]
		next := uint16(0)
		read := func() {
			t.Helper()
			next++
			if err := chunk(p, message, next%64, size); err != nil {
				t.Error(err)
			}
		}
		read()
		read()
		dead := w.info.Bots[1].ID
		w.fault(object{"method": "auth.importBotAuthorization", "account": dead, "count": 0, "do": failure(401, "AUTH_KEY_UNREGISTERED")})
		last := time.Now()
		w.control("POST", "/sessions/revoke", object{"error": "AUTH_KEY_UNREGISTERED", "account": dead}, nil)
		for range 10 {
			read()
			time.Sleep(100 * time.Millisecond)
		}
		out := time.Now()
		for range 100 {
			read()
			time.Sleep(100 * time.Millisecond)
		}
		if n := w.since("upload.getFile", dead, out); len(n) != 0 {
			t.Errorf("%d calls of the dead bot", len(n))
		}
		time.Sleep(5 * time.Hour)
		tries := w.calls("auth.importBotAuthorization")
		for i, wait := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute, 32 * time.Minute, time.Hour, time.Hour} {
			if i == len(tries) {
				t.Fatalf("%d tries", i)
			}
			if gap := tries[i].Date.Sub(last); !between(gap, wait) {
				t.Errorf("try %d %v after the one before, want %v", i+1, gap, wait)
			}
			last = tries[i].Date
		}
		w.control("DELETE", "/faults", nil, nil)
		time.Sleep(73 * time.Minute)
		for range 8 {
			read()
		}
		if n := w.totals(); n.Logins != 1 || n.Exchanges != 0 {
			t.Errorf("%+v", n)
		}
		if n := len(w.since("upload.getFile", dead, last)); n == 0 {
			t.Error("the bot is not used again")
		}
	})
}

// TestADeadKeyIsMadeAnewOnce: of home with a login, of another data centre without; a
// key that dies as soon as it is made is not made again within a minute.
func TestADeadKeyIsMadeAnewOnce(t *testing.T) {
	for name, dc := range map[string]int{"home": 2, "elsewhere": 4} {
		t.Run(name, func(t *testing.T) {
			bubble(t, fake.Options{Bots: 2}, func(t *testing.T, w *world) {
				keys := w.keys(2)
				p := telegram.NewPool(w.options(keys), w.info.Bots[0].Token, w.tokens(1, 2))
				background(t, "pool", p.Run)
				const size = 64 * mib
				media := synthetic(1, size)
				media["dc"] = dc
				message := w.post(media)[0]
				next := uint16(0)
				read := func() error { next++; return chunk(p, message, next%64, size) }
				if err := read(); err != nil {
					t.Fatal(err)
				}
				var made time.Time
				for death := 1; death <= 3; death++ {
					died := time.Now()
					w.control("POST", "/keys/drop", object{"account": w.info.Bots[1].ID, "dc": dc}, nil)
					within(t, 5*time.Minute, "another key", func() bool { _ = read(); return w.totals().Exchanges == death })
					least, most := 30*time.Second, 36*time.Second
					switch {
					case dc == 2:
						least, most = least<<(death-1), most<<(death-1)
					case death > 1:
						least, most = time.Minute-died.Sub(made), time.Minute
					}
					made = time.Now()
					if d := time.Since(died); d < least || d > most+11*time.Second { // a question in vain takes 10 s
						t.Errorf("key %d was made %v after the one before died", death, d)
					}
					within(t, time.Minute, "bytes", func() bool { return read() == nil })
				}
				logins := 0
				if dc == 2 {
					logins = 3
				}
				if n := w.totals(); n.Exchanges != 3 || n.Logins != logins {
					t.Errorf("%+v", n)
				}
				if s := keys.Stats(); s != (telegram.KeyStats{Made: 3, Dead: 3}) {
					t.Errorf("%+v", s)
				}
			})
		})
	}
}

// TestAKeyUsedTwice: an alarm, once for bot and pool together; then the key is dead
// like any other.
func TestAKeyUsedTwice(t *testing.T) {
	bubble(t, fake.Options{Bots: 1}, func(t *testing.T, w *world) {
		var log lines
		o := w.options(w.keys(1))
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
		b := telegram.NewMainBot(o, w.info.Bots[0].Token, marks{})
		p := telegram.NewPool(o, w.info.Bots[0].Token, nil)
		background(t, "main bot", b.Run)
		background(t, "pool", p.Run)
		begun(t, b)
		message := w.post(synthetic(1, mib))[0]
		if err := chunk(p, message, 0, mib); err != nil {
			t.Fatal(err)
		}
		died := time.Now()
		w.fault(object{"method": "*", "count": 0, "for": "1s", "do": failure(406, "AUTH_KEY_DUPLICATED")})
		_ = chunk(p, message, 0, mib)
		ctx := t.Context()
		sent := make(chan error, 1)
		go func() {
			_, err := b.Send(ctx, w.info.Users[0].ID, teleplay.Outgoing{Text: "still here"}, 1)
			sent <- err
		}()
		time.Sleep(500 * time.Millisecond)
		w.control("POST", "/keys/drop", object{}, nil)
		time.Sleep(time.Until(died.Add(29 * time.Second)))
		if n := w.totals(); n.Exchanges != 0 || n.Logins != 0 {
			t.Errorf("%+v within 29 s", n)
		}
		within(t, time.Minute, "bytes", func() bool { return chunk(p, message, 0, mib) == nil })
		<-sent
		time.Sleep(time.Minute)
		if n := w.totals(); n.Exchanges != 1 || n.Logins != 1 {
			t.Errorf("%+v", n)
		}
		if s := o.Keys.Stats(); s != (telegram.KeyStats{Made: 1, Dead: 1, Duplicated: 1}) {
			t.Errorf("%+v", s)
		}
		if n := log.count("level=ERROR"); n != 1 || log.count("used from two places") != 1 {
			t.Errorf("%d alarms", n)
		}
	})
}

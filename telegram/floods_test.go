package telegram_test

import (
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram"
	"github.com/teleplay/teleplay/telegram/fake"
)

// TestAFloodOfOneBot: for as long as it lasts the bot is not asked for parts, the
// others bring more than their share, and no reader notices.
func TestAFloodOfOneBot(t *testing.T) {
	for _, message := range []string{"FLOOD_WAIT_30", "FLOOD_PREMIUM_WAIT_30"} {
		t.Run(message, func(t *testing.T) {
			bubble(t, fake.Options{Bots: 5, Network: fake.Shape{RTT: 20 * time.Millisecond, Rate: 500_000}}, func(t *testing.T, w *world) {
				p := w.started(4, nil)
				l := w.load(p, 16, teleplay.ReadAhead)
				time.Sleep(10 * time.Second)
				base := l.over(30 * time.Second)
				flooded := w.info.Bots[1].ID
				w.fault(object{"method": "upload.getFile", "account": flooded, "do": failure(420, message)})
				// Its answer stands behind what the bot had asked for before.
				within(t, 5*time.Second, "the flood", func() bool { return troubles(p, flooded)["flood"] > 0 })
				told := time.Now()
				during := l.over(30 * time.Second)
				if n := w.since("upload.getFile", flooded, told.Add(10*time.Millisecond)); len(n) != 0 {
					t.Errorf("%d calls within the flood, the first %v after it was told", len(n), n[0].Date.Sub(told))
				}
				time.Sleep(5 * time.Second)
				if n := w.since("upload.getFile", flooded, told.Add(30*time.Second)); len(n) == 0 || n[0].Date.Sub(told) > 34*time.Second {
					t.Errorf("%d calls after the flood", len(n))
				}
				if share := float64(during) / float64(base); share < 0.7 || share > 0.9 {
					t.Errorf("%.2f of the base", share)
				}
				if n := l.errors.Load(); n != 0 {
					t.Errorf("%d readers noticed", n)
				}
				if n := troubles(p, flooded); len(n) != 1 || n["flood"] < 1 {
					t.Errorf("troubles %v", n)
				}
			})
		})
	}
}

// TestAFloodHalvesTheLanes: once, however many parts meet it; and only when 30 s
// passed in calm and urgent parts wait there are more again.
func TestAFloodHalvesTheLanes(t *testing.T) {
	bubble(t, fake.Options{Bots: 2, Network: fake.Shape{RTT: 20 * time.Millisecond, Rate: 500_000}}, func(t *testing.T, w *world) {
		p := w.started(1, func(o *telegram.Options) { o.Lanes, o.LanesMost = 2, 8 })
		if n := p.Stats().Lanes; n != 2 {
			t.Fatalf("%d lanes are kept", n)
		}
		l := w.load(p, 8, teleplay.Urgent)
		time.Sleep(20 * time.Second)
		if n := p.Stats().Lanes; n != 8 {
			t.Fatalf("%d lanes while readers wait", n)
		}
		w.fault(object{"method": "upload.getFile", "do": failure(420, "FLOOD_WAIT_5")})
		bot := w.info.Bots[1].ID
		within(t, 10*time.Second, "the flood", func() bool { return troubles(p, bot)["flood"] > 0 })
		begun := time.Now()
		time.Sleep(4 * time.Second)
		if n := troubles(p, bot)["flood"]; n < 2 {
			t.Errorf("%d parts met the flood", n)
		}
		if n := p.Stats().Lanes; n != 4 {
			t.Errorf("%d lanes after a flood", n)
		}
		within(t, time.Minute, "a lane more", func() bool { return p.Stats().Lanes > 4 })
		if d := time.Since(begun); d < 30*time.Second || d > 31*time.Second {
			t.Errorf("a lane more %v after the flood", d)
		}
		l.stop()
	})
}

// TestAllBotsFlooded: who asks meanwhile is told at once how long to wait, and
// Telegram is not asked.
func TestAllBotsFlooded(t *testing.T) {
	bubble(t, fake.Options{Bots: 3}, func(t *testing.T, w *world) {
		p := w.started(2, nil)
		const size = 64 * mib
		message := w.post(synthetic(1, size))[0]
		if err := chunk(p, message, 0, size); err != nil {
			t.Fatal(err)
		}
		for _, b := range w.info.Bots[1:] {
			w.fault(object{"method": "upload.getFile", "account": b.ID, "do": failure(420, "FLOOD_WAIT_20")})
		}
		begun := time.Now()
		for i := range uint16(10) {
			err := chunk(p, message, i+1, size)
			var e *teleplay.Error
			if !errors.Is(err, teleplay.ErrUnavailable) || !errors.As(err, &e) || e.Code != "upstream_busy" {
				t.Fatalf("got %v", err)
			}
			left := 20*time.Second - time.Since(begun)
			if e.Retry < left || e.Retry > left+2*time.Second {
				t.Errorf("retry after %v, the flood has %v left", e.Retry, left)
			}
			if i == 0 && time.Since(begun) > 0 {
				t.Errorf("told after %v", time.Since(begun))
			}
			time.Sleep(time.Second)
		}
		for _, b := range w.info.Bots[1:] {
			if n := w.since("upload.getFile", b.ID, begun); len(n) != 0 {
				t.Errorf("%d calls of a flooded bot", len(n))
			}
		}
		time.Sleep(12 * time.Second)
		if err := chunk(p, message, 40, size); err != nil {
			t.Errorf("after the flood: %v", err)
		}
	})
}

// TestAFloodOfLogins: what Telegram says is waited for, over a restart too, while
// others serve.
func TestAFloodOfLogins(t *testing.T) {
	bubble(t, fake.Options{Bots: 3}, func(t *testing.T, w *world) {
		path := filepath.Join(t.TempDir(), "telegram.keys")
		flooded := w.info.Bots[1].ID
		life := func() (stop func(), p *telegram.Pool, keys *telegram.KeyStore) {
			keys = openKeys(t, path)
			p = telegram.NewPool(w.options(keys), w.info.Bots[0].Token, w.tokens(1, 3))
			return background(t, "pool", p.Run), p, keys
		}
		w.fault(object{"method": "auth.importBotAuthorization", "account": flooded, "do": failure(420, "FLOOD_WAIT_1000")})
		begun := time.Now()
		stop, p, keys := life()
		message := w.post(synthetic(1, mib))[0]
		if err := chunk(p, message, 0, mib); err != nil {
			t.Errorf("the other bot: %v", err)
		}
		within(t, 10*time.Second, "the flood", func() bool { return !keys.Flood(flooded).IsZero() })
		if d := keys.Flood(flooded).Sub(begun); d < 1000*time.Second || d > 1010*time.Second {
			t.Errorf("login put off by %v", d)
		}
		time.Sleep(200 * time.Second)
		stop()
		_, p, _ = life()
		time.Sleep(time.Until(begun.Add(999 * time.Second)))
		if n := w.totals().Logins; n != 1 {
			t.Errorf("%d logins within the flood", n)
		}
		if err := chunk(p, message, 0, mib); err != nil {
			t.Errorf("the other bot: %v", err)
		}
		time.Sleep(72 * time.Second)
		if n := w.totals().Logins; n != 2 {
			t.Errorf("%d logins after the flood", n)
		}
	})
}

// TestAFloodOfMessages: the bot waits as long as it is told and says the thing once;
// what is too long to wait for here is told, with a warning.
func TestAFloodOfMessages(t *testing.T) {
	bubble(t, fake.Options{Bots: 1}, func(t *testing.T, w *world) {
		var log lines
		o := w.options(w.keys(1))
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
		b := telegram.NewMainBot(o, w.info.Bots[0].Token, marks{})
		background(t, "main bot", b.Run)
		begun(t, b)
		user := w.info.Users[0].ID
		w.says(object{"text": "hello"})
		<-b.Updates()
		calls := func() int { return len(w.calls("messages.sendMessage")) }
		w.fault(object{"method": "messages.sendMessage", "do": failure(420, "FLOOD_WAIT_20")})
		start := time.Now()
		if _, err := b.Send(t.Context(), user, teleplay.Outgoing{Text: "hi"}, 1); err != nil {
			t.Error(err)
		}
		if d := time.Since(start); d < 20*time.Second || d > 21*time.Second || calls() != 2 {
			t.Errorf("sent after %v with %d calls", d, calls())
		}
		if n := log.count("wait"); n != 0 {
			t.Errorf("%d warnings", n)
		}
		w.fault(object{"method": "messages.sendMessage", "do": failure(420, "FLOOD_WAIT_90")})
		start = time.Now()
		_, err := b.Send(t.Context(), user, teleplay.Outgoing{Text: "ho"}, 2)
		var e *teleplay.Error
		if !errors.As(err, &e) || e.Code != "upstream_busy" || e.Retry != 90*time.Second || time.Since(start) > 0 || calls() != 3 {
			t.Errorf("got %v after %v with %d calls", err, time.Since(start), calls())
		}
		if n := log.count("wait=1m30s"); n != 1 {
			t.Errorf("%d warnings", n)
		}
	})
}

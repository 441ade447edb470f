package telegram_test

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram"
	"github.com/teleplay/teleplay/telegram/fake"
)

// TestAMessageThatIsGone: told within a round trip, read once a minute at most, and
// others are not affected.
func TestAMessageThatIsGone(t *testing.T) {
	const rtt = 50 * time.Millisecond
	bubble(t, fake.Options{Bots: 3, Network: fake.Shape{RTT: rtt}}, func(t *testing.T, w *world) {
		p := w.started(2, nil)
		ids := w.post(synthetic(1, smallSize), synthetic(2, smallSize))
		for range 4 {
			if err := chunk(p, ids[1], 0, smallSize); err != nil {
				t.Fatal(err)
			}
		}
		w.control("DELETE", fmt.Sprintf("/channels/%d/messages/%d", w.info.Channels[0].ID, ids[0]), nil, nil)
		time.Sleep(time.Second)
		begun := time.Now()
		for i := range 1850 {
			asked := time.Now()
			err := chunk(p, ids[0], 0, smallSize)
			if !errors.Is(err, teleplay.ErrNotFound) || code(err) != "file_missing" {
				t.Fatalf("got %v", err)
			}
			if took := time.Since(asked); took > rtt {
				t.Fatalf("told after %v", took)
			}
			if i%100 == 0 {
				if err := chunk(p, ids[1], 0, smallSize); err != nil {
					t.Error(err)
				}
			}
			time.Sleep(100 * time.Millisecond)
		}
		var at []time.Duration
		for _, c := range w.since("channels.getMessages", 0, begun) {
			at = append(at, c.Date.Sub(begun).Round(time.Second))
		}
		if diff := cmp.Diff([]time.Duration{0, time.Minute, 2 * time.Minute, 3 * time.Minute}, at); diff != "" {
			t.Error(diff)
		}
		if n := w.since("upload.getFile", 0, begun); len(n) != 19 {
			t.Errorf("%d parts asked for", len(n))
		}
	})
}

// TestABotThatIsNotInTheChannel: it is not asked for five minutes, then tried again; a
// person is told what to do.
func TestABotThatIsNotInTheChannel(t *testing.T) {
	for name, c := range map[string]struct {
		spoil, mend func(w *world, bot string)
		said        string
	}{
		"no member": {
			func(w *world, bot string) { w.control("PATCH", "/bots/"+bot, object{"channel_role": "none"}, nil) },
			func(w *world, bot string) { w.control("PATCH", "/bots/"+bot, object{"channel_role": "admin"}, nil) },
			"CHANNEL_",
		},
		"no right": {
			func(w *world, bot string) {
				w.fault(object{"method": "channels.getMessages", "account": w.info.Bots[1].ID, "count": 0, "do": failure(400, "CHAT_ADMIN_REQUIRED")})
			},
			func(w *world, bot string) { w.control("DELETE", "/faults", nil, nil) },
			"CHAT_ADMIN_REQUIRED",
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, fake.Options{Bots: 3, Network: fake.Shape{RTT: 20 * time.Millisecond, Rate: 5_000_000}}, func(t *testing.T, w *world) {
				bot := w.info.Bots[1].ID
				c.spoil(w, fmt.Sprint(bot))
				var log lines
				p := w.started(2, func(o *telegram.Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
				message := w.post(synthetic(1, smallSize))[0]
				read := func() {
					t.Helper()
					if err := chunk(p, message, 0, smallSize); err != nil {
						t.Error(err)
					}
				}
				begun := time.Now()
				for range 50 {
					read()
					time.Sleep(100 * time.Millisecond)
				}
				out := time.Now()
				for range 280 {
					read()
					time.Sleep(time.Second)
				}
				for _, m := range []string{"upload.getFile", "channels.getMessages", "channels.getChannels"} {
					if n := w.since(m, bot, out); len(n) != 0 {
						t.Errorf("%d calls of %s", len(n), m)
					}
				}
				if n := troubles(p, bot); len(n) != 1 {
					t.Errorf("troubles %v", n)
				}
				if n := log.count(fmt.Sprintf("helper=%d", bot)); n != 1 || log.count(c.said) != 1 || log.count("level=ERROR") != 1 || log.count("administrator") != 1 {
					t.Errorf("told %d times: %v", n, log.text)
				}
				c.mend(w, fmt.Sprint(bot))
				time.Sleep(time.Until(begun.Add(5*time.Minute + 6*time.Second)))
				read() // the bot learns of the message
				time.Sleep(time.Second)
				var all sync.WaitGroup
				for range 16 {
					all.Go(read)
				}
				all.Wait()
				if n := w.since("upload.getFile", bot, out); len(n) == 0 {
					t.Error("not tried again")
				}
			})
		})
	}
}

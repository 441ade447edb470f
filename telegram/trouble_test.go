package telegram_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram"
	"github.com/teleplay/teleplay/telegram/fake"
)

func TestLostConnections(t *testing.T) {
	const size, seed = 8 * mib, 12
	w := newWorld(t, fake.Options{Bots: 3})
	p := w.pool(2)
	message := w.post(synthetic(seed, size))[0]
	var resets sync.WaitGroup
	defer resets.Wait()
	resets.Go(func() {
		for range 8 {
			w.control("POST", "/connections/reset", object{}, nil)
			select {
			case <-t.Context().Done():
			case <-time.After(50 * time.Millisecond):
			}
		}
	})
	for range 3 {
		if got, want := whole(t, p, message, seed, size); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestDeadKeys: a helper whose key or login is gone is out, quietly; the other
// carries on.
func TestDeadKeys(t *testing.T) {
	for path, body := range map[string]object{
		"/keys/drop":       {},
		"/sessions/revoke": {"error": "AUTH_KEY_UNREGISTERED"},
	} {
		t.Run(path, func(t *testing.T) {
			const size, seed = 4 * mib, 13
			w := newWorld(t, fake.Options{Bots: 3})
			keys := w.keys(3)
			p := telegram.NewPool(w.options(keys), w.info.Bots[0].Token, w.tokens(1, 3))
			background(t, "pool", p.Run)
			message := w.post(synthetic(seed, size))[0]
			read := func() {
				for id := range (teleplay.Range{Length: size}).Chunks(message) {
					b, err := fetch(t.Context(), p, id, size, 0)
					if err != nil || !bytes.Equal(b, expected(seed, id.Offset(), len(b))) {
						t.Errorf("%v: %v", id, err)
					}
				}
			}
			read()
			dead := w.info.Bots[1].ID
			body["account"] = dead
			w.control("POST", path, body, nil)
			read()
			if path == "/keys/drop" {
				for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
					if _, ok := keys.Key(dead, 2); !ok {
						break
					}
					if time.Now().After(end) {
						t.Fatal("the dead key is kept")
					}
				}
			}
			before := len(w.calls("upload.getFile"))
			read()
			for _, c := range w.calls("upload.getFile")[before:] {
				if c.Account == dead {
					t.Errorf("the dead helper was asked: %s", c.Result)
				}
			}
			if n := w.totals(); n.Exchanges != 0 || n.Logins != 0 {
				t.Errorf("%+v", n)
			}
		})
	}
}

// errorsOnly is a slog.Handler that gives each Error record's line to a channel.
type errorsOnly struct {
	slog.Handler
	line *bytes.Buffer
	out  chan<- string
}

func newErrorsOnly(out chan<- string) errorsOnly {
	var line bytes.Buffer
	return errorsOnly{slog.NewTextHandler(&line, nil), &line, out}
}

func (h errorsOnly) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }

func (h errorsOnly) Handle(ctx context.Context, r slog.Record) error {
	h.line.Reset()
	err := h.Handler.Handle(ctx, r)
	select {
	case h.out <- h.line.String():
	default: // the first is enough
	}
	return err
}

// TestWrongTokenAsksForAPerson: nothing that time heals, so it is an Error that
// says what to check, without the token.
func TestWrongTokenAsksForAPerson(t *testing.T) {
	w := newWorld(t, fake.Options{Bots: 1})
	wrong := fmt.Sprintf("%d:mistyped", w.info.Bots[0].ID)
	lines := make(chan string, 1)
	o := w.options(w.keys(0))
	o.Log = slog.New(newErrorsOnly(lines))
	background(t, "main bot", telegram.NewMainBot(o, wrong, marks{}).Run)
	select {
	case line := <-lines:
		if !strings.Contains(line, "check the bot's token") || !strings.Contains(line, "ACCESS_TOKEN_") || strings.Contains(line, "mistyped") {
			t.Error(line)
		}
	case <-time.After(patience):
		t.Error("no Error is logged")
	}
}

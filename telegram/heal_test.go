package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram"
	"github.com/teleplay/teleplay/telegram/fake"
)

// until polls until ok, which comes at the latest after patience.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	within(t, patience, what, ok)
}

// within polls until ok, which comes at the latest after d.
func within(t *testing.T, d time.Duration, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(d); !ok(); time.Sleep(max(time.Millisecond, d/1000)) {
		if time.Now().After(end) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

// lines is a log that counts.
type lines struct {
	mu   sync.Mutex
	text []string
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, string(b))
	return len(b), nil
}

func (l *lines) count(part string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.text {
		if strings.Contains(s, part) {
			n++
		}
	}
	return n
}

// TestABacklogAndALostConnection: however many updates wait for their reader, a
// lost connection is replaced, what is asked meanwhile is answered, and none of the
// updates is lost.
func TestABacklogAndALostConnection(t *testing.T) {
	const n = 250 // far more than all queues hold
	w := newWorld(t, fake.Options{Bots: 1})
	b, _ := w.mainBot(marks{})
	in := begun(t, b)
	var sent, got []string
	say := func(n int) {
		for range n {
			text := fmt.Sprint("message ", len(sent))
			w.says(object{"text": text})
			sent = append(sent, text)
		}
	}
	say(n)
	w.control("POST", "/connections/reset", object{}, nil)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, err := b.Send(ctx, w.info.Users[0].ID, teleplay.Outgoing{Text: "I am here"}, 1); err != nil {
		t.Fatal(err)
	}
	say(5)
	for range sent {
		got = append(got, in.next(t).Text)
	}
	if diff := cmp.Diff(sent, got); diff != "" {
		t.Error(diff)
	}
}

// TestALoginThatIsGone: the bot logs in again, once, and loses no update.
func TestALoginThatIsGone(t *testing.T) {
	for name, harm := range map[string]func(*world){
		"revoked":  func(w *world) { w.control("POST", "/sessions/revoke", object{"error": "SESSION_REVOKED"}, nil) },
		"key lost": func(w *world) { w.control("POST", "/keys/drop", object{}, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, fake.Options{Bots: 1})
			o := w.options(w.keys(1))
			o.LoginAgain = 10 * time.Millisecond
			b := telegram.NewMainBot(o, w.info.Bots[0].Token, marks{})
			background(t, "main bot", b.Run)
			in := begun(t, b)
			harm(w)
			w.says(object{"text": "while away"})
			if _, err := b.Send(t.Context(), w.info.Users[0].ID, teleplay.Outgoing{Text: "back"}, 1); err != nil {
				t.Fatal(err)
			}
			if u := in.next(t); u.Text != "while away" {
				t.Errorf("got %+v", u)
			}
			w.says(object{"text": "live again"})
			if u := in.next(t); u.Text != "live again" {
				t.Errorf("got %+v", u)
			}
			if !b.Ready() {
				t.Error("not ready")
			}
			want := totals{Logins: 1}
			if name == "key lost" {
				want.Exchanges = 1
			}
			if n := w.totals(); n.Logins != want.Logins || n.Exchanges != want.Exchanges {
				t.Errorf("%+v, want %+v", n, want)
			}
		})
	}
}

// TestOneDeathOneLogin: however many parts meet a dead login, it is one outage and
// one new login.
func TestOneDeathOneLogin(t *testing.T) {
	w := newWorld(t, fake.Options{Bots: 2})
	var log lines
	o := w.options(w.keys(2))
	o.LoginAgain = 10 * time.Millisecond
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	p := telegram.NewPool(o, w.info.Bots[0].Token, w.tokens(1, 2))
	background(t, "pool", p.Run)
	const size = 16 * mib
	message := w.post(synthetic(1, size))[0]
	read := func(index uint16) error {
		_, err := fetch(t.Context(), p, teleplay.ChunkID{Message: message, Index: index}, size, 0)
		return err
	}
	if err := read(0); err != nil {
		t.Fatal(err)
	}
	w.control("POST", "/sessions/revoke", object{"error": "AUTH_KEY_UNREGISTERED", "account": w.info.Bots[1].ID}, nil)
	var all sync.WaitGroup
	for i := range uint16(6) {
		all.Go(func() {
			if err := read(i + 1); err != nil && !errors.Is(err, teleplay.ErrUnavailable) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	until(t, "bytes again", func() bool { return read(8) == nil })
	if out, n := log.count("bot out"), w.totals(); out != 1 || n.Logins != 1 || n.Exchanges != 0 {
		t.Errorf("out %d times, %+v", out, n)
	}
}

// TestAClockThatSteps: a local clock that is set while we run costs a connection
// and no more.
func TestAClockThatSteps(t *testing.T) {
	w := newWorld(t, fake.Options{Bots: 2})
	var off atomic.Int64
	o := w.options(w.keys(2))
	o.Now = func() time.Time { return time.Now().Round(0).Add(time.Duration(off.Load())) } // its wall alone
	b := telegram.NewMainBot(o, w.info.Bots[0].Token, marks{})
	background(t, "main bot", b.Run)
	p := telegram.NewPool(o, w.info.Bots[0].Token, w.tokens(1, 2))
	background(t, "pool", p.Run)
	in := begun(t, b)
	const size = 4 * mib
	message := w.post(synthetic(1, size))[0]
	w.says(object{"text": "before"})
	in.next(t)
	for i, step := range []time.Duration{0, 100 * time.Second, -400 * time.Second} {
		off.Add(int64(step))
		ctx, cancel := context.WithTimeout(t.Context(), 2*patience) // two questions without an answer tell
		var all sync.WaitGroup
		all.Go(func() {
			if _, err := b.Send(ctx, w.info.Users[0].ID, teleplay.Outgoing{Text: "hello"}, int64(i+1)); err != nil {
				t.Errorf("%v: %v", step, err)
			}
		})
		all.Go(func() {
			id := teleplay.ChunkID{Message: message, Index: uint16(i)}
			if _, err := fetch(ctx, p, id, size, 0); err != nil {
				if _, err = fetch(ctx, p, id, size, 0); err != nil { // the first may give up before the line is known to be bad
					t.Errorf("%v: %v", step, err)
				}
			}
		})
		all.Wait()
		cancel()
		text := fmt.Sprint("after ", step)
		w.says(object{"text": text})
		if u := in.next(t); u.Text != text {
			t.Errorf("%v: got %+v", step, u)
		}
	}
}

// TestTooLongADifferenceWithHoles: messages behind many that were deleted are read
// too, and those dealt with are not read again.
func TestTooLongADifferenceWithHoles(t *testing.T) {
	w := newWorld(t, fake.Options{Bots: 1})
	b, stop := w.mainBot(marks{})
	in := begun(t, b)
	w.says(object{"text": "dealt with"})
	dealt := in.next(t)
	stop()
	for range 210 {
		id := w.says(object{"text": "deleted"})
		w.control("DELETE", fmt.Sprintf("%s/messages/%d", w.chat(), id), nil, nil)
	}
	for i := range 3 {
		w.says(object{"text": fmt.Sprint("kept ", i)})
	}
	w.control("PATCH", "/settings", object{"difference_too_long": true}, nil)
	b, _ = w.mainBot(marks{mark: in.mark, found: true, box: dealt.Message})
	var got []string
	for len(got) < 3 {
		select {
		case u := <-b.Updates():
			got = append(got, u.Text)
		case <-time.After(patience):
			t.Fatalf("got %v", got)
		}
	}
	if diff := cmp.Diff([]string{"kept 0", "kept 1", "kept 2"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestStoreFindsItsCopyBehindHoles: over a restart, behind deleted messages, and
// not an older copy of the same document.
func TestStoreFindsItsCopyBehindHoles(t *testing.T) {
	w := newWorld(t, fake.Options{Bots: 1})
	b, _ := w.mainBot(marks{})
	in := begun(t, b)
	id := w.says(object{"media": synthetic(7, 5000)})
	u := in.next(t)
	old, err := b.Store(t.Context(), u.From.ID, id, u.Media.Document, 1) // a copy that is in the library
	if err != nil {
		t.Fatal(err)
	}
	for i := range 300 {
		m := w.post(synthetic(uint32(i), 10))[0]
		w.control("DELETE", fmt.Sprintf("/channels/%d/messages/%d", w.info.Channels[0].ID, m), nil, nil)
	}
	copy, err := b.Store(t.Context(), u.From.ID, id, u.Media.Document, 2)
	if err != nil {
		t.Fatal(err)
	}
	fresh := telegram.NewMainBot(w.options(w.keys(1)), w.info.Bots[0].Token, marks{storage: old.Message})
	background(t, "main bot", fresh.Run)
	again, err := fresh.Store(t.Context(), u.From.ID, id, u.Media.Document, 2)
	if err != nil || again.Message != copy.Message {
		t.Errorf("got %+v, %v, want %+v", again, err, copy)
	}

	// A copy that is gone is said to be gone, soon.
	w.control("DELETE", fmt.Sprintf("/channels/%d/messages/%d", w.info.Channels[0].ID, copy.Message), nil, nil)
	gone := telegram.NewMainBot(w.options(w.keys(1)), w.info.Bots[0].Token, marks{storage: old.Message})
	background(t, "main bot", gone.Run)
	before := len(w.calls("messages.forwardMessages"))
	_, err = gone.Store(t.Context(), u.From.ID, id, u.Media.Document, 2)
	var e *teleplay.Error
	if !errors.As(err, &e) || e.Code != "copy_not_found" {
		t.Errorf("got %v", err)
	}
	if n := len(w.calls("messages.forwardMessages")) - before; n != 1 {
		t.Errorf("%d forwards", n)
	}
}

// TestKeysChangeTogether: whoever knows an old key changes nothing of a new one, and
// a login flood outlives the key.
func TestKeysChangeTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "telegram.keys")
	keys := openKeys(t, path)
	dead, alive := someKey(3), someKey(5)
	put := func(k telegram.Key) {
		t.Helper()
		if err := keys.Put(7, 2, k); err != nil {
			t.Fatal(err)
		}
	}
	put(dead)
	put(alive)
	fatal := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	fatal(keys.Delete(7, 2, dead.Value))
	fatal(keys.Edit(7, 2, dead.Value, func(k *telegram.Key) { k.Home = true }))
	if k, ok := keys.Key(7, 2); !ok || k != alive {
		t.Error("the new key was changed for the old one")
	}
	flood := time.Unix(1_900_000_000, 0)
	fatal(keys.SetFlood(7, flood))
	fatal(keys.Delete(7, 2, alive.Value))
	fatal(keys.Edit(7, 2, alive.Value, func(k *telegram.Key) { k.Home = true }))
	again := openKeys(t, path)
	if _, ok := again.Key(7, 2); ok || again.Home(7) != 0 {
		t.Error("a dead key came back")
	}
	if got := again.Flood(7); !got.Equal(flood) {
		t.Errorf("flood until %v, want %v", got, flood)
	}
	fatal(again.SetFlood(7, time.Time{}))
	if got := again.Flood(7); !got.IsZero() {
		t.Errorf("flood until %v after it was over", got)
	}
}

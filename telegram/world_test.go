package telegram_test

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/teleplay/teleplay/telegram"
	"github.com/teleplay/teleplay/telegram/fake"
)

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

// world is a fake Telegram of its own, and its control port.
type world struct {
	t      *testing.T
	server *fake.Server
	info   struct {
		Bots []struct {
			ID    int64
			Token string
			DC    int
		}
		Users    []struct{ ID int64 }
		Channels []struct {
			ID   int64
			Peer int64 `json:"peer_id"`
		}
	}
}

func newWorld(t *testing.T, o fake.Options) *world {
	t.Helper()
	o.Listen, o.Control = "127.0.0.1:0", "127.0.0.1:0"
	server, err := fake.New(o)
	if err != nil {
		t.Fatal(err)
	}
	background(t, "fake Telegram", server.Run)
	select {
	case <-server.Ready():
	case <-time.After(patience):
		t.Fatal("the fake Telegram is not ready")
	}
	w := &world{t: t, server: server}
	w.control("GET", "/info", nil, &w.info)
	return w
}

// newBubble is a world without sockets, to be made in a synctest bubble, whose
// clock is then everybody's: the function given to synctest.Test makes it, and no
// time passes but what something waits for. It ends by itself, and so does what
// background started.
func newBubble(t *testing.T, o fake.Options) *world {
	t.Helper()
	o.Memory = true
	return newWorld(t, o)
}

// background runs f until the test ends, or until stop is called.
func background(t *testing.T, name string, f func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case <-time.After(patience):
			t.Errorf("%s does not end", name)
		}
	})
	t.Cleanup(stop)
	return stop
}

// control asks the control port; into may be nil.
func (w *world) control(method, path string, body, into any) {
	w.t.Helper()
	var b bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&b).Encode(body); err != nil {
			w.t.Fatal(err)
		}
	}
	status, text := w.ask(method, path, &b)
	if status/100 != 2 {
		w.t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	if into != nil {
		if err := json.Unmarshal(text, into); err != nil {
			w.t.Fatalf("%s %s: %v in %s", method, path, err, text)
		}
	}
}

// ask makes a request of the control port, which has no address in memory.
func (w *world) ask(method, path string, body io.Reader) (status int, text []byte) {
	w.t.Helper()
	addr := w.server.ControlAddr()
	if addr == "" {
		a := httptest.NewRecorder()
		w.server.Handler().ServeHTTP(a, httptest.NewRequestWithContext(w.t.Context(), method, "http://127.0.0.1/v1"+path, body))
		return a.Code, a.Body.Bytes()
	}
	q, err := http.NewRequest(method, "http://"+addr+"/v1"+path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	q.Close = true
	r, err := http.DefaultClient.Do(q)
	if err != nil {
		w.t.Fatal(err)
	}
	defer r.Body.Close()
	if text, err = io.ReadAll(r.Body); err != nil {
		w.t.Fatal(err)
	}
	return r.StatusCode, text
}

type object map[string]any

// post puts files into the storage channel and returns their messages.
func (w *world) post(media ...object) []int32 {
	w.t.Helper()
	var items []object
	for _, m := range media {
		items = append(items, object{"media": m})
	}
	var answer struct{ Messages []struct{ ID int32 } }
	w.control("POST", fmt.Sprintf("/channels/%d/messages", w.info.Channels[0].ID), object{"items": items}, &answer)
	var ids []int32
	for _, m := range answer.Messages {
		ids = append(ids, m.ID)
	}
	return ids
}

// synthetic is a document of size bytes made from a seed.
func synthetic(seed uint32, size int64) object {
	return object{"kind": "document", "source": object{"seed": seed, "size": size}}
}

// call is one line of the fake's log.
type call struct {
	Seq     int64
	Method  string
	Account int64
	DC      int
	Args    json.RawMessage
	Result  string
	Bytes   int64
	Date    time.Time // it began
	Fault   int64     // that hit it; 0 = none
}

// calls are the calls of a method so far.
func (w *world) calls(method string) (list []call) {
	w.t.Helper()
	for after := int64(0); ; {
		var page struct {
			Calls []call
			Last  int64 `json:"last_seq"`
		}
		w.control("GET", fmt.Sprintf("/calls?method=%s&after=%d", method, after), nil, &page)
		if len(page.Calls) == 0 {
			return list
		}
		list, after = append(list, page.Calls...), page.Last
	}
}

// totals are the exact counters.
type totals struct {
	Exchanges, Logins, Migrations int
	ReferenceErrors               int `json:"reference_errors"`
}

func (w *world) totals() totals {
	w.t.Helper()
	var answer struct{ Totals totals }
	w.control("GET", "/stats", nil, &answer)
	return answer.Totals
}

// keys is a new key store with logged-in keys of the first n bots in both DCs.
func (w *world) keys(n int) *telegram.KeyStore {
	w.t.Helper()
	keys := openKeys(w.t, filepath.Join(w.t.TempDir(), "telegram.keys"))
	for _, b := range w.info.Bots[:n] {
		for _, dc := range []int{2, 4} {
			value, salt, err := w.server.Key(b.ID, dc)
			if err != nil {
				w.t.Fatal(err)
			}
			if err := keys.Put(b.ID, dc, telegram.Key{Value: value, Salt: salt, Home: dc == b.DC}); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	return keys
}

func openKeys(t *testing.T, path string) *telegram.KeyStore {
	t.Helper()
	keys, err := telegram.OpenKeys(path, bytes.Repeat([]byte{7}, 32), "node-1")
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func (w *world) options(keys *telegram.KeyStore) telegram.Options {
	return telegram.Options{
		Dial:  w.server.Dial,
		APIID: 1, APIHash: "fake", Channel: w.info.Channels[0].Peer, Keys: keys,
		DC: "2=" + w.server.Addr(2), PublicKeys: []*rsa.PublicKey{w.server.PublicKey()},
		Log: slog.New(slog.NewTextHandler(w.t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
}

// tokens are those of bots from to to.
func (w *world) tokens(from, to int) []string {
	var list []string
	for _, b := range w.info.Bots[from:to] {
		list = append(list, b.Token)
	}
	return list
}

// pool runs a pool over helpers 1 to n, or over the main bot for n = 0.
func (w *world) pool(n int) *telegram.Pool {
	w.t.Helper()
	p := telegram.NewPool(w.options(w.keys(n+1)), w.info.Bots[0].Token, w.tokens(1, n+1))
	background(w.t, "pool", p.Run)
	return p
}

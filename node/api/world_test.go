package api_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/cache"
	"github.com/teleplay/teleplay/catalog"
	"github.com/teleplay/teleplay/node"
	"github.com/teleplay/teleplay/node/api"
)

const channel = -1001234567890

// world is the edge on a real port with a real catalog and a real chunk engine,
// whose source makes every byte up.
type world struct {
	t        *testing.T
	chunks   *cache.Cache
	engine   *node.Engine
	db       *catalog.DB
	clock    *clock
	addr     string
	edge     *api.API
	client   *http.Client
	ada, bob teleplay.User
	halt     func() error // ends Run and returns what it returned
	uploads  int32
	keys     int
}

func newWorld(t *testing.T, change ...func(*api.Options)) *world {
	t.Helper()
	w := &world{t: t, clock: &clock{}}
	ctx := t.Context()
	var err error
	w.db, err = catalog.Open(ctx, catalog.Options{URL: "sqlite:///" + filepath.Join(t.TempDir(), "teleplay.db"), Now: w.clock.now, Rand: rand.NewChaCha8([32]byte{1})})
	fatal(t, err)
	w.ada, err = w.db.SeeUser(ctx, teleplay.Person{ID: 700000001, Username: "ada", FirstName: "Ada"})
	fatal(t, err)
	w.bob, err = w.db.SeeUser(ctx, teleplay.Person{ID: 700000002, FirstName: "Bob"})
	fatal(t, err)

	w.chunks = cache.Open(cache.Options{Memory: 32 << 20})
	w.engine = node.New(node.Options{Source: generator{}, Cache: w.chunks})
	t.Cleanup(func() {
		w.engine.Close()
		w.chunks.Close()
		_ = w.db.Close()
	})
	w.start(change)
	return w
}

// second is another edge on the same library.
func (w *world) second(change ...func(*api.Options)) *world {
	w.t.Helper()
	v := *w
	v.start(change)
	return &v
}

func (w *world) start(change []func(*api.Options)) {
	w.t.Helper()
	o := api.Options{
		Library: w.db,
		Open:    func(f teleplay.File, r teleplay.Range) api.Stream { return w.engine.Open(f, r) },
		Bot: func() (teleplay.Person, bool) {
			return teleplay.Person{Username: "judge_bot", FirstName: "Judge"}, true
		},
		JWTSecret: []byte("a secret of at least thirty-two bytes"),
		WebBase:   "http://films.test",
		Channel:   channel,
		Version:   "test",
		Now:       w.clock.now,
		Grace:     2 * time.Second,
	}
	for _, c := range change {
		c(&o)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	fatal(w.t, err)
	w.addr = ln.Addr().String()
	run, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	edge := api.New(o)
	w.edge = edge
	go func() { done <- edge.Run(run, ln) }()
	w.halt = sync.OnceValue(func() error { stop(); return <-done })
	transport := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 8}
	w.client = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	halt := w.halt
	w.t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := halt(); err != nil {
			w.t.Errorf("Run returned %v", err)
		}
	})
}

// call is one request to come.
type call struct {
	method, path string
	token        string      // Bearer
	body         any         // JSON, or a string as it is
	header       http.Header // more of it
	host         string
}

// answer is what came back, its body read whole.
type answer struct {
	*http.Response
	body []byte
}

// do sends a call, reads all and holds the answer against the contract.
func (w *world) do(c call) answer {
	w.t.Helper()
	a := w.raw(c)
	var err error
	a.body, err = io.ReadAll(a.Body)
	fatal(w.t, err)
	_ = a.Body.Close()
	checkContract(w.t, c.method, a)
	return a
}

// raw sends a call and leaves the body to the caller.
func (w *world) raw(c call) answer {
	w.t.Helper()
	var body io.Reader
	switch b := c.body.(type) {
	case nil:
	case string:
		body = strings.NewReader(b)
	default:
		enc, err := json.Marshal(b)
		fatal(w.t, err)
		body = bytes.NewReader(enc)
	}
	req, err := http.NewRequestWithContext(w.t.Context(), c.method, "http://"+w.addr+c.path, body)
	fatal(w.t, err)
	for k, v := range c.header {
		req.Header[k] = v
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if c.host != "" {
		req.Host = c.host
	}
	res, err := w.client.Do(req)
	fatal(w.t, err)
	return answer{Response: res}
}

// want does a call and insists on its status.
func (w *world) want(status int, c call) answer {
	w.t.Helper()
	a := w.do(c)
	if a.StatusCode != status {
		w.t.Fatalf("%s %s: got %d, want %d: %s", c.method, c.path, a.StatusCode, status, a.body)
	}
	return a
}

// json reads the answer into a value of type T.
func decode[T any](t *testing.T, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("decode %s: %v", a.body, err)
	}
	return v
}

type failure struct {
	Detail, Code string
	RequestID    string `json:"request_id"`
	Errors       []struct{ Field, Message string }
}

// fails insists on a status and a code word.
func (w *world) fails(status int, code string, c call) answer {
	w.t.Helper()
	a := w.want(status, c)
	if f := decode[failure](w.t, a); f.Code != code {
		w.t.Fatalf("%s %s: got code %q, want %q", c.method, c.path, f.Code, code)
	}
	return a
}

type login struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	SessionID    int32  `json:"session_id"`
	User         struct {
		ID    int32
		Admin bool
	}
}

// key makes a one-time link's key for the user.
func (w *world) key(user teleplay.User) string {
	w.t.Helper()
	w.keys++
	var b [32]byte
	binary.BigEndian.PutUint64(b[:], uint64(w.keys))
	key := base64.RawURLEncoding.EncodeToString(b[:])
	sum := sha256.Sum256([]byte(key))
	fatal(w.t, w.db.AddKey(w.t.Context(), sum[:], user.ID, w.clock.now().Add(time.Minute)))
	return key
}

// login logs the user in by a link of the bot.
func (w *world) login(user teleplay.User) login {
	w.t.Helper()
	return decode[login](w.t, w.want(200, call{method: "POST", path: "/api/auth/web-link", body: map[string]any{"key": w.key(user)}}))
}

// add puts a file into the library, as the bot does.
func (w *world) add(user teleplay.User, f teleplay.File) teleplay.File {
	w.t.Helper()
	w.uploads++
	f.User, f.Message = user.ID, 1000+w.uploads
	if f.Name == "" {
		f.Name = "Film.mp4"
	}
	if f.Kind == "" {
		f.Kind = teleplay.Video
	}
	if f.Date.IsZero() {
		f.Date = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	}
	out, err := w.db.AddFile(w.t.Context(), teleplay.Upload{File: f, Document: int64(w.uploads), DC: 2, Chat: user.TelegramID, Source: w.uploads, Random: int64(w.uploads)})
	fatal(w.t, err)
	return out
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// clock is the real one, moved on by hand.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) advance(d time.Duration) { c.ahead.Add(int64(d)) }

// generator is a source that knows every byte of every file.
type generator struct{}

func (generator) Fetch(_ context.Context, id teleplay.ChunkID, size, _ int, _ teleplay.Urgency, s teleplay.Sink) error {
	s.Put(0, made(id.Message, id.Offset(), size))
	return nil
}

// made is n bytes of a file from offset on: the oracle of all stream tests.
func made(message int32, offset int64, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		at := uint64(offset+int64(i)) + uint64(message)<<40
		at = (at ^ at>>13) * 0x9e3779b97f4a7c15
		b[i] = byte(at >> 56)
	}
	return b
}

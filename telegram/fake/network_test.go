package fake

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// ctl makes a call of the control API and gives its status and its body.
func ctl(t *testing.T, s *Server, method, path, body string) (int, string) {
	t.Helper()
	a := httptest.NewRecorder()
	s.Handler().ServeHTTP(a, httptest.NewRequestWithContext(t.Context(), method, "http://127.0.0.1/v1"+path, strings.NewReader(body)))
	return a.Code, strings.TrimSpace(a.Body.String())
}

func patchNetwork(t *testing.T, s *Server, body string) string {
	t.Helper()
	status, answer := ctl(t, s, http.MethodPatch, "/network", body)
	if status != http.StatusOK {
		t.Fatalf("%s: %d %s", body, status, answer)
	}
	return answer
}

// TestNetworkSettings: fields merge at every depth, the last that sets a field
// wins, null takes it away, and wrong values change nothing.
func TestNetworkSettings(t *testing.T) {
	s, err := New(Options{Memory: true, Network: Shape{RTT: 40 * time.Millisecond, Rate: 1_000_000}})
	if err != nil {
		t.Fatal(err)
	}
	const standard = `{"default":{"rtt":"40ms","jitter":"0s","rate":1000000,"account_rate":0,"slow_start":false,"think":"0s"},"dcs":{},"places":{},"accounts":{}}`
	if _, got := ctl(t, s, http.MethodGet, "/network", ""); got != standard {
		t.Errorf("at first %s", got)
	}
	for _, step := range []struct{ patch, want string }{
		{`{"dcs":{"4":{"rtt":"80ms","rate":7000}}}`, strings.Replace(standard, `"dcs":{}`, `"dcs":{"4":{"rtt":"80ms","rate":7000}}`, 1)},
		{`{"dcs":{"4":{"rate":null}},"default":{"think":"1ms"}}`, strings.NewReplacer(`"dcs":{}`, `"dcs":{"4":{"rtt":"80ms"}}`, `"think":"0s"`, `"think":"1ms"`).Replace(standard)},
		{`{"default":{"think":null},"dcs":{"4":null},"accounts":{"7000002":{"slow_start":true}}}`, strings.Replace(standard, `"accounts":{}`, `"accounts":{"7000002":{"slow_start":true}}`, 1)},
		{`{"default":null,"accounts":null}`, standard},
	} {
		if got := patchNetwork(t, s, step.patch); got != step.want {
			t.Errorf("%s\n got %s\nwant %s", step.patch, got, step.want)
		}
	}
	for _, wrong := range []string{
		``, `[]`, `null`, `{} {}`, `{"rtt":"1ms"}`, `{"default":{"rtt":"-1ms"}}`, `{"default":{"rtt":"2m"}}`, `{"default":{"rate":-1}}`,
		`{"default":{"rate":99}}`, `{"default":{"account_rate":1}}`, `{"default":{"speed":1}}`, `{"default":{"rtt":5}}`, `{"default":7}`,
		`{"dcs":{"3":{"rtt":"1ms"}}}`, `{"dcs":{"x":{}}}`, `{"places":{"0":{}}}`, `{"places":{"2":{}}}`, `{"default":{"RTT":"1s"}}`, `{"default":{"Rtt":null}}`, `{"Default":{}}`, `{"default":{"rtt":"1s"},"Places":null}`,
		`{"dcs":{"4":{"Rate":7000}}}`, `{"accounts":{"-1":{}}}`, `{"accounts":{"7000001":{"jitter":"1h"}}}`,
	} {
		if status, body := ctl(t, s, http.MethodPatch, "/network", wrong); status != http.StatusBadRequest || !strings.Contains(body, `"bad_request"`) {
			t.Errorf("%s: %d %s", wrong, status, body)
		}
	}
	if _, got := ctl(t, s, http.MethodGet, "/network", ""); got != standard {
		t.Errorf("after wrong ones %s", got)
	}
	patchNetwork(t, s, `{"default":{"rtt":"1s"},"places":{"1":{"rtt":"2s"}},"accounts":{"9":{"rtt":"4s"}},"dcs":{"4":{"rtt":"3s","think":"5s"}}}`)
	for _, c := range []struct {
		dc, place int
		account   int64
		want      Shape
	}{
		{2, 3, 8, Shape{RTT: time.Second, Rate: 1_000_000}},
		{4, 3, 8, Shape{RTT: 3 * time.Second, Rate: 1_000_000, Think: 5 * time.Second}},
		{4, 1, 8, Shape{RTT: 2 * time.Second, Rate: 1_000_000, Think: 5 * time.Second}},
		{4, 1, 9, Shape{RTT: 4 * time.Second, Rate: 1_000_000, Think: 5 * time.Second}},
	} {
		if got := s.network.of(c.dc, c.place, c.account); got != c.want {
			t.Errorf("%+v has %+v", c, got)
		}
	}
	if status, body := ctl(t, s, http.MethodPost, "/reset", ""); status != http.StatusOK {
		t.Fatal(body)
	}
	if _, got := ctl(t, s, http.MethodGet, "/network", ""); got != standard {
		t.Errorf("after the reset %s", got)
	}
	if _, err := New(Options{Network: Shape{Rate: 5}}); err == nil {
		t.Error("a rate that is none was taken")
	}
}

// TestNetworkOfOpenConnections: a connection that was direct gets a shape, with
// another one's bytes on the way, and loses it.
func TestNetworkOfOpenConnections(t *testing.T) {
	inBubble(t, Shape{}, func(t *testing.T, w *wire) {
		c := w.reader(7)
		if took, _ := c.part(1 << 20); took != 0 {
			t.Errorf("without a shape: %v", took)
		}
		time.Sleep(time.Second)
		for range 2 {
			patchNetwork(t, w.Server, `{"default":{"rtt":"50ms","rate":5000000}}`)
			for range 2 {
				took, n := c.part(128 << 10)
				exact(t, "with a shape", took, expected(Shape{RTT: 50 * time.Millisecond, Rate: 5_000_000}, n, false))
			}
			patchNetwork(t, w.Server, `{"default":null}`)
			if took, _ := c.part(1 << 20); took != 0 {
				t.Errorf("again without: %v", took)
			}
		}
		// The line gets free while much is queued for it.
		patchNetwork(t, w.Server, `{"accounts":{"7":{"rate":1000}}}`)
		begun := time.Now()
		id := c.ask(1 << 20)
		synctest.Wait()
		time.Sleep(time.Second)
		patchNetwork(t, w.Server, `{"accounts":{"7":{"rate":null}}}`)
		c.answer(id)
		if took := time.Since(begun); took > time.Second+pieceLeast*time.Millisecond {
			t.Errorf("%v", took)
		}
		// One that nothing came on yet.
		patchNetwork(t, w.Server, `{"default":{"rtt":"100ms"}}`)
		c = w.reader(7)
		took, _ := c.part(1 << 10)
		exact(t, "a new connection", took, 100*time.Millisecond)
	})
}

// TestAccountRate: all connections of an account share it evenly, others do not.
func TestAccountRate(t *testing.T) {
	const size, rate, n = 1 << 20, 8_000_000, 4
	inBubble(t, Shape{RTT: 50 * time.Millisecond, Rate: 5_000_000, AccountRate: rate}, func(t *testing.T, w *wire) {
		var all []*reader
		for range n {
			all = append(all, w.reader(7))
		}
		other := w.reader(8)
		time.Sleep(time.Second)
		var wg sync.WaitGroup
		var bytes atomic.Int64
		var last atomic.Int64
		for _, c := range all {
			wg.Go(func() {
				took, came := c.part(size)
				bytes.Add(came)
				last.Store(max(last.Load(), int64(took)))
				share := 50*time.Millisecond + lasting(n*size, rate)
				if took < share-20*time.Millisecond {
					t.Errorf("one took %v, its share is over at %v", took, share)
				}
			})
		}
		wg.Go(func() {
			took, n := other.part(size)
			exact(t, "the other account", took, 50*time.Millisecond+lasting(int(n), 5_000_000))
		})
		wg.Wait()
		// Whoever is last has the end for itself, at its own rate.
		took, least := time.Duration(last.Load()), 50*time.Millisecond+lasting(int(bytes.Load()), rate)
		if took < least || took > least+n*pieceTime {
			t.Errorf("all took %v, want %v", took, least)
		}
	})
}

func TestThink(t *testing.T) {
	inBubble(t, Shape{RTT: 10 * time.Millisecond, Think: 30 * time.Millisecond}, func(t *testing.T, w *wire) {
		c := w.reader(7)
		begun := time.Now()
		c.ask(1 << 10)
		c.ask(1 << 10)
		for range 2 {
			if _, _, err := c.recv(); err != nil {
				t.Fatal(err)
			}
		}
		exact(t, "two at once", time.Since(begun), 40*time.Millisecond)
	})
}

// TestJitter: each way takes up to so much longer, not always the same, and the
// order stays.
func TestJitter(t *testing.T) {
	s := Shape{RTT: 20 * time.Millisecond, Jitter: 10 * time.Millisecond}
	inBubble(t, s, func(t *testing.T, w *wire) {
		c := w.reader(7)
		seen := map[time.Duration]bool{}
		for range 50 {
			took, _ := c.part(1 << 10)
			if took < s.RTT || took > s.RTT+2*s.Jitter {
				t.Errorf("took %v", took)
			}
			seen[took.Round(time.Millisecond)] = true
		}
		if len(seen) < 10 {
			t.Errorf("%d times: %v", len(seen), seen)
		}
	})
}

// TestBytesFlow: a large answer comes bit by bit, each in its time.
func TestBytesFlow(t *testing.T) {
	s := Shape{RTT: 50 * time.Millisecond, Rate: 5_000_000}
	inBubble(t, s, func(t *testing.T, w *wire) {
		c := w.reader(7)
		time.Sleep(time.Second)
		begun, before := time.Now(), c.in.read.Load()
		id := c.ask(1 << 20)
		got := make(chan struct{})
		go func() {
			c.answer(id)
			close(got)
		}()
		for at := time.Duration(0); at < 200*time.Millisecond; at += 10 * time.Millisecond {
			time.Sleep(time.Until(begun.Add(at)))
			synctest.Wait()
			want := int64(max(0, during(at-s.RTT, s.Rate)))
			if n := c.in.read.Load() - before; n > want+1 || n < want-int64(during(pieceTime, s.Rate)) {
				t.Errorf("after %v %d bytes, want %d", at, n, want)
			}
		}
		<-got
	})
}

// TestSlowReaderOfAShape: the server makes no more for a client that does not read
// because its line has a rate; and when it reads, the rate holds still.
func TestSlowReaderOfAShape(t *testing.T) {
	var made atomic.Int64
	methods := tiny()
	methods[tg.UploadGetFileRequestTypeID] = func(*call, *bin.Buffer) (bin.Encoder, error) {
		made.Add(1)
		return &tg.UploadFile{Type: &tg.StorageFileUnknown{}, Bytes: make([]byte, 1<<20)}, nil
	}
	synctest.Test(t, func(t *testing.T) {
		w := startWire(t, Options{Memory: true, Network: Shape{RTT: 50 * time.Millisecond, Rate: 20_000_000}}, methods)
		c := w.reader(7)
		for range 200 {
			c.ask(1 << 20)
		}
		time.Sleep(20 * time.Second)
		if n := made.Load(); n != backlogMost && n != backlogMost-1 { // by what frames add
			t.Errorf("%d answers were made", n)
		}
		begun, before := time.Now(), c.in.read.Load()
		for c.in.read.Load()-before < 10<<20 {
			if _, _, err := c.recv(); err != nil {
				t.Fatal(err)
			}
		}
		// What was on its way, and what the socket held, comes at once.
		if took, least := time.Since(begun), lasting(10<<20-1<<20-pipeBytes-pieceMost, 20_000_000); took < least-time.Millisecond {
			t.Errorf("10 MiB took %v, at the rate %v", took, least)
		}
	})
}

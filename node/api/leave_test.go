package api_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/node/api"
)

// stalled is a stream that gives some bytes and then waits for more that never
// come.
type stalled struct {
	first  []byte
	ready  error         // what Ready says; nil with no first bytes: it waits
	closed chan struct{} // closed by Close
	once   sync.Once
}

func (s *stalled) Ready(ctx context.Context) error {
	if s.ready != nil || len(s.first) > 0 {
		return s.ready
	}
	select {
	case <-s.closed:
		return os.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *stalled) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(s.first)
	if err != nil {
		return int64(n), err
	}
	<-s.closed
	return int64(n), os.ErrClosed
}

func (s *stalled) Read([]byte) (int, error) {
	return 0, errors.New("Read was called: WriteTo is there")
}
func (s *stalled) Close() error { s.once.Do(func() { close(s.closed) }); return nil }

// stalls makes every stream a stalled one and hands them out.
func stalls(s func() *stalled) (func(*api.Options), chan *stalled) {
	opened := make(chan *stalled, 16)
	return func(o *api.Options) {
		o.Open = func(teleplay.File, teleplay.Range) api.Stream {
			one := s()
			one.closed = make(chan struct{})
			opened <- one
			return one
		}
	}, opened
}

// leaving is how clients go: FIN, or RST.
var leaving = map[string]func(*net.TCPConn){
	"FIN": func(c *net.TCPConn) { _ = c.Close() },
	"RST": func(c *net.TCPConn) { _ = c.SetLinger(0); _ = c.Close() },
	"FIN behind a pipelined request": func(c *net.TCPConn) {
		_, _ = io.WriteString(c, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
		_ = c.Close()
	},
}

func TestClientThatLeavesEndsItsStream(t *testing.T) {
	for where, first := range map[string][]byte{"before the first byte": nil, "in the middle": make([]byte, 100)} {
		for how, leave := range leaving {
			t.Run(where+" by "+how, func(t *testing.T) {
				change, opened := stalls(func() *stalled { return &stalled{first: first} })
				w := newWorld(t, change)
				token := w.login(w.ada).AccessToken
				f := w.add(w.ada, teleplay.File{Size: 1 << 20})
				c, err := net.Dial("tcp", w.addr)
				fatal(t, err)
				fmt.Fprintf(c, "GET /api/stream/%d HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", f.ID, token)
				s := <-opened
				if first != nil {
					_, err := io.ReadFull(c, make([]byte, len(first)))
					fatal(t, err)
				}
				leave(c.(*net.TCPConn))
				left := time.Now()
				select {
				case <-s.closed:
					// 250 ms are promised; this machine may be busy.
					if took := time.Since(left); took > time.Second {
						t.Errorf("the stream went on for %v", took)
					}
				case <-time.After(10 * time.Second):
					t.Fatal("the stream goes on")
				}
			})
		}
	}
}

// A player that pauses takes no byte for minutes, which is legal.
func TestStreamsMayPause(t *testing.T) {
	change, opened := stalls(func() *stalled { return &stalled{first: make([]byte, 10)} })
	w := newWorld(t, change)
	f := w.add(w.ada, teleplay.File{Size: 10_000})
	a := w.raw(call{method: "GET", path: fmt.Sprintf("/api/stream/%d", f.ID), token: w.login(w.ada).AccessToken})
	defer a.Body.Close()
	<-opened
	if diff := cmp.Diff([]time.Duration{api.MediaStall}, api.Stalls(w.edge)); diff != "" {
		t.Error(diff)
	}
}

func TestClientThatLeavesAHeldVerify(t *testing.T) {
	w := newWorld(t)
	c := decode[code](t, w.want(200, call{method: "POST", path: generate, body: map[string]any{"device_name": "x"}}))
	ctx, cancel := context.WithCancel(t.Context())
	body := fmt.Sprintf(`{"device_code":%q,"wait":25}`, *c.DeviceCode)
	req, err := http.NewRequestWithContext(ctx, "POST", "http://"+w.addr+verify, bytes.NewReader([]byte(body)))
	fatal(t, err)
	done := make(chan struct{})
	go func() { defer close(done); _, _ = w.client.Do(req) }()
	cancel()
	<-done
	begun := time.Now()
	fatal(t, w.halt()) // waits for the handler
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("the handler went on for %v", took)
	}
}

func TestFailuresComeAsStatuses(t *testing.T) {
	for _, row := range []struct {
		err    error
		status int
		code   string
	}{
		{teleplay.Fail(teleplay.ErrNotFound, "file_missing", "Gone."), 410, "file_missing"},
		{teleplay.Fail(teleplay.ErrUnavailable, "upstream_busy", "Busy.").After(7 * time.Second), 503, "upstream_busy"},
		{teleplay.Fail(teleplay.ErrUnavailable, "upstream_timeout", "Slow."), 504, "upstream_timeout"},
		{context.DeadlineExceeded, 504, "upstream_timeout"},
		{errors.New("secret internals"), 500, "internal"},
	} {
		t.Run(row.code, func(t *testing.T) {
			change, opened := stalls(func() *stalled { return &stalled{ready: row.err} })
			w := newWorld(t, change)
			token := w.login(w.ada).AccessToken
			f := w.add(w.ada, teleplay.File{Size: 10})
			a := w.fails(row.status, row.code, call{method: "GET", path: fmt.Sprintf("/api/stream/%d", f.ID), token: token})
			if row.status == 503 && a.Header.Get("Retry-After") != "7" {
				t.Errorf("Retry-After is %q", a.Header.Get("Retry-After"))
			}
			if bytes.Contains(a.body, []byte("secret")) {
				t.Errorf("internals are told: %s", a.body)
			}
			if got := a.Header.Get("Content-Type"); got != "application/json" {
				t.Errorf("type is %q", got)
			}
			<-(<-opened).closed
		})
	}
}

// short gives fewer bytes than were promised.
type short struct{ *bytes.Reader }

func (short) Ready(context.Context) error { return nil }
func (short) Close() error                { return nil }

func TestShortBodyIsAnAbortedConnection(t *testing.T) {
	w := newWorld(t, func(o *api.Options) {
		o.Open = func(teleplay.File, teleplay.Range) api.Stream { return short{bytes.NewReader(make([]byte, 5000))} }
	})
	token := w.login(w.ada).AccessToken
	f := w.add(w.ada, teleplay.File{Size: 10_000})
	c, err := net.Dial("tcp", w.addr)
	fatal(t, err)
	defer c.Close()
	fmt.Fprintf(c, "GET /api/stream/%d HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", f.ID, token)
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	fatal(t, err)
	body, err := io.ReadAll(res.Body)
	if err != io.ErrUnexpectedEOF || len(body) > 5000 {
		t.Errorf("got %d bytes and %v, want a cut", len(body), err)
	}
}

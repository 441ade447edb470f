package api_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/node/api"
)

// journal is a log that can be read while it is written.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// logged sends all log lines of the edge to j.
func logged(j *journal) func(*api.Options) {
	return func(o *api.Options) {
		o.Log = slog.New(slog.NewTextHandler(j, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
}

// No secret of a request is logged, however broken it is.
func TestLogTellsNoSecrets(t *testing.T) {
	var j journal
	w := newWorld(t, logged(&j))
	for _, raw := range []string{
		"GET /api/files?token=HUSH HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer HUSH\r\nCookie: tp=HUSH\r\nno colon\r\n\r\n",
		"GET /api/files?token=HUSH HTTP/1.1\r\nAuthorization: Bearer HUSH\r\n\r\n",
		"GET /HUSH?token=HUSH HTTP/9\r\nHost: x\r\n\r\n",
		"POST /api/auth/refresh HTTP/1.1\r\nHost: x\r\nCookie: tpr=HUSH\r\nContent-Length: -5\r\n\r\n",
		"GET /api/stream/1?token=HUSH HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer HUSH\r\nConnection: close\r\n\r\n",
	} {
		c, err := net.Dial("tcp", w.addr)
		fatal(t, err)
		_, err = io.WriteString(c, raw)
		fatal(t, err)
		_, _ = io.Copy(io.Discard, c) // until the edge closes it
		_ = c.Close()
	}
	fatal(t, w.halt())
	if text := j.String(); strings.Contains(text, "HUSH") || !strings.Contains(text, "level=DEBUG") {
		t.Errorf("logged:\n%s", text)
	}
}

// hanging is a catalog whose File waits until it is told to give up.
type hanging struct {
	api.Library
	asked chan struct{}
}

func (h hanging) File(ctx context.Context, _, _ int32) (teleplay.File, error) {
	close(h.asked)
	<-ctx.Done()
	return teleplay.File{}, ctx.Err()
}

// The stop waits for no handler longer than the grace.
func TestStopWithAHandlerThatHangs(t *testing.T) {
	asked := make(chan struct{})
	w := newWorld(t, func(o *api.Options) {
		o.Grace = 100 * time.Millisecond
		o.Library = hanging{o.Library, asked}
	})
	token := w.login(w.ada).AccessToken
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+w.addr+"/api/files/5", nil)
		if err != nil {
			return
		}
		req.Header.Set("Authorization", "Bearer "+token)
		if res, err := w.client.Do(req); err == nil {
			_ = res.Body.Close()
		}
	}()
	<-asked
	begun := time.Now()
	fatal(t, w.halt())
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("the stop took %v", took)
	}
	<-answered
}

// A panic is one failed request: the place of its stream is free again.
func TestPanicGivesItsPlaceBack(t *testing.T) {
	for name, open := range map[string]func() api.Stream{
		"open":  func() api.Stream { panic("open") },
		"ready": func() api.Stream { return panicking{} },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(o *api.Options) {
				o.Limits.Streams = 1
				o.Open = func(teleplay.File, teleplay.Range) api.Stream { return open() }
			})
			token := w.login(w.ada).AccessToken
			f := w.add(w.ada, teleplay.File{Size: 10})
			for range 3 {
				w.fails(500, "internal", call{method: "GET", path: fmt.Sprintf("/api/stream/%d", f.ID), token: token})
			}
		})
	}
}

type panicking struct{ api.Stream }

func (panicking) Ready(context.Context) error { panic("ready") }
func (panicking) Close() error                { return nil }

// away is a catalog that does not answer.
type away struct{ api.Library }

func (away) Session(context.Context, int32) (teleplay.Session, error) {
	return teleplay.Session{}, teleplay.Fail(teleplay.ErrUnavailable, "catalog_down", "The library is away.")
}

// A refresh is held for a catalog that is away, until its client leaves or the node
// stops, and is never answered then: any answer but 2xx throws an old app's login
// away.
func TestHeldRefresh(t *testing.T) {
	for name, end := range map[string]func(*world, net.Conn){
		"client leaves": func(_ *world, c net.Conn) { _ = c.Close() },
		"node stops": func(w *world, c net.Conn) {
			fatal(w.t, w.halt())
			fatal(w.t, c.SetReadDeadline(time.Now().Add(5*time.Second)))
			if b, err := io.ReadAll(c); len(b) > 0 || isTimeout(err) {
				w.t.Errorf("answered %q, %v", b, err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			var j journal
			w := newWorld(t, func(o *api.Options) { o.Library = away{o.Library} }, logged(&j))
			body := fmt.Sprintf(`{"refresh_token":%q}`, w.login(w.ada).RefreshToken)
			c, err := net.Dial("tcp", w.addr)
			fatal(t, err)
			defer c.Close()
			_, err = fmt.Fprintf(c, "POST /api/auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
			fatal(t, err)
			fatal(t, c.SetReadDeadline(time.Now().Add(700*time.Millisecond)))
			if n, err := c.Read(make([]byte, 1)); n > 0 || !isTimeout(err) {
				t.Fatalf("a held refresh was answered: %d bytes, %v", n, err)
			}
			end(w, c)
			begun := time.Now()
			for !strings.Contains(j.String(), "refresh left unanswered") {
				if time.Since(begun) > 10*time.Second {
					t.Fatal("the refresh is held for nobody")
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
}

func isTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

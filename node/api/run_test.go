package api_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/node/api"
)

func itoa(n int32) string { return strconv.Itoa(int(n)) }

// At the stop event streams end, held calls are let go, a stream that moves gets
// its grace and one that does not is cut.
func TestStop(t *testing.T) {
	change, opened := stalls(func() *stalled { return &stalled{first: make([]byte, 10)} })
	polls := make(chan struct{}, 10)
	w := newWorld(t, change, func(o *api.Options) {
		o.Grace = 300 * time.Millisecond
		o.Library = polled{o.Library, polls}
	})
	token := w.login(w.ada).AccessToken
	f := w.add(w.ada, teleplay.File{Size: 10_000})
	news := w.feed(token, "")
	news.next()
	c := decode[code](t, w.want(200, call{method: "POST", path: generate, body: map[string]any{"device_name": "x"}}))
	held := make(chan int, 1)
	go func() {
		held <- w.do(call{method: "POST", path: verify, body: map[string]any{"device_code": *c.DeviceCode, "wait": 25}}).StatusCode
	}()
	<-polls // the call is there, and held
	playing := w.raw(call{method: "GET", path: fmt.Sprintf("/api/stream/%d", f.ID), token: token})
	s := <-opened
	idle, err := net.Dial("tcp", w.addr)
	fatal(t, err)
	defer idle.Close()

	begun := time.Now()
	fatal(t, w.halt())
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("the stop took %v", took)
	}
	if _, ok := <-news.new; ok {
		t.Error("the event stream went on")
	}
	if status := <-held; status != 202 {
		t.Errorf("the held call got %d", status)
	}
	if _, err := io.ReadAll(playing.Body); err == nil {
		t.Error("a cut stream looks whole")
	}
	_ = playing.Body.Close()
	<-s.closed
	if _, err := net.Dial("tcp", w.addr); err == nil {
		t.Error("the port is still open")
	}
}

// polled tells of each look at a login code.
type polled struct {
	api.Library
	polls chan<- struct{}
}

func (p polled) Code(ctx context.Context, c teleplay.CodeClaim) (teleplay.LoginCode, error) {
	select {
	case p.polls <- struct{}{}:
	default:
	}
	return p.Library.Code(ctx, c)
}

// A stream that moves is finished within the grace.
func TestStopLetsStreamsFinish(t *testing.T) {
	w := newWorld(t)
	token := w.login(w.ada).AccessToken
	f := w.add(w.ada, teleplay.File{Size: 20 << 20})
	a := w.raw(call{method: "GET", path: fmt.Sprintf("/api/stream/%d", f.ID), token: token})
	_, err := io.ReadFull(a.Body, make([]byte, 1000))
	fatal(t, err)
	stopped := make(chan error, 1)
	go func() { stopped <- w.halt() }()
	n, err := io.Copy(io.Discard, a.Body)
	if err != nil || n != f.Size-1000 {
		t.Errorf("got %d bytes and %v", n, err)
	}
	_ = a.Body.Close()
	fatal(t, <-stopped)
}

func TestListenerThatFails(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	fatal(t, err)
	w := newWorld(t)
	_ = ln.Close()
	edge := api.New(api.Options{Library: w.db, JWTSecret: secret, WebBase: "http://films.test"})
	if err := edge.Run(t.Context(), broken{ln}); err == nil {
		t.Error("Run says nothing of a broken listener")
	}
}

type broken struct{ net.Listener }

func (broken) Accept() (net.Conn, error) { return nil, fmt.Errorf("broken") }

package api

import (
	"errors"
	"net"
	"os"
	"sync/atomic"
	"time"
)

const (
	// callStall is how long a client may take nothing of an ordinary answer.
	callStall = 10 * time.Second
	// mediaStall is the same for a stream: a paused player is the normal case, and a
	// pause is legal.
	mediaStall = 5 * time.Minute
	// writeStep is how often a write that hangs looks how long it has hung.
	writeStep = 10 * time.Second
)

// listener hands out conns.
type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	tune(c)
	w := &conn{Conn: c}
	w.stall.Store(int64(callStall))
	return w, nil
}

// conn gives a deadline to each piece of progress, not to the whole answer:
// fasthttp's WriteTimeout would cut a film that is being watched. It shows no
// ReadFrom, so that nothing goes around its Write.
type conn struct {
	net.Conn
	stall atomic.Int64 // longest time without a byte taken, a time.Duration
}

// Write returns when all is taken, or with an error when nothing was for the
// stall.
func (c *conn) Write(p []byte) (int, error) {
	done, moved := 0, time.Now()
	for {
		stall := time.Duration(c.stall.Load())
		if err := c.SetWriteDeadline(time.Now().Add(min(writeStep, stall))); err != nil {
			return done, err
		}
		n, err := c.Conn.Write(p[done:])
		done += n
		if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
			return done, err
		}
		if n > 0 {
			moved = time.Now()
		} else if time.Since(moved) >= stall {
			return done, err
		}
	}
}

// connOf is our conn under a request, nil if somebody wrapped it.
func connOf(q *request) *conn {
	c, _ := q.Conn().(*conn)
	return c
}

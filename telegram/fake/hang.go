package fake

import (
	"context"
	"net"
	"time"
)

// How a connection ends, and how it stays without living.

// close ends the connection; what is queued is lost. by: client, server, fault,
// duplicate.
func (c *conn) close(by string) {
	c.end(by, func(raw net.Conn) {
		if c.halfOpen() {
			_ = raw.SetDeadline(time.Unix(1, 0)) // who uses it has to leave; part closes it
			return
		}
		_ = raw.Close()
	})
}

// reset ends the connection at once by a reset, which the client hears at once. by
// is what /sessions says; a fault's is "fault".
func (c *conn) reset(by string) { c.end(by, abort) }

// resetAfter resets the connection, as a fault, once n more bytes were sent, which
// may be in the midst of an answer.
func (c *conn) resetAfter(n int64) {
	c.mu.Lock()
	c.left, c.limited = n, true
	c.mu.Unlock()
	if n <= 0 {
		c.reset("fault")
	}
}

// stall makes the connection half open for d from now on: nothing flows, and
// neither side hears that the other has closed. What the client's socket has
// already it may read.
func (c *conn) stall(d time.Duration) { c.gates[0].shut(d) }

func (c *conn) end(by string, shut func(raw net.Conn)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.closed, c.by = true, by
	if c.idle != nil {
		c.idle.Stop()
	}
	close(c.done)
	c.eased.Broadcast()
	shut(c.raw)
}

func (c *conn) halfOpen() bool {
	for _, g := range c.gates {
		if d, _ := g.rest(); d > 0 {
			return true
		}
	}
	return false
}

// part closes the socket of a connection that has ended, when the client may hear
// of it.
func (c *conn) part(ctx context.Context) {
	await(ctx.Done(), c.gates[:]...)
	_ = c.raw.Close()
}

// flows waits while the connection is half open; false: it was closed.
func (c *conn) flows() bool { return await(c.done, c.gates[:]...) }

// allowed is how much of b may be sent, and whether the connection is reset behind it.
func (c *conn) allowed(b []byte) (some []byte, last bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.limited {
		return b, false
	}
	if last = int64(len(b)) >= c.left; last {
		b = b[:max(c.left, 0)]
	}
	c.left -= int64(len(b))
	return b, last
}

// put writes bytes of a session's message (nil = of none's) to the socket, unless
// the connection ends before.
func (c *conn) put(b []byte, of *sessionEntry) error {
	if !c.flows() {
		return net.ErrClosed
	}
	b, last := c.allowed(b)
	_ = c.raw.SetWriteDeadline(time.Now().Add(writeLimit))
	n, err := c.raw.Write(b)
	c.server.stats.sent(c.account.Load(), n)
	if of != nil {
		of.sent.Add(int64(n))
	}
	if last && err == nil {
		c.end("fault", abortBehind)
		return net.ErrClosed
	}
	return err
}

// abortBehind resets a connection so that the bytes before it arrive: in memory, and
// over loopback, where they are with the client already.
func abortBehind(raw net.Conn) {
	if s, ok := raw.(*socket); ok {
		s.resetBehind()
		return
	}
	abort(raw)
}

package fake

import (
	"net"
	"sync/atomic"
	"time"
)

// connFaults are what was ordered for one connection.
type connFaults struct {
	still  atomic.Int64 // half open until then, in ns of the monotonic clock since the connection's start; 0 = no
	budget atomic.Int64 // bytes that may still be sent, plus one; 0 = any number
	begun  time.Time
}

// stall makes the connection half open for d: nothing is read, sent or closed.
func (c *conn) stall(d time.Duration) { c.faults.still.Store(int64(time.Since(c.faults.begun) + d)) }

// reset ends the connection by a reset.
func (c *conn) reset(by string) {
	if t, ok := c.raw.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	c.close(by)
}

// resetAfter resets the connection once n more bytes are sent.
func (c *conn) resetAfter(n int64) {
	if n == 0 {
		c.reset("fault")
		return
	}
	c.faults.budget.Store(n + 1)
}

// flows waits until the connection is not half open.
func (c *conn) flows() {
	for {
		left := time.Duration(c.faults.still.Load()) - time.Since(c.faults.begun)
		if c.faults.still.Load() == 0 || left <= 0 {
			return
		}
		t := time.NewTimer(left)
		select {
		case <-t.C:
		case <-c.done:
			t.Stop()
			return
		}
	}
}

// put writes what faults let through.
func (c *conn) put(b []byte) (int, error) {
	c.flows()
	budget := c.faults.budget.Load()
	if budget == 0 || int64(len(b)) < budget-1 {
		if budget != 0 {
			c.faults.budget.Add(-int64(len(b)))
		}
		return c.raw.Write(b)
	}
	n, _ := c.raw.Write(b[:budget-1])
	c.reset("fault")
	return n, net.ErrClosed
}

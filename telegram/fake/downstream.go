package fake

import (
	"errors"
	"math/rand/v2"
	"os"
	"time"
)

// downstream writes a connection's queue to its socket: at once, or when the
// connection's shape has the bytes arrive. Its writer owns it.
type downstream struct {
	c      *conn
	random *rand.Rand
	line   line
	queue  []*frame
	rest   []byte     // of queue[0]: sealed, and not on the way yet; nil = not begun
	way    []arriving // what has left and did not arrive yet
	last   time.Time
	timer  *time.Timer
}

// arriving is bytes of a frame on their way.
type arriving struct {
	b     []byte
	at    time.Time
	of    *frame
	whole bool // the frame has come with these
}

// write sends what is queued, in order, until the connection ends.
func (c *conn) write() {
	d := &downstream{c: c, random: c.chance(1), timer: time.NewTimer(forEver)}
	defer d.timer.Stop()
	for {
		var due <-chan time.Time
		if at, ok := d.next(); ok {
			d.timer.Reset(time.Until(at))
			due = d.timer.C
		}
		select {
		case <-c.done:
			return
		case <-c.wake:
		case <-due:
		}
		if err := d.flow(); err != nil {
			by := "client"
			if errors.Is(err, os.ErrDeadlineExceeded) {
				by = "server"
			}
			c.close(by)
			return
		}
	}
}

// flow writes what has arrived by now, and takes from the queue what may leave.
func (d *downstream) flow() error {
	d.queue = d.c.taken(d.queue)
	for {
		s, now := d.c.shape(), time.Now()
		switch {
		case len(d.way) > 0 && !now.Before(d.way[0].at):
			p := d.way[0]
			d.way[0] = arriving{}
			d.way = d.way[1:]
			if err := d.deliver(p); err != nil {
				return err
			}
		case len(d.queue) == 0:
			return nil
		case len(d.way) == 0 && s.direct():
			f := d.queue[0]
			b := d.sealed(f)
			d.done()
			if err := d.deliver(arriving{b: b, of: f, whole: true}); err != nil {
				return err
			}
		default:
			at := d.line.opens(s, d.queue[0].since)
			if at.After(now) {
				return nil
			}
			d.leave(s, at, now)
		}
	}
}

// next is when flow has something to do again; ok = false: when there is news.
func (d *downstream) next() (at time.Time, ok bool) {
	if len(d.queue) > 0 {
		at, ok = d.line.opens(d.c.shape(), d.queue[0].since), true
	}
	if len(d.way) > 0 && (!ok || d.way[0].at.Before(at)) {
		at, ok = d.way[0].at, true
	}
	return at, ok
}

// leave puts the next piece of the queue on its way.
func (d *downstream) leave(s Shape, at, now time.Time) {
	f := d.queue[0]
	b := d.sealed(f)
	var shared *link
	if s.AccountRate != 0 {
		shared = d.c.server.network.link(d.c.accountID())
	}
	n, left := d.line.take(s, len(b), at, now, shared)
	p := arriving{b: b[:n], of: f, at: left.Add(s.RTT/2 + jitter(d.random, s.Jitter))}
	if p.at.Before(d.last) {
		p.at = d.last
	}
	d.last = p.at
	if d.rest = b[n:]; n == len(b) {
		p.whole = true
		d.done()
	}
	d.way = append(d.way, p)
}

// sealed is what is left to send of the queue's first frame.
func (d *downstream) sealed(f *frame) []byte {
	if d.rest == nil {
		d.rest = d.c.codec.seal(f.buf)
		if d.c.out != nil {
			d.c.out.XORKeyStream(d.rest, d.rest)
		}
	}
	return d.rest
}

// done takes the first frame from the queue.
func (d *downstream) done() {
	d.rest, d.queue[0] = nil, nil
	if d.queue = d.queue[1:]; len(d.queue) == 0 {
		d.queue = nil
	}
}

// deliver writes to the socket.
func (d *downstream) deliver(p arriving) error {
	err := d.c.put(p.b, p.of.of)
	if p.whole {
		owed, last := len(p.of.buf), p.of.last
		d.c.server.frames.free(p.of)
		d.c.written(owed)
		if last != "" && err == nil {
			d.c.close(last)
		}
	}
	return err
}

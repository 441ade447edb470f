package fake

import (
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"
)

// upstreamMost is how many bytes of a client may be on their way; then its socket
// fills. It is no limit of the rate up to 80 MB/s at an RTT of 100 ms.
const upstreamMost = 4 << 20

// upstream reads what a client sends, as late as the connection's shape has it. As
// long as there is no shape, it is the socket. Read is the reader's alone.
type upstream struct {
	c      *conn
	raw    io.Reader
	opened time.Time // the connection
	last   time.Time // arrival
	random *rand.Rand
	late   bool // a goroutine reads the socket; it stays for the connection's life

	mu   sync.Mutex
	way  []arrival // on their way
	size int       // bytes of those
	news chan struct{}
	room chan struct{}
}

// arrival is what there is to read from a moment on.
type arrival struct {
	b   []byte
	err error
	at  time.Time
}

func newUpstream(c *conn, raw io.Reader) *upstream {
	return &upstream{
		c: c, raw: raw, opened: time.Now(), random: c.chance(0),
		news: make(chan struct{}, 1), room: make(chan struct{}, 1),
	}
}

func (u *upstream) Read(b []byte) (int, error) {
	if !u.late {
		if !u.far() {
			n, err := u.raw.Read(b)
			if !u.c.flows() {
				return 0, net.ErrClosed
			}
			if !u.far() {
				return n, err
			}
			u.send(b[:n], err) // there is a shape since
		}
		u.late = true
		u.c.server.wg.Go(u.fetch)
	}
	n, err := u.arrived(b)
	if !u.c.flows() { // what was on its way when it stopped to flow is so still
		return 0, net.ErrClosed
	}
	return n, err
}

// far says that bytes take their time.
func (u *upstream) far() bool {
	s := u.c.shape()
	return s.RTT != 0 || s.Jitter != 0
}

// send puts on the way what the socket gave just now. A connection's first bytes
// come behind its handshake, which the socket's own does not count.
func (u *upstream) send(b []byte, err error) {
	s := u.c.shape()
	at := time.Now()
	if known := u.opened.Add(s.RTT); at.Before(known) {
		at = known
	}
	at = at.Add(s.RTT/2 + jitter(u.random, s.Jitter))
	if at.Before(u.last) {
		at = u.last
	}
	u.last = at
	u.mu.Lock()
	u.way = append(u.way, arrival{slices.Clone(b), err, at})
	u.size += len(b)
	u.mu.Unlock()
	signal(u.news)
}

// fetch empties the socket until its end, or the connection's.
func (u *upstream) fetch() {
	b := make([]byte, 64<<10)
	for {
		u.mu.Lock()
		full := u.size > upstreamMost
		u.mu.Unlock()
		if full {
			select {
			case <-u.room:
				continue
			case <-u.c.done:
				return
			}
		}
		n, err := u.raw.Read(b)
		if !u.c.flows() {
			return
		}
		if u.send(b[:n], err); err != nil {
			return
		}
	}
}

// arrived waits for what has come.
func (u *upstream) arrived(b []byte) (int, error) {
	for {
		u.mu.Lock()
		var wait <-chan time.Time
		var timer *time.Timer
		if len(u.way) > 0 {
			first := &u.way[0]
			d := time.Until(first.at)
			if d <= 0 {
				n := copy(b, first.b)
				first.b = first.b[n:]
				u.size -= n
				var err error
				if len(first.b) == 0 {
					err = first.err
					u.way[0] = arrival{}
					u.way = u.way[1:]
				}
				u.mu.Unlock()
				signal(u.room)
				if n > 0 || err != nil {
					return n, err
				}
				continue
			}
			timer = time.NewTimer(d)
			wait = timer.C
		}
		u.mu.Unlock()
		select {
		case <-wait:
		case <-u.news:
		case <-u.c.done:
			if timer != nil {
				timer.Stop()
			}
			return 0, net.ErrClosed
		}
		if timer != nil {
			timer.Stop()
		}
	}
}

// signal leaves a token, unless one is there.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// jitter is at random between 0 and most.
func jitter(random *rand.Rand, most time.Duration) time.Duration {
	if most <= 0 {
		return 0
	}
	return time.Duration(random.Int64N(int64(most)))
}

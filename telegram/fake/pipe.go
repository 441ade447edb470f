package fake

import (
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// pipeBytes is how much one direction of a connection in memory holds before its
// writer waits, as the buffers of a socket do.
const pipeBytes = 256 << 10

// pipe is one direction of a connection in memory. Whoever waits for it waits on
// its condition alone, so a synctest bubble's time goes on meanwhile.
type pipe struct {
	mu       sync.Mutex
	changed  sync.Cond
	buf      []byte // what was written and not read
	readErr  error  // what reads give, whatever is in buf
	writeErr error  // what writes give; reads give behind after buf
	behind   error
	reading  deadline
	writing  deadline
}

func newPipe() *pipe {
	p := &pipe{behind: io.EOF}
	p.changed.L = &p.mu
	return p
}

func (p *pipe) read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.readErr != nil:
			return 0, p.readErr
		case p.reading.passed:
			return 0, os.ErrDeadlineExceeded
		case len(b) == 0:
			return 0, nil
		case len(p.buf) > 0:
			n := copy(b, p.buf)
			if p.buf = p.buf[n:]; len(p.buf) == 0 {
				p.buf = nil
			}
			p.changed.Broadcast()
			return n, nil
		case p.writeErr != nil:
			return 0, p.behind
		}
		p.changed.Wait()
	}
}

func (p *pipe) write(b []byte) (n int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.writeErr != nil:
			return n, p.writeErr
		case p.writing.passed:
			return n, os.ErrDeadlineExceeded
		case len(b) == 0:
			return n, nil
		}
		if free := pipeBytes - len(p.buf); free > 0 {
			some := min(free, len(b))
			p.buf = append(p.buf, b[:some]...)
			n, b = n+some, b[some:]
			p.changed.Broadcast()
			continue
		}
		p.changed.Wait()
	}
}

// end says what reads and writes give from now on; the first error of each stays.
// With an error for reads what is in the pipe is lost.
func (p *pipe) end(read, write error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.readErr == nil {
		p.readErr = read
	}
	if p.writeErr == nil {
		p.writeErr = write
	}
	if p.readErr != nil {
		p.buf = nil
		p.reading.stop()
	}
	p.writing.stop()
	p.changed.Broadcast()
}

// deadline belongs to one side of a pipe, whose mu guards it.
type deadline struct {
	timer  *time.Timer
	passed bool
}

func (d *deadline) stop() {
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
}

// set makes t the deadline of d, one of p's; the zero time is none.
func (p *pipe) set(d *deadline, t time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	d.stop()
	if d.passed = !t.IsZero() && !time.Now().Before(t); d.passed {
		p.changed.Broadcast()
	}
	if t.IsZero() || d.passed || p.writeErr != nil && d == &p.writing || p.readErr != nil {
		return
	}
	var own *time.Timer
	own = time.AfterFunc(time.Until(t), func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if d.timer == own { // not one that was stopped too late
			d.passed = true
			p.changed.Broadcast()
		}
	})
	d.timer = own
}

// socket is one end of a connection in memory. Like a TCP connection's, its Close
// lets the other side read what is on its way, unless SetLinger(0) came before.
type socket struct {
	in, out       *pipe
	local, remote net.Addr
	abort         atomic.Bool
}

// connected makes both ends of a connection.
func connected(client, server net.Addr) (atClient, atServer *socket) {
	up, down := newPipe(), newPipe()
	return &socket{in: down, out: up, local: client, remote: server}, &socket{in: up, out: down, local: server, remote: client}
}

func (s *socket) Read(b []byte) (int, error)  { return s.in.read(b) }
func (s *socket) Write(b []byte) (int, error) { return s.out.write(b) }
func (s *socket) LocalAddr() net.Addr         { return s.local }
func (s *socket) RemoteAddr() net.Addr        { return s.remote }

// SetLinger with 0 makes Close a reset; with anything else, an end.
func (s *socket) SetLinger(seconds int) error {
	s.abort.Store(seconds == 0)
	return nil
}

func (s *socket) Close() error {
	s.in.end(net.ErrClosed, syscall.ECONNRESET)
	if s.abort.Load() {
		s.out.end(syscall.ECONNRESET, net.ErrClosed)
	} else {
		s.out.end(nil, net.ErrClosed)
	}
	return nil
}

// resetBehind is a reset that the other side hears when it has read what is on its
// way.
func (s *socket) resetBehind() {
	s.out.mu.Lock()
	s.out.behind = syscall.ECONNRESET
	s.out.mu.Unlock()
	_ = s.Close()
}

func (s *socket) SetReadDeadline(t time.Time) error {
	s.in.set(&s.in.reading, t)
	return nil
}

func (s *socket) SetWriteDeadline(t time.Time) error {
	s.out.set(&s.out.writing, t)
	return nil
}

func (s *socket) SetDeadline(t time.Time) error {
	_ = s.SetReadDeadline(t)
	return s.SetWriteDeadline(t)
}

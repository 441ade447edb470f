package fake

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"syscall"
)

// waitingMost is how many connections a DC in memory has that it did not accept
// yet; further ones are refused.
const waitingMost = 1024

// memory is a listener without a socket.
type memory struct {
	addr   net.Addr
	accept chan net.Conn
	done   chan struct{}

	mu     sync.Mutex
	closed bool
}

func newMemory(addr netip.AddrPort) *memory {
	return &memory{addr: net.TCPAddrFromAddrPort(addr), accept: make(chan net.Conn, waitingMost), done: make(chan struct{})}
}

func (m *memory) Addr() net.Addr { return m.addr }

func (m *memory) Accept() (net.Conn, error) {
	select {
	case c := <-m.accept:
		return c, nil
	case <-m.done:
		return nil, net.ErrClosed
	}
}

// Close resets what was not accepted.
func (m *memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil
	}
	m.closed = true
	close(m.done)
	for {
		select {
		case c := <-m.accept:
			abort(c)
		default:
			return nil
		}
	}
}

// dial connects from a port that is n's own, as far as ports go.
func (m *memory) dial(n int64) (net.Conn, error) {
	from := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1024 + int(n%(1<<16-1024))}
	client, server := connected(from, m.addr)
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.closed {
		select {
		case m.accept <- server:
			return client, nil
		default:
		}
	}
	return nil, syscall.ECONNREFUSED
}

// abort closes a connection so that the other side sees it reset, and loses what
// it has not read yet.
func abort(c net.Conn) {
	if l, ok := c.(interface{ SetLinger(seconds int) error }); ok {
		_ = l.SetLinger(0)
	}
	_ = c.Close()
}

// remember has Dial find a listener in memory.
func (s *Server) remember(addr string, l net.Listener) {
	if m, ok := l.(*memory); ok {
		s.mu.Lock()
		s.memory[addr] = m
		s.mu.Unlock()
	}
}

// Dial connects to an address as help.getConfig tells it. With Options.Memory it
// is the only way to the server, and needs neither sockets nor time.
func (s *Server) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if !s.opt.Memory {
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	err := ctx.Err()
	if err == nil {
		err = syscall.ECONNREFUSED
		s.mu.Lock()
		m := s.memory[address]
		s.mu.Unlock()
		if m != nil {
			var c net.Conn
			if c, err = m.dial(s.dialed.Add(1)); err == nil {
				return c, nil
			}
		}
	}
	return nil, &net.OpError{Op: "dial", Net: network, Err: err}
}

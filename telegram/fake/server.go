package fake

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gotd/td/crypto"
	"github.com/gotd/td/tg"

	"github.com/teleplay/teleplay"
)

// Server is a Telegram for the house: its data centres, one world behind them, and
// the control port.
type Server struct {
	opt     Options
	log     *slog.Logger
	rsa     *rsa.PrivateKey
	world   *world
	methods map[uint32]handler
	names   map[uint32]string // of all methods, with their ids behind a #
	// ackAfter is when a query without an answer is acknowledged by itself.
	ackAfter func() time.Duration
	limits   *limiter
	faults   *faultList
	rules    atomic.Pointer[settings] // the world's, of now

	ring        *keyring
	clock       *clock
	cipher      crypto.Cipher
	frames      frames
	network     *network
	dcs         map[int]*dataCentre // immutable
	stats       *stats
	calls       *callLog
	sessionLog  *sessionLog
	gone        goneSessions
	connections atomic.Int64 // ever accepted
	dialed      atomic.Int64 // in memory
	start       int64        // tells this run's sessions from an older one's

	wg     sync.WaitGroup // connections, their writers, queries
	saving sync.Mutex     // of the keys' file

	ready   chan struct{}
	mu      sync.Mutex
	conns   map[*conn]bool // nil = closing
	list    []address
	memory  map[string]*memory // by address
	control string
}

// New makes a server; nothing is listened to or read before Run.
func New(o Options) (*Server, error) {
	o = o.withDefaults()
	for i, dc := range o.DCs {
		if dc < 1 || dc > 999 || slices.Contains(o.DCs[:i], dc) {
			return nil, teleplay.Fail(teleplay.ErrInvalid, "", "the DCs are different numbers from 1 to 999")
		}
	}
	if o.ReferenceTTL < 0 {
		return nil, teleplay.Fail(teleplay.ErrInvalid, "", "the life of a reference is positive")
	}
	if o.Bots < 1 || o.Users < 1 {
		return nil, teleplay.Fail(teleplay.ErrInvalid, "", "there must be a bot and a user")
	}
	if host, _, err := net.SplitHostPort(o.Control); err != nil || !loopback(host) {
		return nil, teleplay.Fail(teleplay.ErrInvalid, "", fmt.Sprintf("the control port has no login: it must be on loopback, not %q", o.Control))
	}
	if err := errors.Join(o.Network.Check(), o.Limits.check()); err != nil {
		return nil, err
	}
	s := bare(o)
	s.world = newWorld(s.opt, s)
	s.methods = s.world.methods()
	// Read without the world's mutex: the acknowledgment of a late answer must not
	// wait for what makes it late.
	s.world.db.settings.watch(func(v settings) { s.rules.Store(&v) })
	s.ackAfter = func() time.Duration { return time.Duration(s.rules.Load().AckAfter) }
	return s, nil
}

// bare is a server without a world.
func bare(o Options) *Server {
	dcs := map[int]*dataCentre{}
	for _, id := range o.DCs {
		dcs[id] = new(dataCentre)
	}
	k := newClock(o.Now)
	st, limits, list := newStats(o.Now), newLimiter(o), newFaultList(o) // by the true time
	o.Now = k.now
	return &Server{
		opt: o, dcs: dcs, log: o.Log, rsa: rsaKey(o.Seed), names: tg.TypesMap(), ring: newKeyring(o),
		clock: k, cipher: crypto.NewServerCipher(o.Rand), network: newNetwork(o.Network, o.DCs),
		stats: st, calls: newCallLog(), sessionLog: newSessionLog(), limits: limits, faults: list,
		ready: make(chan struct{}), conns: map[*conn]bool{}, memory: map[string]*memory{},
	}
}

// Run opens the ports and serves until ctx ends, then returns nil. It may be
// called once.
func (s *Server) Run(ctx context.Context) (err error) {
	if err := s.world.open(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.world.close()) }()
	if err := s.loadKeys(); err != nil {
		return err
	}
	list, listeners, err := s.opt.listen(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	control, shut := "", func() {}
	if !s.opt.Memory {
		if control, shut, err = s.serveControl(ctx); err != nil {
			for _, l := range listeners {
				_ = l.Close()
			}
			return err
		}
	}
	s.begin(ctx, list, listeners, control)
	<-ctx.Done()
	s.end()
	shut()
	s.wg.Wait()
	return nil
}

// serveControl opens the control port; shut closes it.
func (s *Server) serveControl(ctx context.Context) (addr string, shut func(), err error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.opt.Control)
	if err != nil {
		return "", nil, fmt.Errorf("listen for the control port: %w", err)
	}
	web := &http.Server{Handler: s.Handler(), ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	s.wg.Go(func() {
		if err := web.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("serve the control port", "err", err)
		}
	})
	return l.Addr().String(), func() {
		grace, done := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer done()
		if web.Shutdown(grace) != nil {
			_ = web.Close()
		}
	}, nil
}

// begin accepts connections.
func (s *Server) begin(ctx context.Context, list []address, listeners []net.Listener, control string) {
	s.mu.Lock()
	s.start, s.list, s.control = s.opt.Now().UnixNano(), list, control
	s.mu.Unlock()
	s.stats.reset()
	for i, l := range listeners {
		s.remember(list[i].Addr, l)
		d := newDoor(list[i], l)
		dc := s.dcs[d.DC]
		dc.mu.Lock()
		dc.doors = append(dc.doors, d)
		dc.mu.Unlock()
		s.wg.Go(func() { s.attend(ctx, dc, d) })
	}
	close(s.ready)
}

// end closes the ports and all connections; ctx of begin is over.
func (s *Server) end() {
	for _, dc := range s.dcs {
		dc.end()
	}
	s.mu.Lock()
	open := s.conns
	s.conns = nil
	s.mu.Unlock()
	for c := range open {
		c.close("server")
	}
}

// accept hands each connection to a goroutine of its own at once: what the client
// sends first, or whether it sends anything, is that goroutine's concern.
func (s *Server) accept(ctx context.Context, l net.Listener, dc *dataCentre, d *door) {
	for {
		raw, err := l.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) || ctx.Err() != nil {
				return
			}
			s.log.Warn("accept a connection", "dc", d.DC, "err", err)
			select { // out of file descriptors, most likely
			case <-time.After(10 * time.Millisecond):
				continue
			case <-ctx.Done():
				return
			}
		}
		c := s.newConn(raw, d.address)
		s.mu.Lock()
		if s.conns == nil {
			s.mu.Unlock()
			_ = raw.Close()
			return
		}
		s.conns[c] = true
		s.stats.open()
		s.mu.Unlock()
		s.wg.Go(func() {
			c.serve(ctx)
			c.part(ctx)
			s.mu.Lock()
			delete(s.conns, c)
			s.mu.Unlock()
		})
		if !dc.accepts(d, l) {
			c.reset("fault")
		}
	}
}

func (s *Server) openConns() []*conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []*conn
	for c := range s.conns {
		if !c.isClosed() {
			list = append(list, c)
		}
	}
	return list
}

// Ready is closed when the ports are open.
func (s *Server) Ready() <-chan struct{} { return s.ready }

// ControlAddr is the control port's host:port, once the server is ready.
func (s *Server) ControlAddr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.control
}

// PublicKey is the key that clients must trust. It follows from the seed.
func (s *Server) PublicKey() *rsa.PublicKey { return &s.rsa.PublicKey }

// PublicKeyPEM is PublicKey in PKCS #1 PEM.
func (s *Server) PublicKeyPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&s.rsa.PublicKey)})
}

// method is a method's name, or its id in hex.
func (s *Server) method(id uint32) string {
	name, ok := s.names[id]
	if !ok {
		return fmt.Sprintf("%x", id)
	}
	name, _, _ = strings.Cut(name, "#")
	return name
}

// strange notes a layer that we do not speak: silence would look like the
// client's bug. It is answered in our own.
func (s *Server) strange(k *authKey, layer int) {
	s.stats.strange(layer)
	k.mu.Lock()
	known := k.strange
	k.strange = true
	k.mu.Unlock()
	if !known {
		s.log.Warn("a client speaks a layer that this server does not", "layer", layer, "key", hexID(k.key.IntID()))
	}
}

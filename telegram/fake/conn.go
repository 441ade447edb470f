package fake

import (
	"bufio"
	"context"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/crypto"
	"github.com/gotd/td/mt"
	"github.com/gotd/td/proto"
)

// conn is one TCP connection. Its reader decrypts and hands out; its writer sends
// the queue, so that no handler ever waits for a slow client.
type conn struct {
	id     int64
	server *Server
	raw    net.Conn
	dc     int
	place  int
	media  bool // it came in by a media_only address
	remote string

	gates    [2]*gate // of the connection and of its DC: shut = half open
	in       *bufio.Reader
	codec    codec
	out      cipher.Stream // nil = plain
	exchange exchange
	account  atomic.Pointer[accountStats] // the last that used the connection

	mu      sync.Mutex
	queue   []*frame
	owed    int   // bytes of frames that were not written yet, and of running queries' answers
	running int   // queries
	left    int64 // bytes until the connection is reset, if limited
	limited bool
	closed  bool
	by      string // who closed it
	wake    chan struct{}
	eased   sync.Cond // owed, running or closed has changed
	done    chan struct{}
	gone    chan struct{} // closed when nothing counts the connection any more
	parted  bool          // the same, guarded by the stats' mu
	idle    *time.Timer   // of ping_delay_disconnect

	sessions map[*session]*sessionEntry // touched by the reader alone
}

func (s *Server) newConn(raw net.Conn, a address) *conn {
	c := &conn{
		id: s.connections.Add(1), server: s, raw: raw, dc: a.DC, place: a.Place, media: a.MediaOnly, remote: raw.RemoteAddr().String(),
		wake: make(chan struct{}, 1), // one token: there is something to send
		done: make(chan struct{}), gone: make(chan struct{}), sessions: map[*session]*sessionEntry{},
		gates: [2]*gate{{}, &s.dcs[a.DC].gate},
	}
	c.eased.L = &c.mu
	c.in = bufio.NewReader(newUpstream(c, countReader{raw, c}))
	c.exchange = exchange{key: s.rsa, dc: a.DC, only: a.MediaOnly, rand: s.opt.Rand, now: s.opt.Now, done: func(value crypto.Key, salt int64) {
		s.ring.add(a.DC, value, salt)
		s.stats.exchanges.Add(1)
	}}
	return c
}

// countReader counts what comes in.
type countReader struct {
	r io.Reader
	c *conn
}

func (r countReader) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	r.c.server.stats.received(r.c.account.Load(), n)
	return n, err
}

// serve reads until the connection ends. A client that sends nothing costs this
// goroutine and nobody's time.
func (c *conn) serve(ctx context.Context) {
	defer c.leave()
	codec, o, err := detect(c.in)
	if err != nil {
		c.close("client")
		return
	}
	c.codec = codec
	if o != nil {
		c.in, c.out = bufio.NewReader(clearReader{c.in, o.in}), o.out
	}
	c.server.wg.Go(c.write)
	for {
		c.hold()
		payload, err := c.codec.read(c.in)
		if err == nil {
			err = safely(func() error { return c.receive(ctx, payload) })
		}
		var (
			te transportError
			p  *panicked
		)
		switch {
		case errors.As(err, &p):
			c.server.log.Error("take a message", "err", err)
			c.close("server")
			return
		case err == nil:
		case errors.As(err, &te):
			// The connection stays: clients make their new key on it. One too many
			// is closed once it was told.
			c.fail(te)
			if te == errTooMany {
				_, _ = io.Copy(io.Discard, c.in)
			}
		default:
			c.close("client")
			return
		}
	}
}

// receive takes one payload: an unencrypted message of the exchange, or an
// encrypted one of a session.
func (c *conn) receive(ctx context.Context, payload []byte) error {
	if len(payload) < 8 {
		return errFrame
	}
	if binary.LittleEndian.Uint64(payload) == 0 {
		return c.unencrypted(payload)
	}
	if len(payload) < 24+plainHead {
		return errFrame
	}
	key := c.server.ring.find(c.dc, [8]byte(payload))
	if key == nil {
		key = c.open([8]byte(payload))
	}
	if key == nil {
		return errKeyNotFound
	}
	m, err := c.server.cipher.DecryptFromBuffer(key.key, &bin.Buffer{Buf: payload})
	if err != nil {
		return errKeyNotFound
	}
	if len(m.MessageDataWithPadding)-int(m.MessageDataLen) < paddingMin {
		return errKeyNotFound // gotd has looked at its upper end
	}
	if !c.counted(key) {
		return errTooMany
	}
	return key.session(m.SessionID, c.server).receive(ctx, c, len(payload), m)
}

// paddingMin is the least padding of MTProto 2.0
// (core.telegram.org/mtproto/description#encrypted-message-encrypted-data).
const paddingMin = 12

// unencrypted takes any msg_id: TDLib's first one is 1.
func (c *conn) unencrypted(payload []byte) error {
	if len(payload) < 20 {
		return errFrame
	}
	n := binary.LittleEndian.Uint32(payload[16:])
	if int64(n) != int64(len(payload)-20) {
		return errFrame
	}
	answer, err := c.exchange.answer(payload[20 : 20+n])
	if err != nil || answer == nil {
		return err
	}
	f := c.server.frames.make(0)
	b := bin.Buffer{Buf: f.buf}
	b.PutLong(0)
	b.PutLong(c.server.clock.id(proto.MessageServerResponse))
	b.PutInt(0)
	body := len(b.Buf)
	if err := b.Encode(answer); err != nil {
		return err
	}
	binary.LittleEndian.PutUint32(b.Buf[body-4:], uint32(len(b.Buf)-body))
	f.buf = b.Buf
	c.send(f)
	return nil
}

// fail sends a transport error: a frame of one word.
func (c *conn) fail(e transportError) {
	f := c.server.frames.make(4)
	binary.LittleEndian.PutUint32(f.buf[headRoom:], uint32(e))
	if e == errTooMany {
		f.last = "server"
	}
	c.send(f)
}

// send queues a frame, which it owns from now on, unless the connection is closed.
func (c *conn) send(f *frame) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return
	}
	if f.since.IsZero() {
		f.since = time.Now()
	}
	c.queue = append(c.queue, f)
	c.owed += len(f.buf)
	c.mu.Unlock()
	signal(c.wake)
}

// waiting is how many frames are queued.
func (c *conn) waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.queue)
}

// taken is list with the queue behind it, which is empty then.
func (c *conn) taken(list []*frame) []*frame {
	c.mu.Lock()
	defer c.mu.Unlock()
	queue := c.queue
	c.queue = nil
	if list == nil {
		return queue
	}
	return append(list, queue...)
}

// shape is the network that the connection has now.
func (c *conn) shape() Shape { return c.server.network.of(c.dc, c.place, c.accountID()) }

// accountID is the last account that used the connection, or 0.
func (c *conn) accountID() int64 {
	if a := c.account.Load(); a != nil {
		return a.id
	}
	return 0
}

// chance is a source of the connection's own that follows from the seed.
func (c *conn) chance(stream uint64) *rand.Rand {
	return rand.New(rand.NewPCG(c.server.opt.Seed, uint64(c.id)<<1|stream))
}

// isClosed says that nothing will be sent any more.
func (c *conn) isClosed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// expect closes the connection unless it is called again within d: the client
// asked for it by ping_delay_disconnect.
func (c *conn) expect(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	if c.idle == nil {
		c.idle = time.AfterFunc(d, func() { c.close("server") })
		return
	}
	c.idle.Reset(d)
}

// leave ends what the reader owned: its sessions have no connection any more.
func (c *conn) leave() {
	c.close("client")
	for s, e := range c.sessions {
		s.detach(c)
		c.server.sessionLog.closed(e, c.server.clock.base(), c.by)
	}
	c.server.stats.gone(c)
	close(c.gone)
}

// ack tells the client that messages have arrived.
func ack(ids ...int64) bin.Encoder { return &mt.MsgsAck{MsgIDs: ids} }

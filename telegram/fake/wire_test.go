package fake

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/gotd/log"
	"github.com/gotd/td/bin"
	"github.com/gotd/td/crypto"
	gotdexchange "github.com/gotd/td/exchange"
	"github.com/gotd/td/mt"
	"github.com/gotd/td/proto"
	gotdcodec "github.com/gotd/td/proto/codec"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/transport"
)

// wire is a server with a method table of the test's own and no world.
type wire struct {
	*Server
	t testing.TB
}

func startWire(t testing.TB, o Options, methods map[uint32]handler) *wire {
	t.Helper()
	o.Listen = "127.0.0.1:0"
	s := bare(o.withDefaults())
	s.methods = methods
	s.ackAfter = func() time.Duration { return 50 * time.Millisecond }
	return serveWire(t, s)
}

// serveWire opens the server's ports until the test ends.
func serveWire(t testing.TB, s *Server) *wire {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	list, listeners, err := s.opt.listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	s.begin(ctx, list, listeners, "")
	t.Cleanup(func() {
		cancel()
		s.end()
		s.wg.Wait()
	})
	return &wire{s, t}
}

// dial opens a plain connection to the DC.
func (w *wire) dial(dc int) net.Conn {
	w.t.Helper()
	c, err := w.Dial(context.Background(), "tcp", w.Addr(dc))
	if err != nil {
		w.t.Fatal(err)
	}
	_ = c.SetDeadline(time.Now().Add(time.Minute)) // a test that waits in vain fails soon
	w.t.Cleanup(func() { c.Close() })
	return c
}

// framed is a client's transport over any stream.
type framed struct {
	rw    io.ReadWriteCloser
	codec transport.Codec
	mu    sync.Mutex
}

func (f *framed) Send(_ context.Context, b *bin.Buffer) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.codec.Write(f.rw, b)
}
func (f *framed) Recv(_ context.Context, b *bin.Buffer) error { return f.codec.Read(f.rw, b) }
func (f *framed) Close() error                                { return f.rw.Close() }

func (w *wire) framed(dc int, c transport.Codec) *framed {
	w.t.Helper()
	raw := w.dial(dc)
	if err := c.WriteHeader(raw); err != nil {
		w.t.Fatal(err)
	}
	return &framed{rw: raw, codec: c}
}

// exchange makes a key by gotd's client.
func (w *wire) exchange(c transport.Conn, dc int) (crypto.AuthKey, int64) {
	w.t.Helper()
	r, err := gotdexchange.NewExchanger(c, dc).WithLogger(log.Nop).Client([]gotdexchange.PublicKey{{RSA: w.PublicKey()}}).Run(context.Background())
	if err != nil {
		w.t.Fatalf("exchange: %v", err)
	}
	return r.AuthKey, r.ServerSalt
}

// client speaks MTProto by hand, so that a test says every msg_id itself.
type client struct {
	t       testing.TB
	c       transport.Conn
	key     crypto.AuthKey
	salt    int64
	session int64
	seq     int32 // content-related messages so far, doubled
	ids     *proto.MessageIDGen
	cipher  crypto.Cipher
}

func newClient(t testing.TB, c transport.Conn, key crypto.AuthKey, salt int64) *client {
	var id [8]byte
	_, _ = rand.Read(id[:])
	return &client{t: t, c: c, key: key, salt: salt, session: int64(binary.LittleEndian.Uint64(id[:])),
		ids: proto.NewMessageIDGen(time.Now), cipher: crypto.NewClientCipher(rand.Reader)}
}

// client has a key of DC 2 without an exchange, logged in as account if that is
// not 0, and a session of its own.
func (w *wire) client(account int64) *client {
	w.t.Helper()
	k, err := w.ring.made(2, account)
	if err != nil {
		w.t.Fatal(err)
	}
	return newClient(w.t, w.framed(2, gotdcodec.Intermediate{}), k.key, k.salt(time.Now()))
}

func (c *client) id() int64 { return c.ids.New(proto.MessageFromClient) }

// send sends a message and returns its id.
func (c *client) send(m bin.Encoder) int64 {
	id := c.id()
	c.sendAs(id, m)
	return id
}

func (c *client) sendAs(id int64, m bin.Encoder) {
	c.t.Helper()
	kind, _ := (&bin.Buffer{Buf: encoded(m)}).PeekID()
	c.sendWith(id, c.next(parity(kind, 0) != 0), m)
}

// next is the next seqno.
func (c *client) next(content bool) int32 {
	seq := c.seq
	if content {
		c.seq += 2
		seq++
	}
	return seq
}

// contained puts queries into one container; send sends it.
func (c *client) contained(queries ...bin.Encoder) (m *proto.MessageContainer) {
	m = &proto.MessageContainer{}
	for _, q := range queries {
		body := encoded(q)
		m.Messages = append(m.Messages, proto.Message{ID: c.id(), SeqNo: int(c.next(true)), Bytes: len(body), Body: body})
	}
	return m
}

// sendWith sends a message whose id and seqno the test says.
func (c *client) sendWith(id int64, seq int32, m bin.Encoder) {
	c.t.Helper()
	var b bin.Buffer
	if err := c.cipher.Encrypt(c.key, crypto.EncryptedMessageData{Salt: c.salt, SessionID: c.session, MessageID: id, SeqNo: seq, Message: m}, &b); err != nil {
		c.t.Fatal(err)
	}
	if err := c.c.Send(context.Background(), &b); err != nil {
		c.t.Fatal(err)
	}
}

// recv is the next message of the server's.
func (c *client) recv() (id int64, body *bin.Buffer, err error) {
	c.t.Helper()
	var b bin.Buffer
	if err := c.c.Recv(context.Background(), &b); err != nil {
		return 0, nil, err
	}
	m, err := c.cipher.DecryptFromBuffer(c.key, &b)
	if err != nil {
		c.t.Fatal(err)
	}
	if m.SessionID != c.session {
		c.t.Fatalf("session %x, want %x", m.SessionID, c.session)
	}
	return m.MessageID, &bin.Buffer{Buf: m.Data()}, nil
}

// expect reads one message of type m.
func (c *client) expect(m interface {
	bin.Decoder
	TypeID() uint32
}) (id int64) {
	c.t.Helper()
	id, b, err := c.recv()
	if err != nil {
		c.t.Fatal(err)
	}
	if err := m.Decode(b); err != nil {
		c.t.Fatalf("want %T: %v", m, err)
	}
	return id
}

// answer reads until the result of a query and returns it, and the answer's id.
func (c *client) answer(query int64) (int64, *bin.Buffer) {
	c.t.Helper()
	for {
		id, b, err := c.recv()
		if err != nil {
			c.t.Fatal(err)
		}
		if t, _ := b.PeekID(); t != proto.ResultTypeID {
			continue
		}
		var r proto.Result
		if err := r.Decode(b); err != nil {
			c.t.Fatal(err)
		}
		if r.RequestMessageID == query {
			return id, &bin.Buffer{Buf: r.Result}
		}
	}
}

// failure is the rpc_error that answers a query.
func (c *client) failure(query int64) string {
	c.t.Helper()
	_, b := c.answer(query)
	var e mt.RPCError
	if err := e.Decode(b); err != nil {
		c.t.Fatal(err)
	}
	return e.ErrorMessage
}

// raw is a query, encoded already.
type raw []byte

func (r raw) Encode(b *bin.Buffer) error { b.Put(r); return nil }

func encoded(list ...bin.Encoder) raw {
	var b bin.Buffer
	for _, e := range list {
		if err := e.Encode(&b); err != nil {
			panic(err)
		}
	}
	return b.Buf
}

// layered wraps a query as each client does its first one.
func layered(layer int, query bin.Encoder) raw {
	var b bin.Buffer
	b.PutID(tg.InvokeWithLayerRequestTypeID)
	b.PutInt(layer)
	b.PutID(tg.InitConnectionRequestTypeID)
	b.PutInt(0)
	b.PutInt(1)
	for range 6 {
		b.PutString("x")
	}
	return append(raw(b.Buf), encoded(query)...)
}

var nearest = &tg.HelpGetNearestDCRequest{}

// tiny answers help.getNearestDc, which subscribes like any other method.
func tiny() map[uint32]handler {
	return map[uint32]handler{
		tg.HelpGetNearestDCRequestTypeID: open(func(c *call, _ *tg.HelpGetNearestDCRequest) (bin.Encoder, error) {
			return &tg.NearestDC{Country: "NL", ThisDC: c.dc, NearestDC: 2}, nil
		}),
	}
}

// nearestDC expects that the query is answered.
func (c *client) nearestDC(query int64) {
	c.t.Helper()
	_, b := c.answer(query)
	var n tg.NearestDC
	if err := n.Decode(b); err != nil {
		c.t.Fatal(err)
	}
}

func protocolCode(err error) int32 {
	var p *gotdcodec.ProtocolErr
	if errors.As(err, &p) {
		return p.Code
	}
	return 0
}

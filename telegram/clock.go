package telegram

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/clock"
	"github.com/gotd/td/crypto"
	"github.com/gotd/td/mt"
	"github.com/gotd/td/proto"
	"github.com/gotd/td/transport"
)

// serverClock is the servers' time: MTProto drops frames that are 300 s old or
// 30 s ahead without a word, and a household's clocks are wrong at times.
type serverClock struct {
	clock.Clock
	now    func() time.Time
	offset atomic.Pointer[time.Duration] // nil until measured
}

func newServerClock(now func() time.Time) *serverClock {
	return &serverClock{Clock: clock.System, now: now}
}

func (c *serverClock) Now() time.Time {
	if d := c.offset.Load(); d != nil {
		return c.now().Add(*d)
	}
	return c.now()
}

func (c *serverClock) measured() bool { return c.offset.Load() != nil }

// forget has the time measured again by the next connection.
func (c *serverClock) forget() { c.offset.Store(nil) }

// measure asks the server a question that needs no key; the upper half of the
// answer's message id is its time in seconds.
func (c *serverClock) measure(ctx context.Context, conn transport.Conn, o Options) error {
	nonce, err := crypto.RandInt128(o.Rand)
	if err != nil {
		return fmt.Errorf("make nonce: %w", err)
	}
	var b bin.Buffer
	if err := b.Encode(&mt.ReqPqMultiRequest{Nonce: nonce}); err != nil {
		return fmt.Errorf("encode req_pq_multi: %w", err)
	}
	ask := proto.UnencryptedMessage{
		MessageID:   int64(proto.NewMessageID(c.now(), proto.MessageFromClient)),
		MessageData: b.Copy(),
	}
	b.Reset()
	if err := ask.Encode(&b); err != nil {
		return fmt.Errorf("encode req_pq_multi: %w", err)
	}
	if err := conn.Send(ctx, &b); err != nil {
		return fmt.Errorf("ask for the server's time: %w", err)
	}
	b.Reset()
	if err := conn.Recv(ctx, &b); err != nil {
		return fmt.Errorf("ask for the server's time: %w", err)
	}
	var answer proto.UnencryptedMessage
	if err := answer.Decode(&b); err != nil {
		return fmt.Errorf("read the server's time: %w", err)
	}
	// Below two seconds the local clock is the finer one.
	d := proto.MessageID(answer.MessageID).Time().Sub(c.now())
	if d.Abs() < 2*time.Second {
		d = 0
	}
	c.offset.Store(&d)
	return nil
}

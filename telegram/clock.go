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
// 30 s ahead without a word, and a household's clocks are wrong at times. Once
// measured it goes by the local clock's monotonic part, so that a step of that
// clock moves nothing.
type serverClock struct {
	clock.Clock
	now   func() time.Time
	point atomic.Pointer[point] // nil until measured
	wrong atomic.Bool           // the servers say so
}

// point is a moment by both clocks.
type point struct{ local, server time.Time }

func newServerClock(now func() time.Time) *serverClock {
	return &serverClock{Clock: clock.System, now: now}
}

func (c *serverClock) Now() time.Time {
	now := c.now()
	if p := c.point.Load(); p != nil {
		return p.server.Add(now.Sub(p.local))
	}
	return now
}

// asleep is how far the wall clock and the monotonic one may go apart before the
// time is measured again: a machine that slept has a monotonic clock that stood.
const asleep = 2 * time.Second

// stale says that the next connection has to measure the time. Until then the old
// measure is better than none.
func (c *serverClock) stale() bool {
	p := c.point.Load()
	if p == nil || c.wrong.Load() {
		return true
	}
	now := c.now()
	return (now.Round(0).Sub(p.local.Round(0)) - now.Sub(p.local)).Abs() > asleep // Round(0) is the wall clock alone
}

// doubt has the time measured again by the next connection.
func (c *serverClock) doubt() { c.wrong.Store(true) }

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
	p := &point{local: c.now(), server: proto.MessageID(answer.MessageID).Time()}
	if p.server.Sub(p.local).Abs() < 2*time.Second {
		p.server = p.local // below that the local clock is the finer one
	}
	c.point.Store(p)
	c.wrong.Store(false)
	return nil
}

package telegram

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/mtproto"
	"github.com/gotd/td/tg"
)

// Invoke is a call of which nobody needs the answer after timeouts; it makes a
// lane a tg.Invoker.
func (l *lane) Invoke(ctx context.Context, in bin.Encoder, out bin.Decoder) error {
	return l.call(ctx, callTimeout, in, out)
}

// callTimeout is how long a small question may take.
const callTimeout = 10 * time.Second

// call asks on the lane's connection, waiting for one if need be. It returns at
// the latest after timeout, or when ctx ends; the question goes on, and out belongs to
// it unless call returned its outcome.
func (l *lane) call(ctx context.Context, timeout time.Duration, in bin.Encoder, out bin.Decoder) error {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	l.mu.Lock()
	up := l.up
	l.mu.Unlock()
	select {
	case <-up:
	case <-timer.C:
		return fmt.Errorf("connect to DC %d: %w", l.dc, errLate)
	case <-l.over.Done():
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	before := l.answers.Load()
	done := make(chan error, 1)
	if err := l.ask(in, out, func(err error) { done <- err }); err != nil {
		return err
	}
	select {
	case err := <-done:
		return err
	case <-timer.C:
		l.missed(before)
		return errLate
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ask sends a question on the connection of now. then is called with its outcome,
// from another goroutine, at the latest when the connection ends; it must not wait.
// An error means that there is no connection and then is not called.
func (l *lane) ask(in bin.Encoder, out bin.Decoder, then func(error)) error {
	l.mu.Lock()
	c, kick := l.live, l.kick
	if c == nil {
		l.mu.Unlock()
		return errClosed
	}
	l.calls.Add(1)
	l.owed++
	l.mu.Unlock()
	if l.unasked == nil {
		in = noUpdates(in)
	}
	go func() { // ends with the connection at the latest
		defer l.calls.Done()
		err := c.Invoke(context.Background(), in, out)
		if answered(err) {
			l.answers.Add(1)
			l.misses.Store(0)
		}
		if judge(err).act == actClock {
			kick(err)
		}
		then(err)
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.owed--; l.owed == 0 && l.left {
			l.close()
		}
	}()
	return nil
}

// missed notes a question without an answer in time; before is how many answers the
// lane had had when it was asked. A line that brings others theirs is slow and not
// dead.
func (l *lane) missed(before int64) {
	if l.answers.Load() == before && l.misses.Add(1) >= missesMost {
		l.fail(errLate)
	}
}

// retire ends the lane when nothing is in flight on it any more.
func (l *lane) retire() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left = true
	if l.owed == 0 {
		l.close()
	}
}

// noUpdates wraps a question so that its session is sent no updates.
func noUpdates(in bin.Encoder) bin.Encoder {
	return &tg.InvokeWithoutUpdatesRequest{Query: encoded{in}}
}

// encoded is a query that is only ever sent.
type encoded struct{ bin.Encoder }

func (encoded) Decode(*bin.Buffer) error { return errors.ErrUnsupported }

// quiet is a connection that asks for no updates.
type quiet struct{ *mtproto.Conn }

func (q quiet) Invoke(ctx context.Context, in bin.Encoder, out bin.Decoder) error {
	return q.Conn.Invoke(ctx, noUpdates(in), out)
}

package api

import (
	"context"
	"sync"
	"time"
)

// peekEvery is how often waiting requests are asked whether anybody still waits:
// a client that has left ends its stream within 250 ms.
const peekEvery = 200 * time.Millisecond

// watch ends what clients have left. fasthttp notices nothing while a handler
// waits or a body has no bytes to write.
type watch struct {
	mu    sync.Mutex
	conns map[*conn]func() // guarded by mu; what to call when the client is gone
}

// add calls gone once if the client leaves before the returned func is called.
func (w *watch) add(c *conn, gone func()) (forget func()) {
	if c == nil {
		return func() {}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conns[c] = gone
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.conns, c)
	}
}

// peek looks after the clients until ctx ends.
func (w *watch) peek(ctx context.Context) {
	tick := time.NewTicker(peekEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			for _, gone := range w.sweep() {
				gone()
			}
		case <-ctx.Done():
			return
		}
	}
}

func (w *watch) sweep() (gone []func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c, f := range w.conns {
		if left(c) {
			gone = append(gone, f)
			delete(w.conns, c)
		}
	}
	return gone
}

// watched is a ctx that also ends when the client of the request leaves.
func (a *API) watched(ctx context.Context, q *request) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	forget := a.add(connOf(q), cancel)
	return ctx, func() {
		forget()
		cancel()
	}
}

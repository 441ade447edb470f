package telegram

import (
	"context"
	"net"
	"sync"
)

// dialing closes what a dial has opened when its time is over: not every step of a
// dial can be told to stop.
type dialing struct {
	mu    sync.Mutex
	conns []net.Conn
	over  bool
	stop  func() bool
}

type dialingKey struct{}

// newDialing is for a dial that ends with ctx; its connections are those opened by
// through(…) with the context that it returns.
func newDialing(ctx context.Context) (context.Context, *dialing) {
	d := &dialing{}
	d.stop = context.AfterFunc(ctx, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.over = true
		for _, c := range d.conns {
			_ = c.Close()
		}
	})
	return context.WithValue(ctx, dialingKey{}, d), d
}

// done lets the connections live on; false: they are closed already.
func (d *dialing) done() bool { return d.stop() }

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// through is dial, with each connection known to the dialing of its context.
func through(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		d, ok := ctx.Value(dialingKey{}).(*dialing)
		if err != nil || !ok {
			return c, err
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.over {
			_ = c.Close()
			return nil, context.Cause(ctx)
		}
		d.conns = append(d.conns, c)
		return c, nil
	}
}

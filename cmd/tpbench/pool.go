package main

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram"
)

// client is a telegram.Pool of a setting over bots of its own, and a film of its
// own to read.
type client struct {
	*telegram.Pool
	setting
	world *world
	bots  []bot
	film  *film
	end   context.CancelFunc
	ended chan error // what Run returned

	patient bool // ahead asks again when it is told to wait
}

// client starts a pool and waits until a helper is logged in. close ends it.
func (w *world) client(ctx context.Context, s setting, seed uint32) (*client, error) {
	bots, err := w.take(ctx, s.helpers)
	if err != nil {
		return nil, err
	}
	f, err := w.film(ctx, seed)
	if err != nil {
		return nil, err
	}
	var tokens []string
	for _, b := range bots {
		tokens = append(tokens, b.Token)
	}
	c := &client{setting: s, world: w, bots: bots, film: f, ended: make(chan error, 1)}
	c.Pool = telegram.NewPool(telegram.Options{
		APIID: 1, APIHash: "fake", Channel: w.Channels[0].Peer, DC: fmt.Sprintf("%d=%s", w.HomeDC, w.address),
		PublicKeys: []*rsa.PublicKey{w.publicKey}, Keys: w.keys, Lanes: s.lanes, LanesMost: s.lanes,
	}, w.Bots[0].Token, tokens)
	run, end := context.WithCancel(context.WithoutCancel(ctx))
	c.end = end
	go func() { c.ended <- c.Run(run) }()
	if err := c.await(ctx); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

func (c *client) await(ctx context.Context) error {
	for late := time.Now().Add(readyWait); !c.Ready(); {
		if time.Now().After(late) {
			return errors.New("no helper is logged in")
		}
		if err := pause(ctx, 5*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

func (c *client) close() error {
	c.end()
	return <-c.ended
}

// seek reads a fresh chunk as a player that waits for a byte in it, and checks it.
func (c *client) seek(ctx context.Context) (*sink, error) {
	id, err := c.film.deal()
	if err != nil {
		return nil, err
	}
	from := c.film.from()
	s := newSink(id, from, nil)
	if err := c.Fetch(ctx, id, teleplay.ChunkSize, from, teleplay.Urgent, s); err != nil {
		return nil, err
	}
	return s, c.film.check(s)
}

// bulk reads n fresh chunks, as many at a time as keep all lanes busy, and returns
// them unchecked. It deals no more once stop says so.
func (c *client) bulk(ctx context.Context, n int, total *atomic.Int64, stop func() bool) ([]*sink, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex
	var sinks []*sink
	next := func() (*sink, error) {
		mu.Lock()
		defer mu.Unlock()
		if len(sinks) == n || stop != nil && stop() || ctx.Err() != nil {
			return nil, nil
		}
		id, err := c.film.deal()
		if err != nil {
			return nil, err
		}
		s := newSink(id, 0, total)
		sinks = append(sinks, s)
		return s, nil
	}
	var flights sync.WaitGroup
	for range flightsPerLane * c.all() {
		flights.Go(func() {
			for {
				s, err := next()
				if s == nil {
					if err != nil {
						cancel(err)
					}
					return
				}
				if err := c.ahead(ctx, s); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	flights.Wait()
	return sinks, context.Cause(ctx)
}

// ahead reads a whole chunk before anybody waits for it.
func (c *client) ahead(ctx context.Context, s *sink) error {
	for {
		err := c.Fetch(ctx, s.id, teleplay.ChunkSize, 0, teleplay.ReadAhead, s)
		var busy *teleplay.Error
		if !c.patient || !errors.As(err, &busy) || busy.Retry == 0 {
			return err
		}
		if err := pause(ctx, busy.Retry); err != nil {
			return err
		}
	}
}

// flightsPerLane keeps a lane busy: one MiB arrives while the next is asked for.
const flightsPerLane = 2

// checkAll compares the bytes of many chunks.
func (c *client) checkAll(sinks []*sink) error {
	for _, s := range sinks {
		if err := c.film.check(s); err != nil {
			return err
		}
	}
	return nil
}

const (
	// laneWarm is what opens a connection's window for good: the slow start ends
	// with less than half of it.
	laneWarm = 1 << 20
	// warmTries bounds how often warm begins anew for lanes that were late.
	warmTries = 5
)

// warm carries traffic over all lanes until the fake has seen each of them carry
// laneWarm at once. More lanes than the setting has would make its figures another
// setting's: that is an error, as are fewer.
func (c *client) warm(ctx context.Context) (how string, err error) {
	busy := 0
	for range warmTries {
		before, err := c.world.sent(ctx, c.bots)
		if err != nil {
			return "", err
		}
		sinks, err := c.bulk(ctx, 4*c.all(), nil, nil)
		if err != nil {
			return "", err
		}
		if err := c.checkAll(sinks); err != nil {
			return "", err
		}
		after, err := c.world.sent(ctx, c.bots)
		if err != nil {
			return "", err
		}
		busy = 0
		used := 0
		for l, n := range after {
			switch n -= before[l]; {
			case n >= laneWarm:
				busy++
				used++
			case n >= teleplay.PartSize:
				used++
			}
		}
		switch {
		case used > c.all():
			return "", fmt.Errorf("setting %v: %d connections carry its files", c.setting, used)
		case busy == c.all():
			return fmt.Sprintf("%d MiB before, ≥ 1 MiB over each of %d lanes", len(sinks), busy), nil
		}
	}
	return "", fmt.Errorf("setting %v: %d of %d lanes carry ≥ 1 MiB of %d MiB", c.setting, busy, c.all(), 4*c.all())
}

// pause waits d, or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

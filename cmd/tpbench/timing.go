package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/teleplay/teleplay"
)

// fakeCommand measures the fake itself through gotd's plain client, until the last
// byte comes over the line: decrypting is not the fake's. Whatever the other
// benches say of times is worth no more than this.
type fakeCommand struct {
	output
	Calls   int           `default:"12" help:"Calls of each size, warm and idle."`
	IdleFor time.Duration `name:"idle" default:"${idle}" help:"How long an idle connection is idle."`
	Seed    uint32        `default:"1" help:"Decides the order of what is read."`
	Quick   bool          `hidden:"" help:"Without a network's limits, and without gates."`
}

func (c *fakeCommand) Run(ctx context.Context, p *program) (err error) {
	ctx, stop := c.within(ctx)
	defer stop()
	network := shaped
	if c.Quick {
		network = unshaped
	}
	sizes := []int{16 << 10, 128 << 10, teleplay.ChunkSize}
	w, err := openWorld(ctx, p.stderr, network, len(sizes))
	if err != nil {
		return err
	}
	defer w.close()
	warm, idle := make([]sample, len(sizes)), make([]sample, len(sizes))
	clients := make([]*stock, len(sizes))
	for i := range sizes {
		if clients[i], err = w.stock(ctx, 0, c.Seed+uint32(i)); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, clients[i].close()) }()
		if warm[i], err = c.warm(ctx, clients[i], sizes[i]); err != nil {
			return err
		}
	}
	var g errgroup.Group // they wait most of the time, each by itself
	for i, size := range sizes {
		g.Go(func() (err error) {
			idle[i], err = c.idle(ctx, clients[i], size)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	r := newReport("fake", network.title())
	var warmOff, idleOff sample
	for i, size := range sizes {
		name, setting := fmt.Sprintf("getFile of %d KiB", size>>10), "one connection, "
		r.row(name, setting+"warm", fmt.Sprintf("RTT + bytes / rate = %.1f ms", ms(warmTime(size))), "ms", warm[i])
		r.row(name, setting+"idle", fmt.Sprintf("slow start = %.1f ms", ms(coldTime(size))), "ms", idle[i])
		warmOff = append(warmOff, math.Abs(warm[i].median()-ms(warmTime(size))))
		idleOff = append(idleOff, math.Abs(idle[i].median()-ms(coldTime(size))))
	}
	if network == shaped {
		r.gate("fake_timing_warm", warmOff.at(100))
		r.gate("fake_timing_idle", idleOff.at(100))
	}
	return r.write(p.stdout, c.output)
}

// warm calls over a connection whose window two MiB have opened.
func (c *fakeCommand) warm(ctx context.Context, st *stock, size int) (took sample, err error) {
	for range 2 {
		if _, _, err := st.get(ctx, teleplay.ChunkSize); err != nil {
			return nil, err
		}
	}
	for range c.Calls {
		_, d, err := st.get(ctx, size)
		if err != nil {
			return nil, err
		}
		took = append(took, ms(d))
	}
	return took, nil
}

// idle calls over a connection that was idle before each.
func (c *fakeCommand) idle(ctx context.Context, st *stock, size int) (took sample, err error) {
	for range c.Calls {
		if err := pause(ctx, c.IdleFor); err != nil {
			return nil, err
		}
		_, d, err := st.get(ctx, size)
		if err != nil {
			return nil, err
		}
		took = append(took, ms(d))
	}
	return took, nil
}

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
	Calls   int           `default:"20" help:"Calls of each size, warm and idle."`
	IdleFor time.Duration `name:"idle" default:"${idle}" help:"How long an idle connection is idle."`
	Seed    uint32        `default:"1" help:"Decides the order of what is read."`
	Quick   bool          `hidden:"" help:"Without a network's limits, and without gates."`
}

// gated says whether there are as many calls, as idle, as the gates ask.
func (c *fakeCommand) gated() bool { return !c.Quick && c.Calls >= 20 && c.IdleFor >= idleTime }

func (c *fakeCommand) Run(ctx context.Context, p *program) error {
	return c.bench(ctx, p, func(ctx context.Context) (*report, error) { return c.measure(ctx, p) })
}

func (c *fakeCommand) measure(ctx context.Context, p *program) (_ *report, err error) {
	network := shaped
	if c.Quick {
		network = unshaped
	}
	sizes := []int{16 << 10, 128 << 10, teleplay.ChunkSize}
	w, err := openWorld(ctx, p.stderr, network, len(sizes))
	if err != nil {
		return nil, err
	}
	defer w.close()
	warm, idle := make([]sample, len(sizes)), make([]sample, len(sizes))
	clients := make([]*stock, len(sizes))
	for i := range sizes {
		if clients[i], err = w.stock(ctx, 0, c.Seed+uint32(i)); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, clients[i].close()) }()
		if warm[i], err = c.warm(ctx, clients[i], sizes[i]); err != nil {
			return nil, err
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
		return nil, err
	}
	r := newReport("fake", network.title())
	var warmAway, idleAway distances
	for i, size := range sizes {
		name, setting := fmt.Sprintf("getFile of %d KiB", size>>10), "one connection, "
		r.row(name, setting+"warm", fmt.Sprintf("RTT + bytes / rate = %.1f ms", ms(warmTime(size))), "ms", warm[i])
		r.row(name, setting+"idle", fmt.Sprintf("slow start = %.1f ms", ms(coldTime(size))), "ms", idle[i])
		warmAway.add(warm[i], ms(warmTime(size)))
		idleAway.add(idle[i], ms(coldTime(size)))
	}
	const how = "of all sizes; gates: each size's median, and the p95 of all, as a shared machine is late itself now and then"
	r.row("distance to that time", "warm", how, "ms", warmAway.all)
	r.row("distance to that time", "idle", how, "ms", idleAway.all)
	if c.gated() {
		r.gate("fake_timing_warm", warmAway.median)
		r.gate("fake_timing_warm_p95", warmAway.all.at(95))
		r.gate("fake_timing_idle", idleAway.median)
		r.gate("fake_timing_idle_p95", idleAway.all.at(95))
	}
	return r, nil
}

// distances are those between some calls' times and what the formula says.
type distances struct {
	median float64 // of the size whose median is farthest off
	all    sample
}

func (d *distances) add(took sample, aim float64) {
	d.median = max(d.median, math.Abs(took.median()-aim))
	for _, t := range took {
		d.all = append(d.all, math.Abs(t-aim))
	}
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

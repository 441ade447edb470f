package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"syscall"
	"time"

	"github.com/teleplay/teleplay"
)

// cpuCommand compares what bytes cost the pool and gotd's stock client, round by
// round in turn, on a network without limits. The fake computes elsewhere.
type cpuCommand struct {
	output
	Setting setting `default:"2x4" help:"Helpers and lanes of each; the stock client has as many connections."`
	Rounds  int     `default:"7" help:"Rounds of each client."`
	MiB     int     `name:"mib" default:"256" help:"What a round reads."`
	Seed    uint32  `default:"1" help:"Decides the order of what is read."`
}

// wave is how many chunks are read before they are checked: checking stands outside
// of what is measured, and what waits for it should not change how often the
// garbage collector has to run.
const wave = 64

// spent is what some bytes took.
type spent struct {
	cpu   float64 // seconds of this process
	fake  float64 // seconds of the fake's
	took  time.Duration
	heap  uint64 // bytes allocated
	bytes int64
}

func (s spent) perGB(cpu float64) float64 { return cpu / (float64(s.bytes) / 1e9) }

// costs are those of the rounds of one client.
type costs struct{ cpu, fake, rate, heap sample }

func (c *costs) add(s spent) {
	c.cpu = append(c.cpu, s.perGB(s.cpu))
	c.fake = append(c.fake, s.perGB(s.fake))
	c.rate = append(c.rate, megabytes(s.bytes, s.took))
	c.heap = append(c.heap, float64(s.heap)/float64(s.bytes))
}

func (c *costs) rows(r *report, who, how string) {
	r.row("client CPU", who, how, "CPU-s/GB", c.cpu)
	r.row("fake CPU", who, how, "CPU-s/GB", c.fake)
	r.row("allocated", who, how, "B/B", c.heap)
	r.row("rate", who, how, "MB/s", c.rate)
}

// gated says whether as much is read as the gates ask.
func (c *cpuCommand) gated() bool {
	return c.Setting == setting{2, 4} && c.Rounds >= 7 && c.MiB >= 256
}

func (c *cpuCommand) Run(ctx context.Context, p *program) error {
	return c.bench(ctx, p, func(ctx context.Context) (*report, error) { return c.measure(ctx, p) })
}

func (c *cpuCommand) measure(ctx context.Context, p *program) (_ *report, err error) {
	w, err := openWorld(ctx, p.stderr, unshaped, c.Setting.helpers+1)
	if err != nil {
		return nil, err
	}
	defer w.close()
	cl, err := w.client(ctx, c.Setting, c.Seed)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, cl.close()) }()
	if _, err := cl.warm(ctx); err != nil {
		return nil, err
	}
	st, err := w.stock(ctx, c.Setting.all(), c.Seed+1)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, st.close()) }()
	pooled := func(n int) (func() error, error) {
		sinks, err := cl.bulk(ctx, n, nil, nil)
		return func() error { return cl.checkAll(sinks) }, err
	}
	plain := func(n int) (func() error, error) {
		list, err := st.bulk(ctx, n, c.Setting.all())
		return func() error {
			for _, g := range list {
				if err := st.film.bytes.check(g.id.Offset(), g.b); err != nil {
					return err
				}
			}
			return nil
		}, err
	}
	var ours, theirs costs
	var ratios sample
	for i := range 1 + c.Rounds { // the first opens connections and warms caches
		a, err := c.round(ctx, w, pooled)
		if err != nil {
			return nil, err
		}
		b, err := c.round(ctx, w, plain)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			ours.add(a)
			theirs.add(b)
			ratios = append(ratios, a.perGB(a.cpu)/b.perGB(b.cpu))
		}
	}
	r := newReport("cpu", unshaped.title())
	how := fmt.Sprintf("%d MiB a round, in turn with the other client", c.MiB)
	ours.rows(r, c.Setting.String(), how)
	theirs.rows(r, "stock", how+fmt.Sprintf(", getFile of 1 MiB over gotd's pool of %d", c.Setting.all()))
	r.row("client CPU of stock's", c.Setting.String(), "round by round; aim 0.55", "of stock", ratios)
	if c.gated() {
		r.gate("cpu_of_stock", ours.cpu.median()/theirs.cpu.median())
		r.gate("cpu_allocated", ours.heap.median())
		r.gate("cpu_fake", max(ours.fake.median(), theirs.fake.median()))
	}
	return r, nil
}

// round reads c.MiB in waves. read gives back how to check what it has read.
func (c *cpuCommand) round(ctx context.Context, w *world, read func(n int) (check func() error, err error)) (s spent, err error) {
	runtime.GC() // what the other client left is not this one's to collect
	for left := c.MiB; left > 0; left -= wave {
		n := min(left, wave)
		fake, err := w.stats(ctx)
		if err != nil {
			return s, err
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began, cpu := time.Now(), cpuTime()
		check, err := read(n)
		s.cpu += cpuTime() - cpu
		s.took += time.Since(began)
		if err != nil {
			return s, err
		}
		runtime.ReadMemStats(&after)
		s.heap += after.TotalAlloc - before.TotalAlloc
		s.bytes += int64(n) * teleplay.ChunkSize
		fakeAfter, err := w.stats(ctx)
		if err != nil {
			return s, err
		}
		s.fake += fakeAfter.Process.CPU - fake.Process.CPU
		if err := check(); err != nil {
			return s, err
		}
	}
	return s, nil
}

// cpuTime is this process's, in seconds, of the user and of the system.
func cpuTime() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0 // not with these arguments
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

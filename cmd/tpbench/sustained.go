package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/teleplay/teleplay"
)

// sustainedCommand reads ahead as fast as it goes.
type sustainedCommand struct {
	output
	Profile  profile       `default:"bench" enum:"bench,none" help:"Network of the fake: ${enum}. Gates are for bench."`
	Settings []setting     `default:"2x4,4x1" help:"Helpers and lanes of each."`
	For      time.Duration `default:"7s" help:"How long each setting is measured."`
	Flood    float64       `default:"0.02" help:"Probability with which a call brings a flood of 1–3 s, in a row of the first setting's that has no gate; 0: no such row."`
	Seed     uint32        `default:"1" help:"Decides the order of what is read."`
}

// gated says whether it takes as long as the gates ask.
func (c *sustainedCommand) gated() bool { return c.Profile == shaped && c.For >= 7*time.Second }

func (c *sustainedCommand) Run(ctx context.Context, p *program) error {
	return c.bench(ctx, p, func(ctx context.Context) (*report, error) { return c.all(ctx, p) })
}

func (c *sustainedCommand) all(ctx context.Context, p *program) (*report, error) {
	bots := 1 + c.Settings[0].helpers
	for _, s := range c.Settings {
		bots += s.helpers
	}
	w, err := openWorld(ctx, p.stderr, c.Profile, bots)
	if err != nil {
		return nil, err
	}
	defer w.close()
	r := newReport("sustained", c.Profile.title())
	for i, s := range c.Settings {
		rate, how, err := c.measure(ctx, w, s, c.Seed+uint32(i), 0)
		if err != nil {
			return nil, err
		}
		r.row("rate", s.String(), how, "MB/s", sample{rate})
		if c.Profile != shaped {
			continue
		}
		share := 100 * rate * 1e6 / float64(s.all()*benchRate)
		r.row("share of the lanes' rate", s.String(), "aim 97", "%", sample{share})
		switch {
		case !c.gated():
		case s == setting{2, 4}:
			r.gate("sustained_2x4", share)
		case s == setting{4, 1}:
			r.gate("sustained_4x1", rate)
		}
	}
	next := c.Seed + uint32(len(c.Settings))
	rate, err := c.stock(ctx, w, next)
	if err != nil {
		return nil, err
	}
	r.row("rate", "stock", "one getFile of 1 MiB after the other over gotd's client", "MB/s", sample{rate})
	if c.Flood == 0 {
		return r, nil
	}
	before, err := w.stats(ctx)
	if err != nil {
		return nil, err
	}
	s := c.Settings[0]
	rate, how, err := c.measure(ctx, w, s, next+1, c.Flood)
	if err != nil {
		return nil, err
	}
	after, err := w.stats(ctx)
	if err != nil {
		return nil, err
	}
	how = fmt.Sprintf("%s; %v of the calls bring a flood of 1–3 s, %d did; no gate", how, c.Flood, after.Totals.Floods-before.Totals.Floods)
	r.row("rate under floods", s.String(), how, "MB/s", sample{rate})
	return r, nil
}

// measure is the rate in MB/s of a client whose lanes are warm and stay busy from
// before the measured time until after it, while a call of getFile brings a flood
// with a probability.
func (c *sustainedCommand) measure(ctx context.Context, w *world, s setting, seed uint32, flood float64) (rate float64, how string, err error) {
	cl, err := w.client(ctx, s, seed)
	if err != nil {
		return 0, "", err
	}
	defer func() { err = errors.Join(err, cl.close()) }()
	if how, err = cl.warm(ctx); err != nil {
		return 0, "", err
	}
	cl.patient = flood > 0
	if err := w.control(ctx, http.MethodPatch, "/limits", object{"get_file": object{"probability": flood}}, nil); err != nil {
		return 0, "", err
	}
	var total atomic.Int64
	var over atomic.Bool
	measured := make(chan float64, 1)
	go func() {
		defer over.Store(true)
		defer close(measured)
		if pause(ctx, c.For/8) != nil {
			return
		}
		from, err := average(ctx, &total)
		if err != nil || pause(ctx, c.For) != nil {
			return
		}
		to, err := average(ctx, &total)
		if err != nil {
			return
		}
		measured <- megabytes(to.bytes-from.bytes, to.at.Sub(from.at))
	}()
	sinks, err := cl.bulk(ctx, filmChunks, &total, over.Load)
	if err != nil {
		return 0, "", err
	}
	rate, ok := <-measured
	if !ok {
		return 0, "", context.Cause(ctx)
	}
	if !over.Load() {
		return 0, "", fmt.Errorf("setting %v: the film ended before the measured time", s)
	}
	return rate, fmt.Sprintf("%s; %d chunks in flight for %v", how, flightsPerLane*s.all(), c.For), cl.checkAll(sinks)
}

// mark is how much had come by a time.
type mark struct {
	at    time.Time
	bytes int64
}

// average is the mean of some marks. Parts come whole and from all lanes at about
// the same time: one mark just before or after them would be 1 % off.
func average(ctx context.Context, total *atomic.Int64) (m mark, err error) {
	const marks, apart = 20, 25 * time.Millisecond // over two parts of a MiB
	began, late := time.Now(), time.Duration(0)
	for range marks {
		late += time.Since(began)
		m.bytes += total.Load()
		if err := pause(ctx, apart); err != nil {
			return m, err
		}
	}
	return mark{began.Add(late / marks), m.bytes / marks}, nil
}

func (c *sustainedCommand) stock(ctx context.Context, w *world, seed uint32) (rate float64, err error) {
	st, err := w.stock(ctx, 0, seed)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, st.close()) }()
	for range 3 { // open the window
		if _, _, err := st.get(ctx, teleplay.ChunkSize); err != nil {
			return 0, err
		}
	}
	n, busy := int64(0), time.Duration(0)
	for busy < c.For/2 {
		took, _, err := st.get(ctx, teleplay.ChunkSize)
		if err != nil {
			return 0, err
		}
		n, busy = n+teleplay.ChunkSize, busy+took
	}
	return megabytes(n, busy), nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/teleplay/teleplay"
)

// coldCommand seeks in films that nobody has read: over lanes that just carried
// traffic, and over lanes that were idle so long that their slow start begins anew.
type coldCommand struct {
	output
	Profile   profile       `default:"bench" enum:"bench,none" help:"Network of the fake: ${enum}. Gates are for bench."`
	Settings  []setting     `default:"2x4,2x2,2x1,4x1" help:"Helpers and lanes of each."`
	Seeks     int           `default:"100" help:"Seeks over warm lanes, each setting."`
	IdleSeeks int           `default:"20" help:"Seeks over idle lanes, each setting; calls of the stock client, warm and idle."`
	Idle      time.Duration `default:"${idle}" help:"How long idle lanes are idle."`
	Seed      uint32        `default:"1" help:"Decides where is sought."`
}

// burstEvery seeks the lanes carry a burst, so that each carried traffic within the
// last second even if a seek takes 200 ms and does not use it.
const burstEvery = 4

// times are those of some seeks, in ms.
type times struct{ first, run, whole sample }

func (t *times) add(s *sink) {
	t.first = append(t.first, ms(s.firstAt))
	t.run = append(t.run, ms(s.runAt))
	t.whole = append(t.whole, ms(s.wholeAt))
}

func (t *times) rows(r *report, setting, how string) {
	r.row("first byte", setting, how, "ms", t.first)
	r.row("first 64 KiB", setting, how, "ms", t.run)
	r.row("whole MiB", setting, how, "ms", t.whole)
}

// gated says whether the seeks are as many and the lanes as idle as the gates ask.
func (c *coldCommand) gated() bool {
	return c.Profile == shaped && c.Seeks >= 100 && c.IdleSeeks >= 20 && c.Idle >= idleTime
}

func (c *coldCommand) Run(ctx context.Context, p *program) error {
	return c.bench(ctx, p, func(ctx context.Context) (*report, error) { return c.measure(ctx, p) })
}

func (c *coldCommand) measure(ctx context.Context, p *program) (_ *report, err error) {
	bots := 1
	for _, s := range c.Settings {
		bots += s.helpers
	}
	w, err := openWorld(ctx, p.stderr, c.Profile, bots)
	if err != nil {
		return nil, err
	}
	defer w.close()
	r := newReport("cold", c.Profile.title())
	warm := map[setting]times{}
	var clients []*client
	for i, s := range c.Settings {
		cl, err := w.client(ctx, s, c.Seed+uint32(i))
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, cl.close()) }()
		clients = append(clients, cl)
		how, err := cl.warm(ctx)
		if err != nil {
			return nil, err
		}
		t, err := c.warmSeeks(ctx, cl)
		if err != nil {
			return nil, err
		}
		how += fmt.Sprintf(", %d MiB more before every %dth seek", cl.all(), burstEvery)
		t.rows(r, s.String()+" warm", how)
		warm[s] = t
	}
	st, err := w.stock(ctx, 0, c.Seed+uint32(len(c.Settings)))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, st.close()) }()
	whole, err := c.stockSeeks(ctx, st)
	if err != nil {
		return nil, err
	}
	r.row("whole MiB", "stock warm", "one getFile of 1 MiB after the other over gotd's client", "ms", whole)

	idle, idleStock, err := c.idleSeeks(ctx, clients, st)
	if err != nil {
		return nil, err
	}
	how := fmt.Sprintf("≥ %v idle before each", c.Idle)
	for i, cl := range clients {
		idle[i].rows(r, cl.setting.String()+" idle", how)
	}
	r.row("whole MiB", "stock idle", how, "ms", idleStock)
	if c.gated() {
		c.gates(r, warm, idle)
	}
	return r, nil
}

func (c *coldCommand) gates(r *report, warm map[setting]times, idle []times) {
	for i, s := range c.Settings {
		t := warm[s]
		switch s {
		case setting{2, 4}:
			r.gate("cold_2x4_first_byte_p50", t.first.at(50))
			r.gate("cold_2x4_first_byte_p95", t.first.at(95))
			r.gate("cold_2x4_first_64k_p50", t.run.at(50))
			r.gate("cold_2x4_whole_p50", t.whole.at(50))
			r.gate("cold_2x4_idle_first_byte_p50", idle[i].first.at(50))
		case setting{2, 2}:
			r.gate("cold_2x2_whole_p50", t.whole.at(50))
		case setting{2, 1}:
			r.gate("cold_2x1_whole_p50", t.whole.at(50))
		case setting{4, 1}:
			r.gate("cold_4x1_first_byte_p50", t.first.at(50))
		}
	}
}

// warmSeeks seeks over lanes that carried traffic within the last second.
func (c *coldCommand) warmSeeks(ctx context.Context, cl *client) (t times, err error) {
	random := rand.New(rand.NewPCG(uint64(c.Seed), 1))
	for i := range c.Seeks {
		if i%burstEvery == 0 {
			sinks, err := cl.bulk(ctx, cl.all(), nil, nil)
			if err != nil {
				return t, err
			}
			if err := cl.checkAll(sinks); err != nil {
				return t, err
			}
		}
		// At no fixed time after what went before.
		if err := pause(ctx, time.Duration(10+random.IntN(30))*time.Millisecond); err != nil {
			return t, err
		}
		s, err := cl.seek(ctx)
		if err != nil {
			return t, err
		}
		t.add(s)
	}
	return t, nil
}

// stockSeeks asks for whole chunks, the first ones to open the window.
func (c *coldCommand) stockSeeks(ctx context.Context, st *stock) (whole sample, err error) {
	const opening = 3
	for i := range opening + c.IdleSeeks {
		took, _, err := st.get(ctx, teleplay.ChunkSize)
		if err != nil {
			return nil, err
		}
		if i >= opening {
			whole = append(whole, ms(took))
		}
	}
	return whole, nil
}

// idleSeeks seeks with each client in turn when all were idle: they share the wait.
func (c *coldCommand) idleSeeks(ctx context.Context, clients []*client, st *stock) (list []times, whole sample, err error) {
	list = make([]times, len(clients))
	for range c.IdleSeeks {
		if err := pause(ctx, c.Idle); err != nil {
			return nil, nil, err
		}
		for i, cl := range clients {
			s, err := cl.seek(ctx)
			if err != nil {
				return nil, nil, err
			}
			list[i].add(s)
		}
		took, _, err := st.get(ctx, teleplay.ChunkSize)
		if err != nil {
			return nil, nil, err
		}
		whole = append(whole, ms(took))
	}
	return list, whole, nil
}

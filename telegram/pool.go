package telegram

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Pool fetches chunks from Telegram through its helpers: one scheduler of parts over
// all their lanes. It is a node.Source and safe for any number of goroutines.
//
// Its mu is taken before a helper's, that before a lane's.
type Pool struct {
	wire    *wire
	helpers []*helper // immutable
	err     error     // of the options; Run tells it

	mu      sync.Mutex
	changed chan struct{} // closed and replaced when a helper's state changes
	gone    map[int32]time.Time
	ended   bool
	running sync.WaitGroup // what the scheduler has begun; Add under mu and not after ended

	jobs      []*job // in order of arrival
	asks      []*ask // in flight, in order
	resolving map[wish]time.Time
	expired   map[int32]expiry // by message
	foreseen  []int32          // messages to be read ahead of need
	ahead     chan struct{}    // one token: there are some
	hedges    hedges
	far       map[int]*distance // by data centre
	life      time.Duration     // of references, as far as is known
	lived     time.Time         // when that was last learned
	turn      int
	timer     *time.Timer // calls pump
	due       time.Time   // when it does
	stats     Stats
	// What one pump works with.
	stands  []standing
	spots   []spot
	dubious []spot // of lanes that may be dead
}

// wish is a message that a helper is resolving.
type wish struct {
	helper  *helper
	message int32
}

// Stats is what a pool has done since it was made.
type Stats struct {
	Parts     int64 // asked for
	Hedges    int64 // of them for the second time
	HedgesWon int64 // that came
	Late      int64 // that got no answer in time
	Lanes     int   // connected now
	Troubles  map[Trouble]int64
}

// Trouble is what a helper met: a row of the policy.
type Trouble struct {
	Bot int64
	Row string
}

// Stats takes all figures at one moment.
func (p *Pool) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.stats
	s.Troubles = map[Trouble]int64{}
	for _, h := range p.helpers {
		s.Lanes += h.connections()
		h.mu.Lock()
		for r, n := range h.count {
			s.Troubles[Trouble{h.bot, string(r)}] += n
		}
		h.mu.Unlock()
	}
	return s
}

// NewPool makes a pool over the helper bots, or over the main bot when there are
// none. Run has to be called for it to work.
func NewPool(o Options, mainToken string, helperTokens []string) *Pool {
	p := &Pool{changed: make(chan struct{}), gone: map[int32]time.Time{}, resolving: map[wish]time.Time{}, expired: map[int32]expiry{}, ahead: make(chan struct{}, 1), far: map[int]*distance{}}
	p.timer = time.AfterFunc(time.Hour, p.tick)
	p.timer.Stop()
	if p.wire, p.err = newWire(o); p.err == nil {
		p.life = p.wire.ReferenceAge
	}
	if len(helperTokens) == 0 {
		helperTokens = []string{mainToken}
	}
	for _, t := range helperTokens {
		h, err := newHelper(p.wire, token(t), p.news)
		if err != nil {
			p.err = errors.Join(p.err, err)
			continue
		}
		if p.wire != nil {
			h.keep = p.wire.Lanes
		}
		p.helpers = append(p.helpers, h)
	}
	p.stands = make([]standing, len(p.helpers))
	return p
}

// Run logs the helpers in, one after the other, and keeps them until ctx ends;
// then it returns nil. Any other return is for good: wrong options, or a key
// store that cannot be written.
func (p *Pool) Run(ctx context.Context) error {
	if p.err != nil {
		return fmt.Errorf("start pool: %w", p.err)
	}
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	var all sync.WaitGroup
	for _, h := range p.helpers {
		all.Go(func() {
			h.run(ctx, untilDone)
		})
	}
	all.Go(func() { p.lookAhead(ctx) })
	all.Wait()
	p.mu.Lock()
	p.ended = true
	p.timer.Stop()
	for len(p.jobs) > 0 {
		p.finish(p.jobs[0], p.told(p.jobs[0].id, errClosed))
	}
	p.mu.Unlock()
	p.running.Wait()
	if cause := context.Cause(ctx); !errors.Is(cause, ctx.Err()) {
		return cause
	}
	return nil
}

// untilDone is what a helper's life is for when others use it.
func untilDone(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// Ready says whether a helper is logged in.
func (p *Pool) Ready() bool {
	for _, h := range p.helpers {
		h.mu.Lock()
		ready := h.ready
		h.mu.Unlock()
		if ready {
			return true
		}
	}
	return false
}

// tick is the timer's.
func (p *Pool) tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.hedges.lagged(now, now.Sub(p.due))
	p.pump(now)
}

// news is called when a helper's state changes.
func (p *Pool) news() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.changed)
	p.changed = make(chan struct{})
	p.pump(time.Now())
}

func (p *Pool) waiter() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changed
}

// start runs f in a goroutine that Run waits for. p.mu is held.
func (p *Pool) start(f func()) {
	if !p.ended {
		p.running.Go(f)
	}
}

// errBusy says that every helper rests, and until when.
type errBusy struct{ until time.Time }

func (errBusy) Error() string { return "every bot has been asked to wait" }

// errNoHelper says that nobody can be asked now, but somebody may be soon: when
// there is news, or at a time; zero = none is known.
type errNoHelper struct{ until time.Time }

func (errNoHelper) Error() string { return "no bot is connected" }

var errTried = errors.New("every bot was tried")

// wake is a channel that fires when waiting for a helper may be over by the clock;
// nil if err says nothing of that.
func (p *Pool) wake(err error) <-chan time.Time {
	var n errNoHelper
	if !errors.As(err, &n) || n.until.IsZero() {
		return nil
	}
	return time.After(n.until.Sub(p.wire.Now()))
}

// pick is a helper for a small question about message: one that knows it if it can
// be asked now, in turn among equals.
func (p *Pool) pick(message int32, tried map[*helper]bool) (*helper, error) {
	p.mu.Lock()
	p.turn++
	turn := p.turn
	p.mu.Unlock()
	var best *helper
	var earliest time.Time
	skipped, wait := false, false
	for i := range p.helpers {
		h := p.helpers[(turn+i)%len(p.helpers)]
		switch f, until := h.stand(); {
		case f == outside:
		case f == coming:
			wait = true
		case f == resting:
			if earliest.IsZero() || until.Before(earliest) {
				earliest = until
			}
		case tried[h]:
			skipped = true
		case best == nil || best.messages.known(message) == nil && h.messages.known(message) != nil:
			best = h
		}
	}
	switch {
	case best != nil:
		return best, nil
	case skipped:
		return nil, errTried
	case !wait && !earliest.IsZero():
		return nil, errBusy{earliest}
	}
	return nil, errNoHelper{earliest}
}

// isGone says whether the message was found missing within the last minute. p.mu is
// held.
func (p *Pool) isGone(message int32) bool {
	at, ok := p.gone[message]
	return ok && time.Since(at) < missingFor
}

// lost ends all jobs of a message that is gone, and remembers it. p.mu is held.
func (p *Pool) lost(message int32) {
	now := time.Now()
	for m, at := range p.gone {
		if now.Sub(at) >= missingFor {
			delete(p.gone, m)
		}
	}
	p.gone[message] = now
	for _, j := range append([]*job(nil), p.jobs...) {
		if j.id.Message == message {
			p.finish(j, missing())
		}
	}
	p.at(now) // for who stood behind them
}

package telegram

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/teleplay/teleplay"
)

// missingFor is how long a missing storage message is not asked for again.
const missingFor = time.Minute

// Pool fetches chunks from Telegram through its helpers. It is a node.Source and
// safe for any number of goroutines.
type Pool struct {
	wire    *wire
	helpers []*helper // immutable
	err     error     // of the options; Run tells it

	mu      sync.Mutex
	changed chan struct{} // closed and replaced when a helper's state changes
	gone    map[int32]time.Time
	turn    int
	ended   bool
	asks    sync.WaitGroup // parts being asked; Add under mu and not after ended
}

// NewPool makes a pool over the helper bots, or over the main bot when there are
// none. Run has to be called for it to work.
func NewPool(o Options, mainToken string, helperTokens []string) *Pool {
	p := &Pool{changed: make(chan struct{}), gone: map[int32]time.Time{}}
	p.wire, p.err = newWire(o)
	if len(helperTokens) == 0 {
		helperTokens = []string{mainToken}
	}
	for _, t := range helperTokens {
		h, err := newHelper(p.wire, token(t), p.news)
		if err != nil {
			p.err = errors.Join(p.err, err)
			continue
		}
		p.helpers = append(p.helpers, h)
	}
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
	all.Wait()
	p.mu.Lock()
	p.ended = true
	p.mu.Unlock()
	p.asks.Wait()
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

// news wakes all who wait for a helper.
func (p *Pool) news() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *Pool) waiter() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changed
}

// start runs f in a goroutine that Run waits for; false when Run has ended.
func (p *Pool) start(f func()) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return false
	}
	p.asks.Go(f)
	return true
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

// pick is the helper for the next bytes of message: the fittest, of those the one
// with the fewest bytes in flight, in turn among equals.
func (p *Pool) pick(message int32, tried map[*helper]bool) (*helper, error) {
	p.mu.Lock()
	p.turn++
	turn := p.turn
	p.mu.Unlock()
	var best *helper
	var bestFit fitness
	var earliest time.Time
	skipped, wait := false, false
	for i := range p.helpers {
		h := p.helpers[(turn+i)%len(p.helpers)]
		switch f, until := h.fitness(message); {
		case f == outside:
		case f == coming:
			wait = true
		case f == resting:
			if earliest.IsZero() || until.Before(earliest) {
				earliest = until
			}
		case tried[h]:
			skipped = true
		case best == nil || f < bestFit || f == bestFit && h.bytes.Load() < best.bytes.Load():
			best, bestFit = h, f
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

// isGone says whether the message was found missing within the last minute.
func (p *Pool) isGone(message int32) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	at, ok := p.gone[message]
	return ok && p.wire.Now().Sub(at) < missingFor
}

func (p *Pool) lost(message int32) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.wire.Now()
	for m, at := range p.gone {
		if now.Sub(at) >= missingFor {
			delete(p.gone, m)
		}
	}
	p.gone[message] = now
	return missing()
}

// told turns the outcome of a fetch that cannot go on into the root's words.
func (p *Pool) told(what any, err error) error {
	var busyUntil errBusy
	switch {
	case errors.As(err, &busyUntil):
		return fmt.Errorf("fetch %v: %w", what, busy(busyUntil.until.Sub(p.wire.Now())))
	case errors.Is(err, teleplay.ErrNotFound), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("fetch %v: %w", what, err)
	}
	return fmt.Errorf("fetch %v: %w: %w", what, timedOut(), err)
}

package telegram

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gotd/td/tg"
)

const (
	// A bot whose login is gone waits this long for the next, then twice as long,
	// …: logins are flood-limited for up to an hour.
	loginFirst = 30 * time.Second
	loginMost  = time.Hour
	// A bot that is not in the channel is asked again after this.
	shutFor = 5 * time.Minute
)

// helper is one bot session used for downloads.
type helper struct {
	wire  *wire
	token token
	bot   int64
	news  func() // called when the helper becomes ready or rests

	wanted  chan *lane // lanes to start; a bot meets 5 data centres, so 16 never block
	trouble chan error // what ends this life; the first is enough
	bytes   atomic.Int64

	mu     sync.Mutex
	lanes  map[int]*lane
	home   int
	ready  bool
	self   *tg.User
	parked map[string]time.Time // method → until
	shut   time.Time            // not in the channel, as far as is known
	out    time.Time            // no life before

	channel  single[*tg.InputChannel]
	messages references
}

const (
	getFile     = "upload.getFile"
	getMessages = "channels.getMessages"
)

func newHelper(w *wire, t token, news func()) (*helper, error) {
	bot, err := t.bot()
	if err != nil {
		return nil, err
	}
	return &helper{wire: w, token: t, bot: bot, news: news, wanted: make(chan *lane, 16),
		trouble: make(chan error, 1), parked: map[string]time.Time{}}, nil
}

// run logs the bot in and keeps its lanes until ctx ends.
func (h *helper) run(ctx context.Context) error {
	wait := loginFirst
	for {
		began := h.wire.Now()
		err := h.life(ctx, func(ctx context.Context) error {
			select {
			case err := <-h.trouble:
				return err
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		if ctx.Err() != nil {
			return nil
		}
		if h.wire.Now().Sub(began) > loginMost {
			wait = loginFirst
		}
		if err := h.bury(err); err != nil {
			return err
		}
		rest := jitter(wait)
		h.wire.outage("helper out", h.bot, err, rest)
		h.mu.Lock()
		h.out = h.wire.Now().Add(rest)
		h.mu.Unlock()
		if !pause(ctx, rest) {
			return nil
		}
		wait = min(2*wait, loginMost)
	}
}

// bury removes keys that are dead by err.
func (h *helper) bury(err error) error {
	if judge(err).act != actNewKey {
		return nil
	}
	var lost *laneError
	if errors.As(err, &lost) {
		return h.wire.Keys.Delete(h.bot, lost.dc)
	}
	return nil
}

// laneError says which data centre's lane failed.
type laneError struct {
	dc  int
	err error
}

func (e *laneError) Error() string { return fmt.Sprintf("DC %d: %v", e.dc, e.err) }
func (e *laneError) Unwrap() error { return e.err }

// life logs the bot in and runs use while it is ready. The error is what ended
// it; nothing that it started is left when it returns.
func (h *helper) life(ctx context.Context, use func(context.Context) error) error {
	ctx, end := context.WithCancelCause(ctx)
	var lanes sync.WaitGroup
	defer lanes.Wait()
	defer h.close()
	defer end(nil)
	h.mu.Lock()
	h.lanes = map[int]*lane{}
	h.mu.Unlock()
	lanes.Go(func() {
		for {
			select {
			case l := <-h.wanted:
				lanes.Go(func() {
					if err := l.run(ctx); err != nil {
						end(&laneError{l.dc, err})
					}
				})
			case <-ctx.Done():
				return
			}
		}
	})
	err := h.login(ctx)
	if err == nil {
		h.setReady(true)
		err = use(ctx)
		h.setReady(false)
	}
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

func (h *helper) setReady(ready bool) {
	h.mu.Lock()
	h.ready = ready
	h.mu.Unlock()
	h.news()
}

// close ends the lanes for all who wait for them.
func (h *helper) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, l := range h.lanes {
		close(l.over)
	}
	h.lanes = nil
	for len(h.wanted) > 0 {
		<-h.wanted
	}
}

// lane is the bot's lane to data centre dc; 0 = home.
func (h *helper) lane(dc int) *lane {
	h.mu.Lock()
	defer h.mu.Unlock()
	if dc == 0 {
		dc = h.home
	}
	if l, ok := h.lanes[dc]; ok {
		return l
	}
	l := newLane(h.wire, h.bot, dc)
	if h.lanes == nil { // between two lives
		close(l.over)
		return l
	}
	if dc != h.home {
		l.bulk = true
		l.greet = func(ctx context.Context, call tg.Invoker, made bool) error {
			if !made {
				return nil
			}
			return h.carry(ctx, dc, call)
		}
	}
	h.lanes[dc] = l
	h.wanted <- l
	return l
}

// api is the bot's home data centre.
func (h *helper) api() *tg.Client { return tg.NewClient(h.lane(0)) }

// carry brings the login to a further data centre.
func (h *helper) carry(ctx context.Context, dc int, there tg.Invoker) error {
	a, err := h.api().AuthExportAuthorization(ctx, dc)
	if err != nil {
		return fmt.Errorf("export login to DC %d: %w", dc, err)
	}
	if _, err := tg.NewClient(there).AuthImportAuthorization(ctx,
		&tg.AuthImportAuthorizationRequest{ID: a.ID, Bytes: a.Bytes}); err != nil {
		return fmt.Errorf("import login into DC %d: %w", dc, err)
	}
	return nil
}

// fail ends the helper's life; its next begins after a while.
func (h *helper) fail(err error) {
	select {
	case h.trouble <- err:
	default: // one trouble is enough
	}
}

// park rests a method for d and a tenth more.
func (h *helper) park(method string, d time.Duration) {
	h.mu.Lock()
	until := h.wire.Now().Add(d + jitter(d/10))
	if until.After(h.parked[method]) {
		h.parked[method] = until
	}
	h.mu.Unlock()
	h.news()
}

// leave rests the whole helper: it is not in the channel.
func (h *helper) leave() {
	h.mu.Lock()
	h.shut = h.wire.Now().Add(shutFor)
	h.mu.Unlock()
	h.channel.forget()
	h.news()
}

// usable says whether the bot can be asked for bytes of message now; until is
// when it can, zero when it is about to be ready.
func (h *helper) usable(message int32) (ok bool, until time.Time) {
	known := h.messages.has(message)
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.wire.Now()
	rests := []time.Time{h.shut, h.out, h.parked[getFile]}
	if !known {
		rests = append(rests, h.parked[getMessages])
	}
	for _, t := range rests {
		if t.After(now) && t.After(until) {
			until = t
		}
	}
	return h.ready && until.IsZero(), until
}

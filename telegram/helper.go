package telegram

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// helper is one bot session.
type helper struct {
	wire  *wire
	token token
	bot   int64
	news  func() // called when the helper becomes ready or rests

	// unasked and up make the home lane one that is sent updates; see lane. They are
	// set before run, or nil.
	unasked func(*bin.Buffer) error
	up      func()
	keep    int // lanes kept to each data centre in use

	wanted chan *lane // lanes to start, drained at once in a life

	mu     sync.Mutex
	end    context.CancelCauseFunc // of this life; nil = between two
	fans   map[int]*fan            // by data centre; nil = between two lives
	home   int
	ready  bool
	self   *tg.User
	parked map[string]time.Time // method → until
	shut   time.Time            // not in the channel, as far as is known
	out    time.Time            // no life or login before
	over   bool                 // refused until the settings change
	count  map[row]int64        // how often it met what

	gate     gate
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
	return &helper{wire: w, token: t, bot: bot, news: news, keep: 1, wanted: make(chan *lane, 256), parked: map[string]time.Time{}}, nil
}

// run logs the bot in, keeps its lanes and runs use while it is logged in, one life
// after the other until ctx ends.
func (h *helper) run(ctx context.Context, use func(context.Context) error) {
	wait := h.wire.LoginAgain
	for {
		began := h.wire.Now()
		err := h.life(ctx, use)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			err = errClosed
		}
		var lost *laneError
		if errors.As(err, &lost) && judge(err).act == actNewKey {
			if failed := h.bury(lost.dc, lost.key, err); failed != nil {
				err = failed
			}
		}
		if h.wire.Now().Sub(began) > loginMost {
			wait = h.wire.LoginAgain
		}
		rest := jitter(wait)
		switch act := judge(err).act; {
		case act == actStop:
			h.wire.outage("bot out for good", h.bot, err)
			h.mu.Lock()
			h.over = true
			h.mu.Unlock()
			h.news()
			<-ctx.Done()
			return
		case act == actClock, act == actMove && unsent(err): // no login was lost: the connection's own pace
			rest = jitter(reconnectMost)
		default:
			wait = min(2*wait, loginMost)
		}
		if lost != nil {
			rest = max(rest, h.wire.Keys.fresh(h.bot, lost.dc))
		}
		h.wire.outage("bot out", h.bot, err, "retry", rest)
		if !h.rest(ctx, rest) {
			return
		}
	}
}

// rest waits d, in which the bot is not to be had; false when ctx ended first.
func (h *helper) rest(ctx context.Context, d time.Duration) bool {
	h.mu.Lock()
	h.out = h.wire.Now().Add(d)
	h.mu.Unlock()
	h.news()
	return pause(ctx, d)
}

// bury removes a key that is dead by err, with an alarm if it was used twice.
func (h *helper) bury(dc int, key [256]byte, err error) error {
	twice := judge(err).row == rowDuplicated
	dead, failed := h.wire.Keys.bury(h.bot, dc, key, twice, h.wire.LoginAgain)
	if dead && twice {
		h.wire.Log.Error("auth key used from two places at once", "helper", h.bot, "dc", dc, "err", err.Error(),
			"hint", "let no other process run on this DATA_DIR or on a copy of it")
	}
	return failed
}

// laneError says which data centre's lane failed, and with which key.
type laneError struct {
	dc  int
	key [256]byte
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
	h.fans, h.end = map[int]*fan{}, end
	h.mu.Unlock()
	lanes.Go(func() {
		for {
			select {
			case l := <-h.wanted:
				lanes.Go(func() {
					if err := l.run(ctx); err != nil {
						h.lost(ctx, l, err)
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
	for _, f := range h.fans {
		for _, l := range f.lanes {
			l.close()
		}
	}
	h.fans, h.end = nil, nil
	for len(h.wanted) > 0 {
		<-h.wanted
	}
}

// lost is called when a lane has ended for err. Without its home the bot's life is
// over; of another data centre the key is dead, or was never logged in, and the
// next question after a rest begins with a new one.
func (h *helper) lost(ctx context.Context, l *lane, err error) {
	h.mu.Lock()
	home, end := l.dc == h.home, h.end
	h.mu.Unlock()
	if home {
		if end != nil {
			end(&laneError{l.dc, l.used(), err})
		}
		return
	}
	h.wire.outage("data centre out", h.bot, err, "dc", l.dc)
	if act := judge(err).act; act == actNewKey || act == actLogin {
		if failed := h.bury(l.dc, l.used(), err); failed != nil {
			h.wire.outage("dead key kept", h.bot, failed, "dc", l.dc)
		}
	}
	pause(ctx, max(jitter(h.wire.LoginAgain), h.wire.Keys.fresh(h.bot, l.dc)))
	h.forget(l)
	h.news()
}

// forget takes a lane that has ended out; with the first of a data centre go the
// others there, and the next question begins anew.
func (h *helper) forget(l *lane) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f := h.fans[l.dc]; f != nil && f.lanes[0] == l {
		for _, l := range f.lanes {
			l.close()
		}
		delete(h.fans, l.dc)
	} else if f != nil {
		f.drop(l)
	}
}

// lane is the bot's first lane to data centre dc; 0 = home.
func (h *helper) lane(dc int) *lane {
	h.mu.Lock()
	defer h.mu.Unlock()
	if dc == 0 {
		dc = h.home
	}
	if f, ok := h.fans[dc]; ok {
		return f.lanes[0]
	}
	if h.fans == nil { // between two lives
		l := newLane(h.wire, h.bot, dc)
		l.close()
		return l
	}
	f := &fan{least: h.keep}
	h.fans[dc] = f
	l := h.add(f, dc, false)
	if dc == h.home {
		l.unasked = h.unasked
	}
	return l
}

// add begins one more lane, which waits at the gate if it is in no hurry. h.mu is
// held.
func (h *helper) add(f *fan, dc int, waits bool) *lane {
	l := newLane(h.wire, h.bot, dc)
	first := len(f.lanes) == 0
	l.gate, l.waits = &h.gate, waits
	l.ready = func() {
		if first {
			h.widen(dc)
		}
		if first && dc == h.home && h.up != nil {
			h.up()
		}
		h.news()
	}
	l.crowded = func() { h.crowded(l, time.Now()) }
	l.stays = func() bool { return h.stays(l) }
	if dc != h.home {
		l.bulk = true
		l.greet = func(ctx context.Context, call tg.Invoker, made bool) error {
			if !made {
				return nil
			}
			return h.carry(ctx, dc, call)
		}
	}
	f.lanes = append(f.lanes[:len(f.lanes):len(f.lanes)], l)
	h.wanted <- l
	return l
}

// Invoke asks the bot's home data centre.
func (h *helper) Invoke(ctx context.Context, in bin.Encoder, out bin.Decoder) error {
	return h.lane(0).Invoke(ctx, in, out)
}

func (h *helper) api() *tg.Client { return tg.NewClient(h) }

// errParked is a question that is not asked because its method rests.
type errParked struct{ wait time.Duration }

func (errParked) Error() string { return "the question has to wait" }

// suffer does to the helper what an error of a method on lane l asks for.
func (h *helper) suffer(method string, l *lane, err error) {
	if errors.As(err, new(errParked)) {
		return // it rests already
	}
	v := judge(err)
	h.met(v.row)
	switch v.act {
	case actPark:
		if method == getFile && h.resting(getFile) <= 0 { // the first of this flood
			h.narrow(time.Now())
		}
		h.park(method, v.wait)
	case actShut:
		h.leave(err)
	case actLogin, actNewKey, actStop:
		l.fail(err)
	}
}

// met counts a trouble of the helper's.
func (h *helper) met(r row) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.count == nil {
		h.count = map[row]int64{}
	}
	h.count[r]++
}

// resting is how long a method must not be called.
func (h *helper) resting(method string) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.parked[method].Sub(h.wire.Now())
}

// park rests a method for d and up to a tenth more.
func (h *helper) park(method string, d time.Duration) {
	h.mu.Lock()
	until := h.wire.Now().Add(d/2 + jitter(d/2))
	if until.After(h.parked[method]) {
		h.parked[method] = until
	}
	h.mu.Unlock()
	h.news()
}

// leave rests the whole helper: it has no business in the channel.
func (h *helper) leave(err error) {
	now := h.wire.Now()
	h.mu.Lock()
	again := h.shut.After(now)
	h.shut = now.Add(shutFor)
	h.mu.Unlock()
	if !again {
		h.wire.outage("bot out of the channel", h.bot, err, "retry", shutFor)
	}
	h.channel.forget()
	h.news()
}

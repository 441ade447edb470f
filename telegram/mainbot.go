package telegram

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gotd/td/tg"

	"github.com/teleplay/teleplay"
)

// StateStore says what was dealt with. It is stored by who finishes the updates,
// never by this package.
type StateStore interface {
	// Mark is where the updates begin; false = none was ever stored, begin with now.
	Mark(context.Context) (teleplay.Mark, bool, error)
	// Newest are the newest messages dealt with: of the private boxes and of the
	// storage channel; 0 = none.
	Newest(context.Context) (box, storage int32, err error)
}

const (
	// updatesAhead is how many updates wait for the bot before we stop reading
	// Telegram's: some screens full, so that an album does not stall the line.
	updatesAhead = 64
	// pressesAhead: a press lives for 30 s, so more than a person's patience of
	// them is not worth keeping.
	pressesAhead = 16
)

// MainBot is the bot that people talk to: a helper whose home lane is sent updates.
// Its methods are safe for any goroutine; those that ask Telegram wait for a
// connection and for floods up to a minute.
type MainBot struct {
	wire    *wire
	bot     *helper
	state   StateStore
	err     error // of the options; Run tells it
	updates chan teleplay.Update
	presses chan teleplay.Press
	feed    *feed
	people  people

	met  sync.Once
	self chan struct{} // closed when the bot has logged in once

	mu     sync.Mutex
	up     chan struct{} // closed while the bot is logged in
	newest int32         // message of the storage channel that was dealt with
	last   made          // by Store

	channel single[*tg.InputChannel]
}

// NewMainBot makes the main bot. Run has to be called for it to work.
func NewMainBot(o Options, mainToken string, state StateStore) *MainBot {
	b := &MainBot{state: state, self: make(chan struct{}), up: make(chan struct{}),
		updates: make(chan teleplay.Update, updatesAhead), presses: make(chan teleplay.Press, pressesAhead)}
	b.wire, b.err = newWire(o)
	b.feed = newFeed(b)
	var err error
	if b.bot, err = newHelper(b.wire, token(mainToken), b.news); err != nil {
		b.err = errors.Join(b.err, err)
		return b
	}
	b.bot.unasked, b.bot.up = b.feed.unasked, b.feed.connected
	return b
}

// Updates are the messages of the bot's private boxes and their edits, in order
// and after a gap or restart none lost; some come twice. Whoever reads slowly
// holds the line up, nothing more.
func (b *MainBot) Updates() <-chan teleplay.Update { return b.updates }

// Presses are the buttons that were pressed; what nobody reads in time is lost.
func (b *MainBot) Presses() <-chan teleplay.Press { return b.presses }

// Run keeps the bot connected and taking updates until ctx ends; then it returns
// nil. Any other return is for good: wrong options, or a state store that fails.
func (b *MainBot) Run(ctx context.Context) error {
	if b.err != nil {
		return fmt.Errorf("start main bot: %w", b.err)
	}
	if err := b.begin(ctx); err != nil {
		return fmt.Errorf("start main bot: %w", err)
	}
	b.bot.run(ctx, b.feed.run)
	return nil
}

// begin reads the stored state, once: later lives go on where the last ended.
func (b *MainBot) begin(ctx context.Context) error {
	m, ok, err := b.state.Mark(ctx)
	if err != nil {
		return err
	}
	box, storage, err := b.state.Newest(ctx)
	if err != nil {
		return err
	}
	b.feed.begin(m, ok, box)
	b.knows(storage)
	return nil
}

// news is called when the bot's state changes.
func (b *MainBot) news() {
	if _, ok := b.Known(); ok {
		b.met.Do(func() { close(b.self) })
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bot.mu.Lock()
	ready := b.bot.ready
	b.bot.mu.Unlock()
	select {
	case <-b.up:
		if !ready {
			b.up = make(chan struct{})
		}
	default:
		if ready {
			close(b.up)
		}
	}
}

// loggedIn waits until the bot is: what is asked sooner would be taken for a login
// that is gone.
func (b *MainBot) loggedIn(ctx context.Context) error {
	b.mu.Lock()
	up := b.up
	b.mu.Unlock()
	select {
	case <-up:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Ready says whether the bot is connected and takes updates: what is sent from now
// on comes out of Updates.
func (b *MainBot) Ready() bool {
	if b.bot == nil {
		return false
	}
	b.bot.mu.Lock()
	ready, f := b.bot.ready, b.bot.fans[b.bot.home]
	b.bot.mu.Unlock()
	return ready && f != nil && f.lanes[0].connected() && b.feed.started.Load()
}

// Known is the bot's own account as it was last told; false = never yet.
func (b *MainBot) Known() (teleplay.Person, bool) {
	if b.bot == nil {
		return teleplay.Person{}, false
	}
	b.bot.mu.Lock()
	defer b.bot.mu.Unlock()
	if b.bot.self == nil {
		return teleplay.Person{}, false
	}
	return personOf(b.bot.self), true
}

// Self is the bot's own account. It waits until the bot has logged in once.
func (b *MainBot) Self(ctx context.Context) (teleplay.Person, error) {
	select {
	case <-b.self:
		p, _ := b.Known()
		return p, nil
	case <-ctx.Done():
		return teleplay.Person{}, fmt.Errorf("wait for the main bot: %w", context.Cause(ctx))
	}
}

// callMost is how long a call waits for a connection and for floods in all.
const callMost = time.Minute

// call repeats ask until Telegram has answered: ask must do no harm when it is
// done twice. Floods and broken connections are waited for up to callMost. An
// answer in the root's words is one that asking again does not change.
func (b *MainBot) call(ctx context.Context, what string, ask func(context.Context, *tg.Client) error) error {
	inner, cancel := context.WithTimeout(ctx, callMost)
	defer cancel()
	end := time.Now().Add(callMost)
	var last error
	for wait := 100 * time.Millisecond; ; wait = min(4*wait, 10*time.Second) {
		err := b.loggedIn(inner)
		l := b.bot.lane(0)
		if err == nil {
			err = ask(inner, tg.NewClient(l))
		}
		v := judge(err)
		if err == nil || v.act == actDone {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%s: %w", what, ctx.Err())
		}
		if own := (*teleplay.Error)(nil); errors.As(err, &own) {
			return fmt.Errorf("%s: %w", what, err)
		}
		if inner.Err() == nil {
			last = err
		}
		switch v.act {
		case actPark:
			if v.wait > callMost {
				b.wire.Log.Warn("Telegram has the bot wait", "what", what, "wait", v.wait)
			}
			if v.wait > time.Until(end) {
				return fmt.Errorf("%s: %w: %w", what, busy(v.wait), err)
			}
			wait = v.wait
		case actMove, actRetry, actCrowd, actClock:
		case actLogin, actNewKey:
			b.bot.suffer("", l, err) // the next life logs in
		default:
			if v.act == actShut {
				b.channel.forget()
			}
			return fmt.Errorf("%s: %w", what, refusal(err))
		}
		if !pause(inner, wait) {
			if ctx.Err() != nil {
				return fmt.Errorf("%s: %w", what, ctx.Err())
			}
			return fmt.Errorf("%s: %w: %w", what, timedOut(), errors.Join(errLate, last))
		}
	}
}

package telegram

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gotd/td/telegram"
	"github.com/gotd/td/telegram/auth"
	"github.com/gotd/td/tg"

	"github.com/teleplay/teleplay"
)

// StateStore says where the main bot's updates begin. The Mark is stored by who
// finishes the updates, never by this package.
type StateStore interface {
	// Mark is the last stored one; false = none was ever stored, begin with now.
	Mark(context.Context) (teleplay.Mark, bool, error)
}

const (
	// updatesAhead is how many updates wait for the bot before we stop reading
	// Telegram's: some screens full, so that an album does not stall the line.
	updatesAhead = 64
	// pressesAhead: a press lives for 30 s, so more than a person's patience of
	// them is not worth keeping.
	pressesAhead = 16
)

// MainBot is the bot that people talk to. Its methods are safe for any goroutine;
// those that ask Telegram wait for a connection and for floods up to a minute.
type MainBot struct {
	wire    *wire
	login   *helper // logs in and makes the key; its lanes are closed after that
	state   StateStore
	err     error // of the options; Run tells it
	updates chan teleplay.Update
	presses chan teleplay.Press
	feed    *feed
	people  people

	mu     sync.Mutex
	api    *tg.Client // nil = not connected
	self   *tg.User
	up     chan struct{} // closed while api is there
	newest int32         // newest known message of the storage channel

	channel single[*tg.InputChannel]
}

// NewMainBot makes the main bot. Run has to be called for it to work.
func NewMainBot(o Options, mainToken string, state StateStore) *MainBot {
	b := &MainBot{state: state, up: make(chan struct{}),
		updates: make(chan teleplay.Update, updatesAhead), presses: make(chan teleplay.Press, pressesAhead)}
	b.wire, b.err = newWire(o)
	var err error
	b.login, err = newHelper(b.wire, token(mainToken), func() {})
	b.err = errors.Join(b.err, err)
	b.feed = newFeed(b)
	return b
}

// Updates are the messages of the bot's private boxes and their edits, in order
// and after a gap or restart none lost; some come twice. Whoever reads slowly
// holds the line up, nothing more.
func (b *MainBot) Updates() <-chan teleplay.Update { return b.updates }

// Presses are the buttons that were pressed; what nobody reads in time is lost.
func (b *MainBot) Presses() <-chan teleplay.Press { return b.presses }

// Run keeps the bot connected and taking updates until ctx ends; then it returns
// nil. Any other return is for good: wrong options, or a state or key store that
// fails.
func (b *MainBot) Run(ctx context.Context) error {
	if b.err != nil {
		return fmt.Errorf("start main bot: %w", b.err)
	}
	if err := b.feed.begin(ctx); err != nil {
		return fmt.Errorf("start main bot: %w", err)
	}
	wait := loginFirst
	for {
		began := b.wire.Now()
		err := b.session(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err == nil {
			err = errClosed
		}
		if err := b.login.bury(&laneError{b.wire.Keys.Home(b.login.bot), err}); err != nil {
			return fmt.Errorf("main bot: %w", err)
		}
		if b.wire.Now().Sub(began) > loginMost {
			wait = loginFirst
		}
		pausing := jitter(wait)
		if judge(err).act == actMove { // no login was lost: the connection's own pace
			pausing = jitter(reconnectMost)
		} else {
			wait = min(2*wait, loginMost)
		}
		b.wire.outage("main bot out", b.login.bot, err, pausing)
		if !pause(ctx, pausing) {
			return nil
		}
	}
}

// session logs in, and takes updates until the client ends. gotd's Run returns
// for good on errors that a new session cures.
func (b *MainBot) session(ctx context.Context) error {
	if err := b.login.life(ctx, func(context.Context) error { return nil }); err != nil {
		return err
	}
	home := b.wire.Keys.Home(b.login.bot)
	client := telegram.NewClient(b.wire.APIID, b.wire.APIHash, telegram.Options{
		PublicKeys: b.wire.keys, DC: home, DCList: b.wire.servers(), Resolver: b.wire.resolver,
		SessionStorage: sessionView{b.wire.Keys, b.login.bot}, Random: b.wire.Rand, Clock: b.wire.clock,
		CompressThreshold: -1, Device: device(), UpdateHandler: telegram.UpdateHandlerFunc(b.feed.take),
		OnConnectionState: b.feed.connection,
		OnSelfError: func(_ context.Context, err error) error {
			if auth.IsUnauthorized(err) {
				return err
			}
			return nil
		},
	})
	return client.Run(ctx, func(ctx context.Context) error {
		api := client.API()
		self, err := whoAmI(ctx, api)
		if err != nil {
			return fmt.Errorf("ask who the main bot is: %w", err)
		}
		b.connected(api, self)
		defer b.connected(nil, self)
		return b.feed.run(ctx, api, self.ID)
	})
}

func (b *MainBot) connected(api *tg.Client, self *tg.User) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.self = self
	switch {
	case api != nil:
		b.api = api
		close(b.up)
	case b.api != nil:
		b.api = nil
		b.up = make(chan struct{})
	}
}

// ready waits for the connection.
func (b *MainBot) ready(ctx context.Context) (*tg.Client, error) {
	for {
		b.mu.Lock()
		api, up := b.api, b.up
		b.mu.Unlock()
		if api != nil {
			return api, nil
		}
		select {
		case <-up:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// Self is the bot's own account. It waits until the bot is connected once.
func (b *MainBot) Self(ctx context.Context) (teleplay.Person, error) {
	if p, ok := b.Known(); ok {
		return p, nil
	}
	if _, err := b.ready(ctx); err != nil {
		return teleplay.Person{}, fmt.Errorf("wait for the main bot: %w", err)
	}
	p, _ := b.Known()
	return p, nil
}

// Known is the bot's own account as it was last told; false = not connected yet.
func (b *MainBot) Known() (teleplay.Person, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.self == nil {
		return teleplay.Person{}, false
	}
	return personOf(b.self), true
}

// callMost is how long a call waits for a connection and for floods in all.
const callMost = time.Minute

// call repeats ask until Telegram has answered: ask must do no harm when it is
// done twice. Floods and broken connections are waited for up to callMost.
func (b *MainBot) call(ctx context.Context, what string, ask func(context.Context, *tg.Client) error) error {
	// No deadline that gotd can see: it would tear the connection's writes.
	inner, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	defer context.AfterFunc(ctx, func() { cancel(ctx.Err()) })()
	end := time.Now().Add(callMost)
	defer time.AfterFunc(callMost, func() { cancel(errLate) }).Stop()
	var last error
	for wait := 100 * time.Millisecond; ; wait = min(4*wait, 10*time.Second) {
		api, err := b.ready(inner)
		if err == nil {
			err = ask(inner, api)
		}
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%s: %w", what, ctx.Err())
		}
		if inner.Err() == nil {
			last = err
		}
		v := judge(err)
		switch v.act {
		case actPark:
			if v.wait > time.Until(end) {
				return fmt.Errorf("%s: %w: %w", what, busy(v.wait), err)
			}
			wait = v.wait
		case actMove, actLogin, actNewKey: // the session mends itself
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

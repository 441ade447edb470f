package telegram

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/mtproto"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/transport"
)

const (
	setupTimeout    = 5 * time.Second  // of the first call on a connection, which a wrong clock has for ever
	greetTimeout    = 15 * time.Second // of what follows before it is in use
	exchangeTimeout = 15 * time.Second // of a new key
)

var (
	errLate   = errors.New("no answer in time")
	errClosed = errors.New("connection closed")
)

// lane is one MTProto connection of one bot to one data centre, made anew
// whenever it breaks. Any number of calls are in flight. A call is never
// cancelled, nor has it a deadline of gotd's: the first waits behind the answer,
// the second tears the shared connection's writes. Who waits has timers.
type lane struct {
	wire *wire
	bot  int64
	dc   int
	bulk bool // prefers the data centre's addresses for media

	// unasked takes what the server sends by itself, from many goroutines; it must
	// not wait. nil = the lane asks for no updates.
	unasked func(*bin.Buffer) error
	// ready is called when a connection has come into use, crowded when Telegram has
	// closed one because there are too many; nil = nobody cares. stays says whether a
	// lane that has lost its connection is to get another; nil = always.
	ready, crowded func()
	stays          func() bool
	gate           *gate // of the bot: lanes that were lost come back one by one
	waits          bool  // at the gate for its first connection too

	// greet is called on a connection that is ready but not yet in use; made says
	// that its key is new. Its error ends the connection.
	greet func(ctx context.Context, call tg.Invoker, made bool) error

	misses  atomic.Int32 // calls in a row without an answer
	answers atomic.Int64 // of any call, late ones too
	hello   atomic.Int64 // nanoseconds that the first question of the last connection took

	mu   sync.Mutex
	key  [256]byte // of the last connection; zero = none yet
	live *mtproto.Conn
	kick context.CancelCauseFunc // ends live
	up   chan struct{}           // closed while live is there
	owed int                     // questions without an answer yet
	left bool                    // retired: it ends with the last of them

	over  context.Context // ends when the lane will never be up again
	close func()          // ends over
	calls sync.WaitGroup  // Add under mu and only while live

	traffic
}

func newLane(w *wire, bot int64, dc int) *lane {
	l := &lane{wire: w, bot: bot, dc: dc, up: make(chan struct{})}
	l.over, l.close = context.WithCancel(context.Background())
	return l
}

// run keeps the lane connected until ctx ends or the lane is closed (nil), or until
// the connection fails for good: what judge says is not cured by connecting again.
func (l *lane) run(ctx context.Context) error {
	defer l.close()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(l.over, stop)()
	defer l.calls.Wait()
	if l.waits && !l.gate.pass(ctx) {
		return nil
	}
	wait, most := reconnectFirst, reconnectMost
	for {
		began := time.Now()
		up, err := l.connect(ctx)
		if ctx.Err() != nil {
			return nil
		}
		v := judge(err)
		switch v.act {
		case actMove, actRetry, actCrowd, actPark, actClock:
		default:
			return err
		}
		took := time.Since(began)
		// Frames with a wrong time are dropped without a word, so any connection may
		// have ended by our clock; to ask costs the next one a round trip.
		l.wire.clock.doubt()
		crowd := v.act == actCrowd
		switch {
		case up && took > reconnectMost, crowd != (most == laneMost):
			wait, most = reconnectFirst, reconnectMost
			if crowd {
				wait, most = laneFirst, laneMost
			}
		}
		l.wire.Log.Debug("lane lost", "helper", l.bot, "dc", l.dc, "err", err.Error())
		if crowd && l.crowded != nil {
			l.crowded()
		} else if !crowd && l.stays != nil && !l.stays() {
			return nil
		}
		rest := jitter(max(wait, v.wait))
		if v.act == actMove && !up { // to try took time too
			rest -= took
		}
		if !pause(ctx, max(rest, 0)) || l.gate != nil && !l.gate.pass(ctx) {
			return nil
		}
		wait = min(2*wait, most)
	}
}

// connect makes one connection and stays until it ends; up says that it came into
// use.
func (l *lane) connect(ctx context.Context) (up bool, err error) {
	var watch sync.WaitGroup
	defer watch.Wait()
	ctx, kick := context.WithCancelCause(ctx)
	defer kick(nil)
	w := l.wire
	key, known := w.Keys.Key(l.bot, l.dc)
	if !known { // perhaps another of this bot's connections has found it dead
		if !pause(ctx, w.Keys.fresh(l.bot, l.dc)) {
			return false, ctx.Err()
		}
		key, known = w.Keys.Key(l.bot, l.dc)
	}
	conn, err := w.dial(ctx, l.dc, l.bulk && known, l.gate)
	if err != nil {
		return false, err
	}
	// gotd closes the connection when the last call has ended, which never comes if
	// a write of one hangs.
	closed := make(chan struct{})
	context.AfterFunc(ctx, func() { defer close(closed); _ = conn.Close() })
	defer func() { kick(nil); <-closed }()
	release := func() {}
	if !known {
		if release, err = w.Keys.making(ctx); err != nil {
			return false, err
		}
		defer release()
		if key, known = w.Keys.Key(l.bot, l.dc); known { // another lane of this bot was first
			release()
		}
	}
	watch.Go(func() { conn.watch(ctx, kick) }) // not while others make their keys
	var cipher mtproto.Cipher = frameCipher{w.Rand}
	maker := &keyMaker{Cipher: cipher, store: func(k Key) error {
		defer release()
		l.uses(k)
		return w.Keys.keep(l.bot, l.dc, k)
	}}
	if !known {
		cipher = maker
	}
	options := mtproto.Options{
		DC: l.dc, PublicKeys: w.keys, Random: w.Rand, Clock: w.clock, Cipher: cipher,
		Handler: handler{l}, CompressThreshold: -1, PingInterval: pingEvery, PingTimeout: pingAnswer,
		ExchangeTimeout: exchangeTimeout,
	}
	if known {
		l.uses(key)
		options.Key, options.Salt = key.auth(), key.Salt
	}
	c := mtproto.New(func(context.Context) (transport.Conn, error) { return conn, nil }, options)
	err = c.Run(ctx, func(ctx context.Context) error {
		if err := l.open(ctx, c, !known); err != nil {
			return err
		}
		l.misses.Store(0)
		up = true
		l.mu.Lock()
		l.live, l.kick = c, kick
		close(l.up)
		l.mu.Unlock()
		if l.ready != nil {
			l.ready()
		}
		<-ctx.Done()
		return ctx.Err()
	})
	l.mu.Lock()
	if l.live == c {
		l.live, l.up = nil, make(chan struct{})
	}
	l.mu.Unlock()
	if failed := maker.failed(); failed != nil {
		return up, failed
	}
	if cause := context.Cause(ctx); cause != nil && ctx.Err() != nil && cause != ctx.Err() {
		return up, cause
	}
	if err == nil {
		err = errClosed
	}
	return up, err
}

// open makes the first calls on a connection.
func (l *lane) open(ctx context.Context, c *mtproto.Conn, made bool) error {
	first, cancel := context.WithTimeout(ctx, setupTimeout)
	defer cancel()
	d := device()
	var config tg.Config
	began := time.Now()
	err := c.Invoke(first, &tg.InvokeWithoutUpdatesRequest{Query: &tg.InvokeWithLayerRequest{
		Layer: tg.Layer,
		Query: &tg.InitConnectionRequest{
			APIID: l.wire.APIID, DeviceModel: d.DeviceModel, SystemVersion: d.SystemVersion,
			AppVersion: d.AppVersion, SystemLangCode: d.SystemLangCode, LangCode: d.LangCode,
			Query: &tg.HelpGetConfigRequest{},
		},
	}}, &config)
	if err != nil {
		return fmt.Errorf("open connection to DC %d: %w", l.dc, err)
	}
	l.hello.Store(int64(time.Since(began)))
	l.answers.Add(1) // what the last connection left unanswered says nothing of this one
	l.wire.learn(&config)
	if l.greet == nil {
		return nil
	}
	ctx, cancel = context.WithTimeout(ctx, greetTimeout)
	defer cancel()
	return l.greet(ctx, quiet{c}, made) // greetings bring no news
}

// fail ends the connection for err, which the lane then judges.
func (l *lane) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.live != nil {
		l.kick(err)
	}
}

func (l *lane) uses(k Key) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.key = k.Value
}

// used is the value of the key that the lane last connected with.
func (l *lane) used() [256]byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.key
}

// connected says whether a connection is in use.
func (l *lane) connected() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.live != nil
}

// handler takes what the server sends unasked, and the salt it gives with a session.
type handler struct{ l *lane }

func (h handler) OnMessage(b *bin.Buffer) error {
	if h.l.unasked == nil {
		return nil
	}
	return h.l.unasked(b)
}

func (h handler) OnSession(m mtproto.Session) error {
	return h.l.wire.Keys.Edit(h.l.bot, h.l.dc, m.Key.Value, func(k *Key) { k.Salt = m.Salt })
}

// pause waits d; false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// jitter spreads d by up to a fifth, so that lanes do not come back as one.
func jitter(d time.Duration) time.Duration {
	return d + time.Duration(rand.Int64N(int64(d)/5+1))
}

package telegram

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/exchange"
	"github.com/gotd/td/proto/codec"
	"github.com/gotd/td/telegram"
	"github.com/gotd/td/telegram/dcs"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
	"github.com/gotd/td/transport"
)

// dialTimeout is for connecting, and for asking the time.
const dialTimeout = 10 * time.Second

// errKeyLost is a transport answer of −404: the server does not know the key any
// more. gotd would make a new one in silence and every call on it would fail
// after 5 s; as this error it ends the connection, and telegram.Client's Run too.
var errKeyLost = fmt.Errorf("auth key not found by the server: %w", tgerr.New(404, "AUTH_KEY_UNREGISTERED"))

// wire is how all connections are made: addresses, public keys, clock.
type wire struct {
	Options
	clock    *serverClock         // immutable
	keys     []exchange.PublicKey // immutable; nil = gotd's own
	resolver dcs.Resolver         // immutable
	first    int                  // immutable: the data centre to begin with
	frames   frames               // of all connections

	mu    sync.Mutex
	list  dcs.List
	media map[int]time.Time // data centre → its addresses for media are not tried before
}

func newWire(o Options) (*wire, error) {
	o = o.filled()
	list, first, err := o.servers()
	if err != nil {
		return nil, err
	}
	w := &wire{Options: o, clock: newServerClock(o.Now), first: first, list: list}
	for _, k := range o.PublicKeys {
		w.keys = append(w.keys, exchange.PublicKey{RSA: k})
	}
	w.resolver = dcs.Plain(dcs.PlainOptions{Protocol: w.frames.protocol(), Dial: through(o.Dial), Rand: o.Rand})
	return w, nil
}

// outage logs that a bot is out: an Error with what to do where only a person can
// mend it.
func (w *wire) outage(what string, bot int64, err error, more ...any) {
	more = append([]any{"helper", bot, "err", err.Error()}, more...)
	if hint := cure(err); hint != "" {
		w.Log.Error(what, append(more, "hint", hint)...)
		return
	}
	w.Log.Warn(what, more...)
}

func (w *wire) servers() dcs.List {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.list
}

// learn takes the addresses of help.getConfig.
func (w *wire) learn(c *tg.Config) {
	if len(c.DCOptions) == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list.Options = c.DCOptions
}

// dial connects to a data centre, and measures the server's time on the way if
// that is due. bulk prefers its addresses for media; a second try, of the others,
// waits for its turn at the gate.
func (w *wire) dial(ctx context.Context, dc int, bulk bool, g *gate) (*watched, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	ctx, opened := newDialing(ctx)
	conn, err := w.reach(ctx, dc, bulk, g)
	if err != nil {
		return nil, fmt.Errorf("connect to DC %d: %w", dc, err)
	}
	c := &watched{Conn: conn}
	if w.clock.stale() {
		if err := w.clock.measure(ctx, c, w.Options); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	if !opened.done() {
		return nil, fmt.Errorf("connect to DC %d: %w", dc, context.Cause(ctx))
	}
	return c, nil
}

const (
	mediaTimeout = 3 * time.Second // to reach an address for media, which may be blocked
	mediaAgain   = 5 * time.Minute // until it is tried again
)

func (w *wire) reach(ctx context.Context, dc int, bulk bool, g *gate) (transport.Conn, error) {
	if bulk && w.mediaMay(dc) {
		conn, err := w.reachMedia(ctx, dc)
		if err == nil {
			return conn, nil
		}
		w.mediaFailed(dc)
		if g != nil && !g.pass(ctx) {
			return nil, context.Cause(ctx)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	return w.resolver.Primary(ctx, dc, w.servers())
}

func (w *wire) reachMedia(ctx context.Context, dc int) (transport.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, mediaTimeout)
	defer cancel()
	return w.resolver.MediaOnly(ctx, dc, w.servers())
}

func (w *wire) mediaMay(dc int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.Now().After(w.media[dc])
}

func (w *wire) mediaFailed(dc int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.media == nil {
		w.media = map[int]time.Time{}
	}
	w.media[dc] = w.Now().Add(mediaAgain)
}

// device is what Telegram's session list shows.
func device() telegram.DeviceConfig {
	return telegram.DeviceConfig{DeviceModel: "TelePlay", SystemVersion: "Linux", AppVersion: "1",
		SystemLangCode: "en", LangCode: "en"}
}

// watched is a connection that tells −404 as errKeyLost, and whether it is alive.
type watched struct {
	transport.Conn
	frames atomic.Int64 // received
}

func (c *watched) Recv(ctx context.Context, b *bin.Buffer) error {
	err := c.Conn.Recv(ctx, b)
	var p *codec.ProtocolErr
	if errors.As(err, &p) && p.Code == codec.CodeAuthKeyNotFound {
		return errKeyLost
	}
	if err == nil {
		c.frames.Add(1)
	}
	return err
}

// watch ends the connection when it has brought nothing for silenceMost.
func (c *watched) watch(ctx context.Context, end context.CancelCauseFunc) {
	tick := time.NewTicker(silenceLook)
	defer tick.Stop()
	for last, silent := int64(0), time.Duration(0); silent < silenceMost; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		silent += silenceLook
		if now := c.frames.Load(); now != last {
			last, silent = now, 0
		}
	}
	end(errLate)
}

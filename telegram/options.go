package telegram

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/gotd/td/tg"

	"github.com/gotd/td/telegram/dcs"
)

// Options of MainBot and Pool; one value serves both.
type Options struct {
	// APIID and APIHash are the application's, from my.telegram.org.
	APIID   int
	APIHash string
	// Channel is the storage channel as a bot sees it: −100…
	Channel int64
	// DC is the one data centre to begin with, "2=host:port"; help.getConfig tells
	// of the others. "" is Telegram itself.
	DC string
	// PublicKeys of the servers; nil = Telegram's own.
	PublicKeys []*rsa.PublicKey
	// Keys is the process's one key store.
	Keys *KeyStore
	// Log is nil for silence.
	Log *slog.Logger
	// Dial makes connections; nil = net.Dialer with 10 s.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Now is the local clock; nil = time.Now. The servers' time is measured.
	Now func() time.Time
	// LoginAgain is how long a bot whose login is gone waits for the next, then twice
	// as long and so on up to an hour: Telegram limits logins; 0 = 30 s.
	LoginAgain time.Duration
	// Lanes are kept for each bot and data centre in use, and LanesMost there may be
	// while urgent parts wait; 0 = 2 and 8, but not below Lanes.
	Lanes, LanesMost int
	// ReferenceAge is how old a file reference may be before it is fetched anew ahead
	// of need; 0 = an hour. One that ran out sooner teaches the pool.
	ReferenceAge time.Duration
	// Rand is for nonces and keys; nil = crypto/rand.
	Rand io.Reader
}

// LogValue leaves the secrets out.
func (o Options) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("api_id", o.APIID), slog.String("api_hash", hidden),
		slog.Int64("channel", o.Channel), slog.String("dc", o.DC))
}

func (o Options) String() string { return o.LogValue().String() }

func (o Options) filled() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{Timeout: 10 * time.Second}).DialContext
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.LoginAgain == 0 {
		o.LoginAgain = 30 * time.Second
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Lanes == 0 {
		o.Lanes = 2
	}
	if o.LanesMost == 0 {
		o.LanesMost = 8
	}
	o.LanesMost = max(o.LanesMost, o.Lanes)
	if o.ReferenceAge == 0 {
		o.ReferenceAge = time.Hour
	}
	return o
}

// channelID is the channel's id in the API: without the −100 of bots.
func (o Options) channelID() int64 { return -o.Channel - 1_000_000_000_000 }

// servers is the first list of addresses and the data centre to begin with.
func (o Options) servers() (dcs.List, int, error) {
	if o.DC == "" {
		return dcs.Prod(), 2, nil
	}
	id, address, ok := strings.Cut(o.DC, "=")
	if !ok {
		return dcs.List{}, 0, fmt.Errorf("data centre %q: want ID=host:port", o.DC)
	}
	dc, err := strconv.Atoi(id)
	if err != nil || dc <= 0 {
		return dcs.List{}, 0, fmt.Errorf("data centre %q: want a number before =", o.DC)
	}
	host, p, err := net.SplitHostPort(address)
	if err != nil {
		return dcs.List{}, 0, fmt.Errorf("data centre %q: %w", o.DC, err)
	}
	port, err := strconv.Atoi(p)
	if err != nil || port <= 0 || port > 65535 {
		return dcs.List{}, 0, fmt.Errorf("data centre %q: want a port", o.DC)
	}
	return dcs.List{Options: []tg.DCOption{{ID: dc, IPAddress: host, Port: port}}}, dc, nil
}

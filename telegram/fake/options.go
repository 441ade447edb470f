package fake

import (
	"cmp"
	"crypto/rand"
	"io"
	"log/slog"
	"sync"
	"time"
)

// Options of a Server. The zero value is a fake in memory on the usual ports,
// with two DCs, four bots and one user.
type Options struct {
	// Listen is host:port of the first DC (default 127.0.0.1:24430). The n-th DC
	// has port + n − 1, the media_only address comes after the last; port 0 takes
	// free ones for all.
	Listen string
	// Control is host:port of the control API (default 127.0.0.1:24429; port 0
	// takes a free one).
	Control string
	// Advertise is the host in help.getConfig; "" = Listen's.
	Advertise string
	// Memory opens no sockets: clients come by Server.Dial, the control API is
	// Server.Handler. Listen then only names the addresses (port 0: the usual
	// ones) and Control nothing. In a testing/synctest bubble New must be called
	// in the bubble, and Now be nil.
	Memory bool
	// Data is the directory that keeps keys and world over a restart; "" = memory.
	Data string
	// Seed makes ids, tokens and the RSA key; 0 = 1.
	Seed uint64
	// DCs are the ids of the data centres, the first is every bot's home; nil = 2, 4.
	DCs []int
	// Bots and Users are how many there are at the start; 0 = 4 and 1.
	Bots, Users int
	// Network is what connections are like unless the control API says otherwise.
	Network Shape
	// Limits are what is allowed at the start and after a reset.
	Limits Limits
	// ReferenceTTL is the life of a file reference at the start and after a reset;
	// 0 = 1h, or what Data has kept.
	ReferenceTTL time.Duration
	Log          *slog.Logger     // nil = silent
	Now          func() time.Time // nil = time.Now
	Rand         io.Reader        // nil = crypto/rand; for nonces, keys and padding, read by one goroutine at a time
}

func (o Options) withDefaults() Options {
	o.Listen = cmp.Or(o.Listen, "127.0.0.1:24430")
	o.Control = cmp.Or(o.Control, "127.0.0.1:24429")
	o.Seed = cmp.Or(o.Seed, 1)
	o.Bots = cmp.Or(o.Bots, 4)
	o.Users = cmp.Or(o.Users, 1)
	o.Limits = o.Limits.withDefaults()
	if len(o.DCs) == 0 {
		o.DCs = []int{2, 4}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	} else {
		o.Rand = &lockedReader{r: o.Rand}
	}
	return o
}

// lockedReader makes a reader safe for many goroutines.
type lockedReader struct {
	mu sync.Mutex
	r  io.Reader
}

func (l *lockedReader) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(p)
}

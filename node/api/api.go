// Package api is the public edge: REST, streams, events and the web app over
// fasthttp, as openapi.json says.
//
// The life of a request:
//
//  1. conn.go takes the connection: a deadline per write, not per answer.
//  2. serve.go gives it an id and its headers, asks limits.go and auth.go, and
//     calls the one handler of its route (route.go).
//  3. The handler reads the request strictly (request.go), asks the Library, and
//     answers in the shapes of shape.go; an error goes through the one map of
//     error.go.
//  4. A stream's headers are decided by conditionals.go and range.go alone; its
//     body is a Stream of exactly the length promised (stream.go), and it ends
//     within 250 ms when the client has left (watch.go).
//
// The package knows neither SQL nor Telegram.
package api

import (
	"context"
	"crypto/rand"
	"io"
	"io/fs"
	"log/slog"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/teleplay/teleplay"
)

// Options is what the edge needs. Library, Open, JWTSecret and WebBase must be
// given; the rest has defaults.
type Options struct {
	Library Library
	// Open starts reading a range that lies in the file: node.Engine's Open.
	Open func(f teleplay.File, r teleplay.Range) Stream
	// Foresee is told the storage messages of files that a person has just been shown
	// and may want next. It returns at once; nil = nobody cares.
	Foresee func(messages []int32)
	// Bot is the main bot as people know it, told at once: every login asks. false
	// while nobody knows, which is a 503 where it matters; nil: never.
	Bot func() (teleplay.Person, bool)

	JWTSecret         []byte        // ≥ 32 bytes
	JWTSecretPrevious []byte        // still accepted; nil = none
	AccessLife        time.Duration // of an access token; default 15 min
	NoBareCodes       bool          // LEGACY_APPS=off: no login by the code alone

	WebBase        string   // origin of the web app, e.g. https://films.example
	CORSOrigins    []string // exact origins beside WebBase
	TrustedProxies []netip.Prefix
	AuthUsers      []int64 // Telegram ids that may; empty = everybody
	AdminUsers     []int64 // default: the first of AuthUsers
	Channel        int64   // the storage channel: goes into every ETag

	Web         fs.FS    // the built web app; nil = none
	StyleHashes []string // CSP sources of the web app's inline styles: "'sha256-…'"
	Version     string   // told by bot-info

	// Checks decide /ready, by name.
	Checks map[string]func(context.Context) error
	Limits Limits
	// Grace is how long streams may go on after the stop; default 5 s.
	Grace time.Duration

	Now  func() time.Time // default time.Now
	Rand io.Reader        // default crypto/rand
	Log  *slog.Logger     // nil = silent
}

// Stream is the bytes of one range on their way: node.Reader. Close is safe from
// any goroutine at any time, ends a Read or WriteTo, and may come twice.
type Stream interface {
	io.ReadCloser
	io.WriterTo
	// Ready returns when the first byte is there, or with the error that the
	// client shall see as a status.
	Ready(ctx context.Context) error
}

// API serves the public edge. Make it by New, start it by Run, once.
type API struct {
	o       Options
	origins map[string]bool // exact origins that CORS knows
	base    *url.URL        // WebBase
	csp     string
	keys    keyring
	limits  limiters
	standing
	watch
	life context.Context // ends when what still runs after the grace is cut
	cut  context.CancelFunc
	stop chan struct{} // closed when the edge drains
}

// New prepares the edge; it touches nothing.
func New(o Options) *API {
	if o.AccessLife == 0 {
		o.AccessLife = 15 * time.Minute
	}
	if o.Grace == 0 {
		o.Grace = 5 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Bot == nil {
		o.Bot = func() (teleplay.Person, bool) { return teleplay.Person{}, false }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if len(o.AdminUsers) == 0 && len(o.AuthUsers) > 0 {
		o.AdminUsers = o.AuthUsers[:1]
	}
	a := &API{o: o, origins: map[string]bool{}, csp: appCSP(o.StyleHashes), stop: make(chan struct{})}
	for _, origin := range append([]string{o.WebBase}, o.CORSOrigins...) {
		a.origins[strings.TrimSuffix(origin, "/")] = true
	}
	a.base, _ = url.Parse(o.WebBase)
	if a.base == nil {
		a.base = &url.URL{}
	}
	a.keys = newKeyring(o.JWTSecret, o.JWTSecretPrevious)
	a.limits = newLimiters(o.Limits, o.Now)
	a.standing.init(o)
	a.life, a.cut = context.WithCancel(context.Background())
	a.watch.conns = map[*conn]func(){}
	return a
}

// draining tells whether the edge has been asked to stop.
func (a *API) draining() bool {
	select {
	case <-a.stop:
		return true
	default:
		return false
	}
}

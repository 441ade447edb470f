// Package node is the chunk engine: it turns a range of a file into a stream of
// bytes, from the cache where they are and from a Source where they are not.
//
// The life of one read:
//
//  1. Open gives a Reader over a Range. Nothing is asked for yet.
//  2. The reader takes the chunk at its place (reader.go): the cache knows it, or
//     it has a flight, or gets one (flight.go): one load however many wait.
//  3. The flight waits for its turn and for room (queue.go), then asks the Source,
//     which puts parts into the fill (fill.go) in any order.
//  4. What has arrived from the reader's place on is sent at once.
//  5. With the first bytes that the socket takes, the reader begins to read ahead
//     (window.go), further with each window that is taken.
//  6. The complete chunk goes to the cache. A source that fails for the moment is
//     asked again while the client waits (patience.go).
//  7. Close drops what is queued for nobody else; what is under way ends in the
//     cache.
//
// Chunks are shared and immutable: everybody who reads one holds the same bytes.
package node

import (
	"context"
	"log/slog"
	"sync"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/cache"
)

// Source is where a miss is filled.
type Source interface {
	// Fetch puts the missing parts of chunk id, which has size bytes, into s, that
	// with byte from first and the others in the order a player wants them. It
	// returns when nothing more will come, at once when ctx ends; nil with parts
	// still missing is legal and asked again. It is called by many goroutines.
	//
	// ErrUnavailable is a failure that time heals, in Error.Retry if that is set;
	// every other error is final for those who wait.
	Fetch(ctx context.Context, id teleplay.ChunkID, size, from int, u teleplay.Urgency, s teleplay.Sink) error
}

// Raiser is a Source that can hurry what it is filling.
type Raiser interface {
	// Raise says that somebody waits at urgency u for byte from of a chunk whose Fetch
	// into s is under way, or has just ended. It returns at once.
	Raise(id teleplay.ChunkID, from int, u teleplay.Urgency, s teleplay.Sink)
}

const (
	// DefaultWindow is the budget for windows and flights in bytes.
	DefaultWindow = 256 << 20
	// DefaultReadAhead keeps one bot's connection busy; each more stands in front of
	// an urgent chunk.
	DefaultReadAhead = 2
)

// Options of an Engine. Source and Cache must be set.
type Options struct {
	Source Source
	Cache  *cache.Cache
	// Window is the budget in bytes for what is under way and what is read ahead,
	// DefaultWindow if 0. Beyond it are the cache and, while the cache has not got
	// it, the one complete chunk that each open reader may be sending; that of a
	// client that takes nothing counts until it has been idle for 10 s.
	Window int64
	// ReadAhead is how many flights that nobody waits for may run at once,
	// DefaultReadAhead if 0. Two for each bot that downloads keep all of them busy.
	ReadAhead int
	// Log is silent if nil.
	Log *slog.Logger
}

// Engine loads chunks for readers. All methods are safe for use by any goroutine.
type Engine struct {
	source Source
	cache  *cache.Cache
	log    *slog.Logger
	window int64
	limit  int            // of running read-ahead
	wg     sync.WaitGroup // running flights

	mu      sync.Mutex
	closed  bool
	readers int
	flights map[teleplay.ChunkID]*flight // queued, running, and complete ones that readers hold
	queue   queue
	held    int64 // bytes of the flights that have begun and are referenced
	running int   // of the flights that began as read-ahead
	stats   Stats
}

// New makes an engine. It has no goroutines of its own: each belongs to a flight.
func New(o Options) *Engine {
	if o.Window <= 0 {
		o.Window = DefaultWindow
	}
	if o.ReadAhead <= 0 {
		o.ReadAhead = DefaultReadAhead
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Engine{
		source:  o.Source,
		cache:   o.Cache,
		log:     o.Log,
		window:  o.Window,
		limit:   o.ReadAhead,
		flights: make(map[teleplay.ChunkID]*flight),
	}
}

// Close ends all flights and waits for them. Readers still give what is cached or
// has arrived, then ErrUnavailable, code draining.
func (e *Engine) Close() {
	e.mu.Lock()
	e.closed = true
	for _, f := range e.flights {
		switch {
		case f.place != nil:
			e.unqueue(f)
			e.end(f, errDraining)
		case f.cancel != nil:
			f.cancel()
		}
	}
	e.mu.Unlock()
	e.wg.Wait()
}

// Stats is what an engine does now, and has done since New.
type Stats struct {
	Readers int   // open
	Queued  int   // flights that wait for their turn
	Running int   // flights under way
	Held    int64 // bytes of the window budget in use

	Loaded int64 // flights that brought their chunk
	Failed int64 // flights that did not
}

// Stats takes all figures at one moment.
func (e *Engine) Stats() Stats {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.stats
	s.Readers, s.Queued, s.Held = e.readers, e.queue.len(), e.held
	return s
}

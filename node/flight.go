package node

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/teleplay/teleplay"
)

// flightTime is how long a flight may take in all. Its context is its own: no
// waiter's leaving ends it.
const flightTime = 30 * time.Second

var (
	errDraining = teleplay.Fail(teleplay.ErrUnavailable, "draining", "This node is about to stop.")
	errTimeout  = teleplay.Fail(teleplay.ErrUnavailable, "upstream_timeout", "Telegram did not answer in time.")
	errShort    = teleplay.Fail(teleplay.ErrUnavailable, "upstream_busy", "Telegram gave less than it should.")
	errNoRoom   = teleplay.Fail(teleplay.ErrUnavailable, "upstream_busy", "Too much is under way.").After(roomTime)
)

// flight is one load of one chunk however many wait. A complete one lives on while
// readers hold it, so that no policy of the cache takes what is read ahead.
type flight struct {
	id   teleplay.ChunkID
	size int
	fill fill

	began teleplay.Urgency // set when it begins

	done  chan struct{}   // closed at the end
	chunk *teleplay.Chunk // set before done; nil if the flight failed
	err   error           // set before done

	// Guarded by Engine.mu.
	urgency teleplay.Urgency
	from    int           // first byte wanted
	refs    int           // of readers, and one of the flight itself while it runs
	read    bool          // somebody waits for it, or did
	place   *list.Element // in the queue; nil = it has begun or has ended
	noRoom  *time.Timer   // ends an urgent flight that waits for room
	cancel  context.CancelFunc
}

// join is the chunk if it is cached, else a reference to its flight, which is made
// if there is none. Whoever gets a flight leaves it once. from is the first byte
// wanted; Urgent says that somebody waits, and counts as a demand.
func (e *Engine) join(id teleplay.ChunkID, size, from int, u teleplay.Urgency) (*flight, *teleplay.Chunk, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	f := e.flights[id]
	if f == nil {
		// A flight ends by its chunk's Put and its leaving the map in one step: who
		// missed the chunk before, and the flight now, finds the chunk here.
		if ch, ok := e.cache.Peek(id); ok {
			if u == teleplay.Urgent {
				e.cache.Put(ch, true)
			}
			return nil, ch, nil
		}
		if e.closed {
			return nil, nil, errDraining
		}
		f = &flight{id: id, size: size, from: from, urgency: u, done: make(chan struct{})}
		e.flights[id] = f
		e.queue.push(f)
	}
	f.refs++
	if u == teleplay.Urgent {
		f.read = true
		if f.chunk != nil { // it may have fallen out as unread
			e.cache.Put(f.chunk, true)
		}
	}
	if f.place == nil && u < f.urgency && !f.ended() {
		e.raise(f, u, from)
	}
	if f.place != nil {
		if u < f.urgency {
			e.queue.remove(f)
			f.urgency, f.from = u, from
			e.queue.push(f)
		}
		e.dispatch()
		if f.place != nil && u == teleplay.Urgent && f.noRoom == nil {
			f.noRoom = time.AfterFunc(roomTime, func() { e.abandon(f) })
		}
	}
	return f, nil, nil
}

// leave gives a reference back. A queued flight that nobody wants any more is
// dropped; a running one goes on into the cache.
func (e *Engine) leave(f *flight) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.release(f)
	e.dispatch()
}

func (e *Engine) release(f *flight) {
	if f.refs--; f.refs > 0 {
		return
	}
	if f.place != nil {
		e.unqueue(f)
	}
	if e.flights[f.id] == f {
		delete(e.flights, f.id)
	}
	if f.cancel != nil {
		e.held -= int64(f.size)
	}
}

// ended says whether a flight has its chunk or its error.
func (f *flight) ended() bool {
	select {
	case <-f.done:
		return true
	default:
		return false
	}
}

func (f *flight) landed() bool { return f.ended() && f.err == nil }
func (f *flight) failed() bool { return f.ended() && f.err != nil }

// begin starts a flight that has been taken out of the queue.
func (e *Engine) begin(f *flight) {
	ctx, cancel := context.WithTimeout(context.Background(), flightTime)
	f.cancel = cancel
	f.refs++
	e.held += int64(f.size)
	e.stats.Running++
	u, from := f.urgency, f.from
	f.began = u
	if u > teleplay.Urgent {
		e.running++
	}
	e.wg.Go(func() {
		defer cancel()
		err := f.load(ctx, e.source, from, u)
		e.land(f, u, err)
	})
}

// raise tells the source that a flight under way has become more urgent, if it is
// one that wants to know. Engine.mu is held.
func (e *Engine) raise(f *flight, u teleplay.Urgency, from int) {
	f.urgency, f.from = u, from
	f.fill.haste.Store(&haste{u, from})
	if r, ok := e.source.(Raiser); ok {
		r.Raise(f.id, from, u, &f.fill)
	}
}

// load asks the source as long as that brings something.
func (f *flight) load(ctx context.Context, s Source, from int, u teleplay.Urgency) error {
	f.fill.begin(f.size)
	for {
		before := f.fill.Missing()
		err := s.Fetch(ctx, f.id, f.size, from, u, &f.fill)
		switch {
		case f.fill.complete():
			return nil
		case ctx.Err() == context.Canceled:
			return errDraining
		case errors.Is(err, context.DeadlineExceeded), ctx.Err() != nil:
			return errTimeout
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return errShort // a reader's io.EOF means the range's end and nothing else
		case err != nil:
			return fmt.Errorf("fetch %v: %w", f.id, err)
		case f.fill.Missing() == before:
			return errShort
		}
	}
}

// land ends a flight that ran.
func (e *Engine) land(f *flight, u teleplay.Urgency, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stats.Running--
	if u > teleplay.Urgent {
		e.running--
	}
	e.end(f, err)
	e.release(f)
	e.dispatch()
}

// end settles a flight: its chunk goes to the cache, its failure to those who wait
// now. Who comes later begins anew.
func (e *Engine) end(f *flight, err error) {
	if err != nil {
		f.err = err
		f.fill.giveUp()
		delete(e.flights, f.id)
		e.stats.Failed++
		e.log.Debug("flight failed", slog.Any("chunk", f.id), slog.Any("err", err))
	} else {
		f.chunk = &teleplay.Chunk{ID: f.id, Bytes: f.fill.bytes}
		e.cache.Put(f.chunk, f.read)
		e.stats.Loaded++
	}
	close(f.done)
}

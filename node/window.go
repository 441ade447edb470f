package node

import (
	"math"
	"time"

	"github.com/teleplay/teleplay"
)

const (
	// maxWindow is how many chunks a reader asks for ahead of the one it sends.
	maxWindow = 8
	// firstWindow is the size when the socket has taken the first bytes; before,
	// the first chunk is alone and has all lanes to itself.
	firstWindow = 2
	// windowTime is how far a window may reach in playing time: a song needs less
	// than a film.
	windowTime = 20 // seconds
	// idleTime without a byte taken is a pause: the window is given back.
	idleTime = 10 * time.Second
)

// window is what a reader wants next. It doubles with each window that the socket
// has taken, and moves by what it takes: a paused reader asks for nothing more.
// Chunks that are cached have no place in it; should one be evicted before its
// turn, the next move asks for it.
type window struct {
	limit   int // by the file's bitrate
	size    int // 0 = no byte taken yet
	taken   int // chunks of this window that are done
	flights [maxWindow]*flight
	idle    *time.Timer
	parked  bool // given back in a pause
}

// bitrateWindow is windowTime of a file in chunks, 1 to maxWindow.
func bitrateWindow(f teleplay.File) int {
	if !(f.Duration > 0) {
		return maxWindow
	}
	chunks := math.Ceil(float64(f.Size) / f.Duration * windowTime / teleplay.ChunkSize)
	return int(max(1, min(chunks, maxWindow)))
}

// share is how many chunks of read-ahead each open reader may have, so that all
// find room.
func (e *Engine) share() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return int(max(1, e.ahead()/teleplay.ChunkSize/int64(max(1, e.readers))))
}

// advance moves r's window behind the chunk that r takes now. r.mu is held.
func (w *window) advance(r *Reader, now teleplay.ChunkID) {
	if w.idle == nil {
		w.idle = time.AfterFunc(idleTime, r.park)
	}
	w.free(r.engine, int(now.Index)%maxWindow) // r holds that chunk itself
	if w.size > 0 {
		w.fill(r, now)
	}
}

// fill asks for what the window after chunk now lacks.
func (w *window) fill(r *Reader, now teleplay.ChunkID) {
	u := teleplay.ReadAhead
	if w.size == firstWindow {
		u = teleplay.FirstWindow
	}
	n := min(w.size, w.limit, r.engine.share())
	last := int((r.span.End() - 1) / teleplay.ChunkSize)
	for i := int(now.Index) + 1; i <= min(int(now.Index)+n, last); i++ {
		place := i % maxWindow
		if f := w.flights[place]; f != nil && !f.failed() {
			continue
		}
		w.free(r.engine, place)
		id := teleplay.ChunkID{Message: now.Message, Index: uint16(i)}
		f, _, err := r.engine.join(id, id.Length(r.file.Size), 0, u)
		if err != nil {
			return // the reader meets it when it comes there
		}
		w.flights[place] = f
	}
}

// took notes that the socket took bytes of chunk now. r.mu is held.
func (w *window) took(r *Reader, now teleplay.ChunkID) {
	switch {
	case w.size == 0:
		w.size, w.taken = firstWindow, -1 // the first chunk is no part of it
		w.fill(r, now)
	case w.parked:
		w.parked = false
		w.fill(r, now)
	}
	w.idle.Reset(idleTime)
}

// done notes that the socket took all of a chunk.
func (w *window) done() {
	if w.taken++; w.taken == w.size {
		w.size, w.taken = min(2*w.size, maxWindow), 0
	}
}

// park gives the window back until the client goes on.
func (r *Reader) park() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.window.release(r.engine)
	r.window.parked = true
	r.settle()
}

// close gives the window back for good.
func (w *window) close(e *Engine) {
	if w.idle != nil {
		w.idle.Stop()
	}
	w.release(e)
}

func (w *window) release(e *Engine) {
	for place := range w.flights {
		w.free(e, place)
	}
}

func (w *window) free(e *Engine, place int) {
	if f := w.flights[place]; f != nil {
		e.leave(f)
		w.flights[place] = nil
	}
}

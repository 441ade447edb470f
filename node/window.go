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
	// pieceTime of playing is the most that one Write holds: who plays in step with
	// the socket takes a piece well within idleTime and is not taken for paused.
	pieceTime = 5 // seconds
	// minPiece is the least that is worth a Write.
	minPiece = 64 << 10
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
	last    int  // index of the chunk last advanced to, + 1
}

// bitrateWindow is windowTime of a file in chunks, 1 to maxWindow.
func bitrateWindow(f teleplay.File) int {
	if !(f.Duration > 0) {
		return maxWindow
	}
	chunks := math.Ceil(float64(f.Size) / f.Duration * windowTime / teleplay.ChunkSize)
	return int(max(1, min(chunks, maxWindow)))
}

// bitratePiece is pieceTime of a file in bytes, minPiece to a whole chunk.
func bitratePiece(f teleplay.File) int {
	if !(f.Duration > 0) {
		return teleplay.ChunkSize
	}
	return int(max(minPiece, min(float64(f.Size)/f.Duration*pieceTime, teleplay.ChunkSize)))
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
	} else {
		w.idle.Reset(idleTime)
	}
	w.free(r.engine, int(now.Index)%maxWindow) // r holds that chunk itself
	again := w.last == int(now.Index)+1
	w.last = int(now.Index) + 1
	if w.size > 0 && !again { // a chunk that is tried again does not try all behind it again
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
	if r.gone {
		return
	}
	r.window.release(r.engine)
	r.window.parked = true
	r.settle()
	switch {
	case r.flight == nil:
	case r.flight.failed():
		r.drop()
	default:
		r.window.idle.Reset(idleTime) // until it lands or fails
	}
}

// close gives the window back for good.
func (w *window) close(e *Engine) {
	if w.idle != nil {
		w.idle.Stop()
	}
	w.release(e)
}

// release leaves all flights in one step, so that none of the window's own begins
// in the room that another gives back.
func (w *window) release(e *Engine) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for place, f := range w.flights {
		if f != nil {
			e.release(f)
			w.flights[place] = nil
		}
	}
	e.dispatch()
}

func (w *window) free(e *Engine, place int) {
	if f := w.flights[place]; f != nil {
		e.leave(f)
		w.flights[place] = nil
	}
}

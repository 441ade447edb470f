package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/teleplay/teleplay"
)

// Reader is the stream of one Range of one file. Read, WriteTo and Ready are for
// one goroutine at a time; Close may come from another and ends their waiting.
//
// A range that ends is io.EOF; nothing else is.
type Reader struct {
	engine *Engine
	file   teleplay.File
	span   teleplay.Range
	piece  int   // most bytes of one Write
	err    error // of a range that does not lie in its file
	closed chan struct{}

	pos int64 // in the file; owned by the goroutine that reads

	mu     sync.Mutex
	gone   bool // closed
	chunk  *teleplay.Chunk
	flight *flight // chunk or flight is where pos lies; neither: not taken yet
	window window
}

// Open is a reader over range r of file f, which must lie in it. Nothing is asked
// for before the first call of Ready, Read or WriteTo. It must be closed.
func (e *Engine) Open(f teleplay.File, r teleplay.Range) *Reader {
	reader := &Reader{engine: e, file: f, span: r, piece: bitratePiece(f), pos: r.Start, closed: make(chan struct{})}
	reader.window.limit = bitrateWindow(f)
	if r.Start < 0 || r.Length < 0 || r.Start > f.Size || r.Length > f.Size-r.Start || f.Size > teleplay.MaxFileSize {
		reader.err = teleplay.Fail(teleplay.ErrInvalid, "", "The range does not lie in the file.")
	}
	e.mu.Lock()
	e.readers++
	e.mu.Unlock()
	return reader
}

// Ready returns when the first byte is here, at once if the range is empty, or with
// the error that keeps it from coming: a stream that has not begun is not worth
// waiting until a source heals. ctx ends the waiting, not the load.
func (r *Reader) Ready(ctx context.Context) error {
	if _, err := r.next(ctx); err != io.EOF {
		return err
	}
	return nil
}

// Read gives what has arrived, at most up to the chunk's end.
func (r *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := r.next(context.Background())
	n := copy(p, b)
	r.took(n)
	return n, err
}

// WriteTo writes what is left of the range: a complete chunk in one Write, or in
// pieces where the file's bitrate is low, one still on its way run by run as it
// arrives. It holds one chunk at a time, and allocates nothing for one that is
// cached.
func (r *Reader) WriteTo(w io.Writer) (int64, error) {
	for written := int64(0); ; {
		b, err := r.next(context.Background())
		if err == io.EOF {
			return written, nil
		}
		if err != nil {
			return written, err
		}
		b = b[:min(len(b), r.piece)]
		n, err := w.Write(b)
		if n < len(b) && err == nil {
			err = io.ErrShortWrite
		}
		written += int64(n)
		r.took(n)
		if err != nil {
			return written, err
		}
	}
}

// Close gives back what the reader holds: queued read-ahead that no other reader
// wants is dropped, what is under way ends in the cache. It may be called again.
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gone {
		return nil
	}
	r.gone = true
	close(r.closed)
	r.window.close(r.engine)
	r.drop()
	r.engine.mu.Lock()
	r.engine.readers--
	r.engine.mu.Unlock()
	return nil
}

// next is the run of bytes at pos: at least one, or an error. It does not move pos.
func (r *Reader) next(ctx context.Context) ([]byte, error) {
	if r.err != nil {
		return nil, r.err
	}
	id := teleplay.ChunkID{Message: r.file.Message, Index: uint16(r.pos / teleplay.ChunkSize)}
	from := int(r.pos - id.Offset())
	_, to := r.span.Trim(id)
	if from >= to {
		return nil, io.EOF
	}
	patience, asked := patience{begun: r.pos > r.span.Start}, false
	for {
		f, ch, err := r.take(id, from)
		if ch != nil {
			return ch.Bytes[from:to], nil
		}
		if f != nil {
			if b := f.fill.run(from, to); b != nil {
				return b, nil
			}
			if err = r.await(ctx, f, from, patience.deadline()); err == nil {
				continue
			}
			if f.failed() && f.began > teleplay.Urgent && !asked && !errors.Is(err, errDraining) {
				// Read-ahead failed that began before anybody waited: ask urgently
				// before it is anybody's failure.
				asked = true
				r.giveBack()
				continue
			}
		}
		pause, ok := patience.after(err)
		if !ok {
			return nil, err
		}
		r.giveBack() // the failed flight
		if err := r.sleep(ctx, pause); err != nil {
			return nil, err
		}
	}
}

// take is the chunk at pos, or else a flight for it; the reader holds it until drop.
func (r *Reader) take(id teleplay.ChunkID, from int) (*flight, *teleplay.Chunk, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gone {
		return nil, nil, os.ErrClosed
	}
	if r.chunk == nil && r.flight == nil {
		size := id.Length(r.file.Size)
		if ch, ok := r.engine.cache.Get(id); ok {
			r.chunk = ch
		} else if f, ch, err := r.engine.join(id, size, from, teleplay.Urgent); err != nil {
			return nil, nil, err
		} else {
			r.flight, r.chunk = f, ch
		}
		if r.chunk != nil && len(r.chunk.Bytes) != size || r.flight != nil && r.flight.size != size {
			r.drop()
			return nil, nil, fmt.Errorf("read %v: another size than %d was asked for before", id, size)
		}
		r.window.advance(r, id)
	}
	r.settle()
	return r.flight, r.chunk, nil
}

// settle keeps the chunk instead of a flight that has brought it: so a client that
// does not read takes up no room that others wait for. r.mu is held.
func (r *Reader) settle() {
	if r.flight != nil && r.flight.landed() {
		ch := r.flight.chunk
		r.drop()
		r.chunk = ch
	}
}

// giveBack is drop for who does not hold r.mu.
func (r *Reader) giveBack() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.drop()
}

// drop gives back what take took. r.mu is held.
func (r *Reader) drop() {
	if r.flight != nil {
		r.engine.leave(r.flight)
	}
	r.flight, r.chunk = nil, nil
}

// await returns nil when byte from of a flight has arrived.
func (r *Reader) await(ctx context.Context, f *flight, from int, deadline time.Time) error {
	timeout := time.NewTimer(time.Until(deadline))
	defer timeout.Stop()
	for {
		news := f.fill.changed()
		if f.fill.run(from, from+1) != nil {
			return nil
		}
		select {
		case <-news:
		case <-f.done:
			return f.err
		case <-timeout.C:
			return errTimeout
		case <-r.closed:
			return os.ErrClosed
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (r *Reader) sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-r.closed:
		return os.ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// took moves pos by n bytes that the client has taken, and with it the window.
func (r *Reader) took(n int) {
	if n == 0 {
		return
	}
	r.pos += int64(n)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gone {
		return
	}
	last := teleplay.ChunkID{Message: r.file.Message, Index: uint16((r.pos - 1) / teleplay.ChunkSize)}
	r.window.took(r, last)
	if r.pos == last.Offset()+teleplay.ChunkSize || r.pos == r.span.End() {
		r.drop()
		r.window.done()
	}
}

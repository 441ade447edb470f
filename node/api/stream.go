package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/teleplay/teleplay"
)

// firstByte is how long a stream may wait for its first byte before it becomes a
// 504.
const firstByte = 10 * time.Second

const mediaCache = "private, max-age=86400, immutable, no-transform"

// etag is strong and made of what names the bytes for ever, so that it is the same
// on every node, after a restart, and for every credential: Chromium sends
// If-Range on each seek. The channel's id keeps message ids from being guessed.
func (a *API) etag(f teleplay.File) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%d/%d", a.o.Channel, f.Message, f.Size))
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`
}

// stream answers GET and HEAD /api/stream/{id}.
func (a *API) stream(ctx context.Context, q *request) error {
	save, err := q.queryFlag("download")
	if err != nil {
		return err
	}
	return a.bytes(ctx, q, save)
}

// download answers GET and HEAD /api/download/{id}.
func (a *API) download(ctx context.Context, q *request) error { return a.bytes(ctx, q, true) }

// bytes answers with a file's bytes: preconditions, then Range, then headers, and
// only then the first byte.
func (a *API) bytes(ctx context.Context, q *request, save bool) error {
	id, err := q.pathID()
	if err != nil {
		return err
	}
	f, err := a.lib.File(ctx, q.user.ID, id)
	if err != nil {
		return err
	}
	e := entity{etag: a.etag(f), modified: f.Date.UTC().Truncate(time.Second)}
	switch e.judge(q) {
	case failed:
		return errMismatch
	case notModified:
		e.sign(q, mediaCache)
		q.Response.Header.Set("Content-Security-Policy", mediaCSP) // a cache takes a 304's headers for its copy
		q.SetStatusCode(304)
		return nil
	}
	part, status := teleplay.Range{Length: f.Size}, 200
	if header, once := q.header("Range"); q.IsGet() && once && header != "" && e.ranged(q) {
		var answer rangeAnswer
		switch part, answer = parseRange([]byte(header), f.Size); answer {
		case partOfFile:
			status = 206
		case beyondTheFile:
			q.Response.Header.Set("Content-Range", "bytes */"+strconv.FormatInt(f.Size, 10))
			q.Response.Header.Set("Accept-Ranges", "bytes")
			return errBadRange
		}
	}
	return a.send(ctx, q, f, e, part, status, save)
}

// send begins the answer: nothing of it is written before the first byte is here,
// so that failures come as statuses.
func (a *API) send(ctx context.Context, q *request, f teleplay.File, e entity, part teleplay.Range, status int, save bool) error {
	body, err := a.open(ctx, q, f, part)
	if err != nil {
		return err
	}
	// From here on it is closed with the answer, whatever happens.
	q.Response.SetBodyStream(body, int(part.Length))
	mime, inline := mediaType(f)
	h := &q.Response.Header
	q.SetStatusCode(status)
	h.SetContentType(mime)
	h.Set("Content-Disposition", disposition(f.Name, inline && !save))
	h.Set("Content-Security-Policy", mediaCSP)
	e.sign(q, mediaCache)
	h.Set("Accept-Ranges", "bytes")
	if status == 206 {
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", part.Start, part.End()-1, f.Size))
	}
	q.Response.ImmediateHeaderFlush = part.Length > smallBody
	return nil
}

// smallBody is what goes out in one write with its headers, in bytes: fasthttp's
// write buffer.
const smallBody = 4096

// open is the body of an answer, with its first byte arrived.
func (a *API) open(ctx context.Context, q *request, f teleplay.File, part teleplay.Range) (io.ReadCloser, error) {
	if q.IsHead() || part.Length == 0 {
		return io.NopCloser(bytes.NewReader(nil)), nil // fasthttp sends HEAD's length and closes it unread
	}
	if a.draining() {
		return nil, errDraining
	}
	leave, err := a.limits.streams.take(q.user.ID)
	if err != nil {
		return nil, err
	}
	b := &body{leave: leave, forget: func() {}}
	ready := false
	defer func() {
		if !ready { // an error, or a panic
			_ = b.Close()
		}
	}()
	b.Stream = a.o.Open(f, part)
	ctx, cancel := context.WithTimeout(ctx, firstByte)
	defer cancel()
	gone := make(chan struct{})
	// One watch for the whole answer: closing the stream ends both a wait for its
	// first byte and a body that has nothing to write.
	b.forget = a.add(connOf(q), sync.OnceFunc(func() {
		close(gone)
		cancel()
		_ = b.Stream.Close()
	}))
	if err := b.Ready(ctx); err != nil {
		select {
		case <-gone:
			return nil, errGone
		default:
		}
		if errors.Is(err, context.DeadlineExceeded) {
			err = errSlowSource
		}
		return nil, fmt.Errorf("read file %d: %w", f.ID, err)
	}
	if c := connOf(q); c != nil {
		c.stall.Store(int64(mediaStall))
		if part.Length > smallBody {
			b.direct = c
		}
	}
	ready = true
	return b, nil
}

// body is a Stream as fasthttp's body: Close comes on every path, and gives the
// user's slot back once.
type body struct {
	Stream
	leave, forget func()
	once          sync.Once
	direct        io.Writer // the connection, once the headers are flushed; nil = not
}

// WriteTo sends each run as it comes. Around fasthttp's buffer, which would keep
// a first run of under 4 KiB until the next one arrives; fasthttp still compares
// the count with the length promised.
func (b *body) WriteTo(w io.Writer) (int64, error) {
	if b.direct != nil {
		w = b.direct
	}
	return b.Stream.WriteTo(w)
}

func (b *body) Close() error {
	b.once.Do(func() {
		b.forget()
		b.leave()
	})
	if b.Stream == nil {
		return nil
	}
	return b.Stream.Close()
}

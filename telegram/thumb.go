package telegram

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/gotd/td/tg"
)

// Thumb is the best JPEG of a storage message's file: at most 640 px and 64 KiB.
// nil without an error: Telegram has none. Errors as Fetch's.
func (p *Pool) Thumb(ctx context.Context, message int32) ([]byte, error) {
	if p.err != nil {
		return nil, p.told(message, p.err)
	}
	p.mu.Lock()
	gone := p.isGone(message)
	p.mu.Unlock()
	if gone {
		return nil, missing()
	}
	ctx, cancel := context.WithTimeoutCause(ctx, stallMost, errLate)
	defer cancel()
	tried := map[*helper]bool{}
	var last error
	for {
		changed := p.waiter()
		h, err := p.pick(message, tried)
		switch {
		case errors.As(err, new(errNoHelper)):
			select {
			case <-changed:
				continue
			case <-p.wake(err):
				continue
			case <-ctx.Done():
				return nil, p.told(message, errors.Join(context.Cause(ctx), last))
			}
		case err != nil:
			return nil, p.told(message, errors.Join(err, last))
		}
		b, err := h.thumb(ctx, message)
		switch {
		case err == nil:
			return b, nil
		case ctx.Err() != nil:
			return nil, p.told(message, errors.Join(context.Cause(ctx), err))
		case judge(err).act == actMissing:
			p.mu.Lock()
			defer p.mu.Unlock()
			p.lost(message)
			p.pump(time.Now())
			return nil, missing()
		}
		last = err
		tried[h] = true
	}
}

// thumb fetches the thumbnail through one helper.
func (h *helper) thumb(ctx context.Context, message int32) (b []byte, err error) {
	err = h.download(ctx, message, func(ctx context.Context, l *lane, d *document) (err error) {
		switch {
		case d.thumb == nil:
			b = nil
		case d.thumb.bytes != nil:
			b = d.thumb.bytes
		default:
			b, err = small(ctx, l, d.thumb)
		}
		return err
	})
	if err != nil || !isJPEG(b) {
		return nil, err
	}
	return b, nil
}

// small fetches a whole thumbnail in one call.
func small(ctx context.Context, l *lane, t *thumb) ([]byte, error) {
	got := make(chan []byte, 1) // the answer may come when nobody waits any more
	err := l.call(ctx, urgentAnswer, &tg.UploadGetFileRequest{Precise: true, Location: t.at, Limit: thumbMost},
		&filePart{t.length, func(b []byte) { got <- bytes.Clone(b) }, &l.wire.frames})
	if err != nil {
		return nil, err
	}
	return <-got, nil
}

package telegram

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/teleplay/teleplay"
)

var (
	errLength = errors.New("answer of a wrong length")
	errCDN    = errors.New("redirected to a CDN")
	errSize   = errors.New("the stored file has another size")
)

// Fetch fills the missing parts of chunk id, which has size bytes, from the part
// with byte from to the end and then the front. It returns nil when nothing is
// missing. Errors: ErrNotFound file_missing, ErrUnavailable upstream_busy (all bots
// rest; Retry says until when) and upstream_timeout, or ctx's. What is in flight
// when it returns may still come.
func (p *Pool) Fetch(ctx context.Context, id teleplay.ChunkID, size, from int, u teleplay.Urgency, sink teleplay.Sink) error {
	if size <= 0 {
		return nil
	}
	j, err := p.begin(id, size, from, u, sink)
	if err != nil {
		return err
	}
	select {
	case <-j.done:
		return j.err
	case <-ctx.Done():
		p.mu.Lock()
		defer p.mu.Unlock()
		p.finish(j, context.Canceled)
		return fmt.Errorf("fetch %v: %w", id, ctx.Err())
	}
}

func (p *Pool) begin(id teleplay.ChunkID, size, from int, u teleplay.Urgency, sink teleplay.Sink) (*job, error) {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.err != nil:
		return nil, p.told(id, p.err)
	case p.isGone(id.Message):
		return nil, missing()
	case p.ended:
		return nil, p.told(id, errClosed)
	}
	if s, ok := sink.(teleplay.Hurried); ok {
		if more, at, ok := s.Haste(); ok && more < u { // before there was a job to raise
			u, from = more, at
		}
	}
	j := newJob(id, size, from, u, sink, now)
	p.jobs = append(p.jobs, j)
	p.pump(now)
	return j, nil
}

// Raise makes a chunk that is being fetched into sink as urgent as u, from byte
// from on. It returns at once.
func (p *Pool) Raise(id teleplay.ChunkID, from int, u teleplay.Urgency, sink teleplay.Sink) {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, j := range p.jobs {
		if j.id == id && j.sink.Sink == sink && u < j.urgency {
			j.raise(u, from, now)
			p.pump(now)
			return
		}
	}
}

// finish ends a job. p.mu is held.
func (p *Pool) finish(j *job, err error) {
	if j.over {
		return
	}
	j.over, j.err = true, err
	close(j.done)
	for i, other := range p.jobs {
		if other == j {
			p.jobs = append(p.jobs[:i:i], p.jobs[i+1:]...)
			break
		}
	}
}

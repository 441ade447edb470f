package telegram

import (
	"context"
	"sync"
)

// single is a value that is fetched once, however many want it at the same time.
// An error is not kept. The zero value is ready.
type single[T any] struct {
	mu     sync.Mutex
	flight *flight[T]
}

type flight[T any] struct {
	done  chan struct{} // closed when the rest is there
	v     T
	err   error
	given bool // up, by who fetched
}

// get returns the value. Who comes first fetches it; when that one's ctx ends the
// fetch, the next of those who wait begins anew.
func (s *single[T]) get(ctx context.Context, fetch func(context.Context) (T, error)) (T, error) {
	for {
		s.mu.Lock()
		f := s.flight
		mine := f == nil
		if mine {
			f = &flight[T]{done: make(chan struct{})}
			s.flight = f
		}
		s.mu.Unlock()
		if mine {
			f.v, f.err = fetch(ctx)
			f.given = f.err != nil && ctx.Err() != nil
			if f.err != nil {
				s.drop(f)
			}
			close(f.done)
			return f.v, f.err
		}
		select {
		case <-f.done:
			if !f.given {
				return f.v, f.err
			}
		case <-ctx.Done():
			var zero T
			return zero, ctx.Err()
		}
	}
}

// peek is the value if it is there.
func (s *single[T]) peek() (v T, ok bool) {
	s.mu.Lock()
	f := s.flight
	s.mu.Unlock()
	if f == nil {
		return v, false
	}
	select {
	case <-f.done:
		return f.v, f.err == nil
	default:
		return v, false
	}
}

// set has everybody get v from now on.
func (s *single[T]) set(v T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flight = landed(v)
}

// offer is set if nothing is there or on its way.
func (s *single[T]) offer(v T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flight == nil {
		s.flight = landed(v)
	}
}

func landed[T any](v T) *flight[T] {
	f := &flight[T]{done: make(chan struct{}), v: v}
	close(f.done)
	return f
}

// forget has the next get fetch anew.
func (s *single[T]) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flight = nil
}

func (s *single[T]) drop(f *flight[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flight == f {
		s.flight = nil
	}
}

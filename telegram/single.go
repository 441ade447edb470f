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
	done chan struct{} // closed when value and err are there
	v    T
	err  error
}

// get returns the value. The first caller fetches it, and goes on when its ctx
// ends, for others may wait; they do not wait longer than their own ctx.
func (s *single[T]) get(ctx context.Context, fetch func(context.Context) (T, error)) (T, error) {
	s.mu.Lock()
	f := s.flight
	mine := f == nil
	if mine {
		f = &flight[T]{done: make(chan struct{})}
		s.flight = f
	}
	s.mu.Unlock()
	if mine {
		f.v, f.err = fetch(context.WithoutCancel(ctx))
		if f.err != nil {
			s.drop(f)
		}
		close(f.done)
	}
	select {
	case <-f.done:
		return f.v, f.err
	case <-ctx.Done():
		var zero T
		return zero, ctx.Err()
	}
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

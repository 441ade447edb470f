package telegram

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

// TestSingle: one fetch serves all who wait, its error is not kept, and who gives
// up takes nobody along.
func TestSingle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s single[int]
		fetches, answer := 0, make(chan int)
		fetch := func(ctx context.Context) (int, error) {
			fetches++
			select {
			case v := <-answer:
				if v < 0 {
					return 0, errors.New("no")
				}
				return v, nil
			case <-ctx.Done():
				return 0, ctx.Err()
			}
		}
		type result struct {
			v   int
			err error
		}
		get := func(ctx context.Context) <-chan result {
			out := make(chan result, 1)
			go func() {
				v, err := s.get(ctx, fetch)
				out <- result{v, err}
			}()
			synctest.Wait()
			return out
		}
		impatient, giveUp := context.WithCancel(t.Context())
		first, second := get(impatient), get(t.Context())
		giveUp()
		if r := <-first; !errors.Is(r.err, context.Canceled) {
			t.Errorf("who gave up got %+v", r)
		}
		synctest.Wait()
		third := get(t.Context())
		answer <- 7
		for _, c := range []<-chan result{second, third} {
			if r := <-c; r.v != 7 || r.err != nil {
				t.Errorf("got %+v", r)
			}
		}
		if v, ok := s.peek(); fetches != 2 || v != 7 || !ok {
			t.Errorf("%d fetches, kept %d, %v", fetches, v, ok)
		}
		s.forget()
		failed := get(t.Context())
		answer <- -1
		if r := <-failed; r.err == nil {
			t.Error("no error")
		}
		if _, ok := s.peek(); ok {
			t.Error("an error is kept")
		}
	})
}

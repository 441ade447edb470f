package main

import (
	"bytes"
	"io"
	"testing"
	"testing/synctest"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram/fake"
)

// TestEightReadersOnAClock of its own, which no busy machine moves: eight readers of
// one cold file have every byte fetched once, over two bots of two lanes.
func TestEightReadersOnAClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const seed, size = 9, 20_000_000
		b := newBubble(t, fake.Options{Bots: 3}, 2)
		f := b.film(seed, size)
		want := make([]byte, size)
		synthetic(want, seed, 0)
		done := make(chan bool)
		for range 8 {
			go func() {
				defer func() { done <- true }()
				r := b.engine.Open(f, teleplay.Range{Length: size})
				defer r.Close()
				if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%d bytes, %v, or other ones", len(got), err)
				}
			}()
		}
		for range 8 {
			<-done
		}
		covered := make([]int, (size+4095)/4096)
		calls := b.fetched()
		for _, r := range calls {
			for o := r.Offset; o < min(r.Offset+r.Limit, size); o += 4096 {
				covered[o/4096]++
			}
		}
		for i, n := range covered {
			if n != 1 {
				t.Fatalf("the bytes at %d were fetched %d times, want once; %d calls", i*4096, n, len(calls))
			}
		}
	})
}

package cache

import (
	"testing"
	"testing/synctest"

	"github.com/teleplay/teleplay"
)

// TestTheFeederWaitsForVerdicts: while ristretto stands still, it gets one batch and
// no more, however many chunks wait.
func TestTheFeederWaitsForVerdicts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		verdict, first := make(chan struct{}), make(chan struct{})
		// All is larger than the budget, so ristretto refuses, and waits in drop.
		a := openAdviser(1, func(*entry) { <-verdict })
		set, sets := a.set, 0
		a.set = func(key uint64, e *entry, cost int64) bool {
			<-first
			sets++
			return set(key, e, cost)
		}
		for i := range queueLength {
			ch := &teleplay.Chunk{ID: teleplay.ChunkID{Message: 1, Index: uint16(i)}, Bytes: make([]byte, 10)}
			a.offer(&entry{key: mix(ch.ID), chunk: ch})
		}
		close(first)
		synctest.Wait()
		if sets != batchLength {
			t.Errorf("%d Sets without a verdict, want %d", sets, batchLength)
		}
		close(verdict)
		synctest.Wait()
		if sets != queueLength || a.refused.Load() != queueLength {
			t.Errorf("%d Sets and %d refusals, want %d of each", sets, a.refused.Load(), queueLength)
		}
		a.close()
	})
}

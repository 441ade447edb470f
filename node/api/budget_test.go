//go:build !race

package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/teleplay/teleplay/node/api"
)

func TestRangeBudget(t *testing.T) {
	long := []byte("bytes=" + strings.Repeat("0-0,", 2046))
	for _, header := range [][]byte{[]byte("bytes=5242880-"), []byte("bytes=0-1"), []byte("bytes=-500"), []byte("items=0-4"), long} {
		if n := testing.AllocsPerRun(100, func() { api.ParseRange(header, 1<<30) }); n != 0 {
			t.Errorf("%.20q: %v allocations, want 0", header, n)
		}
	}
	const runs = 100
	begun := time.Now()
	for range runs {
		api.ParseRange(long, 1<<30)
	}
	if each := time.Since(begun) / runs; each > time.Millisecond {
		t.Errorf("8 KB took %v, want at most 1 ms", each)
	}
}

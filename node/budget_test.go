//go:build !race

package node_test

import (
	"io"
	"testing"

	"github.com/teleplay/teleplay"
)

// Over cached chunks a request allocates as much for 64 chunks as for 4.
func TestWriteToAllocatesNothingPerChunk(t *testing.T) {
	e := engine(t, new(source))
	f := file(64 * mib)
	check(t, e, f, whole(f))
	request := func(chunks int64) float64 {
		return testing.AllocsPerRun(100, func() {
			r := e.Open(f, teleplay.Range{Start: 5, Length: chunks*mib - 5})
			defer r.Close()
			if n, err := r.WriteTo(io.Discard); n != chunks*mib-5 || err != nil {
				t.Errorf("%d bytes, %v", n, err)
			}
		})
	}
	few, many := request(4), request(64)
	// ristretto makes one buffer for eight touches: 8 for 64 chunks.
	if many > few+60/8+1 || few > 5 {
		t.Errorf("%v allocations for 4 chunks, %v for 64", few, many)
	}
}

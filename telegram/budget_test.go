//go:build !race

package telegram

import (
	"testing"

	"github.com/gotd/td/bin"
)

func TestFilePartAllocates(t *testing.T) {
	answer := fileAnswer(t, 512<<10)
	p := &filePart{512 << 10, func([]byte) {}}
	var b bin.Buffer
	if n := testing.AllocsPerRun(100, func() {
		b.Buf = answer
		if err := p.Decode(&b); err != nil {
			t.Fatal(err)
		}
	}); n > 1 { // the type, which is empty
		t.Errorf("%v allocations", n)
	}
}

package node_test

import (
	"context"
	"io"
	"testing"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/node"
)

// read serves one range to nobody.
func read(b *testing.B, e *node.Engine, f teleplay.File, span teleplay.Range) {
	r := e.Open(f, span)
	if n, err := r.WriteTo(io.Discard); n != span.Length || err != nil {
		b.Fatalf("%d bytes, %v", n, err)
	}
	r.Close()
}

func BenchmarkWriteToCached(b *testing.B) {
	for name, length := range map[string]int64{"64KiB": 64 << 10, "1MiB": mib, "64MiB": 64 * mib} {
		b.Run(name, func(b *testing.B) {
			e, f := engine(b, new(source)), file(64*mib)
			read(b, e, f, whole(f))
			b.SetBytes(length)
			b.ReportAllocs()
			for b.Loop() {
				read(b, e, f, teleplay.Range{Length: length})
			}
		})
	}
}

func BenchmarkWriteToCold(b *testing.B) {
	chunk := make([]byte, mib)
	s := &source{fetch: func(_ context.Context, c call) error {
		for i := 0; i < teleplay.PartsPerChunk; i += 8 {
			c.sink.Put(i, chunk[i*part:(i+8)*part])
		}
		return nil
	}}
	e := engine(b, s, small)
	f := file(64 * mib)
	b.SetBytes(f.Size)
	b.ReportAllocs()
	for b.Loop() {
		s.calls = s.calls[:0]
		read(b, e, f, whole(f))
	}
}

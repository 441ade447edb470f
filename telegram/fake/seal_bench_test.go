package fake

import (
	"crypto/rand"
	"testing"

	"github.com/gotd/td/proto"
	"github.com/gotd/td/tg"
)

// BenchmarkAnswer is what a file part of 1 MiB costs from its bytes to the socket.
func BenchmarkAnswer(b *testing.B) {
	s := bare(Options{}.withDefaults())
	k, err := s.ring.made(2, 1)
	if err != nil {
		b.Fatal(err)
	}
	ss := k.session(1, s)
	file := &tg.UploadFile{Type: &tg.StorageFileUnknown{}, Bytes: make([]byte, 1<<20)}
	b.SetBytes(1 << 20)
	b.ReportAllocs()
	for b.Loop() {
		plain := ss.encode(1, file)
		f, err := s.frames.seal(rand.Reader, &k.key, ss.envelope(proto.MessageServerResponse, true), plain)
		if err != nil {
			b.Fatal(err)
		}
		intermediate{}.seal(f.buf)
		s.frames.free(f)
	}
}

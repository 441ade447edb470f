package fake

import (
	"crypto/aes"
	"crypto/rand"
	"testing"

	"github.com/gotd/ige"
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

func BenchmarkIGE(b *testing.B) {
	block, _ := aes.NewCipher(make([]byte, 32))
	src, dst := make([]byte, 1<<20), make([]byte, 1<<20)
	iv := make([]byte, 32)
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(1 << 20)
		for b.Loop() {
			encryptIGE(block, iv, dst, src)
		}
	})
	b.Run("gotd", func(b *testing.B) {
		b.SetBytes(1 << 20)
		for b.Loop() {
			ige.EncryptBlocks(block, iv, dst, src)
		}
	})
}

func TestIGE(t *testing.T) {
	key, iv := make([]byte, 32), make([]byte, 32)
	for _, n := range []int{0, 16, 32, 48, 4096} {
		src := make([]byte, n)
		for _, b := range [][]byte{key, iv, src} {
			_, _ = rand.Read(b)
		}
		block, _ := aes.NewCipher(key)
		got, want := make([]byte, n), make([]byte, n)
		encryptIGE(block, iv, got, src)
		ige.EncryptBlocks(block, append([]byte{}, iv...), want, src)
		if string(got) != string(want) {
			t.Errorf("%d bytes differ from gotd's", n)
		}
	}
}

package ige

import (
	"bytes"
	"crypto/aes"
	"crypto/sha256"
	"math/rand/v2"
	"testing"

	"github.com/gotd/ige"
)

// sums compares DecryptSum with gotd's decryption and the standard library's hash.
func sums(t *testing.T, key, iv, prefix *[32]byte, src []byte) {
	t.Helper()
	block, err := aes.NewCipher(key[:])
	if err != nil {
		t.Fatal(err)
	}
	clear := make([]byte, len(src))
	ige.DecryptBlocks(block, iv[:], clear, src)
	want := sha256.Sum256(append(prefix[:len(prefix):len(prefix)], clear...))
	fence := bytes.Repeat([]byte{0xa5}, 64)
	for place, in := range map[string]bool{"apart": false, "in place": true} {
		k, v, p, s := *key, *iv, *prefix, bytes.Clone(src)
		room := bytes.Join([][]byte{fence, make([]byte, len(src)), fence}, nil)
		dst := room[len(fence) : len(fence)+len(src)]
		if in {
			copy(dst, src)
			s = dst
		}
		got := DecryptSum(&k, &v, &p, dst, s)
		if !bytes.Equal(dst, clear) {
			t.Fatalf("%s of %d bytes decrypts to something else", place, len(src))
		}
		if got != want {
			t.Fatalf("%s of %d bytes: sum %x, want %x", place, len(src), got, want)
		}
		if k != *key || v != *iv || p != *prefix || !in && !bytes.Equal(s, src) {
			t.Fatalf("%s wrote to its input", place)
		}
		if !bytes.HasPrefix(room, fence) || !bytes.HasSuffix(room, fence) {
			t.Fatalf("%s wrote outside dst", place)
		}
	}
}

func TestDecryptSum(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	random := func(b []byte) []byte {
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	}
	for n := range 200 { // both sides of where the two run together
		var key, iv, prefix [32]byte
		random(key[:])
		random(iv[:])
		random(prefix[:])
		sums(t, &key, &iv, &prefix, random(make([]byte, 16*n)))
		sums(t, &key, &iv, &prefix, random(make([]byte, 16*n+3))[3:])
	}
	sums(t, new([32]byte), new([32]byte), new([32]byte), random(make([]byte, 1<<20)))
}

func FuzzDecryptSum(f *testing.F) {
	f.Add(make([]byte, 96), make([]byte, 2048), 5)
	f.Fuzz(func(t *testing.T, keys, seed []byte, blocks int) {
		var key, iv, prefix [32]byte
		n := copy(key[:], keys)
		n += copy(iv[:], keys[n:])
		copy(prefix[:], keys[n:])
		src := make([]byte, 16*(max(blocks, 0)%300))
		for i := range src {
			src[i] = byte(i)
		}
		copy(src, seed)
		sums(t, &key, &iv, &prefix, src)
	})
}

func TestDecryptSumOfWholeBlocks(t *testing.T) {
	var zero [32]byte
	long, short := bytes.Repeat([]byte{9}, 4000), make([]byte, 2000)
	want := make([]byte, 1999/16*16)
	sum := DecryptSum(&zero, &zero, &zero, want, make([]byte, len(want)))
	if DecryptSum(&zero, &zero, &zero, long, short[:1999]) != sum || !bytes.Equal(long[:len(want)], want) || long[len(want)] != 9 {
		t.Error("a part of a block was touched or counted")
	}
}

func BenchmarkDecryptSum(b *testing.B) {
	bench(b, func(key, iv *[32]byte, dst, src []byte) { DecryptSum(key, iv, iv, dst, src) })
}

func BenchmarkDecryptThenSum(b *testing.B) {
	bench(b, func(key, iv *[32]byte, dst, src []byte) { twoPasses(key, iv, iv, dst, src) })
}

package fake

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"
)

// oracle is the formula of synthetic files byte by byte, written apart from the
// generator.
func oracle(seed uint64, o uint64) byte {
	const m = 1<<32 - 1
	scramble := func(x uint64) uint64 {
		x = (x ^ x>>16) & m
		x = x * 0x7FEB352D & m
		x = (x ^ x>>15) & m
		x = x * 0x846CA68B & m
		return (x ^ x>>16) & m
	}
	k := scramble((seed+0x9E3779B9)&m) | 1
	return byte(scramble((o/4+1)*k&m) >> (8 * (o % 4)))
}

func TestSyntheticVectors(t *testing.T) {
	for _, c := range []struct {
		seed   uint32
		offset int64
		want   string
	}{
		{1, 0, "6bf6587fac704baf8c27bebcc35c0482"},
		{1, 1048573, "9712837706e62319"},
		{1, 4294967294, "efa30d0dccf10f8f"},
		{0, 0, "977a7ca07ddef8b8"},
		{42, 0, "edb40a1af0cdc712"},
		{4294967295, 0, "2b7090a2ee59ed9c"},
	} {
		b := make([]byte, len(c.want)/2)
		synthesize(c.seed, c.offset, b)
		if got := hex.EncodeToString(b); got != c.want {
			t.Errorf("seed %d at %d: %s, want %s", c.seed, c.offset, got, c.want)
		}
	}
	mib, formula := make([]byte, 1<<20), make([]byte, 1<<20)
	synthesize(1, 0, mib)
	for i := range formula {
		formula[i] = oracle(1, uint64(i))
	}
	for name, b := range map[string][]byte{"generator": mib, "oracle": formula} {
		if got := fmt.Sprintf("%x", sha256.Sum256(b)); got != "83c88fe53cfea61205263ae7b716e019836f8540a9669490cbde2e3e421e1013" {
			t.Errorf("the %s's first MiB of seed 1 has SHA-256 %s", name, got)
		}
	}
}

func TestSyntheticEqualsOracle(t *testing.T) {
	for _, offset := range []int64{0, 1, 2, 3, 4, 5, 1<<20 - 1, 1<<32 - 70} {
		for _, n := range []int{0, 1, 2, 3, 4, 5, 15, 16, 17, 63, 64, 65} {
			got, want := make([]byte, n), make([]byte, n)
			synthesize(7, offset, got)
			for i := range want {
				want[i] = oracle(7, uint64(offset)+uint64(i))
			}
			if !bytes.Equal(got, want) {
				t.Fatalf("offset %d, %d bytes: %x, want %x", offset, n, got, want)
			}
		}
	}
}

func BenchmarkSynthesize(b *testing.B) {
	p := make([]byte, 1<<20)
	b.SetBytes(int64(len(p)))
	b.ReportAllocs()
	for b.Loop() {
		synthesize(1, 0, p)
	}
}

package main

import (
	"bytes"
	"encoding/hex"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
)

func TestPercentiles(t *testing.T) {
	hundred := make(sample, 100)
	for i := range hundred {
		hundred[i] = float64(100 - i)
	}
	for _, x := range []struct {
		s       sample
		p, want float64
	}{
		{hundred, 50, 50}, {hundred, 95, 95}, {hundred, 100, 100}, {hundred, 1, 1}, {hundred, 0, 1}, {hundred, 0.5, 1},
		{sample{3, 1, 2}, 50, 2}, {sample{4, 1, 3, 2}, 50, 2}, {sample{2, 1}, 95, 2}, {sample{7}, 50, 7}, {sample{7}, 95, 7},
	} {
		if got := x.s.at(x.p); got != x.want {
			t.Errorf("%v at %v: %v, want %v", x.s, x.p, got, x.want)
		}
	}
	for _, s := range []sample{nil, {1, math.NaN(), 2}} {
		if got := s.at(100); !math.IsNaN(got) {
			t.Errorf("%v: %v, want no number", s, got)
		}
	}
	if hundred[0] != 100 {
		t.Error("the sample itself was sorted")
	}
}

func TestFigures(t *testing.T) {
	if got := megabytes(10_000_000, 2*time.Second); got != 5 {
		t.Error(got)
	}
	for v, want := range map[figure]string{0: "0.00", 1.234: "1.23", 58: "58.0", 87.645: "87.6", 419.2: "419", -12: "-12.0"} {
		if v.String() != want {
			t.Errorf("%v: want %s", v, want)
		}
	}
}

func TestProfile(t *testing.T) {
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 0.05 {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	near("whole MiB over 8 lanes", wholeLimit(8), 87.6)
	near("over 4", wholeLimit(4), 117.8)
	near("over 2", wholeLimit(2), 178.1)
	for size, want := range map[int][2]float64{
		14600: {52.9, 52.9}, 16 << 10: {53.3, 100.4}, 128 << 10: {76.2, 205.8}, 1 << 20: {259.7, 419.2},
	} {
		near("warm", ms(warmTime(size)), want[0])
		near("slow start", ms(coldTime(size)), want[1])
	}
}

func TestOracle(t *testing.T) {
	for _, v := range []struct {
		seed   oracle
		offset int64
		hex    string
	}{
		{1, 0, "6bf6587fac704baf8c27bebcc35c0482"}, {1, 1048573, "9712837706e62319"},
		{1, 4294967294, "efa30d0dccf10f8f"}, {0, 0, "977a7ca07ddef8b8"},
		{42, 0, "edb40a1af0cdc712"}, {4294967295, 0, "2b7090a2ee59ed9c"},
	} {
		b, err := hex.DecodeString(v.hex)
		if err != nil {
			t.Fatal(err)
		}
		for cut := range len(b) { // at any place, of any length
			if err := v.seed.check(v.offset+int64(cut), b[cut:]); err != nil {
				t.Error(err)
			}
			if err := v.seed.check(v.offset, b[:cut]); err != nil {
				t.Error(err)
			}
		}
	}
	const offset = 12345
	b := make([]byte, 3*teleplay.PartSize+5)
	oracle(9).fill(offset, b)
	for _, i := range []int{0, teleplay.PartSize - 1, teleplay.PartSize, len(b) - 1} {
		b[i] ^= 1
	}
	if n := oracle(9).wrong(offset, b); n != 4 {
		t.Errorf("%d wrong bytes found, 4 were made", n)
	}
	if err := oracle(9).check(offset, b); err == nil {
		t.Error("wrong bytes pass")
	}
}

// TestSink: times are those of the part that is waited for, of the 64 KiB from it
// on, and of all; nothing is counted twice.
func TestSink(t *testing.T) {
	const part = teleplay.PartSize
	s := newSink(teleplay.ChunkID{Message: 1}, 5*part+7, nil)
	whole := make([]byte, teleplay.ChunkSize)
	oracle(3).fill(0, whole)
	put := func(from, parts int) { s.Put(from, whole[from*part:(from+parts)*part]) }
	state := func(first, run, all bool, missing uint64) {
		t.Helper()
		if (s.firstAt > 0) != first || (s.runAt > 0) != run || (s.wholeAt > 0) != all || s.Missing() != missing {
			t.Fatalf("%v %v %v, missing %x", s.firstAt, s.runAt, s.wholeAt, s.Missing())
		}
	}
	state(false, false, false, ^uint64(0))
	put(6, 2)
	state(false, false, false, ^uint64(0b1100_0000))
	put(5, 1)
	state(true, false, false, ^uint64(0b1110_0000))
	first := s.firstAt
	s.Put(6, bytes.Repeat([]byte{0xFF}, part)) // what is there stays
	put(8, 8)
	state(true, true, false, ^uint64(0xFFE0))
	put(0, 64)
	state(true, true, true, 0)
	if s.firstAt != first || s.runAt < first || s.wholeAt < s.runAt {
		t.Errorf("%v %v %v", s.firstAt, s.runAt, s.wholeAt)
	}
	if !bytes.Equal(s.b, whole) {
		t.Error("wrong bytes")
	}
}

// TestFilm deals each chunk once, in the order of its seed, and seeks to bytes that
// 64 KiB follow.
func TestFilm(t *testing.T) {
	deal := func(seed uint32) (order []uint16) {
		f := newFilm(7, seed)
		seen := map[teleplay.ChunkID]bool{}
		for range filmChunks {
			id, err := f.deal()
			if err != nil || seen[id] || id.Message != 7 || id.Length(teleplay.MaxFileSize) != teleplay.ChunkSize {
				t.Fatalf("%v: %v", id, err)
			}
			seen[id] = true
			order = append(order, id.Index)
			if from := f.from(); from < 0 || from > teleplay.ChunkSize-64<<10 {
				t.Fatalf("seek to %d", from)
			}
		}
		if _, err := f.deal(); err == nil || !strings.Contains(err.Error(), "all 4096 chunks") {
			t.Errorf("after the last: %v", err)
		}
		return order
	}
	a, b, other := deal(1), deal(1), deal(2)
	same := 0
	for i := range a {
		if a[i] != b[i] {
			t.Fatal("one seed, two orders")
		}
		if a[i] == other[i] {
			same++
		}
	}
	if same > 100 {
		t.Errorf("two seeds, %d places the same", same)
	}
}

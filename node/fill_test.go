package node

import (
	"bytes"
	"context"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/teleplay/teleplay"
)

var _ teleplay.Sink = (*fill)(nil)

const part = teleplay.PartSize

func pattern(n int) []byte {
	b := make([]byte, n)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func newFill(size int) *fill {
	f := new(fill)
	f.begin(size)
	return f
}

func TestFillTakesPartsInAnyOrder(t *testing.T) {
	for _, size := range []int{1, part - 1, part, part + 1, 5*part + 7, teleplay.ChunkSize - 1, teleplay.ChunkSize} {
		want, f := pattern(size), newFill(size)
		n := teleplay.Parts(size)
		if f.complete() {
			t.Errorf("%d bytes: complete from the start", size)
		}
		for _, i := range rand.Perm(n) {
			f.Put(i, want[i*part:min((i+1)*part, size)])
		}
		if !f.complete() || f.Missing() != 0 || !bytes.Equal(f.run(0, size), want) {
			t.Errorf("%d bytes: %064b missing", size, f.Missing())
		}
	}
}

func TestFillRefusesWhatDoesNotFit(t *testing.T) {
	const size = 3*part + 100
	good := pattern(size)
	bad := bytes.Repeat([]byte{0xee}, 2*teleplay.ChunkSize)
	f := newFill(size)
	f.Put(-1, bad[:part])
	f.Put(4, bad[:part])
	f.Put(64, bad[:part])
	f.Put(0, nil)
	f.Put(0, bad[:part-1])  // a part cut short
	f.Put(0, bad[:size+1])  // goes past the end
	f.Put(3, bad[:99])      // the last, too short
	f.Put(3, bad[:part])    // the last, too long
	f.Put(0, bad[:2*1<<20]) // far too long
	if f.arrived.Load() != 0 || f.Missing() != 0b1111 {
		t.Fatalf("arrived %b, missing %b", f.arrived.Load(), f.Missing())
	}
	f.Put(1, good[part:part*2+5]) // one whole part and some of the next
	if f.arrived.Load() != 0b10 {
		t.Fatalf("arrived %b, want part 1", f.arrived.Load())
	}
	f.Put(1, bad[:part]) // there already
	f.Put(0, good)
	if !bytes.Equal(f.run(0, size), good) {
		t.Error("wrong bytes")
	}
}

func TestFillRun(t *testing.T) {
	const size = teleplay.ChunkSize - 5
	f, b := newFill(size), pattern(size)
	f.Put(2, b[2*part:4*part])
	for _, row := range []struct{ from, to, want int }{
		{0, size, 0},
		{2*part - 1, size, 0},
		{2 * part, size, 2 * part},
		{3*part + 10, size, part - 10},
		{2 * part, 2*part + 9, 9},
		{4 * part, size, 0},
		{size - 1, size, 0},
	} {
		if got := f.run(row.from, row.to); !bytes.Equal(got, b[row.from:row.from+row.want]) {
			t.Errorf("run(%d, %d) has %d bytes, want %d", row.from, row.to, len(got), row.want)
		}
	}
}

func TestFillGivenUpIgnoresLatePuts(t *testing.T) {
	f, b := newFill(4*part), pattern(4*part)
	f.Put(0, b[:part])
	f.giveUp()
	f.Put(0, b)
	if f.Missing() != 0 || f.arrived.Load() != 1 {
		t.Errorf("missing %b, arrived %b", f.Missing(), f.arrived.Load())
	}
}

// Many sources put the same parts at once while readers follow: the race detector
// sees each byte that is written twice or read too early.
func TestFillEverybodyAtOnce(t *testing.T) {
	const size = teleplay.ChunkSize
	f, want := newFill(size), pattern(size)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, i := range rand.Perm(teleplay.PartsPerChunk) {
				n := min(1+rand.IntN(4), teleplay.PartsPerChunk-i)
				f.Put(i, want[i*part:(i+n)*part])
			}
		})
	}
	for range 4 {
		wg.Go(func() {
			var got []byte
			for len(got) < size {
				news := f.changed()
				if run := f.run(len(got), size); run != nil {
					got = append(got, run...)
					continue
				}
				<-news
			}
			if !bytes.Equal(got, want) {
				t.Error("wrong bytes")
			}
		})
	}
	wg.Wait()
}

func TestLoadAsksAgainWhileItHelps(t *testing.T) {
	f := &flight{id: teleplay.ChunkID{Message: 1}, size: 4 * part}
	b := pattern(f.size)
	n := 0
	err := f.load(t.Context(), sourceFunc(func(s teleplay.Sink) {
		s.Put(n, b[n*part:(n+1)*part])
		n++
	}), 0, teleplay.Urgent)
	if err != nil || n != 4 || !bytes.Equal(f.fill.bytes, b) {
		t.Errorf("%v after %d calls", err, n)
	}
}

type sourceFunc func(teleplay.Sink)

func (f sourceFunc) Fetch(_ context.Context, _ teleplay.ChunkID, _, _ int, _ teleplay.Urgency, s teleplay.Sink) error {
	f(s)
	return nil
}

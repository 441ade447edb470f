package node_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"pgregory.net/rapid"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/node"
)

// check reads a range by Read and by WriteTo and compares it with the generator.
func check(t rapid.TB, e *node.Engine, f teleplay.File, span teleplay.Range) {
	t.Helper()
	want := slice(f.Message, span.Start, span.Length)
	for _, way := range []string{"WriteTo", "Read"} {
		r := e.Open(f, span)
		var got bytes.Buffer
		var err error
		if way == "Read" {
			_, err = got.ReadFrom(struct{ io.Reader }{r})
		} else {
			var n int64
			n, err = r.WriteTo(&got)
			if n != int64(got.Len()) {
				t.Errorf("WriteTo says %d bytes of %d", n, got.Len())
			}
		}
		if err != nil || !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s of %+v in %d bytes: %d bytes, wrong or short (%v)", way, span, f.Size, got.Len(), err)
		}
		if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("after the end: %d, %v", n, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestWholeFiles(t *testing.T) {
	for _, size := range []int64{0, 1, part - 1, part, mib - 1, mib, mib + 1, 20e6} {
		s := new(source)
		f := file(size)
		check(t, engine(t, s), f, whole(f))
		s.once(t, int((size+mib-1)/mib))
	}
}

func TestAnyRangeEqualsTheFile(t *testing.T) {
	s := &source{fetch: func(_ context.Context, c call) error {
		n := teleplay.Parts(c.size)
		for _, i := range rand.Perm(n) { // parts come in any order
			c.put(i, i+1)
		}
		return nil
	}}
	e := engine(t, s, small)
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Int64Range(0, 5*mib).Draw(t, "size")
		f := file(size)
		f.Message = int32(1 + size) // another size is another file
		start := rapid.Int64Range(0, size).Draw(t, "start")
		check(t, e, f, teleplay.Range{Start: start, Length: rapid.Int64Range(0, size-start).Draw(t, "length")})
	})
}

func TestReaderIsAReader(t *testing.T) {
	f := file(mib + 1000)
	r := engine(t, new(source)).Open(f, teleplay.Range{Start: 5, Length: mib + 100})
	defer r.Close()
	if err := iotest.TestReader(r, slice(f.Message, 5, mib+100)); err != nil {
		t.Error(err)
	}
}

// The largest file there is, seeked all over from several goroutines.
func TestLargestFileByRandomRanges(t *testing.T) {
	s := new(source)
	e := engine(t, s)
	f := file(teleplay.MaxFileSize - 1)
	const readers = 4
	var wg sync.WaitGroup
	for g := range readers {
		wg.Go(func() {
			rnd := rand.New(rand.NewPCG(7, uint64(g)))
			for range 1000 / readers {
				span := teleplay.Range{Start: rnd.Int64N(f.Size)}
				span.Length = rnd.Int64N(min(f.Size-span.Start, 256<<10) + 1)
				r := e.Open(f, span)
				var got bytes.Buffer
				if _, err := r.WriteTo(&got); err != nil || !bytes.Equal(got.Bytes(), slice(f.Message, span.Start, span.Length)) {
					t.Errorf("%+v: wrong or short (%v)", span, err)
				}
				r.Close()
			}
		})
	}
	wg.Wait()
	check(t, e, f, teleplay.Range{Start: f.Size - mib - 5, Length: mib + 5})
}

func TestReadOfNothingAsksForNothing(t *testing.T) {
	s := new(source)
	r := engine(t, s).Open(file(100), whole(file(100)))
	defer r.Close()
	if n, err := r.Read(nil); n != 0 || err != nil || len(s.all()) != 0 {
		t.Errorf("%d, %v, %d fetches", n, err, len(s.all()))
	}
}

func TestRangeOutsideTheFile(t *testing.T) {
	e := engine(t, new(source))
	for _, span := range []teleplay.Range{
		{Start: -1, Length: 2}, {Start: 0, Length: 101}, {Start: 101}, {Start: 50, Length: -1}, {Start: 1, Length: 1<<63 - 1},
	} {
		r := e.Open(file(100), span)
		if err := r.Ready(t.Context()); !errors.Is(err, teleplay.ErrInvalid) {
			t.Errorf("%+v: %v, want ErrInvalid", span, err)
		}
		if n, err := r.WriteTo(io.Discard); n != 0 || !errors.Is(err, teleplay.ErrInvalid) {
			t.Errorf("%+v: wrote %d, %v", span, n, err)
		}
		r.Close()
	}
	r := e.Open(file(teleplay.MaxFileSize+1), teleplay.Range{Length: 1})
	defer r.Close()
	if err := r.Ready(t.Context()); !errors.Is(err, teleplay.ErrInvalid) {
		t.Errorf("a file that is too large: %v", err)
	}
}

func TestTwoSizesOfOneMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fetch, open := gate()
		e := engine(t, &source{fetch: fetch})
		f, other := file(2*part), file(3*part)
		first := e.Open(f, whole(f))
		defer first.Close()
		ready := make(chan error, 1)
		go func() { ready <- first.Ready(t.Context()) }()
		synctest.Wait()
		wrong := func(when string) {
			t.Helper()
			r := e.Open(other, whole(other))
			defer r.Close()
			for range 2 { // it stays wrong
				if n, err := r.WriteTo(io.Discard); n != 0 || err == nil {
					t.Errorf("%s: wrote %d bytes of a file that is shorter (%v)", when, n, err)
				}
			}
		}
		wrong("under way")
		open()
		if err := <-ready; err != nil {
			t.Error(err)
		}
		check(t, e, f, whole(f))
		wrong("cached")
	})
}

func TestFirstPartBeforeTheChunkIsComplete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		more := make(chan [2]int)
		s := &source{fetch: func(_ context.Context, c call) error {
			for p := range more {
				c.put(p[0], p[1])
			}
			return nil
		}}
		f := file(mib)
		r := engine(t, s).Open(f, teleplay.Range{Start: 5*part + 9, Length: mib - 5*part - 9})
		defer r.Close()
		ready := make(chan error, 1)
		go func() { ready <- r.Ready(t.Context()) }()

		more <- [2]int{6, 64} // not yet what the reader needs
		synctest.Wait()
		if len(ready) > 0 {
			t.Fatal("ready without the first byte")
		}
		more <- [2]int{5, 6}
		if err := <-ready; err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(struct{ io.Reader }{r})
		if err != nil || !bytes.Equal(got, slice(7, 5*part+9, mib-5*part-9)) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
		if c := s.all()[0]; c.from != 5*part+9 || c.urgency != teleplay.Urgent {
			t.Errorf("asked from %d at urgency %d", c.from, c.urgency)
		}
		close(more) // parts 0 to 4 never come: the flight fails, the reader has all it wants
	})
}

// writes notes how long each Write is.
type writes []int

func (w *writes) Write(p []byte) (int, error) {
	*w = append(*w, len(p))
	return len(p), nil
}

func TestCompleteChunkIsOneWrite(t *testing.T) {
	e := engine(t, new(source))
	f := file(3 * mib)
	check(t, e, f, whole(f))
	r := e.Open(f, teleplay.Range{Start: 100, Length: 2*mib + 1})
	defer r.Close()
	var w writes
	r.WriteTo(&w)
	if len(w) != 3 || w[0] != mib-100 || w[1] != mib || w[2] != 101 {
		t.Errorf("writes of %v bytes", w)
	}
}

// TestPieces: a Write holds 5 s of playing, 64 KiB at least and a chunk at most.
func TestPieces(t *testing.T) {
	e := engine(t, new(source))
	f := file(mib)
	check(t, e, f, whole(f))
	for _, row := range []struct {
		duration float64
		want     int
	}{
		{0, mib}, {math.NaN(), mib}, {-1, mib}, {5e-324, mib}, {1, mib}, {5, mib}, {10, mib / 2}, {1e6, 64 << 10},
	} {
		f.Duration = row.duration
		r := e.Open(f, whole(f))
		var w writes
		if n, err := r.WriteTo(&w); n != mib || err != nil || w[0] != row.want {
			t.Errorf("%v s: the first of %d bytes, want %d; %v", row.duration, w[0], row.want, err)
		}
		r.Close()
	}
}

type failing struct{ n int }

func (w failing) Write(p []byte) (int, error) { return min(w.n, len(p)), io.ErrClosedPipe }

func TestWriterThatFails(t *testing.T) {
	f := file(2 * mib)
	r := engine(t, new(source)).Open(f, whole(f))
	defer r.Close()
	if n, err := r.WriteTo(failing{10}); n != 10 || err != io.ErrClosedPipe {
		t.Errorf("%d, %v", n, err)
	}
	var rest bytes.Buffer // goes on where it stopped
	if _, err := r.WriteTo(&rest); err != nil || !bytes.Equal(rest.Bytes(), slice(7, 10, 2*mib-10)) {
		t.Errorf("the rest has %d bytes, %v", rest.Len(), err)
	}
}

// short is a client that takes less than it is given and does not say why.
type short struct{}

func (short) Write(p []byte) (int, error) { return len(p) / 2, nil }

func TestShortWriteIsAnError(t *testing.T) {
	f := file(2 * mib)
	r := engine(t, new(source)).Open(f, teleplay.Range{Length: part})
	defer r.Close()
	if n, err := r.WriteTo(short{}); n != part/2 || err != io.ErrShortWrite {
		t.Errorf("%d, %v", n, err)
	}
}

func TestCloseWakesTheReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fetch, open := gate()
		f := file(mib)
		e := engine(t, &source{fetch: fetch})
		r := e.Open(f, whole(f))
		done := make(chan error)
		go func() {
			_, err := r.WriteTo(io.Discard)
			done <- err
		}()
		synctest.Wait()
		r.Close()
		r.Close()
		if err := <-done; !errors.Is(err, os.ErrClosed) {
			t.Errorf("got %v", err)
		}
		if _, err := r.Read(make([]byte, 1)); !errors.Is(err, os.ErrClosed) {
			t.Errorf("Read after Close: %v", err)
		}
		open()
		synctest.Wait()
		if s := e.Stats(); s != (node.Stats{Loaded: 1}) {
			t.Errorf("left behind: %+v", s)
		}
	})
}

func TestReadyEndsWithItsContext(t *testing.T) {
	fetch, open := gate()
	defer open()
	f := file(mib)
	r := engine(t, &source{fetch: fetch}).Open(f, whole(f))
	defer r.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("gone")
	cancel(gone)
	if err := r.Ready(ctx); !errors.Is(err, gone) {
		t.Errorf("got %v", err)
	}
	open()
	if err := r.Ready(t.Context()); err != nil {
		t.Errorf("the load did not go on: %v", err)
	}
}

// closing is a client that is gone with the first bytes it takes.
type closing struct{ r *node.Reader }

func (w closing) Write(p []byte) (int, error) {
	w.r.Close()
	return len(p), nil
}

// TestCloseDuringAWrite: the bytes it has taken begin no read-ahead any more.
func TestCloseDuringAWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(source)
		e := engine(t, s)
		f := file(100 * mib)
		r := e.Open(f, whole(f))
		if _, err := r.WriteTo(closing{r}); !errors.Is(err, os.ErrClosed) {
			t.Errorf("got %v", err)
		}
		synctest.Wait()
		s.once(t, 1)
		if q := e.Stats(); q != (node.Stats{Loaded: 1}) {
			t.Errorf("left behind: %+v", q)
		}
	})
}

// TestTheEndOfARangeHoldsNoRoom: who has all of it needs the rest of the chunk no
// more, though the reader is not closed yet.
func TestTheEndOfARangeHoldsNoRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		more := make(chan struct{})
		s := &source{fetch: func(_ context.Context, c call) error {
			c.put(0, 1)
			<-more
			c.putAll()
			return nil
		}}
		e := engine(t, s)
		r := e.Open(file(mib), teleplay.Range{Length: part})
		defer r.Close()
		take(t, r, part)
		close(more)
		synctest.Wait()
		if q := e.Stats(); q.Held != 0 || q.Loaded != 1 {
			t.Errorf("after the last byte of the range: %+v", q)
		}
	})
}

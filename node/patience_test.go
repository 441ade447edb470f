package node_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/node"
)

var busy = teleplay.Fail(teleplay.ErrUnavailable, "upstream_busy", "All bots are flooded.")

// Faults at the first chunk come out at once, whatever they are, and never look
// like the end of a file.
func TestFaultBeforeTheFirstByte(t *testing.T) {
	for name, row := range map[string]struct {
		err  error
		want error
	}{
		"busy":           {busy.After(time.Second), teleplay.ErrUnavailable},
		"not found":      {teleplay.Fail(teleplay.ErrNotFound, "file_missing", ""), teleplay.ErrNotFound},
		"unknown":        {io.ErrClosedPipe, io.ErrClosedPipe},
		"EOF":            {io.EOF, teleplay.ErrUnavailable},
		"unexpected EOF": {io.ErrUnexpectedEOF, teleplay.ErrUnavailable},
		"timeout":        {context.DeadlineExceeded, teleplay.ErrUnavailable},
		"no parts":       {nil, teleplay.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := file(2 * mib)
				s := &source{fetch: func(context.Context, call) error { return row.err }}
				r := engine(t, s).Open(f, whole(f))
				defer r.Close()
				begin := time.Now()
				if err := r.Ready(t.Context()); !errors.Is(err, row.want) || errors.Is(err, io.EOF) {
					t.Errorf("Ready: %v", err)
				}
				if n, err := r.WriteTo(io.Discard); n != 0 || !errors.Is(err, row.want) {
					t.Errorf("WriteTo: %d, %v", n, err)
				}
				if n, err := r.Read(make([]byte, 9)); n != 0 || !errors.Is(err, row.want) || errors.Is(err, io.EOF) {
					t.Errorf("Read: %d, %v", n, err)
				}
				if time.Since(begin) != 0 || len(s.all()) != 1 {
					t.Errorf("%d fetches in %v", len(s.all()), time.Since(begin))
				}
			})
		})
	}
}

// stalling is a source that fails for a while from some chunk on, after as many
// parts of it as it is told.
func stalling(index uint16, parts int, err error, d time.Duration) *source {
	var since time.Time
	return &source{fetch: func(_ context.Context, c call) error {
		if c.id.Index >= index {
			if since.IsZero() {
				since = time.Now()
			}
			if time.Since(since) < d {
				c.put(0, parts)
				return err
			}
		}
		c.putAll()
		return nil
	}}
}

func TestFaultOfAStreamThatFlows(t *testing.T) {
	for name, row := range map[string]struct {
		parts   int
		err     error
		lasts   time.Duration
		least   time.Duration
		most    time.Duration
		healed  bool
		fetches int // at most
	}{
		"heals":                {0, busy, 3 * time.Second, 3 * time.Second, 8 * time.Second, true, 40},
		"heals as it said":     {0, busy.After(7 * time.Second), 7 * time.Second, 7 * time.Second, 7 * time.Second, true, 20},
		"heals within a chunk": {10, busy, 3 * time.Second, 3 * time.Second, 8 * time.Second, true, 40},
		"ends early":           {0, nil, time.Second, time.Second, 4 * time.Second, true, 40},
		"EOF within a chunk":   {63, io.EOF, time.Second, time.Second, 4 * time.Second, true, 40},
		"lasts too long":       {0, busy, time.Hour, 20 * time.Second, 30 * time.Second, false, 40},
		"says too long":        {5, busy.After(time.Minute), time.Hour, 0, 0, false, 20},
		"is final":             {5, io.ErrNoProgress, time.Hour, 0, 0, false, 20},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := stalling(2, row.parts, row.err, row.lasts)
				f := file(4*mib + 77)
				r := engine(t, s, func(o *node.Options) { o.ReadAhead = 1 }).Open(f, whole(f))
				defer r.Close()
				begin := time.Now()
				var got bytes.Buffer
				_, err := r.WriteTo(&got)
				if took := time.Since(begin); took < row.least || took > row.most {
					t.Errorf("took %v, want %v to %v", took, row.least, row.most)
				}
				want := slice(7, 0, f.Size)
				if row.healed {
					if err != nil || !bytes.Equal(got.Bytes(), want) {
						t.Errorf("%d bytes, %v", got.Len(), err)
					}
				} else {
					arrived := 2*mib + row.parts*part
					if err == nil || errors.Is(err, io.EOF) || !bytes.Equal(got.Bytes(), want[:arrived]) {
						t.Errorf("%d bytes, want %d and an error: %v", got.Len(), arrived, err)
					}
				}
				if n := len(s.all()); n > row.fetches {
					t.Errorf("%d fetches", n)
				}
			})
		})
	}
}

// Who leaves in a pause between two tries does not wait for its end.
func TestLeavingDuringAPause(t *testing.T) {
	gone := errors.New("gone")
	for name, row := range map[string]struct {
		leave func(*node.Reader, context.CancelCauseFunc)
		want  error
	}{
		"Close":   {func(r *node.Reader, _ context.CancelCauseFunc) { r.Close() }, os.ErrClosed},
		"context": {func(_ *node.Reader, cancel context.CancelCauseFunc) { cancel(gone) }, gone},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := file(2 * mib)
				r := engine(t, stalling(1, 0, busy.After(20*time.Second), time.Hour)).Open(f, whole(f))
				defer r.Close()
				take(t, r, mib)
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				time.AfterFunc(time.Second, func() { row.leave(r, cancel) })
				begin := time.Now()
				if err := r.Ready(ctx); !errors.Is(err, row.want) || time.Since(begin) != time.Second {
					t.Errorf("after %v: %v, want %v", time.Since(begin), err, row.want)
				}
			})
		})
	}
}

// A source that puts rubbish of the wrong length shifts nothing.
func TestWrongLengths(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rubbish := bytes.Repeat([]byte{0xee}, 2*mib)
		s := &source{fetch: func(_ context.Context, c call) error {
			last := (c.size - 1) / part
			c.sink.Put(0, rubbish[:part/2])
			c.sink.Put(0, rubbish)
			c.sink.Put(last, rubbish[:c.size-last*part+1])
			c.sink.Put(-1, rubbish[:part])
			c.sink.Put(last+1, rubbish[:part])
			c.putAll()
			c.sink.Put(0, rubbish[:part]) // there already
			return nil
		}}
		f := file(2*mib + 3*part + 5)
		check(t, engine(t, s), f, whole(f))
	})
}

// Parts that come after a flight failed must not reach the chunk of a later one.
func TestLatePuts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &source{fetch: func(context.Context, call) error { return busy }}
		e := engine(t, s)
		f := file(mib)
		r := e.Open(f, whole(f))
		defer r.Close()
		if err := r.Ready(t.Context()); err == nil {
			t.Fatal("no error")
		}
		old := s.all()[0]
		if old.sink.Missing() != 0 {
			t.Error("a sink that was given up still wants parts")
		}
		late := func() { old.sink.Put(0, bytes.Repeat([]byte{0xee}, mib)) }
		late()
		var got bytes.Buffer
		if _, err := r.WriteTo(&got); got.Len() != 0 || !errors.Is(err, busy) {
			t.Errorf("who saw the failure gets %d bytes that came after it, %v", got.Len(), err)
		}
		s.fetch = func(_ context.Context, c call) error {
			late()
			c.putAll()
			return nil
		}
		check(t, e, f, whole(f))
	})
}

// A stream that finds no room asks again at once: it begins when there is room, not
// after a pause.
func TestAStreamThatFlowsWaitsForRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fetch, open := gate()
		s := new(source)
		e := engine(t, s, func(o *node.Options) { o.Window = 2 * mib })
		f := file(2 * mib)
		r := e.Open(f, whole(f))
		defer r.Close()
		settled(t, r)
		s.fetch = fetch
		for i := range 2 { // these take all the room
			r := e.Open(teleplay.File{Message: int32(1 + i), Size: mib}, teleplay.Range{Length: mib})
			defer r.Close()
			go r.WriteTo(io.Discard)
		}
		synctest.Wait()
		const full = 1500 * time.Millisecond
		time.AfterFunc(full, open)
		begin := time.Now()
		n, err := r.WriteTo(io.Discard)
		if n != f.Size || err != nil || time.Since(begin) != full {
			t.Errorf("after %v: %d bytes, %v", time.Since(begin), n, err)
		}
	})
}

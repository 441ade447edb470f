package node_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/node"
)

// TestASeekDoesNotInheritTheFailureOfReadAhead: the chunk that a seek lands on was
// asked for as read-ahead, and hangs. When that fails, the seek asks for it itself.
func TestASeekDoesNotInheritTheFailureOfReadAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &source{fetch: func(ctx context.Context, c call) error {
			if c.urgency == teleplay.Urgent {
				c.putAll()
				return nil
			}
			select {
			case <-time.After(10 * time.Second):
				return teleplay.ErrUnavailable
			case <-ctx.Done():
				return ctx.Err()
			}
		}}
		e := engine(t, s)
		f := file(100 * mib)
		first := e.Open(f, whole(f))
		take(t, first, 1)
		first.Close()
		time.Sleep(9900 * time.Millisecond)
		seek := e.Open(f, teleplay.Range{Start: 2*mib + 900<<10, Length: mib})
		defer seek.Close()
		if err := seek.Ready(t.Context()); err != nil {
			t.Errorf("the seek failed with the read-ahead: %v", err)
		}
		calls := s.all()
		if last := calls[len(calls)-1]; last.id.Index != 2 || last.urgency != teleplay.Urgent || last.from != 900<<10 {
			t.Errorf("the last question is %v from %d with urgency %d", last.id, last.from, last.urgency)
		}
	})
}

// blocked is a client that has stopped taking bytes; open lets it go on.
type blocked struct{ open chan struct{} }

func (b blocked) Write(p []byte) (int, error) {
	<-b.open
	return 0, io.ErrClosedPipe
}

// TestABlockedClientHoldsNoRoom: whatever happens to the chunk that a client has
// stopped reading, its room is given back.
func TestABlockedClientHoldsNoRoom(t *testing.T) {
	for name, fetch := range map[string]func(context.Context, call) error{
		"lands late": func(_ context.Context, c call) error {
			c.put(0, 1)
			time.Sleep(12 * time.Second)
			c.putAll()
			return nil
		},
		"fails late": func(_ context.Context, c call) error {
			c.put(0, 1)
			time.Sleep(12 * time.Second)
			return errors.New("broken")
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := engine(t, &source{fetch: fetch})
				f := file(mib)
				r := e.Open(f, whole(f))
				client := blocked{make(chan struct{})}
				done := make(chan struct{})
				go func() {
					defer close(done)
					r.WriteTo(client)
				}()
				time.Sleep(4 * time.Minute)
				if held := e.Stats().Held; held != 0 {
					t.Errorf("holds %d bytes of room after minutes", held)
				}
				close(client.open)
				<-done
				r.Close()
			})
		})
	}
}

// TestAFailingChunkIsNotAskedForWithItsWindow: a source that fails at once is not
// hammered with all that lies ahead at each retry.
func TestAFailingChunkIsNotAskedForWithItsWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &source{fetch: func(_ context.Context, c call) error {
			if c.id.Index >= 20 {
				return teleplay.ErrUnavailable
			}
			c.putAll()
			return nil
		}}
		e := engine(t, s)
		f := file(100 * mib)
		r := e.Open(f, whole(f))
		defer r.Close()
		take(t, r, 20*mib)
		before := len(s.all())
		if _, err := r.Read(make([]byte, 1)); !errors.Is(err, teleplay.ErrUnavailable) {
			t.Fatalf("reading on: %v", err)
		}
		// 30 s with pauses of 0.25, 0.5, 1, 2, 4, 4 … s, and the window once.
		if n := len(s.all()) - before; n > 12+8 {
			t.Errorf("%d questions in one stall", n)
		}
	})
}

// TestASlowClientIsNotPaused: who takes little but steadily keeps what was read
// ahead.
func TestASlowClientIsNotPaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(source)
		e := engine(t, s, small)
		f := file(10 * mib)
		f.Duration = 600 // a song of 140 kbit/s
		r := e.Open(f, whole(f))
		defer r.Close()
		if _, err := r.WriteTo(paced(18 << 10)); err != nil {
			t.Fatal(err)
		}
		s.once(t, 10)
	})
}

// paced takes so many bytes a second.
type paced int

func (w paced) Write(p []byte) (int, error) {
	time.Sleep(time.Duration(len(p)) * time.Second / time.Duration(w))
	return len(p), nil
}

// TestWhoFindsNoRoomMakesPlaceForASmallerOne: a flight that is given up for want of
// room was in front of one that fits.
func TestWhoFindsNoRoomMakesPlaceForASmallerOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fetch, open := gate()
		defer open()
		s := &source{fetch: fetch}
		e := engine(t, s, func(o *node.Options) { o.Window = 2 * mib })
		ready := func(message int32, size int64) (*node.Reader, chan error) {
			f := file(size)
			f.Message = message
			r, done := e.Open(f, whole(f)), make(chan error, 1)
			go func() { done <- r.Ready(t.Context()) }()
			synctest.Wait()
			return r, done
		}
		a, _ := ready(1, mib)
		b, _ := ready(2, mib/2)
		c, failed := ready(3, mib)
		time.Sleep(500 * time.Millisecond)
		d, came := ready(4, mib/2)
		if err := <-failed; !errors.Is(err, teleplay.ErrUnavailable) {
			t.Errorf("the large one: %v, want no room", err)
		}
		synctest.Wait()
		if q := e.Stats(); q.Running != 3 || q.Queued != 0 {
			t.Errorf("the small one waits though there is room: %+v", q)
		}
		open()
		if err := <-came; err != nil {
			t.Errorf("the small one, for which there was room: %v", err)
		}
		for _, r := range []*node.Reader{a, b, c, d} {
			r.Close()
		}
	})
}

package fake

import (
	"io"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// expected is when the last of n bytes comes that a server sends at once after a
// request: RTT + n/rate on a warm connection; on an idle one each window of slow
// start, 10 · 1460 bytes and then twice as many, costs an RTT, until one is as large
// as what the rate sends meanwhile.
func expected(s Shape, n int64, idle bool) time.Duration {
	took := s.RTT
	if idle && s.SlowStart {
		for window := int64(14600); n > window && (s.Rate == 0 || float64(window) < s.RTT.Seconds()*float64(s.Rate)); window *= 2 {
			n -= window
			took += s.RTT
		}
	}
	if s.Rate != 0 {
		took += time.Duration(float64(n) / float64(s.Rate) * 1e9)
	}
	return took
}

// metered counts what is read.
type metered struct {
	io.ReadWriteCloser
	read atomic.Int64
}

func (m *metered) Read(b []byte) (int, error) {
	n, err := m.ReadWriteCloser.Read(b)
	m.read.Add(int64(n))
	return n, err
}

// parts answers getFile with as many bytes as are asked for.
func parts() map[uint32]handler {
	methods := tiny()
	methods[tg.UploadGetFileRequestTypeID] = open(func(_ *call, r *tg.UploadGetFileRequest) (bin.Encoder, error) {
		return &tg.UploadFile{Type: &tg.StorageFileUnknown{}, Bytes: make([]byte, r.Limit)}, nil
	})
	return methods
}

// reader is a client that downloads in a bubble.
type reader struct {
	*client
	in *metered
}

// reader is logged in as account, and has made its first call.
func (w *wire) reader(account int64) *reader {
	w.t.Helper()
	c := w.client(account)
	f := c.c.(*framed)
	r := &reader{c, &metered{ReadWriteCloser: f.rw}}
	f.rw = r.in
	r.nearestDC(r.send(layered(228, nearest)))
	return r
}

func (r *reader) ask(limit int) int64 {
	return r.send(&tg.UploadGetFileRequest{Location: &tg.InputDocumentFileLocation{}, Limit: limit})
}

// part asks for a part and says how long that took, and how many bytes came.
func (r *reader) part(limit int) (took time.Duration, n int64) {
	r.t.Helper()
	begun, before := time.Now(), r.in.read.Load()
	r.answer(r.ask(limit))
	return time.Since(begun), r.in.read.Load() - before
}

// exact compares times: all of the model's own roundings are below a microsecond.
func exact(t *testing.T, what string, got, want time.Duration) {
	t.Helper()
	if d := (got - want).Abs(); d > time.Microsecond {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func benchShape(t *testing.T) Shape {
	t.Helper()
	s, ok := Profile("bench")
	if !ok {
		t.Fatal("no such profile")
	}
	return s
}

// inBubble runs f with a server in memory, whose network is s.
func inBubble(t *testing.T, s Shape, f func(t *testing.T, w *wire)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, startWire(t, Options{Memory: true, Network: s}, parts())) })
}

func TestTimesOfParts(t *testing.T) {
	for name, s := range map[string]Shape{
		"bench":         benchShape(t),
		"no slow start": {RTT: 50 * time.Millisecond, Rate: 5_000_000},
		"no rate":       {RTT: 80 * time.Millisecond, SlowStart: true},
		"far and fast":  {RTT: 200 * time.Millisecond, Rate: 40_000_000, SlowStart: true},
		"slow":          {RTT: 10 * time.Millisecond, Rate: 1_000_000, SlowStart: true},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, s, func(t *testing.T, w *wire) {
				c := w.reader(7)
				for _, size := range []int{16 << 10, 128 << 10, 1 << 20} {
					time.Sleep(idleAfter)
					took, n := c.part(size)
					if int(n) < size || int(n) > size+128 {
						t.Fatalf("%d bytes came for %d", n, size)
					}
					exact(t, "idle", took, expected(s, n, true))
					if s.Rate == 0 {
						continue // never warm: its windows grow for ever
					}
					for range 6 { // as much as opens the widest window
						c.part(1 << 20)
					}
					time.Sleep(idleAfter - s.RTT - time.Millisecond) // between two bytes that leave
					took, n = c.part(size)
					exact(t, "warm", took, expected(s, n, false))
				}
			})
		})
	}
}

// TestConnecting: nothing of a client is there before RTT + RTT/2.
func TestConnecting(t *testing.T) {
	s := benchShape(t)
	inBubble(t, s, func(t *testing.T, w *wire) {
		begun := time.Now()
		c := w.client(7)
		c.nearestDC(c.send(layered(228, nearest)))
		synctest.Wait()
		var n int64
		for _, e := range w.sessionLog.opened() {
			n += e.sent.Load()
		}
		exact(t, "first answer", time.Since(begun), s.RTT+expected(s, n, true))
		// Who speaks later pays less of it.
		begun = time.Now()
		c = w.client(7)
		time.Sleep(s.RTT)
		c.nearestDC(c.send(layered(228, nearest)))
		exact(t, "first answer", time.Since(begun), s.RTT+expected(s, n, true))
	})
}

// TestAnswersShareTheLine: a big answer blocks a smaller one behind it, and both
// come as if they were one.
func TestAnswersShareTheLine(t *testing.T) {
	s := Shape{RTT: 50 * time.Millisecond, Rate: 5_000_000}
	inBubble(t, s, func(t *testing.T, w *wire) {
		c := w.reader(7)
		begun := time.Now()
		big := c.ask(1 << 20)
		synctest.Wait()
		time.Sleep(time.Millisecond)
		small := c.ask(1 << 10)
		c.answer(big)
		exact(t, "big", time.Since(begun), expected(s, 1<<20+108, false))
		c.answer(small)
		exact(t, "small", time.Since(begun), expected(s, 1<<20+1<<10+108+108, false))
	})
}

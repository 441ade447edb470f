package node_test

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/cache"
	"github.com/teleplay/teleplay/node"
)

// Clients read, pause, seek and leave while the source is slow, short and busy, the
// cache too small and the window narrow: every byte is right, and in the end
// nothing is left behind.
func TestStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const window = 12 * mib
		var e *node.Engine
		s := &source{fetch: func(ctx context.Context, c call) error {
			if held := e.Stats().Held; held > window {
				t.Errorf("%d MiB held", held/mib)
			}
			for range 4 {
				i := rand.IntN(teleplay.Parts(c.size))
				c.put(i, min(i+16, teleplay.Parts(c.size)))
				time.Sleep(rand.N(50 * time.Millisecond))
			}
			switch rand.IntN(20) {
			case 0:
				return busy.After(rand.N(2 * time.Second))
			case 1:
				return io.ErrUnexpectedEOF
			case 2:
				return nil
			}
			c.putAll()
			return nil
		}}
		e = engine(t, s, func(o *node.Options) {
			o.Window = window
			o.Cache = cache.Open(cache.Options{Memory: 20 * mib})
		})
		var wg sync.WaitGroup
		var whole, cut int
		var mu sync.Mutex
		for client := range 12 {
			wg.Go(func() {
				for range 6 {
					f := teleplay.File{Message: int32(1 + client%4), Size: 40*mib + 123}
					span := teleplay.Range{Start: rand.Int64N(f.Size)}
					span.Length = rand.Int64N(min(f.Size-span.Start, 4*mib) + 1)
					r := e.Open(f, span)
					if client%3 == 0 {
						timer := time.AfterFunc(rand.N(500*time.Millisecond), func() { r.Close() })
						defer timer.Stop()
					}
					w := &slow{pause: client%5 == 0}
					_, err := r.WriteTo(w)
					r.Close()
					n := int64(w.Len())
					if !bytes.Equal(w.Bytes(), slice(f.Message, span.Start, n)) {
						t.Errorf("%+v: wrong bytes", span)
					}
					if err == nil && n != span.Length {
						t.Errorf("%+v: %d bytes and no error", span, n)
					}
					mu.Lock()
					if err == nil {
						whole++
					} else {
						cut++
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		time.Sleep(time.Minute)
		if q := e.Stats(); q.Readers+q.Queued+q.Running != 0 || q.Held != 0 {
			t.Errorf("left behind: %+v", q)
		}
		if whole < 20 || cut < 5 {
			t.Errorf("%d streams whole, %d cut: the storm proves little", whole, cut)
		}
	})
}

// slow is a client that pauses at some of its writes.
type slow struct {
	bytes.Buffer
	pause bool
}

func (w *slow) Write(p []byte) (int, error) {
	if w.pause && rand.IntN(4) == 0 {
		time.Sleep(rand.N(15 * time.Second))
	}
	return w.Buffer.Write(p)
}

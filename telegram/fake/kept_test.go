package fake

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/gotd/td/proto"
	gotdcodec "github.com/gotd/td/proto/codec"
)

// TestAnswersOfGoneSessions: clients that come, read and never acknowledge leave no
// more than a budget behind; the latest get their answers again.
func TestAnswersOfGoneSessions(t *testing.T) {
	inWorld(t, Options{}, func(t *testing.T, w *wire) {
		f := w.posted(mainBot, 2, 100<<20)
		f.Limit = 1 << 20
		k := must(w.ring.made(2, mainBot))(t)
		hello := newClient(t, w.framed(2, gotdcodec.Intermediate{}), k.key, k.salt(time.Now()))
		hello.nearestDC(hello.send(layered(228, nearest)))
		const sessions, each = 30, 3
		var list []*client
		for range sessions {
			c := newClient(t, w.framed(2, gotdcodec.Intermediate{}), k.key, k.salt(time.Now()))
			for range each {
				c.answer(c.send(f))
			}
			c.c.Close()
			synctest.Wait()
			list = append(list, c)
		}
		kept, bytes := 0, 0
		k.mu.Lock()
		for _, s := range k.sessions {
			if n := s.lonely(); n >= 1<<20 {
				kept, bytes = kept+1, bytes+n
			}
		}
		k.mu.Unlock()
		if want := (goneBytes - 1) / (each << 20); kept != want || bytes > goneBytes {
			t.Errorf("%d bytes of %d sessions are kept, want %d sessions and at most %d bytes", bytes, kept, want, goneBytes)
		}
		for i, want := range map[int]int{0: 0, sessions - 1: each} {
			c := list[i]
			c.c = w.framed(2, gotdcodec.Intermediate{})
			again := 0
			for query := c.send(nearest); ; {
				_, b, err := c.recv()
				if err != nil {
					t.Fatal(err)
				}
				var r proto.Result
				if r.Decode(b) != nil {
					continue
				}
				if r.RequestMessageID == query {
					break
				}
				again++
			}
			if again != want {
				t.Errorf("session %d gets %d answers again, want %d", i, again, want)
			}
		}
	})
}

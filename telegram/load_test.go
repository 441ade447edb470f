package telegram_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram"
	"github.com/teleplay/teleplay/telegram/fake"
)

// bubble runs f with a world in memory, on a clock that moves only while all wait.
func bubble(t *testing.T, o fake.Options, f func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, newBubble(t, o)) })
}

// started runs a pool over helpers 1 to n until all that it keeps is connected.
func (w *world) started(n int, edit func(*telegram.Options)) *telegram.Pool {
	w.t.Helper()
	o := w.options(w.keys(n + 1))
	if edit != nil {
		edit(&o)
	}
	p := telegram.NewPool(o, w.info.Bots[0].Token, w.tokens(1, n+1))
	background(w.t, "pool", p.Run)
	time.Sleep(3 * time.Second)
	return p
}

// load reads the chunks of one file again and again, as so many readers.
type load struct {
	bytes  atomic.Int64
	errors atomic.Int64
	stop   func()
}

const loadSize = 64 * mib

func (w *world) load(p *telegram.Pool, readers int, u teleplay.Urgency) *load {
	w.t.Helper()
	media := synthetic(77, loadSize)
	media["dc"] = 2
	message := w.post(media)[0]
	l := &load{}
	ctx, end := context.WithCancel(w.t.Context())
	var all sync.WaitGroup
	var next atomic.Int64
	for range readers {
		all.Go(func() {
			for ctx.Err() == nil {
				id := teleplay.ChunkID{Message: message, Index: uint16(next.Add(1) % (loadSize / mib))}
				f := newFill(mib)
				err := p.Fetch(ctx, id, mib, 0, u, f)
				switch {
				case ctx.Err() != nil:
				case err != nil:
					l.errors.Add(1)
					wait := time.Second
					if e := (*teleplay.Error)(nil); errors.As(err, &e) {
						wait = max(wait, e.Retry)
					}
					select {
					case <-time.After(wait):
					case <-ctx.Done():
					}
				case !bytes.Equal(f.b, expected(77, id.Offset(), mib)):
					l.errors.Add(1)
					w.t.Errorf("%v: other bytes", id)
				default:
					l.bytes.Add(mib)
				}
			}
		})
	}
	l.stop = sync.OnceFunc(func() { end(); all.Wait() })
	w.t.Cleanup(l.stop)
	return l
}

// over is how many bytes come in d.
func (l *load) over(d time.Duration) int64 {
	before := l.bytes.Load()
	time.Sleep(d)
	return l.bytes.Load() - before
}

// fault orders one and returns its number.
func (w *world) fault(f object) int64 {
	w.t.Helper()
	var answer struct{ ID int64 }
	w.control("POST", "/faults", f, &answer)
	return answer.ID
}

// failure is a Do that answers with an error.
func failure(code int, message string) object {
	return object{"error": object{"code": code, "message": message}}
}

// since are the calls of a method that began after t; account 0 = of all.
func (w *world) since(method string, account int64, t time.Time) (list []call) {
	w.t.Helper()
	for _, c := range w.calls(method) {
		if c.Date.After(t) && (account == 0 || c.Account == account) {
			list = append(list, c)
		}
	}
	return list
}

// chunk reads one urgent chunk of a message whose file has size bytes.
func chunk(p *telegram.Pool, message int32, index uint16, size int64) error {
	_, err := fetch(context.Background(), p, teleplay.ChunkID{Message: message, Index: index}, size, 0)
	return err
}

// troubles are how often a bot met each row of the policy.
func troubles(p *telegram.Pool, bot int64) map[string]int64 {
	m := map[string]int64{}
	for t, n := range p.Stats().Troubles {
		if t.Bot == bot {
			m[t.Row] = n
		}
	}
	return m
}

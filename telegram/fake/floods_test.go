package fake

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/mt"
	"github.com/gotd/td/proto"
	"github.com/gotd/td/tgerr"
)

// inWorld runs f in a bubble with a whole server in memory.
func inWorld(t *testing.T, o Options, f func(t *testing.T, w *wire)) {
	t.Helper()
	o.Memory = true
	synctest.Test(t, func(t *testing.T) { f(t, servedWith(t, o)) })
}

// TestFloodsOverlap: while a method floods there is no second flood: a call whose
// fault strikes then is refused by the first one, and the later end of both counts.
func TestFloodsOverlap(t *testing.T) {
	for _, test := range []struct {
		first, second string // of calls 400 ms and 100 ms after the start
		refusal       string // of the first call
		ends          time.Duration
	}{
		{"FLOOD_WAIT_1", "FLOOD_WAIT_30", "FLOOD_WAIT_30", 30*time.Second + 100*time.Millisecond},
		{"FLOOD_WAIT_30", "FLOOD_WAIT_1", "FLOOD_WAIT_30", 30*time.Second + 400*time.Millisecond},
		{"FLOOD_WAIT", "FLOOD_WAIT_30", "FLOOD_WAIT_30", 30*time.Second + 100*time.Millisecond},
	} {
		inWorld(t, Options{}, func(t *testing.T, w *wire) {
			c := w.ready(mainBot)
			w.order(`{"method":"updates.getState","nth":1,"do":{"delay":"400ms","error":{"code":420,"message":"` + test.first + `"}}}`)
			w.order(`{"method":"updates.getState","nth":2,"do":{"error":{"code":420,"message":"` + test.second + `"}}}`)
			begun := time.Now()
			first := c.send(state)
			time.Sleep(100 * time.Millisecond)
			if got := c.result(c.send(state)); got != test.second {
				t.Errorf("%+v: the second call hears %s", test, got)
			}
			if got := c.result(first); got != test.refusal {
				t.Errorf("%+v: the first call hears %s", test, got)
			}
			time.Sleep(test.ends - 1 - time.Since(begun))
			if got := c.result(c.send(state)); got != "FLOOD_WAIT_1" {
				t.Errorf("%+v: just before the end: %s", test, got)
			}
			time.Sleep(time.Nanosecond)
			if got := c.result(c.send(state)); got != "ok" {
				t.Errorf("%+v: at the end: %s", test, got)
			}
			if n := w.stats.view().Accounts[mainBot].countView; n.Floods != 1 || n.CallsWhileFlooded != 2 {
				t.Errorf("%+v: %d floods, %d calls while flooded", test, n.Floods, n.CallsWhileFlooded)
			}
		})
	}
}

// TestFloodOfCallsAtOnce: the call that a fault floods first has its flood, the
// others were on their way.
func TestFloodOfCallsAtOnce(t *testing.T) {
	inWorld(t, Options{}, func(t *testing.T, w *wire) {
		c := w.ready(mainBot)
		w.order(`{"method":"updates.getState","count":0,"do":{"delay":"50ms","error":{"code":420,"message":"FLOOD_WAIT_5"}}}`)
		var ids []int64
		for range 10 {
			ids = append(ids, c.send(state))
		}
		for range ids {
			_, b, err := c.recv()
			if err != nil {
				t.Fatal(err)
			}
			var r proto.Result
			if err := r.Decode(b); err != nil {
				t.Fatal(err)
			}
			var e mt.RPCError
			if err := e.Decode(&bin.Buffer{Buf: r.Result}); err != nil || e.ErrorMessage != "FLOOD_WAIT_5" {
				t.Errorf("%v, %v", e, err)
			}
		}
		if n := w.stats.view().Accounts[mainBot].countView; n.Floods != 1 || n.CallsWhileFlooded != 9 {
			t.Errorf("%d floods, %d calls while flooded", n.Floods, n.CallsWhileFlooded)
		}
	})
}

// TestLimitOfCallsAtOnce: of calls that come at once one brings the flood, and none
// ends it early.
func TestLimitOfCallsAtOnce(t *testing.T) {
	for seed := range uint64(20) {
		x := newLimiting(t, seed+1, Limits{GetFile: GetFileLimits{Probability: 1, Error: floodWait, Seconds: Seconds{1, 300}}})
		var wg sync.WaitGroup
		said, given := make([]*tgerr.Error, 8), make([]bool, 8)
		for i := range said {
			wg.Go(func() {
				said[i], given[i] = x.admit(7, 1, fileMethod, &callArgs{Limit: 4096}, func() bool { return true })
			})
		}
		wg.Wait()
		floods := 0
		for i, e := range said {
			if e == nil || e.Message != said[0].Message {
				t.Errorf("seed %d: %v and %v", seed, e, said[0])
			}
			if given[i] {
				floods++
			}
		}
		if floods != 1 {
			t.Errorf("seed %d: %d floods", seed, floods)
		}
	}
}

// TestChangedRate: a rate that is changed has nothing spent; the others have.
func TestChangedRate(t *testing.T) {
	x := newLimiting(t, 1, Limits{GetFile: GetFileLimits{Error: floodWait, Seconds: Seconds{1, 1}, Account: Rate{Calls: .01}, Connection: Rate{Bytes: 1 << 20}}})
	x.want("ok", 0, 1, 1, 1<<20)
	must(x.patch([]byte(`{"get_file":{"account":{"calls":1000}}}`)))(t)
	x.want("ok", 0, 1, 2, 1<<20)
	x.want("FLOOD_WAIT_1", 0, 1, 1, 1<<20) // bytes of connection 1 are as they were
	x.reset()
	x.want("ok", 0, 1, 1, 1<<20)
	must(x.patch([]byte(`{"login":{"calls":1}}`)))(t)
	x.want("FLOOD_WAIT_100", 0, 1, 2, 1<<20)
}

// TestNonsensePaysNothing: a getFile that asks for no part spends nothing of a limit,
// and gives nothing back.
func TestNonsensePaysNothing(t *testing.T) {
	inWorld(t, Options{Limits: Limits{GetFile: GetFileLimits{Error: floodWait, Seconds: Seconds{1, 1}, Account: Rate{Calls: 2, Bytes: 1 << 20}}}}, func(t *testing.T, w *wire) {
		c := w.ready(mainBot)
		f := w.posted(mainBot, 2, 100<<20)
		ask := func(offset int64, limit int) string {
			r := *f
			r.Offset, r.Limit = offset, limit
			return c.result(c.send(&r))
		}
		for _, step := range []struct {
			offset int64
			limit  int
			want   string
		}{
			{0, 17, "LIMIT_INVALID"}, {-1, 1 << 20, "OFFSET_INVALID"}, {0, 1<<31 - 1, "LIMIT_INVALID"}, {0, 512 << 10, "ok"},
			{0, -1 << 31, "LIMIT_INVALID"}, {0, 512 << 10, "ok"}, {0, -1 << 31, "LIMIT_INVALID"}, {0, 512 << 10, "FLOOD_WAIT_1"},
		} {
			if got := ask(step.offset, step.limit); got != step.want {
				t.Errorf("%+v: %s", step, got)
			}
		}
	})
}

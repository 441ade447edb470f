package fake

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/gotd/td/tgerr"

	"github.com/teleplay/teleplay"
)

// limiting is a limiter whose clock the test moves.
type limiting struct {
	*limiter
	t   *testing.T
	now time.Time
}

func newLimiting(t *testing.T, seed uint64, l Limits) *limiting {
	x := &limiting{t: t, now: time.Unix(1_800_000_000, 0)}
	x.limiter = newLimiter(Options{Seed: seed, Limits: l.withDefaults(), Now: func() time.Time { return x.now }})
	return x
}

func said(e *tgerr.Error) string {
	if e == nil {
		return "ok"
	}
	return e.Message
}

// call is ok, the flood that it brings, or "still" the one that was there.
func (x *limiting) call(account, conn int64, method string, a *callArgs) string {
	e, given := x.admit(account, conn, method, a, func() bool { return true })
	if e == nil || given {
		return said(e)
	}
	return "still " + e.Message
}

// file asks for a part after d, as a call does.
func (x *limiting) file(d time.Duration, account, conn int64, limit int) string {
	x.now = x.now.Add(d)
	return x.call(account, conn, "upload.getFile", &callArgs{Limit: limit})
}

func (x *limiting) want(want string, d time.Duration, account, conn int64, limit int) {
	x.t.Helper()
	if got := x.file(d, account, conn, limit); got != want {
		x.t.Errorf("%s, want %s", got, want)
	}
}

// TestFlood: what is left of a flood is said in whole seconds until it is over, to
// its account and method alone, whatever becomes of the limits.
func TestFlood(t *testing.T) {
	x := newLimiting(t, 1, Limits{GetFile: GetFileLimits{Probability: 1, Error: floodWait, Seconds: Seconds{3, 3}}})
	x.want("FLOOD_WAIT_3", 0, 1, 1, 4096)
	x.want("still FLOOD_WAIT_3", 0, 1, 2, 4096)
	x.want("still FLOOD_WAIT_2", 1500*time.Millisecond, 1, 1, 4096)
	must(x.patch([]byte(`{"get_file":{"probability":0}}`)))(t)
	x.want("still FLOOD_WAIT_1", 1499*time.Millisecond, 1, 1, 4096)
	x.want("ok", 0, 2, 1, 4096)
	if e := x.flooded(1, "messages.sendMessage"); e != nil {
		t.Error("another method floods too")
	}
	x.want("ok", time.Millisecond, 1, 1, 4096)
	must(x.patch([]byte(`{"get_file":{"probability":null}}`)))(t)
	x.want("FLOOD_WAIT_3", 0, 1, 1, 4096)
	x.reset()
	x.want("FLOOD_WAIT_3", 0, 1, 1, 4096) // no longer a "still"
}

// TestFloodByChance: the draws follow from the seed alone, and both errors and all
// lengths come.
func TestFloodByChance(t *testing.T) {
	draw := func(seed uint64) (list []string) {
		x := newLimiting(t, seed, Limits{GetFile: GetFileLimits{Probability: .25}})
		for account := range int64(2000) {
			list = append(list, x.file(0, account+1, 1, 4096))
		}
		return list
	}
	one, again, other := draw(1), draw(1), draw(2)
	if fmt.Sprint(one) != fmt.Sprint(again) || fmt.Sprint(one) == fmt.Sprint(other) {
		t.Error("the seed does not decide")
	}
	count := map[string]int{}
	for _, s := range one {
		count[s]++
	}
	if ok := count["ok"]; ok < 1400 || ok > 1600 {
		t.Errorf("%d of 2000 pass, want 1500 or so", ok)
	}
	delete(count, "ok")
	if len(count) != 6 {
		t.Errorf("%v, want two errors of three lengths", count)
	}
}

// TestCallRate: a burst is one second's worth, then each call has its time; what is
// refused spends nothing.
func TestCallRate(t *testing.T) {
	x := newLimiting(t, 1, Limits{GetFile: GetFileLimits{Error: floodPremium, Seconds: Seconds{1, 1}, Account: Rate{Calls: 3}}})
	for range 3 {
		x.want("ok", 0, 1, 1, 1<<20)
	}
	x.want("FLOOD_PREMIUM_WAIT_1", 0, 1, 2, 1<<20)
	x.want("ok", 0, 2, 2, 1<<20)    // another account
	x.floods = map[floodKey]flood{} // look at the rate alone
	for range 3 {
		x.want("ok", time.Second/3+1, 1, 1, 1<<20)
	}
	x.want("FLOOD_PREMIUM_WAIT_1", time.Second/3-time.Millisecond, 1, 1, 1<<20)
}

// TestByteRate: bytes are paid when asked for; a part above a second's worth wants
// the whole burst, and is paid for in full before the next. A flood lasts at least
// until the rate lets the call pass.
func TestByteRate(t *testing.T) {
	x := newLimiting(t, 1, Limits{GetFile: GetFileLimits{Error: floodWait, Seconds: Seconds{1, 1}, Connection: Rate{Bytes: 256 << 10}}})
	x.want("ok", 0, 1, 1, 1<<20)
	x.want("ok", 0, 1, 2, 128<<10) // another connection
	x.want("ok", 0, 1, 2, 128<<10)
	x.want("FLOOD_WAIT_1", 0, 1, 2, 128<<10)
	x.want("FLOOD_WAIT_3", time.Second, 1, 1, 1<<20)
	x.want("still FLOOD_WAIT_1", 3*time.Second-1, 1, 1, 1<<20)
	x.want("ok", 1, 1, 1, 1<<20)
}

func TestLoginLimit(t *testing.T) {
	x := newLimiting(t, 1, Limits{Login: LoginLimit{Calls: 2, Per: span(time.Minute), Seconds: 90}})
	login := func(d time.Duration, bot int64) string {
		x.now = x.now.Add(d)
		return x.call(bot, 1, "auth.importBotAuthorization", nil)
	}
	for _, step := range []struct {
		after time.Duration
		bot   int64
		want  string
	}{
		{0, 1, "ok"}, {30 * time.Second, 1, "ok"}, {29 * time.Second, 1, "FLOOD_WAIT_90"}, {0, 2, "ok"},
		{time.Second, 1, "still FLOOD_WAIT_89"}, {89 * time.Second, 1, "ok"}, {0, 1, "ok"}, {0, 1, "FLOOD_WAIT_90"},
		{0, 3, "ok"}, {30 * time.Second, 3, "ok"}, {30 * time.Second, 3, "ok"}, // the first is a minute ago
	} {
		if got := login(step.after, step.bot); got != step.want {
			t.Errorf("%+v: %s", step, got)
		}
	}
}

func TestSendLimits(t *testing.T) {
	x := newLimiting(t, 1, Limits{Send: SendLimits{Chat: 1, Account: 3}})
	send := func(d time.Duration, method string, chat int64, n int) string {
		x.now = x.now.Add(d)
		x.floods = map[floodKey]flood{} // look at the rates alone
		return x.call(1, 1, method, &callArgs{messages: n, chat: chat})
	}
	for i, step := range []struct {
		after time.Duration
		chat  int64
		n     int
		want  string
	}{
		{0, 5, 1, "ok"}, {0, 5, 1, "FLOOD_WAIT_1"}, {0, 6, 1, "ok"}, {0, 7, 1, "ok"}, {0, 8, 1, "FLOOD_WAIT_1"}, // three in all
		{time.Second, -5, 3, "ok"}, {time.Second, -5, 1, "FLOOD_WAIT_2"}, {2 * time.Second, -5, 1, "ok"},
	} {
		if got := send(step.after, "messages.sendMessage", step.chat, step.n); got != step.want {
			t.Errorf("step %d: %s, want %s", i, got, step.want)
		}
	}
}

// TestRatesAreForgotten: what has nothing spent takes no memory.
func TestRatesAreForgotten(t *testing.T) {
	x := newLimiting(t, 1, Limits{GetFile: GetFileLimits{Account: Rate{Calls: 1}}})
	for account := range int64(ratesKept) {
		x.want("ok", 0, account+1, 1, 4096)
	}
	x.want("ok", time.Second, 5000, 1, 4096)
	if len(x.rates) != 1 {
		t.Errorf("%d rates", len(x.rates))
	}
}

func TestLimitsAreChecked(t *testing.T) {
	x := newLimiting(t, 1, Limits{})
	before := x.current()
	for _, bad := range []string{
		`{"get_file":{"probability":1.1}}`, `{"get_file":{"probability":-1}}`, `{"get_file":{"error":"FLOOD"}}`, `{"get_file":{"seconds":[1]}}`,
		`{"get_file":{"seconds":[3,1]}}`, `{"get_file":{"seconds":[0,1]}}`, `{"get_file":{"seconds":[1,2,3]}}`, `{"get_file":{"account":{"calls":-1}}}`,
		`{"get_file":{"account":{"calls":1e-9}}}`, `{"get_file":{"connection":{"packets":1}}}`, `{"login":{"per":"0s"}}`, `{"login":{"seconds":0}}`,
		`{"login":{"calls":-1}}`, `{"connections_per_account":-1}`, `{"send":{"user":1}}`, `{"sends":1}`, `{"send":1}`, `[]`, `{`,
	} {
		if _, err := x.patch([]byte(bad)); !errors.Is(err, teleplay.ErrInvalid) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if x.current() != before {
		t.Error("what was refused has changed something")
	}
	if _, err := New(Options{Limits: Limits{ConnectionsPerAccount: -1}}); !errors.Is(err, teleplay.ErrInvalid) {
		t.Errorf("options: %v", err)
	}
}

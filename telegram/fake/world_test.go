package fake

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
)

const (
	mainBot  = 7000001
	otherBot = 7000002
	person   = 777000001
)

// bench is a world without a wire.
type bench struct {
	*world
	t      *testing.T
	now    time.Time
	pushed []pushed
}

type pushed struct {
	account, except int64
	u               *tg.Updates
}

func newBench(t *testing.T, o Options) *bench {
	t.Helper()
	b := &bench{t: t, now: time.Unix(1_800_000_000, 0)}
	o.Now = func() time.Time { return b.now }
	b.world = newWorld(o, nil)
	b.world.push = func(account, except int64, u tg.UpdatesClass) {
		b.pushed = append(b.pushed, pushed{account, except, u.(*tg.Updates)})
	}
	if err := b.open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.close() })
	return b
}

// do calls a method as a bot at a DC would, through the handlers' table.
func do[T any](b *bench, account int64, dc int, r bin.Encoder) (T, error) {
	b.t.Helper()
	var zero T
	var buf bin.Buffer
	if err := r.Encode(&buf); err != nil {
		b.t.Fatal(err)
	}
	id, err := buf.PeekID()
	if err != nil {
		b.t.Fatal(err)
	}
	answer, err := b.methods()[id](&call{ctx: b.t.Context(), session: 5, dc: dc, account: account}, &buf)
	if err != nil {
		return zero, err
	}
	return answer.(T), nil
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func refused(t *testing.T, err error, code int, text string) {
	t.Helper()
	var e *tgerr.Error
	if !errors.As(err, &e) || e.Code != code || e.Message != text {
		t.Fatalf("%v, want %d %s", err, code, text)
	}
}

func seeded(seed uint32, size int64) source { return source{Seed: &seed, Size: size} }

func film(seed uint32, size int64) *media {
	return &media{Kind: "video", Source: seeded(seed, size), FileName: "film.mp4", Duration: 61.5, Width: 640, Height: 360}
}

func toPerson() *tg.InputPeerUser { return &tg.InputPeerUser{UserID: person} }

func TestSeedsWorld(t *testing.T) {
	b, again := newBench(t, Options{}), newBench(t, Options{})
	if diff := cmp.Diff(b.bots(), again.bots()); diff != "" {
		t.Errorf("two worlds of one seed differ:\n%s", diff)
	}
	other := newBench(t, Options{Seed: 2})
	if b.bots()[0].Token == other.bots()[0].Token {
		t.Error("two seeds give one token")
	}
	if got := b.bots()[0]; got.ID != mainBot || got.DC != 2 || len(b.bots()) != 4 || b.users()[0].ID != person {
		t.Errorf("first bot %+v of %d, first user %d", got, len(b.bots()), b.users()[0].ID)
	}
	if diff := cmp.Diff([]channelView{{1700000001, -1001700000001, channelTitle, false}}, b.channels()); diff != "" {
		t.Error(diff)
	}
}

package catalog_test

import (
	"math"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
)

func testProgress(t *testing.T, w *world) {
	ctx := t.Context()
	type save struct {
		position, duration float64
		completed          *bool
		want               bool
	}
	yes, no := ptr(true), ptr(false)
	for name, c := range map[string]struct {
		length float64
		saves  []save
	}{
		"below 90 %":                    {100, []save{{89, 0, nil, false}}},
		"at 90 %":                       {100, []save{{90, 0, nil, true}}},
		"the player's length wins":      {1000, []save{{90, 100, nil, true}}},
		"its last length stays":         {1000, []save{{1, 100, nil, false}, {90, 0, nil, true}}},
		"told, then false on leaving":   {100, []save{{99, 0, yes, true}, {99, 0, no, true}}},
		"told early":                    {100, []save{{30, 0, yes, true}}},
		"told no at the end":            {100, []save{{95, 0, no, true}}},
		"begins again":                  {100, []save{{95, 0, nil, true}, {10, 0, nil, false}}},
		"no length, told":               {0, []save{{50, 0, yes, true}, {50, 0, no, true}, {10, 0, no, false}}},
		"no length, not told":           {0, []save{{5000, 0, nil, false}}},
		"position beyond the end stays": {100, []save{{100, 0, nil, true}}},
	} {
		u := w.upload(w.a, name)
		u.File.Duration = c.length
		f := must(w.AddFile(ctx, u))(t)
		equal(t, must(w.Progress(ctx, w.a, f.ID))(t), teleplay.Progress{User: w.a, File: f.ID})
		var id int32
		for i, s := range c.saves {
			w.clock.advance(time.Second)
			p := must(w.SaveProgress(ctx, w.a, f.ID, teleplay.ProgressUpdate{Position: s.position, Duration: s.duration, Completed: s.completed}))(t)
			if p.Completed != s.want || p.Position != s.position || p.Updated != w.clock.Now() || p.ID == 0 || id != 0 && p.ID != id {
				t.Errorf("%s, save %d: %+v", name, i, p)
			}
			id = p.ID
			equal(t, must(w.Progress(ctx, w.a, f.ID))(t), p)
			equal(t, must(w.File(ctx, w.a, f.ID))(t).Progress, &p)
		}
	}
	f := w.file(t, w.a, "x", 0)
	equal(t, must(w.SaveProgress(ctx, w.a, f.ID, teleplay.ProgressUpdate{Position: 1e6}))(t).Position, f.Duration)
	for _, bad := range []float64{-1, math.NaN(), math.Inf(1), 1e18} {
		_, err := w.SaveProgress(ctx, w.a, f.ID, teleplay.ProgressUpdate{Position: bad})
		wantErr(t, err, teleplay.ErrInvalid, "")
		_, err = w.SaveProgress(ctx, w.a, f.ID, teleplay.ProgressUpdate{Duration: bad})
		wantErr(t, err, teleplay.ErrInvalid, "")
	}
	rev := w.rev(t, w.a)
	ok(t, w.ForgetProgress(ctx, w.a, f.ID))
	ok(t, w.ForgetProgress(ctx, w.a, f.ID))
	equal(t, must(w.Progress(ctx, w.a, f.ID))(t), teleplay.Progress{User: w.a, File: f.ID})
	must(w.SaveProgress(ctx, w.a, f.ID, teleplay.ProgressUpdate{Position: 1}))(t)
	equal(t, w.news(t, w.a, rev), []teleplay.Event{{Kind: "progress", Action: "removed", ID: f.ID}, {Kind: "progress", Action: "changed", ID: f.ID}})
}

// A save that was made before the one that stands comes too late, and a client
// whose clock is ahead shuts nobody out.
func testProgressStale(t *testing.T, w *world) {
	ctx := t.Context()
	f := w.file(t, w.a, "x", 0)
	now := w.clock.Now()
	save := func(position float64, at time.Time) float64 {
		t.Helper()
		return must(w.SaveProgress(ctx, w.a, f.ID, teleplay.ProgressUpdate{Position: position, At: at}))(t).Position
	}
	equal(t, save(10, now.Add(-time.Minute)), 10.0)
	rev := w.rev(t, w.a)
	equal(t, save(20, now.Add(-2*time.Minute)), 10.0)
	equal(t, w.rev(t, w.a), rev)
	equal(t, save(30, now.Add(-time.Minute)), 30.0)
	equal(t, save(40, now.Add(time.Hour)), 40.0)
	w.clock.advance(time.Second)
	equal(t, save(50, w.clock.Now()), 50.0)
}

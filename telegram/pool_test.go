package telegram

import (
	"errors"
	"testing"
	"time"
)

// TestPick: who is asked, and what a fetch is told when nobody can be.
func TestPick(t *testing.T) {
	now := time.Now()
	w := &wire{Options: Options{Now: func() time.Time { return now }}}
	ready := func() *helper { return &helper{wire: w, ready: true} }
	coming := func() *helper { return &helper{wire: w} }
	shut := func() *helper { return &helper{wire: w, ready: true, shut: now.Add(shutFor)} }
	out := func() *helper { return &helper{wire: w, out: now.Add(time.Hour)} }
	flooded := func() *helper {
		return &helper{wire: w, ready: true, parked: map[string]time.Time{getFile: now.Add(30 * time.Second)}}
	}
	over := func() *helper { return &helper{wire: w, over: true} }
	for _, c := range []struct {
		name    string
		helpers []*helper
		busy    time.Duration // 0 = not busy
		none    bool          // wait for news, or as long as busy says
	}{
		{"one ready", []*helper{shut(), ready()}, 0, false},
		{"one is about to be ready", []*helper{shut(), coming()}, 0, true},
		{"all flooded or shut", []*helper{shut(), flooded()}, 30 * time.Second, false},
		{"flooded, and one whose login failed", []*helper{out(), flooded()}, 30 * time.Second, false},
		{"one is out for good", []*helper{over(), flooded()}, 30 * time.Second, false},
		{"flooded, and one is about to be ready", []*helper{flooded(), coming()}, 30 * time.Second, true},
		{"nobody yet", []*helper{coming(), coming()}, 0, true},
		{"nobody any more", []*helper{over()}, 0, true},
	} {
		p := &Pool{wire: w, helpers: c.helpers}
		h, err := p.pick(1, nil)
		var busy errBusy
		switch {
		case c.none && c.busy > 0:
			var wait errNoHelper
			if !errors.As(err, &wait) || wait.until.Sub(now) != c.busy {
				t.Errorf("%s: %v, want to wait for %v", c.name, err, c.busy)
			}
		case c.busy > 0:
			if !errors.As(err, &busy) || busy.until.Sub(now) != c.busy {
				t.Errorf("%s: %v, want busy for %v", c.name, err, c.busy)
			}
		case c.none:
			if !errors.As(err, new(errNoHelper)) {
				t.Errorf("%s: %v, want to wait for one", c.name, err)
			}
		case err != nil || !h.ready || !h.shut.IsZero():
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

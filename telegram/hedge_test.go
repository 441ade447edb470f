package telegram

import (
	"testing"
	"time"
)

func TestPatience(t *testing.T) {
	var h hedges
	small, large := classOf(2, run{0, 1}), classOf(2, run{0, 32})
	if small == large || small == classOf(4, run{0, 1}) {
		t.Fatal("sizes or data centres are mixed")
	}
	if d := h.patience(small, 10*time.Millisecond); d != hedgeLeast {
		t.Errorf("%v without any answer, want %v", d, hedgeLeast)
	}
	if d := h.patience(small, 400*time.Millisecond); d != 800*time.Millisecond {
		t.Errorf("%v for an answer that is expected in 400 ms", d)
	}
	for i := range 1000 {
		h.note(large, time.Duration(i%100)*10*time.Millisecond)
	}
	if d := h.patience(large, time.Millisecond); d < 1700*time.Millisecond || d > 2*time.Second {
		t.Errorf("%v, want twice what 95 of 100 stay below", d)
	}
	for range sampled + enough {
		h.note(large, 100*time.Millisecond)
	}
	if d := h.patience(large, time.Hour); d != 200*time.Millisecond {
		t.Errorf("%v: old answers are not forgotten", d)
	}
}

func TestABusyMachineDoesNotHedge(t *testing.T) {
	var h hedges
	now := time.Unix(6000, 0)
	h.lagged(now, lagMost-1)
	if h.calm.After(now) {
		t.Error("a timer is never quite in time")
	}
	h.lagged(now, 30*time.Millisecond)
	if want := now.Add(300 * time.Millisecond); h.calm != want {
		t.Errorf("calm until %v, want %v", h.calm, want)
	}
}

// TestHedgesAreFew: one part in ten within a minute or two, and a few to begin with.
func TestHedgesAreFew(t *testing.T) {
	var h hedges
	now := time.Unix(6000, 0)
	spent := func() (n int) {
		for h.may(now) {
			h.spent(now)
			n++
		}
		return n
	}
	if n := spent(); n != hedgeFew {
		t.Errorf("%d before anything", n)
	}
	for range 100 {
		h.asked(now)
	}
	if n := spent(); n != 10-hedgeFew {
		t.Errorf("%d more after 100 parts", n)
	}
	now = now.Add(time.Minute)
	if n := spent(); n != 0 {
		t.Errorf("%d a minute later", n)
	}
	now = now.Add(2 * time.Minute)
	if n := spent(); n != hedgeFew {
		t.Errorf("%d when all is forgotten", n)
	}
}

package telegram

import (
	"math/bits"
	"slices"
	"time"
)

const (
	hedgeLeast = 150 * time.Millisecond
	// One part in hedgeShare of the last minute may be asked twice, and hedgeFew in
	// any case.
	hedgeShare = 10
	hedgeFew   = 2

	lagMost = 10 * time.Millisecond // a timer may be late without a word
	lagRest = 10                    // times the lag there is no hedge

	sampled = 64 // answers of one size and data centre that are remembered
	enough  = 16 // of them that tell something
)

// delays is how long the answers of one size from one data centre took of late.
type delays struct {
	took  [sampled]time.Duration
	n     int
	tail  time.Duration // that 95 of 100 stay below
	fresh int           // answers since tail was found
}

func (d *delays) add(took time.Duration) {
	d.took[d.n%sampled] = took
	d.n++
	if d.fresh++; d.fresh >= enough {
		d.fresh = 0
		sorted := d.took
		known := sorted[:min(d.n, sampled)]
		slices.Sort(known)
		d.tail = known[len(known)*95/100]
	}
}

// class is of what answers are compared with each other.
type class struct{ dc, size int }

func classOf(dc int, r run) class { return class{dc, bits.Len(uint(r.parts))} }

// hedges decides when a part that a player waits for is asked for a second time.
// The Pool's mu guards it.
type hedges struct {
	delays map[class]*delays
	calm   time.Time // no hedge before
	minute int64     // that now counts
	parts  [2]int
	twice  [2]int // of the minute before and of now
}

// note remembers how long an answer took.
func (h *hedges) note(s class, took time.Duration) {
	if h.delays == nil {
		h.delays = map[class]*delays{}
	}
	d := h.delays[s]
	if d == nil {
		d = &delays{}
		h.delays[s] = d
	}
	d.add(took)
}

// patience is how long an answer may take before another helper is asked too.
func (h *hedges) patience(s class, expected time.Duration) time.Duration {
	if d := h.delays[s]; d != nil && d.tail > 0 {
		expected = d.tail
	}
	return max(hedgeLeast, 2*expected)
}

// lagged notes that a timer came late: then this machine is busy, and an answer that
// is not there yet may well lie in front of its door.
func (h *hedges) lagged(now time.Time, lag time.Duration) {
	if lag >= lagMost {
		h.calm = now.Add(lagRest * lag)
	}
}

// turn forgets what is more than two minutes old.
func (h *hedges) turn(now time.Time) {
	switch m := now.Unix() / 60; m - h.minute {
	case 0:
		return
	case 1:
		h.minute = m
		h.parts = [2]int{h.parts[1], 0}
		h.twice = [2]int{h.twice[1], 0}
	default:
		h.minute, h.parts, h.twice = m, [2]int{}, [2]int{}
	}
}

func (h *hedges) asked(now time.Time) {
	h.turn(now)
	h.parts[1]++
}

// may says whether one more part may be asked for twice.
func (h *hedges) may(now time.Time) bool {
	h.turn(now)
	parts, twice := h.parts[0]+h.parts[1], h.twice[0]+h.twice[1]
	return twice < max(hedgeFew, parts/hedgeShare)
}

// spent notes that one was.
func (h *hedges) spent(now time.Time) {
	h.turn(now)
	h.twice[1]++
}

package telegram

import "time"

// fitness is how a helper stands for being asked now.
type fitness int

const (
	fit     fitness = iota
	coming          // it is about to log in
	resting         // it must not be asked before a time
	outside         // not before the settings change
)

// standing is a helper's fitness at one moment; until is when a resting one can be
// asked again.
type standing struct {
	fitness fitness
	until   time.Time
}

func (h *helper) stand() (f fitness, until time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.wire.Now()
	for _, t := range []time.Time{h.shut, h.out, h.parked[getFile]} {
		if t.After(now) && t.After(until) {
			until = t
		}
	}
	switch {
	case h.over:
		return outside, time.Time{}
	case !until.IsZero():
		return resting, until
	case !h.ready:
		return coming, time.Time{}
	}
	return fit, time.Time{}
}

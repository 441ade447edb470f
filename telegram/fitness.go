package telegram

import "time"

// fitness is how well a helper can be asked for a message's bytes; the lower, the
// better.
type fitness int

const (
	fit     fitness = iota // now
	slow                   // it waits for its connection
	coming                 // it is about to log in
	resting                // it must not be asked before a time
	outside                // not before the settings change
)

// fitness is the helper's for bytes of message; until is when a resting one can be
// asked again.
func (h *helper) fitness(message int32) (f fitness, until time.Time) {
	d := h.messages.known(message)
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.wire.Now()
	rests := []time.Time{h.shut, h.out, h.parked[getFile]}
	dc := h.home
	if d != nil {
		dc = d.dc
	} else {
		rests = append(rests, h.parked[getMessages])
	}
	for _, t := range rests {
		if t.After(now) && t.After(until) {
			until = t
		}
	}
	switch l := h.lanes[dc]; {
	case h.over:
		return outside, time.Time{}
	case !until.IsZero():
		return resting, until
	case !h.ready:
		return coming, time.Time{}
	case l != nil && !l.connected():
		return slow, time.Time{}
	}
	return fit, time.Time{}
}

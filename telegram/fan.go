package telegram

import "time"

const (
	calmTime  = 30 * time.Second // without a flood, after which a lane more may be tried
	growTime  = time.Second      // between two new lanes
	crowdTime = 10 * time.Minute // after which a refused lane is forgotten
	spareTime = time.Minute      // a lane beyond those kept warm ends when it was idle so long
)

// fan is a bot's lanes to one data centre. The helper's mu guards it; the slice is
// replaced and never written to.
type fan struct {
	lanes []*lane       // the first carries the questions too, and stays
	least int           // how many are kept
	calm  time.Time     // since when nothing asked for fewer
	grown time.Time     // when the last lane was added or refused
	pause time.Duration // between two of them, if some were refused of late
	crowd time.Time     // when that was

	bringing bool      // the login is on its way
	brought  time.Time // when it came; zero = the data centre knew it
}

// fan is the bot's lanes to a data centre, begun if there are none.
func (h *helper) fan(dc int) []*lane {
	h.lane(dc)
	h.mu.Lock()
	defer h.mu.Unlock()
	if f := h.fans[dc]; f != nil {
		return f.lanes
	}
	return nil
}

// widen keeps the lanes of a data centre whose first is up.
func (h *helper) widen(dc int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f := h.fans[dc]; f != nil {
		for len(f.lanes) < f.least {
			h.add(f, dc, false)
		}
	}
}

// grow adds a lane, because parts wait: beyond those kept only if urgent ones do.
func (h *helper) grow(dc int, urgent bool, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.fans[dc]
	most := h.wire.Lanes
	if urgent {
		most = h.wire.LanesMost
	}
	if f != nil && now.Sub(f.crowd) > crowdTime {
		f.pause = 0
	}
	if f == nil || !f.lanes[0].connected() || len(f.lanes) >= most || now.Sub(f.calm) < calmTime || now.Sub(f.grown) < max(growTime, f.pause) {
		return
	}
	f.least = max(f.least, min(len(f.lanes)+1, h.wire.Lanes))
	f.grown = now
	h.add(f, dc, true)
}

// narrow halves the lanes to every data centre: Telegram asks for less.
func (h *helper) narrow(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range h.fans {
		f.calm = now
		f.shrink(max(1, len(f.lanes)/2))
	}
}

// crowded is called when Telegram closes a lane because there are too many: it goes,
// and so does half of them all; the next comes after laneFirst, then twice as long.
// Refusals that come together are one.
func (h *helper) crowded(l *lane, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.fans[l.dc]
	if f == nil {
		return
	}
	if now.Sub(f.crowd) >= f.pause {
		f.pause = min(max(2*f.pause, laneFirst), laneMost)
		f.crowd = now
	}
	f.grown = now
	keep := max(1, len(f.lanes)/2)
	if f.lanes[0] != l {
		f.drop(l)
		l.retire()
	}
	f.shrink(keep)
}

// shrink retires the lanes beyond the first keep.
func (f *fan) shrink(keep int) {
	if keep < len(f.lanes) {
		for _, l := range f.lanes[keep:] {
			l.retire()
		}
		f.lanes = f.lanes[:keep:keep]
	}
	f.least = min(f.least, keep)
}

// stays says whether a lane that has lost its connection is to get another: the
// first is, and while that is up, as many as are kept. The others are out.
func (h *helper) stays(l *lane) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.fans[l.dc]
	if f == nil || f.lanes[0] == l || f.lanes[0].connected() && len(f.lanes) <= f.least {
		return true
	}
	f.drop(l)
	return false
}

// trim retires the lanes beyond those that are kept which have been idle for
// spareTime, and returns when the next may have to go; zero = there are no others.
func (h *helper) trim(now time.Time, since func(*lane) time.Time) (next time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range h.fans {
		for _, l := range f.lanes[min(f.least, len(f.lanes)):] {
			idle := since(l)
			if idle.Before(f.grown) { // it was never asked
				idle = f.grown
			}
			end := idle.Add(spareTime)
			switch {
			case !now.Before(end):
				f.drop(l)
				l.retire()
			case next.IsZero() || end.Before(next):
				next = end
			}
		}
	}
	return next
}

// drop takes a lane out.
func (f *fan) drop(l *lane) {
	var rest []*lane
	for _, other := range f.lanes {
		if other != l {
			rest = append(rest, other)
		}
	}
	f.lanes = rest
}

// each calls f with every lane.
func (h *helper) each(f func(*lane)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, fan := range h.fans {
		for _, l := range fan.lanes {
			f(l)
		}
	}
}

// connections is how many lanes are connected.
func (h *helper) connections() (n int) {
	h.each(func(l *lane) {
		if l.connected() {
			n++
		}
	})
	return n
}

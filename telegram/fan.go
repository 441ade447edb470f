package telegram

import "time"

const (
	calmTime  = 30 * time.Second // without a flood, after which a lane more may be tried
	growTime  = time.Second      // between two new lanes
	crowdMost = time.Minute      // between two new lanes when Telegram closes them
	spareTime = time.Minute      // a lane beyond those kept warm ends when it was idle so long
)

// fan is a bot's lanes to one data centre. The helper's mu guards it; the slice is
// replaced and never written to.
type fan struct {
	lanes []*lane   // the first carries the questions too, and stays
	least int       // how many are kept
	calm  time.Time // since when nothing asked for fewer
	grown time.Time // when the last lane was added
	pause time.Duration
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
			h.add(f, dc)
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
	if f == nil || !f.lanes[0].connected() || len(f.lanes) >= most || now.Sub(f.calm) < calmTime || now.Sub(f.grown) < max(growTime, f.pause) {
		return
	}
	f.least = max(f.least, min(len(f.lanes)+1, h.wire.Lanes))
	f.grown = now
	h.add(f, dc)
}

// narrow halves the lanes to every data centre: Telegram asks for less.
func (h *helper) narrow(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range h.fans {
		f.calm = now
		f.halve()
	}
}

// crowded is called when Telegram closes a lane because there are too many: the
// next comes after 1 s, then twice as long and so on up to a minute.
func (h *helper) crowded(l *lane, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.fans[l.dc]
	if f == nil {
		return
	}
	f.pause = min(max(2*f.pause, floodFirst), crowdMost)
	f.calm, f.grown = now.Add(-calmTime), now
	f.halve()
}

// halve retires every second lane.
func (f *fan) halve() {
	keep := max(1, len(f.lanes)/2)
	for _, l := range f.lanes[keep:] {
		l.retire()
	}
	f.lanes, f.least = f.lanes[:keep:keep], min(f.least, keep)
}

// trim retires a lane beyond those that are kept.
func (h *helper) trim(l *lane) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.fans[l.dc]
	if f == nil || len(f.lanes) <= f.least || f.lanes[0] == l {
		return
	}
	f.drop(l)
	l.retire()
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

// connections is how many lanes are connected.
func (h *helper) connections() (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range h.fans {
		for _, l := range f.lanes {
			if l.connected() {
				n++
			}
		}
	}
	return n
}

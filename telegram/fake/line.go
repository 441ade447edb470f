package fake

import (
	"math"
	"time"
)

// TCP's slow start after RFC 6928, as a server's Linux does it: ten segments, then
// in each round trip twice as many until the rate is reached; from the start again
// once nothing was sent for a second.
const (
	windowFirst = 10 * 1460
	windowMost  = math.MaxInt / 4
	idleAfter   = time.Second
)

// Pieces are so long that a client sees bytes flow, and so large that a fast line
// costs few writes.
const (
	pieceTime  = 3 * time.Millisecond
	pieceLeast = 64
	pieceMost  = 64 << 10
)

// late is how far the line may be behind its own times before it goes on from now:
// less is a timer's lateness, which is made good; more is a client that did not
// read, which gets nothing sooner for it.
const late = 20 * time.Millisecond

// line is when the bytes of one connection leave the server. All times come from
// the times before them, none from a clock, so no error adds up.
type line struct {
	free   time.Time // what was taken has left
	open   bool      // slow start has reached the rate
	round  time.Time // when this round trip's window was opened
	window int       // bytes of a round
	used   int       // of window
}

// opens is when the next byte, which has waited since then, may leave.
func (l *line) opens(s Shape, since time.Time) time.Time {
	at := l.free
	if at.Before(since) {
		at = since
	}
	if !s.SlowStart || s.RTT == 0 {
		l.window = 0
		return at
	}
	if l.window == 0 || at.Sub(l.free) >= idleAfter {
		l.open, l.round, l.window, l.used = false, at, windowFirst, 0
	}
	l.open = l.open || s.Rate != 0 && float64(l.window) >= during(s.RTT, s.Rate)
	if l.open {
		return at
	}
	if next := l.round.Add(s.RTT); l.used >= l.window && at.Before(next) {
		at = next
	}
	return at
}

// take sends up to n bytes at at, which opens gave, or later. It says how many
// left, and when the last of them did.
func (l *line) take(s Shape, n int, at, now time.Time, shared *link) (int, time.Time) {
	if at.Before(now.Add(-late)) {
		at = now
	}
	n = min(n, pieceOf(s.rate()))
	if l.window != 0 && !l.open {
		if !at.Before(l.round.Add(s.RTT)) { // a new round
			if 2*l.used >= l.window { // one that was not made use of grows no window
				l.window = min(2*l.window, windowMost)
			}
			l.round, l.used = at, 0
		}
		n = min(n, l.window-l.used)
		l.used += n
	}
	at = shared.take(at, n, s.AccountRate)
	l.free = at.Add(lasting(n, s.rate()))
	return n, l.free
}

// lasting is how long n bytes take; no rate = no time.
func lasting(n int, rate int64) time.Duration {
	if rate == 0 {
		return 0
	}
	return time.Duration(float64(n) / float64(rate) * float64(time.Second))
}

// during is how many bytes go in d.
func during(d time.Duration, rate int64) float64 { return d.Seconds() * float64(rate) }

func pieceOf(rate int64) int {
	if rate == 0 {
		return pieceMost
	}
	return int(min(max(during(pieceTime, rate), pieceLeast), pieceMost))
}

package node

import (
	"errors"
	"time"

	"github.com/teleplay/teleplay"
)

const (
	// A stream that has not begun fails soon: the client can still be told why.
	firstByteTime = 10 * time.Second
	// One that flows may stall this long in a row before it is cut.
	stallTime = 30 * time.Second
	// Pauses before a source is asked again, when it does not say how long. They
	// double from the first to the last.
	firstPause = 250 * time.Millisecond
	lastPause  = 4 * time.Second
)

// patience is how long one stall of a stream may last. Its zero value is that of a
// stream that has not begun.
type patience struct {
	begun bool // bytes of the stream have been taken
	until time.Time
	pause time.Duration
}

// deadline ends the stall. The stall begins when it is first asked for.
func (p *patience) deadline() time.Time {
	if p.until.IsZero() {
		p.until = time.Now().Add(firstByteTime)
		if p.begun {
			p.until = time.Now().Add(stallTime)
		}
	}
	return p.until
}

// after says how long to pause after an error before trying again, if that is worth
// while: only for what heals, for a stream that has begun, within the deadline.
func (p *patience) after(err error) (time.Duration, bool) {
	if !p.begun || !errors.Is(err, teleplay.ErrUnavailable) || errors.Is(err, errDraining) {
		return 0, false
	}
	if errors.Is(err, errNoRoom) { // it has waited already, and keeps its place by asking at once
		return 0, !time.Now().After(p.deadline())
	}
	p.pause = min(max(2*p.pause, firstPause), lastPause)
	pause := p.pause
	var e *teleplay.Error
	if errors.As(err, &e) {
		pause = max(pause, e.Retry)
	}
	return pause, !time.Now().Add(pause).After(p.deadline())
}

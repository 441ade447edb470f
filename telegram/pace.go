package telegram

import "time"

const (
	rttGuess  = 100 * time.Millisecond
	rateGuess = 4e6 // bytes/s

	// The window of a lane in bytes: it grows by windowStep with each part that comes
	// in time, is halved when one is late, and stays within these.
	windowFirst = 512 << 10
	windowStep  = 128 << 10
	windowMost  = 2 << 20
	windowLeast = 128 << 10
	// bulkMost bytes of what nobody waits for are in flight on one lane: two parts
	// keep it busy, and each more stands in front of the next seek.
	bulkBytes = 2 * bulkMost * partBytes

	smallBytes = 32 << 10    // whose answers show the distance and little else
	rateBytes  = 128 << 10   // that show a rate
	rateTime   = time.Second // after which it is measured anew
	lateSlack  = 100 * time.Millisecond
)

// pace is what one connection has shown that it can do, and what it carries. The
// Pool's mu guards it.
type pace struct {
	rtt    time.Duration // of a small question on an idle line; 0 = not known yet, else from the connection's first
	rate   float64       // bytes/s; 0 = not known yet
	window int           // bytes that may be in flight; 0 = windowFirst
	flying int           // bytes in flight

	busy   time.Time // since when something flies
	landed int       // bytes since then
	last   time.Time // something was sent or came
	halved time.Time
}

func (p *pace) speed() float64 {
	if p.rate == 0 {
		return rateGuess
	}
	return p.rate
}

func (p *pace) distance() time.Duration {
	if p.rtt == 0 {
		return rttGuess
	}
	return p.rtt
}

func (p *pace) room() int {
	if p.window == 0 {
		return windowFirst
	}
	return p.window
}

// takes says whether size more bytes may be in flight. What a player waits for may
// go beyond the window; an empty line takes anything.
func (p *pace) takes(size int, urgent bool) bool {
	most := min(p.room(), bulkBytes)
	if urgent {
		most = windowMost
	}
	return p.flying == 0 || p.flying+size <= most
}

// time is how long size bytes that are asked for now will take.
func (p *pace) time(size int) time.Duration {
	return p.distance() + time.Duration(float64(p.flying+size)/p.speed()*float64(time.Second))
}

func (p *pace) sent(now time.Time, size int) {
	if p.flying == 0 {
		p.busy, p.landed = now, 0
	}
	p.flying += size
	p.last = now
}

// answered notes that size bytes, asked for at sent and expected to take time, have
// come (ok) or have not.
func (p *pace) answered(now, sent time.Time, size int, expected time.Duration, ok bool) {
	p.flying -= size
	p.last = now
	if !ok {
		return
	}
	took := now.Sub(sent)
	if p.landed == 0 && !sent.After(p.busy) && size <= smallBytes { // the first of a busy time stood behind nothing
		rtt := max(took-time.Duration(float64(size)/p.speed()*float64(time.Second)), time.Microsecond)
		if p.rtt == 0 || rtt < p.rtt {
			p.rtt = rtt
		} else {
			p.rtt += (rtt - p.rtt) / 8
		}
	}
	p.landed += size
	if line := now.Sub(p.busy) - p.distance(); p.landed >= rateBytes && line > 0 {
		rate := float64(p.landed) / line.Seconds()
		if p.rate == 0 {
			p.rate = rate
		} else {
			p.rate += (rate - p.rate) / 4
		}
		if line > rateTime && p.flying > 0 { // the line is full: go on as if it had begun a distance ago
			p.busy, p.landed = now.Add(-p.distance()), 1
		}
	}
	switch {
	case took <= 2*expected+lateSlack:
		p.window = min(p.room()+windowStep, windowMost)
	default:
		p.late(now)
	}
}

// late halves the window, once in the time that its effect takes to show.
func (p *pace) late(now time.Time) {
	if now.Sub(p.halved) < 2*p.distance()+lateSlack {
		return
	}
	p.halved = now
	p.window = max(p.room()/2, windowLeast)
}

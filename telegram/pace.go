package telegram

import (
	"math"
	"math/bits"
	"time"
)

const (
	rttGuess  = 100 * time.Millisecond
	rateGuess = 4e6 // bytes/s

	// The window of a lane in bytes: it grows by windowStep with each part that comes
	// in time, is halved when one is late, and stays within these.
	windowFirst = 512 << 10
	windowStep  = 128 << 10
	windowMost  = 2 << 20
	windowLeast = 128 << 10
	// A part that nobody waits for takes about bulkTime of its line: the longer, the
	// fewer questions, and the longer a seek stands behind it.
	bulkTime   = 50 * time.Millisecond
	scarceTime = time.Minute
	floodGap   = time.Second
	// windowTCP is what a line that was idle brings in its first round trip: ten
	// segments (RFC 6928). In each further one it brings twice as much.
	windowTCP = 10 * 1460

	smallBytes = 32 << 10    // whose answers show the distance and little else
	rateBytes  = 128 << 10   // that show a rate
	rateTime   = time.Second // after which it is measured anew
	idleTime   = time.Second

	lateSlack = 100 * time.Millisecond
)

// distance is how far a data centre is from this node: the time of a small question
// on an idle line. The Pool's mu guards it.
type distance struct{ rtt time.Duration } // 0 = not known yet

// saw takes one measure. The least counts, for all else is somebody's queue; a line
// that has become longer is believed slowly.
func (d *distance) saw(rtt time.Duration) {
	rtt = max(rtt, time.Microsecond)
	if d.rtt == 0 || rtt < d.rtt {
		d.rtt = rtt
	} else {
		d.rtt += (rtt - d.rtt) / 16
	}
}

// pace is what one connection has shown that it can do, and what it carries. The
// Pool's mu guards it.
type pace struct {
	far    *distance // of its data centre; nil = not known yet
	rate   float64   // bytes/s; 0 = not known yet
	window int       // bytes that may be in flight; 0 = windowFirst
	flying int       // bytes in flight

	busy   time.Time // since when something flies
	landed int       // bytes since then
	cold   bool      // it began on an idle line
	last   time.Time // something was sent or came
	halved time.Time
	flood  time.Time
	scarce time.Time // until then questions are few and parts large
}

func (p *pace) speed() float64 {
	if p.rate == 0 {
		return rateGuess
	}
	return p.rate
}

func (p *pace) distance() time.Duration {
	if p.far == nil || p.far.rtt == 0 {
		return rttGuess
	}
	return p.far.rtt
}

func (p *pace) room() int {
	if p.window == 0 {
		return windowFirst
	}
	return p.window
}

// bulkParts is how many parts a run has that nobody waits for.
func (p *pace) bulkParts(now time.Time) int {
	if now.Before(p.scarce) {
		return bulkMost
	}
	least, n := bulkLeast, p.speed()*bulkTime.Seconds()
	if done := p.round(now); done < p.rounds() { // what a line that opens yet brings in two round trips
		least, n = edgeLeast, 3*windowTCP*math.Exp2(math.Floor(done))
	}
	return max(least, min(1<<max(bits.Len(uint(n/partBytes))-1, 0), bulkMost))
}

// takes says whether size more bytes may be in flight. Of what nobody waits for there
// is as much as keeps the line busy, for each more stands in front of the next seek;
// what a player waits for may go beyond that. An empty line takes anything.
func (p *pace) takes(now time.Time, size int, urgent bool) bool {
	most := min(p.room(), int(p.speed()*p.distance().Seconds())+2*p.bulkParts(now)*partBytes)
	if urgent {
		most = windowMost
	}
	return p.flying == 0 || p.flying+size <= most
}

// time is how long size bytes that are asked for now will take.
func (p *pace) time(now time.Time, size int) time.Duration {
	n := float64(p.flying + size)
	wait := time.Duration(0)
	if done, all := p.round(now), p.rounds(); done < all {
		// Whole rounds bring windowTCP, twice as much, and so on.
		r := min(math.Floor(math.Log2(n/windowTCP+1)), all)
		n -= windowTCP * (math.Exp2(r) - 1)
		wait = max(time.Duration((r-done)*float64(p.distance())), 0)
	}
	return p.distance() + wait + time.Duration(n/p.speed()*float64(time.Second))
}

// rounds is how many round trips a line takes to open after it was idle, round how
// many of them have passed.
func (p *pace) rounds() float64 {
	return max(math.Ceil(math.Log2(p.speed()*p.distance().Seconds()/windowTCP)), 0)
}

func (p *pace) round(now time.Time) float64 {
	switch {
	case p.flying == 0 && p.idle(now):
		return 0
	case !p.cold:
		return math.MaxFloat64
	}
	return float64(now.Sub(p.busy)) / float64(p.distance())
}

// idle says that the line has carried nothing for so long that TCP begins anew.
func (p *pace) idle(now time.Time) bool { return now.Sub(p.last) >= idleTime }

// idleSince is since when nothing has flown; now if something does.
func (p *pace) idleSince(now time.Time) time.Time {
	if p.flying > 0 {
		return now
	}
	return p.last
}

func (p *pace) sent(now time.Time, size int) {
	if p.flying == 0 {
		p.busy, p.landed, p.cold = now, 0, p.idle(now)
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
	if p.far != nil && p.landed == 0 && !p.cold && !sent.After(p.busy) && size <= smallBytes { // it stood behind nothing
		rtt := took
		if p.rate != 0 {
			rtt -= time.Duration(float64(size) / p.rate * float64(time.Second))
		}
		p.far.saw(rtt)
	}
	if took > 2*expected+lateSlack {
		p.late(now)
	} else {
		p.window = min(p.room()+windowStep, windowMost)
	}
	p.landed += size
	if p.cold {
		if p.round(now) <= p.rounds()+1 {
			return
		}
		p.cold = false // it is open: measure from here on
		p.busy, p.landed = now.Add(-p.distance()), 1
	}
	if line := now.Sub(p.busy) - p.distance(); p.landed >= rateBytes && line >= 0 {
		rate := float64(p.landed) / max(line, time.Millisecond).Seconds()
		if p.rate == 0 {
			p.rate = rate
		} else {
			p.rate += (rate - p.rate) / 4
		}
		if line > rateTime && p.flying > 0 { // the line is full: go on as if it had begun a distance ago
			p.busy, p.landed = now.Add(-p.distance()), 1
		}
	}
}

// gaveUp takes bytes out of the window that nobody counts on any more.
func (p *pace) gaveUp(now time.Time, size int) {
	p.flying -= size
	p.late(now)
}

// flooded notes a flood. The second within a minute says that questions are counted:
// those of the next minute shall be few. Refusals that come together are one flood.
func (p *pace) flooded(now time.Time) {
	switch ago := now.Sub(p.flood); {
	case ago >= scarceTime:
		p.flood = now
	case ago >= floodGap:
		p.flood, p.scarce = now, now.Add(scarceTime)
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

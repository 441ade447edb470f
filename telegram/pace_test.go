package telegram

import (
	"cmp"
	"testing"
	"time"
)

// line is a connection with a distance and a rate, on a clock of its own.
type line struct {
	rtt  time.Duration
	rate float64 // bytes/s
	free time.Time
}

// ask is when an answer of size bytes to a question asked at now has come whole.
func (l *line) ask(now time.Time, size int) time.Time {
	if there := now.Add(l.rtt); there.After(l.free) {
		l.free = there
	}
	l.free = l.free.Add(time.Duration(float64(size) / l.rate * float64(time.Second)))
	return l.free
}

// drive keeps as much in flight as p takes until n parts have come, of size bytes or,
// if that is 0, as large as p has them.
func drive(p *pace, l *line, size, n int) (took time.Duration, bytes int) {
	type part struct {
		size        int
		sent, comes time.Time
		expected    time.Duration
	}
	begin := time.Unix(1000, 0)
	now := begin
	var flying []part
	for range n {
		for {
			size := cmp.Or(size, p.bulkParts(now)*partBytes)
			if !p.takes(now, size, false) {
				break
			}
			flying = append(flying, part{size, now, l.ask(now, size), p.time(now, size)})
			p.sent(now, size)
		}
		first := flying[0]
		flying = flying[1:]
		now = first.comes
		bytes += first.size
		p.answered(now, first.sent, first.size, first.expected, true)
	}
	for _, f := range flying {
		p.answered(f.comes, f.sent, f.size, f.expected, true)
	}
	return now.Sub(begin), bytes
}

func TestPaceLearnsTheLine(t *testing.T) {
	for _, l := range []line{
		{rtt: 50 * time.Millisecond, rate: 5e6},
		{rtt: 150 * time.Millisecond, rate: 1e6},
		{rtt: 2 * time.Millisecond, rate: 100e6},
	} {
		p := pace{far: &distance{2 * l.rtt}} // the connection's first question took longer
		for range 20 {
			drive(&p, &line{rtt: l.rtt, rate: l.rate}, 16<<10, 1)
		}
		drive(&p, &line{rtt: l.rtt, rate: l.rate}, 0, 300)
		if p.rate < 0.9*l.rate || p.rate > 1.1*l.rate {
			t.Errorf("%+v: rate %.0f", l, p.rate)
		}
		if rtt := p.distance(); rtt < l.rtt*8/10 || rtt > l.rtt*12/10+time.Millisecond {
			t.Errorf("%+v: distance %v", l, p.distance())
		}
	}
}

// TestPaceFillsTheLine: what nobody waits for keeps a line of 50 ms and 5 MB/s busy.
func TestPaceFillsTheLine(t *testing.T) {
	var p pace
	took, bytes := drive(&p, &line{rtt: 50 * time.Millisecond, rate: 5e6}, 0, 300)
	if share := float64(bytes) / 5e6 / took.Seconds(); share < 0.97 {
		t.Errorf("%.3f of the line's rate", share)
	}
}

// TestPaceAfterFloods: where questions bring one flood after the other, parts are
// large, on a line that opens yet too.
func TestPaceAfterFloods(t *testing.T) {
	p := pace{far: &distance{50 * time.Millisecond}, rate: 5e6}
	now := time.Unix(1000, 0)
	if n := p.bulkParts(now); n != edgeLeast {
		t.Errorf("%d parts on a line that was idle", n)
	}
	p.flooded(now)
	p.flooded(now.Add(floodGap - 1))
	if n := p.bulkParts(now.Add(floodGap)); n != edgeLeast {
		t.Errorf("%d parts after one flood", n)
	}
	now = now.Add(scarceTime - 1)
	p.flooded(now)
	if n := p.bulkParts(now.Add(scarceTime - 1)); n != bulkMost {
		t.Errorf("%d parts after two floods", n)
	}
	if n := p.bulkParts(now.Add(scarceTime)); n != edgeLeast {
		t.Errorf("%d parts a minute after it", n)
	}
}

func TestPaceGoesByTheWindow(t *testing.T) {
	p := pace{far: &distance{10 * time.Millisecond}, rate: 1e6, window: 256 << 10}
	now := time.Unix(1000, 0)
	if !p.takes(now, 1<<20, false) {
		t.Error("an empty line takes anything")
	}
	p.sent(now, 128<<10)
	if !p.takes(now, 128<<10, false) || p.takes(now, 129<<10, false) {
		t.Error("the window is not kept")
	}
	if !p.takes(now, windowMost-128<<10, true) || p.takes(now, windowMost-127<<10, true) {
		t.Error("what a player waits for may go up to the most that a window can be")
	}
	p.answered(now.Add(time.Second), now, 128<<10, 100*time.Millisecond, true)
	if p.window != 128<<10 {
		t.Errorf("window %d after an answer that was late", p.window)
	}
	p.sent(now, 1000)
	p.answered(now.Add(1010*time.Millisecond), now.Add(time.Second), 1000, 100*time.Millisecond, true)
	if p.window != 256<<10 {
		t.Errorf("window %d after an answer in time", p.window)
	}
	for range 100 {
		p.sent(now, 1)
		p.answered(now, now, 1, time.Second, true)
	}
	if p.window != windowMost {
		t.Errorf("window %d at most", p.window)
	}
	for i := range 100 {
		p.late(now.Add(time.Duration(i) * time.Minute))
	}
	if p.window != windowLeast || p.flying != 0 {
		t.Errorf("window %d, flying %d", p.window, p.flying)
	}
}

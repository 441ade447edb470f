package fake

import (
	"sync"
	"time"
)

// gate holds up what goes through it while it is shut. The zero value is open.
type gate struct {
	mu      sync.Mutex
	until   time.Time     // shut until then
	changed chan struct{} // closed by the next change; nil = nobody waits
}

// forEver is how long a gate without a time stays shut.
const forEver = 100 * 365 * 24 * time.Hour

// shut closes the gate for d from now on, whatever was said before.
func (g *gate) shut(d time.Duration) { g.set(time.Now().Add(d)) }

func (g *gate) open() { g.set(time.Time{}) }

func (g *gate) set(until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.until = until
	if g.changed != nil {
		close(g.changed)
		g.changed = nil
	}
}

// rest is how long the gate is shut yet, and what is closed when that changes; 0 =
// it is open.
func (g *gate) rest() (time.Duration, <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.until.IsZero() {
		return 0, nil
	}
	d := time.Until(g.until)
	if d <= 0 {
		g.until = time.Time{}
		return 0, nil
	}
	if g.changed == nil {
		g.changed = make(chan struct{})
	}
	return d, g.changed
}

// await returns once all gates are open; false: stop was closed before.
func await(stop <-chan struct{}, gates ...*gate) bool {
	for i := 0; i < len(gates); {
		d, changed := gates[i].rest()
		if d == 0 {
			i++
			continue
		}
		over := time.NewTimer(d)
		select {
		case <-over.C:
		case <-changed:
		case <-stop:
			over.Stop()
			return false
		}
		over.Stop()
		i = 0 // the others may be shut by now
	}
	return true
}

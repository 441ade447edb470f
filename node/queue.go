package node

import (
	"container/list"
	"time"

	"github.com/teleplay/teleplay"
)

// roomTime is how long an urgent chunk waits for room in the window budget. Before
// a stream's first byte that is an answer soon enough to try another node.
const roomTime = time.Second

// queue holds the flights that have not begun, by urgency, then in order of
// arrival. Its zero value is empty.
type queue [teleplay.HandOver + 1]list.List

func (q *queue) push(f *flight) { f.place = q[f.urgency].PushBack(f) }

func (q *queue) remove(f *flight) {
	q[f.urgency].Remove(f.place)
	f.place = nil
}

func (q *queue) first() *flight {
	for u := range q {
		if el := q[u].Front(); el != nil {
			return el.Value.(*flight)
		}
	}
	return nil
}

func (q *queue) len() (n int) {
	for u := range q {
		n += q[u].Len()
	}
	return n
}

// dispatch begins flights while the first of the queue may. Engine.mu is held.
func (e *Engine) dispatch() {
	for f := e.queue.first(); f != nil && !e.closed && e.fits(f); f = e.queue.first() {
		e.unqueue(f)
		e.begin(f)
	}
}

// fits says whether a flight may begin: any one if nothing else is held, an urgent
// one if there is room, others while they leave a quarter of it to urgent ones and
// not too many of them run.
func (e *Engine) fits(f *flight) bool {
	if e.held == 0 {
		return true
	}
	if f.urgency == teleplay.Urgent {
		return e.held+int64(f.size) <= e.window
	}
	return e.running < e.limit && e.held+int64(f.size) <= e.ahead()
}

// ahead is the part of the window budget that read-ahead may use up.
func (e *Engine) ahead() int64 { return e.window / 4 * 3 }

func (e *Engine) unqueue(f *flight) {
	e.queue.remove(f)
	if f.noRoom != nil {
		f.noRoom.Stop()
	}
}

// abandon ends a flight that found no room in time.
func (e *Engine) abandon(f *flight) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if f.place != nil {
		e.unqueue(f)
		e.end(f, errNoRoom)
		e.dispatch() // one behind it may fit
	}
}

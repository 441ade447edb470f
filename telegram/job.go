package telegram

import (
	"sync/atomic"
	"time"

	"github.com/teleplay/teleplay"
)

// job is one call of Fetch. The Pool's mu guards it.
type job struct {
	id      teleplay.ChunkID
	size    int
	sink    *countedSink
	urgency teleplay.Urgency
	plan    plan

	done chan struct{}
	over bool
	err  error // once over

	asks     []*ask // in flight, late ones too
	progress time.Time
	raised   time.Time // somebody has waited since
	rest     time.Time // nothing is asked before
	rounds   int       // how often every helper was tried
	tried    map[*helper]bool
	avoid    map[*lane]bool // was late with a part
	failures map[*helper]*failures
	last     error // of the last part that failed
}

// failures is what went wrong with one helper in one job.
type failures struct {
	size      bool      // it sees another size
	reference bool      // one just fetched is refused
	hops      int       // by FILE_MIGRATE
	refreshed int       // references
	old       *document // whose reference was refused last
}

// puttingTime is when a Put that goes on alone is looked after.
const puttingTime = 10 * time.Millisecond

// countedSink knows whether somebody is putting right now: its parts are claimed
// and not there yet.
type countedSink struct {
	teleplay.Sink
	putting atomic.Int32
}

func (s *countedSink) Put(part int, b []byte) {
	s.putting.Add(1)
	defer s.putting.Add(-1)
	s.Sink.Put(part, b)
}

func newJob(id teleplay.ChunkID, size, from int, u teleplay.Urgency, sink teleplay.Sink, now time.Time) *job {
	return &job{id: id, size: size, sink: &countedSink{Sink: sink}, urgency: u,
		plan: plan{size: size, from: from, urgent: u == teleplay.Urgent},
		done: make(chan struct{}), progress: now, raised: now,
		tried: map[*helper]bool{}, avoid: map[*lane]bool{}, failures: map[*helper]*failures{}}
}

// raise makes the job more urgent, for a byte that somebody waits for now.
func (j *job) raise(u teleplay.Urgency, from int, now time.Time) {
	j.urgency, j.raised = u, now
	j.plan = plan{size: j.size, from: from, urgent: u == teleplay.Urgent}
}

// wanted are the parts that nobody has brought and nobody has been asked for.
func (j *job) wanted() uint64 {
	w := j.sink.Missing()
	for _, a := range j.asks {
		if !a.late {
			w &^= a.run.mask()
		}
	}
	return w
}

// complete says that all parts have been brought.
func (j *job) complete() bool { return j.sink.Missing() == 0 && j.sink.putting.Load() == 0 }

// rank is the urgency of what is wanted next: what lies before the byte that
// somebody waits for is no more than read-ahead.
func (j *job) rank(wanted uint64) teleplay.Urgency {
	if j.plan.tail(wanted) == 0 {
		return max(j.urgency, teleplay.ReadAhead)
	}
	return j.urgency
}

// with is what went wrong with helper h.
func (j *job) with(h *helper) *failures {
	f := j.failures[h]
	if f == nil {
		f = &failures{}
		j.failures[h] = f
	}
	return f
}

// count is with how many helpers something went wrong.
func (j *job) count(what func(*failures) bool) (n int) {
	for _, f := range j.failures {
		if what(f) {
			n++
		}
	}
	return n
}

// stall is how long the job goes on without a single part.
func (j *job) stall() time.Duration {
	if j.urgency == teleplay.Urgent {
		return stallMost
	}
	return bulkStallMost
}

func (j *job) remove(a *ask) {
	for i, other := range j.asks {
		if other == a {
			j.asks = append(j.asks[:i], j.asks[i+1:]...)
			return
		}
	}
}

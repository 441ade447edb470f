package fake

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/teleplay/teleplay"
)

// faultList has the faults that were ordered. One that has done its work stays, so that its
// hits can be read. Chance follows from the seed and the order of the calls.
type faultList struct {
	now  func() time.Time
	seed uint64

	mu   sync.Mutex
	rand *rand.Rand
	last int64
	list []*fault // oldest first
}

func newFaultList(o Options) *faultList {
	l := &faultList{now: o.Now, seed: o.Seed}
	l.clear()
	return l
}

// clear ends all faults. Their numbers are not given again.
func (l *faultList) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = nil
	l.rand = rand.New(rand.NewPCG(l.seed, 1))
}

func (l *faultList) add(s faultSpec) fault {
	if s.Count == nil && s.Nth == 0 {
		s.Count = new(int64)
		*s.Count = 1
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	f := &fault{ID: l.last, faultSpec: s}
	if s.For > 0 {
		f.until = l.now().Add(time.Duration(s.For))
	}
	l.list = append(l.list, f)
	return *f
}

func (l *faultList) all() []fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := []fault{}
	for _, f := range l.list {
		list = append(list, *f)
	}
	return list
}

func (l *faultList) one(id int64) (fault, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range l.list {
		if f.ID == id {
			return *f, nil
		}
	}
	return fault{}, teleplay.Fail(teleplay.ErrNotFound, "", fmt.Sprintf("there is no fault %d", id))
}

func (l *faultList) drop(id int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.list, func(f *fault) bool { return f.ID == id })
	if i < 0 {
		return teleplay.Fail(teleplay.ErrNotFound, "", fmt.Sprintf("there is no fault %d", id))
	}
	l.list = slices.Delete(l.list, i, i+1)
	return nil
}

// hit is the oldest fault that acts on a call, and counts it. Each fault that is
// alive counts the calls that fit it, whichever acts.
func (l *faultList) hit(k *call, account int64, method string, a *callArgs) (hit fault, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range l.list {
		if !f.alive(l.now) || !f.fits(k, account, method, a) {
			continue
		}
		f.calls++
		if !ok && f.due(l.rand) {
			f.Hits++
			hit, ok = *f, true
		}
	}
	return hit, ok
}

// alive says whether the fault may still act.
func (f *fault) alive(now func() time.Time) bool {
	return (f.Count == nil || *f.Count == 0 || f.Hits < *f.Count) &&
		(f.For == 0 || now().Before(f.until))
}

// due says whether it is the turn of the call that was just counted.
func (f *fault) due(r *rand.Rand) bool {
	switch {
	case f.Nth != 0:
		return f.calls == f.Nth
	case f.Every != 0:
		return f.calls%f.Every == 0
	case f.Probability != nil:
		return r.Float64() < *f.Probability
	}
	return true
}

// order takes a fault; its method must be one that is answered here.
func (s *Server) order(f faultSpec) (fault, error) {
	if err := f.check(); err != nil {
		return fault{}, err
	}
	named := func(id uint32) bool { return s.method(id) == f.Method }
	if f.Method != anyMethod && f.Method != pingMethod && !slices.ContainsFunc(slices.Collect(maps.Keys(s.methods)), named) {
		return fault{}, invalid("there is no method %q here", f.Method)
	}
	return s.faults.add(f), nil
}

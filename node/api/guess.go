package api

import (
	"sync"
	"time"

	"github.com/teleplay/teleplay"
)

// wrongWindow is how long a wrong code counts against its address.
const wrongWindow = 10 * time.Minute

// wrongCodes counts the distinct wrong codes of an address: an old page polls a
// dead code for ever, and that is one guess, not many.
type wrongCodes struct {
	off  bool
	most int
	now  func() time.Time

	mu   sync.Mutex
	seen map[string]*wrongSet // guarded by mu; by address
}

type wrongSet struct {
	until time.Time
	codes map[string]bool
}

// may tells whether the address may still try this code.
func (w *wrongCodes) may(address, code string) error {
	if w.off {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.seen[address]
	now := w.now()
	if s == nil || now.After(s.until) || s.codes[code] || len(s.codes) < w.most {
		return nil
	}
	return errTooMany.After(s.until.Sub(now))
}

// add notes a whole code that was wrong.
func (w *wrongCodes) add(address, code string) {
	if w.off {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	s := w.seen[address]
	if s == nil || now.After(s.until) {
		if len(w.seen) >= trackedKeys {
			for k, old := range w.seen {
				if now.After(old.until) || len(w.seen) >= trackedKeys {
					delete(w.seen, k)
				}
			}
		}
		s = &wrongSet{until: now.Add(wrongWindow), codes: map[string]bool{}}
		w.seen[address] = s
	}
	if len(s.codes) < w.most {
		s.codes[code] = true
	}
}

// refusedRest is how long an address makes no code after "Not me".
const refusedRest = 10 * time.Minute

// refused remembers the addresses whose login somebody refused.
type refused struct {
	off bool
	now func() time.Time

	mu    sync.Mutex
	until map[string]time.Time // guarded by mu; by address
}

func (r *refused) add(address string) {
	if r.off {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if _, ok := r.until[address]; ok && now.Before(r.until[address]) {
		return // polled again: the rest does not grow
	}
	if len(r.until) >= trackedKeys {
		for k, t := range r.until {
			if now.After(t) || len(r.until) >= trackedKeys {
				delete(r.until, k)
			}
		}
	}
	r.until[address] = now.Add(refusedRest)
}

func (r *refused) may(address string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if left := r.until[address].Sub(r.now()); left > 0 {
		return errTooMany.After(left)
	}
	return nil
}

const (
	devicePoll = 5 * time.Second // RFC 8628 §3.2's default
	barePoll   = 2 * time.Second // what old apps do
)

// polls paces the polls of device codes that are not held (RFC 8628 §3.5): one
// that comes too early makes the interval 5 s longer.
type polls struct {
	off bool
	now func() time.Time

	mu   sync.Mutex
	next map[string]poll // guarded by mu; by device hash
}

type poll struct {
	at       time.Time
	interval time.Duration
}

// slack lets a client be a little early: its timer and the network are not ours.
const slack = 500 * time.Millisecond

func (p *polls) take(device []byte) error {
	if p.off {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	last, ok := p.next[string(device)]
	if !ok {
		if len(p.next) >= trackedKeys {
			for k, old := range p.next {
				if now.Sub(old.at) > time.Minute || len(p.next) >= trackedKeys {
					delete(p.next, k)
				}
			}
		}
		last.interval = devicePoll
	}
	if now.Add(slack).Before(last.at) {
		last.interval += 5 * time.Second
		last.at = now.Add(last.interval)
		p.next[string(device)] = last
		return teleplay.Fail(teleplay.ErrUnavailable, "slow_down", "Ask less often.").After(last.interval)
	}
	last.at = now.Add(last.interval)
	p.next[string(device)] = last
	return nil
}

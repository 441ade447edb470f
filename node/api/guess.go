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
		makeRoom(w.seen, func(old *wrongSet) bool { return now.After(old.until) })
		s = &wrongSet{until: now.Add(wrongWindow), codes: map[string]bool{}}
		w.seen[address] = s
	}
	if len(s.codes) < w.most {
		s.codes[code] = true
	}
}

const (
	devicePoll = 5 * time.Second // RFC 8628 §3.2's default
	barePoll   = 2 * time.Second // what old apps do
)

// polls paces the polls of device codes (RFC 8628 §3.5): one that comes sooner
// after the last one than the interval makes that 5 s longer. One that was held
// for as long may come again at once.
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

// take is the interval in force, or slow_down.
func (p *polls) take(device []byte) (time.Duration, error) {
	if p.off {
		return devicePoll, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	last, ok := p.next[string(device)]
	if !ok {
		makeRoom(p.next, func(old poll) bool { return now.Sub(old.at) > time.Minute })
		last.interval = devicePoll
	}
	if now.Add(slack).Before(last.at) {
		last.interval += 5 * time.Second
		last.at = now.Add(last.interval)
		p.next[string(device)] = last
		return 0, teleplay.Fail(teleplay.ErrUnavailable, "slow_down", "Ask less often.").After(last.interval)
	}
	last.at = now.Add(last.interval)
	p.next[string(device)] = last
	return last.interval, nil
}

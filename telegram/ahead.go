package telegram

import (
	"context"
	"sync"
	"time"

	"github.com/gotd/td/tg"

	"github.com/teleplay/teleplay"
)

const (
	gatherTime   = 250 * time.Millisecond // until a question about what is foreseen
	foreseePause = time.Second            // between two of them
	foreseeMost  = 1000                   // messages that wait for one
	questionMost = 100                    // messages that one may name

	sameAge    = time.Second     // between two references that run out together
	lifeLeast  = 5 * time.Second // of a reference, whatever it taught
	renewPause = 5 * time.Second // after a renewal that failed
)

// Foresee tells the pool that somebody may soon want the files of these storage
// messages: every helper learns where they lie, ahead of need and when nobody waits
// for anything. It returns at once; beyond 1,000 messages the oldest are forgotten.
func (p *Pool) Foresee(messages []int32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range messages {
		if m > 0 && !p.isGone(m) {
			p.foreseen = append(p.foreseen, m)
		}
	}
	p.foreseen = p.foreseen[max(0, len(p.foreseen)-foreseeMost):]
	select {
	case p.ahead <- struct{}{}:
	default:
	}
}

// lookAhead reads what is foreseen, page by page, until ctx ends.
func (p *Pool) lookAhead(ctx context.Context) {
	for {
		select {
		case <-p.ahead:
		case <-ctx.Done():
			return
		}
		for more := true; more && pause(ctx, gatherTime); {
			able := p.able()
			if len(able) == 0 || p.hurried() {
				continue
			}
			var page []int32
			page, more = p.page()
			p.read(ctx, able[0], page) // what is gone is asked for once
			var all sync.WaitGroup
			for _, h := range able[1:] {
				all.Go(func() { p.read(ctx, h, page) })
			}
			all.Wait()
			if !pause(ctx, foreseePause-gatherTime) {
				return
			}
		}
	}
}

// able are the helpers that can be asked for messages now.
func (p *Pool) able() (able []*helper) {
	for _, h := range p.helpers {
		if f, _ := h.stand(); f == fit && h.resting(getMessages) <= 0 {
			able = append(able, h)
		}
	}
	return able
}

// hurried says whether a player waits for something.
func (p *Pool) hurried() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, j := range p.jobs {
		if j.urgency == teleplay.Urgent {
			return true
		}
	}
	return false
}

// page is the next messages to read, the newest wish first.
func (p *Pool) page() (page []int32, more bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	seen := map[int32]bool{}
	for len(p.foreseen) > 0 && len(page) < questionMost {
		last := len(p.foreseen) - 1
		if m := p.foreseen[last]; !seen[m] {
			seen[m] = true
			page = append(page, m)
		}
		p.foreseen = p.foreseen[:last]
	}
	return page, len(p.foreseen) > 0
}

// read has one helper learn what it does not know of a page, or has known for long.
func (p *Pool) read(ctx context.Context, h *helper, page []int32) {
	var ask []int32
	olds := map[int32]*document{}
	now := time.Now()
	p.mu.Lock()
	for _, m := range page {
		d := h.messages.known(m)
		if !p.isGone(m) && (d == nil || p.old(d, now)) {
			ask, olds[m] = append(ask, m), d
		}
	}
	p.mu.Unlock()
	if len(ask) == 0 {
		return
	}
	msgs, err := h.read(ctx, ask...)
	if err != nil {
		h.suffer(getMessages, h.lane(0), err)
		return
	}
	for _, m := range msgs {
		message := int32(m.GetID())
		old, asked := olds[message]
		if !asked {
			continue
		}
		d, err := found(m)
		switch {
		case err != nil:
			p.mu.Lock()
			p.lost(message)
			p.mu.Unlock()
		case old != nil:
			h.messages.renewed(message, old, d)
		default:
			h.messages.learned(message, d)
		}
	}
	p.news() // jobs may stand and wait for what was learned
}

// read reads messages of the storage channel.
func (h *helper) read(ctx context.Context, messages ...int32) ([]tg.MessageClass, error) {
	if wait := h.resting(getMessages); wait > 0 {
		return nil, errParked{wait}
	}
	channel, err := h.storage(ctx)
	if err != nil {
		return nil, err
	}
	return messagesOf(ctx, h.api(), channel, messages...)
}

// old says whether a document's reference should be fetched anew before it runs
// out. p.mu is held.
func (p *Pool) old(d *document, now time.Time) bool {
	// The longer ago one ran out, the longer they may live again.
	life := min(p.life+now.Sub(p.lived)/16, p.wire.ReferenceAge)
	return now.Sub(d.fetched) > life && now.UnixNano() >= d.again.Load()
}

// expiry is when a reference was refused that had been fetched at a time: those of
// other helpers that are as old will be refused too.
type expiry struct{ fetched, refused time.Time }

// runsOut says that a helper's reference is as old as one that ran out.
func (p *Pool) runsOut(message int32, d *document) bool {
	e, ok := p.expired[message]
	return ok && d.fetched.Before(e.refused) && d.fetched.Before(e.fetched.Add(sameAge))
}

// aged learns from a reference that has run out. p.mu is held.
func (p *Pool) aged(message int32, d *document, err error, now time.Time) {
	if !ranOut(err) {
		return
	}
	for m, e := range p.expired {
		if now.Sub(e.refused) > missingFor {
			delete(p.expired, m)
		}
	}
	if e, ok := p.expired[message]; !ok || d.fetched.After(e.fetched.Add(sameAge)) {
		p.expired[message] = expiry{d.fetched, now}
	}
	if d.good.Load() {
		p.life, p.lived = max(now.Sub(d.fetched)/10*7, lifeLeast), now
	}
}

// resolve has a helper read the message, once at a time: d is what it knows of it,
// which is used until there is another; nil = nothing. p.mu is held.
func (p *Pool) resolve(h *helper, message int32, d *document) {
	w := wish{h, message}
	if _, ok := p.resolving[w]; ok || p.ended {
		return
	}
	p.resolving[w] = time.Now()
	p.start(func() {
		ctx, cancel := context.WithTimeout(context.Background(), urgentAnswer)
		defer cancel()
		var err error
		if d == nil {
			_, err = h.resolve(ctx, message)
		} else {
			var fresh *document
			if fresh, err = h.look(ctx, message); err == nil {
				h.messages.renewed(message, d, fresh)
			}
		}
		if err != nil && ctx.Err() != nil {
			err = errLate
		}
		if err != nil {
			h.suffer(getMessages, h.lane(0), err)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.resolving, w)
		if d != nil && err != nil {
			d.again.Store(time.Now().Add(renewPause).UnixNano()) // no question with every part
		}
		p.resolved(w, err)
		p.pump(time.Now())
	})
}

// resolved tells the jobs of a message how a helper's question about it ended.
// p.mu is held.
func (p *Pool) resolved(w wish, err error) {
	if err == nil {
		return
	}
	act := judge(err).act
	if act == actMissing {
		p.lost(w.message)
		return
	}
	for _, j := range p.jobs {
		if j.id.Message != w.message {
			continue
		}
		j.last = err
		if act != actPark && act != actShut {
			j.tried[w.helper] = true
		}
	}
}

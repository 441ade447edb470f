package telegram

import (
	"context"
	"time"
)

// old says whether a document's reference should be fetched anew before it runs
// out. p.mu is held.
func (p *Pool) old(d *document, now time.Time) bool { return now.Sub(d.fetched) > p.life }

// aged learns from a reference that has run out. p.mu is held.
func (p *Pool) aged(d *document, now time.Time) {
	if d.good.Load() {
		p.life = min(p.life, max(now.Sub(d.fetched)/10*7, time.Second))
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
		var err error
		if d == nil {
			_, err = h.resolve(context.Background(), message)
		} else {
			var fresh *document
			if fresh, err = h.look(context.Background(), message); err == nil {
				h.messages.renewed(message, d, fresh)
			}
		}
		if err != nil {
			h.suffer(getMessages, h.lane(0), err)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.resolving, w)
		if d != nil && err != nil {
			d.fetched = time.Now() // no question with every part
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

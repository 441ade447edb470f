package telegram

import (
	"time"

	"github.com/teleplay/teleplay"
)

// spot is where a part could be asked for.
type spot struct {
	helper *helper
	lane   *lane
	doc    *document
}

// prospect is why nobody, or not everybody, can be asked for a job's parts.
type prospect struct {
	known   bool      // some helper can
	tried   bool      // one was tried
	wait    bool      // one will have news
	until   time.Time // one rests until then; zero = none
	since   time.Time // one has been resolving the message since; zero = none
	unasked *helper   // might resolve it
}

func (w *prospect) rests(until time.Time) {
	if w.until.IsZero() || until.Before(w.until) {
		w.until = until
	}
}

// pump asks for all that can be asked for now, the most urgent first, and sets the
// timer for what will be due. Everything that changes calls it. p.mu is held.
func (p *Pool) pump(now time.Time) {
	if p.ended {
		return
	}
	p.due = time.Time{}
	for i, h := range p.helpers {
		p.stands[i].fitness, p.stands[i].until = h.stand()
	}
	p.expire(now)
	for _, h := range p.helpers {
		if next := h.trim(now, func(l *lane) time.Time { return l.idleSince(now) }); !next.IsZero() {
			p.at(next)
		}
	}
	p.sendAll(teleplay.Urgent, true, now)
	for u := teleplay.Urgent; u <= teleplay.HandOver; u++ {
		p.sendAll(u, false, now)
	}
	p.timer.Stop()
	if !p.due.IsZero() {
		p.timer.Reset(max(p.due.Sub(now), 0))
	}
}

// at has pump called at t at the latest. p.mu is held.
func (p *Pool) at(t time.Time) {
	if p.due.IsZero() || t.Before(p.due) {
		p.due = t
	}
}

// sendAll asks for what is of urgency u, in order of arrival; edge: for leading edges
// alone.
func (p *Pool) sendAll(u teleplay.Urgency, edge bool, now time.Time) {
	for i := 0; i < len(p.jobs); {
		j := p.jobs[i]
		for (!edge || j.plan.edge()) && p.send(j, u, now) {
		}
		if !j.over {
			i++
		}
	}
}

// send asks for the job's next part if its urgency is u; true: one was asked for.
func (p *Pool) send(j *job, u teleplay.Urgency, now time.Time) bool {
	if j.over {
		return false
	}
	if j.rest.After(now) {
		p.at(j.rest)
		return false
	}
	wanted := j.wanted()
	if wanted == 0 {
		if j.complete() {
			p.finish(j, nil)
		} else if j.sink.Missing() == 0 {
			p.at(now.Add(puttingTime)) // the last Put may end without a word
		}
		return false
	}
	if j.rank(wanted) != u {
		return false
	}
	w := p.look(j, now)
	if j.over {
		return false
	}
	burst, urgent := u == teleplay.Urgent, u == teleplay.Urgent && j.plan.edge()
	r, _ := j.plan.next(wanted, len(p.spots), p.idle(now) > 1)
	s, start, ok := p.best(r, urgent, now, nil, nil)
	if !ok {
		if len(p.spots) > 0 {
			p.crowd(u, now)
		}
		p.stuck(j, w, now)
		return false
	}
	if start.After(now) {
		p.at(start)
		return false
	}
	if burst && s.lane.flying > windowFirst {
		p.crowd(u, now)
	}
	if !urgent {
		r = r.upTo(s.lane.bulkParts(now))
	}
	p.turn++
	if second, ok := p.halve(j, r, s, now); ok && urgent {
		if p.askHalves(j, r, [2]spot{s, second}, now) {
			j.plan.made(r)
		}
	} else if p.ask(j, r, s, urgent, now) != nil {
		j.plan.made(r)
	}
	return true
}

// halve is a second lane for a part that is asked for in halves: where both have been
// idle so long that TCP begins anew.
func (p *Pool) halve(j *job, r run, s spot, now time.Time) (second spot, ok bool) {
	if r.parts != 1 || r.length(j.size) != partBytes || !s.lane.idle(now) {
		return spot{}, false
	}
	second, start, ok := p.best(r, true, now, nil, s.lane)
	return second, ok && !start.After(now) && second.lane.idle(now)
}

// idle is how many of the spots' lanes have been idle so long that TCP begins anew.
func (p *Pool) idle(now time.Time) (n int) {
	for _, s := range p.spots {
		if s.lane.flying == 0 && s.lane.idle(now) {
			n++
		}
	}
	return n
}

// crowd has the helpers grow lanes where the parts of the spots wait.
func (p *Pool) crowd(u teleplay.Urgency, now time.Time) {
	for _, s := range p.spots {
		if !s.lane.doubtful() { // a silent line is no reason for another
			s.helper.grow(s.lane.dc, u == teleplay.Urgent, now)
		}
	}
}

// best is the spot that will have a run first, or that part of it which fits a lane
// well, and when it may be asked for there. Those of helper and lane are left out.
func (p *Pool) best(r run, urgent bool, now time.Time, but *helper, butLane *lane) (best spot, start time.Time, ok bool) {
	var finish time.Time
	for i := range p.spots {
		s := p.spots[(p.turn+i)%len(p.spots)]
		size := r.limit()
		if !urgent {
			size = r.upTo(s.lane.bulkParts(now)).limit()
		}
		if s.helper == but || s.lane == butLane || !s.lane.takes(now, size, urgent) {
			continue
		}
		from := now
		if s.lane.next.After(now) {
			from = s.lane.next
		}
		if f := from.Add(s.lane.time(now, size)); !ok || f.Before(finish) {
			best, start, finish, ok = s, from, f, true
		}
	}
	return best, start, ok
}

// look finds the spots for a job's parts, and has helpers resolve its message who
// do not know it.
func (p *Pool) look(j *job, now time.Time) (w prospect) {
	p.spots, p.dubious = p.spots[:0], p.dubious[:0]
	message := j.id.Message
	for i := range p.helpers {
		i = (p.turn + i) % len(p.helpers)
		h, st := p.helpers[i], p.stands[i]
		switch {
		case st.fitness == outside:
			continue
		case st.fitness == coming:
			w.wait = true
			continue
		case st.fitness == resting:
			w.rests(st.until)
			continue
		case j.tried[h]:
			w.tried = true
			continue
		}
		d := h.messages.known(message)
		if d == nil {
			p.unknown(&w, h, message)
			continue
		}
		if d.size > 0 && j.id.Length(d.size) != j.size {
			j.last = errSize
			j.tried[h], w.tried, j.with(h).size = true, true, true
			if j.count(func(f *failures) bool { return f.size }) >= min(2, len(p.helpers)) { // no slip of one
				p.finish(j, missing()) // what the job asks for is not there; the message may be
				return w
			}
			continue
		}
		if p.runsOut(message, d) {
			p.resolve(h, message, d)
			w.since = now
			continue
		}
		w.known = true
		if p.old(d, now) {
			p.resolve(h, message, d)
		}
		up := false
		for _, l := range h.fan(d.dc) {
			if l.connected() {
				up = true
				if j.avoid[l] {
					w.tried = true
					continue
				}
				p.meet(l)
				if l.doubtful() {
					p.dubious = append(p.dubious, spot{h, l, d})
				} else {
					p.spots = append(p.spots, spot{h, l, d})
				}
			}
		}
		w.wait = w.wait || !up
	}
	if len(p.spots) == 0 {
		p.spots = append(p.spots, p.dubious...)
	}
	p.introduce(j, &w, now)
	return w
}

// unknown notes a helper that has not resolved the message.
func (p *Pool) unknown(w *prospect, h *helper, message int32) {
	if since, ok := p.resolving[wish{h, message}]; ok {
		if w.since.IsZero() || since.After(w.since) {
			w.since = since
		}
		return
	}
	if wait := h.resting(getMessages); wait > 0 {
		w.rests(p.wire.Now().Add(wait))
		return
	}
	if !h.lane(0).connected() {
		w.wait = true
		return
	}
	if w.unasked == nil || h.lane(0).flying < w.unasked.lane(0).flying {
		w.unasked = h
	}
}

// meet has a lane share what is known of its data centre.
func (p *Pool) meet(l *lane) {
	if l.far != nil {
		return
	}
	far := p.far[l.dc]
	if far == nil {
		far = &distance{}
		p.far[l.dc] = far
	}
	far.saw(time.Duration(l.hello.Load()))
	l.far = far
}

// introduce has helpers resolve the job's message: one at first, for it may be
// gone, another if that one takes its time, all when it is known to be there.
func (p *Pool) introduce(j *job, w *prospect, now time.Time) {
	message := j.id.Message
	if w.unasked == nil {
		return
	}
	switch {
	case w.known:
		for i, h := range p.helpers {
			if p.stands[i].fitness == fit && !j.tried[h] && h.messages.known(message) == nil && h.resting(getMessages) <= 0 && h.lane(0).connected() {
				p.resolve(h, message, nil)
			}
		}
	case w.since.IsZero():
		p.resolve(w.unasked, message, nil)
		w.since = now
		p.at(now.Add(w.unasked.patience()))
	case !now.Before(w.since.Add(w.unasked.patience())):
		p.resolve(w.unasked, message, nil)
	default:
		p.at(w.since.Add(w.unasked.patience()))
	}
}

// patience is how long another helper may take to resolve a message before this one
// is asked too: two questions, which take a round trip each.
func (h *helper) patience() time.Duration {
	return max(hedgeLeast, 3*time.Duration(h.lane(0).hello.Load()))
}

// stuck decides what a job without a spot waits for.
func (p *Pool) stuck(j *job, w prospect, now time.Time) {
	switch {
	case len(p.spots) > 0, !w.since.IsZero(), p.counted(j):
		return // an answer will come, or be late
	case w.tried:
		p.again(j, now)
		if !j.over {
			p.at(j.rest)
		}
	case w.wait && !w.until.IsZero():
		p.at(now.Add(w.until.Sub(p.wire.Now())))
	case w.wait:
	case !w.until.IsZero():
		p.finish(j, p.told(j.id, errBusy{w.until}))
	}
}

// counted says whether a part of the job is on its way that is counted on.
func (p *Pool) counted(j *job) bool {
	for _, a := range j.asks {
		if !a.late {
			return true
		}
	}
	return false
}

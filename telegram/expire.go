package telegram

import (
	"errors"
	"time"

	"github.com/teleplay/teleplay"
)

// expire ends what has taken too long, and asks twice for what takes its time.
func (p *Pool) expire(now time.Time) {
	for _, j := range append([]*job(nil), p.jobs...) {
		if end := later(j.progress, j.raised).Add(j.stall()); now.Before(end) {
			p.at(end)
		} else {
			p.finish(j, p.told(j.id, errors.Join(errLate, j.last)))
		}
	}
	for i := 0; i < len(p.asks); i++ {
		a := p.asks[i]
		if a.late {
			// One answer was lost that others came after: the connection holds what it
			// owes for ever, so it is replaced.
			if end := a.sent.Add(2 * bulkAnswer); now.Before(end) {
				p.at(end)
			} else if !a.given {
				a.given = true
				a.lane.fail(errLate)
			}
			continue
		}
		end := a.sent.Add(bulkAnswer)
		if u := a.urgent(); u.After(a.sent) || a.job.urgency == teleplay.Urgent {
			end = earlier(end, u.Add(urgentAnswer))
		}
		if now.Before(end) {
			p.at(end)
			p.hedge(a, now)
			continue
		}
		a.late = true
		a.lane.gaveUp(now, a.bytes)
		a.lane.doubt(a.before)
		a.lane.missed(a.before)
		p.stats.Late++
		if !a.job.over {
			p.avoid(a)
		}
	}
}

// avoid has the job of a part that came too late turn to other helpers, or to other
// lanes where there are none.
func (p *Pool) avoid(a *ask) {
	j := a.job
	j.last = errLate
	if p.others(j, a.helper) {
		j.tried[a.helper] = true
	} else {
		j.avoid[a.lane] = true
	}
}

// others says whether another helper than h can be asked for the job.
func (p *Pool) others(j *job, h *helper) bool {
	for _, other := range p.helpers {
		if f, _ := other.stand(); other != h && f == fit && !j.tried[other] {
			return true
		}
	}
	return false
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// urgent is since when a player has waited for the part.
func (a *ask) urgent() time.Time {
	if a.job.raised.After(a.sent) {
		return a.job.raised
	}
	return a.sent
}

// outlier says that a part's lane is worse than the others: where all are busy and
// none has brought anything since, it is the machine or the line of the house that is
// slow, and a second question only makes it slower.
func (p *Pool) outlier(a *ask) bool {
	others := false
	for _, s := range p.spots {
		if s.lane == a.lane {
			continue
		}
		others = true
		if s.lane.flying == 0 || s.lane.came.After(a.sent) {
			return true
		}
	}
	return !others
}

// hedge asks another helper, or at least another lane, for a part that a player has
// waited for too long.
func (p *Pool) hedge(a *ask, now time.Time) {
	j := a.job
	if a.twice || j.over || j.urgency != teleplay.Urgent || j.sink.Missing()&a.run.mask() == 0 {
		return
	}
	when := a.sent.Add(p.hedges.patience(classOf(a.lane.dc, a.run), a.expected))
	if p.hedges.calm.After(when) {
		when = p.hedges.calm
	}
	if now.Before(when) {
		p.at(when)
		return
	}
	a.lane.doubt(a.before)
	p.look(j, now)
	if !p.outlier(a) {
		p.at(now.Add(hedgeLeast))
		return
	}
	s, _, ok := p.best(a.run, true, now, a.helper, nil)
	if !ok {
		s, _, ok = p.best(a.run, true, now, nil, a.lane)
	}
	if !ok || !p.hedges.may(now) {
		p.at(now.Add(hedgeLeast))
		return
	}
	if twin := p.ask(j, a.run, s, true, now); twin != nil {
		p.hedges.spent(now)
		p.stats.Hedges++
		twin.second = true
		for _, other := range j.asks { // a half's other half too
			other.twice = other.twice || other.run == a.run
		}
	}
}

package telegram

import (
	"errors"
	"time"

	"github.com/gotd/td/tg"

	"github.com/teleplay/teleplay"
)

// ask is one question in flight. The Pool's mu guards what changes.
type ask struct {
	job    *job
	run    run
	bytes  int // asked for: of all the run, or of a half
	helper *helper
	lane   *lane
	doc    *document

	sent     time.Time
	expected time.Duration
	before   int64 // answers that the lane had had
	late     bool  // nobody counts on it any more
	given    bool  // up, and its connection with it
	twice    bool  // another helper was asked for the same, or this is it
	second   bool  // this is it
}

// ask sends one run on its way; nil: the lane has just lost its connection. p.mu is
// held.
func (p *Pool) ask(j *job, r run, s spot, urgent bool, now time.Time) *ask {
	a := &ask{job: j, run: r, bytes: r.limit()}
	return p.dispatch(a, s, r.offset(), &filePart{r.length(j.size), func(b []byte) { j.sink.Put(r.part, b) }, &p.wire.frames}, urgent, now)
}

// askHalves asks for one part over two lanes: a line that was idle brings 14 KiB in
// its first round trip, and a part is 16. False: a lane has lost its connection. p.mu
// is held.
func (p *Pool) askHalves(j *job, r run, lanes [2]spot, now time.Time) bool {
	h := &halves{put: func(b []byte) { j.sink.Put(r.part, b) }}
	for i, s := range lanes {
		a := &ask{job: j, run: r, bytes: halfBytes}
		if p.dispatch(a, s, r.offset()+i*halfBytes, &filePart{halfBytes, func(b []byte) { h.take(i, b) }, &p.wire.frames}, true, now) == nil {
			return false
		}
	}
	return true
}

// dispatch sends a question for a.bytes from offset on in its chunk.
func (p *Pool) dispatch(a *ask, s spot, offset int, into *filePart, urgent bool, now time.Time) *ask {
	a.helper, a.lane, a.doc, a.sent = s.helper, s.lane, s.doc, now
	a.expected, a.before = s.lane.time(now, a.bytes), s.lane.answers.Load()
	j := a.job
	err := s.lane.ask(&tg.UploadGetFileRequest{
		Precise: true, Location: s.doc.at, Offset: j.id.Offset() + int64(offset), Limit: a.bytes,
	}, into, func(err error) { p.answered(a, err) })
	if err != nil {
		return nil
	}
	s.lane.sent(now, a.bytes)
	if urgent {
		s.lane.next = now.Add(burstGap)
	}
	p.asks = append(p.asks, a)
	j.asks = append(j.asks, a)
	p.hedges.asked(now)
	p.at(now.Add(min(p.hedges.patience(classOf(a.lane.dc, a.run), a.expected), urgentAnswer))) // nothing else may happen till then
	p.stats.Parts++
	return a
}

// answered takes the outcome of a part, late ones too.
func (p *Pool) answered(a *ask, err error) {
	if err != nil && !p.bring(a, err) {
		a.helper.suffer(getFile, a.lane, err)
	}
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, other := range p.asks {
		if other == a {
			p.asks = append(p.asks[:i], p.asks[i+1:]...)
			break
		}
	}
	a.job.remove(a)
	if a.late {
		a.lane.flying += a.bytes // given back already
	}
	a.lane.answered(now, a.sent, a.bytes, a.expected, err == nil)
	if err == nil {
		a.lane.came = now
		a.doc.good.Store(true)
		p.hedges.note(classOf(a.lane.dc, a.run), now.Sub(a.sent))
		if a.second {
			p.stats.HedgesWon++
		}
		a.job.progress = now
	} else {
		if judge(err).act == actPark {
			a.helper.each(func(l *lane) { l.flooded(now) })
		}
		if !a.job.over {
			p.failed(a, err, now)
		}
	}
	p.pump(now)
}

// failed decides how the job of a part that failed goes on. p.mu is held.
func (p *Pool) failed(a *ask, err error, now time.Time) {
	j, h := a.job, a.helper
	j.last = err
	with := j.with(h)
	switch v := judge(err); {
	case v.act == actMissing:
		p.lost(j.id.Message)
	case v.act == actPark, v.act == actShut:
		// It rests now; others are asked.
	case v.act == actBug:
		p.wire.Log.Error("Telegram refuses our question", "chunk", j.id, "part", a.run.part, "parts", a.run.parts, "err", err.Error())
		p.finish(j, err)
	case v.act == actRefresh:
		p.aged(j.id.Message, a.doc, err, now)
		if with.old != a.doc {
			with.old = a.doc
			with.refreshed++
		}
		if with.refreshed <= refreshMost && h.messages.stale(j.id.Message, a.doc, h.wire.Now()) {
			return
		}
		j.tried[h], with.reference = true, true
		if n := j.count(func(f *failures) bool { return f.reference }); n >= min(referencesFail, len(p.helpers)) {
			p.finish(j, p.told(j.id, err))
		}
	case v.act == actMigrate && with.hops < hopsMost:
		with.hops++
		h.messages.moved(j.id.Message, a.doc, v.dc)
	case v.act == actRetry && j.urgency != teleplay.Urgent:
		if p.again(j, now); p.others(j, h) {
			j.tried[h] = true
		}
	case unsent(err): // the lane is out; the helper's others are not
	default:
		j.tried[h] = true
	}
}

// again has the job wait before it asks anybody; after too often it fails. p.mu is
// held.
func (p *Pool) again(j *job, now time.Time) {
	if j.rest.After(now) {
		return
	}
	if j.rounds >= roundsMost && !unsent(j.last) {
		p.finish(j, p.told(j.id, errors.Join(errTried, j.last)))
		return
	}
	j.rest = now.Add(min(firstPause<<(2*min(j.rounds, roundsMost)), lastPause))
	j.rounds++
	clear(j.tried)
	clear(j.avoid)
}

package telegram

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"

	"github.com/teleplay/teleplay"
)

const (
	urgentAnswer = 5 * time.Second  // for one part that a player waits for
	bulkAnswer   = 15 * time.Second // for any other
	// stallMost is how long a fetch goes on without a single part: that of a player
	// so short that it can still be told, another so long that a part which got no
	// answer has time to go to another helper.
	stallMost     = 10 * time.Second
	bulkStallMost = 25 * time.Second
	// A run that every helper has failed is asked for again after 0.1, 0.4, 1.6 s,
	// and so on with the last; after roundsMost answers in words the fetch fails.
	firstPause = 100 * time.Millisecond
	lastPause  = 1600 * time.Millisecond
	roundsMost = 3
	// Parts of one chunk in flight: enough that the connection never idles between
	// two answers, few enough that a chunk given up leaves little behind.
	urgentWindow = 4
	bulkWindow   = 2
)

var (
	errLength = errors.New("answer of a wrong length")
	errCDN    = errors.New("redirected to a CDN")
	errSize   = errors.New("the stored file has another size")
)

// Fetch fills the missing parts of chunk id, which has size bytes, from the part
// with byte from to the end and then the front. It returns nil when nothing is
// missing. Errors: ErrNotFound file_missing, ErrUnavailable upstream_busy (all
// bots rest; Retry says until when) and upstream_timeout, or ctx's. Parts asked
// before an error may still come.
func (p *Pool) Fetch(ctx context.Context, id teleplay.ChunkID, size, from int, u teleplay.Urgency, sink teleplay.Sink) error {
	if size <= 0 {
		return nil
	}
	if p.isGone(id.Message) {
		return missing()
	}
	f := &fetch{pool: p, id: id, size: size, sink: sink, tried: map[*helper]bool{}, other: map[*helper]bool{},
		plan: plan{size: size, from: from, urgent: u == teleplay.Urgent}}
	f.window, f.answer, f.stall = bulkWindow, bulkAnswer, bulkStallMost
	if f.plan.urgent {
		f.window, f.answer, f.stall = urgentWindow, urgentAnswer, stallMost
	}
	f.results = make(chan result, f.window)
	return f.run(ctx)
}

// fetch is one call of Fetch. Its fields belong to that call's goroutine.
type fetch struct {
	pool    *Pool
	id      teleplay.ChunkID
	size    int
	sink    teleplay.Sink
	plan    plan
	window  int
	answer  time.Duration
	stall   time.Duration
	results chan result // holds all that are in flight, so that no part waits for us

	flying uint64 // parts in flight
	count  int    // runs in flight
	tried  map[*helper]bool
	rounds int              // how often every helper was tried
	rest   <-chan time.Time // until all are tried again; nil = no pause
	other  map[*helper]bool // who see another size
	last   error            // of the last run that failed
}

type result struct {
	run    run
	helper *helper
	err    error
}

func (f *fetch) run(ctx context.Context) error {
	stall := time.NewTimer(f.stall)
	defer stall.Stop()
	for {
		changed := f.pool.waiter()
		done, err := f.fill()
		if done && f.count == 0 {
			return nil
		}
		if err != nil && f.count == 0 && f.rest == nil && !errors.As(err, new(errNoHelper)) {
			return f.pool.told(f.id, errors.Join(err, f.last))
		}
		select {
		case r := <-f.results:
			f.count--
			f.flying &^= r.run.mask()
			if r.err == nil {
				stall.Reset(f.stall)
				continue
			}
			if err := f.failed(r); err != nil {
				return f.pool.told(f.id, err)
			}
		case <-f.rest:
			f.rest = nil
			clear(f.tried)
		case <-changed:
		case <-f.pool.wake(err):
		case <-stall.C:
			return f.pool.told(f.id, errors.Join(errLate, err, f.last))
		case <-ctx.Done():
			return fmt.Errorf("fetch %v: %w", f.id, ctx.Err())
		}
	}
}

// fill asks for parts until the window is full; done when none is left to ask.
func (f *fetch) fill() (done bool, err error) {
	for f.count < f.window {
		probe := f.plan
		r, ok := probe.next(f.sink.Missing() &^ f.flying)
		if !ok {
			return true, nil
		}
		h, err := f.pool.pick(f.id.Message, f.tried)
		if errors.Is(err, errTried) && f.count == 0 && f.rest == nil && (f.rounds < roundsMost || unsent(f.last)) {
			// All over again after a pause: a few times, or as long as connections
			// come and go.
			f.rest = time.After(min(firstPause<<(2*min(f.rounds, roundsMost)), lastPause))
			f.rounds++
		}
		if err != nil {
			return false, err
		}
		f.plan = probe
		h.bytes.Add(int64(r.limit()))
		if !f.pool.start(func() {
			err := f.ask(h, r)
			h.bytes.Add(-int64(r.limit()))
			f.results <- result{r, h, err}
		}) {
			h.bytes.Add(-int64(r.limit()))
			return false, errClosed
		}
		f.count++
		f.flying |= r.mask()
	}
	return false, nil
}

// failed looks after a run that failed; an error ends the fetch.
func (f *fetch) failed(r result) error {
	f.last = r.err
	switch judge(r.err).act {
	case actMissing:
		return f.pool.lost(f.id.Message)
	case actPark, actShut:
		// It rests now; others are asked.
	case actBug:
		f.pool.wire.Log.Error("Telegram refuses our question", "chunk", f.id, "part", r.run.part, "parts", r.run.parts, "err", r.err.Error())
		return r.err
	default:
		f.tried[r.helper] = true
		if errors.Is(r.err, errSize) {
			f.other[r.helper] = true
			if len(f.other) >= min(2, len(f.pool.helpers)) { // no slip of one
				return f.pool.lost(f.id.Message)
			}
		}
	}
	return nil
}

// ask fetches one run through one helper. It does not touch f's changing fields.
func (f *fetch) ask(h *helper, r run) error {
	// A part in flight is never cancelled.
	return h.download(context.Background(), f.id.Message, func(ctx context.Context, l *lane, d *document) error {
		return f.part(ctx, l, d, r)
	})
}

// unsent says that err is a broken connection's and no answer to a question.
func unsent(err error) bool {
	if _, answered := tgerr.As(err); answered {
		return false
	}
	return !useless(err) && !errors.Is(err, errSize) && !errors.Is(err, errLate)
}

// part asks for the bytes of a run and puts them into the sink, late ones too.
func (f *fetch) part(ctx context.Context, l *lane, d *document, r run) error {
	if d.size > 0 && f.id.Length(d.size) != f.size {
		return fmt.Errorf("%w: %d bytes", errSize, d.size)
	}
	return l.call(ctx, f.answer, &tg.UploadGetFileRequest{
		Precise: true, Location: d.at, Offset: f.id.Offset() + int64(r.offset()), Limit: r.limit(),
	}, &filePart{r.length(f.size), func(b []byte) { f.sink.Put(r.part, b) }}, nil)
}

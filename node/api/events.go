package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/teleplay/teleplay"
)

const (
	// beat is how often a quiet event stream says that it lives: by an event, for
	// browsers hide comments and a page could not tell a dead stream from a quiet one.
	beat = 15 * time.Second
	// newsAtOnce bounds what one look-up brings.
	newsAtOnce = 100
)

// events answers GET /api/events: the user's news as server-sent events, whose id
// is the catalog's revision.
func (a *API) events(ctx context.Context, q *request) error {
	if a.draining() {
		return errDraining
	}
	if !q.Request.Header.IsHTTP11() {
		return teleplay.Fail(teleplay.ErrInvalid, "bad_request", "Events need HTTP/1.1.")
	}
	rev, err := a.lib.Rev(ctx, q.user.ID)
	if err != nil {
		return err
	}
	leave, err := a.limits.events.take(q.user.ID)
	if err != nil {
		return err
	}
	f := &feed{a: a, user: q.user.ID, session: q.session, rev: rev}
	// The feed outlives the handler: it owns the context of its look-ups.
	f.ctx, f.cancel = context.WithCancel(context.Background())
	f.close = sync.OnceFunc(func() {
		f.cancel()
		leave()
	})
	f.forget = a.add(connOf(q), f.cancel)
	q.Response.SetBodyStream(f, -1) // which closes it, whatever happens
	f.begin(q)
	h := &q.Response.Header
	h.SetContentType("text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	return nil
}

// feed is the body of an event stream. fasthttp reads it and flushes what each
// Read gives.
type feed struct {
	a             *API
	user, session int32
	ctx           context.Context
	cancel        func()
	forget        func()
	close         func()

	rev   int64 // the last one told
	out   bytes.Buffer
	ended bool // nothing comes after out
}

// begin says where the feed starts: after Last-Event-ID, or now. A client that
// names a place that never was gets a resync.
func (f *feed) begin(q *request) {
	id, once := q.header("Last-Event-ID")
	seen, err := strconv.ParseInt(id, 10, 64)
	switch {
	case id == "" && once:
		fmt.Fprintf(&f.out, ": hello\nid: %d\n\n", f.rev)
	case !once || err != nil || seen < 0 || seen > f.rev:
		f.tell("resync", struct{}{})
	default:
		f.rev = seen
		f.out.WriteString(": hello\n\n")
	}
}

// Close ends the feed; it may come twice.
func (f *feed) Close() error {
	f.forget()
	f.close()
	return nil
}

// Read waits for the next news.
func (f *feed) Read(p []byte) (int, error) {
	for f.out.Len() == 0 {
		if f.ended {
			return 0, io.EOF
		}
		if err := f.next(); err != nil {
			return 0, err
		}
	}
	return f.out.Read(p)
}

// next fills out with news, or with a beat when there were none for 15 s.
func (f *feed) next() error {
	timer := time.NewTimer(beat)
	defer timer.Stop()
	for {
		changed := f.a.lib.Changed()
		over := f.a.over(f.session) // before the look, which then finds what tells of the end
		if err := f.pull(); err != nil {
			return err
		}
		if f.out.Len() > 0 || f.ended {
			return nil
		}
		if over {
			return io.EOF // it ended between our login and our first look
		}
		select {
		case <-changed:
		case <-timer.C:
			f.out.WriteString("event: beat\ndata: {}\n\n")
			return nil
		case <-f.a.stop:
			return io.EOF
		case <-f.ctx.Done():
			return errGone
		}
	}
}

// pull writes what has come since rev.
func (f *feed) pull() error {
	list, complete, err := f.a.lib.Events(f.ctx, f.user, f.rev, newsAtOnce)
	if err != nil {
		return fmt.Errorf("list events: %w", err)
	}
	if !complete {
		if f.rev, err = f.a.lib.Rev(f.ctx, f.user); err != nil {
			return fmt.Errorf("find revision: %w", err)
		}
		f.tell("resync", struct{}{})
		return nil
	}
	for _, e := range newest(list) {
		f.rev = e.Rev
		if err := f.news(e); err != nil {
			return err
		}
		if f.ended {
			return nil
		}
	}
	return nil
}

// newest keeps the last event of each object, for what goes out is the object as
// it is now; one that was added meanwhile stays added.
func newest(list []teleplay.Event) []teleplay.Event {
	type object struct {
		kind string
		id   int32
	}
	place := map[object]int{}
	out := list[:0]
	for _, e := range list {
		o := object{e.Kind, e.ID}
		if i, ok := place[o]; ok {
			if out[i].Action == "added" && e.Action == "changed" {
				e.Action = "added"
			}
			out[i].Kind = "" // superseded
		}
		place[o] = len(out)
		out = append(out, e)
	}
	return slices.DeleteFunc(out, func(e teleplay.Event) bool { return e.Kind == "" })
}

type fileEvent struct {
	Action string     `json:"action"`
	ID     int32      `json:"id"`
	File   *fileShape `json:"file"`
}

type folderEvent struct {
	Action string       `json:"action"`
	ID     int32        `json:"id"`
	Folder *folderShape `json:"folder"`
}

type sessionEvent struct {
	ID    int32 `json:"id"`
	Ended bool  `json:"ended"`
}

// news writes one event with its object as it is now; one that has gone since is
// told as null and its own removal follows.
func (f *feed) news(e teleplay.Event) error {
	switch e.Kind {
	case "file":
		out := fileEvent{Action: e.Action, ID: e.ID}
		file, err := f.a.lib.File(f.ctx, f.user, e.ID)
		if err == nil && e.Action != "removed" {
			shape := f.a.fileShape(file)
			out.File = &shape
		} else if err != nil && !errors.Is(err, teleplay.ErrNotFound) {
			return fmt.Errorf("read file %d: %w", e.ID, err)
		}
		f.tell("file", out)
	case "folder":
		out := folderEvent{Action: e.Action, ID: e.ID}
		folder, err := f.a.lib.Folder(f.ctx, f.user, e.ID)
		if err == nil && e.Action != "removed" {
			shape := f.a.folderShape(folder)
			out.Folder = &shape
		} else if err != nil && !errors.Is(err, teleplay.ErrNotFound) {
			return fmt.Errorf("read folder %d: %w", e.ID, err)
		}
		f.tell("folder", out)
	case "progress":
		p, err := f.a.lib.Progress(f.ctx, f.user, e.ID)
		if errors.Is(err, teleplay.ErrNotFound) {
			return nil // the file has gone, and that is told
		}
		if err != nil {
			return fmt.Errorf("read progress of %d: %w", e.ID, err)
		}
		p.User, p.File = f.user, e.ID
		f.tell("progress", f.a.progressShape(p))
	case "session":
		f.tell("session", sessionEvent{e.ID, true})
		f.ended = f.ended || e.ID == f.session
	}
	return nil
}

func (f *feed) tell(name string, data any) {
	b, err := json.Marshal(data)
	if err != nil {
		return // only values of shape.go come here
	}
	fmt.Fprintf(&f.out, "id: %d\nevent: %s\ndata: %s\n\n", f.rev, name, b)
}

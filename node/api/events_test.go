package api_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/node/api"
)

// feed reads an event stream.
type feed struct {
	t   *testing.T
	a   answer
	new chan event
}

type event struct{ id, name, data string }

func (w *world) feed(token, last string) *feed {
	w.t.Helper()
	h := http.Header{}
	if last != "" {
		h.Set("Last-Event-ID", last)
	}
	f := &feed{t: w.t, a: w.raw(call{method: "GET", path: "/api/events", token: token, header: h}), new: make(chan event, 64)}
	if f.a.StatusCode != 200 || f.a.Header.Get("Content-Type") != "text/event-stream" {
		w.t.Fatalf("events: %d %v", f.a.StatusCode, f.a.Header)
	}
	go func() {
		defer close(f.new)
		var e event
		for s := bufio.NewScanner(f.a.Body); s.Scan(); {
			switch k, v, _ := strings.Cut(s.Text(), ": "); {
			case s.Text() == "":
				if e != (event{}) {
					f.new <- e
				}
				e = event{}
			case k == "id":
				e.id = v
			case k == "event":
				e.name = v
			case k == "data":
				e.data = v
			}
		}
	}()
	w.t.Cleanup(f.close)
	return f
}

func (f *feed) close() {
	_ = f.a.Body.Close()
	for range f.new {
	}
}

// next is the next event; it comes without anybody asking.
func (f *feed) next() event {
	f.t.Helper()
	select {
	case e, ok := <-f.new:
		if !ok {
			f.t.Fatal("the stream ended")
		}
		checkEvent(f.t, e)
		return e
	case <-time.After(5 * time.Second):
		f.t.Fatal("no news in 5 s")
	}
	return event{}
}

func (f *feed) want(name, part string) event {
	f.t.Helper()
	e := f.next()
	if e.name != name || !strings.Contains(e.data, part) {
		f.t.Fatalf("got %+v, want %s with %s", e, name, part)
	}
	return e
}

func TestEvents(t *testing.T) {
	w := newWorld(t)
	l := w.login(w.ada)
	f := w.feed(l.AccessToken, "")
	place := f.next() // where the stream starts
	if place.name != "" || place.id == "" {
		t.Fatalf("the start is %+v", place)
	}
	file := w.add(w.ada, teleplay.File{Size: 10})
	first := f.want("file", fmt.Sprintf(`{"action":"added","id":%d,"file":{"id":%d,`, file.ID, file.ID))
	w.add(w.bob, teleplay.File{Size: 10}) // nobody else hears that
	folder, err := w.db.AddFolder(t.Context(), w.ada.ID, "Films", 0)
	fatal(t, err)
	f.want("folder", fmt.Sprintf(`{"action":"added","id":%d,"folder":{"id":%d,`, folder.ID, folder.ID))
	w.want(200, call{method: "PUT", path: fmt.Sprintf("/api/files/%d/progress", file.ID), body: map[string]any{"position": 7}, token: l.AccessToken})
	f.want("progress", fmt.Sprintf(`"file_id":%d,"position":7`, file.ID))
	fatal(t, w.db.TrashFile(t.Context(), w.ada.ID, file.ID))
	removed := f.want("file", fmt.Sprintf(`{"action":"removed","id":%d,"file":null}`, file.ID))

	// From where another reader stopped.
	again := w.feed(l.AccessToken, first.id)
	again.want("folder", "added") // the progress of a file that has gone is no news
	if e := again.next(); e != removed {
		t.Errorf("got %+v, want %+v", e, removed)
	}
	w.fails(401, "unauthenticated", call{method: "GET", path: "/api/events"})
}

// What was changed many times is told once, as it is now.
func TestEventsOfOneObjectTogether(t *testing.T) {
	w := newWorld(t)
	l := w.login(w.ada)
	start := w.feed(l.AccessToken, "").next()
	folder, err := w.db.AddFolder(t.Context(), w.ada.ID, "Films", 0)
	fatal(t, err)
	for i := range 9 {
		name := fmt.Sprintf("Films %d", i)
		_, err := w.db.ChangeFolder(t.Context(), w.ada.ID, folder.ID, teleplay.FolderChange{Name: &name})
		fatal(t, err)
	}
	file := w.add(w.ada, teleplay.File{Size: 10})
	f := w.feed(l.AccessToken, start.id)
	f.want("folder", `{"action":"added"`)
	f.want("file", fmt.Sprintf(`"id":%d`, file.ID))
}

// quietly is a catalog that has forgotten what came before.
type quietly struct{ api.Library }

func (quietly) Events(context.Context, int32, int64, int) ([]teleplay.Event, bool, error) {
	return nil, false, nil
}

// News that are no longer kept are a resync, not silence.
func TestEventsThatAreNoLongerKept(t *testing.T) {
	w := newWorld(t, func(o *api.Options) { o.Library = quietly{o.Library} })
	w.feed(w.login(w.ada).AccessToken, "0").want("resync", "{}")
}

func TestEventsAfterAGap(t *testing.T) {
	w := newWorld(t)
	l := w.login(w.ada)
	for _, last := range []string{"999999", "-1", "x", "99999999999999999999"} {
		w.feed(l.AccessToken, last).want("resync", "{}")
	}
}

func TestEventsEndWithTheirSession(t *testing.T) {
	w := newWorld(t)
	l, other := w.login(w.ada), w.login(w.ada)
	mine, others := w.feed(l.AccessToken, ""), w.feed(other.AccessToken, "")
	mine.next()
	others.next()
	w.want(200, call{method: "POST", path: "/api/auth/logout", token: l.AccessToken})
	ended := fmt.Sprintf(`{"id":%d,"ended":true}`, l.SessionID)
	mine.want("session", ended)
	others.want("session", ended)
	if e, ok := <-mine.new; ok {
		t.Errorf("after the end came %+v", e)
	}
	w.add(w.ada, teleplay.File{Size: 1})
	others.want("file", "added")
}

func TestEventStreamsAreCounted(t *testing.T) {
	w := newWorld(t, func(o *api.Options) { o.Limits.EventStreams = 2 })
	l := w.login(w.ada)
	first := w.feed(l.AccessToken, "")
	w.feed(l.AccessToken, "").next()
	w.fails(429, "rate_limited", call{method: "GET", path: "/api/events", token: l.AccessToken})
	first.close()
	deadline := time.Now().Add(5 * time.Second)
	for {
		a := w.raw(call{method: "GET", path: "/api/events", token: l.AccessToken})
		_ = a.Body.Close()
		if a.StatusCode == 200 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the place of a client that left is still taken")
		}
	}
}

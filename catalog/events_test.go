package catalog_test

import (
	"testing"

	"github.com/teleplay/teleplay"
)

func testEvents(t *testing.T, w *world) {
	ctx := t.Context()
	equal(t, w.rev(t, w.a), int64(0))
	equal(t, w.news(t, w.a, 0), []teleplay.Event(nil))
	w.file(t, w.b, "another's", 0)
	equal(t, w.rev(t, w.a), int64(0)) // tells nothing of others
	folder := w.folder(t, w.a, "Films", 0)
	file := w.file(t, w.a, "x", folder)
	must(w.SaveProgress(ctx, w.a, file.ID, teleplay.ProgressUpdate{Position: 1}))(t)
	s := w.login(t, w.a)
	ok(t, w.RevokeSession(ctx, s.ID))
	equal(t, w.news(t, w.a, 0), []teleplay.Event{
		{Kind: "folder", Action: "added", ID: folder}, {Kind: "file", Action: "added", ID: file.ID},
		{Kind: "progress", Action: "changed", ID: file.ID}, {Kind: "session", Action: "ended", ID: s.ID},
	})
	equal(t, w.rev(t, w.a), int64(4))
	equal(t, len(w.news(t, w.a, 3)), 1)
	equal(t, len(w.news(t, w.a, 4)), 0)
	events, complete, err := w.Events(ctx, w.a, 1, 2)
	if err != nil || !complete || len(events) != 2 || events[0].Rev != 2 || events[1].Rev != 3 {
		t.Fatal(events, complete, err)
	}
	for _, never := range []int64{5, -1} { // from another database, or garbage
		_, complete, err := w.Events(ctx, w.a, never, 10)
		if complete || err != nil {
			t.Fatal(never, complete, err)
		}
	}
	_, _, err = w.Events(ctx, 77, 0, 10)
	wantErr(t, err, teleplay.ErrNotFound, "")
}

// Of a user's events the last 10,000 are kept; who asks for older ones is told.
func testEventsKept(t *testing.T, w *world) {
	ctx := t.Context()
	w.folder(t, w.a, "first", 0)
	w.folder(t, w.b, "another's", 0)
	execute(t, w.raw(t), `UPDATE users SET rev = 9999 WHERE telegram_id = 1001`) // as if many had come
	kept := func(after int64) (revs []int64) {
		t.Helper()
		events, complete, err := w.Events(ctx, w.a, after, 20_000)
		ok(t, err)
		for _, e := range events {
			revs = append(revs, e.Rev)
		}
		if !complete {
			revs = append(revs, -1)
		}
		return revs
	}
	w.folder(t, w.a, "second", 0)
	equal(t, kept(0), []int64{1, 10_000})
	w.folder(t, w.a, "third", 0)
	equal(t, kept(0), []int64{10_000, 10_001, -1})
	equal(t, kept(1), []int64{10_000, 10_001})
	equal(t, len(w.news(t, w.b, 0)), 1)
}

func testChanged(t *testing.T, w *world) {
	changed := w.Changed()
	_, err := w.AddFolder(t.Context(), w.a, "x", 77)
	wantErr(t, err, teleplay.ErrNotFound, "")
	must(w.Files(t.Context(), w.a, teleplay.FileQuery{}))(t)
	select {
	case <-changed:
		t.Fatal("woken by no commit")
	default:
	}
	w.folder(t, w.a, "x", 0)
	<-changed
	select {
	case <-w.Changed():
		t.Fatal("the next channel is closed already")
	default:
	}
}

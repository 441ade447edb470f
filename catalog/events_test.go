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

func testEventsKept(t *testing.T, w *world) {
	ctx := t.Context()
	w.folder(t, w.a, "first", 0)
	raw := w.raw(t)
	execute(t, raw, `WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
		INSERT INTO events (user_id, rev, kind, action, object_id) SELECT u.id, n.i, 'file', 'changed', 1 FROM n, users u WHERE u.telegram_id = 1001`)
	execute(t, raw, `UPDATE users SET rev = 10000 WHERE telegram_id = 1001`)
	all := func(after int64) (int, bool) {
		t.Helper()
		events, complete, err := w.Events(ctx, w.a, after, 20_000)
		ok(t, err)
		return len(events), complete
	}
	if n, complete := all(0); n != 10_000 || !complete {
		t.Fatal(n, complete)
	}
	w.folder(t, w.a, "second", 0)
	if n, complete := all(1); n != 10_000 || !complete {
		t.Fatal(n, complete)
	}
	if n, complete := all(0); n != 10_000 || complete {
		t.Fatal(n, complete)
	}
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

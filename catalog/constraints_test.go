package catalog_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/teleplay/teleplay"
)

// testConstraints checks that the tables themselves refuse what no method here
// would do.
func testConstraints(t *testing.T, w *world) {
	ctx := t.Context()
	folderA, folderB := w.folder(t, w.a, "a", 0), w.folder(t, w.b, "b", 0)
	fileA, fileB := w.file(t, w.a, "a", folderA), w.file(t, w.b, "b", 0)
	must(w.AddCode(ctx, w.device("TV")))(t)
	raw := w.raw(t)
	for name, c := range map[string]struct {
		query string
		args  []any
	}{
		"a file in a foreign folder":    {`UPDATE files SET folder_id = $1 WHERE id = $2`, []any{folderB, fileA.ID}},
		"a folder in a foreign folder":  {`UPDATE folders SET parent_id = $1 WHERE id = $2`, []any{folderB, folderA}},
		"a folder in itself":            {`UPDATE folders SET parent_id = id WHERE id = $1`, []any{folderA}},
		"a folder without its files":    {`DELETE FROM folders WHERE id = $1`, []any{folderA}},
		"a file that changes hands":     {`UPDATE files SET user_id = $1 WHERE id = $2`, []any{w.b, fileA.ID}},
		"one storage message twice":     {`UPDATE files SET channel_message_id = $1 WHERE id = $2`, []any{fileA.Message, fileB.ID}},
		"a negative size":               {`UPDATE files SET file_size = -1 WHERE id = $1`, []any{fileA.ID}},
		"a file type of its own":        {`UPDATE files SET file_type = 'exe' WHERE id = $1`, []any{fileA.ID}},
		"progress in a foreign file":    {`INSERT INTO watch_progress VALUES (9, $1, $2, 0, 0, $3, 0, 0)`, []any{w.b, fileA.ID, false}},
		"a negative position":           {`INSERT INTO watch_progress VALUES (9, $1, $2, -1, 0, $3, 0, 0)`, []any{w.a, fileA.ID, false}},
		"a thumbnail over 64 KiB":       {`INSERT INTO thumbs VALUES ($1, 'thumbnail', 'e', $2)`, []any{fileA.ID, make([]byte, 64<<10+1)}},
		"two folders of one name":       {`INSERT INTO folders SELECT 9, user_id, parent_id, name, name_key, name_sort, 0, 0, NULL FROM folders WHERE id = $1`, []any{folderA}},
		"one source twice":              {`UPDATE files SET source_chat = $1, source_message = $2 WHERE id = $3`, []any{int64(w.a), 1, fileB.ID}},
		"one update twice":              {`INSERT INTO bot_inbox (source_chat, source_message, received_at) VALUES ($1, 1, 0)`, []any{int64(w.a)}},
		"two users of one account":      {`UPDATE users SET telegram_id = 1001 WHERE id = $1`, []any{w.b}},
		"a second bot state":            {`INSERT INTO bot_state VALUES (2, 0, 0, 0, 0, '{}')`, nil},
		"one live code twice":           {`INSERT INTO login_codes SELECT 9, code, 'bare', NULL, address, user_agent, device_name, client, 0, NULL, known_place, state, 0, 0 FROM login_codes`, nil},
		"a device code without a match": {`UPDATE login_codes SET match = 0`, nil},
		"an id that is not positive":    {`UPDATE folders SET id = 0 WHERE id = $1`, []any{folderB}},
		"a session of nobody":           {`INSERT INTO sessions VALUES (9, 77, '', 1, '', '[]', '', '', '', '', 0, 0, 0, NULL)`, nil},
	} {
		if _, err := raw.ExecContext(ctx, c.query, c.args...); err == nil || !strings.Contains(err.Error(), "constraint") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// testCancel checks that a call that its caller gave up changes nothing, says so,
// and stands in nobody's way.
func testCancel(t *testing.T, w *world) {
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	u := w.upload(w.a, "x")
	if _, err := w.AddFile(gone, u); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if _, err := w.Files(gone, w.a, teleplay.FileQuery{}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 50 { // at some point of its way
		soon, cancel := context.WithCancel(t.Context())
		wg.Go(func() {
			if _, err := w.AddFile(soon, u); err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, teleplay.ErrConflict) {
				t.Error(err)
			}
		})
		wg.Go(cancel)
	}
	wg.Wait()
	if _, err := w.AddFile(t.Context(), u); err != nil {
		wantErr(t, err, teleplay.ErrConflict, "already_stored")
	}
	equal(t, must(w.Files(t.Context(), w.a, teleplay.FileQuery{}))(t).Total, 1)
	equal(t, w.rev(t, w.a), int64(1))
}

// testReopen checks that all is there when the database is opened again.
func testReopen(t *testing.T, w *world) {
	ctx := t.Context()
	u := w.upload(w.a, "x")
	u.Mark = teleplay.Mark{PTS: 7, Channels: map[int64]int{3: 4}}
	f := must(w.AddFile(ctx, u))(t)
	before := []any{must(w.Owed(ctx, 9))(t), must(w.FolderView(ctx, w.a, 0))(t), w.rev(t, w.a)}
	ok(t, w.Close())
	if _, err := w.File(ctx, w.a, f.ID); err == nil {
		t.Fatal("a closed catalog answers")
	}
	w.open(t)
	equal(t, []any{must(w.Owed(ctx, 9))(t), must(w.FolderView(ctx, w.a, 0))(t), w.rev(t, w.a)}, before)
	m, known, err := w.Mark(ctx)
	ok(t, err)
	equal(t, known, true)
	equal(t, m, u.Mark)
}

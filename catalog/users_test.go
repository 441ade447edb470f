package catalog_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
)

func testUsers(t *testing.T, w *world) {
	ctx := t.Context()
	p := teleplay.Person{ID: 5_000_000_000, Username: "ann", FirstName: "Ann", LastName: "Lee"}
	u := must(w.SeeUser(ctx, p))(t)
	want := teleplay.User{ID: u.ID, TelegramID: p.ID, Username: "ann", FirstName: "Ann", LastName: "Lee", Version: 1, Created: w.clock.Now(), LastActive: w.clock.Now()}
	equal(t, u, want)
	equal(t, must(w.User(ctx, u.ID))(t), want)
	equal(t, must(w.UserByTelegram(ctx, p.ID))(t), want)

	w.clock.advance(59 * time.Second)
	changed := w.Changed()
	equal(t, must(w.SeeUser(ctx, p))(t), want)
	select {
	case <-changed:
		t.Fatal("a second line in the same minute is a commit")
	default:
	}
	w.clock.advance(time.Second)
	want.LastActive = w.clock.Now()
	equal(t, must(w.SeeUser(ctx, p))(t), want)
	p.Username, want.Username = "lee", "lee"
	equal(t, must(w.SeeUser(ctx, p))(t), want)
	equal(t, must(w.User(ctx, u.ID))(t), want)

	_, err := w.User(ctx, 1)
	wantErr(t, err, teleplay.ErrNotFound, "")
	_, err = w.UserByTelegram(ctx, 1)
	wantErr(t, err, teleplay.ErrNotFound, "")
	_, err = w.Rev(ctx, 1)
	wantErr(t, err, teleplay.ErrNotFound, "")
}

// Ids have 7 digits until 1 in 100 of those is used, then 8.
func testIDs(t *testing.T, w *world) {
	if w.a < 1_000_000 || w.a > 9_999_999 {
		t.Fatalf("id %d has not 7 digits", w.a)
	}
	execute(t, w.raw(t), `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 90000)
		INSERT INTO users (id, telegram_id, username, first_name, last_name, created_at, last_active) SELECT i, -i, '', '', '', 0, 0 FROM n`)
	if id := w.user(t, 1003); id < 10_000_000 || id > 99_999_999 {
		t.Fatalf("id %d has not 8 digits", id)
	}
}

func execute(t testing.TB, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(context.Background(), query, args...); err != nil {
		t.Fatal(err)
	}
}

package catalog_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/catalog"
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

// Ids have 7 digits until 1 in 100 of those is used, then 8, and so on.
func TestIDRange(t *testing.T) {
	for _, c := range [][3]int64{
		{0, 1e6, 1e7}, {89_999, 1e6, 1e7}, {90_000, 1e7, 1e8}, {899_999, 1e7, 1e8}, {900_000, 1e8, 1e9}, {9_000_000, 1e9, 1<<31 - 1}, {1e9, 1e9, 1<<31 - 1},
	} {
		low, high := catalog.IDRange(c[0])
		equal(t, [3]int64{c[0], low, high}, c)
	}
}

// An id or code that the dice give twice is drawn anew.
func testIDs(t *testing.T, w *world) {
	ok(t, w.Close())
	w.options.Rand = &twice{dice: rand.NewChaCha8([32]byte{2})}
	w.open(t)
	seen := map[int32]bool{}
	for i := range 8 {
		id := w.folder(t, w.a, fmt.Sprint(i), 0)
		if id < 1_000_000 || id > 9_999_999 || seen[id] {
			t.Fatalf("id %d", id)
		}
		seen[id] = true
	}
}

// twice gives every eight bytes of the dice two times.
type twice struct {
	dice  io.Reader
	again []byte
}

func (r *twice) Read(p []byte) (int, error) {
	if r.again != nil {
		n := copy(p, r.again)
		r.again = nil
		return n, nil
	}
	n, err := r.dice.Read(p)
	r.again = bytes.Clone(p[:n])
	return n, err
}

func execute(t testing.TB, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(context.Background(), query, args...); err != nil {
		t.Fatal(err)
	}
}

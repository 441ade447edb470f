package catalog_test

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/catalog"
	"go.uber.org/goleak"
	_ "modernc.org/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// place is an empty database: what a dialect brings to the suite.
type place struct {
	url string
	raw func(t *testing.T) *sql.DB // the same database without the catalog's rules
}

// suite is the contract of the catalog; every dialect passes it.
var suite = map[string]func(*testing.T, *world){
	"users": testUsers, "ids": testIDs, "files": testFiles, "names": testNames,
	"list": testList, "list invalid": testListInvalid, "cursor": testCursor,
	"folders": testFolders, "folder tree": testFolderTree, "branch": testBranch,
	"progress": testProgress, "progress stale": testProgressStale, "thumbs": testThumbs,
	"codes": testCodes, "code answers": testCodeAnswers, "code limits": testCodeLimits, "refused code": testCodeRefused,
	"keys": testKeys, "sessions": testSessions, "rotation race": testRotationRace,
	"inbox": testInbox, "inbox race": testInboxRace, "mark": testMark, "newest": testNewest, "deletes": testDeletes,
	"events": testEvents, "events kept": testEventsKept, "changed": testChanged,
	"isolation": testIsolation, "constraints": testConstraints, "reopen": testReopen, "cancel": testCancel,
}

func TestSQLite(t *testing.T) {
	for name, test := range suite {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "teleplay.db")
			test(t, newWorld(t, place{
				url: "sqlite:///" + path,
				raw: func(t *testing.T) *sql.DB { return rawSQLite(t, path) },
			}))
		})
	}
}

func rawSQLite(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// world is a catalog with two users, on a clock and a dice of the test's own.
type world struct {
	*catalog.DB
	place
	options catalog.Options
	clock   *clock
	a, b    int32
	next    int32 // messages given out
}

func newWorld(t *testing.T, p place) *world {
	t.Helper()
	c := &clock{now: time.Date(2026, 3, 1, 20, 41, 0, 0, time.UTC)}
	w := &world{place: p, clock: c, options: catalog.Options{URL: p.url, Now: c.Now, Rand: rand.NewChaCha8([32]byte{1})}}
	w.open(t)
	w.a, w.b = w.user(t, 1001), w.user(t, 1002)
	return w
}

func (w *world) open(t *testing.T) {
	t.Helper()
	db, err := catalog.Open(t.Context(), w.options)
	if err != nil {
		t.Fatal(err)
	}
	w.DB = db
	t.Cleanup(func() { db.Close() })
}

func (w *world) user(t *testing.T, telegram int64) int32 {
	t.Helper()
	return must(w.SeeUser(t.Context(), teleplay.Person{ID: telegram, FirstName: "A"}))(t).ID
}

// upload is the next upload of a user; the clock moves on a second.
func (w *world) upload(user int32, name string) teleplay.Upload {
	w.next++
	w.clock.advance(time.Second)
	return teleplay.Upload{
		File: teleplay.File{User: user, Message: 500 + w.next, Size: 1 << 20, Date: w.clock.Now(), Name: name, MIME: "video/mp4", Kind: teleplay.Video, Duration: 100},
		Chat: int64(user), Source: w.next, Random: int64(w.next), Document: 9, DC: 2,
	}
}

func (w *world) file(t *testing.T, user int32, name string, folder int32) teleplay.File {
	t.Helper()
	u := w.upload(user, name)
	u.File.Folder = folder
	return must(w.AddFile(t.Context(), u))(t)
}

func (w *world) folder(t *testing.T, user int32, name string, parent int32) int32 {
	t.Helper()
	return must(w.AddFolder(t.Context(), user, name, parent))(t).ID
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func ptr[T any](v T) *T { return &v }

// must(f())(t) is f's value; its error ends the test.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantErr checks kind and code word of an error, and that a person can read it.
func wantErr(t *testing.T, err, kind error, code string) {
	t.Helper()
	var e *teleplay.Error
	if !errors.Is(err, kind) || !errors.As(err, &e) || e.Code != code || e.Detail == "" {
		t.Fatalf("error %v (%+v), want %v %q", err, e, kind, code)
	}
}

func equal(t *testing.T, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
}

// news are the user's events after rev, as "kind action id".
func (w *world) news(t *testing.T, user int32, after int64) []teleplay.Event {
	t.Helper()
	events, complete, err := w.Events(t.Context(), user, after, 100)
	if err != nil || !complete {
		t.Fatal(complete, err)
	}
	for i := range events {
		if events[i].User != user || events[i].Rev != after+int64(i)+1 {
			t.Fatalf("event %d of user %d: %+v", i, user, events[i])
		}
		events[i].Rev, events[i].User = 0, 0
	}
	return events
}

func (w *world) rev(t *testing.T, user int32) int64 {
	t.Helper()
	return must(w.Rev(context.Background(), user))(t)
}

package catalog_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/catalog"
)

// refused opens a database that must not open; the refusal is one line that names
// the file and says why.
func refused(t *testing.T, path, why string) {
	t.Helper()
	db, err := catalog.Open(t.Context(), catalog.Options{URL: "sqlite:///" + path})
	if err == nil {
		db.Close()
		t.Fatalf("%s: opened", why)
	}
	if s := err.Error(); !strings.Contains(s, path) || !strings.Contains(s, why) || strings.Contains(s, "\n") {
		t.Fatalf("refusal %q, want %s and %q", s, path, why)
	}
}

// closed is the path of a database with some files that nobody has open.
func closed(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "a b%20?#.db") // a path, not a URL
	w := newWorld(t, place{url: "sqlite:///" + path})
	for i := range 30 {
		w.file(t, w.a, fmt.Sprint("file ", i), 0)
	}
	ok(t, w.Close())
	return path
}

func TestSQLiteRefuses(t *testing.T) {
	t.Run("a second opener", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "x.db")
		w := newWorld(t, place{url: "sqlite:///" + path})
		refused(t, path, "in use by another teleplay process")
		ok(t, w.Close())
		w.open(t)
	})
	t.Run("a newer schema", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "x.db")
		ok(t, newWorld(t, place{url: "sqlite:///" + path}).Close())
		raw := rawSQLite(t, path)
		execute(t, raw, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`)
		ok(t, raw.Close())
		refused(t, path, "a newer teleplay wrote it (schema 99, this one knows 1)")
	})
	for name, c := range map[string]struct {
		damage func(whole []byte) []byte
		why    string
	}{
		"a text":          {func([]byte) []byte { return bytes.Repeat([]byte("hello"), 1000) }, "damaged or no database"},
		"half a database": {func(b []byte) []byte { return b[:len(b)/2] }, "damaged"},
		"a lost page":     {func(b []byte) []byte { return append(b[:8<<10:8<<10], append(make([]byte, 4<<10), b[12<<10:]...)...) }, "damaged"},
		"nothing at all":  {func([]byte) []byte { return nil }, "it is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			path := closed(t)
			whole, err := os.ReadFile(path)
			ok(t, err)
			damaged := c.damage(bytes.Clone(whole))
			ok(t, os.WriteFile(path, damaged, 0o600))
			refused(t, path, c.why)
			now, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(now, damaged) {
				t.Fatal("the refused file was written to", err)
			}
			ok(t, os.WriteFile(path, whole, 0o600)) // the copy is put back
			db := must(catalog.Open(t.Context(), catalog.Options{URL: "sqlite:///" + path}))(t)
			ok(t, db.Close())
		})
	}
	t.Run("another program's database", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "x.db")
		raw := rawSQLite(t, path)
		execute(t, raw, `CREATE TABLE users (id INTEGER PRIMARY KEY)`)
		ok(t, raw.Close())
		refused(t, path, "another program's database")
	})
	t.Run("a log without its database", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "x.db")
		ok(t, os.WriteFile(path+"-wal", []byte("log"), 0o600))
		refused(t, path, "its log")
	})
	t.Run("no directory", func(t *testing.T) {
		refused(t, filepath.Join(t.TempDir(), "no", "x.db"), "no such file or directory")
	})
	t.Run("a directory", func(t *testing.T) {
		refused(t, t.TempDir(), "unable to open database file")
	})
	for _, url := range []string{"", "sqlite:///", "sqlite://x", "postgresql://x/y", "/x.db"} {
		_, err := catalog.Open(t.Context(), catalog.Options{URL: url})
		wantErr(t, err, teleplay.ErrInvalid, "")
	}
}

// A beginning that a crash cut short is begun again, and only the owner may read
// what comes of it.
func TestSQLiteBegins(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	ok(t, os.WriteFile(path+".new", []byte("half a be"), 0o600))
	ok(t, os.WriteFile(path+".new-wal", []byte("ginning"), 0o600))
	w := newWorld(t, place{url: "sqlite:///" + path})
	w.file(t, w.a, "x", 0)
	files, err := filepath.Glob(path + "*")
	ok(t, err)
	equal(t, len(files), 4) // itself, lock, log and the log's index
	for _, f := range files {
		st, err := os.Stat(f)
		ok(t, err)
		if st.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", f, st.Mode())
		}
	}
}

// A full disk is said as such, changes nothing, and is over when there is space.
func TestSQLiteFull(t *testing.T) {
	w := newWorld(t, place{url: "sqlite:///" + filepath.Join(t.TempDir(), "x.db")})
	ok(t, w.LimitPages(1)) // SQLite takes what is used as the least
	var u teleplay.Upload
	var err error
	for range 1000 {
		u = w.upload(w.a, strings.Repeat("n", 200))
		if _, err = w.AddFile(t.Context(), u); err != nil {
			break
		}
	}
	var e *teleplay.Error
	if !errors.As(err, &e) || !errors.Is(err, teleplay.ErrUnavailable) || e.Code != "catalog_down" || e.Retry <= 0 || !strings.Contains(e.Hint, "full") {
		t.Fatalf("%v %+v", err, e)
	}
	equal(t, must(w.Received(t.Context(), u.Chat, u.Source))(t), false)
	ok(t, w.LimitPages(1<<20))
	must(w.AddFile(t.Context(), u))(t)
}

// What was said to be saved is there after kill -9, and nothing is there by halves.
func TestSQLiteKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	url := "sqlite:///" + path
	self, err := os.Executable()
	ok(t, err)
	said := 0
	for round := range 5 {
		child := exec.Command(self, "-test.run=^TestSQLiteVictim$")
		child.Env = append(os.Environ(), "CATALOG_VICTIM="+url)
		out, err := child.StdoutPipe()
		ok(t, err)
		ok(t, child.Start())
		lines := bufio.NewScanner(out)
		for range 10 + 7*round {
			if !lines.Scan() {
				t.Fatal("the victim died early")
			}
			if _, err := fmt.Sscanf(lines.Text(), "saved %d", &said); err != nil {
				t.Fatal(lines.Text(), err)
			}
		}
		ok(t, child.Process.Kill())
		for lines.Scan() { // what it said until then
			fmt.Sscanf(lines.Text(), "saved %d", &said)
		}
		child.Wait()

		db := must(catalog.Open(t.Context(), catalog.Options{URL: url}))(t)
		u := must(db.UserByTelegram(t.Context(), 1))(t)
		files := must(db.Files(t.Context(), u.ID, teleplay.FileQuery{IDsOnly: true}))(t).Total
		mark, _, err := db.Mark(t.Context())
		ok(t, err)
		owed := must(db.Owed(t.Context(), 10_000))(t)
		rev := must(db.Rev(t.Context(), u.ID))(t)
		ok(t, db.Close())
		if files < said || mark.PTS != files || len(owed) != files || int(rev) != files {
			t.Fatalf("round %d: %d said, %d files, %d owed, rev %d, pts %d", round, said, files, len(owed), rev, mark.PTS)
		}
	}
}

// TestSQLiteVictim is the process that TestSQLiteKilled kills: it saves files
// until then.
func TestSQLiteVictim(t *testing.T) {
	url := os.Getenv("CATALOG_VICTIM")
	if url == "" {
		t.Skip("runs in TestSQLiteKilled")
	}
	ctx := context.Background()
	db := must(catalog.Open(ctx, catalog.Options{URL: url}))(t)
	u := must(db.SeeUser(ctx, teleplay.Person{ID: 1}))(t)
	m, _, err := db.Mark(ctx)
	ok(t, err)
	for n := m.PTS + 1; n < 10_000; n++ {
		must(db.AddFile(ctx, teleplay.Upload{
			File: teleplay.File{User: u.ID, Message: int32(n), Name: "x", Kind: teleplay.Video, Date: time.Unix(int64(n), 0)},
			Chat: 1, Source: int32(n), Mark: teleplay.Mark{PTS: n},
		}))(t)
		fmt.Println("saved", n)
	}
}

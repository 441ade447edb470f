package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/teleplay/teleplay"
	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"
)

// dialect is everything in which databases differ; all other SQL here is common
// to SQLite and PostgreSQL.
type dialect interface {
	// open makes a pool. Transactions of a writing one take the right to write
	// when they begin, so that none fails half way for want of it.
	open(path string, write bool) (*sql.DB, error)
	// check refuses a database that is damaged or not a catalog.
	check(ctx context.Context, db *sql.DB, path string) error
	goose() goose.Dialect
	// lockRow ends a SELECT of a row that this transaction wants to itself.
	lockRow() string
	// explain turns a failure of the machine (disk full, busy) into ErrUnavailable
	// and leaves every other error as it is.
	explain(err error) error
}

// readers is how many queries may read at once beside the one writer: more than
// the cores of a small server have nothing to run on.
const readers = 4

type sqlite struct{}

func (sqlite) goose() goose.Dialect { return goose.DialectSQLite3 }

// lockRow: the one writer has everything to itself.
func (sqlite) lockRow() string { return "" }

func (sqlite) open(path string, write bool) (*sql.DB, error) {
	q := url.Values{"_pragma": {
		"busy_timeout(5000)", // ms; somebody's sqlite3 shell may hold the file
		"journal_mode(WAL)",  // readers never wait for the writer
		// FULL syncs the log at each commit. NORMAL would not, and a "Saved" that
		// the bot has said could be gone after a power cut.
		"synchronous(FULL)",
		"foreign_keys(1)",
	}}
	if write {
		q.Set("_txlock", "immediate")
	} else {
		q.Add("_pragma", "query_only(1)")
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return nil, err
	}
	n := 1 // writers wait for each other in Go, not in the database
	if !write {
		n = readers
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db, nil
}

// checkLimit is up to which size in bytes a database is checked page by page at
// start: a few hundred ms. Beyond it thumbnails make up most of the file, and what
// is damaged shows when it is read.
const checkLimit = 64 << 20

func (sqlite) check(ctx context.Context, db *sql.DB, path string) error {
	st, err := os.Stat(path)
	if err != nil {
		return err
	}
	ours, said := 0, "ok"
	err = db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE name = 'goose_db_version'`).Scan(&ours)
	if err == nil && st.Size() <= checkLimit {
		err = db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&said)
	}
	switch {
	case is(err, codes.SQLITE_CORRUPT, codes.SQLITE_NOTADB):
		return fmt.Errorf("it is damaged or no database, put back a copy: %w", err)
	case err != nil:
		return err
	case said != "ok":
		return fmt.Errorf("it is damaged, put back a copy: %s", strings.ReplaceAll(said, "\n", " ")) // one line
	case ours == 0:
		return errors.New("it is another program's database, name another file")
	}
	return nil
}

func (sqlite) explain(err error) error {
	fail := teleplay.Fail(teleplay.ErrUnavailable, "catalog_down", "The library is out of reach just now. It will be back soon.").After(2 * time.Second)
	switch {
	case is(err, codes.SQLITE_FULL):
		fail.Hint = "the disk of the database is full"
	case is(err, codes.SQLITE_IOERR, codes.SQLITE_CANTOPEN, codes.SQLITE_READONLY):
		fail.Hint = "the disk of the database does not work: " + err.Error()
	case is(err, codes.SQLITE_BUSY, codes.SQLITE_LOCKED):
		fail.Hint = "another program holds the database"
	default:
		return err
	}
	return fail
}

// is says whether SQLite itself failed with one of these codes; the upper bits of
// an error's code are details.
func is(err error, these ...int) bool {
	var e *driver.Error
	return errors.As(err, &e) && slices.Contains(these, e.Code()&0xff)
}

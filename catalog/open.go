// Package catalog knows what there is: users, folders, files, progress, logins,
// and what the bot still owes. It keeps it in a database through database/sql.
//
// Rules that hold everywhere:
//
//   - Whoever asks gets only what is theirs. An unknown, a foreign and a deleted
//     object are one and the same ErrNotFound, after the same work.
//   - A method that changes something is one transaction. When it returns nil, the
//     change outlives kill -9 and a power cut; when not, nothing has changed.
//   - News (events, owed replies) is written in the transaction of the change that
//     it tells of, so neither is ever there without the other.
//
// open.go, create.go, lock.go, schema.go and tx.go are the machinery, dialect.go
// holds what differs between databases, values.go how Go's values lie in columns. Every other
// file is a table or two and the rules for it.
package catalog

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/teleplay/teleplay"
)

// Options say where the catalog lies. Only URL is needed.
type Options struct {
	// URL is sqlite:///FILE; what follows the third slash is the path, so an
	// absolute one gives four slashes. The file is made if it is not there, its
	// directory is not.
	URL  string
	Now  func() time.Time // nil = time.Now
	Rand io.Reader        // of ids and codes, read by one goroutine at a time; nil = crypto/rand
	Log  *slog.Logger     // nil = silent
}

// DB is an open catalog. Its methods are safe for use by any goroutine.
type DB struct {
	dialect dialect
	now     func() time.Time
	rand    io.Reader
	log     *slog.Logger
	lock    io.Closer
	writer  *sql.DB // one connection: writes wait for each other here, not in the database
	reader  *sql.DB

	mu      sync.Mutex
	changed chan struct{} // guarded by mu; closed and replaced by each commit
}

// Open opens the catalog, makes or migrates its tables and takes the database for
// this process alone. It refuses, naming the file, when another process has it,
// when it cannot be read, is damaged, or was written by a newer version; it never
// begins anew on top of something.
func Open(ctx context.Context, o Options) (*DB, error) {
	path, ok := strings.CutPrefix(o.URL, "sqlite:///")
	if !ok || path == "" {
		return nil, teleplay.Fail(teleplay.ErrInvalid, "", "DATABASE_URL must be sqlite:/// and the path of a file")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find database: %w", err)
	}
	d := &DB{dialect: sqlite{}, now: o.Now, rand: o.Rand, log: o.Log, changed: make(chan struct{})}
	if d.now == nil {
		d.now = time.Now
	}
	if d.rand == nil {
		d.rand = rand.Reader
	}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if d.lock, err = lockFile(path); err != nil {
		return nil, err
	}
	if err := d.open(ctx, path); err != nil {
		d.Close()
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	return d, nil
}

func (d *DB) open(ctx context.Context, path string) error {
	if err := d.create(ctx, path); err != nil {
		return err
	}
	var err error
	if d.writer, err = d.dialect.open(path, true); err != nil {
		return err
	}
	if err := d.dialect.check(ctx, d.writer, path); err != nil {
		return err
	}
	if err := d.migrate(ctx, d.writer); err != nil {
		return err
	}
	if d.reader, err = d.dialect.open(path, false); err != nil {
		return err
	}
	return d.reader.PingContext(ctx)
}

// Close ends the catalog. It waits for queries that run.
func (d *DB) Close() error {
	var errs []error
	for _, db := range []*sql.DB{d.reader, d.writer} { // the last one to leave tidies up: it must be able to write
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(append(errs, d.lock.Close())...)
}

// Changed is closed at the next commit. Who waits for news takes the channel
// first, then looks, then waits: so nothing falls between.
func (d *DB) Changed() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.changed
}

func (d *DB) announce() {
	d.mu.Lock()
	defer d.mu.Unlock()
	close(d.changed)
	d.changed = make(chan struct{})
}

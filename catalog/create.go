package catalog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// create makes the database if there is none. It grows under another name and
// takes its own when its tables are there, so an empty file under that name is
// damage and not a beginning that a crash cut short.
func (d *DB) create(ctx context.Context, path string) error {
	st, err := os.Stat(path)
	if err == nil && st.Size() == 0 {
		return errors.New("it is empty, put back a copy (or remove it to begin anew)")
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := os.Stat(path + "-wal"); err == nil {
		return fmt.Errorf("it is gone but its log %s-wal is there, put back a copy (or remove the log to begin anew)", path)
	}
	young := path + ".new"
	for _, old := range []string{young, young + "-wal", young + "-shm"} {
		if err := os.Remove(old); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	// Made here and not by SQLite, for the mode: only its owner may read it.
	f, err := os.OpenFile(young, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	db, err := d.dialect.open(young, true)
	if err != nil {
		return err
	}
	// Close brings the log into the file, which is whole then.
	if err := errors.Join(d.migrate(ctx, db), db.Close()); err != nil {
		return err
	}
	if err := os.Rename(young, path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close()) // the name outlives a power cut too
}

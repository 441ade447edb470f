package fake

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// journal keeps the world's tables in one file. A line of it is one change: every
// row that the change touched, so a line that was cut short by a kill takes
// nothing half done with it. A change is written before its answer goes out;
// losing the machine's power is no concern of a fake, so nothing is synced.
//
// The world's mutex guards it.
type journal struct {
	file    *os.File // nil = memory only
	tables  []rows
	pending []row
	err     error // sticky: after a failed write the file's end is unknown
}

// row is one row of one table; no V = it is gone.
type row struct {
	Table string          `json:"t"`
	Key   json.RawMessage `json:"k"`
	Value json.RawMessage `json:"v,omitempty"`
}

// rows is a table as the journal sees it.
type rows interface {
	label() string
	load(row) error
	dump(func(row))
	clear()
}

// table is a map whose changes the journal hears of.
type table[K comparable, V any] struct {
	name string
	rows map[K]V
	j    *journal
	told func(V) // of each row that is written; nil = nobody
}

func newTable[K comparable, V any](j *journal, name string) *table[K, V] {
	t := &table[K, V]{name: name, rows: map[K]V{}, j: j}
	j.tables = append(j.tables, t)
	return t
}

// watch tells f every row that there is and will be, under the world's mutex.
func (t *table[K, V]) watch(f func(V)) {
	t.told = f
	for _, v := range t.rows {
		f(v)
	}
}

func (t *table[K, V]) set(k K, v V) {
	t.rows[k] = v
	if t.told != nil {
		t.told(v)
	}
}

func (t *table[K, V]) put(k K, v V) {
	t.set(k, v)
	t.j.note(func() row { return t.row(k, &v) })
}

func (t *table[K, V]) drop(k K) {
	delete(t.rows, k)
	t.j.note(func() row { return t.row(k, nil) })
}

func (t *table[K, V]) row(k K, v *V) row {
	r := row{Table: t.name}
	r.Key, _ = json.Marshal(k) // keys and rows are plain structs: Marshal knows no way to fail
	if v != nil {
		r.Value, _ = json.Marshal(v)
	}
	return r
}

func (t *table[K, V]) label() string { return t.name }

func (t *table[K, V]) load(r row) error {
	var k K
	if err := json.Unmarshal(r.Key, &k); err != nil {
		return err
	}
	if r.Value == nil {
		delete(t.rows, k)
		return nil
	}
	var v V
	if err := json.Unmarshal(r.Value, &v); err != nil {
		return err
	}
	t.set(k, v)
	return nil
}

func (t *table[K, V]) dump(f func(row)) {
	for k, v := range t.rows {
		f(t.row(k, &v))
	}
}

func (t *table[K, V]) clear() { clear(t.rows) }

func (j *journal) note(r func() row) {
	if j.file != nil {
		j.pending = append(j.pending, r())
	}
}

// commit writes what was noted since the last commit.
func (j *journal) commit() error {
	if j.err != nil || len(j.pending) == 0 {
		return j.err
	}
	line, err := json.Marshal(j.pending)
	j.pending = j.pending[:0]
	if err == nil {
		_, err = j.file.Write(append(line, '\n'))
	}
	if err != nil {
		j.err = fmt.Errorf("write the world: %w", err)
	}
	return j.err
}

// read loads the file at path into the tables. It reports false when there is none.
func (j *journal) read(path string) (bool, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	byName := map[string]rows{}
	for _, t := range j.tables {
		byName[t.label()] = t
	}
	r := bufio.NewReaderSize(f, 1<<20)
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return true, nil // an unfinished last line was never answered
		}
		if err != nil {
			return false, err
		}
		var change []row
		if err := json.Unmarshal(bytes.TrimSpace(line), &change); err != nil {
			return false, fmt.Errorf("read %s, line %d: %w", path, n, err)
		}
		for _, c := range change {
			t := byName[c.Table]
			if t == nil {
				return false, fmt.Errorf("read %s, line %d: unknown table %q", path, n, c.Table)
			}
			if err := t.load(c); err != nil {
				return false, fmt.Errorf("read %s, line %d: %w", path, n, err)
			}
		}
	}
}

// rewrite begins a new file at path with the tables as they are, and leaves it
// open for the changes to come.
func (j *journal) rewrite(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".world-*")
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	enc := json.NewEncoder(w)
	for _, t := range j.tables {
		t.dump(func(r row) {
			if err == nil {
				err = enc.Encode([]row{r})
			}
		})
	}
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		f.Close()
		os.Remove(f.Name())
		return err
	}
	if j.file != nil {
		j.file.Close()
	}
	j.file, j.pending, j.err = f, nil, nil
	return nil
}

func (j *journal) close() error {
	if j.file == nil {
		return nil
	}
	err := j.file.Close()
	j.file = nil
	return err
}

package catalog

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/teleplay/teleplay"
)

// tx is one transaction, reading or writing. now is the same throughout, whole
// milliseconds, as it will be read back.
type tx struct {
	*sql.Tx
	ctx context.Context
	db  *DB
	now time.Time
}

// write runs f in a transaction that may change things, one at a time, and wakes
// whoever waits for Changed. what is a verb phrase for errors. An Error of the
// root passes as it is: it is for the caller's caller.
func (d *DB) write(ctx context.Context, what string, f func(*tx) error) error {
	err := d.run(ctx, d.writer, f)
	if err == nil {
		d.announce()
	}
	return d.explain(ctx, what, err)
}

// read runs f on one unchanging view of the database.
func (d *DB) read(ctx context.Context, what string, f func(*tx) error) error {
	return d.explain(ctx, what, d.run(ctx, d.reader, f))
}

func (d *DB) run(ctx context.Context, pool *sql.DB, f func(*tx) error) error {
	t, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer t.Rollback() // after Commit it does nothing
	if err := f(&tx{Tx: t, ctx: ctx, db: d, now: d.now().UTC().Truncate(time.Millisecond)}); err != nil {
		return err
	}
	return t.Commit()
}

func (d *DB) explain(ctx context.Context, what string, err error) error {
	var known *teleplay.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	if ctx.Err() != nil { // the driver calls it an interrupt
		return fmt.Errorf("%s: %w", what, ctx.Err())
	}
	return fmt.Errorf("%s: %w", what, d.dialect.explain(err))
}

// exec runs a statement and says how many rows it met.
func (t *tx) exec(query string, args ...any) (int64, error) {
	r, err := t.ExecContext(t.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (t *tx) row(query string, args ...any) *sql.Row {
	return t.QueryRowContext(t.ctx, query, args...)
}

// has says whether the query finds anything.
func (t *tx) has(query string, args ...any) (bool, error) {
	var one int
	err := t.row(query, args...).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

type scanner interface{ Scan(dest ...any) error }

// list reads all rows of a query.
func list[T any](t *tx, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := t.QueryContext(t.ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

func scanID(s scanner) (id int32, err error) {
	err = s.Scan(&id)
	return id, err
}

// found turns "no row" into the one answer for whatever is not there or not the
// asker's.
func found(err error, sentence string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return teleplay.Fail(teleplay.ErrNotFound, "", sentence)
	}
	return err
}

// newID draws a free id for a table. It is random, so that nobody counts others'
// rows, and has 7 digits until 1 in 100 of those are used, then 8, and so on: a
// guess meets something in less than 1 of 100 tries.
func (t *tx) newID(table string) (int32, error) {
	var used int64
	if err := t.row("SELECT count(*) FROM " + table).Scan(&used); err != nil {
		return 0, err
	}
	low, high := idRange(used)
	for {
		n, err := t.draw(uint64(high - low))
		if err != nil {
			return 0, err
		}
		id := int32(low + int64(n))
		taken, err := t.has("SELECT 1 FROM "+table+" WHERE id = $1", id)
		if err != nil || !taken {
			return id, err
		}
	}
}

// idRange is [low, high) from which ids are drawn when used are: numbers of one
// more digit than those of which a hundredth is used.
func idRange(used int64) (low, high int64) {
	low = 1_000_000
	for low < 1_000_000_000 && used*100 >= low*9 {
		low *= 10
	}
	return low, min(low*10, math.MaxInt32)
}

// draw is a random number in [0, n). 64 random bits make the small numbers' lead
// for n ≤ 2^31 less than 2^-32.
func (t *tx) draw(n uint64) (uint64, error) {
	var b [8]byte
	if _, err := io.ReadFull(t.db.rand, b[:]); err != nil {
		return 0, fmt.Errorf("draw a random number: %w", err)
	}
	return binary.BigEndian.Uint64(b[:]) % n, nil
}

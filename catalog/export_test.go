package catalog

import "strconv"

// LimitPages fills the disk of the database, as far as SQLite can tell: it gets no
// more than n pages of 4 KiB.
func (d *DB) LimitPages(n int) error {
	_, err := d.writer.Exec("PRAGMA max_page_count = " + strconv.Itoa(n))
	return err
}

// IDRange is where ids are drawn from.
func IDRange(used int64) (low, high int64) { return idRange(used) }

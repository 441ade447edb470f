package catalog_test

import (
	"path/filepath"
	"testing"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/catalog"
)

// BenchmarkLibrary reads a library of 50,000 files in 1,000 folders, twenty in
// each, which is more than a household has.
func BenchmarkLibrary(b *testing.B) {
	ctx := b.Context()
	path := filepath.Join(b.TempDir(), "x.db")
	db, err := catalog.Open(ctx, catalog.Options{URL: "sqlite:///" + path})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	u, err := db.SeeUser(ctx, teleplay.Person{ID: 1})
	if err != nil {
		b.Fatal(err)
	}
	raw := rawSQLite(b, path)
	for _, query := range []string{
		`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
			INSERT INTO folders (id, user_id, parent_id, name, name_key, name_sort, created_at, updated_at)
			SELECT 1000000 + i, $1, CASE WHEN i > 20 THEN 1000000 + (i - 1) / 20 END, 'Folder ' || i, 'folder ' || i, 'folder ' || i, 0, 0 FROM n`,
		`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
			INSERT INTO files SELECT 2000000 + i, $1, 1000001 + i % 1000, i, 1, i, 1, 2, 0, 'File ' || i, 'file ' || i, 'file ' || i,
			i * 1000, 'video/mp4', 'video', 100, 1920, 1080, NULL, i, i, NULL, NULL FROM n`,
	} {
		execute(b, raw, query, u.ID)
	}
	for name, read := range map[string]func() error{
		"root":   func() error { _, err := db.FolderView(ctx, u.ID, 0); return err },
		"folder": func() error { _, err := db.FolderView(ctx, u.ID, 1000900); return err },
		"newest": func() error { _, err := db.Files(ctx, u.ID, teleplay.FileQuery{}); return err },
		"search": func() error { _, err := db.Files(ctx, u.ID, teleplay.FileQuery{Search: "999"}); return err },
		"file":   func() error { _, err := db.File(ctx, u.ID, 2000001); return err },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := read(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

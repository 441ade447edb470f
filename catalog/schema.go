package catalog

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/teleplay/teleplay"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables to this version's schema, each step in a transaction
// of its own. A schema from the future is left alone.
func (d *DB) migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(d.dialect.goose(), db, files,
		goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if have > want {
		return teleplay.Fail(teleplay.ErrConflict, "",
			fmt.Sprintf("a newer teleplay wrote it (schema %d, this one knows %d): start that version, or a copy from before", have, want))
	}
	if have == want {
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate from schema %d to %d: %w", have, want, err)
	}
	d.log.Info("database migrated", "from", have, "to", want)
	return nil
}

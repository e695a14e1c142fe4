package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jmoiron/sqlx"
)

// schemaFiles are the schema upgrades, in the order of their names. One that has
// been released is never edited.
//
//go:embed schema/*.sql
var schemaFiles embed.FS

// applicationID marks a SQLite file as a history ("idps").
const applicationID = 0x69647073

// checkSchema refuses a file that is not a history, or one that a newer idpsnap
// wrote. It takes no lock and changes nothing.
func checkSchema(ctx context.Context, db *sqlx.DB, path string) (version int, err error) {
	var id, tables int
	// In one transaction: another process may be making the schema just now.
	err = inTx(ctx, db, func(tx *sqlx.Tx) error {
		for statement, to := range map[string]*int{
			`PRAGMA application_id`: &id, `PRAGMA user_version`: &version, `SELECT count(*) FROM sqlite_master`: &tables,
		} {
			if err := tx.GetContext(ctx, to, statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, translate(err, path)
	}
	if id != applicationID && (id != 0 || version != 0 || tables != 0) {
		return 0, fmt.Errorf("%s: %w", path, ErrNotHistory)
	}
	if known := len(upgrades()); version > known {
		return 0, fmt.Errorf("%s: %w: its schema is %d, this idpsnap knows up to %d", path, ErrNewer, version, known)
	}
	return version, nil
}

func upgrades() []string {
	names, err := fs.Glob(schemaFiles, "schema/*.sql")
	if err != nil {
		return nil // the pattern is constant and well made
	}
	return names
}

// upgrade brings the schema up to date, each step in a transaction of its own.
func upgrade(ctx context.Context, w *sqlx.DB, path string) error {
	for i, name := range upgrades() {
		if err := upgradeTo(ctx, w, i+1, name); err != nil {
			return translate(fmt.Errorf("upgrade schema to %d: %w", i+1, err), path)
		}
	}
	return nil
}

func upgradeTo(ctx context.Context, w *sqlx.DB, version int, name string) error {
	statements, err := schemaFiles.ReadFile(name)
	if err != nil {
		return err
	}
	return inTx(ctx, w, func(tx *sqlx.Tx) error {
		var have int
		if err := tx.GetContext(ctx, &have, `PRAGMA user_version`); err != nil {
			return err
		}
		if have >= version {
			return nil // done before, or by another process just now
		}
		if _, err := tx.ExecContext(ctx, string(statements)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA application_id = %d; PRAGMA user_version = %d`, applicationID, version))
		return err
	})
}

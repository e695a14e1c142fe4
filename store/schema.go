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

// schemaVersion is the schema that the file has.
func schemaVersion(ctx context.Context, tx *sqlx.Tx) (version int, err error) {
	err = tx.GetContext(ctx, &version, `PRAGMA user_version`)
	return version, err
}

// bringUp makes the schema of an empty file, and upgrades that of an older idpsnap.
// Where it cannot, because it may not write or there is no room, the history is
// read as it is, and Append says what is in the way. So is one that its seal calls
// damaged: an upgrade breaks the seal, and Verify would not find the damage any
// more.
func (s *Store) bringUp(ctx context.Context, version int, mode string) error {
	newest := len(upgrades())
	if version == 0 {
		return upgrade(ctx, s.writer, s.path, newest)
	}
	s.behind = version < newest
	if !s.behind || mode == "ro" {
		return nil
	}
	sealed, damage, err := s.checkSeal(ctx)
	if err != nil || len(damage) > 0 || upgrade(ctx, s.writer, s.path, newest) != nil {
		return nil //nolint:nilerr // as said above
	}
	s.behind = false
	if sealed {
		_ = s.seal(ctx) // without a seal Verify checks the contents alone
	}
	return nil
}

// catchUp upgrades a schema that was left as it was, for who has to write what it
// has no place for.
func (s *Store) catchUp(ctx context.Context) error {
	if !s.behind {
		return nil
	}
	return upgrade(ctx, s.writer, s.path, len(upgrades()))
}

// upgrade brings the schema up to the version, each step in a transaction of its
// own.
func upgrade(ctx context.Context, w *sqlx.DB, path string, version int) error {
	for i, name := range upgrades()[:version] {
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
		have, err := schemaVersion(ctx, tx)
		if err != nil {
			return err
		}
		if have >= version {
			return nil // done before, or by another process just now
		}
		if _, err := tx.ExecContext(ctx, string(statements)); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA application_id = %d; PRAGMA user_version = %d`, applicationID, version))
		return err
	})
}

const schemaQuery = `SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name`

// schemaText is what schemaQuery gives for a new history of the version.
func schemaText(ctx context.Context, version int) ([]string, error) {
	db, err := sqlx.Open("sqlite3", "file::memory:")
	if err != nil {
		return nil, err
	}
	defer db.Close() //nolint:errcheck // in memory
	db.SetMaxOpenConns(1)
	if err := upgrade(ctx, db, "memory", min(version, len(upgrades()))); err != nil {
		return nil, err
	}
	var text []string
	err = db.SelectContext(ctx, &text, schemaQuery)
	return text, err
}

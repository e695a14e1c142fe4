package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"os"
	"path/filepath"

	"github.com/jmoiron/sqlx"

	"github.com/idpsnap/idpsnap/snapshot"
)

// WritePlain writes what a snapshot holds to a new SQLite file at path, in plain
// tables (plain_tables.go) for people and programs that ask in SQL. It is no
// history: one state, nothing that proves it, and no document is compressed. The
// file is readable by its owner alone; it must not exist, and does not afterwards
// where there is an error. Until it is whole it should have a name that nobody looks at.
//
// A table without rows may be one of a list that was not read. Table collections
// tells, and has neither count nor active of such a list:
//
//	SELECT kind, provider_name, status, error FROM collections WHERE status <> 'complete';
//
// Where a person has access, however the address is written:
//
//	SELECT provider_name, email, active FROM scim_users WHERE email = 'ada.koch@corp.example';
//
// Who is known to more than one provider:
//
//	SELECT email, group_concat(DISTINCT provider_name) FROM scim_users
//	WHERE email IS NOT NULL GROUP BY email HAVING count(DISTINCT provider_id) > 1;
//
// What no column tells is in the document, exactly as it was recorded:
//
//	SELECT name, json_extract(document, '$.config.pkce_enabled') FROM identity_providers;
//	SELECT name, value AS provider_id FROM access_apps, json_each(document, '$.allowed_idps');
func WritePlain(ctx context.Context, path string, sn snapshot.Snapshot, resources iter.Seq2[snapshot.Resource, error]) error {
	var readErr error // is not about this file
	err := writePlain(ctx, path, sn, func(yield func(snapshot.Resource, error) bool) {
		for r, err := range resources {
			readErr = err
			if !yield(r, err) {
				return
			}
		}
	})
	if readErr == nil {
		err = translate(err, path)
	}
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

func writePlain(ctx context.Context, path string, sn snapshot.Snapshot, resources iter.Seq2[snapshot.Resource, error]) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	// SQLite's locks are the process's, and closing a descriptor drops them.
	if err := f.Close(); err != nil {
		return err
	}
	if err := fillPlain(ctx, path, sn, resources); err != nil {
		return err
	}
	return syncFile(path)
}

// fillPlain makes the tables in an empty file. Without a journal it is written
// once; what becomes of it when that fails does not matter.
func fillPlain(ctx context.Context, path string, sn snapshot.Snapshot, resources iter.Seq2[snapshot.Resource, error]) (err error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	options := url.Values{"mode": {"rw"}, "_journal_mode": {"OFF"}, "_synchronous": {"OFF"}}
	name := url.URL{Scheme: "file", Path: absolute, RawQuery: options.Encode()}
	db, err := sqlx.Open("sqlite3", name.String())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return inTx(ctx, db, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, plainTables); err != nil {
			return err
		}
		w := &plainWriter{tx: tx, names: map[string]string{}, statements: map[snapshot.Kind]*sqlx.Stmt{}}
		if err := w.snapshot(ctx, sn); err != nil {
			return err
		}
		for r, err := range resources {
			if err != nil {
				return err
			}
			if err := w.resource(ctx, r); err != nil {
				return fmt.Errorf("%s %s: %w", r.Collection, r.ID, err)
			}
		}
		_, err := tx.ExecContext(ctx, plainIndexes)
		return err
	})
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

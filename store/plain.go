package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
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
// file is readable by its owner alone; it must not exist, and is there whole or not
// at all.
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
	if _, err := os.Lstat(path); err == nil { // before the work, which may be long
		return &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it has its own name by then, or is of no use
	// SQLite's locks are the process's, and closing a descriptor drops them.
	if err := f.Close(); err != nil {
		return err
	}
	if err := fillPlain(ctx, f.Name(), sn, resources); err != nil {
		return err
	}
	if err := syncFile(f.Name()); err != nil {
		return err
	}
	if err := nameNew(f.Name(), path); err != nil {
		return err
	}
	if dir, err := os.Open(filepath.Dir(path)); err == nil { // so that its name outlives a power cut
		_ = dir.Sync() // some file systems cannot
		_ = dir.Close()
	}
	return nil
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

// nameNew gives a file its name, unless another file has it by now. Some file
// systems know no links: there, between looking and renaming is a moment in which
// one that somebody else makes would be lost.
func nameNew(from, to string) error {
	err := os.Link(from, to)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := os.Lstat(to); err == nil {
		return &fs.PathError{Op: "create", Path: to, Err: fs.ErrExist}
	}
	return os.Rename(from, to)
}

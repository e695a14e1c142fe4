// Package store keeps the history of snapshots in one SQLite file. Nothing outside
// it sees SQL.
//
// Documents lie in compressed blocks and are stored once. A resource's versions
// are ranges over the captures of its collection, so that an unchanged resource
// adds no row, what a collection held at any capture is a range query, and what
// changed between two captures costs what changed. Snapshots form a chain: each
// one's manifest names the digest of every collection and of the manifest before
// it, and Verify recomputes them all.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/mattn/go-sqlite3"
)

var (
	// ErrNoHistory marks a path where there is no file.
	ErrNoHistory = errors.New("no history here")
	// ErrNotHistory marks a file that is something else.
	ErrNotHistory = errors.New("not a history of idpsnap")
	// ErrNewer marks a history that a newer idpsnap wrote.
	ErrNewer = errors.New("written by a newer idpsnap")
	// ErrLocked marks a history that another process kept writing to for longer than
	// the caller would wait.
	ErrLocked = errors.New("the history is locked by another process")
	// ErrMoved marks a snapshot that was not recorded, because another one of the
	// same target was, or the one that it was compared with was forgotten, while it was
	// being taken.
	ErrMoved = errors.New("another snapshot of this target was recorded or forgotten in the meantime")
	// ErrRunMoved marks an entry of a run that was not appended, because the run has
	// others than its writer knows of.
	ErrRunMoved = errors.New("another process carries this run on")
	// ErrCorrupt marks a history whose contents cannot be what was written.
	ErrCorrupt = errors.New("the history is damaged")
	// ErrReadOnly marks a history that could not be written to, or a directory in which
	// what a transaction needs beside it could not be made.
	ErrReadOnly = errors.New("cannot write to the history or its directory")
	// ErrNoSnapshot marks an id that the history does not hold.
	ErrNoSnapshot = errors.New("no such snapshot")
	// ErrForgotten marks a snapshot that the history held once. It is an ErrNoSnapshot.
	ErrForgotten = fmt.Errorf("%w any more", ErrNoSnapshot)
	// ErrPinned marks a snapshot that is not to be forgotten.
	ErrPinned = errors.New("the snapshot is pinned")
	// ErrLastComplete marks what would leave a target without any complete snapshot.
	ErrLastComplete = errors.New("no complete snapshot would be left")
)

// Options say how a history is opened.
type Options struct {
	// Busy is how long to wait for another process that writes.
	Busy time.Duration
}

// Store is an open history. It may be used by several goroutines.
type Store struct {
	path   string
	busy   time.Duration
	file   *os.File // for the seal, which is over the file's own bytes
	reader *sqlx.DB
	writer *sqlx.DB // its transactions take the write lock when they begin
	behind bool     // the schema was left as an older idpsnap made it
	chunk  int64    // about how many bytes of documents are read at a time (walk.go)
	rows   int      // how many rows of versions are verified at a time
}

// Open opens the history at path, which must exist, and upgrades its schema where
// an older idpsnap wrote it. A history that this process cannot write to is read
// with the schema that it has.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && info.Size() == 0: // an empty file is one that Create did not finish
		return nil, fmt.Errorf("%s: %w", path, ErrNoHistory)
	case err != nil:
		return nil, fmt.Errorf("open history: %w", err)
	case info.IsDir():
		return nil, fmt.Errorf("%s: %w: it is a directory", path, ErrNotHistory)
	}
	return open(ctx, path, o)
}

// Create opens the history at path, and makes it, readable by its owner alone,
// where there is none.
func Create(ctx context.Context, path string, o Options) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make a history: %w", err)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s: %w: it is a directory", path, ErrNotHistory)
	}
	// SQLite would make the file readable by all.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make a history: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("make a history: %w", err)
	}
	return open(ctx, path, o)
}

func open(ctx context.Context, path string, o Options) (_ *Store, err error) {
	s := &Store{path: path, busy: o.Busy, chunk: chunkSize, rows: 20_000}
	defer func() {
		if err != nil {
			_ = s.Close() // the first error is the one to tell
		}
	}()
	// SQLite's locks are the process's: closing any descriptor of the file drops them
	// all. So this one is opened before SQLite opens any, and closed after them.
	mode := "rw"
	if s.file, err = os.OpenFile(path, os.O_RDWR, 0); err != nil {
		mode = "ro"
		if s.file, err = os.Open(path); err != nil {
			return nil, fmt.Errorf("open history: %w", err)
		}
	}
	version, err := look(ctx, path, mode, o)
	if err != nil {
		return nil, err
	}
	if s.reader, err = connect(path, mode, "deferred", o.Busy); err != nil {
		return nil, err
	}
	if s.writer, err = connect(path, mode, "immediate", o.Busy); err != nil {
		return nil, err
	}
	s.writer.SetMaxOpenConns(1)
	if err := s.bringUp(ctx, version, mode); err != nil {
		return nil, err
	}
	return s, nil
}

// look finds the file's schema. It says no journal mode, because to say that of
// another program's database is to change it.
func look(ctx context.Context, path, mode string, o Options) (version int, err error) {
	db, err := connect(path, mode, lookOnly, o.Busy)
	if err != nil {
		return 0, err
	}
	version, err = checkSchema(ctx, db, path)
	return version, errors.Join(err, db.Close())
}

// synchronous is how SQLite waits for the disk. With FULL alone, a loss of power right
// after a transaction could bring its rollback journal back and so undo it: the
// directory is synced, too. Tests, which lose no power, do not wait.
var synchronous = "EXTRA"

// lookOnly stands for the lock of a connection that finds out what a file is.
const lookOnly = ""

// connect prepares connections to the file. A PRAGMA would reach one connection of
// the pool only, so everything is said in the name. A rollback journal, not a
// write-ahead log: the history stays one file that can be copied and read from a
// read-only disk, readers here never hold a lock while they wait for anything, and
// a first snapshot is written once instead of twice. The driver's default for
// synchronous would do for neither.
func connect(path, mode, lock string, busy time.Duration) (*sqlx.DB, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open history: %w", err)
	}
	options := url.Values{
		"mode":          {mode},
		"_txlock":       {lock},
		"_busy_timeout": {fmt.Sprint(min(busy.Milliseconds(), math.MaxInt32))},
		"_journal_mode": {"DELETE"},
		"_synchronous":  {synchronous},
		"_foreign_keys": {"true"},
		"_cache_size":   {"-16384"},
		// What is deleted is overwritten with zeros, and unused space is zeros (seal.go).
		"_secure_delete": {"true"},
	}
	if mode == "ro" || lock == lookOnly {
		options.Del("_journal_mode")
		options.Del("_txlock")
	}
	name := url.URL{Scheme: "file", Path: absolute, RawQuery: options.Encode()}
	db, err := sqlx.Open("sqlite3", name.String())
	if err != nil {
		return nil, fmt.Errorf("open history %s: %w", path, err)
	}
	return db, nil
}

// Close closes the history.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sqlx.DB{s.reader, s.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.file != nil {
		errs = append(errs, s.file.Close())
	}
	return errors.Join(errs...)
}

// Path is the file's name.
func (s *Store) Path() string { return s.path }

// inTx runs fn in a transaction of db.
func inTx(ctx context.Context, db *sqlx.DB, fn func(tx *sqlx.Tx) error) error {
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	if err = fn(tx); err != nil {
		_ = tx.Rollback() // the first error is the one to tell
	} else {
		err = tx.Commit()
	}
	// Cancelled, a transaction is rolled back from elsewhere, at any moment.
	if errors.Is(err, sql.ErrTxDone) && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// translate gives a driver's error its meaning here.
func translate(err error, path string) error {
	if err == nil {
		return nil
	}
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return fmt.Errorf("%s: %w", path, ErrLocked)
	case sqlite3.ErrNotADB:
		return fmt.Errorf("%s: %w", path, ErrNotHistory)
	case sqlite3.ErrCorrupt:
		return fmt.Errorf("%s: %w: %w", path, ErrCorrupt, err)
	case sqlite3.ErrFull:
		return fmt.Errorf("%s: the disk is full; nothing was recorded: %w", path, err)
	case sqlite3.ErrReadonly, sqlite3.ErrCantOpen, sqlite3.ErrPerm:
		return fmt.Errorf("%s: %w: %w", path, ErrReadOnly, err)
	}
	return fmt.Errorf("%s: %w", path, err)
}

// noRows reports whether a query found nothing.
func noRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }

package store_test

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
	"github.com/idpsnap/idpsnap/store/storetest"
)

// first is a history of five nights with the first schema, sealed, as the first
// idpsnap left one.
func first(t *testing.T) (path string) {
	t.Helper()
	from, _ := sample(t)
	schema, err := os.ReadFile("schema/0001_history.sql")
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "history.db")
	copied := ""
	for _, table := range []string{"target", "collection", "snapshot", "chain", "capture", "block", "version", "head"} {
		copied += "INSERT INTO main." + table + " SELECT * FROM sample." + table + ";"
	}
	edit(t, path, string(schema)+"ATTACH '"+from+"' AS sample;"+copied+"PRAGMA application_id = 1768190067; PRAGMA user_version = 1;"+
		"INSERT INTO seal VALUES (1, 0, 0, zeroblob(4096))")
	sealByHand(t, path)
	return path
}

// sealByHand seals a file of less than 1024 pages of 4 KiB, none of them free.
func sealByHand(t *testing.T, path string) {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	counter, pages := binary.BigEndian.Uint32(file[24:]), len(file)/4096
	clear(file[24:40])
	clear(file[92:100])
	sums := make([]byte, 4096)
	for n := range pages {
		binary.BigEndian.PutUint32(sums[4*n:], crc32.Checksum(file[4096*n:4096*(n+1)], crc32.MakeTable(crc32.Castagnoli)))
	}
	db, err := sqlx.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`UPDATE seal SET counter = ?, pages = ?, sums = ?`, counter+1, pages, sums); err != nil {
		t.Fatal(err)
	}
}

// opened opens the history, and gives it with what it says of itself.
func opened(t *testing.T, path string) (*store.Store, snapshot.Verification) {
	t.Helper()
	s, err := store.Open(context.Background(), path, store.Options{Busy: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	v, err := s.Verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

func userVersion(t *testing.T, path string) (version int) {
	t.Helper()
	db, err := sqlx.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Get(&version, `PRAGMA user_version`); err != nil {
		t.Fatal(err)
	}
	return version
}

func TestOldHistoryIsUpgraded(t *testing.T) {
	ctx := context.Background()
	path := first(t)
	s, v := opened(t, path)
	if !v.Sealed || len(v.Problems) > 0 || v.Snapshots != 5 || userVersion(t, path) != 3 {
		t.Errorf("%+v", v)
	}
	if list, err := s.Journal(ctx, ""); err != nil || len(list) > 0 {
		t.Error(list, err)
	}
	journaled(t, s, 3)
	night(t, s, storetest.NewPopulation(700, 40), time.Date(2026, 2, 1, 3, 0, 0, 0, time.UTC))
	if v, err := s.Verify(ctx); err != nil || !v.Sealed || len(v.Problems) > 0 || v.Snapshots != 6 {
		t.Errorf("%+v, %v", v, err)
	}
}

// second is first with the second schema, and six entries of two runs.
func second(t *testing.T) (path string) {
	t.Helper()
	path = first(t)
	schema, err := os.ReadFile("schema/0002_journal.sql")
	if err != nil {
		t.Fatal(err)
	}
	from := filepath.Join(t.TempDir(), "journal.db")
	s := create(t, from)
	journaled(t, s, 3)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	edit(t, path, string(schema)+"ATTACH '"+from+"' AS j; INSERT INTO main.journal SELECT * FROM j.journal;"+
		"UPDATE main.journal_head SET (entries, head) = (SELECT entries, head FROM j.journal_head); PRAGMA user_version = 2")
	sealByHand(t, path)
	return path
}

// TestSecondSchemaIsUpgraded forgets in a history of an idpsnap that could not.
func TestSecondSchemaIsUpgraded(t *testing.T) {
	ctx := context.Background()
	path := second(t)
	if v := userVersion(t, path); v != 2 {
		t.Fatalf("the schema to begin with is %d", v)
	}
	s, v := opened(t, path)
	if !v.Sealed || len(v.Problems) > 0 || userVersion(t, path) != 3 {
		t.Errorf("%+v", v)
	}
	if list, err := s.Journal(ctx, ""); err != nil || len(list) != 6 {
		t.Error(list, err)
	}
	nights, err := s.Snapshots(ctx)
	if err != nil || len(nights) != 5 {
		t.Fatal(nights, err)
	}
	if err := s.Forget(ctx, []string{nights[1].ID}, time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), "x"); err != nil {
		t.Fatal(err)
	}
	if v, err := s.Verify(ctx); err != nil || !v.Sealed || len(v.Problems) > 0 || len(v.Forgotten) != 1 {
		t.Errorf("%+v, %v", v, err)
	}
	if list, err := s.Journal(ctx, ""); err != nil || len(list) != 6 {
		t.Error(list, err)
	}
}

// TestOldHistoryInUseIsForgotten upgrades one that could not be upgraded when it was
// opened.
func TestOldHistoryInUseIsForgotten(t *testing.T) {
	ctx := context.Background()
	for name, old := range map[string]func(*testing.T) string{"first": first, "second": second} {
		path := old(t)
		db, err := sqlx.Open("sqlite3", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		db.SetMaxOpenConns(1)
		if _, err := db.Exec(`BEGIN IMMEDIATE`); err != nil {
			t.Fatal(err)
		}
		s, err := store.Open(ctx, path, store.Options{Busy: 50 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		nights, err := s.Snapshots(ctx)
		if err != nil {
			t.Fatal(err)
		}
		id, at := []string{nights[0].ID}, time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
		if err := s.Forget(ctx, id, at, "x"); !errors.Is(err, store.ErrLocked) {
			t.Errorf("%s: forget: %v", name, err)
		}
		if _, err := s.Prune(ctx, at); !errors.Is(err, store.ErrLocked) {
			t.Errorf("%s: prune: %v", name, err)
		}
		if err := s.Pin(ctx, id, at, "x"); !errors.Is(err, store.ErrLocked) {
			t.Errorf("%s: pin: %v", name, err)
		}
		if _, err := db.Exec(`ROLLBACK`); err != nil {
			t.Fatal(err)
		}
		if err := s.Forget(ctx, id, at, "x"); err != nil || userVersion(t, path) != 3 {
			t.Errorf("%s: forget: %v", name, err)
		}
		if v, err := s.Verify(ctx); err != nil || len(v.Problems) > 0 || len(v.Forgotten) != 1 {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
}

func TestOldHistoryWithoutSealIsUpgradedAndGetsNone(t *testing.T) {
	path := first(t)
	edit(t, path, `UPDATE target SET name = name`)
	if _, v := opened(t, path); v.Sealed || len(v.Problems) > 0 || userVersion(t, path) != 3 {
		t.Errorf("%+v", v)
	}
}

// TestDamageIsNotUpgradedAway flips a byte between the rows, which nothing but the
// seal tells of.
func TestDamageIsNotUpgradedAway(t *testing.T) {
	path := first(t)
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file[4096*2-1-4000] ^= 1 // in the page of a table with one short row
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, v := opened(t, path); len(v.Problems) != 1 || v.Problems[0].Where != "page 2" || userVersion(t, path) != 1 {
			t.Errorf("%+v", v)
		}
	}
}

// TestOldHistoryInUseIsRead opens one while another process writes to it.
func TestOldHistoryInUseIsRead(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	path := first(t)
	db, err := sqlx.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	s, v := opened(t, path)
	if len(v.Problems) > 0 || v.Snapshots != 5 {
		t.Errorf("%+v", v)
	}
	e := store.Entry{Run: "a", Event: "e"}
	if _, err := s.Append(ctx, e, 0); !errors.Is(err, store.ErrLocked) {
		t.Errorf("append: %v", err)
	}
	if _, err := db.Exec(`ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	for after := range int64(2) { // the first one upgrades
		if seq, err := s.Append(ctx, e, after); err != nil || seq != after+1 || userVersion(t, path) != 3 {
			t.Errorf("append: %d, %v", seq, err)
		}
	}
	if v, err := s.Verify(ctx); err != nil || len(v.Problems) > 0 {
		t.Error(v.Problems, err)
	}
}

// unprivileged runs the test in a process that permissions hold for, which they do
// not for root.
func unprivileged(t *testing.T, test func()) {
	t.Helper()
	if os.Geteuid() != 0 || os.Getenv("STORE_TEST_UNPRIVILEGED") != "" {
		test()
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("setpriv"); err != nil {
		t.Skip("permissions mean nothing to root, and there is no setpriv")
	}
	cmd := exec.Command("setpriv", "--bounding-set", "-dac_override", self, "-test.run", "^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), "STORE_TEST_UNPRIVILEGED=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// protect lets nobody write to the file, to its directory, or to either.
func protect(t *testing.T, path string, file, dir os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, file); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(path), dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Dir(path), 0o700) })
	if f, err := os.OpenFile(path, os.O_RDWR, 0); err == nil && file == 0o400 {
		_ = f.Close()
		t.Fatal("the file can be written all the same")
	}
	if f, err := os.Create(filepath.Join(filepath.Dir(path), "x")); err == nil && dir == 0o500 {
		_ = f.Close()
		t.Fatal("the directory can be written all the same")
	}
}

func TestReadOnlyHistoryCanBeRead(t *testing.T) {
	unprivileged(t, func() {
		path, want := sample(t)
		protect(t, path, 0o400, 0o500)
		found, contents := problems(t, path)
		if len(found) > 0 || contents != want {
			t.Error("read-only:", found)
		}
		s, v := opened(t, path)
		if !v.Sealed {
			t.Error("the pages were not checked")
		}
		if list, err := s.Journal(context.Background(), "a"); err != nil || len(list) != 10 {
			t.Error(list, err)
		}
		cannotAppend(t, s)
		cannotForget(t, s)
	})
}

func TestReadOnlyOldHistoryCanBeRead(t *testing.T) {
	unprivileged(t, func() {
		for name, mode := range map[string]struct{ file, dir os.FileMode }{
			"file and directory": {0o400, 0o500}, "file": {0o400, 0o700}, "directory": {0o600, 0o500},
		} {
			for version, path := range map[int]string{1: first(t), 2: second(t)} {
				protect(t, path, mode.file, mode.dir)
				s, v := opened(t, path)
				if !v.Sealed || len(v.Problems) > 0 || v.Snapshots != 5 || userVersion(t, path) != version {
					t.Errorf("%s: %+v", name, v)
				}
				if list, err := s.Journal(context.Background(), ""); err != nil || len(list) != 6*(version-1) {
					t.Error(name, list, err)
				}
				if list, err := s.Forgotten(context.Background()); err != nil || len(list) > 0 {
					t.Error(name, list, err)
				}
				cannotAppend(t, s)
				cannotForget(t, s)
				if _, err := digest(s); err != nil {
					t.Error(name, err)
				}
			}
		}
	})
}

func cannotAppend(t *testing.T, s *store.Store) {
	t.Helper()
	seq, err := s.Append(context.Background(), store.Entry{Run: "z", Event: "e"}, 0)
	if err == nil || !strings.Contains(err.Error(), "cannot write to the history or its directory") {
		t.Errorf("append: %d, %v", seq, err)
	}
}

// TestReadOnlyHistoryIsNotPruned: what was forgotten is, wherever it is read.
func TestReadOnlyHistoryIsNotPruned(t *testing.T) {
	unprivileged(t, func() {
		path, nights := forgetful(t)
		protect(t, path, 0o400, 0o500)
		s, v := opened(t, path)
		if !v.Sealed || len(v.Problems) > 0 || len(v.Forgotten) != 3 {
			t.Errorf("%+v", v)
		}
		if list, err := s.Snapshots(context.Background()); err != nil || len(list) != 2 || list[0].ID != nights[0].ID {
			t.Error(list, err)
		}
		cannotForget(t, s)
		done, err := s.Prune(context.Background(), time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC))
		if err == nil || !strings.Contains(err.Error(), "cannot write to the history or its directory") || done.Rewritten != 0 {
			t.Errorf("prune: %+v, %v", done, err)
		}
	})
}

func cannotForget(t *testing.T, s *store.Store) {
	t.Helper()
	ctx, at := context.Background(), time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	nights, err := s.Snapshots(ctx)
	if err != nil {
		t.Fatal(err)
	}
	id := []string{nights[0].ID}
	for name, err := range map[string]error{"forget": s.Forget(ctx, id, at, "x"), "pin": s.Pin(ctx, id, at, "x")} {
		if err == nil || !strings.Contains(err.Error(), "cannot write to the history or its directory") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

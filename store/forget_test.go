package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
	"github.com/idpsnap/idpsnap/store/storetest"
)

var later = time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC) // when snapshots are forgotten

// listing is what a snapshot holds, a line each.
func listing(tb testing.TB, s *store.Store, id string) (lines []string) {
	tb.Helper()
	for r, err := range s.Resources(context.Background(), id) {
		if err != nil {
			tb.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("%s %s %s", r.Collection, r.ID, r.Document))
	}
	return lines
}

// changes are the differences of two snapshots, a line each.
func changes(tb testing.TB, s *store.Store, a, b string) (lines []string) {
	tb.Helper()
	side := func(r *snapshot.Resource) string {
		if r == nil {
			return "-"
		}
		return fmt.Sprintf("%s %s %s", r.Collection, r.ID, r.Document)
	}
	for p, err := range s.Differences(context.Background(), a, b) {
		if err != nil {
			tb.Fatal(err)
		}
		lines = append(lines, side(p.A)+" > "+side(p.B))
	}
	return lines
}

// versionLines are the versions of all resources, a line each. meanwhile is called once,
// in the middle of the search.
func versionLines(tb testing.TB, s *store.Store, meanwhile func()) (lines []string) {
	tb.Helper()
	var once sync.Once
	versions, err := s.Versions(context.Background(), storetest.Account, func(snapshot.Resource) bool {
		once.Do(meanwhile)
		return true
	})
	if err != nil {
		tb.Fatal(err)
	}
	for _, v := range versions {
		lines = append(lines, fmt.Sprintf("%s %s %s from %s until %s", v.Collection, v.ID, v.Document, v.From, v.Until))
	}
	return lines
}

// lived are the versions of all resources, a line each: from the first night of the
// list that holds one to the first that does not.
func lived(nights []snapshot.Snapshot, listings map[string][]string) (lines []string) {
	since := map[string]int{}
	for n := range len(nights) + 1 {
		now := map[string]bool{}
		if n < len(nights) {
			for _, line := range listings[nights[n].ID] {
				now[line] = true
				if _, ok := since[line]; !ok {
					since[line] = n
				}
			}
		}
		for line, from := range since {
			if !now[line] {
				until := ""
				if n < len(nights) {
					until = nights[n].ID
				}
				lines = append(lines, fmt.Sprintf("%s from %s until %s", line, nights[from].ID, until))
				delete(since, line)
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// TestYearForgotten keeps 65 of 365 nights, as people do: the last ones, and one a
// week and a month before.
func TestYearForgotten(t *testing.T) {
	if testing.Short() {
		t.Skip("one thing after the other: in the run without -short")
	}
	t.Parallel()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "history.db")
	s := create(t, path)
	p := storetest.NewPopulation(200, 20)
	const days = 365
	var left []snapshot.Snapshot
	var gone []string
	for n := range days {
		p.Night(1000, 400, 400)
		sn := night(t, s, p, time.Date(2026, 1, 1+n, 3, 0, 0, 0, time.UTC))
		if n >= days-25 || n%9 == 4 {
			left = append(left, sn)
		} else {
			gone = append(gone, sn.ID)
		}
	}
	listings, differences := map[string][]string{}, map[string][]string{}
	pairs := func(visit func(a, b string)) {
		for i := range left {
			for _, j := range []int{i + 1, i + 7, len(left) - 1 - i, 0} {
				if j < len(left) {
					visit(left[i].ID, left[j].ID)
				}
			}
		}
	}
	for _, sn := range left {
		listings[sn.ID] = listing(t, s, sn.ID)
	}
	pairs(func(a, b string) { differences[a+b] = changes(t, s, a, b) })
	check := func(when string, forgotten int) {
		t.Helper()
		for _, sn := range left {
			if diff := cmp.Diff(listings[sn.ID], listing(t, s, sn.ID)); diff != "" {
				t.Fatalf("%s: %s", when, diff)
			}
		}
		pairs(func(a, b string) {
			want, was := differences[a+b] // else with the night after
			if diff := cmp.Diff(want, changes(t, s, a, b)); was && diff != "" {
				t.Fatalf("%s: %s", when, diff)
			}
		})
		got := versionLines(t, s, func() {})
		slices.Sort(got)
		if diff := cmp.Diff(lived(left, listings), got); diff != "" {
			t.Fatalf("%s: %s", when, diff)
		}
		v, err := s.Verify(context.Background())
		if err != nil || len(v.Problems) > 0 || !v.Sealed || len(v.Forgotten) != forgotten || len(mustList(t, s))+forgotten != v.Snapshots {
			t.Fatalf("%s: %v, sealed %t, %d forgotten, %v", when, v.Problems, v.Sealed, len(v.Forgotten), err)
		}
	}
	if err := s.Forget(ctx, gone, later, "keep 25 daily, and some"); err != nil {
		t.Fatal(err)
	}
	check("forgotten", len(gone))
	done, err := s.Prune(ctx, later)
	if err != nil || done.After >= done.Before*4/5 || done.Before == 0 || done.After != size(t, path) || done.Rewritten == 0 {
		t.Fatalf("pruned: %+v, %v", done, err)
	}
	t.Logf("pruned: %+v", done)
	check("pruned", len(gone))
	again, err := s.Prune(ctx, later)
	if want := (store.Pruned{Before: done.After, After: done.After}); err != nil || again != want {
		t.Errorf("pruned again: %+v, %v", again, err)
	}

	before, err := s.Verify(ctx)
	if err != nil {
		t.Fatal(err)
	}
	p.Night(1000, 400, 400)
	sn := night(t, s, p, time.Date(2027, 1, 1, 3, 0, 0, 0, time.UTC))
	last := left[len(left)-1]
	left, listings[sn.ID] = append(left, sn), listing(t, s, sn.ID)
	now := changes(t, s, last.ID, sn.ID)
	counted := 0
	for _, c := range sn.Captures {
		counted += c.Added + c.Changed + c.Removed
	}
	if counted != len(now) || counted == 0 || counted > 100 {
		t.Errorf("the night after: %d changes counted, %d found", counted, len(now))
	}
	if v, err := s.Verify(ctx); err != nil || v.Versions-before.Versions > counted {
		t.Errorf("the night after: %d versions for %d changes, %v", v.Versions-before.Versions, counted, err)
	}
	check("the night after", len(gone))
}

func mustList(tb testing.TB, s *store.Store) []snapshot.Snapshot {
	tb.Helper()
	list, err := s.Snapshots(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	return list
}

// forgetful is the sample of which the second and third of five nights, and the last
// one, are forgotten, one after the other.
func forgetful(tb testing.TB) (path string, nights []snapshot.Snapshot) {
	tb.Helper()
	path, _ = sample(tb)
	s := create(tb, path)
	nights = mustList(tb, s)
	for _, n := range []int{1, 2, 4} {
		if err := s.Forget(context.Background(), []string{nights[n].ID}, later, "x"); err != nil {
			tb.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		tb.Fatal(err)
	}
	return path, nights
}

// TestForgottenIsGoneFromTheFile looks for what a forgotten night alone held.
func TestForgottenIsGoneFromTheFile(t *testing.T) {
	ctx := context.Background()
	path, nights := forgetful(t)
	s := create(t, path)
	if _, err := s.Prune(ctx, later); err != nil {
		t.Fatal(err)
	}
	left := map[string]bool{}
	for _, sn := range mustList(t, s) {
		for _, line := range listing(t, s, sn.ID) {
			left[line] = true
		}
	}
	v, err := s.Verify(ctx)
	if err != nil || len(v.Problems) > 0 || v.Versions != len(left) {
		t.Errorf("%d versions of %d documents; %v, %v", v.Versions, len(left), v.Problems, err)
	}
	db, err := sqlx.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var bytes, used, free int64
	for query, to := range map[string]*int64{
		`SELECT sum(size) FROM block`: &bytes, `SELECT sum(length) FROM version`: &used, `PRAGMA freelist_count`: &free,
	} {
		if err := db.Get(to, query); err != nil {
			t.Fatal(err)
		}
	}
	if bytes != used || free != 0 {
		t.Errorf("blocks of %d bytes hold documents of %d; %d pages are free", bytes, used, free)
	}
	if len(nights) != 5 {
		t.Errorf("%d nights", len(nights))
	}
}

// TestForgettingWaitsForNobodyForever forgets while another process writes, or reads.
func TestForgettingWaitsForNobodyForever(t *testing.T) {
	ctx := context.Background()
	path, _ := forgetful(t)
	s, err := store.Open(ctx, path, store.Options{Busy: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	db, err := sqlx.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	id := []string{mustList(t, s)[0].ID}
	for _, lock := range []string{`BEGIN IMMEDIATE`, `BEGIN; SELECT count(*) FROM version`} {
		if _, err := db.Exec(lock); err != nil {
			t.Fatal(err)
		}
		_, pruning := s.Prune(ctx, later)
		for name, err := range map[string]error{"forget": s.Forget(ctx, id, later, "x"), "pin": s.Pin(ctx, id, later, "x"), "prune": pruning} {
			if !errors.Is(err, store.ErrLocked) {
				t.Errorf("%s, while another has %s: %v", name, lock, err)
			}
		}
		if _, err := db.Exec(`ROLLBACK`); err != nil {
			t.Fatal(err)
		}
	}
	if got := mustList(t, s); len(got) != 2 || got[0].Pin != "" {
		t.Errorf("left: %v", got)
	}
	if err := s.Forget(ctx, id, later, "x"); err != nil {
		t.Error(err)
	}
	if done, err := s.Prune(ctx, later); err != nil || done.Rewritten == 0 {
		t.Errorf("%+v, %v", done, err)
	}
}

// TestVacuumAloneIsMissing prunes what was killed before the file was made smaller.
func TestVacuumAloneIsMissing(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "history.db")
	s := create(t, path)
	p := storetest.NewPopulation(700, 40)
	night(t, s, p, later)
	edit(t, path, `CREATE TABLE x (y); INSERT INTO x VALUES (zeroblob(9000000)); DROP TABLE x`)
	if err := s.Seal(ctx); err != nil {
		t.Fatal(err)
	}
	done, err := s.Prune(ctx, later)
	if err != nil || done.Before-done.After < 8_000_000 || done.Rewritten != 0 {
		t.Errorf("%+v, %v", done, err)
	}
	if again, err := s.Prune(ctx, later); err != nil || again.Before != done.After || again.After != done.After {
		t.Errorf("pruned again: %+v, %v", again, err)
	}
	if v, err := s.Verify(ctx); err != nil || len(v.Problems) > 0 || !v.Sealed {
		t.Errorf("%+v, %v", v, err)
	}
}

// TestNothingToDoWritesNothing does again what was done.
func TestNothingToDoWritesNothing(t *testing.T) {
	ctx := context.Background()
	path, nights := forgetful(t)
	s := create(t, path)
	id := []string{nights[0].ID}
	if err := s.Pin(ctx, id, later, "x"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Prune(ctx, later); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, pruning := s.Prune(ctx, later)
	for name, err := range map[string]error{
		"pin": s.Pin(ctx, id, later, "x"), "pin nothing": s.Pin(ctx, nil, later, "x"), "unpin": s.Unpin(ctx, []string{nights[3].ID}, later, ""),
		"forget nothing": s.Forget(ctx, nil, later, "x"), "prune": pruning,
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Error("the file is another", err)
	}
}

// TestUnusedBlocksAreDeleted forgets the only night of many users.
func TestUnusedBlocksAreDeleted(t *testing.T) {
	ctx := context.Background()
	s := create(t, filepath.Join(t.TempDir(), "history.db"))
	sn := night(t, s, storetest.NewPopulation(2000, 40), later)
	night(t, s, storetest.NewPopulation(100, 10), later)
	if err := s.Forget(ctx, []string{sn.ID}, later, "x"); err != nil {
		t.Fatal(err)
	}
	if done, err := s.Prune(ctx, later); err != nil || done.Deleted < 5 || done.Rewritten > 2 {
		t.Errorf("%+v, %v", done, err)
	}
}

// TestReadingWhileOthersForget lets another process forget, prune and record in the
// middle of what is read. That is read as it was, or it is said to be gone.
func TestReadingWhileOthersForget(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "history.db")
	manyNights(t, path)
	s, other := create(t, path), create(t, path)
	s.SetChunk(100 << 10)
	nights := mustList(t, s)
	p, done := storetest.NewPopulation(1500, 50), 0
	meanwhile := func(sn snapshot.Snapshot) {
		t.Helper()
		if err := other.Forget(context.Background(), []string{sn.ID}, later, "x"); err != nil {
			t.Fatal(err)
		}
		if pruned, err := other.Prune(context.Background(), later); err != nil || pruned.Rewritten == 0 {
			t.Fatalf("%+v, %v", pruned, err)
		}
		night(t, other, p, later)
		done++
	}
	want := listing(t, s, nights[5].ID)
	var got []string
	for r, err := range s.Resources(ctx, nights[5].ID) {
		if err != nil {
			t.Fatal(err)
		}
		if len(got)%600 == 300 {
			meanwhile(nights[1+done])
		}
		got = append(got, fmt.Sprintf("%s %s %s", r.Collection, r.ID, r.Document))
	}
	if diff := cmp.Diff(want, got); diff != "" || done < 2 {
		t.Errorf("after %d: %s", done, diff)
	}

	versions := versionLines(t, s, func() { meanwhile(nights[6]) })
	if diff := cmp.Diff(versionLines(t, s, func() {}), versions); diff != "" {
		t.Errorf("versions: %s", diff)
	}

	count := 0
	for _, err := range s.Resources(ctx, nights[5].ID) {
		if count++; count == 100 {
			meanwhile(nights[5])
		}
		if err != nil && (!errors.Is(err, store.ErrForgotten) || count < 100) {
			t.Fatal(err)
		}
		if err != nil {
			return
		}
	}
	t.Errorf("a snapshot that was forgotten is read to its end: %d", count)
}

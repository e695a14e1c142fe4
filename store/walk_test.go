package store_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"
	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
	"github.com/idpsnap/idpsnap/store/storetest"
)

// chunks are sizes of chunks: a document each, a few, and all at once.
var chunks = []int64{1, 300, 1000, 5000, math.MaxInt64 / 4}

// sameAtOnce checks that what the history holds does not depend on how much of it
// is read at a time.
func sameAtOnce(t *rapid.T, s *store.Store) {
	t.Helper()
	inChunks, err := everything(s)
	if err != nil {
		t.Fatal(err)
	}
	s.SetChunk(math.MaxInt64 / 4)
	atOnce, err := everything(s)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(atOnce, inChunks); diff != "" {
		t.Fatalf("(-at once +in chunks):\n%s", diff)
	}
}

// everything is all that the history's snapshots hold, in the order in which it is
// read.
func everything(s *store.Store) (lines []string, err error) {
	nights, err := s.Snapshots(context.Background())
	if err != nil {
		return nil, err
	}
	for _, sn := range nights {
		for r, err := range s.Resources(context.Background(), sn.ID) {
			if err != nil {
				return nil, err
			}
			lines = append(lines, fmt.Sprintf("%s: %s %s %s", sn.ID, r.Collection, r.ID, r.Document))
		}
	}
	return lines, nil
}

// reading is a way to read a history, which yields a line a resource.
type reading func(s *store.Store) iter.Seq2[string, error]

// readings are the ways to read what the first and the last of the nights held.
func readings(first, last string) map[string]reading {
	ctx := context.Background()
	return map[string]reading{
		"resources": func(s *store.Store) iter.Seq2[string, error] {
			return lined(s.Resources(ctx, last), func(r snapshot.Resource) string { return string(r.Document) })
		},
		"differences": func(s *store.Store) iter.Seq2[string, error] {
			return lined(s.Differences(ctx, first, last), func(p snapshot.Pair) (line string) {
				for _, side := range []*snapshot.Resource{p.A, p.B} {
					if side != nil {
						line += string(side.Document)
					}
					line += " | "
				}
				return line
			})
		},
		"members": func(s *store.Store) iter.Seq2[string, error] {
			return lined(s.Members(ctx, last), func(m snapshot.Member) string { return m.First + " " + string(m.Document) })
		},
	}
}

func lined[E any](seq iter.Seq2[E, error], line func(E) string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for e, err := range seq {
			text := ""
			if err == nil {
				text = line(e)
			}
			if !yield(text, err) {
				return
			}
		}
	}
}

// read reads to the end; after each line it calls meanwhile.
func read(seq iter.Seq2[string, error], meanwhile func(lines int)) (lines []string, err error) {
	for line, err := range seq {
		if err != nil {
			return lines, err
		}
		lines = append(lines, line)
		meanwhile(len(lines))
	}
	return lines, nil
}

func execute(tb testing.TB, path string, statements ...string) {
	tb.Helper()
	db, err := sqlx.Open("sqlite3", path)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := db.Exec(strings.Join(statements, ";")); err != nil {
		tb.Fatal(err)
	}
	if err := db.Close(); err != nil {
		tb.Fatal(err)
	}
}

// What stands for pruning here does the worst that a reader may meet: the number of
// every block is now that of another.
const (
	writtenDown = `INSERT INTO journal (run, event, at, data, digest) VALUES ('', 'prune', '2026-06-01T00:00:00.000000000Z', '{}', x'')`
	moveBlocks  = `PRAGMA foreign_keys = OFF;
		BEGIN IMMEDIATE;
		CREATE TEMP TABLE turn AS SELECT id, (SELECT min(id) + max(id) FROM block) - id AS other FROM block;
		UPDATE block SET id = -(SELECT other FROM turn WHERE turn.id = block.id);
		UPDATE block SET id = -id;
		UPDATE version SET block = (SELECT other FROM turn WHERE turn.id = version.block);
		` + writtenDown + `;
		COMMIT`
)

// weeks is a history of a few nights in several blocks.
func weeks(tb testing.TB, path string) (s *store.Store, p *storetest.Population, first, last snapshot.Snapshot) {
	tb.Helper()
	s = create(tb, path)
	p = storetest.NewPopulation(1000, 30)
	at := time.Date(2026, 6, 1, 3, 0, 0, 0, time.UTC)
	first = night(tb, s, p, at)
	for n := range 3 {
		p.Night(2000, 300, 300)
		last = night(tb, s, p, at.AddDate(0, 0, n+1))
	}
	return s, p, first, last
}

// TestReadWhileOthersWrite reads in chunks while another process records a night,
// prunes or forgets: what comes is what would have come without.
func TestReadWhileOthersWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	s, p, first, last := weeks(t, path)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, read1 := range readings(first.ID, last.ID) {
		want, err := read(read1(s), func(int) {})
		if err != nil || len(want) < 500 {
			t.Fatal(name, len(want), err)
		}
		for what, meanwhile := range map[string]func(t *testing.T, other *store.Store, path string){
			"a night": func(t *testing.T, other *store.Store, _ string) {
				t.Helper()
				p.Night(2000, 300, 300)
				night(t, other, p, last.TakenAt.AddDate(0, 0, 1))
			},
			"blocks move": func(t *testing.T, _ *store.Store, path string) {
				t.Helper()
				execute(t, path, moveBlocks)
			},
			"all blocks move three times": func(t *testing.T, _ *store.Store, path string) {
				t.Helper()
				execute(t, path, moveBlocks)
				execute(t, path, moveBlocks)
				execute(t, path, moveBlocks)
			},
		} {
			t.Run(name+" while "+what, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "history.db")
				if err := os.WriteFile(path, whole, 0o600); err != nil {
					t.Fatal(err)
				}
				s, other := create(t, path), create(t, path)
				s.SetChunk(40_000)
				got, err := read(read1(s), func(lines int) {
					if lines == 1 || lines == 200 {
						meanwhile(t, other, path)
					}
				})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-in peace +got):\n%s", diff)
				}
			})
		}
	}
}

// TestCancelledWhileReading cancels at any moment: reading ends.
func TestCancelledWhileReading(t *testing.T) {
	t.Parallel()
	s, _, _, last := weeks(t, filepath.Join(t.TempDir(), "history.db"))
	for n := range 400 {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Duration(n)*20*time.Microsecond, cancel)
		for _, err := range s.Resources(ctx, last.ID) {
			if err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
		}
		cancel()
	}
}

// TestCancelledBetweenStatements: that the transaction is over by then is not the error to
// tell.
func TestCancelledBetweenStatements(t *testing.T) {
	s := create(t, filepath.Join(t.TempDir(), "history.db"))
	for name, last := range map[string]func(err error) error{
		"in a statement": func(err error) error { return err },
		"at the end":     func(error) error { return nil },
	} {
		ctx, cancel := context.WithCancel(t.Context())
		err := s.InTx(ctx, func(tx *sqlx.Tx) (err error) {
			cancel()
			for err == nil { // until it was rolled back
				_, err = tx.ExecContext(t.Context(), `SELECT 1`)
			}
			return last(err)
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestForgottenWhileReading forgets the first night while another one is read. What
// that one held stays as it was; but what was first seen in the first night can no
// longer be said to be.
func TestForgottenWhileReading(t *testing.T) {
	for name, want := range map[string]error{"resources": nil, "differences": store.ErrNoSnapshot, "members": store.ErrRearranged} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "history.db")
			s, _, first, last := weeks(t, path)
			wanted := readings(first.ID, last.ID)[name]
			before, err := read(wanted(s), func(int) {})
			if err != nil {
				t.Fatal(err)
			}
			s.SetChunk(40_000)
			got, err := read(wanted(s), func(lines int) {
				if lines > 1 {
					return
				}
				if err := s.Forget(context.Background(), []string{first.ID}, last.FinishedAt, "a test"); err != nil {
					t.Fatal(err)
				}
				if _, err := s.Prune(context.Background(), last.FinishedAt); err != nil {
					t.Fatal(err)
				}
			})
			if !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
			if want == nil && !cmp.Equal(before, got) {
				t.Errorf("%d lines, not the %d of before", len(got), len(before))
			}
			if want != nil && (len(got) == 0 || len(got) > len(before)/2) {
				t.Errorf("%d of %d lines before the error", len(got), len(before))
			}
		})
	}
}

// TestRearrangedAgainAndAgain gives up where there is no peace, and only there.
func TestRearrangedAgainAndAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	s, _, _, _ := weeks(t, path)
	for times, want := range map[int]error{0: nil, 1: nil, 3: nil, 1000: store.ErrRearranged} {
		asked := 0
		err := s.ReadNothing(context.Background(), func() {
			if asked++; asked <= times {
				execute(t, path, writtenDown)
			}
		})
		if !errors.Is(err, want) || asked > 10 {
			t.Errorf("%d times: %v after asking %d times, want %v", times, err, asked, want)
		}
	}
}

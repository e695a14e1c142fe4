package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"
	"golang.org/x/sync/errgroup"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Verify recomputes everything that the history claims: SQLite's own structure,
// the chain of manifests, every document, what each capture held, that no row is
// there which nothing accounts for, the journal's chain, and that nothing is gone but
// what the journal says was forgotten. What is not as it was recorded it lists; the
// error tells only what kept it from looking.
func (s *Store) Verify(ctx context.Context) (snapshot.Verification, error) {
	v := &verifier{store: s}
	err := inTx(ctx, s.reader, func(tx *sqlx.Tx) error {
		g, ctx := errgroup.WithContext(ctx)
		var structure []snapshot.Problem
		g.Go(func() (err error) {
			structure, err = s.checkStructure(ctx)
			return err
		})
		var sealed bool
		var pages []snapshot.Problem
		g.Go(func() (err error) {
			sealed, pages, err = s.checkSeal(ctx)
			return err
		})
		g.Go(func() error { return v.contents(ctx, tx) })
		err := g.Wait()
		v.result.Sealed = sealed
		v.result.Problems = slices.Concat(structure, v.result.Problems, pages)
		return err
	})
	if err == nil {
		return v.result, nil
	}
	if err = translate(fmt.Errorf("verify: %w", err), s.path); errors.Is(err, ErrCorrupt) || errors.Is(err, ErrNotHistory) {
		v.problem("file", "%v", err)
		return v.result, nil
	}
	return v.result, err
}

// checkStructure asks SQLite whether pages, indexes and constraints hold, and
// compares the schema with the one that this program would make, or made when it
// had that version.
func (s *Store) checkStructure(ctx context.Context) ([]snapshot.Problem, error) {
	var problems []snapshot.Problem
	var lines []string
	if err := s.reader.SelectContext(ctx, &lines, `PRAGMA integrity_check(20)`); err != nil {
		return nil, err
	}
	for _, line := range lines {
		if line != "ok" {
			problems = append(problems, snapshot.Problem{Where: "file", What: line})
		}
	}
	var version int
	var have []string
	err := inTx(ctx, s.reader, func(tx *sqlx.Tx) (err error) { // another process may be upgrading
		if version, err = schemaVersion(ctx, tx); err != nil {
			return err
		}
		return tx.SelectContext(ctx, &have, schemaQuery)
	})
	if err != nil {
		return nil, err
	}
	want, err := schemaText(ctx, version)
	if err != nil {
		return nil, err
	}
	for i := range max(len(want), len(have)) {
		if i >= len(want) || i >= len(have) || want[i] != have[i] {
			problems = append(problems, snapshot.Problem{Where: "schema", What: "the tables are not those that idpsnap makes"})
			break
		}
	}
	return problems, nil
}

// verifier gathers what a verification finds.
type verifier struct {
	store       *Store
	result      snapshot.Verification
	collections map[int64]*replay
	upkeep      *upkeep
}

func (v *verifier) problem(where, format string, args ...any) {
	v.result.Problems = append(v.result.Problems, snapshot.Problem{Where: where, What: fmt.Sprintf(format, args...)})
}

func (v *verifier) contents(ctx context.Context, tx *sqlx.Tx) error {
	if err := v.loadUpkeep(ctx, tx); err != nil {
		return err
	}
	if err := v.loadCollections(ctx, tx); err != nil {
		return err
	}
	if err := v.chain(ctx, tx); err != nil {
		return err
	}
	if err := v.versions(ctx, tx); err != nil {
		return err
	}
	for _, r := range v.collections {
		if err := eachHead(ctx, tx, r.row, r.head.load); err != nil {
			v.problem(r.name(), "%v", err)
			r.head = nil
		}
	}
	var g errgroup.Group
	for _, r := range v.collections {
		g.Go(func() error { r.run(); return nil })
	}
	_ = g.Wait() // run has no error
	for _, r := range v.collections {
		v.result.Problems = append(v.result.Problems, r.problems...)
	}
	if err := v.strays(ctx, tx); err != nil {
		return err
	}
	return v.journal(ctx, tx)
}

func (v *verifier) loadCollections(ctx context.Context, tx *sqlx.Tx) error {
	rows, err := tx.QueryxContext(ctx, `SELECT c.id, c.kind, c.provider, coalesce(t.name, '') FROM collection c LEFT JOIN target t ON t.id = c.target`)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	v.collections = map[int64]*replay{}
	for rows.Next() {
		r := &replay{head: newTree()}
		if err := rows.Scan(&r.row, &r.collection.Kind, &r.collection.Provider, &r.target); err != nil {
			return err
		}
		v.collections[r.row] = r
	}
	return rows.Err()
}

// chain checks every manifest against its id, the one before it and the rows of
// its snapshot, and hands each capture to the replay of its collection.
func (v *verifier) chain(ctx context.Context, tx *sqlx.Tx) error {
	captures, err := v.loadCaptures(ctx, tx)
	if err != nil {
		return err
	}
	rows, err := tx.QueryxContext(ctx, `SELECT s.seq, s.id, s.manifest, coalesce(t.name, '') FROM snapshot s LEFT JOIN target t ON t.id = s.target ORDER BY s.seq`)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	head := ""
	for rows.Next() {
		var seq int64
		var id, text []byte
		var target string
		if err := rows.Scan(&seq, &id, &text, &target); err != nil {
			return err
		}
		v.result.Snapshots++
		where := "snapshot " + snapshot.ShortID(hex.EncodeToString(id))
		if sum := sha256.Sum256(text); !bytes.Equal(sum[:], id) {
			v.problem(where, "the manifest is not the one that the id was made of")
		}
		sn, previous, err := readManifest(text)
		if err != nil {
			v.problem(where, "%v", err)
			head = hex.EncodeToString(id)
			continue
		}
		if previous != head {
			v.problem(where, "follows snapshot %s, but the one before it in the history is %s", orNone(previous), orNone(head))
		}
		if sn.Target.String() != target {
			v.problem(where, "is of %s, but filed under %q", sn.Target, target)
		}
		head = hex.EncodeToString(id)
		if !v.isForgotten(where, head, sn, captures[seq]) {
			v.matchCaptures(where, sn, captures[seq])
		}
		delete(captures, seq)
	}
	for seq := range captures {
		v.problem("history", "captures of snapshot number %d, which is missing", seq)
	}
	v.result.Head = head
	if err := rows.Err(); err != nil {
		return err
	}
	return v.chainEnd(ctx, tx)
}

// chainEnd checks that no snapshot is missing at the end of the chain.
func (v *verifier) chainEnd(ctx context.Context, tx *sqlx.Tx) error {
	var end struct {
		Snapshots int    `db:"snapshots"`
		Head      []byte `db:"head"`
	}
	if err := tx.GetContext(ctx, &end, `SELECT snapshots, head FROM chain`); err != nil && !noRows(err) {
		return err
	}
	if head := hex.EncodeToString(end.Head); end.Snapshots != v.result.Snapshots || head != v.result.Head {
		v.problem("history", "%d snapshots, the newest %s, but %d were recorded, the newest %s",
			v.result.Snapshots, orNone(v.result.Head), end.Snapshots, orNone(head))
	}
	return nil
}

func orNone(id string) string {
	if id == "" {
		return "(none)"
	}
	return snapshot.ShortID(id)
}

// loadCaptures gives the rows of all captures by their snapshot's number.
func (v *verifier) loadCaptures(ctx context.Context, tx *sqlx.Tx) (map[int64][]capture, error) {
	rows, err := tx.QueryxContext(ctx, `SELECT snapshot, id, collection FROM capture ORDER BY id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	captures := map[int64][]capture{}
	for rows.Next() {
		var seq int64
		var c capture
		if err := rows.Scan(&seq, &c.row, &c.collection); err != nil {
			return nil, err
		}
		v.result.Captures++
		captures[seq] = append(captures[seq], c)
	}
	return captures, rows.Err()
}

// matchCaptures pairs the complete captures that a manifest names with their rows.
func (v *verifier) matchCaptures(where string, sn snapshot.Snapshot, rows []capture) {
	byName := map[snapshot.Collection]capture{}
	for _, c := range rows {
		r := v.collections[c.collection]
		if r == nil {
			v.problem(where, "a capture of collection number %d, which is missing", c.collection)
			continue
		}
		if r.target != sn.Target.String() {
			v.problem(where, "a capture of %s, which is another target", r.name())
		}
		byName[r.collection] = c
	}
	for _, want := range sn.Captures {
		if want.Status != snapshot.Complete {
			continue
		}
		c, ok := byName[want.Collection]
		if !ok {
			v.problem(where, "%s: the capture is missing", want.Collection)
			continue
		}
		delete(byName, want.Collection)
		r := v.collections[c.collection]
		r.captures = append(r.captures, replayCapture{row: c.row, where: where, want: want})
	}
	for c := range byName {
		v.problem(where, "%s: a capture that the manifest does not name", c)
	}
}

// strays looks for rows that nothing refers to.
func (v *verifier) strays(ctx context.Context, tx *sqlx.Tx) error {
	for _, q := range []struct{ what, query string }{
		{"block %d, which no version uses", `SELECT id FROM block WHERE NOT ?1 AND id NOT IN (SELECT block FROM version) ORDER BY id LIMIT 5`},
		{"collection number %d, which no capture is of", `SELECT id FROM collection WHERE id NOT IN (SELECT collection FROM capture) ORDER BY id LIMIT 5`},
		{"target number %d, which no snapshot is of", `SELECT id FROM target WHERE id NOT IN (SELECT target FROM snapshot) ORDER BY id LIMIT 5`},
		{"row %d of table head, of a collection that is missing", `SELECT id FROM head WHERE collection NOT IN (SELECT id FROM collection) ORDER BY id LIMIT 5`},
		{"version %d, of a collection that is missing", `SELECT id FROM version WHERE collection NOT IN (SELECT id FROM collection) ORDER BY id LIMIT 5`},
	} {
		var ids []int64
		if err := tx.SelectContext(ctx, &ids, q.query, v.upkeep.holes); err != nil {
			return err
		}
		for _, id := range ids {
			v.problem("history", q.what, id)
		}
	}
	return nil
}

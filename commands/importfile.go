package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

func newImport(env Env, shared *common) command {
	a := new(historyArgs)
	return command{
		name: "import", args: "FILE", min: 1, max: 1,
		short: "put an exported snapshot into a history",
		long: `
Records what export (JSON or YAML) or show STATE --json wrote as a snapshot of its
target, in the history, which is made if there is none. FILE - is stdin. The
snapshot is of the time at which it was taken, is listed as imported and names the
id that it had; show, diff and restore take it like any other.

What the file holds of each list is checked against the count and the digest that
it says: a file that was cut off or edited is refused (exit 13), and nothing is
recorded. Lists that --kind left out of the file count as unknown, not as empty.

A history only grows forward: a snapshot that is not newer than the newest of its
target is refused (exit 5), as is one that is there already. --db FILE names a
history of its own for it.`,
		examples: []example{
			{"idpsnap import state.json", ""},
			{"idpsnap import june.yaml --db june.db && idpsnap diff @latest live --db june.db", "without touching the history"},
			{"ssh backup idpsnap export latest | idpsnap import -", ""},
		},
		exits: []int{exitDone, exitFailed, exitIncomplete, exitRefused, exitNotFound, exitLocked, exitIntegrity, exitUsage},
		flags: a.flags(),
		run:   func(ctx context.Context, args []string) error { return runImport(ctx, env, shared, a, args[0]) },
	}
}

func runImport(ctx context.Context, env Env, shared *common, a *historyArgs, file string) error {
	p, err := shared.printer(env)
	if err != nil {
		return err
	}
	path, err := a.path(env)
	if err != nil {
		return err
	}
	im, err := readImport(ctx, env, strings.TrimPrefix(file, "file:"))
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		// A file that is not what it says should not leave an empty history behind.
		if err := im.rehearse(ctx); err != nil {
			return err
		}
	}
	var sn snapshot.Snapshot
	err = a.orCreate(ctx, env, func(s *store.Store, path string, isNew bool) error {
		if sn, err = im.record(ctx, s); err != nil {
			return err
		}
		if isNew {
			notes{env: env, shared: shared}.tell(ctx, "made the history %s, which only you may read; keep a copy of it elsewhere", path)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if shared.json || !shared.quiet {
		if err := p.Taken([]snapshot.Snapshot{sn}); err != nil {
			return err
		}
	}
	return incompleteState(sn, nil)
}

// imported is a snapshot that was read from a file.
type imported struct {
	file      string // for messages
	snapshot  snapshot.Snapshot
	resources []snapshot.Resource // in display order
}

// readImport reads the file and checks all that can be checked without a history.
func readImport(ctx context.Context, env Env, path string) (imported, error) {
	sn, resources, err := readStateFile(ctx, env, path)
	if err != nil {
		return imported{}, err
	}
	im := imported{file: "file:" + path, snapshot: sn, resources: resources}
	if err := im.checkHead(env.Now()); err != nil {
		hint := "the file must be what idpsnap export wrote, whole"
		if errors.Is(err, errToCome) {
			hint = "is this machine's clock right? It says " + env.Now().UTC().Format(time.RFC3339) + "; or that of the machine which took the snapshot was not"
		}
		return im, &problem{class: errBadFile, text: im.file + ": " + err.Error(), hint: hint}
	}
	if err := im.checkLists(); err != nil {
		return im, err
	}
	im.snapshot.ImportedFrom, im.snapshot.ID = sn.ID, ""
	im.snapshot.Origin = snapshot.Imported
	slices.SortFunc(im.snapshot.Captures, func(a, b snapshot.Capture) int {
		kinds := snapshot.Kinds()
		return cmp.Or(slices.Index(kinds, a.Kind)-slices.Index(kinds, b.Kind), cmp.Compare(a.Provider, b.Provider))
	})
	return im, nil
}

// errToCome says that a moment is in the future, for the clock of this machine.
var errToCome = errors.New("which is still to come")

var fullID = regexp.MustCompile(`^([0-9a-f]{64})?$`)

// checkHead checks what the file says of the snapshot as a whole, and settles its
// times as a history keeps them.
func (im *imported) checkHead(now time.Time) error {
	sn := &im.snapshot
	sn.TakenAt, sn.FinishedAt = sn.TakenAt.UTC().Truncate(time.Millisecond), sn.FinishedAt.UTC().Truncate(time.Millisecond)
	if sn.FinishedAt.IsZero() {
		sn.FinishedAt = sn.TakenAt
	}
	switch {
	case sn.TakenAt.IsZero():
		return errors.New("it does not say when the snapshot was taken")
	case sn.TakenAt.After(now):
		return fmt.Errorf("it says that the snapshot was taken at %s, %w", sn.TakenAt.Format(time.RFC3339), errToCome)
	case sn.FinishedAt.Before(sn.TakenAt):
		return errors.New("it says that the snapshot was finished before it was begun")
	case !fullID.MatchString(sn.ID):
		return fmt.Errorf("%.80q is no id of a snapshot", sn.ID)
	}
	seen := map[snapshot.Collection]bool{}
	for _, c := range sn.Captures {
		switch {
		case seen[c.Collection]:
			return fmt.Errorf("it has two lists of %s", collectionLabel(c))
		case c.Kind.IsSCIM() != (c.Provider != ""):
			return fmt.Errorf("its list of %s belongs to no provider, or should not", c.Kind)
		case !slices.Contains([]snapshot.Status{snapshot.Complete, snapshot.Failed, snapshot.Skipped, snapshot.Unsupported, snapshot.Partial}, c.Status):
			return fmt.Errorf("%s: unknown status %.40q", collectionLabel(c), string(c.Status))
		}
		seen[c.Collection] = true
	}
	for _, r := range im.resources {
		if !seen[r.Collection] {
			return fmt.Errorf("%s %s belongs to no list of the snapshot", r.Collection, r.ID)
		}
	}
	return nil
}

// checkLists compares each list with what the file says of it. One that the file holds
// nothing of, because its kind was left out, was not read, as far as the history knows.
func (im *imported) checkLists() error {
	held, ofKind := map[snapshot.Collection]int{}, map[snapshot.Kind]int{}
	for _, r := range im.resources {
		held[r.Collection]++
		ofKind[r.Kind]++
	}
	whole, leftOut := false, false
	for i := range im.snapshot.Captures {
		c := &im.snapshot.Captures[i]
		n := held[c.Collection]
		switch {
		case c.Status == snapshot.Complete:
			whole = true
		case n == 0 && c.Status == snapshot.Partial && c.Error == notWhole && ofKind[c.Kind] > 0:
			return im.broken(*c, fmt.Sprintf("it holds none of %d, but others of the kind", c.Count))
		case n == 0 && c.Status == snapshot.Partial:
			leftOut = true
			*c = snapshot.Capture{Collection: c.Collection, ProviderName: c.ProviderName, Status: snapshot.Skipped, Error: "not in the file that was imported"}
		case n == 0:
			*c = snapshot.Capture{Collection: c.Collection, ProviderName: c.ProviderName, Status: c.Status, Error: c.Error}
		case c.Status == snapshot.Partial && c.Error == notWhole:
			return im.broken(*c, fmt.Sprintf("it holds %d of %d", n, c.Count))
		default:
			return im.broken(*c, fmt.Sprintf("it holds %d, and says that the list was not read whole (%s)", n, c.Status))
		}
	}
	if !whole || leftOut && len(im.resources) == 0 {
		return &problem{
			class: errBadFile, text: im.file + ": it holds no list whole, so that there is nothing to record",
			hint: "idpsnap export STATE without --kind writes all that a state holds",
		}
	}
	return nil
}

// broken is the error for a list that is not as the file says it is.
func (im *imported) broken(c snapshot.Capture, how string) error {
	return &problem{
		class: errIntegrity, text: fmt.Sprintf("%s: %s is not as it was exported: %s; nothing was recorded", im.file, collectionLabel(c), how),
		hint: "fetch the file again from where it was exported; what was edited can be compared and restored as file:PATH, but not recorded",
	}
}

// fits refuses a snapshot that the history already has, or that is not newer than what
// it has of the target.
func (im *imported) fits(ctx context.Context, s *store.Store) error {
	all, err := s.Snapshots(ctx)
	if err != nil {
		return err
	}
	sn := im.snapshot
	var newest *snapshot.Snapshot
	for _, have := range of(all, sn.Target) {
		if sn.ImportedFrom != "" && (have.ID == sn.ImportedFrom || have.ImportedFrom == sn.ImportedFrom) {
			return &problem{
				class: errRefused, text: fmt.Sprintf("%s: the history has this snapshot already: it is %s", im.file, snapshot.ShortID(have.ID)),
				hint: "idpsnap show " + snapshot.ShortID(have.ID),
			}
		}
		if !have.TakenAt.Before(sn.TakenAt) {
			newest = &have
		}
	}
	if newest == nil {
		return nil
	}
	return &problem{
		class: errRefused,
		text: fmt.Sprintf("%s: it was taken at %s, and the history has %s of %s, taken at %s: a history only grows forward", im.file,
			sn.TakenAt.Format(time.RFC3339), snapshot.ShortID(newest.ID), newest.Target, newest.TakenAt.UTC().Format(time.RFC3339)),
		hint: "--db FILE makes a history of its own for it; or use the file as it is: idpsnap diff " + im.file + " latest",
	}
}

// rehearse checks the file in a history that is thrown away. Nothing of the file is
// written into it.
func (im *imported) rehearse(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "idpsnap-import-*")
	if err != nil {
		return fmt.Errorf("check %s: %w", im.file, err)
	}
	s, err := store.Create(ctx, filepath.Join(dir, "history.db"), store.Options{})
	if err == nil {
		_, _, err = im.draft(ctx, s)
		err = errors.Join(err, s.Close())
	}
	return errors.Join(err, os.RemoveAll(dir))
}

// record records the snapshot. What the history has is looked at once the draft has
// begun: whatever another process records from then on, the history refuses the draft.
func (im *imported) record(ctx context.Context, s *store.Store) (snapshot.Snapshot, error) {
	draft, sn, err := im.draft(ctx, s)
	if err != nil {
		return sn, err
	}
	if err := im.fits(ctx, s); err != nil {
		return sn, err
	}
	return draft.Commit(ctx, sn)
}

// draft makes the snapshot ready to be recorded, and compares its lists' digests with
// those of the file.
func (im *imported) draft(ctx context.Context, s *store.Store) (*store.Draft, snapshot.Snapshot, error) {
	sn := im.snapshot
	sn.Captures = slices.Clone(sn.Captures)
	draft, err := s.Begin(ctx, sn.Target)
	if err != nil {
		return nil, sn, err
	}
	for i, c := range sn.Captures {
		if c.Status != snapshot.Complete {
			continue
		}
		got, err := im.capture(ctx, draft, c.Collection)
		if err != nil {
			return nil, sn, fmt.Errorf("%s: %s: %w", im.file, collectionLabel(c), err)
		}
		if got.Count != c.Count || c.Digest != (snapshot.Digest{}) && got.Digest != c.Digest {
			return nil, sn, im.broken(c, "its digest is another")
		}
		got.ProviderName, got.Status = c.ProviderName, snapshot.Complete
		sn.Captures[i] = got
	}
	return draft, sn, nil
}

// capture puts one list of the file into the draft.
func (im *imported) capture(ctx context.Context, draft *store.Draft, of snapshot.Collection) (snapshot.Capture, error) {
	rec, err := draft.Open(ctx, of)
	if err != nil {
		return snapshot.Capture{}, err
	}
	var page []snapshot.Element
	for i, r := range im.resources {
		if r.Collection == of {
			page = append(page, snapshot.Element{ID: r.ID, JSON: r.Document})
		}
		if len(page) == importPage || i == len(im.resources)-1 && len(page) > 0 {
			if _, err := rec.Page(page); err != nil {
				return snapshot.Capture{}, err
			}
			page = nil
		}
		if i%importPage == 0 && ctx.Err() != nil {
			return snapshot.Capture{}, context.Cause(ctx)
		}
	}
	return rec.Finish(ctx)
}

// importPage is how many resources are compared at once.
const importPage = 1000

package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/report/audit"
	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

// bundleKinds are the reports of a bundle: an auditor who reviews access wants all of
// them, and of any other that the control operated.
func bundleKinds(k audit.Kind) []audit.Kind {
	if k == audit.AccessReview {
		return audit.Kinds()
	}
	if k == audit.Coverage {
		return []audit.Kind{k}
	}
	return []audit.Kind{k, audit.Coverage}
}

// bundle gathers what a bundle holds.
func (e *evidence) bundle(ctx context.Context) (*report.Bundle, error) {
	q, err := json.Marshal(e.query)
	if err != nil {
		return nil, err
	}
	b := &report.Bundle{
		Command: e.Command, Tool: e.tool, Target: e.Question.Target, TargetName: e.TargetName,
		Query: q, History: e.chain, Redacted: e.query.Redact,
	}
	for _, k := range bundleKinds(e.Kind) {
		if k.OfMoment() && e.Question.At == nil {
			continue // there is no complete snapshot, and coverage says so
		}
		r, err := e.report(ctx, k)
		if err != nil {
			return nil, err
		}
		b.Reports = append(b.Reports, r)
	}
	for _, c := range []struct {
		role string
		of   *snapshot.Snapshot
	}{{"as of", e.cited(e.query.At, e.Question.At)}, {"compared with", e.cited(e.query.Since, e.Question.Since)}} {
		if c.of == nil || len(b.Cited) > 0 && b.Cited[0].ID == c.of.ID {
			continue
		}
		sn := *c.of
		b.Cited = append(b.Cited, report.Cited{Snapshot: sn, Role: c.role, Resources: e.resources(ctx, sn.ID)})
	}
	return b, nil
}

// cited gives the snapshot that was found for an id or, where it is forgotten, what its
// tombstone says.
func (e *evidence) cited(id string, found *snapshot.Snapshot) *snapshot.Snapshot {
	if f := e.tombstone(id); f != nil {
		return &f.Snapshot
	}
	return found
}

// tombstone is what is left of a snapshot that was forgotten; nil where it was not.
func (e *evidence) tombstone(id string) *snapshot.Forgotten {
	for i := range e.Forgotten {
		if f := &e.Forgotten[i]; f.ID == id {
			return f
		}
	}
	return nil
}

func (e *evidence) resources(ctx context.Context, id string) iter.Seq2[snapshot.Resource, error] {
	if e.tombstone(id) != nil {
		return func(func(snapshot.Resource, error) bool) {}
	}
	return e.history.Resources(ctx, id)
}

// writeBundle makes the directory, whole or not at all, and pins what it cites.
func (a *reportArgs) writeBundle(ctx context.Context, env Env, shared *common, s *store.Store, e *evidence) error {
	dir := filepath.Clean(a.bundle)
	if err := emptyOrMissing(dir); err != nil {
		return err
	}
	b, err := e.bundle(ctx)
	if err != nil {
		return err
	}
	pinned := true
	made, err := makeDirectory(dir, func(create func(string) (io.WriteCloser, error)) error {
		sum, err := b.Write(create)
		if err != nil {
			return err
		}
		err = e.pin(ctx, env, s, b, sum)
		if errors.Is(err, store.ErrNoSnapshot) { // forgotten while it was written
			return err
		}
		if err != nil {
			pinned = false
			notes{env: env, shared: shared}.tell(ctx, "the snapshots that the bundle cites are not pinned, and forget may take them: %v", err)
		}
		return nil
	})
	if err != nil {
		return noDirectory(dir, err)
	}
	if !shared.quiet {
		if err := report.Bundled(env.Stdout, shared.style(env), dir, b, made, pinned); err != nil {
			return err
		}
	}
	return e.verdict(e.Kind)
}

// pin keeps the snapshots that a bundle cites, and has the history record what the
// bundle is: with that verify knows it again, whatever is forgotten later.
func (e *evidence) pin(ctx context.Context, env Env, s *store.Store, b *report.Bundle, sum string) error {
	var ids []string
	for _, c := range b.Cited {
		ids = append(ids, c.ID)
	}
	if len(ids) == 0 {
		return nil
	}
	why := fmt.Sprintf(citedByEvidence+": %s (SHA-256 of its %s: %s)", strings.TrimPrefix(b.Command, "idpsnap report "), report.BundleSums, sum)
	return s.Pin(ctx, ids, env.Now(), why)
}

// emptyOrMissing refuses a directory that has anything in it.
func emptyOrMissing(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case err == nil && len(entries) == 1 && entries[0].Name() == unfinishedBundle:
		left := filepath.Join(dir, unfinishedBundle)
		return &problem{class: errRefused, text: fmt.Sprintf("--bundle: in %s a bundle is being made, or one was never finished: %s", dir, left), hint: "where no idpsnap is at work, delete " + left}
	case err == nil && len(entries) > 0:
		return &problem{class: errRefused, text: fmt.Sprintf("--bundle: %s has something in it, and nothing is overwritten", dir), hint: "--bundle DIR names a directory that is not there yet"}
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(filepath.Dir(dir)); err != nil { // before all the work; --out makes none either
			return noDirectory(dir, err)
		}
		return nil
	case err == nil:
		return nil
	}
	return noDirectory(dir, err)
}

// noDirectory says why there is no new bundle.
func noDirectory(dir string, err error) error {
	return &problem{
		class: err, text: fmt.Sprintf("--bundle %s: %v", dir, err),
		hint: "--bundle DIR names a directory that is not there yet, in one that is and where this user may write",
	}
}

// writeFiles makes files, each of which create opens by its name.
type writeFiles func(create func(name string) (io.WriteCloser, error)) error

// makeDirectory fills a directory beside dir and then gives it its name, so that dir is
// there whole or not at all. It gives the files in the order in which they were made.
func makeDirectory(dir string, write writeFiles) (made []string, err error) {
	if _, err := os.Stat(dir); err == nil {
		return fillDirectory(dir, write)
	}
	parent := filepath.Dir(dir)
	temporary, err := os.MkdirTemp(parent, "."+filepath.Base(dir)+".*") // mode 0700
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(temporary))
		}
	}()
	if made, err = stage(temporary, write); err != nil {
		return nil, err
	}
	if err := os.Rename(temporary, dir); err != nil {
		return nil, err
	}
	return made, syncDirectory(parent)
}

// unfinishedBundle is where files are until all of them are made. It is made before
// them, so that no two processes fill one directory.
const unfinishedBundle = ".unfinished-bundle"

// fillDirectory fills an empty directory that is there. Somebody may stand in it, or it
// is a disk of its own: so it is kept, and the files are moved into it once all of them
// are made. SHA256SUMS comes last: without it there is no bundle.
func fillDirectory(dir string, write writeFiles) (made []string, err error) {
	temporary := filepath.Join(dir, unfinishedBundle)
	if err := os.Mkdir(temporary, 0o700); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temporary)) }()
	if made, err = stage(temporary, write); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(temporary)
	if err != nil {
		return nil, err
	}
	last := map[string]int{report.BundleManifest: 1, report.BundleSums: 2}
	slices.SortStableFunc(entries, func(a, b fs.DirEntry) int { return last[a.Name()] - last[b.Name()] })
	if others, err := os.ReadDir(dir); err != nil || len(others) > 1 {
		return nil, errors.Join(err, fmt.Errorf("%s: %w", dir, fs.ErrExist))
	}
	for i, e := range entries {
		if err := os.Rename(filepath.Join(temporary, e.Name()), filepath.Join(dir, e.Name())); err != nil {
			for _, moved := range entries[:i] {
				err = errors.Join(err, os.RemoveAll(filepath.Join(dir, moved.Name())))
			}
			return nil, err
		}
	}
	return made, syncDirectory(dir)
}

// stage makes the files of a bundle in a directory that is to be moved.
func stage(dir string, write writeFiles) (made []string, err error) {
	err = write(func(name string) (io.WriteCloser, error) {
		made = append(made, name)
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, err
		}
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		return synced{f}, err
	})
	if err != nil {
		return nil, err
	}
	return made, syncDirectory(dir)
}

// synced is a file that outlives a power cut once it is closed.
type synced struct{ *os.File }

func (s synced) Close() error { return errors.Join(s.Sync(), s.File.Close()) }

package commands

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

// bundleCheck is a check of one bundle.
type bundleCheck struct {
	root     *os.Root
	tool     string // version of this idpsnap
	manifest report.Manifest
	result   report.BundleCheck
	actual   map[string]string // SHA-256 of every file that is there, by its name
}

func (c *bundleCheck) problem(where, format string, args ...any) {
	c.result.Problems = append(c.result.Problems, snapshot.Problem{Where: where, What: fmt.Sprintf(format, args...)})
}

// openBundle looks whether a directory is a bundle.
func openBundle(dir, tool string) (*bundleCheck, error) {
	root, err := os.OpenRoot(dir)
	if err == nil {
		_, err = root.Stat(report.BundleSums)
	}
	if err != nil {
		return nil, &problem{class: errNotFound, text: fmt.Sprintf("%s is no bundle: %v", dir, err), hint: "idpsnap report access-review --bundle DIR makes one"}
	}
	return &bundleCheck{root: root, tool: tool, result: report.BundleCheck{Dir: dir}, actual: map[string]string{}}, nil
}

// files compares every file with SHA256SUMS, and that with the manifest.
func (c *bundleCheck) files() error {
	err := fs.WalkDir(c.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return nil
		case !d.Type().IsRegular():
			c.problem(name, "is no file, and does not belong here")
			return nil
		}
		sum := sha256.New()
		f, err := c.root.Open(name)
		if err != nil {
			return err
		}
		_, err = io.Copy(sum, f)
		if err := errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		c.actual[name] = hex.EncodeToString(sum.Sum(nil))
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the bundle: %w", err)
	}
	c.result.Files = len(c.actual)
	listed, err := c.sums()
	if err != nil {
		return err
	}
	for name := range c.actual {
		if listed[name] == "" && name != report.BundleSums {
			c.problem(name, "is not listed in %s: it was added", report.BundleSums)
		}
	}
	return c.readManifest(listed)
}

// sums reads SHA256SUMS, and says of each of its lines what is wrong.
func (c *bundleCheck) sums() (listed map[string]string, err error) {
	text, err := c.root.ReadFile(report.BundleSums)
	if err != nil {
		return nil, fmt.Errorf("read the bundle: %w", err)
	}
	listed = map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		sum, name, ok := strings.Cut(lines.Text(), "  ")
		switch raw, err := hex.DecodeString(sum); {
		case !ok || err != nil || len(raw) != sha256.Size || path.Clean(name) != name:
			c.problem(report.BundleSums, "line %d is no digest and name of a file", n)
			continue
		case listed[name] != "":
			c.problem(report.BundleSums, "line %d names %s again", n, name)
		case c.actual[name] == "":
			c.problem(name, "is missing")
		case c.actual[name] != sum: // in lower case, as sha256sum writes it
			c.problem(name, "is not what %s says: it was changed", report.BundleSums)
		}
		listed[name] = sum
	}
	if len(text) > 0 && text[len(text)-1] != '\n' {
		c.problem(report.BundleSums, "ends in the middle of a line")
	}
	return listed, lines.Err()
}

func (c *bundleCheck) readManifest(listed map[string]string) error {
	text, err := c.root.ReadFile(report.BundleManifest)
	if errors.Is(err, fs.ErrNotExist) {
		if listed[report.BundleManifest] == "" {
			c.problem(report.BundleManifest, "is missing")
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the bundle: %w", err)
	}
	if err := json.Unmarshal(text, &c.manifest); err != nil {
		c.problem(report.BundleManifest, "cannot be read: %v", err)
		return nil
	}
	named := map[string]bool{report.BundleManifest: true, report.BundleSums: true}
	for _, f := range c.manifest.Files {
		named[f.Name] = true
		if listed[f.Name] != f.SHA256 {
			c.problem(f.Name, "has one digest in %s and another one in %s", report.BundleManifest, report.BundleSums)
		}
	}
	for name := range listed {
		if !named[name] {
			c.problem(name, "is in %s, but not in %s", report.BundleSums, report.BundleManifest)
		}
	}
	return nil
}

// history makes the bundle again out of the history, and compares every file.
func (c *bundleCheck) history(ctx context.Context, s *store.Store) error {
	if c.manifest.Target == "" {
		return nil // the manifest could not be read, which has been said
	}
	var q query
	if err := json.Unmarshal(c.manifest.Query, &q); err != nil {
		c.problem(report.BundleManifest, "does not say what was asked: %v", err)
		return nil
	}
	e, gone, err := c.then(ctx, s, q)
	if err != nil || e == nil {
		return err
	}
	b, err := e.bundle(ctx)
	if err != nil {
		return err
	}
	fresh := map[string]string{}
	if err := b.Write(func(name string) (io.WriteCloser, error) {
		return &digester{sha256.New(), name, fresh}, nil
	}); err != nil {
		return err
	}
	whole := gone == 0
	if gone > 0 {
		c.result.Notes = append(c.result.Notes, plural(gone, "snapshot")+" of the history were forgotten since: the reports cannot be made again as they were; compared are the snapshots that they cite")
	}
	if c.manifest.Tool != c.tool {
		whole = false
		c.result.Notes = append(c.result.Notes, fmt.Sprintf("made by idpsnap %s, and this is %s: the reports may be worded otherwise; compared are the snapshots that they cite", c.manifest.Tool, c.tool))
	}
	for _, name := range sortedNames(fresh, c.actual) {
		if !whole && !strings.HasPrefix(name, "snapshots/") {
			continue
		}
		c.result.Compared++
		switch {
		case fresh[name] == "":
			c.problem(name, "is not what the history makes: there is no such file")
		case c.actual[name] == "":
			c.problem(name, "is missing")
		case fresh[name] != c.actual[name]:
			c.problem(name, "is not what the history says")
		}
	}
	return nil
}

// then is the evidence as the history was when the bundle was made: what was recorded
// since is left out. gone is how many snapshots were forgotten since.
func (c *bundleCheck) then(ctx context.Context, s *store.Store, q query) (e *evidence, gone int, err error) {
	all, err := s.Snapshots(ctx)
	if err != nil {
		return nil, 0, err
	}
	forgotten, err := s.Forgotten(ctx)
	if err != nil {
		return nil, 0, err
	}
	chain, err := s.Chain(ctx)
	if err != nil {
		return nil, 0, err
	}
	n := c.manifest.History.Snapshots
	if n < 1 || n > len(chain) || chain[n-1] != c.manifest.History.Head {
		c.problem(report.BundleManifest, "snapshot %s, with which the history ended, is not in its place in this history", snapshot.ShortID(c.manifest.History.Head))
		return nil, 0, nil
	}
	known := map[string]bool{}
	for _, id := range chain[:n] {
		known[id] = true
	}
	all = slices.DeleteFunc(all, func(sn snapshot.Snapshot) bool { return !known[sn.ID] })
	forgotten = slices.DeleteFunc(forgotten, func(f snapshot.Forgotten) bool { return !known[f.ID] })
	for _, cited := range c.manifest.Snapshots {
		if !slices.ContainsFunc(all, func(sn snapshot.Snapshot) bool { return sn.ID == cited.ID }) {
			c.problem(cited.File, "cites a snapshot that the history does not hold")
			return nil, 0, nil
		}
	}
	e = &evidence{query: q, store: s, tool: c.tool, chain: c.manifest.History}
	return e, len(forgotten) - c.manifest.History.Forgotten, e.ask(all, forgotten, c.manifest.Command)
}

// sortedNames are the names of both, but of SHA256SUMS, which follows from the rest.
func sortedNames(a, b map[string]string) []string {
	var names []string
	for _, m := range []map[string]string{a, b} {
		for name := range m {
			if name != report.BundleSums && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// digester is a file that is not written, but digested.
type digester struct {
	hash.Hash

	name string
	into map[string]string
}

func (d *digester) Close() error {
	d.into[d.name] = hex.EncodeToString(d.Sum(nil))
	return nil
}

// verifyBundle checks a bundle, and the history that it is made of.
func (a *historyArgs) verifyBundle(ctx context.Context, env Env, shared *common, dir string) error {
	c, err := openBundle(filepath.Clean(dir), env.Version)
	if err != nil {
		return err
	}
	defer c.root.Close() //nolint:errcheck // nothing was written
	if err := c.files(); err != nil {
		return err
	}
	err = a.with(ctx, env, func(s *store.Store) (err error) {
		if c.result.History, err = s.Verify(ctx); err != nil {
			return err
		}
		if len(c.result.History.Problems) > 0 {
			return nil
		}
		return c.history(ctx, s)
	})
	missing := err
	if errors.Is(err, store.ErrNoHistory) { // the auditor's machine
		c.result.Notes = append(c.result.Notes, "compared with its own digests only: there is no history here to compare it with")
	} else if err != nil {
		return err
	}
	if err := report.BundleVerified(shared.format(), env.Stdout, shared.style(env), c.result); err != nil {
		return err
	}
	if n := len(c.result.Problems) + len(c.result.History.Problems); n > 0 {
		return &problem{
			class: errIntegrity, text: plural(n, "problem") + ": the bundle, or the history, is not as it was made",
			hint: "keep both as they are, and find out who or what changed them",
		}
	}
	return missing
}

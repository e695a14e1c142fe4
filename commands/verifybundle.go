package commands

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
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
	trusted  bool              // the manifest is the one that SHA256SUMS names
}

func (c *bundleCheck) problem(where, format string, args ...any) {
	c.result.Problems = append(c.result.Problems, snapshot.Problem{Where: where, What: fmt.Sprintf(format, args...)})
}

func (c *bundleCheck) note(format string, args ...any) {
	c.result.Notes = append(c.result.Notes, fmt.Sprintf(format, args...))
}

// openBundle looks whether a directory is a bundle. Either list of its files will do,
// so that the other one is missed.
func openBundle(dir, tool string) (*bundleCheck, error) {
	none := func(why string) (*bundleCheck, error) {
		return nil, &problem{class: errNotFound, text: fmt.Sprintf("%s is no bundle: %s", dir, why), hint: "idpsnap report access-review --bundle DIR makes one"}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return none(err.Error())
	}
	for _, name := range []string{report.BundleSums, report.BundleManifest} {
		if _, err := root.Lstat(name); err == nil {
			return &bundleCheck{root: root, tool: tool, result: report.BundleCheck{Dir: dir}, actual: map[string]string{}}, nil
		}
	}
	_ = root.Close() // nothing was written
	return none("it holds neither " + report.BundleSums + " nor " + report.BundleManifest)
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
	listed := maps.Clone(c.actual)
	if c.actual[report.BundleSums] == "" { // or it is no file, which has been said as well
		c.problem(report.BundleSums, "is missing")
	} else if listed, err = c.sums(); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(c.actual)) {
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
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		line, ended := strings.CutSuffix(line, "\n")
		if !ended {
			c.problem(report.BundleSums, "ends in the middle of a line")
		}
		sum, name, ok := strings.Cut(line, "  ")
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
	return listed, nil
}

// readManifest reads the manifest, and compares it with SHA256SUMS or, where that is
// missing, with the files.
func (c *bundleCheck) readManifest(listed map[string]string) error {
	if c.actual[report.BundleManifest] == "" {
		if listed[report.BundleManifest] == "" {
			c.problem(report.BundleManifest, "is missing")
		}
		return nil
	}
	text, err := c.root.ReadFile(report.BundleManifest)
	if err != nil {
		return fmt.Errorf("read the bundle: %w", err)
	}
	if err := json.Unmarshal(text, &c.manifest); err != nil {
		c.problem(report.BundleManifest, "cannot be read: %v", plainly(err))
		return nil
	}
	named := map[string]bool{report.BundleManifest: true, report.BundleSums: true}
	for _, f := range c.manifest.Files {
		named[f.Name] = true
		switch listed[f.Name] {
		case f.SHA256:
		case "":
			c.problem(f.Name, "is in %s, but is not listed or not there", report.BundleManifest)
		default:
			c.problem(f.Name, "has another digest in %s", report.BundleManifest)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(listed)) {
		if !named[name] {
			c.problem(name, "is not in %s", report.BundleManifest)
		}
	}
	c.trusted = listed[report.BundleManifest] == c.actual[report.BundleManifest]
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
		c.note("compared with its own digests only: there is no history here to compare it with")
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
	if missing == nil && !c.result.Complete {
		return &problem{
			class: errIncomplete, text: "not all of the bundle could be compared with the history",
			hint: "the notes say why; what was compared is as it was made",
		}
	}
	return missing
}

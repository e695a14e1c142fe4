package commands

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/report/audit"
	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

// history makes the bundle again out of the history, and compares every file.
func (c *bundleCheck) history(ctx context.Context, s *store.Store) error {
	if !c.trusted {
		c.note("not compared with the history: %s, which says how the bundle was made, is not as it was", report.BundleManifest)
		return nil
	}
	var q query
	if err := json.Unmarshal(c.manifest.Query, &q); err != nil || !slices.Contains(audit.Kinds(), q.Kind) {
		c.problem(report.BundleManifest, "does not say what was asked")
		return nil //nolint:nilerr // it is what was looked for
	}
	e, gone, err := c.then(ctx, s, q)
	if err != nil || e == nil {
		return err
	}
	lost := c.lost(e)
	b, err := e.bundle(ctx)
	if err != nil {
		return err
	}
	fresh := &digests{of: map[string]string{}}
	if _, err := b.Write(fresh.create); err != nil {
		return err
	}
	rest := "the snapshots that they cite were compared"
	if lost != nil {
		rest = "of the snapshots that they cite, those that are left were compared"
	}
	if gone > 0 {
		c.note("%s of the history, forgotten since, cannot be read again: the reports need not come out as they were; %s", plural(gone, "snapshot"), rest)
	}
	if c.manifest.Tool != c.tool {
		c.note("made by idpsnap %s, and this is %s: the reports may be worded otherwise; %s", c.manifest.Tool, c.tool, rest)
	}
	for name := range c.actual { // which nothing can be made of any more
		if slices.ContainsFunc(lost, func(begins string) bool { return strings.HasPrefix(name, begins) }) {
			fresh.of[name] = forgottenSince
		}
	}
	strictly := len(c.result.Notes) == 0
	if err := c.compare(fresh, strictly); err != nil {
		return err
	}
	c.result.Complete = strictly || c.recorded(e)
	return nil
}

// recorded reports whether the history has recorded that it made this very bundle.
func (c *bundleCheck) recorded(e *evidence) bool {
	for _, pin := range e.pins {
		if strings.Contains(pin, c.actual[report.BundleSums]) {
			c.note("the history recorded the SHA-256 of this %s when the bundle was made: it is that one", report.BundleSums)
			return true
		}
	}
	return false
}

// forgottenSince stands for the digest of a file whose snapshot was forgotten since.
const forgottenSince = "forgotten"

// lost notes which of the cited snapshots were forgotten since, and gives what the
// names of the files begin with that were made of them alone: the snapshots, and the
// reports about the moment.
func (c *bundleCheck) lost(e *evidence) (files []string) {
	for _, cited := range c.manifest.Snapshots {
		f := e.tombstone(cited.ID)
		if f == nil {
			continue
		}
		c.note("cites snapshot %s, which was forgotten on %s: %s; not compared", snapshot.ShortID(f.ID), f.ForgottenAt.UTC().Format(time.DateOnly), f.Why)
		files = append(files, snapshotFile(f.ID))
		if f.ID != e.query.At {
			continue
		}
		for _, k := range bundleKinds(e.Kind) {
			if k.OfMoment() {
				files = append(files, string(k)+".", string(k)+"-")
			}
		}
	}
	return files
}

// snapshotFile is the name of the file in a bundle that holds a snapshot.
func snapshotFile(id string) string { return "snapshots/" + snapshot.ShortID(id) + ".json" }

// compare compares every file with what the history makes. Where that need not be the
// same any more, a report that differs proves nothing; but what was recorded does.
func (c *bundleCheck) compare(fresh *digests, strictly bool) error {
	said := map[string]bool{} // of files with which something is wrong as it is
	for _, p := range c.result.Problems {
		said[p.Where] = true
	}
	var differ []string
	for _, name := range sortedNames(fresh.of, c.actual) {
		same := fresh.of[name] == c.actual[name]
		lenient := !strictly && fresh.of[name] != "" && c.actual[name] != ""
		if !same && lenient && (fresh.of[name] == forgottenSince || !strings.HasPrefix(name, "snapshots/")) {
			differ = append(differ, name)
			continue
		}
		if fresh.of[name] != "" && c.actual[name] != "" {
			c.result.Compared++
		}
		switch {
		case same, said[name]:
		case fresh.of[name] == "":
			c.problem(name, "is not what the history makes: there is no such file")
		case c.actual[name] == "":
			c.problem(name, "is missing")
		default:
			c.problem(name, "is not what the history says")
		}
	}
	if len(differ) > 0 {
		c.note("compared with %s alone, as the history makes them otherwise now: %s", report.BundleSums, strings.Join(differ, ", "))
	}
	var now report.Manifest
	if err := json.Unmarshal(fresh.manifest.Bytes(), &now); err != nil {
		return fmt.Errorf("read the manifest that was just made: %w", err)
	}
	was := c.manifest
	now.Files, was.Files = nil, nil // compared above
	if slices.Contains(differ, report.BundleManifest) && !reflect.DeepEqual(now, was) {
		c.problem(report.BundleManifest, "is not what the history says")
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
		if !slices.ContainsFunc(all, func(sn snapshot.Snapshot) bool { return sn.ID == cited.ID }) &&
			!slices.ContainsFunc(forgotten, func(f snapshot.Forgotten) bool { return f.ID == cited.ID }) {
			c.problem(cited.File, "cites a snapshot that the history never held")
			return nil, 0, nil
		}
	}
	if gone = len(forgotten) - c.manifest.History.Forgotten; gone < 0 || gone > len(forgotten) {
		c.problem(report.BundleManifest, "tells of %d forgotten snapshots, and the history of %d", c.manifest.History.Forgotten, len(forgotten))
		return nil, 0, nil
	}
	e = &evidence{query: q, store: s, tool: c.manifest.Tool, chain: c.manifest.History}
	for _, sn := range all {
		e.pins = append(e.pins, sn.Pin)
	}
	if q.Redact {
		e.key, err = s.PseudonymKey(ctx, time.Time{}, func() ([]byte, error) { return nil, errNoKey })
		if errors.Is(err, errNoKey) {
			c.problem(report.BundleManifest, "says that pseudonyms stand for people, but this history has never made any")
			return nil, 0, nil
		}
		if err != nil {
			return nil, 0, err
		}
	}
	if err := e.ask(all, forgotten, c.manifest.Command); err != nil {
		c.problem(report.BundleManifest, "asks what this history cannot answer: %v", err)
		return nil, 0, nil
	}
	return e, gone, nil
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

// digests are those of files that are not written anywhere.
type digests struct {
	of       map[string]string
	manifest bytes.Buffer // but for this one, which is kept
}

func (d *digests) create(name string) (io.WriteCloser, error) {
	f := &digester{Hash: sha256.New(), name: name, into: d.of}
	if name == report.BundleManifest {
		return struct {
			io.Writer
			io.Closer
		}{io.MultiWriter(f, &d.manifest), f}, nil
	}
	return f, nil
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

// errNoKey says that a history has no key of pseudonyms.
var errNoKey = errors.New("no pseudonyms were ever made")

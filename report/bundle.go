package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/report/audit"
	"github.com/idpsnap/idpsnap/snapshot"
)

// Bundle is evidence to hand over: reports in every format, the snapshots that they
// cite, and what proves that nothing of it was altered. It says neither when nor where
// it was made: the same history and question make the same bytes.
type Bundle struct {
	Reports []*audit.Report // the first is the one that was asked for
	Cited   []Cited
	Command string // the command line, as reports tell it
	Tool    string // version of idpsnap
	Target  snapshot.Target
	// TargetName is what Cloudflare calls it.
	TargetName string
	// Query is all that it takes to make the bundle again, as its maker understands it.
	Query json.RawMessage
	// History is what the history was: how many snapshots it had recorded, of all
	// targets and with those that are forgotten, and the id of the newest.
	History BundleHistory
	// Redacted says that pseudonyms stand for people: then the snapshots' digests,
	// which are over what was recorded, are left out.
	Redacted bool
}

// BundleHistory is how far the history went that a bundle was made of.
type BundleHistory struct {
	Snapshots int    `json:"snapshots"`
	Forgotten int    `json:"forgotten"`
	Head      string `json:"chain_head"`
}

// Cited is a snapshot that reports are about.
type Cited struct {
	snapshot.Snapshot
	Role      string // "as of", "compared with"
	Resources iter.Seq2[snapshot.Resource, error]
}

// The names of files in a bundle.
const (
	BundleManifest = "manifest.json"
	BundleSums     = "SHA256SUMS"
)

// BundleFile is a file of a bundle, as the manifest lists it.
type BundleFile struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// Manifest is what manifest.json says.
type Manifest struct {
	FormatVersion string             `json:"format_version"`
	Tool          string             `json:"tool"`
	Command       string             `json:"command"`
	Target        string             `json:"target"`
	TargetName    string             `json:"target_name"`
	Redacted      bool               `json:"redacted"`
	History       BundleHistory      `json:"history"`
	Query         json.RawMessage    `json:"query"`
	Snapshots     []ManifestSnapshot `json:"snapshots"`
	Files         []BundleFile       `json:"files"` // all but manifest.json and SHA256SUMS
}

// ManifestSnapshot is a snapshot that a bundle cites.
type ManifestSnapshot struct {
	ID          string               `json:"id"`
	Role        string               `json:"role"`
	File        string               `json:"file"`
	TakenAt     string               `json:"taken_at"`
	Status      snapshot.Status      `json:"status"`
	Collections []ManifestCollection `json:"collections"`
}

// ManifestCollection is one list that a snapshot read, or did not.
type ManifestCollection struct {
	Kind         snapshot.Kind   `json:"kind"`
	ProviderID   string          `json:"provider_id,omitempty"`
	ProviderName string          `json:"provider_name,omitempty"`
	Status       snapshot.Status `json:"status"`
	Error        string          `json:"error,omitempty"`
	Count        *int            `json:"count,omitempty"`
	Digest       string          `json:"digest,omitempty"`
}

//go:embed bundle_readme.md
var bundleReadme string

// Write writes the bundle. create is asked for each file once, by its name, which has
// slashes; the file is closed before the next one. The last is SHA256SUMS, whose own
// SHA-256 stands for all of the bundle: Write gives it in hexadecimal.
func (b *Bundle) Write(create func(name string) (io.WriteCloser, error)) (sum string, err error) {
	w := &bundler{create: create}
	for _, r := range b.Reports {
		w.report(r)
	}
	w.file("report.html", func(out io.Writer) error { return EvidencePage(out, b.Reports) })
	w.file("report.xlsx", func(out io.Writer) error { return EvidenceWorkbook(out, b.Reports) })
	manifest := Manifest{
		FormatVersion: formatVersion, Tool: b.Tool, Command: b.Command, Target: b.Target.String(), TargetName: b.TargetName,
		Redacted: b.Redacted, History: b.History, Query: b.Query, Snapshots: []ManifestSnapshot{},
	}
	for _, c := range b.Cited {
		if b.Redacted { // by digests of what was recorded, names could be guessed and tried
			c.Captures = withoutDigests(c.Captures)
		}
		name := "snapshots/" + snapshot.ShortID(c.ID) + ".json"
		manifest.Snapshots = append(manifest.Snapshots, b.cited(c, name))
		w.file(name, func(out io.Writer) error { return jsonPrinter{out}.Show(c.Snapshot, nil, c.Resources) })
	}
	w.file("README.md", func(out io.Writer) error {
		_, err := io.WriteString(out, bundleReadme)
		return err
	})
	manifest.Files = slices.Clone(w.files)
	w.file(BundleManifest, func(out io.Writer) error {
		var text bytes.Buffer
		e := json.NewEncoder(&text)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(manifest); err != nil {
			return err
		}
		_, err := out.Write(text.Bytes())
		return err
	})
	sums := w.sums()
	w.file(BundleSums, func(out io.Writer) error {
		_, err := io.WriteString(out, sums)
		return err
	})
	if w.err != nil {
		return "", w.err
	}
	return w.files[len(w.files)-1].SHA256, nil
}

func withoutDigests(captures []snapshot.Capture) []snapshot.Capture {
	captures = slices.Clone(captures)
	for i := range captures {
		captures[i].Digest = snapshot.Digest{}
	}
	return captures
}

func (b *Bundle) cited(c Cited, file string) ManifestSnapshot {
	m := ManifestSnapshot{
		ID: c.ID, Role: c.Role, File: file, TakenAt: timeJSON(c.TakenAt), Status: c.Status(),
		Collections: make([]ManifestCollection, 0, len(c.Captures)),
	}
	for _, capture := range c.Captures {
		mc := ManifestCollection{
			Kind: capture.Kind, ProviderID: capture.Provider, ProviderName: capture.ProviderName,
			Status: capture.Status, Error: capture.Error,
		}
		if capture.Status == snapshot.Complete {
			mc.Count = &capture.Count
			if !b.Redacted {
				mc.Digest = capture.Digest.String()
			}
		}
		m.Collections = append(m.Collections, mc)
	}
	return m
}

// bundler writes the files of a bundle and remembers what they are.
type bundler struct {
	create func(name string) (io.WriteCloser, error)
	files  []BundleFile
	err    error
}

// report writes a report as files of its own: CSV of each table, JSON and Markdown.
func (w *bundler) report(r *audit.Report) {
	kind := string(r.Kind)
	for i := range r.Tables {
		name := kind + ".csv"
		if i > 0 {
			name = kind + "-" + strings.ReplaceAll(r.Tables[i].Name, "_", "-") + ".csv"
		}
		w.file(name, func(out io.Writer) error { return EvidenceTable(out, &r.Tables[i]) })
	}
	for format, ending := range formatEndings() {
		w.file(kind+ending, func(out io.Writer) error { return Evidence(out, format, Style{}, r) })
	}
}

// formatEndings are the formats of which a bundle holds a file for each report, in a
// fixed order.
func formatEndings() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		_ = yield("json", ".json") && yield("markdown", ".md")
	}
}

func (w *bundler) file(name string, write func(io.Writer) error) {
	if w.err != nil {
		return
	}
	out, err := w.create(name)
	if err != nil {
		w.err = err
		return
	}
	sum := &summer{hash: sha256.New()}
	err = write(io.MultiWriter(out, sum))
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err != nil {
		w.err = fmt.Errorf("%s: %w", name, err)
		return
	}
	w.files = append(w.files, BundleFile{name, hex.EncodeToString(sum.hash.Sum(nil)), sum.size})
}

// summer counts and digests what is written.
type summer struct {
	hash hash.Hash
	size int64
}

func (s *summer) Write(p []byte) (int, error) {
	s.size += int64(len(p))
	return s.hash.Write(p)
}

// sums is what sha256sum prints of the files so far.
func (w *bundler) sums() string {
	sorted := slices.SortedFunc(slices.Values(w.files), func(a, b BundleFile) int { return strings.Compare(a.Name, b.Name) })
	var text strings.Builder
	for _, f := range sorted {
		fmt.Fprintf(&text, "%s  %s\n", f.SHA256, f.Name)
	}
	return text.String()
}

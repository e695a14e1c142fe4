package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/idpsnap/idpsnap/snapshot"
)

// formatVersion is that of the JSON below. The structs of this file are what
// scripts rely on: fields are added, never renamed, removed or given another
// meaning, or else this number changes.
const formatVersion = "1"

// jsonPrinter prints each result as one JSON document that ends with a new line;
// elements of long lists stand on lines of their own.
type jsonPrinter struct{ w io.Writer }

// snapshotJSON is a snapshot, or a live state: that has the id "".
type snapshotJSON struct {
	ID         string          `json:"id"` // the full digest
	Target     string          `json:"target"`
	TargetName string          `json:"target_name"` // "" where it could not be read
	TakenAt    string          `json:"taken_at"`    // times are RFC 3339, UTC, to the millisecond at most
	FinishedAt string          `json:"finished_at,omitempty"`
	Status     snapshot.Status `json:"status"`
	Origin     snapshot.Origin `json:"origin,omitempty"` // "safety", "import", or absent
	Pinned     string          `json:"pinned,omitempty"` // why no policy may have it forgotten
	Note       string          `json:"note"`
	Tool       string          `json:"tool,omitempty"` // version of idpsnap that took it
	Host       string          `json:"host,omitempty"` // of the API
	Requests   int             `json:"requests"`
	// ImportedFrom is the id that an imported snapshot had in the history that it is
	// from.
	ImportedFrom string           `json:"imported_from,omitempty"`
	Collections  []collectionJSON `json:"collections"`
}

// collectionJSON is the capture of one collection. What is not known is absent:
// counts of a collection that is not complete, and comparisons where the result
// is not one (show).
type collectionJSON struct {
	Kind         snapshot.Kind   `json:"kind"`
	ProviderID   string          `json:"provider_id,omitempty"`   // of SCIM lists
	ProviderName *string         `json:"provider_name,omitempty"` // of SCIM lists
	Status       snapshot.Status `json:"status"`
	Error        string          `json:"error"` // why it is not complete, else ""
	Count        *int            `json:"count,omitempty"`
	Active       *int            `json:"active,omitempty"` // of SCIM users
	Digest       string          `json:"digest,omitempty"` // over what it holds, as docs/data-model.md says; absent where nothing recorded it
	Added        *int            `json:"added,omitempty"`
	Changed      *int            `json:"changed,omitempty"`
	Removed      *int            `json:"removed,omitempty"`
}

// resourceJSON is a resource, less its document, which follows as recorded.
type resourceJSON struct {
	Kind       snapshot.Kind `json:"kind"`
	ID         string        `json:"id"`
	ProviderID string        `json:"provider_id,omitempty"` // of SCIM users and groups
	Name       string        `json:"name"`
}

type verificationJSON struct {
	FormatVersion string        `json:"format_version"`
	OK            bool          `json:"ok"`
	Snapshots     int           `json:"snapshots"`
	Captures      int           `json:"captures"`
	Versions      int           `json:"versions"`
	Bytes         int64         `json:"bytes"`
	Sealed        bool          `json:"sealed"` // the checksums of the file's pages were compared, too
	Head          string        `json:"head"`
	Problems      []problemJSON `json:"problems"`

	Forgotten []forgottenJSON `json:"forgotten,omitempty"` // oldest first
}

type problemJSON struct {
	Where string `json:"where"`
	What  string `json:"what"`
}

type doctorJSON struct {
	FormatVersion string      `json:"format_version"`
	OK            bool        `json:"ok"` // nothing failed; there may be warnings
	Checks        []checkJSON `json:"checks"`
}

type checkJSON struct {
	Name   string      `json:"name"`
	Status CheckStatus `json:"status"`
	Detail string      `json:"detail"`
	Remedy string      `json:"remedy"`
}

func (p jsonPrinter) Taken(snaps []snapshot.Snapshot) error { return p.Snapshots(snaps) }

func (p jsonPrinter) Snapshots(snaps []snapshot.Snapshot) error {
	w := newWriter(p.w)
	w.print(`{"format_version":"`, formatVersion, `","snapshots":[`)
	for i, sn := range snaps {
		w.separate(i)
		w.json(asJSON(sn, true))
	}
	w.close(len(snaps))
	return w.end()
}

func (p jsonPrinter) Show(sn snapshot.Snapshot, _ []snapshot.Kind, resources iter.Seq2[snapshot.Resource, error]) error {
	w := newWriter(p.w)
	w.print(`{"format_version":"`, formatVersion, `","snapshot":`)
	w.json(asJSON(sn, false))
	w.print(`,"resources":[`)
	n := 0
	for r, err := range resources {
		if err == nil {
			w.separate(n)
			err = w.resource(r)
		}
		if err != nil { // the document stays unfinished: nothing can mistake it for the whole
			_ = w.end()
			return err
		}
		if n++; w.err != nil {
			break
		}
	}
	w.close(n)
	return w.end()
}

func (p jsonPrinter) Resource(sn snapshot.Snapshot, r snapshot.Resource) error {
	return p.Show(sn, nil, func(yield func(snapshot.Resource, error) bool) { yield(r, nil) })
}

func (p jsonPrinter) Verified(v snapshot.Verification) error {
	out := verificationJSON{
		FormatVersion: formatVersion, OK: len(v.Problems) == 0,
		Snapshots: v.Snapshots, Captures: v.Captures, Versions: v.Versions, Bytes: v.Bytes, Sealed: v.Sealed,
		Head: v.Head, Problems: make([]problemJSON, 0, len(v.Problems)), Forgotten: asForgottenJSON(v.Forgotten),
	}
	for _, problem := range v.Problems {
		out.Problems = append(out.Problems, problemJSON(problem))
	}
	return p.one(out)
}

func (p jsonPrinter) Doctor(checks []Check) error {
	out := doctorJSON{FormatVersion: formatVersion, OK: true, Checks: make([]checkJSON, 0, len(checks))}
	for _, c := range checks {
		out.OK = out.OK && c.Status != Fail
		out.Checks = append(out.Checks, checkJSON(c))
	}
	return p.one(out)
}

// one prints a result that is one value.
func (p jsonPrinter) one(v any) error {
	w := newWriter(p.w)
	w.json(v)
	w.print("\n")
	return w.end()
}

// asJSON gives a snapshot; compared says whether with what changed in it.
func asJSON(sn snapshot.Snapshot, compared bool) snapshotJSON {
	out := snapshotJSON{
		ID: sn.ID, Target: sn.Target.String(), TargetName: sn.TargetName,
		TakenAt: timeJSON(sn.TakenAt), Status: sn.Status(), Origin: sn.Origin, Pinned: sn.Pin,
		Note: sn.Note, Tool: sn.Tool, Host: sn.Host, Requests: sn.Requests, ImportedFrom: sn.ImportedFrom, Collections: make([]collectionJSON, 0, len(sn.Captures)),
	}
	if !sn.FinishedAt.IsZero() {
		out.FinishedAt = timeJSON(sn.FinishedAt)
	}
	for _, c := range sn.Captures {
		out.Collections = append(out.Collections, captureJSON(c, compared))
	}
	return out
}

func captureJSON(c snapshot.Capture, compared bool) collectionJSON {
	out := collectionJSON{Kind: c.Kind, ProviderID: c.Provider, Status: c.Status, Error: c.Error}
	if c.Kind.IsSCIM() {
		out.ProviderName = &c.ProviderName
	}
	if c.Status != snapshot.Complete {
		return out
	}
	out.Count = &c.Count
	if c.Kind == snapshot.SCIMUser {
		out.Active = &c.Active
	}
	if c.Digest != (snapshot.Digest{}) {
		out.Digest = c.Digest.String()
	}
	if compared {
		out.Added, out.Changed, out.Removed = &c.Added, &c.Changed, &c.Removed
	}
	return out
}

// json writes v as JSON, with nothing escaped that JSON does not require.
func (w *writer) json(v any) { w.print(string(w.encode(v))) }

func (w *writer) encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil && w.err == nil {
		w.err = err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// resource writes a resource with its document byte for byte as it was recorded:
// a decoder and an encoder in between would lose digits of numbers.
func (w *writer) resource(r snapshot.Resource) error {
	if !jsontext.Value(r.Document).IsValid() {
		return fmt.Errorf("show %s %s: its document is not JSON", r.Collection, r.ID)
	}
	head := w.encode(resourceJSON{Kind: r.Kind, ID: r.ID, ProviderID: r.Provider, Name: r.Name()})
	w.print(string(bytes.TrimSuffix(head, []byte("}"))), `,"document":`)
	_, _ = w.Write(r.Document) // w remembers
	w.print("}")
	return nil
}

// separate comes before element n of a list, close after its last.
func (w *writer) separate(n int) {
	if n > 0 {
		w.print(",")
	}
	w.print("\n")
}

func (w *writer) close(n int) {
	if n > 0 {
		w.print("\n")
	}
	w.print("]}\n")
}

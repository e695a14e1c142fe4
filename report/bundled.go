package report

import (
	"fmt"
	"io"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Bundled shows what was written into a bundle's directory, and whether the snapshots
// that it cites are pinned.
func Bundled(out io.Writer, s Style, dir string, b *Bundle, files []string, pinned bool) error {
	w, t := newWriter(out), newText(out, s)
	w.print(t.bold("Evidence in "+Safe(dir)), fmt.Sprintf(": %d files\n", len(files)))
	for _, r := range b.Reports {
		w.print("  ", pad(string(r.Kind), 15))
		n := 0
		for _, f := range r.Figures {
			if n == mostFigures || !f.Matters() {
				continue
			}
			if n++; n > 1 {
				w.print(", ")
			}
			w.print(f.Name, " ", f.Value.String())
		}
		w.print("\n")
	}
	how := "which is pinned"
	if !pinned {
		how = "which could not be pinned"
	}
	for _, c := range b.Cited {
		w.print("Cites snapshot ", snapshot.ShortID(c.ID), " of ", c.TakenAt.UTC().Format("2006-01-02 15:04"), " (", c.Role, "), ", how, "\n")
	}
	w.print("Check it: (cd ", Safe(dir), " && sha256sum -c ", BundleSums, "), or idpsnap verify ", Safe(dir), "\n")
	return w.end()
}

// mostFigures is how many of a report's figures stand in one line.
const mostFigures = 4

// BundleCheck is what a check of a bundle found.
type BundleCheck struct {
	Dir      string
	Files    int  // that are there
	Compared int  // of these, with what the history makes
	Complete bool // all of it was compared with the history, or the history knows it
	History  snapshot.Verification
	Problems []snapshot.Problem
	Notes    []string // what could not be compared, and why
}

type bundleCheckJSON struct {
	FormatVersion string        `json:"format_version"`
	OK            bool          `json:"ok"` // no problem, and complete
	Complete      bool          `json:"complete"`
	Bundle        string        `json:"bundle"`
	Files         int           `json:"files"`
	Compared      int           `json:"compared"`
	Problems      []problemJSON `json:"problems"`
	Notes         []string      `json:"notes"`
	History       struct {
		Snapshots int           `json:"snapshots"`
		Head      string        `json:"head"`
		Problems  []problemJSON `json:"problems"`
	} `json:"history"`
}

// BundleVerified shows what a check of a bundle found, as text or JSON.
func BundleVerified(format string, out io.Writer, s Style, c BundleCheck) error {
	problems := func(list []snapshot.Problem) []problemJSON {
		all := make([]problemJSON, 0, len(list))
		for _, p := range list {
			all = append(all, problemJSON(p))
		}
		return all
	}
	if format == "json" {
		j := bundleCheckJSON{
			FormatVersion: formatVersion, OK: c.Complete && len(c.Problems)+len(c.History.Problems) == 0, Complete: c.Complete, Bundle: c.Dir, Files: c.Files,
			Compared: c.Compared, Problems: problems(c.Problems), Notes: append([]string{}, c.Notes...),
		}
		j.History.Snapshots, j.History.Head, j.History.Problems = c.History.Snapshots, c.History.Head, problems(c.History.Problems)
		return jsonPrinter{out}.one(j)
	}
	w, t := newWriter(out), newText(out, s)
	verdict := "The bundle is as it was made."
	switch {
	case len(c.Problems) > 0:
		verdict = "The bundle is not as it was made."
	case len(c.History.Problems) > 0:
		verdict = "The history is not as it was recorded: the bundle was not compared with it."
	case !c.Complete:
		verdict = "As far as it could be compared, the bundle is as it was made; the rest is not proved."
	}
	w.print(t.bold(verdict), "\n")
	w.print(fmt.Sprintf("Checked: %s with %s, %d of them with what the history makes\n", number(c.Files)+" files", BundleSums, c.Compared))
	for _, n := range c.Notes {
		for _, line := range t.wrap("Note: "+Safe(n), t.width) {
			w.print(line, "\n")
		}
	}
	for _, p := range c.Problems {
		w.print("  ", Safe(p.Where), " ", Safe(p.What), "\n")
	}
	for _, p := range c.History.Problems {
		w.print("  history: ", Safe(p.Where), ": ", Safe(p.What), "\n")
	}
	return w.end()
}

package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/idpsnap/idpsnap/snapshot"
)

// text prints for people: calm, aligned, the worst said first.
type text struct {
	w     io.Writer
	width int
	whole bool // no terminal: lines that are read by grep are neither cut nor wrapped
	color bool

	bold, dim, good, bad, warn, red func(string) string
}

const (
	defaultWidth = 100
	minWidth     = 60
	maxReason    = 600 // columns of a message from outside
)

func newText(w io.Writer, s Style) text {
	t := text{w: w, width: defaultWidth, whole: s.Width == 0, color: s.Color}
	if s.Width > 0 {
		t.width = max(s.Width, minWidth)
	}
	paint := func(a ...color.Attribute) func(string) string {
		c := color.New(a...)
		if s.Color {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
		return func(s string) string { return c.Sprint(s) }
	}
	t.bold, t.dim = paint(color.Bold), paint(color.Faint)
	t.good, t.bad, t.warn, t.red = paint(color.FgGreen), paint(color.FgRed, color.Bold), paint(color.FgYellow), paint(color.FgRed)
	return t
}

func (t text) Taken(snaps []snapshot.Snapshot) error {
	w := newWriter(t.w)
	if len(snaps) == 0 {
		w.print("no snapshots\n")
	}
	for i, sn := range snaps {
		if i > 0 {
			w.print("\n")
		}
		t.header(w, sn)
		w.print("\n")
		t.captures(w, sn)
		t.notRead(w, sn)
	}
	return w.end()
}

// header says which state it is, in two or three lines.
func (t text) header(w *writer, sn snapshot.Snapshot) {
	what := "Snapshot " + Safe(snapshot.ShortID(sn.ID))
	if sn.ID == "" {
		what = "Live state"
	}
	w.print(t.bold(what), " of ", t.targetLabel(sn, t.width-width(what)-4), "\n")
	facts := moment(sn.TakenAt)
	if d := sn.FinishedAt.Sub(sn.TakenAt); !sn.FinishedAt.IsZero() {
		facts += ", read in " + span(d)
		if sn.Requests > 0 {
			facts += " with " + things(sn.Requests, "request")
		}
	}
	w.print("  ", facts, "\n")
	switch failed := countStatus(sn, snapshot.Failed); {
	case failed > 0:
		w.print("  ", t.bad("partial"), fmt.Sprintf(": %s of %s could not be read\n", number(failed), things(len(sn.Captures), "collection")))
	default:
		w.print("  ", t.good(string(sn.Status())), "\n")
	}
	if label := snapshotNote(sn); label != "" {
		for _, line := range t.wrap(label, t.width-2) {
			w.print("  ", line, "\n")
		}
	}
}

// snapshotNote says why a snapshot was taken, where that is known.
func snapshotNote(sn snapshot.Snapshot) string {
	switch {
	case sn.Origin == snapshot.Safety && sn.Note != "":
		return "safety snapshot: " + Safe(sn.Note)
	case sn.Origin == snapshot.Safety:
		return "safety snapshot"
	case sn.Origin == snapshot.Imported && sn.Note != "":
		return importLabel(sn) + ": " + Safe(sn.Note)
	case sn.Origin == snapshot.Imported:
		return importLabel(sn)
	case sn.Note != "":
		return "note: " + Safe(sn.Note)
	}
	return ""
}

// captures lists the collections that were read, and what differs from the last
// time that each was.
func (t text) captures(w *writer, sn snapshot.Snapshot) {
	tab := table{indent: "  ", columns: []column{{}, {right: true}, {}, {}}}
	for _, c := range sn.Captures {
		if c.Status != snapshot.Complete {
			continue
		}
		differs := cell{changes(c.Added, c.Changed, c.Removed), t.warn}
		if differs.text == "" {
			differs = cell{"no changes", t.dim}
		}
		active := cell{}
		if c.Kind == snapshot.SCIMUser {
			active = plain(number(c.Active) + " active")
		}
		tab.add(plain(t.fit(collectionName(c.Collection, c.ProviderName), t.width/2)), plain(number(c.Count)), differs, active)
	}
	tab.print(w, t.dim)
}

// notRead lists the collections of the kinds, or of all where there are none, that
// were not read, and why: one line for all that share a cause. It prints nothing if
// there are none.
func (t text) notRead(w *writer, sn snapshot.Snapshot, kinds ...snapshot.Kind) {
	causes := Causes(sn, kinds...)
	failed := false
	for i, c := range causes {
		if i == 0 {
			w.print("\n")
		}
		paint := t.dim
		if c.Status == snapshot.Failed {
			paint, failed = t.bad, true
		}
		var names []words
		for _, capture := range c.Captures {
			names = append(names, collectionWords(capture.Collection, capture.ProviderName))
		}
		tellApart(pointers(names))
		t.because(w, cell{string(c.Status), paint}, names, Safe(c.Why))
	}
	if failed {
		w.print("  What could not be read is unknown, not empty.\n")
	}
}

// because prints collections that share a cause, and what it is.
func (t text) because(w *writer, label cell, collections []words, why string) {
	line := t.list(collections)
	if why != "" {
		line += ": " + t.fit(why, maxReason)
	}
	t.labelled(w, "  ", label, 11, line)
}

// list writes what collections are called, one after the other.
func (t text) list(collections []words) string {
	names := make([]string, len(collections))
	for i, c := range collections {
		names[i] = t.collection(c, t.width/2)
	}
	return strings.Join(names, ", ")
}

// collection writes what a collection is called in about n columns. An id that has
// to tell it from another is not cut.
func (t text) collection(c words, n int) string {
	if c.ID == "" {
		return t.fit(c.String(), n)
	}
	id := " (" + t.fit(c.ID, 40) + ")"
	c.ID = ""
	return t.fit(c.String(), max(n-width(id), 20)) + id
}

// labelled prints a label of n columns and beside it text, which is safe, in as
// many lines as it takes.
func (t text) labelled(w *writer, indent string, label cell, n int, text string) {
	n = max(n, width(label.text))
	head := label.text
	if label.paint != nil {
		head = label.paint(head)
	}
	w.print(indent, head)
	space := strings.Repeat(" ", n-width(label.text))
	for _, line := range t.wrap(text, t.width-len(indent)-n-2) {
		w.print(space, "  ", line, "\n")
		space = indent + strings.Repeat(" ", n)
	}
	if text == "" {
		w.print("\n")
	}
}

func countStatus(sn snapshot.Snapshot, s snapshot.Status) int {
	n := 0
	for _, c := range sn.Captures {
		if c.Status == s {
			n++
		}
	}
	return n
}

// fit, pad and wrap are what they say where there is a terminal; elsewhere they
// leave s as long as it is.
func (t text) fit(s string, n int) string {
	if t.whole {
		return s
	}
	return fit(s, n)
}

func (t text) pad(s string, n int) string {
	if t.whole {
		return s + strings.Repeat(" ", max(0, n-width(s)))
	}
	return pad(s, n)
}

func (t text) wrap(s string, n int) []string {
	if !t.whole {
		return wrap(s, n)
	}
	if s = strings.Trim(s, " "); s == "" {
		return nil
	}
	return []string{s}
}

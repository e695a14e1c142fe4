package report

import (
	"strings"

	"github.com/idpsnap/idpsnap/diff"
)

// diff prints which states were compared, then what of them was not, so that
// nobody takes silence for sameness, then what differs, and last how much that is.
func (t text) diff(c *comparison) error {
	w := newWriter(t.w)
	t.states(w, c)
	t.notCompared(w, c)
	if c.Stat {
		t.stat(w, c)
	} else {
		for _, s := range c.Sections {
			t.section(w, s)
		}
	}
	w.print("\n")
	if c.Counts.total() > 0 {
		w.print(t.sum(c), "\n")
	} else {
		w.print(c.Nothing(), "\n")
	}
	return w.end()
}

// states prints a line for each state. The target stands once, if both are of one,
// and on a narrow terminal on lines of its own.
func (t text) states(w *writer, c *comparison) {
	states := c.States
	tab := table{columns: make([]column, 4)}
	for _, s := range states {
		at := s.Time
		if s.Partial {
			at += ", partial"
		}
		tab.add(cell{s.Label, t.dim}, cell{t.fit(s.Text, t.width/2), t.bold}, plain(s.Source), plain(at))
	}
	const typed = 1
	if tab.rest(typed, t.width) < tab.widths()[typed] && !t.whole {
		for i := range tab.rows { // what was typed comes first
			source, at := &tab.rows[i].cells[2], &tab.rows[i].cells[3]
			tab.rows[i].notes = []string{"   " + source.text + "  " + at.text}
			*source, *at = cell{}, cell{}
		}
	}
	tab.print(w, t.dim)
	if c.OneTarget {
		states = states[:1]
	}
	for _, s := range states {
		which := "of"
		if !c.OneTarget {
			which = s.Label + " of"
		}
		w.print(t.dim(which), " ", t.addressed(s.Target, s.Address, t.width-width(which)-1), "\n")
	}
}

// notCompared prints of what nothing is said, and why.
func (t text) notCompared(w *writer, c *comparison) {
	if !c.Complete || len(c.Ambiguous)+len(c.Unread) > 0 {
		w.print("\n")
	}
	for _, u := range c.NotCompared {
		t.because(w, cell{"not compared", t.bad}, u.Collections, u.Why)
	}
	for _, a := range c.Ambiguous {
		t.labelled(w, "  ", cell{"ambiguous", t.bad}, 12,
			t.fit(a.Name, t.width/2)+" ("+a.What+"): in a "+strings.Join(a.A, ", ")+"; in b "+strings.Join(a.B, ", "))
	}
	if len(c.Ambiguous) > 0 {
		w.print("  --map OLD=NEW ", mapDecides, "\n")
	}
	if line := t.unread(c.Unread); line != "" {
		for _, l := range t.wrap(line, t.width-2) {
			w.print("  ", t.dim(l), "\n")
		}
	}
}

func (t text) unread(list []unknown) string {
	var parts []string
	for _, u := range list {
		parts = append(parts, t.list(u.Collections)+" ("+t.fit(u.Why, maxReason)+")")
	}
	if len(parts) == 0 {
		return ""
	}
	return "In neither: " + strings.Join(parts, "; ")
}

// sum is how much differs.
func (t text) sum(c *comparison) string {
	parts := make([]string, 0, 5)
	for _, s := range c.Counts.Severities() {
		parts = append(parts, t.severity(s.Severity, number(s.N)+" "+s.String()))
	}
	between := "; "
	if width(c.Sum()) > t.width && !t.whole {
		between = ";\n"
	}
	line := c.Counts.Actions() + between + strings.Join(parts, ", ")
	if !c.Complete {
		line += between + t.bad("not everything could be compared")
	}
	return line
}

// section prints what differs in one collection.
func (t text) section(w *writer, s section) {
	w.print("\n", t.bold(capital(t.collection(s.Collection, t.width-30))))
	if s.SCIM {
		w.print(" (", s.Happened, ")")
	}
	w.print("\n")
	for _, r := range s.Reasons {
		t.labelled(w, "  ", cell{r.Severity.String(), t.painter(r.Severity)}, 0, t.fit(r.Text, maxReason))
	}
	for _, b := range s.Blocks {
		names, addresses := t.columns(b)
		for c := range b.Changes() {
			if w.err != nil {
				return
			}
			if s.SCIM {
				t.person(w, c, names, addresses)
			} else {
				t.change(w, c)
			}
		}
		if b.More != "" {
			w.print("    ", t.dim(b.More), "\n")
		}
	}
}

// columns are how many the names and the addresses of a block take.
func (t text) columns(b block) (names, addresses int) {
	names = width(label(""))
	for _, ch := range b.changes {
		names, addresses = max(names, width(Safe(ch.Name))), max(addresses, width(Safe(ch.Email)))
	}
	return min(names, t.width*2/5), min(addresses, t.width/3)
}

// change prints what happened to one resource: a line, and below it its settings.
func (t text) change(w *writer, c change) {
	line := "  " + t.sign(c) + " "
	n := width("  + ")
	name := t.fit(c.Name, t.width/2)
	line += t.bold(name)
	n += width(name)
	if c.Vendor != "" {
		vendor := "(" + t.fit(c.Vendor, t.width/4) + ")"
		line += " " + t.dim(vendor)
		n += 1 + width(vendor)
	}
	t.weighed(w, line, n, c.Severity, c.Reason)
	t.deltas(w, c.Deltas, c.Action == diff.Changed)
	if c.More != "" {
		w.print("      ", t.dim(c.More), "\n")
	}
}

// weighed ends a line of n columns with a severity and its reason, which goes to
// lines of its own if it has no room there.
func (t text) weighed(w *writer, line string, n int, s diff.Severity, reason string) {
	w.print(line, "  ", t.severity(s, s.String()))
	n += 2 + width(s.String()) + 2
	switch {
	case reason == "":
		w.print("\n")
	case t.whole || n+width(reason) <= t.width:
		w.print(": ", reason, "\n")
	default:
		w.print("\n")
		for _, l := range t.wrap(t.fit(reason, maxReason), t.width-6) {
			w.print("      ", l, "\n")
		}
	}
}

// person prints a SCIM user or group on one line, and on more where its settings
// need them. An e-mail address is never shortened: it is what people search for.
func (t text) person(w *writer, c change, names, addresses int) {
	parts := make([]string, 0, len(c.Deltas))
	for _, d := range c.Deltas {
		if !d.Expected || d.full {
			parts = append(parts, t.line(d))
		}
	}
	settings := strings.Join(parts, ", ")
	address := t.fit(c.Email, 254)
	w.print("  ", t.sign(c), " ", t.pad(c.Name, names), strings.Repeat(" ", min(2, len(address))), address)
	space := strings.Repeat(" ", max(0, addresses-width(address))+2)
	n := 4 + names + 2 + max(addresses, width(address))
	if !c.Said {
		w.print(space, t.severity(c.Severity, c.Severity.String()))
		space = "  "
		n += 2 + width(c.Severity.String())
	}
	switch {
	case settings == "":
		w.print("\n")
	case t.whole || n+2+width(settings) <= t.width:
		w.print(space, settings, "\n")
	default:
		w.print("\n")
		for _, l := range t.value(settings, t.width-8) {
			w.print("        ", l, "\n")
		}
	}
}

func (t text) sign(c change) string { return t.painterOf(c.Action)(c.Sign) }

// painterOf gives the colour of an action.
func (t text) painterOf(a diff.Action) func(string) string {
	switch a {
	case diff.Added:
		return t.good
	case diff.Removed:
		return t.red
	case diff.Changed:
	}
	return t.warn
}

// painter gives the colour of a severity: what is critical or high stands out.
func (t text) painter(s diff.Severity) func(string) string {
	switch {
	case s >= diff.High:
		return t.bad
	case s == diff.Medium:
		return t.warn
	case s == diff.Info:
		return t.dim
	}
	return func(s string) string { return s }
}

func (t text) severity(s diff.Severity, words string) string { return t.painter(s)(words) }

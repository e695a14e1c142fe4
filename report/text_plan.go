package report

import (
	"strings"

	"github.com/idpsnap/idpsnap/migrate"
)

// plan prints from where to where a plan leads, what it does, what stands in its way,
// which is last so that it is what is read before deciding, and how much that is.
func (t text) plan(d *planned) error {
	w := newWriter(t.w)
	t.route(w, d.route, "", 4)
	if d.DryRun {
		w.print("  ", t.dim("dry run: nothing is written"), "\n")
	}
	t.actions(w, "Identity providers", d.Providers)
	t.idle(w, d)
	t.actions(w, "What names them", d.Others)
	t.collect(w, d)
	t.planReferences(w, d)
	t.planNotes(w, d.Notes)
	t.guards(w, d)
	sum := t.bold
	if d.Stopped {
		sum = t.bad
	}
	w.print("\n", sum(d.Sum), "\n")
	return w.end()
}

// route prints which state goes where, with labels of n columns; run is the id of the
// run that carries it there, "" where there is none.
func (t text) route(w *writer, r route, run string, n int) {
	head := capital(r.Verb)
	if run != "" {
		head += " " + run + " of"
	}
	w.print(t.bold(strings.Trim(head+" "+t.fit(r.State, max(t.width-width(head)-1, 20)), " ")), "\n")
	from := r.What()
	if !r.ToItself {
		from += ", of " + t.addressed(r.From, r.FromAt, t.width/2)
	}
	into := t.addressed(r.Into, r.IntoAt, t.width*3/4)
	if r.AuthDomain != "" {
		into += ", " + t.fit(r.AuthDomain, maxWord)
	}
	t.labelled(w, "  ", cell{"from", t.dim}, n, from)
	t.labelled(w, "  ", cell{"into", t.dim}, n, into)
}

func (t text) actions(w *writer, title string, list []action) {
	for i, a := range list {
		if i == 0 {
			w.print("\n", t.bold(title), "\n")
		}
		if w.err != nil {
			return
		}
		t.action(w, a)
	}
}

// action prints what is done about one resource: a line, and below it why, its
// settings, and what else belongs to it.
func (t text) action(w *writer, a action) {
	paint := t.verdict(a.Verdict)
	line := "  " + paint(a.Sign) + " " + t.bold(t.fit(a.Name, t.width/2))
	if a.Kind != "" {
		line += " " + t.dim("("+t.fit(a.Kind, t.width/4)+")")
	}
	what := map[migrate.Verdict]string{migrate.None: "stays as it is"}[a.Verdict]
	if what == "" {
		what = t.fit(string(a.Verdict), t.width/4)
	}
	line += "  " + paint(what)
	if a.Weighed && len(a.Deltas) > 0 {
		line += ", " + t.severity(a.Severity, a.Severity.String())
	}
	w.print(line, "\n")
	var blocks func(string) string
	if a.Verdict == migrate.Blocked {
		blocks = t.bad
	}
	for _, r := range a.Reasons {
		t.paragraph(w, "      ", r, blocks)
	}
	if a.Shared {
		t.paragraph(w, "      ", "why: see STOPPED, below", blocks)
	}
	t.deltas(w, a.Deltas, a.Weighed)
	if a.More != "" {
		w.print("      ", t.dim(a.More), "\n")
	}
	t.facts(w, a)
}

// facts prints what belongs to an action and is no setting, in the columns of its
// settings.
func (t text) facts(w *writer, a action) {
	severities, n := t.columnsOf(a.Deltas)
	if a.Weighed && len(a.Deltas) > 0 {
		n += severities + 2
	}
	if t.width-n-8 < minValue {
		n = 0
	}
	for _, f := range a.Facts {
		n = max(n, width(t.fit(f.Label, t.width/4)))
	}
	for _, f := range a.Facts {
		paint := t.dim
		if f.Urgent {
			paint = t.warn
		}
		label := t.fit(f.Label, t.width/4)
		w.print("      ", paint(label))
		space := strings.Repeat(" ", n-width(label)+2)
		for _, l := range t.value(f.Text, t.width-8-n) {
			if f.Urgent {
				l = paint(l)
			}
			w.print(space, l, "\n")
			space = strings.Repeat(" ", 8+n)
		}
	}
	for _, warning := range a.Warnings {
		t.labelled(w, "      ", cell{"warning", t.warn}, n, t.fit(warning, maxReason))
	}
}

// paragraph prints text, which is safe, in as many lines as it takes.
func (t text) paragraph(w *writer, indent, s string, paint func(string) string) {
	for _, l := range t.wrap(t.fit(s, maxReason), t.width-len(indent)) {
		if paint != nil {
			l = paint(l)
		}
		w.print(indent, l, "\n")
	}
}

// idle prints what nothing is done about.
func (t text) idle(w *writer, d *planned) {
	if (len(d.Left) > 0 || d.Same != "") && len(d.Providers) == 0 {
		w.print("\n")
	}
	for _, l := range d.Left {
		line := capital(l.Why) + ": " + strings.Join(fitAll(t, l.Names), ", ")
		if l.More > 0 {
			line += ", and " + number(l.More) + " more; --full shows all"
		}
		t.labelled(w, "  ", cell{"=", t.dim}, 0, line)
	}
	if d.Same != "" {
		w.print("  ", t.dim(d.Same), "\n")
	}
}

func fitAll(t text, names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = t.fit(name, t.width/2)
	}
	return out
}

// planReferences sums up what names providers by their ids.
func (t text) planReferences(w *writer, d *planned) {
	if r := d.References; r != nil {
		w.print("\n", t.bold("In the source"), "\n")
		t.paragraph(w, "  ", r.Kinds+" "+r.namesOrName()+" a provider that has, or will have, another id in the target.", nil)
		t.references(w, r)
	}
	if r := d.Dangling; r != nil {
		w.print("\n", t.bold("In the target"), "\n")
		line := r.Kinds + " " + r.namesOrName() + " a provider that the target does not have."
		if !d.rewritesThere {
			line += " " + rewriteRepairs
		}
		t.paragraph(w, "  ", line, nil)
		t.references(w, r)
	}
}

// references lists what names providers.
func (t text) references(w *writer, r *references) {
	for _, one := range r.Listed {
		line := t.fit(one.Name, t.width/2)
		if len(one.Providers) > 0 {
			line += ": " + strings.Join(one.Providers, ", ")
		}
		t.labelled(w, "    ", cell{t.fit(one.Kind, t.width/4), t.dim}, len("Access policy"), line)
	}
	if r.More != "" {
		w.print("    ", t.dim(r.More), "\n")
	}
}

func (t text) planNotes(w *writer, notes []string) {
	for i, n := range notes {
		if i == 0 {
			w.print("\n", t.bold("Notes"), "\n")
		}
		t.labelled(w, "  ", cell{"-", t.dim}, 0, t.fit(n, maxReason))
	}
}

// verdict gives the colour of a verdict.
func (t text) verdict(v migrate.Verdict) func(string) string {
	switch v {
	case migrate.Create:
		return t.good
	case migrate.Update:
		return t.warn
	case migrate.Delete:
		return t.red
	case migrate.None:
		return t.dim
	default:
		return t.bad
	}
}

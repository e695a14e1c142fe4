package report

import (
	"io"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/report/audit"
)

// evidenceText prints a report: what is on top of it, then of what it says nothing,
// then its tables, and last what is asked of any evidence. Charts are left out: their
// numbers are in the tables.
func evidenceText(out io.Writer, s Style, r *audit.Report) error {
	t, w := newText(out, s), newWriter(out)
	w.print(t.bold(t.fit(Safe(r.Title), t.width)), "\n")
	t.lead(w, r.Lead)
	t.figures(w, r.Figures)
	t.notKnown(w, r.Unknown)
	for i := range r.Tables {
		if err := t.evidenceTable(w, &r.Tables[i]); err != nil {
			_ = w.end()
			return err
		}
	}
	t.answers(w, r.Facts)
	return w.end()
}

func (t text) lead(w *writer, lead []audit.Remark) {
	for _, l := range lead {
		if l.Severity == diff.Info {
			t.notes(w, 2, Safe(l.Text))
			continue
		}
		t.labelled(w, "  ", cell{l.Severity.String(), t.painter(l.Severity)}, 0, Safe(l.Text))
	}
}

// figures prints numbers beside one another, as many as there is room for; where
// there is no terminal, one a line.
func (t text) figures(w *writer, all []audit.Figure) {
	figures := slices.DeleteFunc(slices.Clone(all), func(f audit.Figure) bool { return !f.Matters() })
	names, values := 0, 0
	cells := make([]cell, len(figures))
	for i, f := range figures {
		cells[i] = t.figure(f)
		names, values = max(names, width(Safe(f.Name))), max(values, width(cells[i].text))
	}
	const apart = 4
	across := 1
	if !t.whole {
		across = max(1, min(4, (t.width-2+apart)/(names+2+values+apart)))
	}
	tab := table{indent: "  "}
	for i := range across {
		if i > 0 {
			tab.columns = append(tab.columns, column{}) // two spaces, and two more
		}
		tab.columns = append(tab.columns, column{}, column{right: true})
	}
	for i, f := range figures {
		if i%across == 0 {
			tab.add()
		} else {
			tab.extend(plain(""))
		}
		tab.extend(cell{Safe(f.Name), t.dim}, cells[i])
	}
	for i := range tab.rows {
		for len(tab.rows[i].cells) < len(tab.columns) {
			tab.rows[i].cells = append(tab.rows[i].cells, plain(""))
		}
	}
	if len(figures) > 0 {
		w.print("\n")
	}
	tab.print(w, t.dim)
}

// extend adds cells to the last row.
func (t *table) extend(cells ...cell) {
	last := &t.rows[len(t.rows)-1]
	last.cells = append(last.cells, cells...)
}

func (t text) figure(f audit.Figure) cell {
	c := cell{text: t.fit(cellWords(f.Value, minute), t.width/3)}
	switch {
	case f.Value.IsNotKnown():
		c.paint = t.warn
	case f.Severity > diff.Info:
		c.paint = t.painter(f.Severity)
	}
	return c
}

// notKnown prints of what nothing is said, and why, so that nobody takes silence for
// an answer.
func (t text) notKnown(w *writer, list []audit.Unknown) {
	if len(list) > 0 {
		w.print("\n", t.bad("Not known"), " (", number(len(list)), ")\n")
	}
	for _, u := range list {
		t.notes(w, 2, t.fit(ofUnknown(u), maxReason)+": "+t.fit(Safe(u.Reason), maxReason))
	}
}

// answers prints facts below the question that each answers, all of them from one
// column on.
func (t text) answers(w *writer, facts []audit.Fact) {
	longest := 0
	for _, f := range facts {
		longest = max(longest, min(width(Safe(f.Name)), t.width/2))
	}
	for _, g := range answersOf(facts) {
		w.print("\n", t.bold(g.Title), "\n")
		for _, f := range g.Facts {
			value := cellWords(f.Value, moment)
			if value == "" {
				value = "none"
			}
			t.labelled(w, "  ", cell{t.fit(Safe(f.Name), t.width/2), t.dim}, longest, t.fit(value, maxValue))
		}
	}
}

// evidenceTable prints a table: its title with how many rows there are, the rows, and
// which columns there was no room for.
func (t text) evidenceTable(w *writer, tab *audit.Table) error {
	w.print("\n", t.bold(t.fit(Safe(tab.Title), t.width-12)), " (", number(tab.Len), ")\n")
	var first [][]audit.Cell // rows that tell how wide the columns are
	var g *grid
	for row, err := range rowsOf(tab) {
		if err != nil {
			return err
		}
		if w.err != nil {
			break
		}
		if g != nil {
			g.row(w, row)
			continue
		}
		if first = append(first, append([]audit.Cell(nil), row...)); len(first) == sampled {
			g = t.newGrid(tab.Columns, first)
			g.begin(w, first)
		}
	}
	if g == nil && len(first) > 0 {
		g = t.newGrid(tab.Columns, first)
		g.begin(w, first)
	}
	if g == nil {
		empty := noRows
		if tab.Empty != "" {
			empty = Safe(tab.Empty)
		}
		t.notes(w, 2, empty)
		return nil
	}
	if len(g.left) > 0 {
		t.dimmed(w, 2, "left out: "+strings.Join(g.left, ", ")+"; --format json has all columns")
	}
	return nil
}

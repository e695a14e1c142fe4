package report

import (
	"io"
	"strings"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/report/audit"
)

// maxRows is how many rows of a table Markdown shows: more of them no page renders.
const maxRows = 1000

// evidenceMarkdown prints a report for a ticket or a wiki, in the order of its text.
func evidenceMarkdown(out io.Writer, r *audit.Report) error {
	m := newMarkdown(out)
	m.w.print("## ", prose(Safe(r.Title)), "\n")
	for _, l := range r.Lead {
		m.w.print("\n")
		if l.Severity != diff.Info {
			m.w.print(weight(l.Severity), ": ")
		}
		m.w.print(sentence(Safe(l.Text)), "\n")
	}
	m.figures(r.Figures)
	m.notKnown(r.Unknown)
	for i := range r.Tables {
		if err := m.evidenceTable(&r.Tables[i]); err != nil {
			_ = m.w.end()
			return err
		}
	}
	m.answers(r.Facts)
	return m.w.end()
}

func (m markdown) figures(figures []audit.Figure) {
	if len(figures) > 0 {
		m.w.print("\n| | |\n| --- | ---: |\n")
	}
	for _, f := range figures {
		value := m.cell(f.Value, audit.Column{})
		if f.Severity >= diff.High && value != "" {
			value = "**" + value + "**"
		}
		m.w.print("| ", proseInTable(Safe(f.Name)), " | ", value, " |\n")
	}
}

func (m markdown) notKnown(list []audit.Unknown) {
	if len(list) > 0 {
		m.w.print("\n### Not known (", number(len(list)), ")\n\n")
	}
	for _, u := range list {
		m.w.print("- ", sentence(ofUnknown(u)), ": ", prose(Safe(u.Reason)), "\n")
	}
}

// evidenceTable prints the first rows of a table, and says how many more there are.
func (m markdown) evidenceTable(t *audit.Table) error {
	m.w.print("\n### ", prose(Safe(t.Title)), " (", number(t.Len), ")\n\n")
	n := 0
	for row, err := range rowsOf(t) {
		if err != nil {
			return err
		}
		if n == 0 {
			m.heads(t.Columns)
		}
		if n == maxRows || m.w.err != nil {
			break
		}
		m.evidenceRow(row, t.Columns)
		n++
	}
	switch {
	case t.Len > n:
		m.w.print("\n", things(t.Len-n, "more row"), ": in the CSV\n")
	case n == 0 && t.Empty != "":
		m.w.print(sentence(Safe(t.Empty)), "\n")
	case n == 0:
		m.w.print(noRows, "\n")
	}
	return nil
}

func (m markdown) heads(columns []audit.Column) {
	for _, c := range columns {
		m.w.print("| ", proseInTable(Safe(c.Name)), " ")
	}
	m.w.print("|\n", strings.Repeat("| --- ", len(columns)), "|\n")
}

func (m markdown) evidenceRow(row []audit.Cell, columns []audit.Column) {
	for i, c := range row {
		m.w.print("| ", m.cell(c, columns[i]), " ")
	}
	m.w.print("|\n")
}

// cell writes a value for a table.
func (markdown) cell(c audit.Cell, col audit.Column) string {
	if severity, ok := weightOf(c, col); ok {
		return weight(severity)
	}
	if c.IsNotKnown() {
		return "*" + audit.NotKnown.String() + "*"
	}
	words := cellWords(c, minute)
	_, isText := c.AsText()
	if _, isSetting := c.AsSetting(); !isText && !isSetting { // words of our own
		return words
	}
	if col.Role == audit.Code {
		return codeInTable(words)
	}
	return proseInTable(words)
}

func (m markdown) answers(facts []audit.Fact) {
	for _, g := range answersOf(facts) {
		m.w.print("\n### ", prose(g.Title), "\n\n")
		for _, f := range g.Facts {
			value := cellWords(f.Value, moment)
			switch _, ok := f.Value.AsText(); {
			case ok && strings.Contains(value, " --"): // a command line, which typography would change
				value = code(value)
			case ok:
				value = prose(value)
			case f.Value.IsNotKnown():
				value = "*" + audit.NotKnown.String() + "*"
			case f.Value.IsNone():
				value = "none"
			}
			m.w.print("- ", prose(Safe(f.Name)), ": ", value, "\n")
		}
	}
}

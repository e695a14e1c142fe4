package report

import (
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/report/audit"
)

// A page shows so many rows of a table, and so much of a cell; it says so where that
// is not all. Browsers take long over more, and nobody reads them there.
const (
	pageRows = 5000
	pageCell = 2000
)

// A listing is a table as a page shows it. Columns for a reviewer are left out, as a
// page cannot be filled in, and minor ones, as nobody reads a line as wide as that.
type listing struct {
	*audit.Table
	ID    string
	Alone bool // as of its part
	shown []int
}

func newListing(t *audit.Table, id string, alone bool) *listing {
	l := &listing{Table: t, ID: id, Alone: alone}
	for i, c := range t.Columns {
		if c.Role != audit.Reviewer && !c.Minor {
			l.shown = append(l.shown, i)
		}
	}
	return l
}

// Heading is the table's title, which links lead to, and how many rows it has.
func (l *listing) Heading() template.HTML {
	return heading(l.Alone, l.ID, escaped(l.Title)+" <small>"+l.Count()+"</small>")
}

// Label is what the table of contents calls the table.
func (l *listing) Label() string { return Safe(l.Title) }

// Count says how many rows the table has.
func (l *listing) Count() string { return things(l.Len, "row") }

// Nothing is what to say where there is no row.
func (l *listing) Nothing() string {
	switch {
	case l.Len > 0:
		return ""
	case l.Empty != "":
		return Safe(l.Empty)
	}
	return "Nothing."
}

// Cut says that not all rows are shown.
func (l *listing) Cut() string {
	if l.Len <= pageRows {
		return ""
	}
	return "The first " + number(pageRows) + " of " + number(l.Len) + " rows are shown here. The rest is in the CSV and the workbook."
}

// ForReviewers names the columns that are left out for a person to fill in elsewhere.
func (l *listing) ForReviewers() string {
	return l.named(func(c audit.Column) bool { return c.Role == audit.Reviewer })
}

// Minor names the columns that nobody reads on a page.
func (l *listing) Minor() string {
	return l.named(func(c audit.Column) bool { return c.Minor && c.Role != audit.Reviewer })
}

func (l *listing) named(want func(audit.Column) bool) string {
	var names []string
	for _, c := range l.Columns {
		if want(c) {
			names = append(names, Safe(c.Name))
		}
	}
	return strings.Join(names, ", ")
}

// write writes the table's rows, if it has any.
func (l *listing) write(w *writer) error {
	if l.Len == 0 {
		return l.check()
	}
	w.print(`<div class="rows" role="region" tabindex="0" aria-labelledby="`, l.ID, `"><table><caption>`, escaped(l.Title), "</caption>\n<thead><tr>")
	for _, i := range l.shown {
		w.print(`<th scope="col">`, escaped(l.Columns[i].Name), "</th>")
	}
	w.print("</tr></thead>\n<tbody>\n")
	n := 0
	for row, err := range rowsOf(l.Table) {
		if err != nil {
			return err
		}
		w.print("<tr>")
		for _, i := range l.shown {
			w.print("<td", classed(kindOf(row[i])), ">", cellHTML(row[i], l.Columns[i].Role), "</td>")
		}
		w.print("</tr>\n")
		if n++; n == pageRows && l.Len > pageRows || w.err != nil {
			break
		}
	}
	w.print("</tbody></table></div>\n</section>\n")
	return nil
}

// check reads a table that says it is empty: it may be in error, or wrong.
func (l *listing) check() error {
	for _, err := range rowsOf(l.Table) {
		if err != nil {
			return err
		}
	}
	return nil
}

func classed(name string) string {
	if name == "" {
		return ""
	}
	return ` class="` + name + `"`
}

// kindOf names what a cell holds where it is shown in a way of its own.
func kindOf(c audit.Cell) string {
	if _, ok := c.AsNumber(); ok {
		return "number"
	}
	if _, ok := c.AsTime(); ok {
		return "time"
	}
	if c.IsNotKnown() {
		return "unknown"
	}
	text, _ := c.AsText()
	if p, ok := c.AsSetting(); ok {
		text = dotted(p)
	}
	text = Safe(text)
	switch words := strings.Split(text, " "); { // there a line breaks
	case slices.ContainsFunc(words, func(word string) bool { return width(word) > wholeWord }):
		return "long"
	case width(text) > proseWidth && len(words) >= proseWords:
		return "prose"
	}
	return ""
}

// wholeWord is how long a word is at most that is never broken, on a page and on paper.
const wholeWord = 24

// valueHTML is a cell that stands alone.
func valueHTML(c audit.Cell) template.HTML {
	if c.IsNotKnown() {
		return `<span class="unknown">not known</span>`
	}
	//nolint:gosec // G203: cellHTML escapes
	return template.HTML(cellHTML(c, audit.Plain))
}

// cellHTML writes a cell so that nothing in it is taken for HTML.
func cellHTML(c audit.Cell, role audit.ColumnRole) string {
	if n, ok := c.AsNumber(); ok {
		return number(int(n))
	}
	if t, ok := c.AsTime(); ok {
		return `<time datetime="` + t.Format(time.RFC3339) + `">` + t.Format(time.DateTime) + "</time>"
	}
	if yes, ok := c.AsBool(); ok {
		if yes {
			return "yes"
		}
		return "no"
	}
	text, ok := c.AsText()
	if p, is := c.AsSetting(); is {
		text, ok = dotted(p), true
	}
	if !ok {
		return c.String()
	}
	switch role {
	case audit.Code:
		return "<code>" + long(text) + "</code>"
	case audit.Weight:
		if s, err := diff.ParseSeverity(text); err == nil {
			return `<span class="badge ` + s.String() + `">` + s.String() + "</span>"
		}
	case audit.Plain, audit.Reviewer:
	}
	return long(text)
}

// long escapes a text, of which only the beginning is shown where it is very long.
func long(s string) string {
	n := len([]rune(s))
	if n <= pageCell {
		return escaped(s)
	}
	return escaped(string([]rune(s)[:pageCell])) + `… <span class="soft">(the first ` + number(pageCell) + " of " + number(n) + " characters; the CSV has all)</span>"
}

// heading is one of a part: next below that of the page where the part is alone on it,
// else one below its own. What is inside is HTML.
func heading(alone bool, id, inside string) template.HTML {
	tag := "h3"
	if alone {
		tag = "h2"
	}
	if id != "" {
		id = ` id="` + id + `"`
	}
	//nolint:gosec // G203: whoever calls it has escaped what is inside
	return template.HTML("<" + tag + id + ">" + inside + "</" + tag + ">")
}

// escaped makes text from outside harmless in HTML, between tags and in attributes.
func escaped(s string) string { return template.HTMLEscapeString(Safe(s)) }

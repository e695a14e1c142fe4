package report

import (
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/report/audit"
)

// How the columns of a long table share a terminal.
const (
	sampled     = 200 // rows that are read before the first is printed
	comfortable = 32  // room that no column needs more of before minor ones may have any
	narrowest   = 16  // room below which text is not cut
	addressed   = 40  // room below which e-mail addresses are not: people search for them
	padded      = 64  // as wide as a column is made where nothing is cut
)

// grid prints the rows of a table as they come. What it knows of them is from the
// first ones: text that is longer than all of these is cut on a terminal.
//
// Columns come in the order of their weight. Where there is no room for all of them,
// the minor ones are left out, prose goes to lines of its own below each row, and then
// the last ones go to a line there.
type grid struct {
	t       text
	tab     table
	columns []gridColumn
	below   []gridColumn
	prose   []gridColumn // below each row, too, and whole
	left    []string     // the names of the columns that are left out
}

type gridColumn struct {
	audit.Column

	title string
	index int // in the row
	width int
	least int // as narrow as it can be made
	right bool
	prose bool
	at    precision
}

// newGrid lays out columns for rows of which first are the first. Those for a reviewer
// are left out: nobody fills in a terminal.
func (t text) newGrid(columns []audit.Column, first [][]audit.Cell) *grid {
	g := &grid{t: t, tab: table{indent: "  "}}
	for i, c := range columns {
		if c.Role != audit.Reviewer {
			g.columns = append(g.columns, t.measured(c, i, first))
		}
	}
	if t.whole {
		for i := len(g.columns) - 1; i >= 0; i-- {
			if g.columns[i].Minor { // there is room, but nobody reads a line as long as that
				g.leaveOut(i)
				continue
			}
			g.columns[i].width = min(g.columns[i].width, padded)
		}
	} else {
		g.fit(t.width - len(g.tab.indent))
	}
	for _, c := range g.columns {
		g.tab.columns = append(g.tab.columns, column{right: c.right})
	}
	return g
}

// measured gives a column as wide as its cells. Text can be cut, and nothing else: a
// part of a number is another number.
func (t text) measured(col audit.Column, index int, first [][]audit.Cell) gridColumn {
	c := gridColumn{Column: col, index: index, at: minute, right: true, prose: isProse(col, index, first), title: strings.ToUpper(Safe(col.Name))}
	cut, address := false, false
	for _, row := range first {
		value := row[index]
		if _, ok := value.AsTime(); ok && c.title == strings.ToUpper(Safe(col.Name)) {
			c.title, c.at = c.title+" (UTC)", minuteUTC
		}
		if _, ok := value.AsSetting(); ok {
			cut = true
		}
		if s, ok := value.AsText(); ok {
			cut = cut || col.Role != audit.Weight
			address = address || strings.Contains(s, "@") && !strings.Contains(s, " ")
		}
		_, isNumber := value.AsNumber()
		c.right = c.right && (isNumber || value.IsNone() || value.IsNotKnown())
		c.width = max(c.width, width(cellWords(value, c.at)))
	}
	if c.width = max(c.width, t.titleWidth(c.title)); !cut {
		c.least = c.width
		return c
	}
	c.least = min(c.width, narrowest)
	if address {
		c.least = min(c.width, addressed)
	}
	return c
}

// titleWidth is how wide a column has to be for its title: two lines of it, where
// there is a terminal.
func (t text) titleWidth(title string) int {
	if t.whole {
		return width(title)
	}
	n := 1
	for len(titleLines(title, n)) > 2 || slices.ContainsFunc(strings.Fields(title), func(word string) bool { return width(word) > n }) {
		n++
	}
	return n
}

// titleLines breaks a title between words into lines of at most n columns.
func titleLines(title string, n int) []string {
	var lines []string
	for _, word := range strings.Fields(title) {
		if last := len(lines) - 1; last >= 0 && width(lines[last])+1+width(word) <= n {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

// fit makes the columns fit a terminal.
func (g *grid) fit(room int) {
	for i := len(g.columns) - 1; i >= 0 && g.need(comfortable) > room; i-- {
		if g.columns[i].Minor {
			g.leaveOut(i)
		}
	}
	g.setApart(room)
	for len(g.columns) > 1 && g.need(0) > room {
		last := len(g.columns) - 1
		g.below = slices.Insert(g.below, 0, g.columns[last])
		g.columns = g.columns[:last]
	}
	widest := room
	for widest > 0 && g.need(widest) > room {
		widest--
	}
	for i := range g.columns {
		g.columns[i].width = g.columns[i].within(widest)
	}
}

func (g *grid) leaveOut(i int) {
	g.left = slices.Insert(g.left, 0, Safe(g.columns[i].Name))
	g.columns = slices.Delete(g.columns, i, i+1)
}

// need is how much room the columns take, when none that can be cut has more than most.
func (g *grid) need(most int) int {
	sum := 2 * (len(g.columns) - 1)
	for _, c := range g.columns {
		sum += c.within(most)
	}
	return sum
}

func (c gridColumn) within(most int) int { return max(c.least, min(c.width, most)) }

// begin prints the titles and the first rows.
func (g *grid) begin(w *writer, first [][]audit.Cell) {
	titles := make([][]string, len(g.columns))
	lines := 0
	for i, c := range g.columns {
		titles[i] = titleLines(c.title, c.width)
		lines = max(lines, len(titles[i]))
	}
	for n := range lines {
		cells := make([]cell, len(g.columns))
		for i, title := range titles {
			if from := n - (lines - len(title)); from >= 0 { // they stand on the rows
				cells[i] = cell{g.t.fit(title[from], g.columns[i].width), g.t.dim}
			}
		}
		g.line(w, cells)
	}
	for _, row := range first {
		g.row(w, row)
	}
}

func (g *grid) row(w *writer, row []audit.Cell) {
	cells := make([]cell, len(g.columns))
	for i, c := range g.columns {
		value := row[c.index]
		cells[i].text = cellWords(value, c.at)
		_, isSetting := value.AsSetting()
		if _, ok := value.AsText(); ok || isSetting {
			cells[i].text = g.t.fit(cells[i].text, c.width)
		}
		if severity, ok := weightOf(value, c.Column); ok {
			cells[i].paint = g.t.painter(severity)
		}
		if value.IsNotKnown() {
			cells[i].paint = g.t.warn
		}
	}
	g.line(w, cells)
	g.told(w, row)
	var parts []string
	for _, c := range g.below {
		if value := cellWords(row[c.index], minute); value != "" {
			parts = append(parts, Safe(c.Name)+": "+g.t.fit(value, maxShown))
		}
	}
	g.t.dimmed(w, 6, strings.Join(parts, "; "))
}

func (g *grid) line(w *writer, cells []cell) {
	ws := make([]int, len(g.columns))
	for i, c := range g.columns {
		ws[i] = c.width
	}
	g.tab.line(w, ws, cells)
}

// dimmed prints what stands below a row.
func (t text) dimmed(w *writer, indent int, line string) {
	for _, part := range t.wrap(line, t.width-indent) {
		w.print(strings.Repeat(" ", indent), t.dim(part), "\n")
	}
}

package report

import "strings"

// A table has columns as wide as their contents, two spaces apart, without
// frames. (go-pretty's tables measure text by the locale that they find in the
// environment; what is printed here depends on nothing but its arguments.)
type table struct {
	indent  string
	columns []column
	rows    []row
}

type column struct {
	title string // "" in all columns: no line of titles
	right bool   // numbers
}

// row is one line, unless it has no cells, and what is said in the lines below.
type row struct {
	cells []cell
	notes []string
}

// cell is safe text, in a colour if that is not nil.
type cell struct {
	text  string
	paint func(string) string
}

func plain(s string) cell { return cell{text: s} }

func (t *table) add(cells ...cell) { t.rows = append(t.rows, row{cells: cells}) }

// widths gives what each column needs.
func (t *table) widths() []int {
	ws := make([]int, len(t.columns))
	for i, c := range t.columns {
		ws[i] = width(c.title)
		for _, r := range t.rows {
			if len(r.cells) > 0 {
				ws[i] = max(ws[i], width(r.cells[i].text))
			}
		}
	}
	return ws
}

// rest gives how many columns of total the other columns leave to column i.
func (t *table) rest(i, total int) int {
	total -= len(t.indent)
	for j, w := range t.widths() {
		if j != i {
			total -= w + 2
		}
	}
	return total
}

// print writes the table, with its titles in the colour title.
func (t *table) print(w *writer, title func(string) string) {
	ws := t.widths()
	var titles []cell
	titled := false
	for _, c := range t.columns {
		titles = append(titles, cell{c.title, title})
		titled = titled || c.title != ""
	}
	if titled {
		t.line(w, ws, titles)
	}
	for _, r := range t.rows {
		if len(r.cells) > 0 {
			t.line(w, ws, r.cells)
		}
		for _, n := range r.notes {
			w.print(t.indent, n, "\n")
		}
	}
}

func (t *table) line(w *writer, ws []int, cells []cell) {
	w.print(t.indent)
	last := len(cells) - 1
	for last > 0 && cells[last].text == "" {
		last--
	}
	for i, c := range cells[:last+1] {
		space, text := strings.Repeat(" ", max(0, ws[i]-width(c.text))), c.text
		if c.paint != nil {
			text = c.paint(text)
		}
		switch {
		case t.columns[i].right:
			w.print(space, text)
		case i < last:
			w.print(text, space)
		default:
			w.print(text)
		}
		if i < last {
			w.print("  ")
		}
	}
	w.print("\n")
}

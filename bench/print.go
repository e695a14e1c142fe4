package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// printer prints tables, as text or as Markdown.
type printer struct {
	w        io.Writer
	markdown bool
	err      error
}

func (p *printer) printf(format string, args ...any) {
	if _, err := fmt.Fprintf(p.w, format, args...); p.err == nil {
		p.err = err
	}
}

// table has columns of texts, then of numbers, and maybe one more without a head,
// of texts again.
type table struct {
	head    []string
	numbers int // the first column of them
	rows    [][]string
}

// onTheRight says whether a column is.
func (t *table) onTheRight(column int) bool { return column >= t.numbers && t.head[column] != "" }

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (p *printer) table(t table) {
	widths := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	p.row(t, t.head, widths)
	if p.markdown {
		rule := make([]string, len(t.head))
		for i := range rule {
			rule[i] = "---"
			if t.onTheRight(i) {
				rule[i] = "--:"
			}
		}
		p.printf("| %s |\n", strings.Join(rule, " | "))
	}
	for _, row := range t.rows {
		p.row(t, row, widths)
	}
	p.printf("\n")
}

func (p *printer) row(t table, cells []string, widths []int) {
	if p.markdown {
		p.printf("| %s |\n", strings.Join(cells, " | "))
		return
	}
	var line strings.Builder
	for i, cell := range cells {
		gap := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		if t.onTheRight(i) {
			cell = gap + cell
		} else {
			cell += gap
		}
		line.WriteString(cell + "  ")
	}
	p.printf("%s\n", strings.TrimRight(line.String(), " "))
}

// seconds is a time with three digits that count.
func seconds(s float64) string {
	switch {
	case s >= 100:
		return fmt.Sprintf("%.0f s", s)
	case s >= 10:
		return fmt.Sprintf("%.1f s", s)
	case s >= 1:
		return fmt.Sprintf("%.2f s", s)
	case s >= 0.01:
		return fmt.Sprintf("%.0f ms", s*1e3)
	}
	return fmt.Sprintf("%.2g ms", s*1e3)
}

// amount is a value with its unit.
func amount(value float64, unit string) string {
	switch {
	case unit == "s":
		return seconds(value)
	case unit == times:
		return fmt.Sprintf("%.2f ×", value)
	case unit == requests:
		return number(int(value))
	case value >= 10e6:
		return fmt.Sprintf("%.0f MB", value/1e6)
	case value >= 1e6:
		return fmt.Sprintf("%.1f MB", value/1e6)
	}
	return fmt.Sprintf("%.1f KB", value/1e3)
}

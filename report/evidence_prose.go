package report

import (
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/report/audit"
)

// What counts as prose: text that is read from one end to the other, so that the
// beginning of it is of no use.
const (
	proseWidth = 40 // wider than this
	proseWords = 5  // and of so many words
	proseShare = 3  // in one of so many cells that hold anything
)

// isProse reports whether the column holds prose. One cell does not make it that: a
// single long name must not send all names away from where people look for them.
func isProse(col audit.Column, index int, first [][]audit.Cell) bool {
	if col.Role != audit.Plain {
		return false
	}
	filled, prose := 0, 0
	for _, row := range first {
		if row[index].IsNone() {
			continue
		}
		filled++
		if s, ok := row[index].AsText(); ok && width(Safe(s)) > proseWidth && len(strings.Fields(s)) >= proseWords {
			prose++
		}
	}
	return prose > 0 && prose*proseShare >= filled
}

// setApart moves prose that there is no room for to lines of its own below each row,
// where it is told whole: the longest first, and as little as it takes. The first
// column stays: it says what the row is about.
func (g *grid) setApart(room int) {
	for g.need(room) > room {
		longest := -1
		for i, c := range g.columns {
			if i > 0 && c.prose && (longest < 0 || c.width > g.columns[longest].width) {
				longest = i
			}
		}
		if longest < 0 {
			return
		}
		c := g.columns[longest]
		g.columns = slices.Delete(g.columns, longest, longest+1)
		at, _ := slices.BinarySearchFunc(g.prose, c.index, func(p gridColumn, index int) int { return p.index - index })
		g.prose = slices.Insert(g.prose, at, c)
	}
}

// told prints below a row what was set apart from it.
func (g *grid) told(w *writer, row []audit.Cell) {
	const indent = "      "
	for _, c := range g.prose {
		value := cellWords(row[c.index], minute)
		if value == "" {
			continue
		}
		name := Safe(c.Name) + ":"
		text := g.t.fit(value, maxValue)
		for i, line := range g.t.wrap(name+" "+text, g.t.width-len(indent)) {
			rest, ok := strings.CutPrefix(line, name)
			switch {
			case i > 0 || !ok:
				w.print(indent, line, "\n")
			case row[c.index].IsNotKnown():
				w.print(indent, g.t.dim(name), " ", g.t.warn(strings.TrimSpace(rest)), "\n")
			default:
				w.print(indent, g.t.dim(name), rest, "\n")
			}
		}
	}
}

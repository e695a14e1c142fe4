package report

import (
	"strings"
	"unicode/utf8"

	"github.com/idpsnap/idpsnap/diff"
)

// values gives the lines that tell of the values of a setting, at least one, and
// how many columns the last one takes.
func (t text) values(d delta, n int) (lines []string, last int) {
	switch d.Form {
	case alone:
		lines = t.value(d.New, n)
		if len(d.Runs) > 0 {
			lines = t.items(d.Runs, n)
		}
		return lines, width(lines[len(lines)-1])
	case inside:
		return t.runs(t.shown(d), n)
	case elements:
		return t.elements(d.Runs, n)
	case pair, reorder:
	}
	one := d.Old + " → " + d.New
	last = width(one)
	switch {
	case last > n:
		lines, last = t.elements([]run{{diff.Removed, d.Old}, {diff.Added, d.New}}, n)
	default:
		lines = []string{one}
	}
	if d.Form == reorder {
		lines = append([]string{"order changed"}, lines...)
	}
	return lines, last
}

// value gives a value in lines, at least one.
func (t text) value(s string, n int) []string {
	if t.whole {
		return []string{s}
	}
	return wrapValue(s, n)
}

// items gives the elements of a list one below the other.
func (t text) items(runs []run, n int) []string {
	var lines []string
	for _, r := range runs {
		space := ""
		for _, l := range t.value(r.Text, n-2) {
			lines = append(lines, space+l)
			space = "  "
		}
	}
	return lines
}

// shown are the runs of a text that are printed. What is read by grep is whole, as
// far as values are.
func (t text) shown(d delta) []run {
	total := 0
	for _, r := range d.Runs {
		total += width(r.Text)
	}
	if t.whole && total <= maxShown {
		return d.Runs
	}
	return d.Shown()
}

// elements gives what came and what went: on one line if there is room, else on
// lines of their own.
func (t text) elements(runs []run, n int) (lines []string, last int) {
	total := -2
	for _, r := range runs {
		total += len("  + ") + width(r.Text)
	}
	var parts []string
	for _, r := range runs {
		sign := t.painterOf(r.Action)(signs[r.Action]) + " "
		if total <= n {
			parts = append(parts, sign+r.Text)
			continue
		}
		for _, l := range t.value(r.Text, n-2) {
			lines, last = append(lines, sign+l), 2+width(l)
			sign = "  "
		}
	}
	if len(parts) > 0 {
		return []string{strings.Join(parts, "  ")}, total
	}
	return lines, last
}

// runs gives a text with what was removed from it and added to it. Where there is
// no colour to show that, marks do, as in git.
func (t text) runs(runs []run, n int) (lines []string, last int) {
	var line strings.Builder
	room := max(n, 20)
	for _, r := range runs {
		paint := func(s string) string { return s }
		if r.Action != "" {
			paint = t.painterOf(r.Action)
		}
		rest := r.Text
		if !t.color {
			rest = marked(r)
		}
		for rest != "" {
			end := len(rest)
			if !t.whole {
				if end, _ = cut(rest, room); end == 0 && line.Len() == 0 { // as in lineEnd
					_, end = utf8.DecodeRuneInString(rest)
				}
			}
			part := rest[:end]
			rest = rest[end:]
			if room -= width(part); rest != "" {
				part = strings.TrimRight(part, " ")
			}
			if part != "" {
				line.WriteString(paint(part))
			}
			if rest != "" {
				lines = append(lines, line.String())
				line.Reset()
				room = max(n, 20)
			}
		}
	}
	return append(lines, line.String()), max(n, 20) - room
}

// marked writes a run with the marks of git.
func marked(r run) string {
	switch r.Action {
	case diff.Removed:
		return "[-" + r.Text + "-]"
	case diff.Added:
		return "{+" + r.Text + "+}"
	case diff.Changed:
	}
	return r.Text
}

// line writes a delta on one line, without colours.
func (t text) line(d delta) string {
	var parts []string
	switch d.Form {
	case alone:
		return d.Path + " " + d.New
	case inside:
		for _, r := range t.shown(d) {
			parts = append(parts, marked(r))
		}
		return d.Path + " " + strings.Join(parts, "")
	case elements:
		for _, r := range d.Runs {
			parts = append(parts, signs[r.Action]+" "+r.Text)
		}
		return d.Path + " " + strings.Join(parts, " ")
	case reorder:
		return d.Path + " order changed"
	case pair:
	}
	return d.Path + " " + d.Old + " → " + d.New
}

// wrapValue is wrap for values, of which every line is shown, and JSON is broken
// inside, too, as it has no spaces.
func wrapValue(s string, n int) []string {
	n = max(n, 20)
	var lines []string
	broken := false // the line before ends inside of a word
	for {
		s = strings.TrimLeft(s, " ")
		end := valueEnd(s, n, broken)
		lines = append(lines, strings.TrimRight(s[:end], " "))
		if strings.Trim(s[end:], " ") == "" {
			return lines
		}
		broken = s[end] != ' ' && s[end-1] != ' '
		s = s[end:]
	}
}

// valueEnd gives how many bytes of s make a line. JSON, and the rest of a word that is
// broken, end where there is no more room; JSON rather after a member, or where one
// begins. Other words that can be copied are whole.
func valueEnd(s string, n int, broken bool) int {
	end, whole := cut(s, n)
	if whole || s[end] == ' ' {
		return end
	}
	word, _, _ := strings.Cut(s[strings.LastIndexByte(s[:end], ' ')+1:], " ")
	switch json := strings.Contains(word, `":`) || strings.Contains(word, `","`); {
	case end == 0 || !json && (!broken || strings.Contains(s[:end], " ")):
		return lineEnd(s, n)
	case !json:
		return end
	}
	if i := strings.LastIndexAny(s[:end], ", ") + 1; i > end/3 {
		return i
	}
	if i := max(strings.LastIndex(s[:end], `":`)+2, strings.LastIndexAny(s[:end], "{[")+1); i > end/3 {
		return i
	}
	return end
}

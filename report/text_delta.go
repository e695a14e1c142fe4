package report

import (
	"strings"
	"unicode/utf8"

	"github.com/idpsnap/idpsnap/diff"
)

// deltas prints settings in columns: how severe each is, where that is asked for,
// its path, its values and, if it matters, why.
func (t text) deltas(w *writer, list []delta, weighed bool) {
	severities, paths := 0, 0
	for _, d := range list {
		severities = max(severities, width(d.Severity.String()))
		if n := width(d.Path); n <= t.width*2/5 {
			paths = max(paths, n)
		}
	}
	for _, d := range list {
		indent := 6
		w.print(strings.Repeat(" ", indent))
		if weighed {
			severity := d.Severity.String()
			w.print(t.severity(d.Severity, severity), strings.Repeat(" ", severities-width(severity)+2))
			indent += severities + 2
		}
		path := t.fit(d.Path, t.width-indent)
		begin := indent + paths + 2 // of the values' column
		narrow := t.width-begin < minValue
		if narrow && !t.whole {
			begin = 8
		}
		lines := t.delta(d, t.width-begin)
		switch {
		case t.whole || !narrow && width(path) <= paths:
			w.print(path, strings.Repeat(" ", max(0, paths-width(path))), "  ", lines[0], "\n")
			lines = lines[1:]
		default:
			w.print(path, "\n")
		}
		for _, l := range lines {
			w.print(strings.Repeat(" ", begin), l, "\n")
		}
	}
}

// minValue is how many columns values need beside a path; where there are fewer
// they stand below it.
const minValue = 40

// delta gives the lines that tell of the values of a setting and of the reason, at
// least one; they take n columns where there is a terminal.
func (t text) delta(d delta, n int) []string {
	lines, last := t.values(d, n)
	if d.Reason == "" {
		return lines
	}
	why := "(" + t.fit(d.Reason, maxReason) + ")"
	if last+2+width(why) <= n || t.whole && len(lines) == 1 {
		lines[len(lines)-1] += "  " + t.dim(why)
		return lines
	}
	for _, l := range t.wrap(why, n) {
		lines = append(lines, t.dim(l))
	}
	return lines
}

// values gives the lines that tell of the values of a setting, at least one, and
// how many columns the last one takes.
func (t text) values(d delta, n int) (lines []string, last int) {
	switch d.Form {
	case alone:
		lines = t.value(d.New, n)
		return lines, width(lines[len(lines)-1])
	case inside:
		return t.runs(d.Runs, n)
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
	if lines := t.wrap(t.fit(s, maxValue), n); len(lines) > 0 {
		return lines
	}
	return []string{s}
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
	if !t.whole {
		runs = shortened(runs)
	}
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
		runs := d.Runs
		if !t.whole {
			runs = shortened(runs)
		}
		for _, r := range runs {
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

package report

import (
	"strings"
)

// deltas prints settings in columns: how severe each is, where that is asked for,
// its path, its values and, if it matters, why.
func (t text) deltas(w *writer, list []delta, weighed bool) {
	severities, paths := t.columnsOf(list)
	for _, d := range list {
		if d.Expected {
			t.expected(w, d)
			continue
		}
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

// columnsOf gives how many columns the severities and the paths of settings take. A
// path that is longer than others could bear has its values below it.
func (t text) columnsOf(list []delta) (severities, paths int) {
	for _, d := range list {
		if d.Expected {
			continue
		}
		severities = max(severities, width(d.Severity.String()))
		if n := width(d.Path); n <= t.width*2/5 {
			paths = max(paths, n)
		}
	}
	return severities, paths
}

// minValue is how many columns values need beside a path; where there are fewer
// they stand below it.
const minValue = 40

// expected prints a difference that there has to be, on one line if there is room.
func (t text) expected(w *writer, d delta) {
	indent := len("      ") + width(d.Path) + 2
	lines := []string{d.Old + " → " + d.New}
	if n := t.width - indent; width(lines[0]) > n && !t.whole {
		lines = append(t.value(d.Old+" →", n), t.value(d.New, n)...)
	}
	for i, l := range lines {
		if i == 0 {
			w.print("      ", t.dim(d.Path), "  ")
		} else {
			w.print(strings.Repeat(" ", indent))
		}
		w.print(t.dim(l), "\n")
	}
}

// delta gives the lines that tell of the values of a setting and of the reason, at
// least one; they take n columns where there is a terminal.
func (t text) delta(d delta, n int) []string {
	lines, last := t.values(d, n)
	if len(d.Mentions) > 0 {
		for _, l := range t.wrap("mentions: "+strings.Join(d.Mentions, ", "), n) {
			lines = append(lines, t.dim(l))
		}
		last = n
	}
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

package report

import (
	"io"
	"regexp"
	"strings"

	"github.com/idpsnap/idpsnap/diff"
)

// markdown prints for a pull request or a chat. What comes from outside stands in
// code spans, where nothing of it is a link, a mention, a picture or HTML.
type markdown struct{ w *writer }

func newMarkdown(w io.Writer) markdown { return markdown{newWriter(w)} }

// diff prints what was not compared before what differs.
func (m markdown) diff(c *comparison) error {
	a, b := c.States[0], c.States[1]
	m.w.print("## ", code(a.Text), " → ", code(b.Text), "\n\n")
	for _, s := range c.States {
		m.state(s, a)
	}
	m.notCompared(c)
	for _, s := range c.Sections {
		m.w.print("\n### ", m.collection(s.Collection))
		if s.SCIM {
			m.w.print(" (", s.Happened, ")")
		}
		m.w.print("\n")
		switch {
		case c.Stat:
			m.stat(s)
		case s.SCIM:
			m.people(s)
		default:
			for ch := range s.Blocks[0].Changes() {
				m.change(ch)
			}
		}
		if m.w.err != nil {
			break
		}
	}
	m.w.print("\n**", c.Sum(), "**\n")
	return m.w.end()
}

func (m markdown) state(s, a state) {
	m.w.print("- ", s.Label, ": ", code(s.Text), ", ", prose(s.Source), ", ", s.Time)
	if s.Partial {
		m.w.print(", partial")
	}
	if s.Address == "" {
		s = a
	}
	m.w.print(", of ")
	if s.Target != "" {
		m.w.print(code(s.Target), " ")
	}
	m.w.print(code(s.Address), "\n")
}

func (m markdown) notCompared(c *comparison) {
	if len(c.NotCompared)+len(c.Ambiguous) > 0 {
		m.w.print("\n### Not compared\n\n")
	}
	for _, u := range c.NotCompared {
		m.w.print("- ", m.collections(u.Collections), ": ", prose(u.Why), "\n")
	}
	for _, a := range c.Ambiguous {
		m.w.print("- ambiguous: ", code(a.Name), " (", prose(a.What), "): in a ", codes(a.A), "; in b ", codes(a.B), "\n")
	}
	if len(c.Ambiguous) > 0 {
		m.w.print("\n`--map OLD=NEW` ", mapDecides, "\n")
	}
	for i, u := range c.Unread {
		if i == 0 {
			m.w.print("\nIn neither:\n\n")
		}
		m.w.print("- ", m.collections(u.Collections), " (", prose(u.Why), ")\n")
	}
}

// collection titles a collection: our words, and the provider's name as code.
func (markdown) collection(n words) string {
	if n.Of == "" {
		return prose(capital(n.What))
	}
	return prose(capital(n.What)) + " of " + code(n.Of)
}

func (m markdown) collections(list []words) string {
	names := make([]string, len(list))
	for i, n := range list {
		names[i] = m.collection(n)
	}
	return strings.Join(names, ", ")
}

// change prints a heading and a table for one resource.
func (m markdown) change(ch change) {
	m.w.print("\n#### ", capital(string(ch.Action)), ": ", code(ch.Name))
	if ch.Vendor != "" {
		m.w.print(" (", prose(ch.Vendor), ")")
	}
	m.w.print(", ", weight(ch.Severity), "\n")
	if ch.Reason != "" {
		m.w.print("\n", capital(prose(ch.Reason)), ".\n")
	}
	for i, d := range ch.Deltas {
		switch {
		case i > 0:
		case ch.Action == diff.Changed:
			m.w.print("\n| setting | old | new | severity |\n| --- | --- | --- | --- |\n")
		default:
			m.w.print("\n| setting | value |\n| --- | --- |\n")
		}
		m.row(ch.Action, d)
	}
	if ch.More != "" {
		m.w.print("\n", ch.More, "\n")
	}
}

// row prints a setting as a row of a table.
func (m markdown) row(a diff.Action, d delta) {
	m.w.print("| ", codeInTable(d.Path), " | ")
	if a != diff.Changed {
		m.w.print(codeInTable(fit(d.New, maxValue)), " |\n")
		return
	}
	before, after := codeInTable(fit(d.Old, maxValue)), codeInTable(fit(d.New, maxValue))
	switch d.Form {
	case inside:
		old, updated := sides(shortened(d.Runs))
		before, after = codeInTable(old), codeInTable(updated)
	case elements:
		before, after = m.elements(d.Runs, diff.Removed), m.elements(d.Runs, diff.Added)
	case reorder:
		after += " (order changed)"
	case pair, alone:
	}
	m.w.print(before, " | ", after, " | ", weight(d.Severity))
	if d.Reason != "" {
		m.w.print(": ", proseInTable(d.Reason))
	}
	m.w.print(" |\n")
}

// elements names those of a list that came, or those that went.
func (markdown) elements(runs []run, a diff.Action) string {
	var parts []string
	for _, r := range runs {
		if r.Action == a {
			parts = append(parts, codeInTable(fit(r.Text, maxValue)))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return string(a) + ": " + strings.Join(parts, ", ")
}

// people prints a line for each SCIM user or group that is shown.
func (m markdown) people(s section) {
	for _, r := range s.Reasons {
		m.w.print("\n", weight(r.Severity), ": ", prose(r.Text), "\n")
	}
	m.w.print("\n")
	for _, b := range s.Blocks {
		for ch := range b.Changes() {
			if m.w.err != nil {
				return
			}
			m.w.print("- ", string(ch.Action), ": ", code(ch.Name))
			if ch.Email != "" {
				m.w.print(" ", code(ch.Email))
			}
			if !ch.Said {
				m.w.print(" ", weight(ch.Severity))
			}
			for i, d := range ch.Deltas {
				m.w.print([]string{": ", ", "}[min(i, 1)], code(fit(text{}.line(d), maxValue)))
			}
			m.w.print("\n")
		}
		if b.More != "" {
			m.w.print("- ", b.More, "\n")
		}
	}
}

// stat prints a row for each resource.
func (m markdown) stat(s section) {
	m.w.print("\n| | name | severity | settings |\n| --- | --- | --- | --- |\n")
	var more []string
	for _, b := range s.Blocks {
		for ch := range b.Changes() {
			m.w.print("| ", string(ch.Action), " | ", codeInTable(ch.Name), " | ", weight(ch.Severity), " | ", number(ch.Settings), " |\n")
		}
		if b.More != "" {
			more = append(more, b.More)
		}
	}
	for _, line := range more {
		m.w.print("\n", line, "\n")
	}
}

// weight makes what is critical or high stand out.
func weight(s diff.Severity) string {
	if s >= diff.High {
		return "**" + s.String() + "**"
	}
	return s.String()
}

// code makes a code span of text that is safe. It shows what it holds, whatever
// that is: the marks around it are more backticks than any in it.
func code(s string) string {
	run, longest := 0, 0
	for _, r := range s {
		if run++; r != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	if longest > maxBackticks {
		s, longest = strings.ReplaceAll(s, "`", `\x60`), 0
	}
	switch {
	case s == "":
		return "(empty)"
	case s[0] == '`' || s[len(s)-1] == '`' || s[0] == ' ' && s[len(s)-1] == ' ' && strings.Trim(s, " ") != "":
		s = " " + s + " " // of which one each is taken away
	}
	marks := strings.Repeat("`", longest+1)
	return marks + s + marks
}

// maxBackticks is how many backticks in a row a code span may hold. GitHub takes
// no more than 80 of them for a mark.
const maxBackticks = 40

func codes(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = code(s)
	}
	return strings.Join(out, ", ")
}

// codeInTable is code in a cell of a table, where a pipe would end the cell even
// inside of a code span. One after a backslash cannot be escaped by another: it
// stands between two spans.
func codeInTable(s string) string {
	parts := strings.Split(s, `\|`)
	for i, part := range parts {
		if i < len(parts)-1 {
			part += `\`
		}
		if parts[i] = ""; part != "" || i == 0 {
			parts[i] = strings.ReplaceAll(code(part), "|", `\|`)
		}
	}
	return strings.Join(parts, "&#124;")
}

// prose is text that is safe and has no more than words in it as it is, and any
// other as code.
func prose(s string) string {
	if plainProse.MatchString(s) && !notProse.MatchString(s) {
		return s
	}
	return code(s)
}

func proseInTable(s string) string {
	if p := prose(s); p == s {
		return p
	}
	return codeInTable(s)
}

var (
	plainProse = regexp.MustCompile(`^[\pL\pN]([\pL\pN ,;'"%()-]|[.:]( |$))*$`)
	// A chat or GitHub may see in these an address, a commit or an issue.
	notProse = regexp.MustCompile(`(?i)\bwww\b|\bgh-|[0-9a-f]{7}`)
)

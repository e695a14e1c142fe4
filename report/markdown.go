package report

import (
	"io"
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
	m.w.print("**", c.Sum(), "**\n\n")
	for _, s := range c.States {
		m.state(s)
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
	if len(c.Sections) > 0 { // a long way below the first
		m.w.print("\n**", c.Sum(), "**\n")
	}
	return m.w.end()
}

func (m markdown) state(s state) {
	m.w.print("- ", s.Label, ": ", code(s.Text), ", ", prose(s.Source), ", ", s.Time)
	if s.Partial {
		m.w.print(", partial")
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
	s := prose(capital(n.What)) + " of " + code(n.Of)
	if n.ID != "" {
		s += " (" + code(n.ID) + ")"
	}
	return s
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
	m.w.print("\n#### ", capital(ch.Happened), ": ", code(ch.Name))
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
		value := codeInTable(d.New)
		if len(d.Runs) > 0 {
			value = m.list(d.Runs)
		}
		m.w.print(value, mentions(d), " |\n")
		return
	}
	before, after := codeInTable(d.Old), codeInTable(d.New)
	switch d.Form {
	case inside:
		old, updated := sides(d.Shown())
		before, after = codeInTable(old), codeInTable(updated)
	case elements:
		before, after = m.elements(d.Runs, diff.Removed), m.elements(d.Runs, diff.Added)
	case reorder:
		after += " (order changed)"
	case pair, alone:
	}
	m.w.print(before, " | ", after, mentions(d), " | ")
	if !d.Expected {
		m.w.print(weight(d.Severity))
	}
	if d.Reason != "" {
		m.w.print(": ", proseInTable(d.Reason))
	}
	m.w.print(" |\n")
}

// elements names those of a list that came, or those that went.
func (m markdown) elements(runs []run, a diff.Action) string {
	var list []run
	for _, r := range runs {
		if r.Action == a {
			list = append(list, r)
		}
	}
	if len(list) == 0 {
		return ""
	}
	return string(a) + ": " + m.list(list)
}

func (markdown) list(runs []run) string {
	parts := make([]string, len(runs))
	for i, r := range runs {
		parts[i] = codeInTable(r.Text)
	}
	return strings.Join(parts, ", ")
}

// mentions follow a value in whose inside providers stand by their ids.
func mentions(d delta) string {
	if len(d.Mentions) == 0 {
		return ""
	}
	parts := make([]string, len(d.Mentions))
	for i, name := range d.Mentions {
		parts[i] = codeInTable(name)
	}
	return " (mentions " + strings.Join(parts, ", ") + ")"
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
			m.w.print("- ", ch.Happened, ": ", code(ch.Name))
			if ch.Email != "" {
				m.w.print(" ", code(ch.Email))
			}
			if !ch.Said {
				m.w.print(" ", weight(ch.Severity))
			}
			for i, d := range ch.Deltas {
				m.w.print([]string{": ", ", "}[min(i, 1)], code(text{}.line(d)))
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
	head := "\n| | name | severity | settings |\n| --- | --- | --- | --- |\n"
	var more []string
	for _, b := range s.Blocks {
		for ch := range b.Changes() {
			m.w.print(head, "| ", ch.Happened, " | ", codeInTable(ch.Name))
			if head = ""; ch.Email != "" {
				m.w.print(" ", codeInTable(ch.Email))
			}
			m.w.print(" | ", weight(ch.Severity), " | ", ch.Size(""), " |\n")
		}
		if b.More != "" {
			more = append(more, b.More)
		}
	}
	for _, line := range more {
		m.w.print("\n", line, "\n")
	}
}

package report

import (
	"strings"

	"github.com/idpsnap/idpsnap/diff"
)

// plan prints what stands in the way of a plan before what it does.
func (m markdown) plan(d *planned) error {
	m.w.print("## ", prose(capital(d.Verb)), " ", code(d.State), " → ")
	if d.Into != "" {
		m.w.print(code(d.Into), "\n\n")
	} else {
		m.w.print(code(d.IntoAt), "\n\n")
	}
	m.w.print("**", d.Sum, "**\n\n")
	m.route(d.route)
	if d.DryRun {
		m.w.print("- dry run: nothing is written\n")
	}
	m.guards(d)
	m.actions("Identity providers", d.Providers)
	m.idle(d)
	m.others(d.Others)
	m.collect(d)
	if r := d.References; r != nil {
		m.references("In the source", r, r.namesOrName()+" a provider that has, or will have, another id in the target")
	}
	if r := d.Dangling; r != nil {
		m.references("In the target", r, r.namesOrName()+" a provider that the target does not have")
		if !d.rewritesThere {
			m.w.print("\n`--rewrite-references`", strings.TrimPrefix(rewriteRepairs, "--rewrite-references"), "\n")
		}
	}
	for i, n := range d.Notes {
		if i == 0 {
			m.w.print("\n### Notes\n\n")
		}
		m.w.print("- ", prose(n), "\n")
	}
	if len(d.Providers)+len(d.Others) > 0 { // a long way below the first
		m.w.print("\n**", d.Sum, "**\n")
	}
	return m.w.end()
}

func (m markdown) route(r route) {
	m.from(r)
	m.w.print("- into: ", addressedCode(r.Into, r.IntoAt))
	if r.AuthDomain != "" {
		m.w.print(", ", code(r.AuthDomain))
	}
	m.w.print("\n")
}

func (m markdown) from(r route) {
	m.w.print("- from: ", prose(r.Source))
	switch {
	case r.timed:
		m.w.print(", taken ", r.TakenAt)
	case r.TakenAt != "":
		m.w.print(", taken ", code(r.TakenAt))
	}
	if !r.ToItself {
		m.w.print(", of ", addressedCode(r.From, r.FromAt))
	}
	m.w.print("\n")
}

func addressedCode(name, address string) string {
	if name == "" {
		return code(address)
	}
	return code(name) + " " + code(address)
}

func (m markdown) guards(d *planned) {
	if d.Stopped {
		m.w.print("\n### ", d.StoppedBy(), "\n")
	}
	if d.Stopped {
		m.w.print("\n")
	}
	for _, s := range d.Stops {
		m.w.print("- **", blocked, "**: ", codes(s.first()), s.more(), ": ", sentence(s.Why), "\n")
	}
	for _, g := range d.Standing {
		m.guard(g)
		if g.Why != "" {
			m.w.print(". ", capital(prose(g.Why)))
		}
		m.w.print(". To go on: ", code(g.Flag), "\n")
	}
	for i, g := range d.Overridden {
		if i == 0 {
			m.w.print("\n### Overridden guards\n\n")
		}
		m.guard(g)
		m.w.print(" (", code(g.Flag), ")\n")
	}
}

func (m markdown) guard(g guard) {
	m.w.print("- **", prose(g.Code), "**: ")
	if g.Subject != "" {
		m.w.print(code(g.Subject), ": ")
	}
	m.w.print(prose(g.What))
}

func (m markdown) actions(title string, list []action) {
	for i, a := range list {
		if i == 0 {
			m.w.print("\n### ", title, "\n")
		}
		if m.w.err != nil {
			return
		}
		m.action(a)
	}
}

// action prints a heading, a table of settings and a list of what else belongs to it.
func (m markdown) action(a action) {
	m.w.print("\n#### ", prose(capital(string(a.Verdict))), ": ", code(a.Name))
	if a.Kind != "" {
		m.w.print(" (", prose(a.Kind), ")")
	}
	if a.Weighed && len(a.Deltas) > 0 {
		m.w.print(", ", weight(a.Severity))
	}
	m.w.print("\n")
	for _, r := range a.Reasons {
		m.w.print("\n", capital(sentence(r)), "\n")
	}
	if a.Shared {
		m.w.print("\n", sharedAbove, "\n")
	}
	for i, d := range a.Deltas {
		switch {
		case i > 0:
		case a.Changes == diff.Changed:
			m.w.print("\n| setting | old | new | severity |\n| --- | --- | --- | --- |\n")
		default:
			m.w.print("\n| setting | value |\n| --- | --- |\n")
		}
		m.row(a.Changes, d)
	}
	if a.More != "" {
		m.w.print("\n", a.More, "\n")
	}
	if len(a.Facts)+len(a.Warnings) > 0 {
		m.w.print("\n")
	}
	m.facts("", a)
}

const sharedAbove = "Why: see STOPPED, above."

func (m markdown) facts(indent string, a action) {
	for _, f := range a.Facts {
		text := code(f.Text)
		if f.Words {
			text = f.Text
		}
		m.w.print(indent, "- ", prose(f.Label), ": ", text, "\n")
	}
	for _, warning := range a.Warnings {
		m.w.print(indent, "- **warning**: ", sentence(warning), "\n")
	}
}

// others prints a list of what names providers; what has settings, each with a heading.
func (m markdown) others(list []action) {
	var rest []action
	for i, a := range list {
		if i == 0 {
			m.w.print("\n### What names them\n")
		}
		if len(a.Deltas) > 0 || a.More != "" {
			rest = append(rest, a)
			continue
		}
		if i == len(rest) { // the first of the list
			m.w.print("\n")
		}
		m.w.print("- ", prose(capital(string(a.Verdict))), ": ", code(a.Name))
		if a.Kind != "" {
			m.w.print(" (", prose(a.Kind), ")")
		}
		m.w.print("\n")
		for _, r := range a.Reasons {
			m.w.print("  - ", sentence(r), "\n")
		}
		if a.Shared {
			m.w.print("  - ", sharedAbove, "\n")
		}
		m.facts("  ", a)
	}
	for _, a := range rest {
		if m.w.err != nil {
			return
		}
		m.action(a)
	}
}

func (m markdown) idle(d *planned) {
	for i, l := range d.Left {
		if i == 0 {
			m.w.print("\n")
		}
		m.w.print("- ", prose(capital(l.Why)), ": ", codes(l.Names))
		if l.More > 0 {
			m.w.print(", and ", number(l.More), " more; --full shows all")
		}
		m.w.print("\n")
	}
	if d.Same != "" {
		m.w.print("\n", capital(d.Same), ".\n")
	}
}

func (m markdown) references(title string, r *references, what string) {
	m.w.print("\n### ", title, "\n\n", prose(r.Kinds), " ", what, ":\n\n")
	for _, one := range r.Listed {
		m.w.print("- ", prose(one.Kind), " ", code(one.Name))
		if len(one.Providers) > 0 {
			m.w.print(": ", codes(one.Providers))
		}
		m.w.print("\n")
	}
	if r.More != "" {
		m.w.print("- ", r.More, "\n")
	}
}

package report

import "github.com/idpsnap/idpsnap/migrate"

// impact prints what is not known before what would happen, so that nobody takes
// silence for safety, and the worst of that first.
func (t text) impact(d dependence) error {
	w := newWriter(t.w)
	w.print(t.bold(t.fit(d.Name, t.width/2)), " ", t.dim("("+t.fit(d.Vendor, t.width/4)+")"), "  ", t.fit(d.ID, 40), "\n")
	t.labelled(w, "  ", cell{"in", t.dim}, 2, t.fit(d.State, t.width/2))
	for i, u := range d.NotKnown {
		if i == 0 {
			w.print("\n")
		}
		t.because(w, cell{"not known", t.bad}, u.Collections, u.Why)
	}
	if d.Login != "" {
		w.print("\n")
		t.paragraph(w, "", capital(d.Login), t.bad)
	}
	if len(d.Groups) > 0 {
		w.print("\n", t.bold("If it went"), "\n")
	}
	for _, g := range d.Groups {
		w.print("  ", t.grave(g.Consequence)(capital(t.fit(g.Title, t.width/2))), " ", t.dim("("+number(len(g.Effects))+")"), "\n")
		for _, e := range g.Effects {
			if w.err != nil {
				return w.end()
			}
			line := t.fit(e.Name, t.width/2)
			if e.What != "" {
				line += ": " + t.fit(e.What, maxReason)
			}
			t.labelled(w, "    ", cell{t.fit(e.Kind, t.width/4), t.dim}, len("Access policy"), line)
		}
	}
	w.print("\n")
	t.paragraph(w, "", d.Sum, t.bold)
	return w.end()
}

// grave gives the colour of a consequence: what lets people in who should not get in,
// and what lets nobody in, stands out.
func (t text) grave(c migrate.Consequence) func(string) string {
	switch c {
	case migrate.OpensToAll, migrate.LocksOut, migrate.RuleNoBlock:
		return t.bad
	case migrate.LosesOne, migrate.OtherMention:
		return func(s string) string { return s }
	default:
		return t.warn
	}
}

func (m markdown) impact(d dependence) error {
	m.w.print("## ", code(d.Name), " (", prose(d.Vendor), ")\n\n**", prose(d.Sum), "**\n\n- id: ", code(d.ID), "\n- in: ", code(d.State), "\n")
	for i, u := range d.NotKnown {
		if i == 0 {
			m.w.print("\n### Not known\n\n")
		}
		m.w.print("- ", m.collections(u.Collections), ": ", prose(u.Why), "\n")
	}
	if d.Login != "" {
		m.w.print("\n**", capital(prose(d.Login)), "**\n")
	}
	for _, g := range d.Groups {
		m.w.print("\n### ", capital(prose(g.Title)), "\n\n")
		for _, e := range g.Effects {
			m.w.print("- ", prose(e.Kind), " ", code(e.Name))
			if e.What != "" {
				m.w.print(": ", prose(e.What))
			}
			m.w.print("\n")
		}
	}
	return m.w.end()
}

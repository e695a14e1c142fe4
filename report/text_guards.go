package report

import "strings"

// blocked is what stands where guards have their codes.
const blocked = "blocked"

// guards prints what has been let pass, and then what stands in the way.
func (t text) guards(w *writer, d *planned) {
	codes := 0
	if len(d.Stops) > 0 {
		codes = len(blocked)
	}
	for _, list := range [][]guard{d.Standing, d.Overridden} {
		for _, g := range list {
			codes = max(codes, width(g.Code))
		}
	}
	for i, g := range d.Overridden {
		if i == 0 {
			w.print("\n", t.bold("Overridden guards"), "\n")
		}
		t.labelled(w, "  ", cell{"  " + g.Code, t.warn}, codes+2, t.guardLine(g)+" ("+g.Flag+")")
	}
	if d.Stopped {
		w.print("\n")
		t.paragraph(w, "", d.StoppedBy(), t.bad)
	}
	for _, s := range d.Stops {
		t.labelled(w, "  ", cell{"! " + blocked, t.bad}, codes+2, strings.Join(fitAll(t, s.first()), ", ")+s.more()+": "+t.fit(s.Why, maxReason))
	}
	for _, g := range d.Standing {
		t.labelled(w, "  ", cell{"! " + g.Code, t.bad}, codes+2, t.guardLine(g))
		if g.Why != "" {
			t.labelled(w, "  ", cell{}, codes+2, t.fit(capital(g.Why), maxReason))
		}
		if g.Flag != "" {
			t.labelled(w, "  ", cell{}, codes+2, "to go on: "+g.Flag)
		}
	}
}

func (t text) guardLine(g guard) string {
	if g.Subject == "" {
		return t.fit(g.What, maxReason)
	}
	return t.fit(g.Subject, t.width/2) + ": " + t.fit(g.What, maxReason)
}

// StoppedBy says how much stands in the way.
func (d *planned) StoppedBy() string {
	var by []string
	if d.Blocked > 0 {
		by = append(by, things(d.Blocked, "blocked action"))
	}
	if len(d.Standing) > 0 {
		by = append(by, things(len(d.Standing), "guard"))
	}
	return "STOPPED by " + strings.Join(by, " and ") + ": nothing is written before that is settled"
}

// first are the names that are listed of what a reason blocks, more says how many are
// not.
func (s stop) first() []string { return s.Names[:min(len(s.Names), MaxListed)] }

func (s stop) more() string {
	if n := len(s.Names) - MaxListed; n > 0 {
		return ", and " + number(n) + " more"
	}
	return ""
}

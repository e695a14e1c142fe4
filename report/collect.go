package report

import (
	"fmt"

	"github.com/idpsnap/idpsnap/migrate"
)

// needy is a provider whose secrets have to be collected before the plan can be
// carried out, also where something else keeps it from that.
type needy struct{ Name, Kind, Keys string }

// wantedBy are the providers of a plan for which a required secret was not supplied.
func wantedBy(p *migrate.Plan, supplied func(sourceID, path string) bool) (list []needy, secrets int) {
	for _, a := range p.Actions {
		keys := ""
		for _, s := range a.Secrets {
			if !s.Required || supplied != nil && supplied(a.SourceID, s.Path) {
				continue
			}
			secrets++
			if keys != "" {
				keys += ", "
			}
			keys += Safe(s.Key)
		}
		if keys != "" {
			list = append(list, needy{label(a.Name), Safe(string(a.Type)), keys})
		}
	}
	return list, secrets
}

// collectHint says how a plan's secrets are collected.
func (d *planned) collectHint() string {
	return fmt.Sprintf("idpsnap secrets template %s makes the file to fill in, and says where each is found", d.State)
}

func (t text) collect(w *writer, d *planned) {
	if len(d.Wanted) == 0 {
		return
	}
	w.print("\n", t.bold("Secrets to collect"), fmt.Sprintf(" (%d)\n", d.Secrets))
	tab := table{indent: "  ", columns: []column{{}, {}}}
	for _, n := range d.Wanted {
		tab.add(plain(t.fit(n.Name, t.width/2)+" ("+n.Kind+")"), plain(t.fit(n.Keys, t.width/2)))
	}
	tab.print(w, t.dim)
	for _, line := range t.wrap(d.collectHint(), t.width-2) {
		w.print("  ", line, "\n")
	}
}

func (m markdown) collect(d *planned) {
	for i, n := range d.Wanted {
		if i == 0 {
			m.w.print("\n### Secrets to collect\n\n")
		}
		m.w.print("- ", code(n.Name), " (", code(n.Kind), "): ", code(n.Keys), "\n")
	}
}

package report

import (
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/migrate"
)

// steps prints a line for each step of a run, those that went wrong first, and below
// it why, and which id became which where there is no room beside it.
func (t text) steps(w *writer, steps []migrate.Step) {
	var sorted []migrate.Step
	idle := 0
	for _, s := range steps {
		if outcomeOf(s) == migrate.Untouched {
			idle++
			continue
		}
		sorted = append(sorted, s)
	}
	slices.SortStableFunc(sorted, func(x, y migrate.Step) int {
		return min(rank(x), 3) - min(rank(y), 3) // what was written, in the order in which it was
	})
	if len(sorted)+idle > 0 {
		w.print("\n")
	}
	t.stepTable(w, sorted)
	if idle > 0 {
		w.print("  ", t.dim(number(idle)+" needed nothing"), "\n")
	}
}

// rank is the place of a step among others, the worst first.
func rank(s migrate.Step) int {
	return slices.Index([]migrate.Outcome{migrate.Failed, migrate.Unknown, migrate.Pending, migrate.Succeeded, migrate.Adopted}, outcomeOf(s))
}

func (t text) stepTable(w *writer, sorted []migrate.Step) {
	tab := table{indent: "  ", columns: make([]column, 3)}
	for _, s := range sorted {
		tab.add(t.stepCells(s)...)
	}
	const ids = 2
	beside := t.whole || tab.rest(ids, t.width) >= tab.widths()[ids]
	for i, s := range sorted {
		cells, r := tab.rows[i].cells, &tab.rows[i]
		if !beside && cells[ids].text != "" {
			r.notes = append(r.notes, "    "+t.dim(cells[ids].text))
			cells[ids] = cell{}
		}
		for _, l := range t.wrap(t.fit(Safe(s.Error), maxReason), t.width-6) {
			r.notes = append(r.notes, "    "+l)
		}
		if outcomeOf(s) == migrate.Adopted {
			r.notes = append(r.notes, "    "+t.dim("its answer was lost; it was found"))
		}
		if s.TokenKept {
			r.notes = append(r.notes, "    "+t.dim("its SCIM token is kept"))
		}
	}
	tab.print(w, t.dim)
}

func (t text) stepCells(s migrate.Step) []cell {
	sign := verdictSigns[s.Action.Action]
	if sign == "" {
		sign = "?"
	}
	ids := ""
	switch {
	case movedID(s):
		ids = t.fit(Safe(s.Action.SourceID), 40) + " → " + t.fit(Safe(targetOf(s)), 40)
	case s.Action.Action == migrate.Delete:
		ids = t.fit(Safe(targetOf(s)), 40)
	}
	name := func(text string) string { return t.verdict(s.Action.Action)(sign) + strings.TrimPrefix(text, sign) }
	return []cell{{sign + " " + t.stepName(s), name}, t.outcome(s), {ids, t.dim}}
}

// outcome says what came of a step in a word or two.
func (t text) outcome(s migrate.Step) cell {
	written := map[migrate.Verdict]string{migrate.Create: "created", migrate.Update: "updated", migrate.Delete: "deleted"}[s.Action.Action]
	if written == "" {
		written = "written"
	}
	switch o := outcomeOf(s); o {
	case migrate.Succeeded, migrate.Adopted:
		return cell{written, t.good}
	case migrate.Failed:
		return cell{"failed", t.bad}
	case migrate.Unknown:
		return cell{"not known", t.bad}
	case migrate.Pending:
		return cell{"not begun", t.warn}
	default:
		return cell{t.fit(Safe(string(o)), 20), t.bad}
	}
}

package report

import (
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/snapshot"
)

// forget prints, target by target, what is kept and why, then what is removed, and at
// the end what came of it.
func (t text) forget(f Forgetting) error {
	w := newWriter(t.w)
	if f.Policy != "" {
		w.print("Policy: ", Safe(f.Policy), "\n\n")
	}
	for _, j := range f.byTarget() {
		if f.Policy == "" && len(j.remove) == 0 {
			continue
		}
		w.print(t.bold(t.targetLabel(j.newest, t.width)), "\n")
		if f.Policy != "" {
			t.verdicts(w, "keep", j.keep)
		}
		t.verdicts(w, "remove", j.remove)
		w.print("\n")
	}
	t.forgot(w, f)
	return w.end()
}

// verdicts prints a table of snapshots, with the reasons of those that are kept.
func (t text) verdicts(w *writer, what string, list []snapshot.Verdict) {
	if len(list) == 0 {
		w.print(what, " no snapshots\n")
		return
	}
	w.print(what, " ", things(len(list), "snapshot"), ":\n")
	tab := table{indent: "  ", columns: []column{{title: "ID"}, {title: "TIME (UTC)"}, {title: "STATUS"}, {}}}
	for _, v := range list {
		status := t.status(v.Snapshot)
		if v.Origin != snapshot.Ordinary {
			status.text += ", " + Safe(string(v.Origin))
		}
		tab.add(
			cell{Safe(snapshot.ShortID(v.ID)), t.bold},
			plain(v.TakenAt.UTC().Format("2006-01-02 15:04")),
			status,
			plain(""),
		)
	}
	t.reasons(&tab, list)
	tab.print(w, t.dim)
}

// reasons fills the last column of a table of snapshots with why they are kept. None
// is cut off: where they do not fit, they go on in the lines below.
func (t text) reasons(tab *table, list []snapshot.Verdict) {
	last := len(tab.columns) - 1
	room := max(tab.rest(last, t.width), 20)
	var rows []row
	for i, v := range list {
		lines := t.wrap(Safe(strings.Join(v.Reasons, ", ")), room)
		if len(lines) > 0 {
			tab.rows[i].cells[last].text = lines[0]
			tab.columns[last].title = "REASONS"
		}
		rows = append(rows, tab.rows[i])
		for _, line := range lines[min(1, len(lines)):] {
			more := make([]cell, last+1)
			more[last].text = line
			rows = append(rows, row{cells: more})
		}
	}
	tab.rows = rows
}

// forgot prints what was done, or would be.
func (t text) forgot(w *writer, f Forgetting) {
	n := f.removed()
	switch {
	case f.DryRun && n > 0:
		w.print("Would forget ", things(n, "snapshot"), ". This was a dry run: nothing was written.\n")
	case f.DryRun:
		w.print("Would forget no snapshot. This was a dry run: nothing was written.\n")
	case n > 0:
		w.print("Forgot ", things(n, "snapshot"), ".\n")
	case f.Policy != "":
		w.print("Forgot no snapshot.\n")
	}
	switch p := f.Pruned; {
	case p != nil && p.Before > p.After:
		w.printf("Pruned: %s before, %s now, %s freed.\n", size(p.Before), size(p.After), size(p.Before-p.After))
	case p != nil && p.Removed:
		w.printf("Pruned: what only forgotten snapshots held is removed; the file keeps its %s.\n", size(p.After))
	case p != nil:
		w.printf("Pruned: nothing to free, %s.\n", size(p.After))
	case n > 0 && !f.DryRun:
		w.print("What nothing else holds is still in the file: idpsnap forget --prune removes it.\n")
	}
}

// maxForgotten is how many forgotten snapshots a check of the history lists.
const maxForgotten = 10

// forgotten lists the snapshots that a history had once, the newest of them first.
func (t text) forgotten(w *writer, list []snapshot.Forgotten) {
	if len(list) == 0 {
		return
	}
	w.print("Forgotten: ", things(len(list), "snapshot"), "\n")
	tab := table{indent: "  ", columns: []column{{}, {}, {}, {}}}
	shown := slices.Clone(list[max(0, len(list)-maxForgotten):])
	slices.Reverse(shown)
	for _, f := range shown {
		tab.add(plain(Safe(snapshot.ShortID(f.ID))), plain("taken "+minute(f.TakenAt)), plain("forgotten "+minute(f.ForgottenAt)), plain(""))
	}
	room := max(tab.rest(3, t.width), 20)
	for i, f := range shown {
		tab.rows[i].cells[3].text = t.fit(Safe(f.Why), room)
	}
	tab.print(w, t.dim)
	if more := len(list) - len(shown); more > 0 {
		w.print("  and ", number(more), " more\n")
	}
}

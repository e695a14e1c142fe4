package report

import (
	"cmp"
	"strings"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// eventNames say what happened to a resource between two looks at it.
var eventNames = map[diff.Action]string{diff.Added: "appeared", diff.Changed: "changed", diff.Removed: "gone"}

// maxGaps is how many snapshots that did not look are shown one by one.
const maxGaps = 3

// log prints the history of each resource: what people know it by, what happened
// to it, and whether it is there now.
func (t text) log(target snapshot.Target, lives []diff.Life, o DiffOptions) error {
	w := newWriter(t.w)
	if len(lives) == 0 {
		w.print("no such resource\n")
	}
	c := &comparison{full: o.Full, Stat: o.Stat}
	for i, l := range lives {
		if i > 0 {
			w.print("\n")
		}
		if w.err != nil {
			break
		}
		t.life(w, c, target, l)
	}
	if len(lives) > 0 {
		w.print(t.dim(sinceThen), "\n")
	}
	return w.end()
}

func (t text) life(w *writer, c *comparison, target snapshot.Target, l diff.Life) {
	t.named(w, l.Resource)
	sum := l.Summary()
	facts := knownBy(l.Resource, sum, t.fit(providerLabel(l.Provider, l.ProviderName), t.width/2))
	if sum.Email != "" {
		facts = append(facts, field{"e-mail", Safe(sum.Email)})
	}
	t.fields(w, append(facts, field{"target", Safe(cmp.Or(l.Target, target).String())}))
	w.print("\n")
	for _, e := range l.Events {
		t.event(w, c, l, e)
	}
	w.print("\n")
	for _, line := range t.wrap(presence(l), t.width) {
		w.print(line, "\n")
	}
}

// sinceThen says how far a history goes.
const sinceThen = "What happened after the newest snapshot, idpsnap diff tells."

// event prints one thing that happened: what, when it can have been, and what
// became of the settings.
func (t text) event(w *writer, c *comparison, l diff.Life, e diff.Event) {
	what, n := cmp.Or(eventNames[e.Action], string(e.Action)), len("  + ")
	if e.Before == nil && e.Action == diff.Added {
		what = "there at the first look"
	}
	var deltas []delta
	var more string
	if e.Action != diff.Removed || c.full { // what it was then is known from before
		deltas, more = c.deltas(e.Action, e.Fields, l.Kind)
	}
	why := Safe(e.Reason)
	if !c.Stat && said(deltas, why) {
		why = ""
	}
	t.weighed(w, "  "+t.painterOf(e.Action)(signs[e.Action])+" "+t.bold(what), n+len(what), e.Severity, why)
	below := []string{window(e)}
	if e.Modified != "" {
		below = append(below, "last written by its provider "+t.fit(Safe(e.Modified), 40)+", as Cloudflare says")
	}
	if c.Stat && len(e.Fields) > 0 {
		below = append(below, things(len(e.Fields), "setting"))
	}
	t.notes(w, 6, below)
	if len(e.Gaps) > 0 {
		t.notes(w, 6, []string{"in between, " + things(len(e.Gaps), "snapshot") + " did not look:"})
		t.notes(w, 8, t.gaps(e.Gaps))
	}
	if c.Stat {
		return
	}
	t.deltas(w, deltas, e.Action == diff.Changed)
	if more != "" {
		w.print("      ", t.dim(more), "\n")
	}
}

// notes prints lines that stand below an event.
func (t text) notes(w *writer, indent int, lines []string) {
	for _, line := range lines {
		for _, part := range t.wrap(line, t.width-indent) {
			w.print(strings.Repeat(" ", indent), part, "\n")
		}
	}
}

// window says between which two looks something happened.
func window(e diff.Event) string {
	switch {
	case e.Before == nil && e.After == nil:
		return "nobody knows when"
	case e.Before == nil:
		return "in the snapshot of " + look(e.After)
	case e.After == nil:
		return "after " + look(e.Before)
	}
	return "between " + look(e.Before) + " and " + look(e.After)
}

// look is a snapshot that looked, or did not.
func look(sn *snapshot.Snapshot) string {
	return minute(sn.TakenAt) + " (" + Safe(snapshot.ShortID(sn.ID)) + ")"
}

// gaps says of snapshots that did not look why.
func (t text) gaps(gaps []diff.Gap) []string {
	var lines []string
	for i, g := range gaps {
		if i == maxGaps {
			return append(lines, "and "+number(len(gaps)-maxGaps)+" more")
		}
		line := t.fit(Safe(g.Reason), maxReason)
		if g.Snapshot != nil {
			line = look(g.Snapshot) + ": " + line
		}
		lines = append(lines, line)
	}
	return lines
}

// presence says whether a resource is there now, as far as anybody knows.
func presence(l diff.Life) string {
	var gone *snapshot.Snapshot
	for _, e := range l.Events {
		if gone = nil; e.Action == diff.Removed {
			gone = e.After
		}
	}
	if l.LastLook == nil {
		return "No snapshot can tell whether it is there."
	}
	s := "Not there since "
	switch {
	case l.Present:
		s = "There in the newest snapshot that looked, "
	case gone != nil && gone.ID != l.LastLook.ID:
		s += look(gone) + "; the newest snapshot that looked is "
	}
	parts := []string{things(l.Looks, "snapshot") + " looked"}
	if l.Gaps > 0 {
		parts = append(parts, number(l.Gaps)+" did not")
	}
	return s + look(l.LastLook) + ". " + strings.Join(parts, ", ") + "."
}

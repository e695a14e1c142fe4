package report

import (
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// eventNames say what happened to a resource between two looks at it.
var eventNames = map[diff.Action]string{diff.Added: "appeared", diff.Changed: "changed", diff.Removed: "gone"}

// maxGaps is how many snapshots that did not look are shown one by one, unless all
// are asked for.
const maxGaps = 3

// log prints the history of each resource: what people know it by, what happened
// to it, and whether it is there now.
func (t text) log(lives []diff.Life, o DiffOptions) error {
	w := newWriter(t.w)
	c := &comparison{full: o.Full}
	for i, l := range lives {
		if i > 0 {
			w.print("\n")
		}
		if w.err != nil {
			break
		}
		t.life(w, c, l)
	}
	if len(lives) > 0 {
		w.print(t.dim(sinceThen), "\n")
	}
	return w.end()
}

func (t text) life(w *writer, c *comparison, l diff.Life) {
	t.named(w, l.Resource)
	sum := l.Summary()
	facts := knownBy(l.Resource, sum, t.fit(providerLabel(l.Provider, l.ProviderName), t.width/2))
	if sum.Email != "" {
		facts = append(facts, field{"e-mail", Safe(sum.Email)})
	}
	t.fields(w, append(facts, field{"target", t.targetLabel(*l.LastLook, t.width-14)}))
	w.print("\n")
	for _, e := range l.Events {
		t.event(w, c, l, e)
	}
	w.print("\n")
	there, looks := presence(l)
	lines := []string{there + " " + looks}
	if width(lines[0]) > t.width && !t.whole {
		lines = []string{there, looks}
	}
	t.notes(w, 0, lines...)
}

// sinceThen says how far a history goes.
const sinceThen = "What happened after the newest snapshot, idpsnap diff tells."

// event prints one thing that happened: what, when it can have been, and what
// became of the settings.
func (t text) event(w *writer, c *comparison, l diff.Life, e diff.Event) {
	var deltas []delta
	var more string
	if e.Action != diff.Removed || c.full { // what it was then is known from before
		deltas, more = c.deltas(e.Action, e.Fields, l.Kind)
	}
	sign := "  " + t.painterOf(e.Action)(signs[e.Action]) + " "
	if e.Before == nil { // nothing has happened that could be weighed
		w.print(sign, t.bold("there at the first look"), "\n")
	} else {
		what, why := eventNames[e.Action], Safe(e.Reason)
		if said(deltas, why) {
			why = ""
		}
		t.weighed(w, sign+t.bold(what), len("  + ")+len(what), e.Severity, why)
	}
	at := preciseFor(e)
	t.notes(w, 6, window(e, at))
	if e.Modified != "" && e.Action != diff.Removed { // of what is gone it is what the last event said
		t.notes(w, 6, "last written by its provider "+t.fit(Safe(e.Modified), 40)+", as Cloudflare says")
	}
	if len(e.Gaps) > 0 {
		begin := "in between, "
		if e.Before == nil {
			begin = "before that, "
		}
		t.notes(w, 6, begin+things(len(e.Gaps), "snapshot")+" did not look:")
		t.notes(w, 8, t.gaps(e.Gaps, c.full, at)...)
	}
	t.deltas(w, deltas, e.Action == diff.Changed)
	if more != "" {
		w.print("      ", t.dim(more), "\n")
	}
}

// notes prints lines that stand below an event.
func (t text) notes(w *writer, indent int, lines ...string) {
	for _, line := range lines {
		for _, part := range t.wrap(line, t.width-indent) {
			w.print(strings.Repeat(" ", indent), part, "\n")
		}
	}
}

// precision writes a time as exactly as it takes.
type precision func(time.Time) string

// preciseFor gives minutes for an event, unless all of it lies within one.
func preciseFor(e diff.Event) precision {
	if e.Before != nil && minute(e.Before.TakenAt) == minute(e.After.TakenAt) {
		return moment
	}
	return minute
}

// window says between which two looks something happened.
func window(e diff.Event, at precision) string {
	if e.Before == nil {
		return "in the snapshot of " + at.look(e.After)
	}
	return "between " + strings.Replace(at.look(e.Before), " UTC ", " ", 1) + " and " + at.look(e.After)
}

// look is a snapshot that looked, or did not.
func (at precision) look(sn *snapshot.Snapshot) string {
	return at(sn.TakenAt) + " (" + Safe(snapshot.ShortID(sn.ID)) + ")"
}

// gaps says of snapshots that did not look why.
func (t text) gaps(gaps []diff.Gap, full bool, at precision) []string {
	var lines []string
	for i, g := range gaps {
		if i == maxGaps && !full {
			return append(lines, "and "+number(len(gaps)-maxGaps)+" more; --full shows all")
		}
		lines = append(lines, at.look(g.Snapshot)+": "+t.fit(Safe(g.Reason), maxReason))
	}
	return lines
}

// presence says whether a resource is there now, as far as anybody knows.
// How many looked is a sentence of its own.
func presence(l diff.Life) (there, looks string) {
	var gone *snapshot.Snapshot
	for _, e := range l.Events {
		if gone = nil; e.Action == diff.Removed {
			gone = e.After
		}
	}
	at := precision(minute)
	there = "Not there since "
	switch {
	case l.Present:
		there = "There in the newest snapshot that looked, "
	case gone != nil && gone.ID != l.LastLook.ID:
		if minute(gone.TakenAt) == minute(l.LastLook.TakenAt) {
			at = moment
		}
		there += at.look(gone) + "; the newest snapshot that looked is "
	}
	parts := []string{things(l.Looks, "snapshot") + " looked"}
	if l.Gaps > 0 {
		parts = append(parts, number(l.Gaps)+" did not")
	}
	return there + at.look(l.LastLook) + ".", strings.Join(parts, ", ") + "."
}

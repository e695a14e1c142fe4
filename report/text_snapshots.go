package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Snapshots prints a table of one line for each snapshot, and a line more for its
// note. "?" stands for what could not be read: "98,231 ?" is a sum of which a part
// is unknown.
func (t text) Snapshots(snaps []snapshot.Snapshot) error {
	w := newWriter(t.w)
	if len(snaps) == 0 {
		w.print("no snapshots\n")
		return w.end()
	}
	const target = 2
	tab := table{columns: []column{
		{title: "ID"},
		{title: "TIME (UTC)"},
		{title: "TARGET"},
		{title: "STATUS"},
		{title: "PROVIDERS", right: true},
		{title: "USERS (ACTIVE)", right: true},
		{title: "GROUPS", right: true},
		{title: "CHANGES"},
	}}
	pinned := slices.ContainsFunc(snaps, func(sn snapshot.Snapshot) bool { return sn.Pin != "" })
	if pinned {
		tab.columns = append(tab.columns, column{title: "PINNED"})
	}
	unknown := false
	for _, sn := range snaps {
		users, groups := tallyOf(sn, snapshot.SCIMUser), tallyOf(sn, snapshot.SCIMGroup)
		r := row{cells: []cell{
			{Safe(snapshot.ShortID(sn.ID)), t.bold},
			plain(sn.TakenAt.UTC().Format("2006-01-02 15:04")),
			plain(""),
			t.status(sn),
			plain(tallyOf(sn, snapshot.IdentityProvider).String()),
			plain(users.withActive()),
			plain(groups.String()),
			t.changes(sn),
		}}
		if pinned {
			r.cells = append(r.cells, plain(t.fit(Safe(shortPin(sn.Pin)), maxPin)))
		}
		if note := snapshotNote(sn); note != "" {
			r.notes = []string{"          " + t.dim(t.fit(note, t.width-10))}
		}
		unknown = unknown || sn.Status() != snapshot.Complete || users.unknown || groups.unknown
		tab.rows = append(tab.rows, r)
	}
	room := max(tab.rest(target, t.width), 12)
	for i, sn := range snaps {
		tab.rows[i].cells[target].text = t.shortTarget(sn, room)
	}
	tab.print(w, t.dim)
	if unknown {
		w.print("\n? not everything could be read\n")
	}
	return w.end()
}

// maxPin is how many columns of a terminal the reason of a pin may take.
const maxPin = 30

// cited is the reason with which a bundle pins what it cites: the question, and the
// digest of the bundle.
var cited = regexp.MustCompile(`cited by evidence: .*?\(SHA-256 of its ` + BundleSums + `: [0-9a-f]{64}\)`)

// shortPin is why a snapshot is pinned, for a table: of bundles it is how many cite it,
// and JSON has all of it.
func shortPin(why string) string {
	n := 0
	short := cited.ReplaceAllStringFunc(why, func(string) string {
		n++
		return "evidence"
	})
	if n < 2 {
		return short
	}
	return fmt.Sprintf("evidence (%d)", n) + strings.ReplaceAll("; "+short, "; evidence", "")
}

// importLabel says of a snapshot that it was read out of a file, and what its id was
// where it came from.
func importLabel(sn snapshot.Snapshot) string {
	if sn.ImportedFrom == "" {
		return "imported"
	}
	return "imported, there " + Safe(snapshot.ShortID(sn.ImportedFrom))
}

// shortTarget is a target's name, or its address where it has none.
func (t text) shortTarget(sn snapshot.Snapshot, n int) string {
	if sn.TargetName == "" {
		return t.fit(Safe(sn.Target.String()), n)
	}
	return t.fit(Safe(sn.TargetName), n)
}

func (t text) status(sn snapshot.Snapshot) cell {
	if s := sn.Status(); s != snapshot.Complete {
		return cell{string(s), t.bad}
	}
	return plain(string(snapshot.Complete))
}

// changes is what a snapshot found to differ, over all its collections.
func (t text) changes(sn snapshot.Snapshot) cell {
	var added, changed, removed int
	for _, c := range sn.Captures {
		if c.Status == snapshot.Complete {
			added, changed, removed = added+c.Added, changed+c.Changed, removed+c.Removed
		}
	}
	s, partial := changes(added, changed, removed), sn.Status() != snapshot.Complete
	switch {
	case s == "" && partial: // of what was read
		return plain("none ?")
	case s == "":
		return cell{"none", t.dim}
	case partial:
		return plain(s + " ?")
	}
	return plain(s)
}

// tally counts the resources of one kind in a snapshot.
type tally struct {
	count, active int
	read, unknown bool // a collection of the kind was read, was not
}

func tallyOf(sn snapshot.Snapshot, k snapshot.Kind) tally {
	var sum tally
	for _, c := range sn.Captures {
		switch {
		case c.Kind != k || c.Status == snapshot.Unsupported:
		case c.Status == snapshot.Complete:
			sum.read = true
			sum.count += c.Count
			sum.active += c.Active
		default:
			sum.unknown = true
		}
	}
	return sum
}

// String gives "-" where there is no such collection, and "?" for what is unknown.
func (s tally) String() string { return s.mark(number(s.count)) }

func (s tally) withActive() string {
	return s.mark(number(s.count) + " (" + number(s.active) + ")")
}

func (s tally) mark(known string) string {
	switch {
	case s.read && s.unknown:
		return known + " ?"
	case s.read:
		return known
	case s.unknown:
		return "?"
	}
	return "-"
}

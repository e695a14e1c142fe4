package report

import (
	"io"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Forgetting is which snapshots a history forgets, and why it keeps the others.
type Forgetting struct {
	// Policy decided, as it was typed; "" where the snapshots were named.
	Policy string
	DryRun bool // nothing was done
	// Verdicts are on all snapshots of the targets, in the order in which they were
	// recorded; where snapshots were named, only they are not kept.
	Verdicts []snapshot.Verdict
	Pruned   *Pruned // nil where nothing was pruned
}

// Pruned is the size of a history, in bytes, before and after what only forgotten
// snapshots held was removed from it.
type Pruned struct {
	Before, After int64
	Removed       bool // something was
}

// Forget writes what was forgotten, as text or JSON.
func Forget(format string, w io.Writer, f Forgetting, s Style) error {
	switch format {
	case "text":
		return newText(w, s).forget(f)
	case "json":
		return jsonPrinter{w}.forget(f)
	}
	return unknownFormat(format)
}

// judged are the verdicts on the snapshots of one target.
type judged struct {
	newest       snapshot.Snapshot // with the name that the target had last
	keep, remove []snapshot.Verdict
}

// byTarget puts the verdicts on each target together, targets in the order in which
// they first come up.
func (f Forgetting) byTarget() []*judged {
	var list []*judged
	of := map[snapshot.Target]*judged{}
	for _, v := range f.Verdicts {
		j := of[v.Target]
		if j == nil {
			j = &judged{}
			of[v.Target] = j
			list = append(list, j)
		}
		j.newest = v.Snapshot
		if v.Keep {
			j.keep = append(j.keep, v)
		} else {
			j.remove = append(j.remove, v)
		}
	}
	return list
}

// removed counts what goes.
func (f Forgetting) removed() int {
	n := 0
	for _, v := range f.Verdicts {
		if !v.Keep {
			n++
		}
	}
	return n
}

package audit

import (
	"slices"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/snapshot"
)

// slotStatus says how a while in which a snapshot was due ended.
type slotStatus string

const (
	covered slotStatus = "covered" // a complete one was taken in it
	partial slotStatus = "partial" // only partial ones
	missed  slotStatus = "missed"  // none
	running slotStatus = "running" // none that is complete, but the while is not over
)

// taken is a snapshot that was taken, whether the history still holds it or not.
type taken struct {
	*snapshot.Snapshot
	forgotten time.Time // zero where it was not
	why       string
}

// counts reports whether a snapshot is one of those that are due: a safety snapshot is
// taken because somebody writes, and not by the clock.
func (t taken) counts() bool { return t.Origin != snapshot.Safety }

// whole reports whether it is due, and complete.
func (t taken) whole() bool { return t.counts() && t.Status() == snapshot.Complete }

// slot is a while in which a snapshot was due.
type slot struct {
	start, end time.Time
	status     slotStatus
	list       []taken // those that count
}

// takenIn are the snapshots of the period that were taken, oldest first.
func (q Question) takenIn() []taken {
	var list []taken
	for _, s := range q.inPeriod() {
		list = append(list, taken{Snapshot: s})
	}
	for _, f := range q.forgottenInPeriod() {
		list = append(list, taken{&f.Snapshot, f.ForgottenAt, f.Why})
	}
	slices.SortStableFunc(list, func(a, b taken) int { return a.TakenAt.Compare(b.TakenAt) })
	return list
}

// every is how often a snapshot is due: not more than once a minute.
func (q Question) every() time.Duration {
	if q.Every <= 0 {
		return aDay
	}
	return max(q.Every, time.Minute)
}

const aDay = 24 * time.Hour

// slots divides the period. The first begins with it; where it has no beginning of its
// own, where the first snapshot was due. The last, if the period ends in it, is not
// over.
func (q Question) slots(list []taken) []slot {
	from, to := q.period()
	if from.IsZero() || to.Before(from) {
		return nil
	}
	if q.From.IsZero() {
		from = from.UTC().Truncate(q.every())
	}
	var slots []slot
	for at := from; !at.After(to); at = at.Add(q.every()) {
		s := slot{start: at, end: at.Add(q.every())}
		for len(list) > 0 && list[0].TakenAt.Before(s.end) {
			if list[0].counts() {
				s.list = append(s.list, list[0])
			}
			list = list[1:]
		}
		over := !s.end.After(to.Add(time.Second)) // a day ends a moment before the next one begins
		s.status = statusOf(s.list, over)
		slots = append(slots, s)
	}
	return slots
}

func statusOf(list []taken, over bool) slotStatus {
	switch {
	case slices.ContainsFunc(list, taken.whole):
		return covered
	case !over:
		return running
	case len(list) > 0:
		return partial
	}
	return missed
}

// due reports whether the slot counts: it is over, or has what it wants.
func (s slot) due() bool { return s.status != running }

// failures says what the partial snapshots of the slot did not read, each thing once.
func (s slot) failures() string {
	var list []string
	for _, t := range s.list {
		for _, c := range t.Captures {
			if c.Status != snapshot.Failed {
				continue
			}
			if text := because(listName(c.Collection, c.ProviderName), c.Error); !slices.Contains(list, text) {
				list = append(list, text)
			}
		}
	}
	return strings.Join(list, "; ")
}

// gap is a time without a complete snapshot that is longer than it should be.
type gap struct {
	from, to time.Time // of the complete snapshots around it, or of the period
	slots    int
	missed   int
	what     string // was not read by the partial snapshots in it
}

func (g gap) hours() int { return int(g.to.Sub(g.from).Round(time.Hour) / time.Hour) }

// why says what became of the snapshots that were due.
func (g gap) why() string {
	var parts []string
	if g.missed > 0 {
		parts = append(parts, Thousands(g.missed)+" of "+Things(g.slots, "due snapshot")+" not taken")
	}
	if g.what != "" {
		parts = append(parts, "not read: "+g.what)
	}
	return strings.Join(parts, "; ")
}

// gapsIn finds the gaps: slots without a complete snapshot, one after the other, from
// the complete snapshot before them to the one after.
func gapsIn(slots []slot, list []taken, to time.Time) []gap {
	var gaps []gap
	open := false
	for _, s := range slots {
		if s.status == covered || !s.due() {
			open = false
			continue
		}
		if !open {
			gaps = append(gaps, gapAt(slots[0].start, s, list, to))
			open = true
		}
		g := &gaps[len(gaps)-1]
		g.slots++
		if s.status == missed {
			g.missed++
		}
		if what := s.failures(); what != "" && !strings.Contains(g.what, what) {
			g.what = strings.TrimPrefix(g.what+"; "+what, "; ")
		}
	}
	return gaps
}

// gapAt is the gap in which the slot lies.
func gapAt(from time.Time, s slot, list []taken, to time.Time) gap {
	g := gap{from: from, to: to}
	for _, t := range list {
		if !t.whole() {
			continue
		}
		if t.TakenAt.Before(s.start) {
			g.from = t.TakenAt
		} else {
			g.to = t.TakenAt
			break
		}
	}
	return g
}

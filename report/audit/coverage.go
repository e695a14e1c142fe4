package audit

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// NewCoverage reports whether snapshots were taken as often as they are due. It rests
// on what the snapshots say of themselves, and reads nothing of what they hold; so
// forgotten ones count, too.
func NewCoverage(_ context.Context, _ History, q Question) (*Report, error) {
	q.Filter, q.Asked = diff.Options{}, nil // whoever is to look at everything is not done with a part
	list := q.takenIn()
	c := coverage{every: q.every(), list: list, slots: q.slots(list), counts: map[slotStatus]int{}}
	_, to := q.period()
	c.gaps = gapsIn(c.slots, list, to)
	for _, s := range c.slots {
		if s.due() {
			c.due++
			c.counts[s.status]++
		}
	}
	return &Report{
		Kind: Coverage, Title: "Coverage",
		Lead:    append(c.lead(), c.reach(q)...),
		Facts:   append(q.facts(), Fact{Method, "every", "A snapshot is due", Text("every " + spanOf(c.every))}),
		Figures: c.figures(),
		Charts:  userChart(q),
		Unknown: c.unknown(q),
		Tables:  []Table{c.slotTable(), c.snapshotTable(q), c.gapTable()},
	}, nil
}

// coverage is what is found of a period.
type coverage struct {
	every  time.Duration
	list   []taken
	slots  []slot
	gaps   []gap
	due    int
	counts map[slotStatus]int
}

// unit is what people call a slot.
func (c coverage) unit() string {
	if c.every == aDay {
		return "day"
	}
	return "time"
}

// longest is the longest gap, in hours.
func (c coverage) longest() (hours int) {
	for _, g := range c.gaps {
		hours = max(hours, g.hours())
	}
	return hours
}

func (c coverage) lead() []Remark {
	if c.due == 0 {
		return []Remark{{diff.Medium, "In the period no snapshot was due yet."}}
	}
	if c.counts[covered] == c.due {
		return []Remark{{diff.Info, "A complete snapshot was taken each " + c.unit() + ": " + Thousands(c.counts[covered]) + " of " + Thousands(c.due) + "."}}
	}
	r := Remark{Severity: diff.Medium}
	if c.counts[missed] > 0 {
		r.Severity = diff.High
	}
	r.Text = fmt.Sprintf("%s of %s have a complete snapshot (missed: %s, partial only: %s). The longest gap is %s.",
		Thousands(c.counts[covered]), Things(c.due, c.unit()), Thousands(c.counts[missed]), Thousands(c.counts[partial]), Things(c.longest(), "hour"))
	return []Remark{r}
}

func (c coverage) figures() []Figure {
	percent := NotKnown
	if c.due > 0 {
		percent = Number(c.counts[covered] * 100 / c.due) // rounded down: 100 is all
	}
	forgotten := 0
	for _, t := range c.list {
		if !t.forgotten.IsZero() {
			forgotten++
		}
	}
	f := func(key, name string, n int, s diff.Severity) Figure {
		if n == 0 {
			s = diff.Info
		}
		return Figure{Key: key, Name: name, Value: Number(n), Severity: s}
	}
	return []Figure{
		f("expected", "Snapshots due", c.due, diff.Info),
		f("covered", "Covered", c.counts[covered], diff.Info),
		f("partial", "Partial only", c.counts[partial], diff.Medium),
		f("missed", "Missed", c.counts[missed], diff.High),
		{Key: "percent", Name: "Percent covered", Value: percent},
		f("longest_gap_hours", "Longest gap, hours", c.longest(), diff.Medium),
		f("gaps", "Gaps", len(c.gaps), diff.Medium),
		f("snapshots", "Snapshots taken", len(c.list), diff.Info),
		f("forgotten", "Of these forgotten since", forgotten, diff.Info),
	}
}

// reach says where the history begins, where a snapshot was due before.
func (c coverage) reach(q Question) []Remark {
	if begins := q.begins(); !begins.IsZero() && begins.Sub(q.From) < c.every {
		return nil
	}
	return q.reach()
}

// unknown lists the gaps, and what was before the history begins.
func (c coverage) unknown(q Question) []Unknown {
	var list []Unknown
	if begins := q.begins(); !begins.IsZero() && len(c.reach(q)) > 0 {
		list = append(list, Unknown{"everything", "before " + minuteOf(begins), "the history begins there"})
	}
	for _, g := range c.gaps {
		list = append(list, Unknown{"what was not read", minuteOf(g.from) + " to " + minuteOf(g.to), g.why()})
	}
	return list
}

// kept are rows made of a list that is kept.
func kept[E any](list []E, row func(E) []Cell) func(func([]Cell, error) bool) {
	return func(yield func([]Cell, error) bool) {
		for _, e := range list {
			if !yield(row(e), nil) {
				return
			}
		}
	}
}

func (c coverage) slotTable() Table {
	return Table{
		Name: "days", Title: "What was due", Sheet: "Days", Len: len(c.slots),
		Empty: "Nothing was due in the period.",
		Columns: []Column{
			{Key: "from", Name: "From"},
			{Key: "to", Name: "To", Minor: true},
			{Key: "due", Name: "Due", Minor: true},
			{Key: "status", Name: "Status"},
			{Key: "complete", Name: "Complete"},
			{Key: "partial", Name: "Partial"},
			{Key: "forgotten", Name: "Of these forgotten", Minor: true},
			{Key: "not_read", Name: "What was not read"},
		},
		Rows: kept(c.slots, func(s slot) []Cell {
			whole, forgotten := 0, 0
			for _, t := range s.list {
				if t.whole() {
					whole++
				}
				if !t.forgotten.IsZero() {
					forgotten++
				}
			}
			return []Cell{
				Time(s.start), Time(s.end), Bool(s.due()), Text(string(s.status)),
				Number(whole), Number(len(s.list) - whole), Number(forgotten), Text(s.failures()),
			}
		}),
	}
}

func (c coverage) gapTable() Table {
	return Table{
		Name: "gaps", Title: "Gaps", Sheet: "Exceptions", Len: len(c.gaps),
		Empty: "There is no gap.",
		Columns: []Column{
			{Key: "from", Name: "From"},
			{Key: "to", Name: "To"},
			{Key: "hours", Name: "Hours"},
			{Key: "why", Name: "Why"},
		},
		Rows: kept(c.gaps, func(g gap) []Cell { return []Cell{Time(g.from), Time(g.to), Number(g.hours()), Text(g.why())} }),
	}
}

func (c coverage) snapshotTable(q Question) Table {
	return Table{
		Name: "snapshots", Title: "Snapshots", Sheet: "Snapshots", Len: len(c.list),
		Empty: "No snapshot was taken in the period.",
		Columns: []Column{
			{Key: "id", Name: "Snapshot", Role: Code},
			{Key: "taken_at", Name: "Taken"},
			{Key: "finished_at", Name: "Finished", Minor: true},
			{Key: "status", Name: "Status"},
			{Key: "origin", Name: "Origin", Minor: true},
			{Key: "providers", Name: "Providers"},
			{Key: "users", Name: "Users"},
			{Key: "active", Name: "Active"},
			{Key: "groups", Name: "Groups"},
			{Key: "requests", Name: "Requests", Minor: true},
			{Key: "not_read", Name: "What was not read", Minor: true},
			{Key: "forgotten_at", Name: "Forgotten", Minor: true},
			{Key: "forgotten_why", Name: "Why forgotten", Minor: true},
		},
		Rows: kept(c.list, func(t taken) []Cell {
			total, active, known := q.users(t.Snapshot)
			users, on := NotKnown, NotKnown
			if known {
				users, on = Number(total), Number(active)
			}
			origin := string(t.Origin)
			if t.Origin == snapshot.Ordinary {
				origin = "ordinary"
			}
			return []Cell{
				Text(t.ID), Time(t.TakenAt), Time(t.FinishedAt), Text(string(t.Status())), Text(origin),
				resources(t.Snapshot, snapshot.IdentityProvider), users, on, resources(t.Snapshot, snapshot.SCIMGroup),
				Number(t.Requests), Text(slot{list: []taken{t}}.failures()), Time(t.forgotten), Text(t.why),
			}
		}),
	}
}

// resources counts the resources of a kind, where all their lists were read.
func resources(s *snapshot.Snapshot, k snapshot.Kind) Cell {
	if !readProviders(*s) {
		return NotKnown
	}
	n := 0
	for _, c := range s.Captures {
		switch {
		case c.Kind != k || c.Status == snapshot.Unsupported:
		case c.Status != snapshot.Complete:
			return NotKnown
		default:
			n += c.Count
		}
	}
	return Number(n)
}

// spanOf writes how often something is due.
func spanOf(d time.Duration) string {
	switch {
	case d == aDay:
		return "day"
	case d%aDay == 0:
		return Things(int(d/aDay), "day")
	case d%time.Hour == 0:
		return Things(int(d/time.Hour), "hour")
	}
	return strconv.Itoa(int(d/time.Minute)) + " minutes"
}

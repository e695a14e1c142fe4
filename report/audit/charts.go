package audit

import (
	"math"
	"slices"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// calendar divides a period into days, weeks or months, for charts.
type calendar struct {
	starts []time.Time
	labels []string
	unit   string // "day", "week", "month"
}

// Longer than dailyUpTo a chart has a point a week, and longer than weeklyUpTo one a
// month: more would not be seen apart.
const (
	dailyUpTo  = 45 * 24 * time.Hour
	weeklyUpTo = 400 * 24 * time.Hour
)

// calendarOf divides the period of a question. Weeks begin on Mondays, and are called
// by them.
func calendarOf(q Question) calendar {
	from, to := q.period()
	if from.IsZero() || to.Before(from) {
		return calendar{}
	}
	from, to = from.UTC(), to.UTC()
	at := time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, time.UTC)
	unit, layout, next := "day", time.DateOnly, func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }
	switch span := to.Sub(from); {
	case span > weeklyUpTo:
		at = at.AddDate(0, 0, 1-at.Day())
		unit, layout, next = "month", "2006-01", func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }
	case span > dailyUpTo:
		at = at.AddDate(0, 0, -(int(at.Weekday())+6)%7)
		unit, next = "week", func(t time.Time) time.Time { return t.AddDate(0, 0, 7) }
	}
	c := calendar{unit: unit}
	for ; !at.After(to); at = next(at) {
		c.starts = append(c.starts, at)
		c.labels = append(c.labels, at.Format(layout))
	}
	return c
}

// at is the place of a moment, -1 where it is outside.
func (c calendar) at(t time.Time) int {
	n, found := slices.BinarySearchFunc(c.starts, t, time.Time.Compare)
	if found {
		return n
	}
	return n - 1
}

// title says what a point is, where it is more than a day.
func (c calendar) title(title, of string) string {
	if c.unit == "day" {
		return title
	}
	return title + " (" + of + c.unit + ")"
}

// series makes one with the same value everywhere.
func (c calendar) series(name string, value float64) Series {
	return Series{Name: name, Values: slices.Repeat([]float64{value}, len(c.starts))}
}

// tally counts events over a period, for a chart of bars.
type tally struct {
	calendar
	list []Series
}

func newTally(q Question, names ...string) *tally {
	t := &tally{calendar: calendarOf(q)}
	for _, name := range names {
		t.list = append(t.list, t.series(name, 0))
	}
	return t
}

// newSeverityTally has a series for each severity, the worst first.
func newSeverityTally(q Question) *tally {
	t := newTally(q)
	for _, s := range diff.Severities() {
		of := t.series(s.String(), 0)
		of.Severity, of.Weighed = s, true
		t.list = append(t.list, of)
	}
	return t
}

// count adds one to the series of that number.
func (t *tally) count(series int, at time.Time) {
	if i := t.at(at); i >= 0 {
		t.list[series].Values[i]++
	}
}

// weigh counts something of the severity.
func (t *tally) weigh(s diff.Severity, at time.Time) { t.count(slices.Index(diff.Severities(), s), at) }

// chart gives the picture; of nothing there is none.
func (t *tally) chart(name, title string) []Chart {
	counted := func(s Series) bool { return slices.ContainsFunc(s.Values, func(v float64) bool { return v > 0 }) }
	if !slices.ContainsFunc(t.list, counted) {
		return nil
	}
	return []Chart{{Name: name, Title: t.title(title, "each "), Kind: Bars, Labels: t.labels, Series: t.list}}
}

// userChart shows how many users there were. A point is that of the last snapshot in
// its while that read all their lists; where none did, there is a gap. What types the
// providers had then no count says: where only some are asked for there is no chart.
func userChart(q Question) []Chart {
	if len(q.Filter.Types) > 0 {
		return nil
	}
	c := calendarOf(q)
	total, active := c.series("Users", math.NaN()), c.series("Active", math.NaN())
	drawn := false
	for _, s := range q.inPeriod() {
		n, on, known := q.users(s)
		if i := c.at(s.TakenAt); known && i >= 0 {
			total.Values[i], active.Values[i] = float64(n), float64(on)
			drawn = true
		}
	}
	if !drawn {
		return nil
	}
	return []Chart{{Name: "users", Title: c.title("Users over time", "end of each "), Kind: Line, Labels: c.labels, Series: []Series{total, active}}}
}

// users counts the users, and the active ones, that a snapshot says there are;
// known is false where it did not read all their lists.
func (q Question) users(s *snapshot.Snapshot) (total, active int, known bool) {
	if !readProviders(*s) {
		return 0, 0, false
	}
	for _, c := range s.Captures {
		switch {
		case c.Kind != snapshot.SCIMUser || !q.asksFor(c):
		case c.Status == snapshot.Unsupported: // a zone has no such lists
		case c.Status != snapshot.Complete:
			return 0, 0, false
		default:
			total, active = total+c.Count, active+c.Active
		}
	}
	return total, active, true
}

// asksFor reports whether the options ask for the provider of a list.
func (q Question) asksFor(c snapshot.Capture) bool {
	return len(q.Filter.Providers) == 0 || slices.ContainsFunc(q.Filter.Providers, func(word string) bool {
		return diff.Calls(word, c.Provider, c.ProviderName)
	})
}

// readProviders reports whether a snapshot has the whole list of providers.
func readProviders(s snapshot.Snapshot) bool {
	in, _ := s.Capture(snapshot.Collection{Kind: snapshot.IdentityProvider})
	return in.Status == snapshot.Complete
}

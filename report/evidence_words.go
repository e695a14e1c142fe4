package report

import (
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/report/audit"
)

// noRows is said of a table that has none, where it says nothing itself.
const noRows = "None."

// cellWords is a value as people read it, safe; at says how exactly times are told.
func cellWords(c audit.Cell, at precision) string {
	if s, ok := c.AsText(); ok {
		return Safe(s)
	}
	if p, ok := c.AsSetting(); ok {
		return dotted(p)
	}
	if n, ok := c.AsNumber(); ok {
		return number(int(n))
	}
	if yes, ok := c.AsBool(); ok {
		return map[bool]string{true: "yes", false: "no"}[yes]
	}
	if t, ok := c.AsTime(); ok {
		return at(t)
	}
	return c.String() // not known, or nothing
}

// minuteUTC writes a time where its column says that all of them are UTC.
func minuteUTC(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }

// weightOf gives the severity that a cell of a Weight column holds.
func weightOf(c audit.Cell, col audit.Column) (diff.Severity, bool) {
	s, ok := c.AsText()
	if !ok || col.Role != audit.Weight {
		return diff.Info, false
	}
	severity, err := diff.ParseSeverity(s)
	return severity, err == nil
}

// answers are the facts of one group: what is said to one of the questions that are
// asked of any evidence.
type answers struct {
	Title string
	Facts []audit.Fact
}

// answersOf puts together the facts of each group, in the order in which they come.
func answersOf(facts []audit.Fact) []answers {
	var all []answers
	at := map[audit.FactGroup]int{}
	for _, f := range facts {
		if _, ok := at[f.Group]; !ok {
			at[f.Group] = len(all)
			all = append(all, answers{Title: capital(Safe(string(f.Group)))})
		}
		i := at[f.Group]
		all[i].Facts = append(all[i].Facts, f)
	}
	return all
}

// ofUnknown says what is not known, and when, safe.
func ofUnknown(u audit.Unknown) string {
	if u.When == "" {
		return Safe(u.What)
	}
	return Safe(u.What) + ", " + Safe(u.When)
}

package audit

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// NewConfigChanges reports every setting that changed in a period, with what it was
// and what it is.
func NewConfigChanges(ctx context.Context, h History, q Question) (*Report, error) {
	kinds := slices.DeleteFunc(snapshot.Kinds(), snapshot.Kind.IsSCIM)
	q, err := q.about(ConfigChanges, kinds...)
	if err != nil {
		return nil, err
	}
	c := &configChanges{atLeast: q.Filter.AtLeast, weights: map[string]diff.Severity{}, counts: map[diff.Severity]int{}, worst: map[diff.Severity][]string{}}
	for _, r := range q.Filter.Rules.All() {
		c.weights[r.Name] = r.Severity
	}
	bars := newSeverityTally(q)
	s, err := sum(ctx, h, q, bars, func(n *Night, ch *Change) { c.count(n, ch, bars) })
	if err != nil {
		return nil, err
	}
	r := &Report{
		Kind: ConfigChanges, Title: "Configuration changes",
		Lead:    append(c.lead(s), s.remarks(q)...),
		Facts:   q.facts(),
		Figures: s.known(append(c.figures(), s.actionFigures(diff.Added, diff.Changed, diff.Removed)...)),
		Charts:  bars.chart("changes_by_severity", "Changes by severity"),
		Unknown: s.unread(q),
	}
	r.Tables = []Table{c.changes(ctx, h, q, s), notKnown(ctx, h, q, s)}
	return r, nil
}

// configChanges is what is counted of a period.
type configChanges struct {
	atLeast diff.Severity
	weights map[string]diff.Severity // of rules
	rows    int
	meant   bool // a setting names providers
	counts  map[diff.Severity]int
	worst   map[diff.Severity][]string // what the first of a severity are
}

// alteration is one row: a setting that changed, or a resource that came or went.
type alteration struct {
	path     string
	old, new string // JSON
	severity diff.Severity
	reason   string
}

// alterations are the rows of a change. A provider that was created again has one for
// that, as severe as that alone is, beside those of its settings.
func (c *configChanges) alterations(ch *Change) []alteration {
	var list []alteration
	if ch.Action != diff.Changed {
		return []alteration{{severity: ch.Severity, reason: ch.Reason}}
	}
	if ch.ID != ch.IDB {
		list = append(list, alteration{"/id", quoted(ch.ID), quoted(ch.IDB), c.weights[ch.Rule], ch.Reason})
	}
	for _, f := range ch.Fields {
		list = append(list, alteration{f.Path, string(f.Old), string(f.New), f.Severity, f.Reason})
	}
	return slices.DeleteFunc(list, func(a alteration) bool { return a.severity < c.atLeast })
}

func (c *configChanges) count(n *Night, ch *Change, bars *tally) {
	for _, a := range c.alterations(ch) {
		c.rows++
		c.meant = c.meant || meaningOf(ch, a, n.providers) != ""
		c.counts[a.severity]++
		bars.weigh(a.severity, ch.After.TakenAt)
		if a.severity < diff.High || len(c.worst[a.severity]) == mostWorst {
			continue
		}
		what := fmt.Sprintf("%s %s", one(ch), ch.Action)
		if a.path != "" {
			what = settingWords(a.path) + " of " + one(ch)
		}
		c.worst[a.severity] = append(c.worst[a.severity], what+", seen on "+dayOf(ch.After.TakenAt))
	}
}

// mostWorst is how many changes of a severity are told of on top; all are in the table.
const mostWorst = 3

// one is what people call the resource that changed: its name, with its type.
func one(ch *Change) string {
	if ch.Type != "" {
		return cmp.Or(nameOf(ch), ch.Title()) + " (" + string(ch.Type) + ")"
	}
	return ch.Title()
}

// nameOf is the resource's name; a provider without one is called by what it is.
func nameOf(ch *Change) string {
	if ch.Kind != snapshot.IdentityProvider {
		return ch.Name
	}
	return providerCalled(cmp.Or(ch.IDB, ch.ID), ch.Name, ch.Type)
}

// lead tells of the critical changes, and of those of high severity where they are few.
func (c *configChanges) lead(s *summary) (list []Remark) {
	switch {
	case s.nights == 0:
		return nil
	case c.rows == 0:
		return []Remark{{diff.Info, s.nothing("Nothing changed that was seen")}}
	}
	for _, weight := range []diff.Severity{diff.Critical, diff.High} {
		n := c.counts[weight]
		if n == 0 || weight == diff.High && n > mostWorst {
			continue
		}
		text := Things(n, weight.String()+" change") + ": " + strings.Join(c.worst[weight], "; ")
		if n > mostWorst {
			text += "; and " + Thousands(n-mostWorst) + " more"
		}
		list = append(list, Remark{weight, text + "."})
	}
	if c.counts[diff.Critical] == 0 {
		return append(list, Remark{diff.Info, Things(c.rows, "change") + ", none of them critical."})
	}
	return append(list, Remark{diff.Info, Things(c.rows, "change") + " in all."})
}

// figures count the rows by severity.
func (c *configChanges) figures() []Figure {
	list := []Figure{{Key: "changes", Name: "Changes", Value: Number(c.rows)}}
	for _, s := range diff.Severities() {
		f := Figure{Key: s.String(), Name: Capital(s.String()), Value: Number(c.counts[s])}
		if c.counts[s] > 0 {
			f.Severity = s
		}
		list = append(list, f)
	}
	return list
}

// changes is the table that the report is named after: by time, and then in display
// order.
func (c *configChanges) changes(ctx context.Context, h History, q Question, s *summary) Table {
	return table(ctx, h, q, Table{
		Name: "changes", Title: "What changed", Sheet: "Changes", Len: c.rows,
		Empty: s.nothing("Nothing changed that was seen"),
		Columns: slices.Concat([]Column{
			{Key: "change_id", Name: "Change id", Role: Code, Minor: true},
			{Key: "severity", Name: "Severity", Role: Weight},
			{Key: "kind", Name: "Kind"},
			{Key: "id", Name: "Id", Role: Code, Minor: true},
			{Key: "name", Name: "Name"},
			{Key: "type", Name: "Type", Minor: true},
			{Key: "action", Name: "Action"},
			{Key: "path", Name: "Setting", Role: Code},
			{Key: "old", Name: "Old", Role: Code},
			{Key: "new", Name: "New", Role: Code},
			{Key: "meaning", Name: "Meaning", Minor: !c.meant},
			{Key: "reason", Name: "Why it matters"},
		}, windowColumns, []Column{
			{Key: "ticket", Name: "Ticket", Role: Reviewer},
			{Key: "approved_by", Name: "Approved by", Role: Reviewer},
		}),
	}, func(n *Night, yield func([]Cell) bool) bool {
		rows := func(ch *Change) iter.Seq[[]Cell] { return c.rowsFor(ch, n.providers) }
		return eachRow(n, rows, yield)
	})
}

// rowsFor are the rows of a change; called are what people call the providers.
func (c *configChanges) rowsFor(ch *Change, called map[string]string) iter.Seq[[]Cell] {
	return func(yield func([]Cell) bool) {
		for _, a := range c.alterations(ch) {
			row := slices.Concat([]Cell{
				Text(idOf(ch, a.path)), Weigh(a.severity), Text(string(ch.Kind)), Text(cmp.Or(ch.IDB, ch.ID)), Text(nameOf(ch)), Text(string(ch.Type)), Text(string(ch.Action)),
				Setting(a.path), a.value(a.old), a.value(a.new), Text(meaningOf(ch, a, called)), Text(a.reason),
			}, windowOf(ch), []Cell{None, None})
			if !yield(row) {
				return
			}
		}
	}
}

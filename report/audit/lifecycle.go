package audit

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// NewLifecycle reports who came, left and changed in a period, and between which
// snapshots.
func NewLifecycle(ctx context.Context, h History, q Question) (*Report, error) {
	q, err := q.about(Lifecycle, snapshot.SCIMUser, snapshot.SCIMGroup)
	if err != nil {
		return nil, err
	}
	l := &lifecycle{counts: map[string]int{}, byProvider: map[string]*providerEvents{}}
	bars := newTally(q, "Joiners", "Leavers")
	s, err := sum(ctx, h, q, bars, func(_ *Night, ch *Change) { l.count(ch, bars) })
	if err != nil {
		return nil, err
	}
	r := &Report{
		Kind: Lifecycle, Title: "Joiners, movers and leavers",
		Lead:    append(l.lead(s), s.remarks(q)...),
		Facts:   q.facts(),
		Figures: s.known(append(l.figures(), s.actionFigures(diff.Changed)...)),
		Charts:  append(userChart(q), bars.chart("joiners_leavers", "Joiners and leavers")...),
		Unknown: s.unread(q),
	}
	r.Tables = []Table{l.events(ctx, h, q, s), l.providerTable(s), notKnown(ctx, h, q, s)}
	return r, nil
}

// lifecycle is what is counted of a period.
type lifecycle struct {
	counts       map[string]int // by event
	rows         int
	withProvider int // leavers that left with their provider
	byProvider   map[string]*providerEvents
}

// providerEvents is what happened in the lists of one provider.
type providerEvents struct {
	id, name      string
	before, after Cell // users
	counts        map[string]int
}

func (l *lifecycle) count(ch *Change, bars *tally) {
	p := l.of(ch.Provider, ch.ProviderName)
	for _, e := range eventsOf(ch) {
		l.rows++
		l.counts[e.what]++
		p.counts[e.what]++
		switch e.what {
		case "joiner":
			bars.count(0, ch.After.TakenAt)
		case "leaver":
			bars.count(1, ch.After.TakenAt)
			if ch.WithProvider {
				l.withProvider++
			}
		}
	}
}

// of gives what happened with a provider, which is called as it was last.
func (l *lifecycle) of(id, name string) *providerEvents {
	p := l.byProvider[id]
	if p == nil {
		p = &providerEvents{id: id, before: NotKnown, after: NotKnown, counts: map[string]int{}}
		l.byProvider[id] = p
	}
	p.name = cmp.Or(name, p.name)
	return p
}

func (l *lifecycle) lead(s *summary) []Remark {
	var parts []string
	for _, k := range eventKinds {
		n, name := l.counts[k.what], k.several
		if n == 1 {
			name = k.one
		}
		if n > 0 || (k.what == "joiner" || k.what == "leaver") && !s.looks.someBlind(snapshot.SCIMUser) {
			parts = append(parts, Thousands(n)+" "+name)
		}
	}
	var list []Remark
	if len(parts) > 0 {
		list = append(list, Remark{diff.Info, Capital(strings.Join(parts, ", ")) + "."})
	}
	if l.withProvider > 0 {
		list = append(list, Remark{diff.High, Thousands(l.withProvider) + " of those who left are " + withProvider + "."})
	}
	return list
}

func (l *lifecycle) figures() []Figure {
	var list []Figure
	for _, k := range eventKinds {
		list = append(list, Figure{Key: k.what, Name: Capital(k.several), Value: Number(l.counts[k.what]), Minor: k.what != "joiner" && k.what != "leaver"})
	}
	return append(list, Figure{Key: "leaver_with_provider", Name: "Leavers with a removed provider", Value: Number(l.withProvider), Minor: true})
}

// events is the table that the report is named after: by time, and then in display
// order.
func (l *lifecycle) events(ctx context.Context, h History, q Question, s *summary) Table {
	return table(ctx, h, q, Table{
		Name: "events", Title: "What happened", Sheet: "Events", Len: l.rows,
		Empty: s.nothing("Nothing happened that was seen"),
		Columns: slices.Concat([]Column{
			{Key: "event_id", Name: "Event id", Role: Code, Minor: true},
			{Key: "event", Name: "Event"},
			{Key: "kind", Name: "Kind", Minor: true},
			{Key: "provider_id", Name: "Provider id", Role: Code, Minor: true},
			{Key: "provider_name", Name: "Provider"},
			{Key: "scim_id", Name: "SCIM id", Role: Code, Minor: true},
			{Key: "external_id", Name: "External id", Role: Code, Minor: true},
			{Key: "name", Name: "Name"},
			{Key: "email", Name: "E-mail"},
			{Key: "field", Name: "Setting", Role: Code, Minor: true},
			{Key: "old", Name: "Old"},
			{Key: "new", Name: "New"},
		}, windowColumns, []Column{
			{Key: "provider_modified", Name: "Last written by the provider", Minor: true},
			{Key: "severity", Name: "Severity", Role: Weight, Minor: true},
			{Key: "reason", Name: "Why", Minor: true},
		}),
	}, func(n *Night, yield func([]Cell) bool) bool { return eachRow(n, eventRows, yield) })
}

func eventRows(ch *Change) iter.Seq[[]Cell] {
	return func(yield func([]Cell) bool) {
		for _, e := range eventsOf(ch) {
			row := slices.Concat([]Cell{
				Text(idOf(ch, e.what, e.path)), Text(e.what), Text(string(ch.Kind)), Text(ch.Provider), Text(ch.ProviderName),
				Text(cmp.Or(ch.IDB, ch.ID)), Text(ch.ExternalID), Text(ch.Name), Text(ch.Email), Text(e.path), Text(e.old), Text(e.new),
			}, windowOf(ch), []Cell{written(ch), Weigh(e.severity), Text(e.reason)})
			if !yield(row) {
				return
			}
		}
	}
}

// written is when the provider last wrote what was added or changed. Of what is gone
// only an older time is known, which would say nothing of when it went.
func written(ch *Change) Cell {
	if ch.Action == diff.Removed {
		return None
	}
	return moment(ch.Modified)
}

// providerTable counts the users and events of each provider: those before, with who
// joined and without who left, are those after.
func (l *lifecycle) providerTable(s *summary) Table {
	for _, u := range s.users {
		p := l.of(u.provider, u.name)
		p.before, p.after = u.before, u.after
	}
	list := slices.SortedFunc(maps.Values(l.byProvider), func(a, b *providerEvents) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.id, b.id))
	})
	t := Table{
		Name: "by_provider", Title: "By provider", Sheet: "By provider", Len: len(list),
		Empty: "There is no list of users that was read.",
		Columns: []Column{
			{Key: "provider_id", Name: "Provider id", Role: Code, Minor: true},
			{Key: "provider_name", Name: "Provider"},
			{Key: "users_before", Name: "Users before"},
			{Key: "users_after", Name: "Users when last read"},
		},
	}
	for _, k := range eventKinds {
		t.Columns = append(t.Columns, Column{Key: k.what, Name: Capital(k.several)})
	}
	t.Rows = kept(list, func(p *providerEvents) []Cell {
		row := []Cell{Text(p.id), Text(p.name), p.before, p.after}
		for _, k := range eventKinds {
			count := Number(p.counts[k.what])
			if s.looks.blind(kindOf(k.what), p.id) {
				count = NotKnown
			}
			row = append(row, count)
		}
		return row
	})
	return t
}

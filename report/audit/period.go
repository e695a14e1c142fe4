package audit

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// What all reports over the changes of a period have in common.

// about narrows the question to the kinds that a report is about.
func (q Question) about(k Kind, kinds ...snapshot.Kind) (Question, error) {
	asked := q.Filter.Kinds
	q.Filter.Kinds = slices.DeleteFunc(kinds, func(k snapshot.Kind) bool { return len(asked) > 0 && !slices.Contains(asked, k) })
	if len(q.Filter.Kinds) == 0 {
		return q, fmt.Errorf("a %s report says nothing of %s", k, lists[asked[0]])
	}
	return q, nil
}

// table makes a table whose rows are made of the nights of a period, each time anew.
func table(ctx context.Context, h History, q Question, t Table, rows func(n *Night, yield func([]Cell) bool) bool) Table {
	t.Rows = func(yield func([]Cell, error) bool) {
		for n, err := range Walk(ctx, h, q) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !rows(&n, func(row []Cell) bool { return yield(row, nil) }) {
				return
			}
		}
	}
	return t
}

// notKnown is the table of what each night did not read.
func notKnown(ctx context.Context, h History, q Question, s *summary) Table {
	empty := "Every list that this report is about was read on every night on which a snapshot was taken."
	if s.nights == 0 {
		empty = s.nothing("")
	}
	forgotten := q.forgottenInPeriod()
	t := Table{
		Name: "not_known", Title: "What was not read, night by night", Sheet: "Exceptions", Len: s.blank + len(forgotten),
		Empty: empty,
		Columns: []Column{
			{Key: "taken_at", Name: "Snapshot of"},
			{Key: "snapshot", Name: "Snapshot", Role: Code, Minor: true},
			{Key: "kind", Name: "Kind", Minor: true},
			{Key: "provider_id", Name: "Provider id", Role: Code, Minor: true},
			{Key: "provider_name", Name: "Provider"},
			{Key: "list", Name: "What"},
			{Key: "reason", Name: "Why"},
		},
	}
	nights := table(ctx, h, q, t, func(n *Night, yield func([]Cell) bool) bool {
		for _, nc := range n.NotCompared {
			if !yield([]Cell{
				Time(n.Snapshot.TakenAt), Text(n.Snapshot.ID), Text(string(nc.Kind)), Text(nc.Provider), Text(nc.ProviderName),
				Text(cmp.Or(lists[nc.Kind], string(nc.Kind))), Text(nc.Reason),
			}) {
				return false
			}
		}
		return true
	})
	t.Rows = withForgotten(forgotten, nights.Rows)
	return t
}

// windowColumns say when a change happened, and windowOf gives their cells.
var windowColumns = []Column{
	{Key: "window_start", Name: "After"},
	{Key: "window_end", Name: "Before"},
	{Key: "snapshot_before", Name: "Last snapshot without it", Role: Code, Minor: true},
	{Key: "snapshot_after", Name: "First snapshot with it", Role: Code, Minor: true},
}

func windowOf(ch *Change) []Cell {
	start, before := None, None
	if ch.Before != nil {
		start, before = Time(ch.Before.TakenAt), Text(ch.Before.ID)
	}
	end := ch.After.FinishedAt
	if end.IsZero() {
		end = ch.After.TakenAt
	}
	return []Cell{start, Time(end), before, Text(ch.After.ID)}
}

// idOf makes a short id of what tells an event apart from all others: the same in
// every report that has it.
func idOf(ch *Change, more ...string) string {
	sum := sha256.New()
	parts := append([]string{ch.After.Target.String(), ch.After.ID, string(ch.Action), string(ch.Kind), ch.Provider, ch.ID, ch.IDB}, more...)
	for _, s := range parts {
		fmt.Fprintf(sum, "%d:%s,", len(s), s)
	}
	return hex.EncodeToString(sum.Sum(nil)[:6])
}

// plain is a JSON value as people write it: a string without quotes.
func plain(value []byte) string {
	var s string
	if len(value) > 0 && value[0] == '"' && json.Unmarshal(value, &s) == nil {
		return s
	}
	return string(value)
}

// quoted is a text as JSON has it.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil { // a text always has a form
		return s
	}
	return string(b)
}

// summary is what the first walk through a period finds: all that is kept of it.
type summary struct {
	nights int       // that were compared with what was known before
	first  time.Time // of the history, where it begins in the period
	tally  *tally
	blanks blanks
	blank  int // rows of what was not known
	looks  looks
	kinds  []snapshot.Kind // that the report is about

	actions map[string]int // "scim_user added"
	worst   []Remark       // masses of changes, the first of each reason
	users   []userCount
}

// sum walks through a period, and hands on its changes.
func sum(ctx context.Context, h History, q Question, t *tally, each func(*Night, *Change)) (*summary, error) {
	s := &summary{tally: t, actions: map[string]int{}, looks: newLooks(), kinds: q.Filter.Kinds}
	w := newWalker(h, q)
	nights := func(yield func(Night, error) bool) { w.walk(ctx, yield) }
	for n, err := range nights {
		if err != nil {
			return nil, err
		}
		if n.First {
			s.first = n.Snapshot.TakenAt
		} else {
			s.nights++
		}
		s.blanks.add(n.Snapshot.TakenAt, n.NotCompared)
		s.blank += len(n.NotCompared)
		s.looks.add(&n)
		for i := range n.Changes {
			ch := &n.Changes[i]
			s.actions[string(ch.Kind)+" "+string(ch.Action)]++
			s.mass(ch)
			each(&n, ch)
		}
	}
	s.users = w.users()
	return s, nil
}

// mass remembers that many resources of a list changed at once: that is in the reason
// of each of them.
func (s *summary) mass(ch *Change) {
	if !ch.Kind.IsSCIM() || ch.Severity < diff.High {
		return
	}
	r := Remark{ch.Severity, because(Capital(listName(ch.Collection, ch.ProviderName))+", "+dayOf(ch.After.TakenAt), ch.Reason+".")}
	if len(s.worst) < 5 && !slices.Contains(s.worst, r) {
		s.worst = append(s.worst, r)
	}
}

// known gives the figures that were counted, of those that are about one kind as far as
// its lists were compared; of the others none is known where no list was.
func (s *summary) known(list []Figure) []Figure {
	for i, f := range list {
		n, _ := f.Value.AsNumber()
		if k := s.kindOf(f.Key); k != "" {
			list[i].Value = s.looks.number(k, int(n))
		} else if !slices.ContainsFunc(s.kinds, func(k snapshot.Kind) bool { return !s.looks.allBlind(k) }) {
			list[i].Value = NotKnown
		}
	}
	return list
}

// kindOf is the kind that a figure is about, by its key; "" where that is any.
func (s *summary) kindOf(key string) snapshot.Kind {
	for _, k := range s.kinds {
		if strings.HasPrefix(key, string(k)+"_") {
			return k
		}
	}
	if slices.ContainsFunc(s.kinds, snapshot.Kind.IsSCIM) {
		return kindOf(key)
	}
	return ""
}

// actionFigures count how often resources of each kind were added, changed or removed:
// one that changed on two nights changed twice.
func (s *summary) actionFigures(actions ...diff.Action) []Figure {
	names := map[diff.Action]string{diff.Added: "Additions of ", diff.Changed: "Changes of ", diff.Removed: "Removals of "}
	var list []Figure
	for _, k := range s.kinds {
		of := lists[k]
		if k == snapshot.Organization { // there is one
			of = "the " + of
		}
		for _, a := range actions {
			list = append(list, Figure{
				Key: string(k) + "_" + string(a), Name: names[a] + of,
				Value: Number(s.actions[string(k)+" "+string(a)]), Minor: true,
			})
		}
	}
	return list
}

// remarks say what a reader must know of how far the report reaches.
func (s *summary) remarks(q Question) []Remark {
	list := slices.Concat(s.looks.remarks(), s.worst, q.reach())
	switch {
	case s.nights > 0 || q.begins().IsZero():
	case s.first.IsZero():
		list = append(list, Remark{diff.Medium, "There is no snapshot in the period: nothing is known of it."})
	default:
		list = append(list, Remark{diff.Medium, "The only snapshot of the period is the first of the history: there is nothing to compare it with."})
	}
	if n := len(s.blanks.order); n > 0 {
		list = append(list, Remark{diff.Medium, Things(s.blank, "reading") + " could not be compared: what happened then is told with the next one, or not known."})
	}
	return append(list, q.forgetful()...)
}

// unread is what the report says nothing about: what was not read, and the snapshot
// with which the history begins. Of a period without a snapshot that is everything.
func (s *summary) unread(q Question) []Unknown {
	list := s.blanks.unknown()
	switch from, to := q.period(); {
	case s.nights == 0 && s.first.IsZero() && !from.IsZero():
		if len(q.forgottenInPeriod()) == 0 {
			list = append(list, Unknown{"everything", minuteOf(from) + " to " + minuteOf(to), "no snapshot was taken"})
		}
	case !s.first.IsZero():
		why := "the history begins there"
		if q.begins().Before(s.first) {
			why = "the snapshots from before are forgotten"
		}
		list = slices.Insert(list, 0, Unknown{"everything", "before " + minuteOf(s.first), why})
	}
	return append(list, q.forgottenNights()...)
}

// nothing says, in a table without a row, that what has words for seen did not; but not
// of what nobody could see.
func (s *summary) nothing(seen string) string {
	switch {
	case s.nights == 0:
		return "There was nothing to compare."
	case s.looks.any():
		return seen + " in the lists that were read."
	}
	return seen + "."
}

// eachRow yields the rows of a night's changes, each of which may have several.
func eachRow(n *Night, rows func(*Change) iter.Seq[[]Cell], yield func([]Cell) bool) bool {
	for i := range n.Changes {
		for row := range rows(&n.Changes[i]) {
			if !yield(row) {
				return false
			}
		}
	}
	return true
}

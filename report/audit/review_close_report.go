package audit

import (
	"fmt"
	"iter"

	"github.com/idpsnap/idpsnap/diff"
)

func (c *closing) report() *Report {
	users, exceptions := len(c.file.strange), len(c.file.strange)+len(c.habits)
	for _, n := range c.rows {
		users += n
	}
	for _, n := range c.exceptions {
		exceptions += n
	}
	facts := append(c.q.facts(),
		Fact{Scope, "reviewed_at", "Review as of", Time(c.reviewed.TakenAt)},
		Fact{Completeness, "file_rows", "Rows in the file", Number(c.file.lines)},
		Fact{Integrity, "reviewed_snapshot", "Snapshot of the review", Text(c.reviewed.ID)},
	)
	return &Report{
		Kind: AccessReview, Title: "Access review: what became of it",
		Lead: c.lead(), Facts: facts, Figures: c.figures(), Unknown: c.unknown(),
		Tables: []Table{
			{
				Name: "outcomes", Title: "What became of every decision", Sheet: "Review", Empty: "The review is about nobody.",
				Columns: outcomeColumns(), Rows: c.outcomeRows(), Len: users,
			},
			{
				Name: "exceptions", Title: "What an auditor would ask about", Sheet: "Exceptions", Empty: "Nothing stands out.",
				Columns: objectionColumns(), Rows: c.objectionRows(), Len: exceptions,
			},
		},
	}
}

func outcomeColumns() []Column {
	return []Column{
		{Key: "review_id", Name: "Review id", Role: Code, Minor: true},
		{Key: "file_row", Name: "Row of the file", Minor: true},
		{Key: "provider_id", Name: "Provider id", Role: Code, Minor: true},
		{Key: "provider_name", Name: "Provider"},
		{Key: "scim_user_id", Name: "SCIM user id", Role: Code, Minor: true},
		{Key: "user_name", Name: "User name", Minor: true},
		{Key: "display_name", Name: "Name"},
		{Key: "email", Name: "Email"},
		{Key: "decision", Name: "Decision"},
		{Key: "reviewer", Name: "Reviewer"},
		{Key: "rationale_given", Name: "Reason given", Minor: true},
		{Key: "ticket", Name: "Ticket", Minor: true},
		{Key: "outcome", Name: "Outcome"},
		{Key: "severity", Name: "Severity", Role: Weight},
		{Key: "state_now", Name: "Now"},
		{Key: "detail", Name: "Detail"},
	}
}

// outcomeRows are the rows of the file that are about nobody in the review, and then a
// row for everybody in it, those first that ask for most.
func (c *closing) outcomeRows() iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		for _, s := range c.file.strange {
			row := []Cell{
				Text(s.reviewID), Number(s.line), None, None, None, None, Text(s.user), None,
				Text(s.decision), None, None, None, Text(string(Tampered)), Weigh(severityOf(Tampered)), None, Text(c.strangeWords(s)),
			}
			if !yield(row, nil) {
				return
			}
		}
		for r, err := range c.worstFirst() {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(outcomeRow(r), nil) {
				return
			}
		}
	}
}

func outcomeRow(r closed) []Cell {
	row := []Cell{
		Text(r.reviewID), None, Text(r.list.id), Text(r.list.called()), Text(r.id), Text(r.userName), Text(r.name), Text(r.email),
		None, None, None, None, Text(string(r.Outcome)), Weigh(severityOf(r.Outcome)), r.state, Text(r.detail),
	}
	if f := r.filled; f != nil {
		row[1] = Number(f.line)
		row[8], row[9], row[10], row[11] = Text(f.decision), Text(f.reviewer), Bool(f.rationale), Text(f.ticket)
	}
	return row
}

// worstFirst are the people, those first whose outcome asks for most, and last those
// for whom nothing was to happen. There may be too many to sort: they are read again for
// each turn that there is.
func (c *closing) worstFirst() iter.Seq2[closed, error] {
	return func(yield func(closed, error) bool) {
		var left [turns]int
		for outcome, n := range c.rows {
			left[turnOf(outcome)] += n
		}
		for turn := range left {
			if left[turn] == 0 {
				continue
			}
			for r, err := range c.people() {
				if err != nil {
					yield(r, err)
					return
				}
				if turnOf(r.Outcome) != turn {
					continue
				}
				if !yield(r, nil) {
					return
				}
				if left[turn]--; left[turn] == 0 {
					break
				}
			}
		}
	}
}

// turnOf says when the rows of an outcome come: by severity, and retained ones last.
func turnOf(of Outcome) int {
	if of == Retained {
		return turns - 1
	}
	return int(diff.Critical - severityOf(of))
}

const turns = int(diff.Critical-diff.Info) + 2

func severityOf(of Outcome) diff.Severity {
	for _, o := range outcomes {
		if o.Outcome == of {
			return o.severity
		}
	}
	return diff.Info
}

func objectionColumns() []Column {
	return []Column{
		{Key: "severity", Name: "Severity", Role: Weight},
		{Key: "exception", Name: "What"},
		{Key: "review_id", Name: "Review id", Role: Code, Minor: true},
		{Key: "file_row", Name: "Row of the file"},
		{Key: "provider_name", Name: "Provider"},
		{Key: "display_name", Name: "User"},
		{Key: "email", Name: "Email"},
		{Key: "reviewer", Name: "Reviewer"},
		{Key: "detail", Name: "Why"},
	}
}

// objectionRows are the worst first, and of each severity the habits last.
func (c *closing) objectionRows() iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		for _, s := range c.file.strange {
			row := []Cell{Weigh(severityOf(Tampered)), Text(string(Tampered)), Text(s.reviewID), Number(s.line), None, Text(s.user), None, None, Text(c.strangeWords(s))}
			if !yield(row, nil) {
				return
			}
		}
		for _, weight := range diff.Severities() {
			if c.exceptions[weight] > 0 && !c.objectionsOf(weight, yield) {
				return
			}
			for _, h := range habits {
				n := c.habits[h.what]
				if n == 0 || h.severity != weight {
					continue
				}
				if !yield([]Cell{Weigh(weight), Text(h.what), None, None, None, None, None, None, Text(Things(n, "decision") + " " + h.why)}, nil) {
					return
				}
			}
		}
	}
}

// objectionsOf yields those of a severity, and reports whether to go on.
func (c *closing) objectionsOf(weight diff.Severity, yield func([]Cell, error) bool) bool {
	for r, err := range c.people() {
		if err != nil {
			yield(nil, err)
			return false
		}
		for _, o := range c.objections(r) {
			if o.severity == weight && !yield(objectionRow(r, o), nil) {
				return false
			}
		}
	}
	return true
}

func objectionRow(r closed, o objection) []Cell {
	line, reviewer := None, None
	if r.filled != nil {
		line, reviewer = Number(r.filled.line), Text(r.filled.reviewer)
	}
	return []Cell{Weigh(o.severity), Text(o.what), Text(r.reviewID), line, Text(r.list.called()), Text(r.called()), Text(r.email), reviewer, Text(o.why)}
}

func (c *closing) figures() (all []Figure) {
	for _, o := range outcomes {
		f := Figure{Key: string(o.Outcome), Name: o.name, Value: Number(c.count[o.Outcome])}
		if c.count[o.Outcome] > 0 {
			f.Severity = o.severity
		}
		all = append(all, f)
	}
	for _, h := range habits {
		f := Figure{Key: h.what, Name: h.name, Value: Number(c.habits[h.what]), Minor: true}
		if c.habits[h.what] > 0 {
			f.Severity = h.severity
		}
		all = append(all, f)
	}
	return all
}

func (c *closing) lead() (all []Remark) {
	say := func(n int, s diff.Severity, format string, args ...any) {
		if n > 0 {
			all = append(all, Remark{s, fmt.Sprintf(format, args...)})
		}
	}
	revoked := c.count[RevokedGone] + c.count[RevokedInactive]
	asked := revoked + c.count[RevokedStillThere]
	say(c.count[Tampered], diff.Critical, "%s not as the history has the review: the file was changed where it must not be.", are(c.count[Tampered], "row"))
	say(c.count[RevokedStillThere], diff.High, "Of %s to lose access, %d still had it on %s.", Things(asked, "user"), c.count[RevokedStillThere], minuteOf(c.q.At.TakenAt))
	say(c.count[Missing], diff.High, "%s missing from the file.", are(c.count[Missing], "user"))
	say(c.count[Duplicate], diff.High, "%s decided about twice, and differently.", are(c.count[Duplicate], "user"))
	say(c.count[OutcomeNotKnown], diff.High, "Of %s it is not known what became of the decision.", Things(c.count[OutcomeNotKnown], "user"))
	undecided := c.count[NotDecided] + c.count[UnknownDecision]
	say(undecided, diff.Medium, "%s without a decision that can be read.", are(undecided, "user"))
	if unread := c.then.calledThose(listUnread); len(unread) > 0 {
		say(1, diff.High, "The users of %s were not read for the review: nobody decided about them.", enumerated(unread))
	}
	if c.q.At.ID == c.reviewed.ID {
		say(1, diff.Medium, "The review is compared with its own snapshot: nothing can have taken effect in it.")
	}
	switch absent := c.file.absent; len(absent) {
	case 0:
	case 1:
		say(1, diff.Medium, "The file has no column %s: whether it was changed is not known.", absent[0])
	default:
		say(1, diff.Medium, "The file has no columns %s: whether they were changed is not known.", enumerated(absent))
	}
	switch {
	case len(all) > 0:
	case asked == 0:
		say(1, diff.Info, "Every user was decided about; nobody was to lose access.")
	default:
		say(1, diff.Info, "Every user was decided about, and all %s to lose access lost it.", Things(asked, "user"))
	}
	return all
}

// are writes a number of things and what they do: "1 row is", "2 rows are".
func are(n int, one string) string {
	if n == 1 {
		return "1 " + one + " is"
	}
	return Things(n, one) + " are"
}

// unknown says whose decisions nobody can hold against anything.
func (c *closing) unknown() (all []Unknown) {
	for _, l := range c.then.lists {
		if l.state != listRead {
			continue
		}
		if state, why := c.stateNow(l.id); state != listRead && state != noProvider {
			all = append(all, Unknown{What: "users of " + l.called(), When: minuteOf(c.q.At.TakenAt), Reason: why})
		}
	}
	for _, u := range c.then.unknowns() {
		u.When = minuteOf(c.reviewed.TakenAt)
		all = append(all, u)
	}
	return all
}

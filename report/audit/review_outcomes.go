package audit

import (
	"cmp"
	"fmt"
	"iter"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// people are the population of the review with what became of everybody, in the order
// of the review. What changed since is read beside it.
func (c *closing) people() iter.Seq2[closed, error] {
	return func(yield func(closed, error) bool) {
		next, stop := iter.Pull2(c.differences(c.bothRead))
		defer stop()
		pair, err, more := next()
		for m, failed := range c.population() {
			if failed != nil {
				yield(closed{}, failed)
				return
			}
			r := m.Resource
			for more && err == nil && snapshot.CompareResources(*cmp.Or(pair.A, pair.B), r) < 0 {
				pair, err, more = next()
			}
			now := snapshot.Pair{A: &r, B: &r}
			if err == nil && more && snapshot.CompareResources(*cmp.Or(pair.A, pair.B), r) == 0 {
				now = pair
			}
			var row closed
			if err == nil {
				row, err = c.row(r, now)
			}
			if err != nil {
				yield(closed{}, err)
				return
			}
			if !yield(row, nil) {
				return
			}
		}
		if err != nil {
			yield(closed{}, err)
		}
	}
}

// row is what became of one user. Where the list was read both times, now is the user
// then and now.
func (c *closing) row(r snapshot.Resource, now snapshot.Pair) (closed, error) {
	row := closed{person: personOf(r), list: c.then.byID[r.Provider], reviewID: reviewID(c.reviewed.ID, r.Provider, r.ID)}
	row.filled = c.file.rows[row.reviewID]
	f := row.filled
	fate, err := c.fateOf(r.Provider, now)
	if err != nil {
		return row, err
	}
	row.state = fate.state
	row.Outcome, row.detail = c.outcomeOf(row.person, f, fate)
	if f == nil || len(f.wrong) == 0 {
		return row, nil
	}
	if f.decision == revoke && row.Outcome != Duplicate { // who is still there is so whatever else was altered
		row.became, row.becameWhy = row.Outcome, row.detail
	}
	row.Outcome, row.detail = Tampered, c.wrongWords(f.wrong)
	return row, nil
}

// outcomeOf is the outcome of a row that nobody has tampered with, and why.
func (c *closing) outcomeOf(p person, f *filledRow, fate fate) (Outcome, string) {
	switch {
	case f == nil:
		return Missing, "the file has no row for this user"
	case f.disputed:
		return Duplicate, fmt.Sprintf("rows %d and %d have different decisions", f.line, f.again)
	case f.decision == "":
		return NotDecided, ""
	case f.decision == retain:
		return Retained, ""
	case f.decision != modify && f.decision != revoke:
		return UnknownDecision, fmt.Sprintf("%q is none of %s, %s and %s", f.decision, retain, modify, revoke)
	case fate.state.IsNotKnown():
		return OutcomeNotKnown, fate.why
	case f.decision == modify:
		return Modified, fate.change
	}
	return c.revoked(p, fate)
}

// fate is what the later snapshot says of a user.
type fate struct {
	state  Cell
	gone   bool
	active bool   // or it is not said whether
	change string // what is not as it was
	why    string // the state is not known
}

func (c *closing) fateOf(provider string, now snapshot.Pair) (fate, error) {
	switch state, why := c.stateNow(provider); {
	case state == noProvider:
		return fate{state: Text("not listed: the provider is gone"), gone: true, change: "gone with the provider"}, nil
	case state != listRead:
		return fate{state: NotKnown, why: why}, nil
	case now.B == nil:
		return fate{state: Text("not listed"), gone: true, change: "gone from the list"}, nil
	}
	fields, err := diff.Fields(*now.A, *now.B, diff.Options{})
	if err != nil {
		return fate{}, fmt.Errorf("compare %s %s: %w", now.B.Collection, now.B.ID, err)
	}
	f := fate{state: Text("listed, inactive"), change: nothingChanged}
	if len(fields) > 0 {
		f.change = "changed: " + changedFields(fields)
	}
	switch active, known := personOf(*now.B).active.AsBool(); {
	case !known:
		f.state, f.active = Text("listed, not said whether active"), true
	case active:
		f.state, f.active = Text("listed, active"), true
	}
	return f, nil
}

// revoked is the outcome for somebody whose access was to be revoked.
func (c *closing) revoked(p person, f fate) (Outcome, string) {
	switch {
	case f.gone:
		for _, a := range p.addresses {
			if again := c.returned[hashOf(a)]; again != "" {
				return RevokedStillThere, again
			}
		}
		return RevokedGone, f.change
	case f.active:
		return RevokedStillThere, f.change
	}
	return RevokedInactive, "still listed, but inactive: cannot sign in"
}

// objection is something about a row that an auditor would ask about.
type objection struct {
	severity diff.Severity
	what     string
	why      string
}

// objections are those of a row that are told of it alone.
func (c *closing) objections(r closed) (all []objection) {
	for _, o := range outcomes {
		if o.Outcome == r.Outcome && o.severity > diff.Info {
			all = append(all, objection{o.severity, string(o.Outcome), r.detail})
		}
		if o.Outcome == r.became && o.severity > diff.Info {
			all = append(all, objection{o.severity, string(o.Outcome), r.becameWhy})
		}
	}
	f := r.filled
	if f == nil {
		return all
	}
	add := func(is bool, s diff.Severity, what, why string) {
		if is {
			all = append(all, objection{s, what, why})
		}
	}
	add(f.decision != "" && selfReviewed(f.reviewer, r.person), diff.Medium, "own_reviewer", "the reviewer decided about the own access")
	add(f.again != 0 && !f.disputed, diff.Low, "twice", fmt.Sprintf("rows %d and %d are about the same user", f.line, f.again))
	return all
}

// habits are objections that a whole review may give rise to, row by row. They are told
// as one number, or nobody would find the others among them; the outcomes have each row.
var habits = []struct {
	severity  diff.Severity
	what      string
	name, why string
	of        func(closed) bool
}{
	{
		diff.Medium, "no_reviewer", "Decided by nobody", "with nobody's name in the column Reviewer",
		func(r closed) bool { return r.decided() && r.filled.reviewer == "" },
	},
	{
		diff.Medium, "no_rationale", "Decided without a reason", "without a reason: the outcomes say which (Reason given)",
		func(r closed) bool { return r.decided() && !r.filled.rationale },
	},
	{
		diff.Low, "not_modified", "To be modified, and not changed", "to modify, but " + nothingChanged,
		func(r closed) bool { return r.Outcome == Modified && r.detail == nothingChanged },
	},
}

// decided reports whether the row has any decision.
func (r closed) decided() bool { return r.filled != nil && r.filled.decision != "" }

const nothingChanged = "nothing that Cloudflare lists has changed"

// strangeWords says why a row fits nobody.
func (c *closing) strangeWords(s strangeRow) string {
	switch {
	case s.reviewID == "":
		return "review_id: empty"
	case s.snapshot != "" && s.snapshot != c.reviewed.ID:
		return fmt.Sprintf("snapshot_id: expected %q, found %q", c.reviewed.ID, s.snapshot)
	}
	return fmt.Sprintf("review_id: %q is that of no row of the review", s.reviewID)
}

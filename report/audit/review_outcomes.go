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
		for r, failed := range c.population() {
			if failed != nil {
				yield(closed{}, failed)
				return
			}
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
	switch {
	case f == nil:
		row.Outcome, row.detail = Missing, "the file has no row for this user"
	case f.wrong != nil:
		row.Outcome, row.detail = Tampered, wrongWords(f.wrong)
	case f.disputed:
		row.Outcome, row.detail = Duplicate, fmt.Sprintf("rows %d and %d have different decisions", f.line, f.again)
	case f.decision == "":
		row.Outcome = NotDecided
	case f.decision == retain:
		row.Outcome = Retained
	case f.decision != modify && f.decision != revoke:
		row.Outcome, row.detail = UnknownDecision, fmt.Sprintf("%q is none of %s, %s and %s", f.decision, retain, modify, revoke)
	case fate.state.IsNotKnown():
		row.Outcome, row.detail = OutcomeNotKnown, fate.why
	case f.decision == modify:
		row.Outcome, row.detail = Modified, fate.change
	default:
		row.Outcome, row.detail = c.revoked(row.person, fate)
	}
	return row, nil
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

// objections are all of a row.
func (c *closing) objections(r closed) (all []objection) {
	for _, o := range outcomes {
		if o.Outcome == r.Outcome && o.severity > diff.Info {
			all = append(all, objection{o.severity, string(o.Outcome), r.detail})
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
	decided := f.decision != ""
	add(decided && f.reviewer == "", diff.Medium, "no_reviewer", "nobody stands for the decision")
	add(decided && !f.rationale, diff.Medium, "no_rationale", "no reason is given for the decision")
	add(decided && selfReviewed(f.reviewer, r.person), diff.Medium, "own_reviewer", "the reviewer decided about the own access")
	add(f.again != 0 && !f.disputed, diff.Low, "twice", fmt.Sprintf("rows %d and %d are about the same user", f.line, f.again))
	add(r.Outcome == Modified && r.detail == nothingChanged, diff.Low, "not_modified", "was to be modified, but nothing that Cloudflare lists has changed")
	return all
}

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

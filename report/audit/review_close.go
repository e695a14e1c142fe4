package audit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// Outcome is what became of a row of a review.
type Outcome string

// The outcomes, those that ask for most first.
const (
	Tampered          Outcome = "tampered"            // the row is not as the history has it, or is about nobody
	RevokedStillThere Outcome = "revoked_still_there" // to be revoked, and can still sign in
	Missing           Outcome = "missing"             // of the population, and not in the file
	Duplicate         Outcome = "duplicate"           // twice in the file, with different decisions
	UnknownDecision   Outcome = "unknown_decision"    // none of retain, modify, revoke
	NotDecided        Outcome = "not_decided"         // the decision is empty
	OutcomeNotKnown   Outcome = "not_known"           // the list was not read in the later snapshot
	RevokedInactive   Outcome = "revoked_inactive"    // revoked: still listed, but not active
	RevokedGone       Outcome = "revoked_gone"        // revoked: not listed any more
	Modified          Outcome = "modified"            // to be modified; Now says what changed
	Retained          Outcome = "retained"
)

// outcomes are all of them, with what people call them and how much they ask for.
var outcomes = []struct {
	Outcome
	name     string
	severity diff.Severity
}{
	{Tampered, "Not as the history has it", diff.Critical},
	{RevokedStillThere, "Revoked, but still there", diff.High},
	{Missing, "Not in the file", diff.High},
	{Duplicate, "Decided twice, differently", diff.High},
	{UnknownDecision, "Decision not understood", diff.Medium},
	{NotDecided, "Not decided", diff.Medium},
	{OutcomeNotKnown, "Not known", diff.High},
	{RevokedInactive, "Revoked: inactive now", diff.Info},
	{RevokedGone, "Revoked: gone now", diff.Info},
	{Modified, "To be modified", diff.Info},
	{Retained, "Retained", diff.Info},
}

// Closing is a closed review: the report, and what a program wants to know of it.
type Closing struct {
	Report *Report
	// Open are rows that ask for something yet: no decision, or one that is not
	// understood or contradicted, or one that did not take effect.
	Open int
	// Tampered are rows that are not as the history has them.
	Tampered int
	// NotKnown are rows of whose outcome nothing is known.
	NotKnown int
}

// Close compares what reviewers decided with what became of it. reviewed is the
// snapshot that the review is about, q.At a later one, and rows are those of the file
// that was filled in: texts by the keys of columns, such as a CSV file has them.
//
// The population comes from the history, not from the file: who is not in the file is
// missing, and a row is held against what the history says that it said. A history
// that is Pseudonymous closes a review with pseudonyms, where its key is that of the
// review.
func Close(ctx context.Context, h History, q Question, reviewed snapshot.Snapshot, rows iter.Seq2[map[string]string, error]) (*Closing, error) {
	c := &closing{ctx: ctx, history: h, q: q, reviewed: &reviewed, count: map[Outcome]int{}, returned: map[uint64]string{}}
	if err := c.prepare(rows); err != nil {
		return nil, fmt.Errorf("close the access review of %s: %w", snapshot.ShortID(reviewed.ID), err)
	}
	open := 0
	for _, o := range []Outcome{RevokedStillThere, Missing, Duplicate, UnknownDecision, NotDecided} {
		open += c.count[o]
	}
	return &Closing{Report: c.report(), Open: open, Tampered: c.count[Tampered], NotKnown: c.count[OutcomeNotKnown]}, nil
}

// closing is a review that is being closed.
type closing struct {
	ctx      context.Context // of when rows are read, too: later, when a table is written
	history  History
	q        Question
	reviewed *snapshot.Snapshot

	then, now *roster
	file      *reviewFile
	returned  map[uint64]string // addresses of those who were revoked and are gone: where they are again, "" for nowhere

	count      map[Outcome]int
	exceptions int
}

// closed is a row of the outcomes.
type closed struct {
	person
	list     *userList
	reviewID string
	filled   *filledRow // nil where it is missing
	Outcome
	state  Cell   // what the later snapshot says of the user
	detail string // why the outcome is what it is
}

func (c *closing) prepare(rows iter.Seq2[map[string]string, error]) (err error) {
	switch {
	case c.q.At == nil:
		return ErrNoSnapshot
	case c.q.At.Target != c.reviewed.Target:
		return fmt.Errorf("the later snapshot is of %s, the review of %s", c.q.At.Target, c.reviewed.Target)
	case c.q.At.TakenAt.Before(c.reviewed.TakenAt):
		return errors.New("the snapshot to close it with is older than the review")
	}
	if c.then, err = rosterOf(c.ctx, c.history, c.reviewed, c.q.Filter); err != nil {
		return err
	}
	if c.now, err = rosterOf(c.ctx, c.history, c.q.At, diff.Options{}); err != nil {
		return err
	}
	if err := c.readFile(rows); err != nil {
		return err
	}
	if err := c.lookForReturned(); err != nil {
		return err
	}
	for r, err := range c.people() {
		if err != nil {
			return err
		}
		c.count[r.Outcome]++
		c.exceptions += len(c.objections(r))
	}
	c.count[Tampered] += len(c.file.strange)
	c.exceptions += len(c.file.strange)
	return nil
}

// readFile reads what reviewers filled in, and looks up of what is not right what would
// be.
func (c *closing) readFile(rows iter.Seq2[map[string]string, error]) (err error) {
	expected := map[string]uint64{}
	for r, err := range c.population() {
		if err != nil {
			return err
		}
		p := personOf(r)
		expected[reviewID(c.reviewed.ID, r.Provider, r.ID)] = identityIn(func(column string) string { return identityColumn(r.Provider, p, column) })
	}
	suspects := map[string]map[string]string{}
	if c.file, err = readReview(rows, expected, func(id string, found map[string]string) { suspects[id] = found }); err != nil {
		return err
	}
	if c.file.redacted() && !c.q.Redact {
		return ErrRedacted
	}
	if len(suspects) == 0 {
		return nil
	}
	for r, err := range c.population() {
		if err != nil {
			return err
		}
		id := reviewID(c.reviewed.ID, r.Provider, r.ID)
		if found := suspects[id]; found != nil {
			p := personOf(r)
			c.file.rows[id].wrong = mismatches(found, func(column string) string { return identityColumn(r.Provider, p, column) })
		}
	}
	return nil
}

// identityColumn is what the review says in an identity column.
func identityColumn(provider string, p person, column string) string {
	switch column {
	case "provider_id":
		return provider
	case "scim_user_id":
		return p.id
	case "external_id":
		return p.externalID
	case "user_name":
		return p.userName
	case "display_name":
		return p.name
	case "email":
		return p.email
	case "active":
		return p.active.String()
	}
	return ""
}

// population are the users that the review is about.
func (c *closing) population() iter.Seq2[snapshot.Resource, error] {
	return func(yield func(snapshot.Resource, error) bool) {
		for r, err := range c.history.Resources(c.ctx, c.reviewed.ID, snapshot.SCIMUser) {
			if err != nil {
				yield(r, fmt.Errorf("list the users of %s: %w", snapshot.ShortID(c.reviewed.ID), err))
				return
			}
			if c.then.byID[r.Provider] != nil && !yield(r, nil) {
				return
			}
		}
	}
}

// differences are those between the review and the later snapshot, in the lists of
// users that a provider has.
func (c *closing) differences(wanted func(provider string) bool) iter.Seq2[snapshot.Pair, error] {
	return func(yield func(snapshot.Pair, error) bool) {
		users := func(of snapshot.Collection) bool { return of.Kind == snapshot.SCIMUser && wanted(of.Provider) }
		for pair, err := range c.history.DifferencesIn(c.ctx, c.reviewed.ID, c.q.At.ID, users) {
			if err != nil {
				err = fmt.Errorf("compare %s and %s: %w", snapshot.ShortID(c.reviewed.ID), snapshot.ShortID(c.q.At.ID), err)
			}
			if !yield(pair, err) || err != nil {
				return
			}
		}
	}
}

// stateNow says what the later snapshot knows of a provider's users.
func (c *closing) stateNow(provider string) (knowledge, string) {
	state, why, _ := c.now.stateOf(provider)
	return state, why
}

// bothRead reports whether the list of a provider was read both times.
func (c *closing) bothRead(provider string) bool {
	state, _ := c.stateNow(provider)
	return c.then.byID[provider] != nil && state == listRead
}

// lookForReturned finds those who were revoked and are gone, but are listed again under
// another id, as happens where a user, or a provider, is deleted and created again.
func (c *closing) lookForReturned() error {
	for r, err := range c.people() {
		if err != nil {
			return err
		}
		if r.Outcome == RevokedGone {
			for _, a := range r.addresses {
				c.returned[hashOf(a)] = ""
			}
		}
	}
	if len(c.returned) == 0 {
		return nil
	}
	// Somebody who was in a list before has a row of his own in the review.
	for pair, err := range c.differences(func(p string) bool { state, _ := c.stateNow(p); return state == listRead }) {
		if err != nil {
			return err
		}
		if pair.A != nil || c.knewList(pair.B.Provider) == listUnread {
			continue
		}
		p := personOf(*pair.B)
		if active, known := p.active.AsBool(); known && !active {
			continue
		}
		for _, a := range p.addresses {
			if _, ok := c.returned[hashOf(a)]; ok {
				c.returned[hashOf(a)] = fmt.Sprintf("listed again as %s of %s", p.id, c.now.called(pair.B.Provider))
			}
		}
	}
	return nil
}

// knewList says what the review's snapshot knew of a provider's users.
func (c *closing) knewList(provider string) knowledge {
	state, _, _ := c.then.stateOf(provider)
	return state
}

// called is what people call a provider.
func (r *roster) called(id string) string {
	if l := r.byID[id]; l != nil {
		return l.called()
	}
	return id
}

// wrongWords says what is not as the history has it.
func wrongWords(wrong []mismatch) string {
	var all []string
	for _, m := range wrong {
		all = append(all, fmt.Sprintf("%s: expected %q, found %q", m.column, m.expected, m.found))
	}
	return strings.Join(all, "; ")
}

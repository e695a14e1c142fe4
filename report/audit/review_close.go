package audit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

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
	c := &closing{
		ctx: ctx, history: h, q: q, reviewed: &reviewed, rows: map[Outcome]int{}, count: map[Outcome]int{},
		exceptions: map[diff.Severity]int{}, habits: map[string]int{}, returned: map[uint64]string{},
	}
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

	then, now  *roster
	first      map[string]time.Time // when snapshots were taken, for when users were first seen
	duplicates hashes               // as in the review
	file       *reviewFile
	returned   map[uint64]string // addresses of those who were revoked and are gone: where they are again, "" for nowhere

	rows map[Outcome]int // of the population, by what the row says
	// count has, beside these, the rows that are about nobody, and of those that were
	// tampered with and ask for a revocation what became of that.
	count      map[Outcome]int
	exceptions map[diff.Severity]int // objections with a row of their own
	habits     map[string]int        // the others
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
	// became is what became of the revocation that a row asks for that was tampered
	// with, and why; "" for any other row.
	became    Outcome
	becameWhy string
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
	c.first = takenAt(c.q.Snapshots)
	if c.duplicates, err = duplicatesIn(c.ctx, c.history, c.reviewed.ID); err != nil {
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
		c.rows[r.Outcome]++
		c.count[r.Outcome]++
		if r.became != "" {
			c.count[r.became]++
		}
		for _, o := range c.objections(r) {
			c.exceptions[o.severity]++
		}
		for _, h := range habits {
			if h.of(r) {
				c.habits[h.what]++
			}
		}
	}
	c.count[Tampered] += len(c.file.strange)
	return nil
}

// readFile reads what reviewers filled in, and looks up of what is not right what would
// be.
func (c *closing) readFile(rows iter.Seq2[map[string]string, error]) (err error) {
	expected := map[string]uint64{}
	for m, err := range c.population() {
		if err != nil {
			return err
		}
		expected[reviewID(c.reviewed.ID, m.Provider, m.ID)] = hashOfRow(c.wroteOf(m))
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
	for m, err := range c.population() {
		if err != nil {
			return err
		}
		id := reviewID(c.reviewed.ID, m.Provider, m.ID)
		if found := suspects[id]; found != nil {
			c.file.rows[id].wrong = slices.DeleteFunc(mismatches(found, c.wroteOf(m)), c.seenBeforeForgetting)
		}
	}
	return nil
}

// wroteOf is what the review said of a user, by column.
func (c *closing) wroteOf(m snapshot.Member) func(column string) string {
	p := personOf(m.Resource)
	cells := reviewCells(c.reviewed, c.then.byID[m.Provider], p, c.first[m.First])
	return func(column string) string {
		if column == "risk_flags" {
			return flagsOf(risksOf(p, c.reviewed.TakenAt, staleAfter, c.duplicates))
		}
		return cells[slices.IndexFunc(reviewColumns, func(have Column) bool { return have.Key == column })].String()
	}
}

var reviewColumns = ReviewColumns()

// seenBeforeForgetting reports whether a mismatch is none: somebody was first seen by a
// snapshot that has been forgotten since the review was made.
func (c *closing) seenBeforeForgetting(m mismatch) bool {
	return m.column == "first_seen" && slices.ContainsFunc(c.q.Forgotten, func(f snapshot.Forgotten) bool {
		return f.TakenAt.Before(c.reviewed.TakenAt) && f.ForgottenAt.After(c.reviewed.TakenAt) && sameTime(m.found, f.TakenAt.UTC().Format(time.RFC3339))
	})
}

// population are the users that the review is about.
func (c *closing) population() iter.Seq2[snapshot.Member, error] {
	return func(yield func(snapshot.Member, error) bool) {
		for m, err := range c.history.Members(c.ctx, c.reviewed.ID, snapshot.SCIMUser) {
			if err != nil {
				yield(m, fmt.Errorf("list the users of %s: %w", snapshot.ShortID(c.reviewed.ID), err))
				return
			}
			if c.then.byID[m.Provider] != nil && !yield(m, nil) {
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
		if r.Outcome == RevokedGone || r.became == RevokedGone {
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

// wrongWords says what is not as the history has it. In a report that names nobody it
// is not told what stands there instead: that is anybody's text.
func (c *closing) wrongWords(wrong []mismatch) string {
	var all []string
	for _, m := range wrong {
		found := strconv.Quote(m.found)
		if c.q.Redact {
			found = "something else"
		}
		all = append(all, fmt.Sprintf("%s: expected %q, found %s", m.column, m.expected, found))
	}
	return strings.Join(all, "; ")
}

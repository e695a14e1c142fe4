package audit

import (
	"fmt"
	"iter"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// The decisions that a reviewer may make.
const (
	retain = "retain"
	modify = "modify"
	revoke = "revoke"
)

// ReviewColumns are those of an access review. A review that was filled in is read by
// their keys: see Close.
func ReviewColumns() []Column {
	return []Column{
		{Key: "review_id", Name: "Review id", Role: Code, Minor: true},
		{Key: "snapshot_id", Name: "Snapshot", Role: Code, Minor: true},
		{Key: "snapshot_time", Name: "Snapshot taken", Minor: true},
		{Key: "target", Name: "Target", Role: Code, Minor: true},
		{Key: "provider_id", Name: "Provider id", Role: Code, Minor: true},
		{Key: "provider_name", Name: "Provider"},
		{Key: "provider_type", Name: "Provider type", Minor: true},
		{Key: "scim_user_id", Name: "SCIM user id", Role: Code, Minor: true},
		{Key: "external_id", Name: "External id", Role: Code, Minor: true},
		{Key: "user_name", Name: "User name", Minor: true},
		{Key: "display_name", Name: "Name"},
		{Key: "email", Name: "Email"},
		{Key: "active", Name: "Active"},
		{Key: "scim_created", Name: "SCIM created", Minor: true},
		{Key: "scim_last_modified", Name: "SCIM last modified"},
		{Key: "first_seen", Name: "First seen"},
		{Key: "last_seen", Name: "Last seen", Minor: true},
		{Key: "change_since_last_review", Name: "Since the last review"},
		{Key: "risk_flags", Name: "Risk flags"},
		{Key: "reviewer", Name: "Reviewer", Role: Reviewer},
		{Key: "decision", Name: "Decision", Role: Reviewer, Choices: []string{retain, modify, revoke}},
		{Key: "rationale", Name: "Rationale", Role: Reviewer},
		{Key: "decision_date", Name: "Decision date", Role: Reviewer},
		{Key: "ticket", Name: "Ticket", Role: Reviewer},
	}
}

// cells are a row of the review.
func (v *review) cells(p reviewed) []Cell {
	return append(reviewCells(v.q.At, p.list, p.person, v.first[p.first]), p.change, Text(flagsOf(p.risks)), None, None, None, None, None)
}

// reviewCells are those of a row of a review that follow from its snapshot: up to
// last_seen. first is when the user was first seen, the zero time where nobody knows.
func reviewCells(sn *snapshot.Snapshot, list *userList, p person, first time.Time) []Cell {
	firstSeen := NotKnown
	if !first.IsZero() {
		firstSeen = Time(first)
	}
	return []Cell{
		Text(reviewID(sn.ID, list.id, p.id)), Text(sn.ID), Time(sn.TakenAt), Text(sn.Target.String()),
		Text(list.id), Text(list.called()), list.typeCell(),
		Text(p.id), Text(p.externalID), Text(p.userName), Text(p.name), Text(p.email), p.active,
		moment(p.created), moment(p.modified), firstSeen, Time(sn.TakenAt),
	}
}

// streamed makes rows of what a list yields; none of what cells gives nil for.
func streamed[E any](list iter.Seq2[E, error], cells func(E) []Cell) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		for e, err := range list {
			if err != nil {
				yield(nil, err)
				return
			}
			if row := cells(e); row != nil && !yield(row, nil) {
				return
			}
		}
	}
}

// fixedRows are rows of a table that is short.
func fixedRows(rows [][]Cell) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

func (v *review) report() *Report {
	return &Report{
		Kind: AccessReview, Title: "Access review",
		Lead: v.lead(), Facts: v.q.facts(), Figures: v.figures(), Charts: userChart(v.q), Unknown: v.unknown(),
		Tables: []Table{
			{
				Name: "population", Title: "Who has access", Sheet: "Review", Empty: "No user is listed.",
				Columns: ReviewColumns(), Rows: streamed(v.people(), v.cells), Len: v.total.users,
			},
			v.exceptions(), v.leftTable(), v.providers(),
		},
	}
}

func (v *review) exceptions() Table {
	columns := []Column{
		{Key: "severity", Name: "Severity", Role: Weight},
		{Key: "review_id", Name: "Review id", Role: Code, Minor: true},
		{Key: "provider_id", Name: "Provider id", Role: Code, Minor: true},
		{Key: "provider_name", Name: "Provider"},
		{Key: "scim_user_id", Name: "SCIM user id", Role: Code, Minor: true},
		{Key: "display_name", Name: "Name"},
		{Key: "email", Name: "Email"},
		{Key: "active", Name: "Active"},
		{Key: "scim_last_modified", Name: "SCIM last modified"},
		{Key: "risk_flags", Name: "Risk flags"},
	}
	cells := func(p reviewed) []Cell {
		if len(p.risks) == 0 {
			return nil
		}
		worst := diff.Info
		for _, r := range p.risks {
			worst = max(worst, r.severity)
		}
		return []Cell{
			Weigh(worst), Text(reviewID(v.q.At.ID, p.list.id, p.id)), Text(p.list.id), Text(p.list.called()), Text(p.id),
			Text(p.name), Text(p.email), p.active, moment(p.modified), Text(flagsOf(p.risks)),
		}
	}
	return Table{
		Name: "exceptions", Title: "Users to look at", Sheet: "Exceptions", Empty: "No user has a risk flag.",
		Columns: columns, Rows: streamed(v.people(), cells), Len: v.total.flagged,
	}
}

func (v *review) leftTable() Table {
	columns := []Column{
		{Key: "provider_id", Name: "Provider id", Role: Code, Minor: true},
		{Key: "provider_name", Name: "Provider"},
		{Key: "scim_user_id", Name: "SCIM user id", Role: Code, Minor: true},
		{Key: "external_id", Name: "External id", Role: Code, Minor: true},
		{Key: "user_name", Name: "User name", Minor: true},
		{Key: "display_name", Name: "Name"},
		{Key: "email", Name: "Email"},
		{Key: "active", Name: "Was active"},
		{Key: "listed_on", Name: "Listed on"},
		{Key: "not_listed_on", Name: "Not listed on"},
		{Key: "how", Name: "How"},
	}
	cells := func(p reviewed) []Cell {
		return []Cell{
			Text(p.list.id), Text(p.list.called()), Text(p.id), Text(p.externalID), Text(p.userName), Text(p.name), Text(p.email), p.active,
			Time(v.q.Since.TakenAt), Time(v.q.At.TakenAt), p.change,
		}
	}
	return Table{
		Name: "left", Title: "Who left since the last review", Sheet: "Events", Empty: "Nobody is known to have left.",
		Columns: columns, Rows: streamed(v.left(), cells), Len: v.total.left,
	}
}

// figures are numbers of what was read: where nothing was, they are not known.
func (v *review) figures() []Figure {
	number := func(n int) Cell {
		if len(v.now.calledThose(listRead)) == 0 {
			return NotKnown
		}
		return Number(n)
	}
	all := []Figure{
		{Key: "users", Name: "Users listed", Value: number(v.total.users)},
		{Key: "active", Name: "Active", Value: number(v.total.active)},
		{Key: "inactive", Name: "Inactive", Value: number(v.total.inactive)},
	}
	if v.before != nil {
		since := func(n int) Cell {
			for _, l := range v.now.lists {
				if v.compared(l.id) || l.state == listRead && v.stateBefore(l.id) == noProvider {
					return Number(n)
				}
			}
			if n > 0 {
				return Number(n)
			}
			return NotKnown
		}
		all = append(all,
			Figure{Key: "new", Name: "New since the last review", Value: since(v.total.new)},
			Figure{Key: "changed", Name: "Changed since the last review", Value: since(v.total.changed)},
			Figure{Key: "left", Name: "Left since the last review", Value: since(v.total.left)},
		)
	}
	for i, r := range risks {
		f := Figure{Key: r.flag, Name: r.name, Value: number(v.total.risks[i])}
		if r.flag == duplicateEmail && !v.anywhere {
			f.Value = NotKnown
		}
		if v.total.risks[i] > 0 {
			f.Severity = r.severity
		}
		all = append(all, f)
	}
	return all
}

func (v *review) lead() []Remark {
	read, unread := v.now.calledThose(listRead), v.now.calledThose(listUnread)
	all := []Remark{{diff.Info, fmt.Sprintf("%s of %s, as of %s: %d active, %d inactive.",
		Things(v.total.users, "user"), Things(len(read), "provider"), minuteOf(v.q.At.TakenAt), v.total.active, v.total.inactive)}}
	all = append(all, v.q.aged()...)
	if len(read) == 0 {
		all[0] = Remark{diff.High, "No list of users was read: the review is empty, which does not mean that nobody has access."}
	}
	for _, l := range v.now.lists {
		if l.state == listRead && l.count != v.counts[l.id].users {
			all = append(all, Remark{diff.Critical, fmt.Sprintf("Of %s %d users were read, and %d are here: have the history verified.", l.called(), l.count, v.counts[l.id].users)})
		}
	}
	if !v.now.read {
		all = append(all, Remark{diff.High, "The identity providers were not read (" + v.now.why + "): who else has users nobody knows."})
	}
	if len(unread) > 0 {
		all = append(all, Remark{diff.High, "The users of " + enumerated(unread) + " were not read: the review is not complete without them."})
	}
	if off := v.now.calledThose(noSCIM); len(off) > 0 {
		all = append(all, Remark{diff.Medium, "Cloudflare does not list who signs in through " + enumerated(off) + ": review those people elsewhere."})
	}
	if v.before == nil {
		all = append(all, Remark{diff.Low, "There is no earlier snapshot to compare with: what changed since the last review is not told."})
	}
	if n := v.q.forgottenBefore(); n > 0 {
		all = append(all, Remark{diff.Low, "The history has forgotten " + Things(n, "earlier snapshot") + ": first seen is as of those that are left, and may have been before."})
	}
	if v.total.flagged > 0 {
		all = append(all, Remark{diff.Medium, Things(v.total.flagged, "user") + " to look at first: see the exceptions."})
	}
	return all
}

// unknown adds to whom nobody knows of what nobody knows of those who are listed.
func (v *review) unknown() []Unknown {
	all := v.now.unknowns()
	if v.before == nil {
		return all
	}
	when := "since " + minuteOf(v.q.Since.TakenAt)
	for _, l := range v.now.lists {
		if state, why, _ := v.before.stateOf(l.id); l.state == listRead && (state == listUnread || state == noSCIM) {
			all = append(all, Unknown{What: "what changed among the users of " + l.called(), When: when, Reason: "then " + why})
		}
	}
	for _, l := range v.before.lists { // gone, or turned off, and with it the list
		state, why, _ := v.now.stateOf(l.id)
		if l.state == listRead && state != listRead && state != noProvider {
			all = append(all, Unknown{What: "who left of the users of " + l.called(), When: when, Reason: why})
		}
	}
	return all
}

package audit

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// What reports say of snapshots that the history has forgotten: that they were taken is
// known, what they held is not.

// forgetful says that snapshots of the period are forgotten. What was there only while
// they were taken leaves no trace in those around them.
func (q Question) forgetful() []Remark {
	n := len(q.forgottenInPeriod())
	if n == 0 {
		return nil
	}
	do := "are"
	if n == 1 {
		do = "is"
	}
	return []Remark{{diff.Medium, fmt.Sprintf("%s of %s of the period %s forgotten: what came and went between those that are left is not seen.",
		Thousands(n), Things(n+len(q.inPeriod()), "snapshot"), do)}}
}

// forgottenNights lists the forgotten snapshots of the period, those together that were
// forgotten on one day for one reason.
func (q Question) forgottenNights() []Unknown {
	list := q.forgottenInPeriod()
	slices.SortStableFunc(list, func(a, b *snapshot.Forgotten) int { return a.TakenAt.Compare(b.TakenAt) })
	var reasons []string
	taken := map[string][]time.Time{}
	for _, f := range list {
		why := forgottenWhy(f)
		if taken[why] == nil {
			reasons = append(reasons, why)
		}
		taken[why] = append(taken[why], f.TakenAt)
	}
	var all []Unknown
	for _, why := range reasons {
		all = append(all, Unknown{"everything", nights(taken[why]), why})
	}
	return all
}

func forgottenWhy(f *snapshot.Forgotten) string {
	return because("forgotten on "+dayOf(f.ForgottenAt), f.Why)
}

// withForgotten adds a row for each forgotten snapshot to those of what was not known,
// which begin with the time of their snapshot, and keeps all in the order of time.
func withForgotten(list []*snapshot.Forgotten, rows iter.Seq2[[]Cell, error]) iter.Seq2[[]Cell, error] {
	list = slices.SortedStableFunc(slices.Values(list), func(a, b *snapshot.Forgotten) int { return a.TakenAt.Compare(b.TakenAt) })
	return func(yield func([]Cell, error) bool) {
		left := list
		upTo := func(t time.Time) bool {
			for len(left) > 0 && (t.IsZero() || left[0].TakenAt.Before(t)) {
				f := left[0]
				left = left[1:]
				if !yield([]Cell{Time(f.TakenAt), Text(f.ID), None, None, None, Text("everything"), Text(forgottenWhy(f))}, nil) {
					return false
				}
			}
			return true
		}
		for row, err := range rows {
			if err != nil {
				yield(nil, err)
				return
			}
			if t, _ := row[0].AsTime(); !upTo(t) || !yield(row, nil) {
				return
			}
		}
		upTo(time.Time{})
	}
}

// forgottenBefore counts the snapshots before the report's moment that are forgotten.
func (q Question) forgottenBefore() (n int) {
	for i := range q.Forgotten {
		if f := &q.Forgotten[i]; f.Target == q.Target && q.At != nil && f.TakenAt.Before(q.At.TakenAt) {
			n++
		}
	}
	return n
}

// agedAfter is how much older than what was asked for a snapshot is before the report
// says so on top: more than a night that was missed.
const agedAfter = 36 * time.Hour

// aged says that the report is about an earlier moment than what was asked for.
func (q Question) aged() []Remark {
	if q.At == nil || q.AtAsked.IsZero() || q.AtAsked.Sub(q.At.TakenAt) <= agedAfter {
		return nil
	}
	asked := minuteOf(q.AtAsked)
	if next := q.AtAsked.Add(time.Second).UTC(); next.Truncate(aDay).Sub(q.AtAsked) <= time.Second && next.Truncate(aDay).After(q.AtAsked) {
		asked = dayOf(q.AtAsked) // a day that was asked for means its end
	}
	what := "snapshot"
	if q.At.Status() == snapshot.Complete {
		what = "complete snapshot"
	}
	days := int(q.AtAsked.Sub(q.At.TakenAt) / aDay)
	return []Remark{{diff.Medium, fmt.Sprintf("As of %s, the last %s up to %s: %s older.", minuteOf(q.At.TakenAt), what, asked, Things(days, "day"))}}
}

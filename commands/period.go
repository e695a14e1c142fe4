package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/snapshot"
)

// period resolves --target, --at, --from, --to and --since.
func (a *reportArgs) period(ctx context.Context, open *opener, q *query) error {
	sc := open.scene(ctx)
	sel, err := sc.target(stateRef{target: a.target})
	if err != nil {
		return err
	}
	q.Target = sel.target.String()
	all, err := sc.history()
	if err != nil {
		return err
	}
	mine := of(all, sel.target)
	if len(mine) == 0 {
		return &problem{
			class: errNotFound, text: fmt.Sprintf("the history holds no snapshot of %s", sel),
			hint: fmt.Sprintf("idpsnap snapshot %s takes one", sel.flag()),
		}
	}
	m := moments{scene: sc, mine: mine, sel: sel}
	at, end, err := m.moment("--at", a.at, false)
	if err != nil {
		return err
	}
	_, q.To, err = m.moment("--to", a.to, false)
	switch {
	case err != nil:
		return err
	case a.to == "" && a.at != "":
		q.To = end
	case a.to == "":
		q.To = m.now.UTC()
	}
	q.From = mine[0].TakenAt
	var since *snapshot.Snapshot
	if a.from != "" {
		if since, q.From, err = m.moment("--from", a.from, true); err != nil {
			return err
		}
		if since == nil {
			since = lastComplete(mine, q.From)
		}
	}
	if a.since != "" {
		if since, err = m.since(a.since); err != nil {
			return err
		}
	}
	switch {
	case !q.From.After(q.To):
	case a.from == "": // the history begins later, which settle says
		q.From = q.To
	default:
		return usage("--from 2026-07-01 --to 2026-09-30", "the period ends, at %s, before it begins, at %s", q.To.Format(time.RFC3339), q.From.Format(time.RFC3339))
	}
	if at == nil {
		at = lastComplete(mine, q.To)
		if a.at != "" {
			at, q.AtAsked = lastComplete(mine, end), end
		}
	}
	if a.since != "" && at != nil && since.TakenAt.After(at.TakenAt) {
		return usage("--since names the last review, which was before --at", "the report is about %s, which is before what it is compared with, of %s", minute(at.TakenAt), minute(since.TakenAt))
	}
	return m.settle(q, at, since)
}

// since finds the snapshot that a moment is compared with. Of a date it is the last of
// that day, as in states.
func (m *moments) since(text string) (*snapshot.Snapshot, error) {
	sn, end, err := m.moment("--since", text, false)
	if err != nil || sn != nil {
		return sn, err
	}
	if sn = lastComplete(m.mine, end); sn == nil {
		return nil, nothing(m.sel.target.String(), "--since "+text+": no complete snapshot was taken until "+end.Format(time.RFC3339), m.mine...)
	}
	return sn, nil
}

// settle notes the snapshots that a question is about, and refuses one that there is
// nothing to say of.
func (m *moments) settle(q *query, at, since *snapshot.Snapshot) error {
	if since != nil {
		q.Since = since.ID
	}
	if at != nil {
		q.At = at.ID
	}
	if at == nil && q.Kind.OfMoment() {
		return nothing(q.Target, "no complete snapshot was taken until "+q.To.Format(time.RFC3339), m.mine...)
	}
	if !slices.ContainsFunc(m.mine, func(s snapshot.Snapshot) bool { return !s.TakenAt.After(q.To) }) {
		return nothing(q.Target, "no snapshot was taken until "+q.To.Format(time.RFC3339), m.mine...)
	}
	return nil
}

// moments finds what --at, --from, --to and --since mean.
type moments struct {
	scene
	mine []snapshot.Snapshot
	sel  selection
}

// moment reads one: a time, and the snapshot where a snapshot is named. Of a date,
// which is a whole day, it gives the beginning or the end.
func (m *moments) moment(flag, text string, begins bool) (*snapshot.Snapshot, time.Time, error) {
	if text == "" {
		return nil, time.Time{}, nil
	}
	r, ok, err := parseRev(text)
	switch {
	case err != nil:
		return nil, time.Time{}, fmt.Errorf("%s: %w", flag, err)
	case ok && r.kind == revLive:
		return nil, time.Time{}, usage("idpsnap snapshot takes one; then "+flag+" latest", "%s live: a report is about what the history holds", flag)
	case ok && r.kind == revAt:
		if day, err := time.Parse(time.DateOnly, text); err == nil && begins {
			return nil, day, nil
		}
		return nil, r.at, nil
	case ok && r.kind == revAge:
		return nil, m.now.Add(-r.age).UTC(), nil
	case ok:
		sn, err := pickRev(m.mine, stateRef{text: text, rev: r}, m.now, m.sel)
		return &sn, sn.TakenAt, err
	case !idPrefix.MatchString(text):
		return nil, time.Time{}, usage(flag+" 2026-06-30, 90d, latest or a snapshot's id", "%s %q is no moment", flag, text)
	}
	st, err := m.byID(stateRef{text: text, id: strings.ToLower(text)}, false)
	if err == nil && st.snapshot.Target != m.sel.target {
		err = usage("--target "+st.snapshot.Target.String(), "%s %s is of %s, and the report is about %s", flag, text, st.snapshot.Target, m.sel)
	}
	return &st.snapshot, st.snapshot.TakenAt, err
}

// lastComplete is the newest complete snapshot at or before a moment, as in states.
func lastComplete(mine []snapshot.Snapshot, at time.Time) *snapshot.Snapshot {
	for i := range slices.Backward(mine) {
		if sn := &mine[i]; sn.Status() == snapshot.Complete && sn.Origin != snapshot.Safety && !sn.TakenAt.After(at) {
			return sn
		}
	}
	return nil
}

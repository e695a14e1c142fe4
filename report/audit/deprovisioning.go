package audit

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// NewDeprovisioning tells, of each provider as of a snapshot, what happens to leavers
// and what is missing for them to lose access by themselves, and how many left in the
// period.
func NewDeprovisioning(ctx context.Context, h History, q Question) (*Report, error) {
	d := &deprovisioning{q: q, of: map[string]*population{}, looks: newLooks()}
	if err := d.prepare(ctx, h); err != nil {
		return nil, fmt.Errorf("report on deprovisioning: %w", err)
	}
	return d.report(), nil
}

// deprovisioning is a report that is being made.
type deprovisioning struct {
	q        Question
	now      *roster
	of       map[string]*population // by provider
	findings []finding
	unknown  []Unknown
	// left are all who left in the period, of providers that are gone since, too; those
	// who are gone because their provider was removed are not among them.
	left, withProvider int
	looks              looks
}

// population is what a list of users tells as a whole.
type population struct {
	users, active, inactive int
	written                 time.Time // the newest meta.lastModified
	left, deactivated       int       // in the period
}

func (d *deprovisioning) prepare(ctx context.Context, h History) (err error) {
	if d.now, err = rosterOf(ctx, h, d.q.At, d.q.Filter); err != nil {
		return err
	}
	for _, l := range d.now.lists {
		d.of[l.id] = &population{}
	}
	if err := d.count(ctx, h); err != nil {
		return err
	}
	d.unknown = d.now.unknowns()
	if err := d.leavers(ctx, h); err != nil {
		return err
	}
	for _, l := range d.now.lists {
		d.findings = append(d.findings, scimFindings(l)...)
		d.findings = append(d.findings, d.listFindings(l)...)
	}
	d.findings = sortedFindings(d.findings, d.q.Filter.AtLeast)
	return nil
}

// count goes through the users.
func (d *deprovisioning) count(ctx context.Context, h History) error {
	for r, err := range h.Resources(ctx, d.q.At.ID, snapshot.SCIMUser) {
		if err != nil {
			return fmt.Errorf("list the users of %s: %w", snapshot.ShortID(d.q.At.ID), err)
		}
		p := d.of[r.Provider]
		if p == nil {
			continue
		}
		u := personOf(r)
		p.users++
		switch active, known := u.active.AsBool(); {
		case known && active:
			p.active++
		case known:
			p.inactive++
		}
		if t, err := time.Parse(time.RFC3339Nano, u.modified); err == nil && t.After(p.written) {
			p.written = t
		}
	}
	return nil
}

// leavers counts who left in the period, or was switched off.
func (d *deprovisioning) leavers(ctx context.Context, h History) error {
	q := d.q
	q.Filter.Kinds, q.Filter.AtLeast, q.Filter.Ignore = []snapshot.Kind{snapshot.SCIMUser}, diff.Info, nil
	var unread blanks
	for night, err := range Walk(ctx, h, q) {
		if err != nil {
			return err
		}
		unread.add(night.Snapshot.TakenAt, night.NotCompared)
		d.looks.add(&night)
		for _, ch := range night.Changes {
			p := d.of[ch.Provider]
			switch {
			case ch.Action == diff.Removed && ch.WithProvider:
				d.withProvider++
			case ch.Action == diff.Removed:
				d.left++
				if p != nil {
					p.left++
				}
			case p == nil:
			case ch.Action == diff.Changed && switchedOff(ch.Fields):
				p.deactivated++
			}
		}
	}
	for _, u := range unread.unknown() {
		u.What = "who left of the " + u.What
		d.unknown = append(d.unknown, u)
	}
	for _, u := range d.q.forgottenNights() {
		u.What = "who left and came back, or came and left again"
		d.unknown = append(d.unknown, u)
	}
	return nil
}

// switchedOff reports whether a user that was active is not any more.
func switchedOff(fields []diff.Field) bool {
	for _, f := range fields {
		if f.Path == "/active" {
			return string(f.Old) == "true" && string(f.New) != "true"
		}
	}
	return false
}

// listFindings are what the list of users gives to ask about.
func (d *deprovisioning) listFindings(l *userList) (all []finding) {
	p := d.of[l.id]
	f := finding{kind: snapshot.IdentityProvider, id: l.id, name: l.called()}
	if l.state != listRead {
		return nil
	}
	if p.inactive > 0 {
		f.severity, f.rule = diff.Medium, "inactive_but_present"
		f.what = fmt.Sprintf("%s inactive, but still listed", are(p.inactive, "user"))
		f.why = "the provider switched them off and never removed them: a mistake there switches them on again"
		f.mend = "Remove them from the SCIM application at the provider"
		all = append(all, f)
	}
	switch {
	case p.users == 0:
		f.severity, f.rule, f.what = diff.Medium, "scim_empty", "SCIM is on, but nobody is listed"
		f.why = "the provider has never sent a user, or removed all: leavers may go unnoticed"
		f.mend = "Check the provisioning at the provider: SCIM Endpoint, SCIM Secret, and who is assigned to the application"
		all = append(all, f)
	case !p.written.IsZero() && d.q.At.TakenAt.Sub(p.written) > cmp.Or(d.q.Stale, staleAfter):
		f.severity, f.rule = diff.Medium, "scim_silent"
		f.what = fmt.Sprintf("the provider has written nothing for %s", Things(d.silent(p), "day"))
		f.why = "provisioning may have stopped, and then leavers go unnoticed"
		f.mend = "Check the provisioning log at the provider; the SCIM Secret may have been regenerated"
		all = append(all, f)
	}
	return all
}

// silent is for how many days the provider has written nothing.
func (d *deprovisioning) silent(p *population) int {
	return int(d.q.At.TakenAt.Sub(p.written) / (24 * time.Hour))
}

func (d *deprovisioning) report() *Report {
	r := &Report{
		Kind: Deprovisioning, Title: "Deprovisioning", Facts: d.q.facts(), Unknown: d.unknown,
		Lead:    findingLead(d.findings, "Nothing is missing for leavers to lose access by themselves."),
		Figures: append(d.figures(), findingFigures(d.findings)...),
		Tables:  []Table{d.providers(), findingTable(d.findings, "Nothing is missing.")},
	}
	if !d.now.read {
		r.Lead = []Remark{{diff.High, "The identity providers were not read (" + d.now.why + "): what happens to leavers is not known."}}
	}
	if unread := d.now.calledThose(listUnread); len(unread) > 0 {
		r.Lead = append(r.Lead, Remark{diff.High, "The users of " + enumerated(unread) + " were not read."})
	}
	r.Lead = slices.Concat(r.Lead, d.q.aged(), d.q.reach(), d.q.forgetful())
	return r
}

func (d *deprovisioning) figures() []Figure {
	var total population
	known := false
	for _, l := range d.now.lists {
		p := d.of[l.id]
		known = known || l.state == listRead
		total.inactive += p.inactive
		total.deactivated += p.deactivated
	}
	on := NotKnown
	if d.now.read {
		n := 0
		for _, l := range d.now.lists {
			if scimSettingsOf(l.provider).enabled {
				n++
			}
		}
		on = Number(n)
	}
	number := func(n int) Cell {
		if !known && n == 0 {
			return NotKnown
		}
		return Number(n)
	}
	period := func(n int) Cell {
		if c := d.looks.number(snapshot.SCIMUser, n); c.IsNotKnown() {
			return NotKnown
		}
		return number(n)
	}
	return []Figure{
		{Key: "scim_on", Name: "Providers with SCIM", Value: on},
		{Key: "left", Name: "Left in the period", Value: period(d.left)},
		{Key: "left_with_provider", Name: "Left with a removed provider", Value: period(d.withProvider)},
		{Key: "deactivated", Name: "Deactivated in the period", Value: period(total.deactivated)},
		{Key: "inactive_but_present", Name: "Inactive, but still listed", Value: number(total.inactive)},
	}
}

func (d *deprovisioning) providers() Table {
	columns := []Column{
		{Key: "provider_id", Name: "Provider id", Role: Code, Minor: true},
		{Key: "provider_name", Name: "Provider"},
		{Key: "provider_type", Name: "Type"},
		{Key: "scim_enabled", Name: "SCIM"},
		{Key: "user_deprovision", Name: "Users deprovisioned"},
		{Key: "seat_deprovision", Name: "Seats removed"},
		{Key: "identity_update_behavior", Name: "Identity updates", Minor: true},
		{Key: "group_member_deprovision", Name: "Group members deprovisioned", Minor: true},
		{Key: "users", Name: "Users"},
		{Key: "active", Name: "Active", Minor: true},
		{Key: "inactive_but_present", Name: "Inactive, but listed"},
		{Key: "left", Name: "Left in the period"},
		{Key: "deactivated", Name: "Deactivated in the period", Minor: true},
		{Key: "last_scim_write", Name: "Last SCIM write"},
		{Key: "days_silent", Name: "Days since", Minor: true},
		{Key: "leavers_today", Name: "Leavers today"},
		{Key: "missing", Name: "To switch on"},
	}
	var rows [][]Cell
	for _, l := range d.now.lists {
		rows = append(rows, d.row(l))
	}
	return Table{
		Name: "providers", Title: "What happens to leavers", Sheet: "Review", Empty: "There is no provider.",
		Columns: columns, Rows: fixedRows(rows), Len: len(rows),
	}
}

func (d *deprovisioning) row(l *userList) []Cell {
	row := []Cell{Text(l.id), Text(l.called()), l.typeCell()}
	if s := scimSettingsOf(l.provider); l.provider == nil {
		row = append(row, NotKnown, NotKnown, NotKnown, NotKnown, NotKnown)
	} else {
		row = append(row, Bool(s.enabled), Bool(s.users), Bool(s.seats), Text(s.behavior), Bool(s.groupMembers))
	}
	p := d.of[l.id]
	switch l.state {
	case listUnread:
		row = append(row, NotKnown, NotKnown, NotKnown, NotKnown, NotKnown, NotKnown, NotKnown)
	case noSCIM:
		row = append(row, None, None, None, None, None, None, None)
	default:
		row = append(row, Number(p.users), Number(p.active), Number(p.inactive))
		if d.looks.blind(snapshot.SCIMUser, l.id) {
			row = append(row, NotKnown, NotKnown)
		} else {
			row = append(row, Number(p.left), Number(p.deactivated))
		}
		row = append(row, Time(p.written))
		if p.written.IsZero() {
			row = append(row, None)
		} else {
			row = append(row, Number(d.silent(p)))
		}
	}
	if l.provider == nil {
		return append(row, NotKnown, NotKnown)
	}
	return append(row, Text(leaversToday(l)), Text(missingSwitches(l)))
}

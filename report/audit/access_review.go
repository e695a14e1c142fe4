package audit

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// staleAfter is after how long a user that nobody updated counts as stale, where the
// question does not say.
const staleAfter = 90 * 24 * time.Hour

// NewAccessReview lists who has access as of a snapshot, for people to decide who keeps
// it: a row for each user and provider, with what changed since the snapshot that it is
// compared with. Whom Cloudflare does not list, and whose list was not read, is not in
// it; Report.Unknown says who that may be.
func NewAccessReview(ctx context.Context, h History, q Question) (*Report, error) {
	v := &review{ctx: ctx, history: h, q: q, counts: map[string]*headcount{}}
	if err := v.prepare(); err != nil {
		return nil, fmt.Errorf("make the access review: %w", err)
	}
	return v.report(), nil
}

// review is an access review that is being made. It keeps no user: lists are read
// anew for each table.
type review struct {
	ctx     context.Context // of when rows are read, too: later, when a table is written
	history History
	q       Question

	now, before *roster // before is nil where there is nothing to compare with
	first       map[string]time.Time
	duplicates  hashes
	// anywhere reports whether every list of users of the target was read, whatever the
	// filter lets through: only then is it known which addresses are used once.
	anywhere bool
	counts   map[string]*headcount // by provider
	total    headcount
}

// headcount is how many users there are, of a provider or of all.
type headcount struct {
	users, active, inactive int
	new, changed, left      int
	flagged                 int
	risks                   [5]int // as in the table of risks
}

// reviewed is a row of the review.
type reviewed struct {
	person
	list   *userList
	first  string // snapshot that first saw the user
	change Cell
	risks  []risk
}

func (v *review) prepare() (err error) {
	if v.now, err = rosterOf(v.ctx, v.history, v.q.At, v.q.Filter); err != nil {
		return err
	}
	if v.q.Since != nil {
		if v.before, err = rosterOf(v.ctx, v.history, v.q.Since, v.q.Filter); err != nil {
			return err
		}
	}
	v.first = takenAt(v.q.Snapshots)
	for _, l := range v.now.lists {
		v.counts[l.id] = &headcount{}
	}
	if err := v.findDuplicates(); err != nil {
		return err
	}
	for _, l := range v.goneLists() {
		v.counts[l.id] = &headcount{}
	}
	for p, err := range v.people() {
		if err != nil {
			return err
		}
		v.count(p)
	}
	for p, err := range v.left() {
		if err != nil {
			return err
		}
		v.total.left++
		if c := v.counts[p.list.id]; c != nil {
			c.left++
		}
	}
	return nil
}

// takenAt says when snapshots were taken, by their ids.
func takenAt(list []snapshot.Snapshot) map[string]time.Time {
	at := make(map[string]time.Time, len(list))
	for i := range list {
		at[list[i].ID] = list[i].TakenAt
	}
	return at
}

// members are the users in the lists that are asked for.
func (v *review) members() iter.Seq2[snapshot.Member, error] {
	return func(yield func(snapshot.Member, error) bool) {
		for m, err := range v.history.Members(v.ctx, v.q.At.ID, snapshot.SCIMUser) {
			if err != nil {
				yield(m, fmt.Errorf("list the users of %s: %w", snapshot.ShortID(v.q.At.ID), err))
				return
			}
			if v.now.byID[m.Provider] != nil && !yield(m, nil) {
				return
			}
		}
	}
}

// people are the rows of the review. What changed is read beside them, in the same
// order.
func (v *review) people() iter.Seq2[reviewed, error] {
	return func(yield func(reviewed, error) bool) {
		next, stop := iter.Pull2(v.differences(v.compared))
		defer stop()
		pair, err, more := next()
		for m, failed := range v.members() {
			if failed != nil {
				yield(reviewed{}, failed)
				return
			}
			for more && err == nil && snapshot.CompareResources(*cmp.Or(pair.B, pair.A), m.Resource) < 0 {
				pair, err, more = next()
			}
			p := v.row(m)
			if err == nil && more && snapshot.CompareResources(*cmp.Or(pair.B, pair.A), m.Resource) == 0 {
				p.change, err = v.changeOf(pair)
			}
			if err != nil {
				yield(reviewed{}, err)
				return
			}
			if !yield(p, nil) {
				return
			}
		}
		if err != nil {
			yield(reviewed{}, err)
		}
	}
}

// row is a row of the review, of somebody of whom nothing changed.
func (v *review) row(m snapshot.Member) reviewed {
	p := reviewed{person: personOf(m.Resource), list: v.now.byID[m.Provider], first: m.First, change: Text("unchanged")}
	p.risks = risksOf(p.person, v.q.At.TakenAt, cmp.Or(v.q.Stale, staleAfter), v.duplicates)
	switch v.stateBefore(m.Provider) {
	case noProvider:
		p.change = Text("new")
	case listUnread, noSCIM:
		p.change = NotKnown
	case listRead:
	}
	if v.before == nil {
		p.change = None
	}
	return p
}

// stateBefore says what was known of a provider's users at the snapshot that the
// review is compared with.
func (v *review) stateBefore(provider string) knowledge {
	if v.before == nil {
		return listUnread
	}
	state, _, _ := v.before.stateOf(provider)
	return state
}

// changeOf says what changed about somebody who is listed now.
func (v *review) changeOf(pair snapshot.Pair) (Cell, error) {
	if pair.A == nil {
		return Text("new"), nil
	}
	fields, err := diff.Fields(*pair.A, *pair.B, v.q.Filter)
	if err != nil {
		return None, fmt.Errorf("compare %s %s: %w", pair.B.Collection, pair.B.ID, err)
	}
	if len(fields) == 0 {
		return Text("unchanged"), nil
	}
	return Text("changed: " + changedFields(fields)), nil
}

// compared reports whether a list was read now and before.
func (v *review) compared(provider string) bool {
	l := v.now.byID[provider]
	return l != nil && l.state == listRead && v.stateBefore(provider) == listRead
}

// wentAway reports whether a list was read before, and its provider is gone.
func (v *review) wentAway(provider string) bool {
	if v.before == nil || v.before.byID[provider] == nil || v.stateBefore(provider) != listRead {
		return false
	}
	state, _, _ := v.now.stateOf(provider)
	return state == noProvider
}

// differences are those in the lists of users of the wanted providers.
func (v *review) differences(wanted func(provider string) bool) iter.Seq2[snapshot.Pair, error] {
	return func(yield func(snapshot.Pair, error) bool) {
		if v.before == nil {
			return
		}
		users := func(c snapshot.Collection) bool { return c.Kind == snapshot.SCIMUser && wanted(c.Provider) }
		for pair, err := range v.history.DifferencesIn(v.ctx, v.q.Since.ID, v.q.At.ID, users) {
			if err != nil {
				err = fmt.Errorf("compare %s and %s: %w", snapshot.ShortID(v.q.Since.ID), snapshot.ShortID(v.q.At.ID), err)
			}
			if !yield(pair, err) || err != nil {
				return
			}
		}
	}
}

// left are those who were listed before, and are not now. Of a list that was not read
// both times nobody left.
func (v *review) left() iter.Seq2[reviewed, error] {
	return func(yield func(reviewed, error) bool) {
		for pair, err := range v.differences(func(p string) bool { return v.compared(p) || v.wentAway(p) }) {
			if err != nil {
				yield(reviewed{}, err)
				return
			}
			if pair.B != nil {
				continue
			}
			p := reviewed{person: personOf(*pair.A), list: v.before.byID[pair.A.Provider], change: Text("gone from the list")}
			if v.wentAway(pair.A.Provider) {
				p.change = Text("gone with the provider")
			}
			if p.list == nil { // the filter let it through under its new name only
				p.list = v.now.byID[pair.A.Provider]
			}
			if !yield(p, nil) {
				return
			}
		}
	}
}

func (v *review) count(p reviewed) {
	for _, c := range []*headcount{&v.total, v.counts[p.list.id]} {
		c.users++
		switch active, known := p.active.AsBool(); {
		case known && active:
			c.active++
		case known:
			c.inactive++
		}
		switch change, _ := p.change.AsText(); change {
		case "", "unchanged":
		case "new":
			c.new++
		default:
			c.changed++
		}
		if len(p.risks) > 0 {
			c.flagged++
		}
		for i, r := range risks {
			if slices.Contains(p.risks, r) {
				c.risks[i]++
			}
		}
	}
}

// reviewID names a row, for people to talk about it and for closing the review: it
// follows from the snapshot, the provider and the user.
func reviewID(snapshotID, provider, user string) string {
	sum := sha256.Sum256([]byte(snapshotID + "\x00" + provider + "\x00" + user))
	return hex.EncodeToString(sum[:8])
}

package audit_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/report/audit"
	"github.com/idpsnap/idpsnap/snapshot"
)

// drawn is an account to which things happen by chance.
type drawn struct {
	*rapid.T
	f *fake
}

// something happens. Every provider has a name of its own: none is taken for another
// that was created again.
func (d drawn) something(toggles bool) {
	ids := []string{"a", "b", "c"}
	p := rapid.SampledFrom(ids).Draw(d.T, "provider")
	id := rapid.SampledFrom([]string{"u1", "u2", "u3", "u4"}).Draw(d.T, "id")
	name := rapid.SampledFrom([]string{"Ada", "Bob", "Cy"}).Draw(d.T, "name")
	there := d.f.target[snapshot.Collection{Kind: provider}][p] != nil
	listed := d.f.target[snapshot.Collection{Kind: users, Provider: p}]
	switch what := rapid.IntRange(0, 11).Draw(d.T, "what"); {
	case !there && what < 8:
		d.f.provider(snapshot.SAML, p, "Provider "+p, object{"issuer_url": "https://" + p}).scim(p, !toggles || what%2 == 0)
	case !there:
	case what == 0:
		d.f.remove(provider, "", p)
	case what == 1:
		d.f.set(provider, "", p, "/config/issuer_url", "https://"+strings.ToLower(name)+".example")
	case what == 2 && toggles:
		d.f.scim(p, listed == nil)
	case listed == nil:
	case what < 7:
		d.f.user(p, id, name, id+"@acme.example")
	case what == 7 && listed[id] != nil:
		d.f.set(users, p, id, "/active", rapid.Bool().Draw(d.T, "active"))
	case what == 8:
		d.f.group(p, id, name)
	case what == 9:
		d.f.remove(groups, p, id)
	default:
		d.f.remove(users, p, id)
	}
}

// history draws some nights. With trouble lists fail, and SCIM is switched on and off.
func history(t *rapid.T, trouble bool) *fake {
	f := newFake()
	d := drawn{t, f}
	for range rapid.IntRange(2, 9).Draw(t, "nights") {
		for range rapid.IntRange(0, 5).Draw(t, "things") {
			d.something(trouble)
		}
		for _, c := range slices.SortedFunc(maps.Keys(f.target), compareCollections) {
			if trouble && c.Kind != snapshot.Organization && rapid.IntRange(0, 4).Draw(t, "fails "+c.String()) == 0 {
				f.fail(c.Kind, c.Provider, "no luck")
			}
		}
		f.night()
	}
	return f
}

func told(action diff.Action, c snapshot.Collection, id string, fields []diff.Field) string {
	var b strings.Builder
	fmt.Fprint(&b, action, " ", c, " ", id)
	for _, f := range fields {
		fmt.Fprintf(&b, " %s %s>%s %s", f.Path, f.Old, f.New, f.Severity)
	}
	return b.String()
}

func TestOfWholeNightsAWalkIsTheDiffOfNeighbours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := history(t, false)
		i := 0
		for n, err := range audit.Walk(context.Background(), f, f.all()) {
			if err != nil {
				t.Fatalf("%v", err)
			}
			if i++; i == 1 {
				continue
			}
			var want, have []string
			for _, ch := range direct(t, f, i-2, i-1) {
				want = append(want, told(ch.Action, ch.Collection, ch.ID, ch.Fields))
			}
			for _, ch := range n.Changes {
				have = append(have, told(ch.Action, ch.Collection, ch.ID, ch.Fields))
				if ch.Before.ID != f.snapshots[i-2].ID || ch.After.ID != f.snapshots[i-1].ID {
					t.Fatalf("%s is not between neighbours", ch.ID)
				}
			}
			if !slices.Equal(want, have) || len(n.NotCompared) > 0 {
				t.Fatalf("night %d: %q, want %q; %v", i, have, want, n.NotCompared)
			}
		}
		if i != len(f.snapshots) {
			t.Fatalf("%d nights of %d", i, len(f.snapshots))
		}
	})
}

// direct compares two snapshots as the diff command does.
func direct(t helper, f *fake, a, b int) []diff.Change {
	t.Helper()
	side := func(i int) diff.State {
		sn := f.snapshots[i]
		return diff.State{Snapshot: sn, Providers: f.held[sn.ID][snapshot.Collection{Kind: provider}]}
	}
	every := func(snapshot.Collection) bool { return true }
	pairs := f.DifferencesIn(context.Background(), f.snapshots[a].ID, f.snapshots[b].ID, every)
	r, err := diff.Compare(side(a), side(b), pairs, diff.Options{Brief: true})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return r.Changes
}

// follower believes what a walk tells, and nothing else: the lists that it keeps are
// at any time what was read last.
type follower struct {
	*rapid.T
	f     *fake
	lists map[snapshot.Collection]map[string]string // settings by id
	read  map[snapshot.Collection]string            // the snapshot that each was last read by
}

func (w *follower) settings(r snapshot.Resource) string {
	d, err := snapshot.Settings(r.Kind, r.Document)
	if err != nil {
		w.Fatalf("%v", err)
	}
	return string(d)
}

// begin takes a list for what it is, as nobody knows what it was.
func (w *follower) begin(sn *snapshot.Snapshot, c snapshot.Collection) {
	w.lists[c], w.read[c] = map[string]string{}, sn.ID
	for _, r := range w.f.held[sn.ID][c] {
		w.lists[c][r.ID] = w.settings(r)
	}
}

func (w *follower) change(ch audit.Change) {
	list := w.lists[ch.Collection]
	if ch.Before.ID != w.read[ch.Collection] {
		w.Fatalf("%s %s: its list was last read on another night than %s", ch.Action, ch.ID, date(ch.Before))
	}
	if _, ok := list[ch.ID]; ok == (ch.Action == diff.Added) {
		w.Fatalf("%s is %s, and there: %v", ch.ID, ch.Action, ok)
	}
	if ch.Kind == provider && ch.Action == diff.Added { // until then there was nobody in its lists
		for _, k := range []snapshot.Kind{users, groups} {
			c := snapshot.Collection{Kind: k, Provider: ch.ID}
			w.lists[c], w.read[c] = map[string]string{}, ch.Before.ID
		}
	}
	delete(list, ch.ID)
	for _, r := range w.f.held[ch.After.ID][ch.Collection] {
		if r.ID == ch.ID {
			list[ch.ID] = w.settings(r)
		}
	}
}

// check compares what was told of a night with what the night read.
func (w *follower) check(sn *snapshot.Snapshot) {
	for _, c := range sn.Captures {
		if c.Status != snapshot.Complete {
			continue
		}
		have := w.lists[c.Collection]
		if len(have) != c.Count {
			w.Fatalf("%s, %s: told of %d, there are %d", date(sn), c.Collection, len(have), c.Count)
		}
		for _, r := range w.f.held[sn.ID][c.Collection] {
			if have[r.ID] != w.settings(r) {
				w.Fatalf("%s, %s %s: told of %s, it is %s", date(sn), c.Collection, r.ID, have[r.ID], w.settings(r))
			}
		}
		w.read[c.Collection] = sn.ID
	}
	providers := snapshot.Collection{Kind: provider}
	if w.read[providers] != sn.ID {
		return
	}
	for c, have := range w.lists {
		if _, ok := w.lists[providers][c.Provider]; c.Kind.IsSCIM() && !ok {
			if len(have) > 0 {
				w.Fatalf("%s: the provider is gone, and nobody told of %d of %s", date(sn), len(have), c)
			}
			w.read[c] = sn.ID // there is nobody: so much is known
		}
	}
}

func TestWhatAWalkTellsAddsUpToWhatThereIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := history(t, true)
		w := &follower{t, f, map[snapshot.Collection]map[string]string{}, map[snapshot.Collection]string{}}
		for n, err := range audit.Walk(context.Background(), f, f.all()) {
			if err != nil {
				t.Fatalf("%v", err)
			}
			dark := map[snapshot.Collection]bool{}
			for _, nc := range n.NotCompared {
				dark[nc.Collection] = true
			}
			for _, ch := range n.Changes {
				if dark[ch.Collection] {
					t.Fatalf("%s %s, of a list that was not compared", ch.Action, ch.ID)
				}
				w.change(ch)
			}
			for _, c := range n.Snapshot.Captures {
				_, known := w.lists[c.Collection]
				switch {
				case c.Status != snapshot.Complete:
					if !n.First && !dark[c.Collection] {
						t.Fatalf("%s: %s failed, and nobody says so", date(n.Snapshot), c.Collection)
					}
				case dark[c.Collection] && known:
					t.Fatalf("%s: %s was read, and before that, too", date(n.Snapshot), c.Collection)
				case dark[c.Collection] || n.First:
					w.begin(n.Snapshot, c.Collection)
				}
			}
			w.check(n.Snapshot)
		}
	})
}

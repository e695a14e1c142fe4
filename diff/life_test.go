package diff_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// history is what a store makes of sides, night by night: the snapshots, and the
// versions by resource and age.
func history(nights ...*side) ([]snapshot.Snapshot, []snapshot.Version) {
	var snapshots []snapshot.Snapshot
	var versions []snapshot.Version
	open := map[string]int{} // index in versions
	for i, s := range nights {
		sn := s.state("").Snapshot
		sn.ID, sn.TakenAt = fmt.Sprint("night ", i), noon.AddDate(0, 0, i)
		snapshots = append(snapshots, sn)
		seen := map[string]bool{}
		for _, r := range s.others() {
			key := r.String() + " " + r.ID
			seen[key] = true
			if at, ok := open[key]; ok {
				if bytes.Equal(versions[at].Document, r.Document) {
					continue
				}
				versions[at].Until = sn.ID
			}
			open[key] = len(versions)
			versions = append(versions, snapshot.Version{Resource: r, From: sn.ID})
		}
		for key, at := range open {
			if c, _ := sn.Capture(versions[at].Collection); c.Status == snapshot.Complete && !seen[key] {
				versions[at].Until = sn.ID
				delete(open, key)
			}
		}
	}
	slices.SortStableFunc(versions, func(a, b snapshot.Version) int { return snapshot.CompareResources(a.Resource, b.Resource) })
	return snapshots, versions
}

// tells writes the life of one resource down, an event a line.
func tells(t *testing.T, id string, o diff.Options, nights ...*side) []string {
	t.Helper()
	snapshots, versions := history(nights...)
	lives, err := diff.Lives(snapshots, versions, func(r snapshot.Resource) bool { return r.ID == id || r.Name() == id }, o)
	if err != nil || len(lives) != 1 {
		t.Fatalf("%d lives, %v", len(lives), err)
	}
	l := lives[0]
	var lines []string
	night := func(sn *snapshot.Snapshot) string {
		if sn == nil {
			return "?"
		}
		return strings.TrimPrefix(sn.ID, "night ")
	}
	for _, e := range l.Events {
		line := strings.TrimSpace(fmt.Sprintf("%s > %s %s %s %s", night(e.Before), night(e.After), e.Action, e.Severity, e.Rule))
		if e.Action == diff.Changed {
			for _, f := range e.Fields {
				line += fmt.Sprintf(" %s %s > %s", f.Path, or(f.Old), or(f.New))
			}
		}
		for _, g := range e.Gaps {
			line += fmt.Sprintf("; %s: %s", night(g.Snapshot), g.Reason)
		}
		lines = append(lines, line)
	}
	return append(lines, fmt.Sprintf("%d looks, %d gaps, last %s, there %t", l.Looks, l.Gaps, night(l.LastLook), l.Present))
}

func TestLives(t *testing.T) {
	at := func() *side { return world("one").provider(snapshot.Okta, "p", "Okta", nil).scim("p") }
	ada := func(name, modified string) *side {
		return at().user("p", "u", tree{"displayName": quote(name), "meta": tree{"lastModified": quote(modified)}})
	}
	none := func() *side { return world("one") }
	for name, c := range map[string]struct {
		nights []*side
		want   []string
	}{
		"there at the first look": {[]*side{ada("A", "1"), ada("A", "1")}, []string{"? > 0 added info", "2 looks, 0 gaps, last 1, there true"}},
		"appeared":                {[]*side{at(), ada("A", "1")}, []string{"0 > 1 added info user-joined", "2 looks, 0 gaps, last 1, there true"}},
		"changed": {
			[]*side{ada("A", "1"), ada("A", "1"), ada("B", "2"), ada("B", "2")},
			[]string{"? > 0 added info", `1 > 2 changed info /displayName "A" > "B"`, "4 looks, 0 gaps, last 3, there true"},
		},
		"only synced": {[]*side{ada("A", "1"), ada("A", "2"), ada("A", "3")}, []string{"? > 0 added info", "3 looks, 0 gaps, last 2, there true"}},
		"gone, and came back": {
			[]*side{ada("A", "1"), at(), at(), ada("A", "1"), at()},
			[]string{"? > 0 added info", "0 > 1 removed info user-left", "2 > 3 added info user-joined", "3 > 4 removed info user-left", "5 looks, 0 gaps, last 4, there false"},
		},
		"nobody looked in between": {
			[]*side{ada("A", "1"), ada("A", "1").capture(user, "p", snapshot.Failed), ada("A", "1").capture(user, "p", snapshot.Skipped), ada("B", "1")},
			[]string{"? > 0 added info", `0 > 3 changed info /displayName "A" > "B"; 1: failed: no luck; 2: skipped: no luck`, "2 looks, 2 gaps, last 3, there true"},
		},
		"nobody looked, and nothing happened": {
			[]*side{ada("A", "1"), ada("A", "1").capture(user, "p", snapshot.Failed), ada("A", "1"), ada("B", "1")},
			[]string{"? > 0 added info", `2 > 3 changed info /displayName "A" > "B"`, "3 looks, 1 gaps, last 3, there true"},
		},
		"nobody looked at first, nor at last": {
			[]*side{ada("A", "1").drop(user, "p"), ada("A", "1"), ada("A", "1").capture(user, "p", snapshot.Failed)},
			[]string{"? > 1 added info; 0: not read, as SCIM is off there", "1 looks, 2 gaps, last 1, there true"},
		},
		"gone with its provider, and back with it": {
			[]*side{none(), ada("A", "1"), none(), none(), ada("A", "1")},
			[]string{"0 > 1 added info user-joined", "1 > 2 removed info user-left", "3 > 4 added info user-joined", "5 looks, 0 gaps, last 4, there true"},
		},
		"the providers were not read": {
			[]*side{ada("A", "1"), none().capture(snapshot.IdentityProvider, "", snapshot.Failed), none()},
			[]string{"? > 0 added info", "0 > 2 removed info user-left; 1: not read, as the providers were not", "2 looks, 1 gaps, last 2, there false"},
		},
		"SCIM off": {
			[]*side{ada("A", "1"), at().drop(user, "p"), at()},
			[]string{"? > 0 added info", "0 > 2 removed info user-left; 1: not read, as SCIM is off there", "2 looks, 1 gaps, last 2, there false"},
		},
	} {
		if d := cmp.Diff(c.want, tells(t, "u", diff.Options{}, c.nights...)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	want := []string{"? > 0 added info", `0 > 1 changed info /meta/lastModified "1" > "2"`, "2 looks, 0 gaps, last 1, there true"}
	if d := cmp.Diff(want, tells(t, "u", diff.Options{AllFields: true}, ada("A", "1"), ada("A", "2"))); d != "" {
		t.Errorf("with all fields: %s", d)
	}
	want = []string{"? > 0 added info", "2 looks, 0 gaps, last 1, there true"}
	if d := cmp.Diff(want, tells(t, "u", diff.Options{Ignore: []string{"/displayName"}}, ada("A", "1"), ada("B", "2"))); d != "" {
		t.Errorf("without names: %s", d)
	}
}

func TestAProvidersLifeIsFoundByAnyOfItsNames(t *testing.T) {
	named := func(name string) *side {
		return world("one").provider(snapshot.Okta, "p", name, nil).provider(snapshot.SAML, "q", "Other", nil)
	}
	nights := []*side{named("Old"), named("New"), world("one")}
	want := []string{"? > 0 added info", `0 > 1 changed medium /name "Old" > "New"`, "1 > 2 removed critical provider-removed", "3 looks, 0 gaps, last 2, there false"}
	for _, name := range []string{"Old", "New", "p"} {
		if d := cmp.Diff(want, tells(t, name, diff.Options{}, nights...)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	rules := diff.Options{Rules: with(t, diff.Rule{Name: "provider-removed", Severity: diff.Low})}
	if got := tells(t, "p", rules, nights...)[2]; got != "1 > 2 removed low provider-removed" {
		t.Error(got)
	}
}

func TestALifeIsToldAsItWasLastSeen(t *testing.T) {
	at := func(provider string) *side {
		s := world("one").provider(snapshot.Okta, "p", provider, nil).scim("p")
		for i := range s.snapshot.Captures {
			if s.snapshot.Captures[i].Kind.IsSCIM() {
				s.snapshot.Captures[i].ProviderName = provider
			}
		}
		return s
	}
	snapshots, versions := history(
		at("Old").user("p", "u", tree{"displayName": `"A"`}),
		at("New").user("p", "u", tree{"displayName": `"B"`, "meta": tree{"lastModified": `"m"`}}),
		world("one"),
	)
	lives, err := diff.Lives(snapshots, versions, func(r snapshot.Resource) bool { return r.Kind == user }, diff.Options{})
	if err != nil || len(lives) != 1 {
		t.Fatal(len(lives), err)
	}
	l := lives[0]
	if l.Name() != "B" || l.ProviderName != "New" || l.Target != snapshots[0].Target || l.Events[1].Modified != "m" || l.Events[2].Modified != "m" {
		t.Errorf("%+v", l)
	}
	versions[0].Document = snapshot.Document("no JSON")
	if _, err := diff.Lives(snapshots, versions, func(snapshot.Resource) bool { return true }, diff.Options{}); err == nil {
		t.Error("a document that is none has a life")
	}
	if lives, err := diff.Lives(nil, nil, nil, diff.Options{}); err != nil || len(lives) > 0 {
		t.Errorf("%v, %v", lives, err)
	}
}

// A snapshot may be recorded between the reading of the list of snapshots and that of
// the versions: what only it saw is not told of, rather than told of as gone.
func TestWhatOnlyANewerSnapshotSawIsNotTold(t *testing.T) {
	listed := []snapshot.Snapshot{{ID: "1", Captures: []snapshot.Capture{
		{Collection: snapshot.Collection{Kind: snapshot.IdentityProvider}, Status: snapshot.Complete},
	}}}
	newer := snapshot.Version{From: "2", Resource: snapshot.Resource{
		Collection: snapshot.Collection{Kind: snapshot.IdentityProvider}, ID: "p", Document: snapshot.Document(`{"id":"p","name":"P"}`),
	}}
	all := func(snapshot.Resource) bool { return true }
	lives, err := diff.Lives(listed, []snapshot.Version{newer}, all, diff.Options{})
	if err != nil || len(lives) > 0 {
		t.Errorf("%+v, %v", lives, err)
	}
	listed[0].Captures[0].Status = snapshot.Failed
	if lives, err = diff.Lives(listed, []snapshot.Version{newer}, all, diff.Options{}); err != nil || len(lives) > 0 {
		t.Errorf("nobody looked: %+v, %v", lives, err)
	}
}

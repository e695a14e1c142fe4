package storetest

import (
	"bytes"
	"context"
	"maps"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/snapshot"
)

// says matches documents that have the text in them.
func says(s string) func(snapshot.Resource) bool {
	return func(r snapshot.Resource) bool { return bytes.Contains(r.Document, []byte(s)) }
}

// versions checks what a search for the text gives: document, and the numbers of
// the nights from and until, 0 for none.
func versions(t *testing.T, h History, target snapshot.Target, s string, nights []snapshot.Snapshot, want ...lifetime) {
	t.Helper()
	list, err := h.Versions(context.Background(), target, says(s))
	if err != nil {
		t.Fatal(err)
	}
	number := map[string]int{}
	for i, sn := range nights {
		number[sn.ID] = i + 1
	}
	var got []lifetime
	for _, v := range list {
		got = append(got, lifetime{string(v.Document), number[v.From], number[v.Until]})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("versions with %q (-want +got):\n%s", s, diff)
	}
}

type lifetime struct {
	Document    string
	From, Until int
}

func renamed(t *testing.T, h History) {
	t.Helper()
	var nights []snapshot.Snapshot
	for n, name := range []string{"Old", "Old", "", "New", "Newer"} {
		lists := map[snapshot.Collection]list{providers: {}}
		if name != "" { // else the list could not be read
			lists[users] = list{"a": user("a", name), "b": user("b", "Other")}
		}
		nights = append(nights, night(t, h, Account, start.AddDate(0, 0, n), lists))
	}
	whole := []lifetime{{user("a", "Old"), 1, 4}, {user("a", "New"), 4, 5}, {user("a", "Newer"), 5, 0}}
	versions(t, h, Account, "Old", nights, whole...)
	versions(t, h, Account, "Newer", nights, whole...)
	versions(t, h, Account, "never there", nights)
}

func gone(t *testing.T, h History) {
	t.Helper()
	var nights []snapshot.Snapshot
	for n, there := range []bool{true, false, true, false} {
		l := someUsers(3)
		if there {
			l["a"] = user("a", "A")
		}
		lists := map[snapshot.Collection]list{users: l}
		if n == 3 { // the first night that another list is read
			lists[providers] = list{"a": `{"id":"a","name":"A"}`}
		}
		nights = append(nights, night(t, h, Account, start.AddDate(0, 0, n), lists))
	}
	versions(t, h, Account, `"id":"a"`, nights,
		lifetime{`{"id":"a","name":"A"}`, 4, 0}, lifetime{user("a", "A"), 1, 2}, lifetime{user("a", "A"), 3, 4})
}

// recordedMeanwhile takes a snapshot while the history is being searched.
func recordedMeanwhile(t *testing.T, h History) {
	t.Helper()
	l := someUsers(17_000)
	first := night(t, h, Account, start, map[snapshot.Collection]list{users: l})
	later := maps.Clone(l)
	n := 0
	for id := range later {
		if n++; n%50 == 0 {
			later[id] = user(id, "Later")
		}
	}
	lists := map[snapshot.Collection]list{users: later}
	var once sync.Once
	found, err := h.Versions(context.Background(), Account, func(snapshot.Resource) bool {
		once.Do(func() { night(t, h, Account, start.AddDate(0, 0, 1), lists) })
		return true
	})
	if err != nil || len(found) != len(l) {
		t.Fatalf("%d versions, %v", len(found), err)
	}
	for _, v := range found {
		if v.From != first.ID || v.Until != "" || string(v.Document) != l[v.ID] {
			t.Fatalf("%s from %s until %q", text(&v.Resource), v.From, v.Until)
		}
	}
}

func otherTargets(t *testing.T, h History) {
	t.Helper()
	zone := snapshot.Target{Scope: snapshot.Zone, ID: "z1"}
	a := night(t, h, Account, start, map[snapshot.Collection]list{providers: {"p": `{"id":"p","name":"Okta"}`}})
	z := night(t, h, zone, start, map[snapshot.Collection]list{providers: {"p": `{"id":"p","name":"Okta Z"}`}})
	nights := []snapshot.Snapshot{a, z}
	versions(t, h, Account, "Okta", nights, lifetime{`{"id":"p","name":"Okta"}`, 1, 0})
	versions(t, h, zone, "Okta", nights, lifetime{`{"id":"p","name":"Okta Z"}`, 2, 0})
	versions(t, h, snapshot.Target{Scope: snapshot.Zone, ID: "none"}, "Okta", nights)
}

package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/snapshot"
)

// membersAgree checks that the members of a target's snapshots are what their
// listings give, each with the first night that lists it. Nights are oldest first.
func membersAgree(t helper, h History, nights []snapshot.Snapshot, listings map[string][]snapshot.Resource) {
	t.Helper()
	type name struct {
		snapshot.Collection
		id string
	}
	firsts := map[name]string{}
	for _, sn := range nights {
		var want []snapshot.Member
		for _, r := range listings[sn.ID] {
			of := name{r.Collection, r.ID}
			if firsts[of] == "" {
				firsts[of] = sn.ID
			}
			want = append(want, snapshot.Member{Resource: r, First: firsts[of]})
		}
		for _, kinds := range [][]snapshot.Kind{nil, {snapshot.SCIMUser}} {
			want := slices.DeleteFunc(slices.Clone(want), func(m snapshot.Member) bool {
				return len(kinds) > 0 && !slices.Contains(kinds, m.Kind)
			})
			if diff := differing(memberLines(want), memberLines(members(t, h, sn, kinds...))); diff != "" {
				t.Fatalf("members of %s (-listings +got):\n%s", snapshot.ShortID(sn.ID), diff)
			}
		}
	}
}

func members(t helper, h History, sn snapshot.Snapshot, kinds ...snapshot.Kind) (list []snapshot.Member) {
	t.Helper()
	for m, err := range h.Members(context.Background(), sn.ID, kinds...) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, m)
	}
	return list
}

func memberLines(list []snapshot.Member) (lines []string) {
	for _, m := range list {
		lines = append(lines, text(&m.Resource)+", first in "+snapshot.ShortID(m.First))
	}
	return lines
}

// partsAgree checks that the differences of a part of the collections are those of all,
// without the others'. Of the parts, which are many for all pairs of many nights, it
// takes the one of that number, and begins again after the last.
func partsAgree(t helper, h History, a, b snapshot.Snapshot, all []snapshot.Pair, number int) {
	t.Helper()
	ctx := context.Background()
	parts := []struct {
		name   string
		wanted func(snapshot.Collection) bool
		kinds  []snapshot.Kind // instead of wanted
	}{
		{"a kind", func(c snapshot.Collection) bool { return c.Kind == users.Kind }, []snapshot.Kind{users.Kind}},
		{"one provider", func(c snapshot.Collection) bool { return c.Provider == users.Provider }, nil},
		{"one list", func(c snapshot.Collection) bool { return c == users }, nil},
		{"none", func(snapshot.Collection) bool { return false }, nil},
		{"all", func(snapshot.Collection) bool { return true }, nil},
	}
	part := parts[number%len(parts)]
	want := slices.DeleteFunc(slices.Clone(all), func(p snapshot.Pair) bool {
		if p.A != nil {
			return !part.wanted(p.A.Collection)
		}
		return !part.wanted(p.B.Collection)
	})
	seq := h.DifferencesIn(ctx, a.ID, b.ID, part.wanted)
	if part.kinds != nil {
		seq = h.Differences(ctx, a.ID, b.ID, part.kinds...)
	}
	var got []snapshot.Pair
	for p, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, p)
	}
	if diff := differing(texts(want), texts(got)); diff != "" {
		t.Fatalf("differences of %s and %s, of %s (-filtered +got):\n%s", snapshot.ShortID(a.ID), snapshot.ShortID(b.ID), part.name, diff)
	}
}

// firstSeen checks who was first seen when, in cases that people ask about.
func firstSeen(t *testing.T, h History, errNoSnapshot error) {
	t.Helper()
	var nights []snapshot.Snapshot
	for n, read := range []map[snapshot.Collection]list{
		{users: {"stays": user("stays", "S"), "leaves": user("leaves", "L"), "renamed": user("renamed", "R")}},
		{users: {"stays": user("stays", "S"), "renamed": user("renamed", "R2")}},
		{}, // could not be read: nobody left
		{users: {"stays": user("stays", "S"), "renamed": user("renamed", "R3"), "new": user("new", "N"), "leaves": user("leaves", "back")}},
	} {
		nights = append(nights, night(t, h, Account, start.AddDate(0, 0, n), read))
	}
	firsts := map[string]string{}
	for _, m := range members(t, h, nights[3]) {
		firsts[m.ID] = m.First
	}
	want := map[string]string{"stays": nights[0].ID, "leaves": nights[0].ID, "renamed": nights[0].ID, "new": nights[3].ID}
	if diff := cmp.Diff(want, firsts); diff != "" {
		t.Errorf("first seen (-want +got):\n%s", diff)
	}
	if got := members(t, h, nights[2]); len(got) != 0 {
		t.Errorf("of a list that was not read: %v", memberLines(got))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := failure(h.Members(ctx, nights[3].ID)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for _, id := range []string{"00" + nights[0].ID[2:], "no number", "", snapshot.ShortID(nights[0].ID)} {
		if err := failure(h.Members(context.Background(), id)); !errors.Is(err, errNoSnapshot) {
			t.Errorf("%q: %v, want %v", id, err, errNoSnapshot)
		}
	}
}

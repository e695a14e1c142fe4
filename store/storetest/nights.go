package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/snapshot"
)

func saveThenLoad(t *testing.T, h History) {
	t.Helper()
	l := list{"b": `{"id":"b","n":2.50,"x":"<&>\u2028é"}`, "a": `{"big":9007199254740993,"id":"a"}`}
	sn := night(t, h, Account, start, map[snapshot.Collection]list{providers: l})
	counts(t, sn, providers, "2 +2 ~0 -0")
	holds(t, h, sn, providers, l)
	listed, err := h.Snapshots(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]snapshot.Snapshot{sn}, listed); diff != "" {
		t.Errorf("listed (-saved +listed):\n%s", diff)
	}
}

func eachNightIsAsItWas(t *testing.T, h History) {
	t.Helper()
	l := someUsers(300)
	var nights []snapshot.Snapshot
	var held []list
	for n := range 12 {
		if n > 0 {
			next := list{}
			i := 0
			for id, json := range l {
				switch i++; {
				case i%17 == n%17: // leaves
				case i%5 == n%5:
					next[id] = strings.Replace(json, "User", "Used", 1)
				default:
					next[id] = json
				}
			}
			id := fmt.Sprintf("new-%d", n)
			next[id] = user(id, "New")
			l = next
		}
		held = append(held, l)
		nights = append(nights, night(t, h, Account, start.AddDate(0, 0, n), map[snapshot.Collection]list{users: l}))
	}
	for n, sn := range nights {
		holds(t, h, sn, users, held[n])
	}
}

func unchangedNight(t *testing.T, h History) {
	t.Helper()
	l := someUsers(250)
	first := night(t, h, Account, start, map[snapshot.Collection]list{users: l})
	second := night(t, h, Account, start.AddDate(0, 0, 1), map[snapshot.Collection]list{users: l})
	counts(t, second, users, "250 +0 ~0 -0")
	if a, b := first.Captures[0].Digest, second.Captures[0].Digest; a != b {
		t.Errorf("digests differ: %s, %s", a, b)
	}
	if first.ID == second.ID {
		t.Error("two snapshots have one id")
	}
}

func maskedSecrets(t *testing.T, h History) {
	t.Helper()
	want := list{"a": `{"config":{"client_id":"c"},"id":"a"}`}
	for n, masked := range []string{`"client_secret":""`, `"client_secret":null`, `"client_secret":"****"`, `"client_secret":"**********************************"`} {
		l := list{"a": `{"id":"a","config":{"client_id":"c",` + masked + `}}`}
		sn := night(t, h, Account, start.AddDate(0, 0, n), map[snapshot.Collection]list{providers: l})
		if n > 0 {
			counts(t, sn, providers, "1 +0 ~0 -0")
		}
		holds(t, h, sn, providers, want)
	}
}

func secretsAreNotKept(t *testing.T, h History) {
	t.Helper()
	l := list{"a": `{"id":"a","config":{"client_secret":"hunter2","api_token":"hunter2"},"scim_config":{"secret":"hunter2"}}`}
	sn := night(t, h, Account, start, map[snapshot.Collection]list{providers: l})
	holds(t, h, sn, providers, list{"a": `{"config":{"api_token":"(redacted)","client_secret":"(redacted)"},"id":"a","scim_config":{"secret":"(redacted)"}}`})
	l["a"] = `{"id":"a","config":{},"scim_config":{"secret":null}}`
	sn = night(t, h, Account, start.AddDate(0, 0, 1), map[snapshot.Collection]list{providers: l})
	counts(t, sn, providers, "1 +0 ~0 -0")
}

func lastModifiedIsNoChange(t *testing.T, h History) {
	t.Helper()
	l := list{"a": `{"id":"a","meta":{"lastModified":"2026-01-01T00:00:00Z"}}`}
	night(t, h, Account, start, map[snapshot.Collection]list{users: l})
	l = list{"a": `{"id":"a","meta":{"lastModified":"2026-02-01T00:00:00Z"}}`}
	sn := night(t, h, Account, start.AddDate(0, 0, 1), map[snapshot.Collection]list{users: l})
	counts(t, sn, users, "1 +0 ~0 -0")
	holds(t, h, sn, users, l)
}

func missedCapture(t *testing.T, h History) {
	t.Helper()
	l := someUsers(10)
	p := list{"p": `{"id":"p"}`}
	night(t, h, Account, start, map[snapshot.Collection]list{users: l, providers: p})
	partial := night(t, h, Account, start.AddDate(0, 0, 1), map[snapshot.Collection]list{providers: p})
	holds(t, h, partial, users, list{})
	third := night(t, h, Account, start.AddDate(0, 0, 2), map[snapshot.Collection]list{users: l, providers: p})
	counts(t, third, users, "10 +0 ~0 -0")
}

func manyResources(t *testing.T, h History) {
	t.Helper()
	for n, size := range []int{5000, 5100, 100, 0, 9000} {
		l := someUsers(size)
		sn := night(t, h, Account, start.AddDate(0, 0, n), map[snapshot.Collection]list{users: l})
		holds(t, h, sn, users, l)
	}
}

func comesBack(t *testing.T, h History) {
	t.Helper()
	with, without := someUsers(3), someUsers(2)
	for n, l := range []list{with, without, with, without, with} {
		sn := night(t, h, Account, start.AddDate(0, 0, n), map[snapshot.Collection]list{users: l})
		holds(t, h, sn, users, l)
	}
}

func targetsAreApart(t *testing.T, h History) {
	t.Helper()
	zone := snapshot.Target{Scope: snapshot.Zone, ID: "z1"}
	a := night(t, h, Account, start, map[snapshot.Collection]list{providers: {"a": `{"id":"a"}`}})
	z := night(t, h, zone, start, map[snapshot.Collection]list{providers: {"z": `{"id":"z"}`}})
	counts(t, z, providers, "1 +1 ~0 -0")
	holds(t, h, a, providers, list{"a": `{"id":"a"}`})
	holds(t, h, z, providers, list{"z": `{"id":"z"}`})
}

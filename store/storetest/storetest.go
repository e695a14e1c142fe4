// Package storetest is the suite that every implementation of a history passes.
package storetest

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/snapshot"
)

// History is what a history can do, as its users know it.
type History interface {
	Begin(ctx context.Context, t snapshot.Target) (Draft, error)
	Snapshots(ctx context.Context) ([]snapshot.Snapshot, error)
	Resources(ctx context.Context, id string, kinds ...snapshot.Kind) iter.Seq2[snapshot.Resource, error]
	Verify(ctx context.Context) (snapshot.Verification, error)
}

// Draft is a snapshot that is being taken.
type Draft interface {
	snapshot.Recorder
	Commit(ctx context.Context, sn snapshot.Snapshot) (snapshot.Snapshot, error)
}

// Run runs the suite on histories that open makes, each new and empty.
func Run(t *testing.T, open func(t *testing.T) History, errMoved error) {
	t.Helper()
	for name, test := range map[string]func(t *testing.T, h History){
		"SaveThenLoadIsIdentity":         saveThenLoad,
		"EachNightIsAsItWas":             eachNightIsAsItWas,
		"UnchangedNightCountsNothing":    unchangedNight,
		"MaskedSecretsAreAbsence":        maskedSecrets,
		"SecretsAreNotKept":              secretsAreNotKept,
		"LastModifiedIsNoChange":         lastModifiedIsNoChange,
		"MissedCaptureLeavesNoHole":      missedCapture,
		"RestartForgets":                 restartForgets,
		"FirstOfTwoWithOneIDCounts":      firstCounts,
		"ComesBackAfterLeaving":          comesBack,
		"ManyResources":                  manyResources,
		"SameSetSameDigest":              sameSetSameDigest,
		"TargetsAreApart":                targetsAreApart,
		"BadDocumentIsRefused":           badDocument,
		"SecondOfTwoDraftsIsRefused":     func(t *testing.T, h History) { t.Helper(); secondDraft(t, h, errMoved) },
		"UnfinishedReadingIsNoCapture":   unfinished,
		"SnapshotKeepsItsOwnParticulars": particulars,
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t)
			test(t, h)
			verify(t, h)
		})
	}
}

// Account is the target of most of the suite.
var Account = snapshot.Target{Scope: snapshot.Account, ID: "a1b2c3"}

var (
	users     = snapshot.Collection{Kind: snapshot.SCIMUser, Provider: "11111111-1111-4111-8111-111111111111"}
	providers = snapshot.Collection{Kind: snapshot.IdentityProvider}
	start     = time.Date(2026, 6, 1, 3, 0, 0, 0, time.UTC)
)

// list is what a collection holds: JSON by id.
type list map[string]string

func (l list) pages(size int) [][]snapshot.Element {
	var all []snapshot.Element
	for id, json := range l {
		all = append(all, snapshot.Element{ID: id, JSON: []byte(json)})
	}
	var pages [][]snapshot.Element
	for ; len(all) > size; all = all[size:] {
		pages = append(pages, all[:size])
	}
	return append(pages, all)
}

// night records lists as one snapshot of the target.
func night(t *testing.T, h History, target snapshot.Target, at time.Time, lists map[snapshot.Collection]list) snapshot.Snapshot {
	t.Helper()
	ctx := context.Background()
	d, err := h.Begin(ctx, target)
	if err != nil {
		t.Fatal(err)
	}
	sn := snapshot.Snapshot{Target: target, TakenAt: at, FinishedAt: at.Add(time.Minute), Tool: "test", Host: "api.test"}
	for c, l := range lists {
		r, err := d.Open(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range l.pages(100) {
			if _, err := r.Page(page); err != nil {
				t.Fatal(err)
			}
		}
		capture, err := r.Finish(ctx)
		if err != nil {
			t.Fatal(err)
		}
		capture.Status = snapshot.Complete
		sn.Captures = append(sn.Captures, capture)
	}
	sn, err = d.Commit(ctx, sn)
	if err != nil {
		t.Fatal(err)
	}
	return sn
}

// holds checks that the snapshot has exactly these documents in the collection.
func holds(t *testing.T, h History, sn snapshot.Snapshot, c snapshot.Collection, want list) {
	t.Helper()
	got := list{}
	last := ""
	for r, err := range h.Resources(context.Background(), sn.ID, c.Kind) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Collection != c {
			continue
		}
		if r.ID <= last {
			t.Errorf("%s comes after %s", r.ID, last)
		}
		last = r.ID
		got[r.ID] = string(r.Document)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s in snapshot %s (-want +got):\n%s", c, snapshot.ShortID(sn.ID), diff)
	}
}

func verify(t *testing.T, h History) {
	t.Helper()
	v, err := h.Verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range v.Problems {
		t.Errorf("verify: %s: %s", p.Where, p.What)
	}
}

func counts(t *testing.T, sn snapshot.Snapshot, c snapshot.Collection, want string) {
	t.Helper()
	capture, ok := sn.Capture(c)
	if !ok {
		t.Fatalf("no capture of %s", c)
	}
	if got := fmt.Sprintf("%d +%d ~%d -%d", capture.Count, capture.Added, capture.Changed, capture.Removed); got != want {
		t.Errorf("%s: counts %s, want %s", c, got, want)
	}
}

func user(id, name string) string {
	return fmt.Sprintf(`{"active":true,"displayName":%q,"id":%q}`, name, id)
}

func someUsers(n int) list {
	l := list{}
	for i := range n {
		id := fmt.Sprintf("%08d-aaaa-4aaa-8aaa-aaaaaaaaaaaa", i*7919)
		l[id] = user(id, fmt.Sprint("User ", i))
	}
	return l
}

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

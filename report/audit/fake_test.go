package audit_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/report/audit"
	"github.com/idpsnap/idpsnap/snapshot"
)

// fake is an account and its history, in memory. What is done to the account is seen
// by the snapshots from the next night on.
type fake struct {
	target map[snapshot.Collection]map[string]object // as it is now
	snags  map[snapshot.Collection]snapshot.Capture  // what the next night does not read

	at        time.Time // of the next night
	snapshots []snapshot.Snapshot
	forgotten []snapshot.Forgotten
	held      map[string]map[snapshot.Collection][]snapshot.Resource // by snapshot
	listed    map[string]int                                         // how often a snapshot's resources were listed
	broken    error                                                  // what every read ends in
}

// object is a JSON object.
type object map[string]any

var acme = snapshot.Target{Scope: snapshot.Account, ID: "0123456789abcdef0123456789abcdef"}

// firstNight is when a fake's first snapshot is taken; others follow each day.
var firstNight = time.Date(2026, 6, 1, 2, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

// newFake is an account with an organization, and nothing else.
func newFake() *fake {
	f := &fake{
		target: map[snapshot.Collection]map[string]object{},
		snags:  map[snapshot.Collection]snapshot.Capture{},
		at:     firstNight,
		held:   map[string]map[snapshot.Collection][]snapshot.Resource{},
		listed: map[string]int{},
	}
	for _, k := range snapshot.Kinds() {
		if !k.IsSCIM() {
			f.target[snapshot.Collection{Kind: k}] = map[string]object{}
		}
	}
	f.put(snapshot.Organization, "", string(snapshot.Organization), object{"name": "Acme", "auth_domain": "acme.cloudflareaccess.com"})
	return f
}

// put makes or replaces a resource; provider is that of a SCIM list, else "".
func (f *fake) put(k snapshot.Kind, provider, id string, o object) *fake {
	o = copied(o)
	if k != snapshot.Organization {
		o["id"] = id
	}
	if k.IsSCIM() {
		o["meta"] = object{"created": "2026-01-01T00:00:00Z", "lastModified": f.stamp()}
	}
	c := snapshot.Collection{Kind: k, Provider: provider}
	if f.target[c] == nil {
		panic(c.String() + ": SCIM is off, or there is no such provider")
	}
	f.target[c][id] = o
	return f
}

// stamp is when what is done now was done: an hour before the next night.
func (f *fake) stamp() string { return f.at.Add(-time.Hour).Format(time.RFC3339) }

// copied is a copy that shares nothing with o.
func copied(o object) object {
	var c object
	if err := json.Unmarshal(must(json.Marshal(o)), &c); err != nil {
		panic(err)
	}
	return c
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// provider adds a provider with SCIM off.
func (f *fake) provider(t snapshot.Type, id, name string, config object) *fake {
	return f.put(snapshot.IdentityProvider, "", id, object{"type": string(t), "name": name, "config": config})
}

// scim switches the SCIM of a provider on or off.
func (f *fake) scim(provider string, on bool) *fake {
	f.set(snapshot.IdentityProvider, "", provider, "/scim_config/enabled", on)
	for _, k := range []snapshot.Kind{snapshot.SCIMUser, snapshot.SCIMGroup} {
		c := snapshot.Collection{Kind: k, Provider: provider}
		delete(f.target, c)
		if on {
			f.target[c] = map[string]object{}
		}
	}
	return f
}

// okta adds the provider "okta", called Okta, with SCIM on.
func (f *fake) okta() *fake {
	return f.provider(snapshot.Okta, "okta", "Okta", object{"okta_account": "https://acme.okta.com", "client_id": "c1"}).scim("okta", true)
}

// user adds an active user to a provider's list.
func (f *fake) user(provider, id, name, email string) *fake {
	return f.put(snapshot.SCIMUser, provider, id, object{
		"displayName": name, "active": true, "externalId": "ext-" + id,
		"emails": []any{object{"value": email, "type": "work", "primary": true}},
	})
}

// group adds a group to a provider's list.
func (f *fake) group(provider, id, name string) *fake {
	return f.put(snapshot.SCIMGroup, provider, id, object{"displayName": name, "externalId": "ext-" + id})
}

// set changes one setting, named by a JSON Pointer through objects; a nil value
// takes it away.
func (f *fake) set(k snapshot.Kind, provider, id, path string, value any) *fake {
	o := f.target[snapshot.Collection{Kind: k, Provider: provider}][id]
	if o == nil {
		panic("no " + string(k) + " " + id)
	}
	if k.IsSCIM() {
		o["meta"] = object{"created": "2026-01-01T00:00:00Z", "lastModified": f.stamp()}
	}
	at := map[string]any(o)
	steps := strings.Split(path, "/")[1:]
	for _, s := range steps[:len(steps)-1] {
		if at[s] == nil {
			at[s] = map[string]any{}
		}
		at = at[s].(map[string]any)
	}
	at[steps[len(steps)-1]] = value
	if value == nil {
		delete(at, steps[len(steps)-1])
	}
	return f
}

// remove takes a resource away; with a provider go its lists.
func (f *fake) remove(k snapshot.Kind, provider, id string) *fake {
	delete(f.target[snapshot.Collection{Kind: k, Provider: provider}], id)
	if k == snapshot.IdentityProvider {
		delete(f.target, snapshot.Collection{Kind: snapshot.SCIMUser, Provider: id})
		delete(f.target, snapshot.Collection{Kind: snapshot.SCIMGroup, Provider: id})
	}
	return f
}

// fail lets the next night's reading of a collection fail. Whoever cannot read the
// providers reads no SCIM list either.
func (f *fake) fail(k snapshot.Kind, provider, why string) *fake {
	return f.snag(k, provider, snapshot.Failed, why)
}

// snag lets the next night's reading of a collection end as told.
func (f *fake) snag(k snapshot.Kind, provider string, s snapshot.Status, why string) *fake {
	c := snapshot.Collection{Kind: k, Provider: provider}
	f.snags[c] = snapshot.Capture{Collection: c, Status: s, Error: why}
	return f
}

// night records a snapshot, and lets a day pass.
func (f *fake) night() snapshot.Snapshot { return f.record(snapshot.Ordinary) }

// nights records n of them.
func (f *fake) nights(n int) *fake {
	for range n {
		f.night()
	}
	return f
}

// rest lets n days pass without a snapshot.
func (f *fake) rest(n int) *fake {
	f.at = f.at.Add(time.Duration(n) * day)
	return f
}

func (f *fake) record(o snapshot.Origin) snapshot.Snapshot {
	sn := snapshot.Snapshot{
		ID:     fmt.Sprintf("%x", sha256.Sum256([]byte(fmt.Sprint("snapshot ", len(f.snapshots)+len(f.forgotten))))),
		Target: acme, TargetName: "Acme", TakenAt: f.at, FinishedAt: f.at.Add(90 * time.Second),
		Origin: o, Tool: "1.2.3", Host: "api.cloudflare.com", Requests: 10 + len(f.target),
	}
	held := map[snapshot.Collection][]snapshot.Resource{}
	_, blind := f.snags[snapshot.Collection{Kind: snapshot.IdentityProvider}]
	for _, c := range slices.SortedFunc(maps.Keys(f.target), compareCollections) {
		if c.Kind.IsSCIM() && blind {
			continue
		}
		capture, snagged := f.snags[c]
		if !snagged {
			capture, held[c] = f.read(c)
		}
		if c.Kind.IsSCIM() {
			capture.ProviderName, _ = f.target[snapshot.Collection{Kind: snapshot.IdentityProvider}][c.Provider]["name"].(string)
		}
		sn.Captures = append(sn.Captures, capture)
	}
	f.snapshots = append(f.snapshots, sn)
	f.held[sn.ID] = held
	f.at = f.at.Add(day)
	clear(f.snags)
	return sn
}

// read lists a collection as it is now.
func (f *fake) read(c snapshot.Collection) (snapshot.Capture, []snapshot.Resource) {
	capture := snapshot.Capture{Collection: c, Status: snapshot.Complete}
	all := sha256.New()
	var list []snapshot.Resource
	for _, id := range slices.Sorted(maps.Keys(f.target[c])) {
		d := must(snapshot.NewDocument(must(json.Marshal(f.target[c][id]))))
		list = append(list, snapshot.Resource{Collection: c, ID: id, Document: d})
		fmt.Fprintf(all, "%q %s\n", id, d)
		capture.Count++
		if c.Kind == snapshot.SCIMUser && d.IsActive() {
			capture.Active++
		}
	}
	capture.Digest = snapshot.Digest(all.Sum(nil))
	return capture, list
}

func compareCollections(a, b snapshot.Collection) int {
	return cmp.Or(slices.Index(snapshot.Kinds(), a.Kind)-slices.Index(snapshot.Kinds(), b.Kind), strings.Compare(a.Provider, b.Provider))
}

// forget takes the snapshot at the index out of the history.
func (f *fake) forget(i int, why string) *fake {
	sn := f.snapshots[i]
	f.snapshots = slices.Delete(f.snapshots, i, i+1)
	f.forgotten = append(f.forgotten, snapshot.Forgotten{Snapshot: sn, ForgottenAt: f.at, Why: why})
	delete(f.held, sn.ID)
	return f
}

// question asks about a period; the moment is that of the last snapshot in it.
func (f *fake) question(from, to time.Time) audit.Question {
	q := audit.Question{
		Target: acme, TargetName: "Acme", Forgotten: f.forgotten, From: from, To: to,
		Command: "idpsnap report", Tool: "1.2.3",
	}
	for _, sn := range f.snapshots {
		if !sn.TakenAt.After(to) {
			q.Snapshots = append(q.Snapshots, sn)
		}
	}
	for i := range q.Snapshots {
		sn := &q.Snapshots[i]
		q.At = sn
		if !sn.TakenAt.After(from) && sn.Status() == snapshot.Complete {
			q.Since = sn
		}
	}
	return q
}

// all asks about the whole history.
func (f *fake) all() audit.Question { return f.question(firstNight, f.at) }

// Resources yields what a snapshot holds, in display order.
func (f *fake) Resources(ctx context.Context, id string, kinds ...snapshot.Kind) iter.Seq2[snapshot.Resource, error] {
	return func(yield func(snapshot.Resource, error) bool) {
		list, err := f.list(ctx, id, func(c snapshot.Collection) bool { return len(kinds) == 0 || slices.Contains(kinds, c.Kind) })
		f.listed[id]++
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
		if err != nil {
			yield(snapshot.Resource{}, err)
		}
	}
}

func (f *fake) list(ctx context.Context, id string, wanted func(snapshot.Collection) bool) ([]snapshot.Resource, error) {
	held, ok := f.held[id]
	if !ok {
		return nil, fmt.Errorf("no snapshot %q", id)
	}
	var list []snapshot.Resource
	for _, c := range slices.SortedFunc(maps.Keys(held), compareCollections) {
		if wanted(c) {
			list = append(list, held[c]...)
		}
	}
	return list, cmp.Or(f.broken, ctx.Err())
}

// Members is Resources with the first snapshot that saw each.
func (f *fake) Members(ctx context.Context, id string, kinds ...snapshot.Kind) iter.Seq2[snapshot.Member, error] {
	return func(yield func(snapshot.Member, error) bool) {
		for r, err := range f.Resources(ctx, id, kinds...) {
			m := snapshot.Member{Resource: r}
			for _, sn := range f.snapshots {
				same := func(o snapshot.Resource) bool { return o.ID == r.ID }
				if slices.ContainsFunc(f.held[sn.ID][r.Collection], same) {
					m.First = sn.ID
					break
				}
			}
			if !yield(m, err) {
				return
			}
		}
	}
}

// DifferencesIn yields what differs. A collection that only one of the two has read
// is yielded whole.
func (f *fake) DifferencesIn(ctx context.Context, a, b string, wanted func(snapshot.Collection) bool) iter.Seq2[snapshot.Pair, error] {
	return func(yield func(snapshot.Pair, error) bool) {
		inA, errA := f.list(ctx, a, wanted)
		inB, errB := f.list(ctx, b, wanted)
		if err := cmp.Or(errA, errB); err != nil {
			yield(snapshot.Pair{}, err)
			return
		}
		for len(inA)+len(inB) > 0 {
			var p snapshot.Pair
			order := len(inB) - len(inA)
			if len(inA) > 0 && len(inB) > 0 {
				order = snapshot.CompareResources(inA[0], inB[0])
			}
			if order <= 0 && len(inA) > 0 {
				p.A, inA = &inA[0], inA[1:]
			}
			if order >= 0 && len(inB) > 0 {
				p.B, inB = &inB[0], inB[1:]
			}
			same := p.A != nil && p.B != nil && bytes.Equal(p.A.Document, p.B.Document)
			if !same && !yield(p, nil) {
				return
			}
		}
	}
}

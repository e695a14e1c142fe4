package diff_test

import (
	"fmt"
	"iter"
	"testing"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// A reorganization: of 66,000 users of one list every one has moved.
func BenchmarkCompareChangedUsers(b *testing.B) {
	const users = 66_000
	st := func(text, generation string) (diff.State, []snapshot.Resource) {
		s := world("a")
		s.provider(snapshot.Okta, "okta", "Okta", nil)
		s.scim("okta")
		for i := range users {
			s.user("okta", fmt.Sprintf("%08x-6f6c-4c39-9c3b-8f6d0e3a9b11", i), tree{
				"displayName": quote(fmt.Sprintf("%x Lovelace %s", i*7919%users*65537, generation)),
				"externalId":  quote(fmt.Sprintf("00u1a2b3c4d5%d", i)),
				"meta":        tree{"created": `"2025-01-01T00:00:00Z"`, "lastModified": quote(generation)},
				"emails":      []any{tree{"value": quote(fmt.Sprintf("ada.%d@acme.example", i)), "type": `"work"`, "primary": "true"}},
				"schemas":     []any{`"urn:ietf:params:scim:schemas:core:2.0:User"`},
			})
		}
		return s.state(text), s.others()
	}
	old, inA := st("old", "one")
	updated, inB := st("new", "two")
	pairs := func(yield func(snapshot.Pair, error) bool) {
		for i := range inA {
			if !yield(snapshot.Pair{A: &inA[i], B: &inB[i]}, nil) {
				return
			}
		}
	}
	b.SetBytes(size(inA) + size(inB))
	benchmark(b, old, updated, pairs, users)
}

// A migration: the same 100,000 people in two accounts, under other ids.
func BenchmarkCompareAcrossTargets(b *testing.B) {
	const users = 100_000
	st := func(account string) (diff.State, []snapshot.Resource) {
		s := world(account)
		s.provider(snapshot.Okta, "okta-"+account, "Okta", nil)
		s.scim("okta-" + account)
		for i := range users {
			mail := quote(fmt.Sprintf("ada.%d@acme.example", i))
			s.user("okta-"+account, fmt.Sprintf("%08x-%s", i*7919%users, account), tree{
				"displayName": quote(fmt.Sprintf("Ada Lovelace %d", i)),
				"externalId":  quote(fmt.Sprintf("00u1a2b3c4d5%d", i)),
				"emails":      []any{tree{"value": mail, "type": `"work"`, "primary": "true"}},
				"schemas":     []any{`"urn:ietf:params:scim:schemas:core:2.0:User"`},
			})
		}
		return s.state(account), s.others()
	}
	old, inA := st("a")
	updated, inB := st("b")
	b.SetBytes(size(inA) + size(inB))
	benchmark(b, old, updated, diff.Pairs(old, updated, each(inA), each(inB)), 0)
}

// size is how many bytes the documents have.
func size(resources []snapshot.Resource) (n int64) {
	for _, r := range resources {
		n += int64(len(r.Document))
	}
	return n
}

func benchmark(b *testing.B, old, updated diff.State, pairs iter.Seq2[snapshot.Pair, error], changes int) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		r, err := diff.Compare(old, updated, pairs, diff.Options{})
		if err != nil || len(r.Changes) != changes || !r.Complete() {
			b.Fatalf("%d changes, %v, %v", len(r.Changes), r.NotCompared, err)
		}
	}
}

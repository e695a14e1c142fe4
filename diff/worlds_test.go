package diff_test

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/snapshot"
)

// worlds draws states. Ids, names and addresses come from small pools, so that two
// states have much in common and names are taken twice, unless distinct says that
// everything can be told apart by name. prefix stands before each id.
func worlds(account, prefix string, distinct, whole bool) *rapid.Generator[*side] {
	return rapid.Custom(func(t *rapid.T) *side {
		d := drawer{t, prefix, distinct, whole}
		s := world(account)
		for _, k := range snapshot.Kinds() {
			if !k.IsSCIM() {
				s.capture(k, "", d.status(string(k)))
			}
		}
		for _, n := range d.numbers("providers", 3) {
			d.provider(s, n)
		}
		if rapid.Bool().Draw(t, "organization") {
			s.of(snapshot.Organization, "organization", d.extra(tree{"auth_domain": d.one("domain", `"a"`, `"b"`)}))
		}
		for _, k := range []snapshot.Kind{snapshot.AccessApp, snapshot.AccessPolicy, snapshot.AccessGroup} {
			for _, n := range d.numbers(string(k), 2) {
				s.of(k, d.id(k, n), d.reference(k, n))
			}
		}
		return s
	})
}

type drawer struct {
	t               *rapid.T
	prefix          string
	distinct, whole bool
}

func (d drawer) id(k snapshot.Kind, n int) string { return fmt.Sprintf("%s-%s-%d", d.prefix, k, n) }

// numbers tells apart the resources of a list.
func (d drawer) numbers(label string, most int) []int {
	return rapid.SliceOfNDistinct(rapid.IntRange(0, 4), 0, most, rapid.ID[int]).Draw(d.t, label)
}

func (d drawer) one(label string, from ...string) string {
	return rapid.SampledFrom(from).Draw(d.t, label)
}

// name is one of the resource's own, or may be that of any.
func (d drawer) name(n int) string {
	if d.distinct {
		return quote(fmt.Sprintf("name %d", n))
	}
	return d.one("name", `"x"`, `"x"`, `"y"`, `"Y"`, `""`, `"  "`)
}

func (d drawer) status(label string) snapshot.Status {
	if d.whole {
		return snapshot.Complete
	}
	return rapid.SampledFrom([]snapshot.Status{
		snapshot.Complete, snapshot.Complete, snapshot.Complete, snapshot.Complete, snapshot.Complete,
		snapshot.Failed, snapshot.Skipped, snapshot.Unsupported,
	}).Draw(d.t, label+" status")
}

func (d drawer) provider(s *side, n int) {
	types := []snapshot.Type{snapshot.OneTimePIN, snapshot.SAML, snapshot.Okta, "x-new-type"}
	typ := rapid.SampledFrom(types).Draw(d.t, "type")
	if d.distinct {
		typ = append(types, snapshot.Cloudflare)[n%5] // there is one of each that is one
	}
	id := d.id(snapshot.IdentityProvider, n)
	s.add(snapshot.Collection{Kind: snapshot.IdentityProvider}, id, d.extra(tree{
		"type": quote(string(typ)), "name": d.name(n), "version": d.one("version", `"1"`, `"2"`),
		"config": d.extra(tree{
			"sign_request": d.one("sign", `true`, `false`, `null`),
			"claims":       rapid.SampledFrom([]any{[]any{`"a"`, `"b"`}, []any{`"b"`, `"a"`}, []any{`"c"`}, `null`}).Draw(d.t, "claims"),
		}),
	}))
	if in, _ := s.snapshot.Capture(snapshot.Collection{Kind: snapshot.IdentityProvider}); in.Status != snapshot.Complete {
		return // who does not know the providers does not ask for their lists
	}
	if rapid.IntRange(0, 3).Draw(d.t, "scim") == 0 {
		return
	}
	for _, k := range []snapshot.Kind{snapshot.SCIMUser, snapshot.SCIMGroup} {
		s.capture(k, id, d.status("scim"))
		for _, n := range d.numbers(string(k), 3) {
			o := tree{"displayName": d.name(n), "meta": tree{"lastModified": d.one("modified", `"1"`, `"2"`)}}
			if k == snapshot.SCIMUser {
				o["active"] = d.one("active", `true`, `false`)
				o["emails"] = []any{tree{"value": d.one("mail", `"m@x"`, `"M@x"`, `"n@x"`, `""`), "primary": `true`}}
			}
			o["externalId"] = d.one("external", `"e"`, `"f"`, `""`, `null`)
			if d.distinct {
				o["externalId"] = quote(fmt.Sprint("e", n))
			}
			s.add(snapshot.Collection{Kind: k, Provider: id}, d.id(k, n)+" of "+id, d.extra(o))
		}
	}
}

// reference is an app, policy or group, which names others by id.
func (d drawer) reference(k snapshot.Kind, n int) tree {
	ids := func(of snapshot.Kind) []any {
		var list []any
		for _, n := range d.numbers("named", 2) {
			list = append(list, quote(d.id(of, n)))
		}
		return list
	}
	o := tree{"name": d.name(n), "created_at": d.one("created", `"1"`, `"2"`)}
	switch k {
	case snapshot.AccessApp:
		o["allowed_idps"] = ids(snapshot.IdentityProvider)
		var policies []any
		for _, id := range ids(snapshot.AccessPolicy) {
			policies = append(policies, tree{"id": id, "app_count": d.one("count", `1`, `2`)})
		}
		o["policies"] = policies
	default:
		var rules []any
		for _, id := range ids(snapshot.AccessGroup) {
			rules = append(rules, tree{"group": tree{"id": id}})
		}
		o["include"] = append(rules, tree{"everyone": tree{}})
	}
	return d.extra(o)
}

// extra adds settings that nobody knows.
func (d drawer) extra(o tree) tree {
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"x", "x/y", "~z", "é"}), 0, 2, rapid.ID[string]).Draw(d.t, "extra") {
		o[name] = values(3).Draw(d.t, "value")
	}
	return o
}

func values(depth int) *rapid.Generator[any] {
	simple := rapid.Map(rapid.SampledFrom([]string{`1`, `1.0`, `true`, `false`, `null`, `"a"`, `"b"`, `""`, `"<&>"`}), func(s string) any { return s })
	if depth == 0 {
		return simple
	}
	names := rapid.SampledFrom([]string{"a", "b", "a/b", "~1"})
	return rapid.OneOf(
		simple,
		rapid.Map(rapid.MapOfN(names, rapid.Deferred(func() *rapid.Generator[any] { return values(depth - 1) }), 0, 2), func(m map[string]any) any { return tree(m) }),
		rapid.Map(rapid.SliceOfN(rapid.Deferred(func() *rapid.Generator[any] { return values(depth - 1) }), 0, 2), func(l []any) any { return slices.Clone(l) }),
	)
}

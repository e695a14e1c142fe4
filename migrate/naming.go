package migrate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/snapshot"
)

// references finds which apps, policies and groups of the source name a provider that
// is another one in the target, which of the target's name one that it does not have,
// and what has to be replaced in these.
func (b *builder) references() error {
	becomes, formerly := b.becomes()
	names := map[string]string{}
	for _, r := range b.source.Providers {
		names[r.ID] = r.Name()
	}
	for id, source := range formerly {
		names[id] = names[source]
	}
	here := map[string]bool{}
	for _, r := range b.target.Providers {
		here[r.ID] = true
		if names[r.ID] == "" {
			names[r.ID] = r.Name()
		}
	}
	if !b.within { // else they are the target's own, as they were then
		b.named = ReferencesTo(b.source.References, names, func(id string) bool { _, ok := becomes[id]; return ok })
	}
	b.dangling = ReferencesTo(b.target.References, names, func(id string) bool {
		// A zone's apps may name providers of its account, which its list does not show.
		_, known := becomes[id]
		return !here[id] && (known || b.target.Snapshot.Target.Scope == snapshot.Account)
	})
	for _, list := range [][]Reference{b.named, b.dangling} {
		for i := range list {
			for j := range list[i].Providers {
				list[i].Providers[j].NewID = becomes[list[i].Providers[j].ID]
			}
		}
	}
	if !b.o.RewriteReferences {
		return nil
	}
	for _, r := range b.target.References {
		a := Action{Action: Update, Kind: r.Kind, Name: r.Name(), SourceID: r.ID, TargetID: r.ID, Replaces: map[string]string{}}
		for id := range ownMentions(r, b.target.References) {
			to, ok := becomes[id]
			if !ok || here[id] {
				continue
			}
			a.Replaces[id] = to
			if source := formerly[id]; source != "" {
				if a.Formerly == nil {
					a.Formerly = map[string]string{}
				}
				a.Formerly[id] = source
			}
		}
		if len(a.Replaces) == 0 {
			continue
		}
		if secrets := withheld(r.Document); len(secrets) > 0 {
			a.Action = None
			a.Reasons = []string{fmt.Sprintf("it has a secret that Cloudflare does not give back (%s), and whether an update without it keeps it is not known: change the ids in it by hand", strings.Join(secrets, ", "))}
			b.actions = append(b.actions, a)
			continue
		}
		var err error
		if a.Before, err = fingerprint(r.Kind, ownPart(r).Document); err != nil {
			return err
		}
		b.actions = append(b.actions, a)
		b.dangling = slices.DeleteFunc(b.dangling, func(d Reference) bool {
			return d.Kind == r.Kind && d.ID == r.ID && !slices.ContainsFunc(d.Providers, func(m Mention) bool {
				_, replaced := a.Replaces[m.ID]
				return !replaced
			})
		})
	}
	return nil
}

// becomes gives what ids of providers are in the target, by the id that the source has
// or that an earlier run gave; "" where the provider is yet to be created. formerly are
// the latter, with the source's id.
func (b *builder) becomes() (becomes, formerly map[string]string) {
	becomes, formerly = map[string]string{}, map[string]string{}
	of := map[string]string{}
	for _, a := range b.actions {
		if a.Kind != snapshot.IdentityProvider || a.SourceID == "" {
			continue
		}
		of[a.SourceID] = a.TargetID
		if a.SourceID != a.TargetID {
			becomes[a.SourceID] = a.TargetID
		}
	}
	for id := range b.target.Formerly {
		source := id
		for range len(b.target.Formerly) { // one run after the other, and never round and round
			if _, ok := of[source]; ok || b.target.Formerly[source] == "" {
				break
			}
			source = b.target.Formerly[source]
		}
		if to, ok := of[source]; ok && id != to && source != id {
			becomes[id], formerly[id] = to, source
		}
	}
	return becomes, formerly
}

// ownMentions are those of a reference without what an app only repeats: a reusable
// policy in it is changed where it is kept.
func ownMentions(r snapshot.Resource, all []snapshot.Resource) map[string][]string {
	if r.Kind != snapshot.AccessApp {
		return mentions(r)
	}
	kept := map[string]bool{}
	for _, p := range all {
		kept[p.ID] = p.Kind == snapshot.AccessPolicy
	}
	d := []byte(r.Document)
	var own []byte
	for _, p := range elementsOf(at(d, "/policies")) {
		if !kept[textAt(p, "/id")] {
			own = append(append(own, ','), p...)
		}
	}
	if len(own) > 0 {
		own[0] = '['
	} else {
		own = []byte("[")
	}
	if bare, err := with(d, "/policies", append(own, ']')); err == nil {
		r.Document = bare
	}
	return mentions(r)
}

// StillDangling are the target's apps, policies and groups that name a provider which
// it does not have, as it was read again after the steps: with the names that the plan
// knows, and what the ids have become.
func StillDangling(p *Plan, steps []Step, now State) []Reference {
	names, becomes := map[string]string{}, map[string]string{}
	for _, list := range [][]Reference{p.References, p.Dangling} {
		for _, r := range list {
			for _, m := range r.Providers {
				names[m.ID] = m.Name
			}
		}
	}
	for _, s := range steps {
		if s.Action.Kind == snapshot.IdentityProvider && s.Action.SourceID != "" {
			becomes[s.Action.SourceID] = s.TargetID
		}
	}
	here := map[string]bool{}
	for _, r := range now.Providers {
		here[r.ID] = true
	}
	list := ReferencesTo(now.References, names, func(id string) bool {
		return !here[id] && (becomes[id] != "" || now.Snapshot.Target.Scope == snapshot.Account)
	})
	for i := range list {
		for j := range list[i].Providers {
			m := &list[i].Providers[j]
			if to := becomes[m.ID]; here[to] {
				m.NewID = to
			}
		}
	}
	return list
}

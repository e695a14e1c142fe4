package migrate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/snapshot"
)

// worst are the consequences, the worst first.
var worst = []Consequence{
	OpensToAll, LocksOut, NoRedirect, RuleNoMatch, RuleNoBlock, LosesOne, SCIMStops, ClaimMissing, OtherMention,
}

// ImpactOf says what would happen to the apps, policies and groups of a state if the
// provider were deleted. No source settles whether Cloudflare refuses that, takes its
// id out of what names it, or leaves the id where it is; what differs between these
// is said.
func ImpactOf(provider snapshot.Resource, st State) Impact {
	w := weighing{
		provider: provider,
		known:    map[string]bool{provider.ID: true},
		have:     map[string]string{},
		uses:     usesOf(st.References),
	}
	for _, p := range st.Providers {
		w.have[p.ID] = called(p)
	}
	impact := Impact{Provider: provider, Login: loginWithout(provider, st.Providers), Unread: unread(st.Snapshot)}
	for _, r := range st.References {
		impact.Effects = append(impact.Effects, w.effects(r)...)
	}
	slices.SortStableFunc(impact.Effects, func(a, b Effect) int {
		return cmp.Or(
			cmp.Compare(slices.Index(worst, a.Consequence), slices.Index(worst, b.Consequence)),
			cmp.Compare(rankOf(a.Kind), rankOf(b.Kind)),
			cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID),
			slices.Compare(a.Paths, b.Paths),
		)
	})
	return impact
}

// called is what people call a resource.
func called(r snapshot.Resource) string { return cmp.Or(strings.TrimSpace(r.Name()), r.ID) }

func loginWithout(provider snapshot.Resource, all []snapshot.Resource) string {
	var types []snapshot.Type
	for _, p := range all {
		if p.ID != provider.ID {
			types = append(types, p.Summary().Type)
		}
	}
	switch {
	case len(types) == 0:
		return "nobody could sign in any more: it is the only login method"
	case !slices.ContainsFunc(types, func(t snapshot.Type) bool { return t != snapshot.OneTimePIN }):
		return "only the one-time PIN by e-mail would be left to sign in with"
	}
	return ""
}

// unread are the lists of apps, policies and groups that the snapshot does not have
// whole. One that nobody tried to read is unknown, too, and not empty.
func unread(s snapshot.Snapshot) []snapshot.Capture {
	var all []snapshot.Capture
	for _, k := range snapshot.Kinds() {
		if !k.IsReference() {
			continue
		}
		c, ok := s.Capture(snapshot.Collection{Kind: k})
		if !ok {
			c = snapshot.Capture{Collection: snapshot.Collection{Kind: k}, Status: snapshot.Skipped, Error: "not read"}
		}
		if c.Status != snapshot.Complete && c.Status != snapshot.Unsupported { // zones have no reusable policies
			all = append(all, c)
		}
	}
	return all
}

// weighing looks at what one provider means to others.
type weighing struct {
	provider snapshot.Resource
	known    map[string]bool
	have     map[string]string // the target's providers: their names by id
	uses     map[string][]use  // of groups, by id
}

// effects are all that would happen to one app, policy or group.
func (w weighing) effects(r snapshot.Resource) []Effect {
	var all []Effect
	note := func(c Consequence, paths []string, format string, args ...any) {
		all = append(all, Effect{Kind: r.Kind, ID: r.ID, Name: r.Name(), Consequence: c, What: fmt.Sprintf(format, args...), Paths: paths})
	}
	spots := slices.DeleteFunc(spotsIn(r, w.known), func(s spot) bool { return s.id != w.provider.ID })
	if paths := pathsOf(spots, roleAllowed); paths != nil {
		w.allowed(r, paths, note)
	}
	if paths := pathsOf(spots, roleSCIM); paths != nil {
		off := ""
		if string(at(r.Document, "/scim_config/enabled")) == "false" {
			off = "; at present that is switched off"
		}
		note(SCIMStops, paths, "users and groups would no longer be provisioned from it to the app%s", off)
	}
	if paths := pathsOf(spots, roleClaim); paths != nil {
		note(ClaimMissing, paths, "%s that the app gets from it would be missing, or be taken from elsewhere", claimsAt(r, paths))
	}
	for _, rules := range rulesIn(r) {
		w.rules(r, rules, spots, note)
	}
	if paths := pathsOf(spots, roleOther); paths != nil {
		note(OtherMention, paths, "names it where no documented field does: what that means is not known")
	}
	return all
}

// pathsOf are where spots of the role are.
func pathsOf(spots []spot, as role) []string {
	var all []string
	for _, s := range spots {
		if s.role == as {
			all = append(all, s.path)
		}
	}
	return all
}

// allowed weighs an app that lists the providers which it allows. The OpenAPI schema
// says that an empty list allows all.
func (w weighing) allowed(r snapshot.Resource, paths []string, note func(Consequence, []string, string, ...any)) {
	var others, dead []string
	for _, v := range elementsOf(at(r.Document, "/allowed_idps")) {
		id := textOf(v)
		if id == w.provider.ID || id == "" {
			continue
		}
		if name, ok := w.have[id]; ok || len(w.have) == 0 {
			others = append(others, cmp.Or(name, id))
		} else {
			dead = append(dead, id)
		}
	}
	switch {
	case len(others) > 0:
		note(LosesOne, paths, "people could no longer sign in with it, only with %s", listed(others))
		return
	case len(dead) > 0:
		note(LocksOut, paths, "nobody could sign in any more: of the other providers that it allows there is none (%s)", listed(dead))
		return
	}
	note(OpensToAll, paths, "it is the only provider that the app allows. If Cloudflare takes it out of the list, "+
		"the empty list allows all providers; if its id stays in the list, nobody could sign in any more")
	if string(at(r.Document, "/auto_redirect_to_identity")) == "true" {
		note(NoRedirect, []string{"/auto_redirect_to_identity"},
			"people would no longer be sent to it by themselves: that takes exactly one provider that is allowed")
	}
}

// claimsAt are the names of the claims whose sources lie at the paths.
func claimsAt(r snapshot.Resource, paths []string) string {
	var names []string
	for _, p := range paths {
		claim, _, _ := strings.Cut(p, "/source/")
		name := textAt(r.Document, claim+"/name")
		if name != "" && !slices.Contains(names, quote(name)) {
			names = append(names, quote(name))
		}
	}
	switch len(names) {
	case 0:
		return "a claim"
	case 1:
		return "the claim " + names[0]
	}
	return "the claims " + listed(names)
}

// quote puts a name between quotes. What is in it is the reader's to escape.
func quote(name string) string { return `"` + name + `"` }

// mostNames bounds how many names a sentence has.
const mostNames = 5

// listed joins names: "a, b and c". Of many it tells how many more there are.
func listed(names []string) string {
	if n := len(names) - mostNames; n > 1 {
		names = append(slices.Clone(names[:mostNames]), fmt.Sprintf("%d more", n))
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

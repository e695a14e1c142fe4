package migrate

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/snapshot"
)

// ruleOwner is what has rules: a policy, a group, or a policy within an app.
type ruleOwner struct {
	value json.RawMessage
	path  string // JSON Pointer to it within an app, "" elsewhere
	group bool
}

// The decisions of policies that turn the meaning of rules round (OpenAPI). All
// others let in whom the rules match.
const (
	decisionDeny   = "deny"
	decisionBypass = "bypass"
)

func (o ruleOwner) decision() string { return textAt(o.value, "/decision") }
func (o ruleOwner) name() string     { return cmp.Or(textAt(o.value, "/name"), textAt(o.value, "/id")) }
func (o ruleOwner) reusable() bool   { return string(at(o.value, "/reusable")) == "true" }

// rulesIn are the owners of rules in an app, policy or group.
func rulesIn(r snapshot.Resource) []ruleOwner {
	if r.Kind != snapshot.AccessApp {
		return []ruleOwner{{value: json.RawMessage(r.Document), group: r.Kind == snapshot.AccessGroup}}
	}
	var all []ruleOwner
	for i, v := range elementsOf(at(r.Document, "/policies")) {
		if kindOf(v) == '{' {
			all = append(all, ruleOwner{value: v, path: element("/policies", i)})
		}
	}
	return all
}

// list is one of the owner's lists of rules.
func (o ruleOwner) list(as role) []json.RawMessage {
	for _, l := range ruleLists {
		if l.role == as {
			return elementsOf(child(o.value, l.name))
		}
	}
	return nil
}

// rules weighs the rules that name the provider.
func (w weighing) rules(r snapshot.Resource, o ruleOwner, spots []spot, note func(Consequence, []string, string, ...any)) {
	subject := ""
	if o.path != "" {
		subject = "its policy " + quote(o.name()) + ": "
		if o.reusable() {
			subject = "the reusable policy " + quote(o.name()) + " that it uses: "
		}
	}
	own := slices.DeleteFunc(slices.Clone(spots), func(s spot) bool { return s.policy != o.path })
	for _, l := range ruleLists {
		paths := pathsOf(own, l.role)
		if paths == nil {
			continue
		}
		whole := l.role != roleInclude || o.nothingBut(paths)
		if o.group {
			c, what := w.group(r.ID, l.role, whole)
			note(c, paths, "%s", what)
			continue
		}
		c, what := fewer(o.decision(), l.role, whole)
		note(c, paths, "%s%s", subject, what)
	}
	if w.provider.Summary().Type != snapshot.Cloudflare {
		return
	}
	// Such a rule names no provider, but it takes the one of this type that a target may
	// have (OpenAPI: "Requires a Cloudflare identity provider").
	if paths := o.memberRules(); paths != nil {
		note(OtherMention, paths, "%sit has a rule of the kind cloudflare_account_member, which takes a Cloudflare identity provider: "+
			"the rule would no longer match", subject)
	}
}

// nothingBut reports whether all include rules are among those that the paths lead
// into.
func (o ruleOwner) nothingBut(paths []string) bool {
	for i := range o.list(roleInclude) {
		rule := element(o.path+"/include", i) + "/"
		if !slices.ContainsFunc(paths, func(p string) bool { return strings.HasPrefix(p, rule) }) {
			return false
		}
	}
	return true
}

// memberRules are where the rules are that ask for membership in a Cloudflare account.
func (o ruleOwner) memberRules() []string {
	var paths []string
	for _, l := range ruleLists {
		for i, rule := range o.list(l.role) {
			if child(rule, "cloudflare_account_member") != nil {
				paths = append(paths, element(o.path+"/"+l.name, i)+"/cloudflare_account_member")
			}
		}
	}
	return paths
}

// fewer says what comes of a rule in a list of a policy that matches nobody, or fewer
// people, any more; whole, if of an include list all rules do, or of another one the
// rule matches nobody.
func fewer(decision string, as role, whole bool) (Consequence, string) {
	switch decision {
	case decisionDeny:
		switch {
		case as == roleExclude:
			return RuleNoMatch, "it would block also those whom the rule spares now"
		case whole:
			return RuleNoBlock, "it would block nobody any more: whom it keeps out now may get in"
		}
		return RuleNoBlock, "it would no longer block whom the rule matches now: they may get in"
	case decisionBypass:
		switch {
		case as == roleExclude:
			return RuleNoBlock, "it would let past without signing in also those whom the rule excepts now"
		case whole:
			return RuleNoMatch, "it would let nobody past without signing in any more"
		}
		return RuleNoMatch, "whom the rule matches now would no longer get past without signing in"
	}
	switch {
	case as == roleExclude:
		return RuleNoBlock, "it would no longer keep out whom the rule excludes now"
	case whole && as == roleRequire:
		return LocksOut, "it would let nobody in any more: what it requires could not be met"
	case whole:
		return LocksOut, "it would let nobody in any more: no other rule includes anybody"
	}
	return RuleNoMatch, "it would no longer let in whom the rule matches now, unless another rule does"
}

// more is the consequence where a rule of a policy matches more people than before.
func more(decision string, as role) Consequence {
	if (as == roleExclude) == (decision == decisionDeny) {
		return RuleNoBlock
	}
	return RuleNoMatch
}

// group weighs a rule of a group, which means what the policies make of the group that
// use it.
func (w weighing) group(id string, as role, whole bool) (Consequence, string) {
	var c Consequence
	var what string
	switch {
	case as == roleExclude:
		c, what = RuleNoBlock, "whom the rule keeps out of the group now would belong to it"
	case whole:
		c, what = LocksOut, "nobody would belong to the group any more"
	default:
		c, what = RuleNoMatch, "whom the rule matches now would no longer belong to the group, unless another rule does"
	}
	uses := w.uses[id]
	if len(uses) == 0 {
		return c, what + "; nothing that was read uses the group"
	}
	var found []Consequence
	var names []string
	for _, u := range uses {
		names = append(names, u.String())
		switch {
		case u.group:
			found = append(found, c)
		case as == roleExclude:
			found = append(found, more(u.decision, u.role))
		default:
			does, _ := fewer(u.decision, u.role, whole && (u.role != roleInclude || u.only))
			found = append(found, does)
		}
	}
	c = slices.MinFunc(found, func(a, b Consequence) int { return cmp.Compare(slices.Index(worst, a), slices.Index(worst, b)) })
	return c, what + "; it is used by " + listed(names)
}

// use is a policy or group that has a rule for a group.
type use struct {
	name     string
	app      string // whose own policy it is
	group    bool   // a group, not a policy
	decision string
	role     role
	only     bool // it is the only rule that includes anybody
}

func (u use) String() string {
	list := ""
	for _, l := range ruleLists {
		if l.role == u.role {
			list = l.name
		}
	}
	switch {
	case u.group:
		return fmt.Sprintf("the group %s (%s)", quote(u.name), list)
	case u.app != "":
		return fmt.Sprintf("the policy %s of the app %s (%s, %s)", quote(u.name), quote(u.app), cmp.Or(u.decision, "no decision"), list)
	}
	return fmt.Sprintf("the policy %s (%s, %s)", quote(u.name), cmp.Or(u.decision, "no decision"), list)
}

// usesOf are the uses of groups, by their ids. An app repeats the reusable policies
// that it uses: they count once.
func usesOf(list []snapshot.Resource) map[string][]use {
	all := map[string][]use{}
	counted := map[string]bool{}
	for _, r := range list {
		if r.Kind == snapshot.AccessPolicy {
			counted[r.ID] = true
		}
	}
	for _, r := range list {
		if !r.Kind.IsReference() {
			continue
		}
		for _, o := range rulesIn(r) {
			u := use{name: o.name(), group: o.group, decision: o.decision()}
			if r.Kind == snapshot.AccessApp {
				id := textAt(o.value, "/id")
				if id != "" && counted[id] {
					continue
				}
				counted[id] = true
				u.app = called(r)
			}
			for _, l := range ruleLists {
				rules := o.list(l.role)
				for _, rule := range rules {
					id := textAt(rule, "/group/id")
					u.role, u.only = l.role, l.role == roleInclude && len(rules) == 1
					if id != "" && !slices.Contains(all[id], u) {
						all[id] = append(all[id], u)
					}
				}
			}
		}
	}
	for _, uses := range all {
		slices.SortStableFunc(uses, func(a, b use) int { return strings.Compare(a.String(), b.String()) })
	}
	return all
}

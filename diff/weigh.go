package diff

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/snapshot"
)

// compiledRule is a rule made ready to be tried many times.
type compiledRule struct {
	Rule
	paths []pattern
}

// compiled sorts the rules by kind; those for any kind are in each list.
func (r Rules) compiled() map[snapshot.Kind][]*compiledRule {
	of := map[snapshot.Kind][]*compiledRule{}
	for _, rule := range r.All() {
		c := &compiledRule{rule, compilePatterns(rule.Paths)}
		for _, k := range snapshot.Kinds() {
			if rule.Kind == "" || rule.Kind == k {
				of[k] = append(of[k], c)
			}
		}
	}
	return of
}

// weigher gives changes their severities.
type weigher struct {
	rules     map[snapshot.Kind][]*compiledRule
	elsewhere bool // a and b are different targets
}

// weigh finds how severe a change is: as what happened to the resource, or the
// worst of its settings.
func (w weigher) weigh(ch *Change) {
	rules := w.rules[ch.Kind]
	if r := w.forAction(rules, ch); r != nil {
		ch.Severity, ch.Rule, ch.Reason = r.Severity, r.Name, r.Reason
	}
	if ch.Action != Changed { // its settings came or went with it
		for i := range ch.Fields {
			ch.Fields[i].Severity = ch.Severity
		}
		return
	}
	for i := range ch.Fields {
		f := &ch.Fields[i]
		if r := w.forField(rules, ch, f); r != nil {
			f.Severity, f.Rule, f.Reason = r.Severity, r.Name, r.Reason
		}
		ch.Severity = max(ch.Severity, f.Severity)
	}
}

func (w weigher) forAction(rules []*compiledRule, ch *Change) *compiledRule {
	recreated := ch.Action == Changed && ch.Kind == snapshot.IdentityProvider && ch.ID != ch.IDB && !w.elsewhere
	for _, r := range rules {
		if len(r.paths) == 0 && !r.Computed && r.Percent == 0 && (recreated || !r.Recreated) && w.applies(r, ch) {
			return r
		}
	}
	return nil
}

func (w weigher) forField(rules []*compiledRule, ch *Change, f *Field) *compiledRule {
	for _, r := range rules {
		if len(r.paths) == 0 && !r.Computed || r.Computed && !f.Computed {
			continue // it weighs no settings, or not this one
		}
		if len(r.paths) > 0 && !matchesAny(r.paths, f.Path) || !w.applies(r, ch) {
			continue
		}
		if (r.Becomes == "" || r.Becomes == becomes(f)) && (r.To == "" || r.To == text(f.New)) && (r.Gains == "" || gains(f, r.Gains)) {
			return r
		}
	}
	return nil
}

// applies looks at the conditions that hold for a change as a whole.
func (w weigher) applies(r *compiledRule, ch *Change) bool {
	return (r.Action == "" || r.Action == ch.Action) && (!r.Elsewhere || w.elsewhere) &&
		(len(r.Types) == 0 || slices.Contains(r.Types, ch.Type))
}

// becomes says which way a setting was switched; false and absence are off.
func becomes(f *Field) string {
	was, is := string(f.Old) == "true", string(f.New) == "true"
	switch {
	case was && (f.New == nil || string(f.New) == "false"):
		return "off"
	case is && (f.Old == nil || string(f.Old) == "false"):
		return "on"
	}
	return ""
}

// gains reports whether the new value says something more often than the old one.
func gains(f *Field, what string) bool {
	return times(f.Path, f.New, what) > times(f.Path, f.Old, what)
}

// times counts how often the value at a path says something: as the name of a
// member, or as a text. Not where it is what something is called: a policy that is
// called everyone need not let everyone in.
func times(path string, value []byte, what string) (n int) {
	if value == nil {
		return 0
	}
	name := unescape.Replace(path[strings.LastIndexByte(path, '/')+1:])
	if name == what {
		n++
	}
	for i := 0; i < len(value); i++ {
		if value[i] != '"' {
			continue
		}
		start := i
		if i = endOfString(value, i); i < 0 {
			return n
		}
		said := string(unescaped(value[start+1 : i]))
		isName := i+1 < len(value) && value[i+1] == ':'
		isCalled := name == "name" && (start == 0 || value[start-1] == ':')
		if isName {
			name = said
		}
		if said == what && (isName || !isCalled) {
			n++
		}
	}
	return n
}

// text is a plain value as people write it: a string without quotes.
func text(value []byte) string {
	if !bytes.HasPrefix(value, []byte{'"'}) {
		return string(value)
	}
	var s string
	if json.Unmarshal(value, &s) != nil {
		return string(value)
	}
	return s
}

// weighMasses raises what happened to many resources of a list at once: a list
// that both states hold, and not longer apart than massDays. Whoever moves a
// company or reads a year expects much to have changed.
func (c *comparison) weighMasses() {
	apart := c.b.Snapshot.TakenAt.Sub(c.a.Snapshot.TakenAt).Abs()
	if !c.within || apart > massDays*24*time.Hour {
		return
	}
	rules := c.o.Rules.compiled()
	changed := map[slot][]*outcome{}
	for _, list := range c.runs() {
		s := list[0].slot
		changed[s] = append(changed[s], list...)
	}
	for s, list := range changed {
		before, _ := c.a.Snapshot.Capture(snapshot.Collection{Kind: s.kind, Provider: s.a})
		if before.Count == 0 || s.kind.IsSCIM() && s.b == "" || len(list) < massAtLeast {
			continue
		}
		percent := float64(len(list)) * 100 / float64(before.Count)
		i := slices.IndexFunc(rules[s.kind], func(r *compiledRule) bool { return r.Percent > 0 && percent > r.Percent })
		if i < 0 {
			continue
		}
		r := rules[s.kind][i]
		reason := fmt.Sprintf("%d of %d (%.0f %%) %s", len(list), before.Count, percent, r.Reason)
		for _, ch := range list {
			if ch.Severity < r.Severity {
				ch.Severity, ch.Rule, ch.Reason = r.Severity, r.Name, reason
			}
		}
	}
}

// runs are the changes, those of one slot that lie together in one piece.
func (c *comparison) runs() (all [][]*outcome) {
	start := 0
	for i, ch := range c.changed {
		if i > start && ch.slot != c.changed[start].slot {
			all = append(all, c.changed[start:i:i])
			start = i
		}
	}
	if start < len(c.changed) {
		all = append(all, c.changed[start:])
	}
	return all
}

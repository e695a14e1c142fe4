package diff

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/snapshot"
)

// UnknownError says that an option names something that neither state has, or that
// Options.Map pairs what cannot be a pair.
type UnknownError struct {
	What  string   // "provider", "type", "resource", "counterpart", "single provider", "lone resource", …
	Word  string   // as it was given
	State string   // the state that it was looked for in; "" for both
	Known []string // what there is, where it helps
}

// loneResource is what Options.Map may name in one target beside providers: something
// that has no counterpart by its id.
const loneResource = "lone resource"

func (e *UnknownError) Error() string {
	switch {
	case e.What == loneResource && e.State == "":
		return fmt.Sprintf("%q is in both states under its own id", e.Word)
	case e.What == loneResource:
		return fmt.Sprintf("no resource %q that is only in %s", e.Word, e.State)
	case e.State == "":
		return fmt.Sprintf("no %s %q in either state", e.What, e.Word)
	}
	return fmt.Sprintf("no %s %q in %s", e.What, e.Word, e.State)
}

// mapProviders finds what Options.Map says of providers, by id or name. What names
// none of a is taken for the id of another resource; mapped looks at that.
func (c *comparison) mapProviders() error {
	taken := map[string]string{} // ids of a, by that of b
	for _, old := range slices.Sorted(maps.Keys(c.o.Map)) {
		updated := c.o.Map[old]
		from, to := old, updated
		a, b := provider(c.a, old), provider(c.b, updated)
		switch {
		case len(a) > 1:
			return unknownProvider(c.a, old, a)
		case len(a) == 1 && len(b) == 1:
			from, to = a[0], b[0]
		case len(a) == 1 && readProviders(c.b):
			return unknownProvider(c.b, updated, b)
		}
		if other, ok := c.forced[from]; ok && other != to {
			return &UnknownError{What: "single counterpart", Word: old, State: c.b.Text, Known: []string{other, to}}
		}
		if other, ok := taken[to]; ok && other != from {
			return &UnknownError{What: "single counterpart", Word: updated, State: c.a.Text, Known: []string{other, from}}
		}
		c.forced[from], taken[to] = to, from
	}
	return nil
}

// readProviders reports whether the state has the whole list of providers.
func readProviders(st State) bool {
	in, _ := st.Snapshot.Capture(snapshot.Collection{Kind: snapshot.IdentityProvider})
	return in.Status == snapshot.Complete
}

// provider gives the ids of the state's providers that the word names: by id, else
// by name as it is written, else whatever the case.
func provider(st State, word string) []string {
	var named, folded []string
	for _, p := range st.Providers {
		switch name := p.Name(); {
		case p.ID == word:
			return []string{p.ID}
		case name == word:
			named = append(named, p.ID)
		case strings.EqualFold(name, word):
			folded = append(folded, p.ID)
		}
	}
	if named == nil {
		return folded
	}
	return named
}

func unknownProvider(st State, word string, found []string) error {
	if len(found) > 1 {
		return &UnknownError{What: "single provider", Word: word, State: st.Text, Known: found}
	}
	return &UnknownError{What: "provider", Word: word, State: st.Text, Known: inventory(st.Providers)}
}

// inventory lists providers as people would name them.
func inventory(providers []snapshot.Resource) []string {
	var list []string
	for _, p := range providers {
		list = append(list, fmt.Sprintf("%s  %s  %s", p.ID, p.Summary().Type, p.Name()))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// mapped checks that what Options.Map says names things of one list that stand
// alone. Of what was not looked at nobody knows.
func (c *comparison) mapped() error {
	if len(c.forced) == 0 || !readProviders(c.a) || !readProviders(c.b) {
		return nil
	}
	a, b := map[string]int{}, map[string]int{} // the list that a resource is of
	for _, p := range c.a.Providers {
		a[p.ID] = -1
	}
	for _, p := range c.b.Providers {
		b[p.ID] = -1
	}
	for i, s := range c.aloneSlots() {
		for _, r := range c.alone[s].a {
			a[r.ID] = i
		}
		for _, r := range c.alone[s].b {
			b[r.ID] = i
		}
	}
	for _, old := range slices.Sorted(maps.Keys(c.forced)) {
		updated := c.forced[old]
		inA, ok := a[old]
		inB, there := b[updated]
		switch {
		case c.dropped[old] || c.dropped[updated]:
		case !ok && len(provider(c.b, updated)) > 0:
			return unknownProvider(c.a, old, nil)
		case !ok:
			return c.unknownResource(old, c.a)
		case !there:
			return c.unknownResource(updated, c.b)
		case inA != inB:
			return &UnknownError{What: "counterpart", Word: updated, State: c.b.Text}
		}
	}
	return nil
}

// unknownResource says that Options.Map names what it cannot. Of one target the
// stream of pairs has only what differs, so what is not in it may be in both states.
func (c *comparison) unknownResource(id string, in State) error {
	if !c.within {
		return &UnknownError{What: "resource", Word: id, State: in.Text}
	}
	if slices.ContainsFunc(c.pairs, func(p snapshot.Pair) bool { return p.A.ID == id }) {
		return &UnknownError{What: loneResource, Word: id}
	}
	return &UnknownError{What: loneResource, Word: id, State: in.Text}
}

// choose finds the providers that the options ask for. A pair is chosen where
// either side is.
func (c *comparison) choose(all []snapshot.Pair) error {
	used := map[string]bool{}
	for _, p := range all {
		for _, r := range []*snapshot.Resource{p.A, p.B} {
			if r != nil && c.asksFor(*r, used) {
				c.chosen[coupleOf(p)] = true
			}
		}
	}
	if !readProviders(c.a) || !readProviders(c.b) {
		return nil // who knows what there is
	}
	everything := append(slices.Clone(c.a.Providers), c.b.Providers...)
	for _, word := range c.o.Providers {
		if !used[word] {
			return &UnknownError{What: "provider", Word: word, Known: inventory(everything)}
		}
	}
	for _, t := range c.o.Types {
		if _, ok := snapshot.TypeOf(t); !ok && !used[string(t)] {
			return &UnknownError{What: "type", Word: string(t), Known: types()}
		}
	}
	return nil
}

func types() []string {
	var list []string
	for _, t := range snapshot.Types() {
		list = append(list, string(t.Type))
	}
	return list
}

// asksFor reports whether the options ask for the provider, and notes by which
// words: all of them have a say, whatever the first one does.
func (c *comparison) asksFor(r snapshot.Resource, used map[string]bool) bool {
	s := r.Summary()
	byName, byType := len(c.o.Providers) == 0, len(c.o.Types) == 0
	for _, word := range c.o.Providers {
		if Calls(word, r.ID, s.Name) {
			byName, used[word] = true, true
		}
	}
	for _, t := range c.o.Types {
		if s.Type == t {
			byType, used[string(t)] = true, true
		}
	}
	return byName && byType
}

// glob matches a name with a pattern of *, ? and [a-z], whatever the case. A slash
// is a character like any other.
func glob(pattern, name string) bool {
	plain := func(s string) string { return strings.ReplaceAll(strings.ToLower(s), "/", "\x00") }
	ok, err := path.Match(plain(pattern), plain(name))
	return ok && err == nil
}

// CheckGlob says what is wrong with a pattern that Options.Providers may hold.
func CheckGlob(pattern string) error {
	if _, err := path.Match(pattern, ""); err != nil {
		return fmt.Errorf("%q is no pattern: %w", pattern, err)
	}
	return nil
}

// A pattern is a path in which * stands for any one step. It matches that path
// and all below it.
type pattern []string

func compilePattern(p string) pattern {
	if p == "" {
		return nil
	}
	return strings.Split(strings.TrimPrefix(p, "/"), "/")
}

func compilePatterns(list []string) []pattern {
	patterns := make([]pattern, len(list))
	for i, p := range list {
		patterns[i] = compilePattern(p)
	}
	return patterns
}

func (p pattern) matches(path string) bool {
	for _, step := range p {
		var first string
		if path == "" {
			return false
		}
		first, path = cutStep(path)
		if step != "*" && step != first {
			return false
		}
	}
	return true
}

// cutStep takes the first step off a JSON Pointer.
func cutStep(path string) (step, rest string) {
	path = strings.TrimPrefix(path, "/")
	if i := strings.IndexByte(path, '/'); i >= 0 {
		return path[:i], path[i:]
	}
	return path, ""
}

func matchesAny(list []pattern, path string) bool {
	return slices.ContainsFunc(list, func(p pattern) bool { return p.matches(path) })
}

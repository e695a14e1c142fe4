package diff_test

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// helper is what *testing.T, *testing.B and *rapid.T have in common.
type helper interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// tree is a JSON object. Its values are trees, slices ([]any) or JSON text.
type tree map[string]any

func (o tree) String() string { return write(o) }

func write(v any) string {
	switch v := v.(type) {
	case tree:
		var members []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			members = append(members, quote(name)+":"+write(v[name]))
		}
		return "{" + strings.Join(members, ",") + "}"
	case []any:
		var elements []string
		for _, e := range v {
			elements = append(elements, write(e))
		}
		return "[" + strings.Join(elements, ",") + "]"
	default:
		return fmt.Sprint(v)
	}
}

func quote(s string) string {
	b, err := jsontext.AppendQuote(nil, s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// at gives the object and the name that the JSON Pointer leads to. Objects on the
// way are made.
func (o tree) at(path string) (in tree, name string) {
	steps := strings.Split(path, "/")[1:]
	for _, step := range steps[:len(steps)-1] {
		if o[step] == nil {
			o[step] = tree{}
		}
		o = o[step].(tree)
	}
	return o, steps[len(steps)-1]
}

// with is a copy of the object in which the pointer leads to the value; without
// one in which it leads to nothing.
func (o tree) with(path string, value any) tree {
	c := o.clone()
	in, name := c.at(path)
	in[name] = value
	return c
}

func (o tree) without(path string) tree {
	c := o.clone()
	in, name := c.at(path)
	delete(in, name)
	return c
}

func (o tree) clone() tree {
	c := tree{}
	for name, v := range o {
		if inner, ok := v.(tree); ok {
			v = inner.clone()
		}
		c[name] = v
	}
	return c
}

// side is a state in the making.
type side struct {
	snapshot  snapshot.Snapshot
	resources map[snapshot.Collection][]snapshot.Resource
}

var noon = time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)

// world is a state of an account in which every list but those of SCIM was read
// and is empty.
func world(account string) *side {
	s := &side{
		snapshot:  snapshot.Snapshot{Target: snapshot.Target{Scope: snapshot.Account, ID: account}, TakenAt: noon},
		resources: map[snapshot.Collection][]snapshot.Resource{},
	}
	for _, k := range snapshot.Kinds() {
		if !k.IsSCIM() {
			s.capture(k, "", snapshot.Complete)
		}
	}
	return s
}

func (s *side) capture(k snapshot.Kind, provider string, status snapshot.Status) *side {
	c := snapshot.Collection{Kind: k, Provider: provider}
	for i := range s.snapshot.Captures {
		if at := &s.snapshot.Captures[i]; at.Collection == c {
			at.Status = status
			return s
		}
	}
	s.snapshot.Captures = append(s.snapshot.Captures, snapshot.Capture{Collection: c, Status: status})
	return s
}

// because says why what is not complete is not.
func (s *side) because(text string) *side {
	for i := range s.snapshot.Captures {
		if at := &s.snapshot.Captures[i]; at.Status != snapshot.Complete {
			at.Error = text
		}
	}
	return s
}

// drop makes it as if nobody had thought of the collection.
func (s *side) drop(k snapshot.Kind, provider string) *side {
	c := snapshot.Collection{Kind: k, Provider: provider}
	s.snapshot.Captures = slices.DeleteFunc(s.snapshot.Captures, func(at snapshot.Capture) bool { return at.Collection == c })
	return s
}

// scim says that the SCIM lists of the providers were read.
func (s *side) scim(providers ...string) *side {
	for _, p := range providers {
		s.capture(snapshot.SCIMUser, p, snapshot.Complete).capture(snapshot.SCIMGroup, p, snapshot.Complete)
	}
	return s
}

func (s *side) add(c snapshot.Collection, id string, o tree) *side {
	o = o.clone()
	if c.Kind != snapshot.Organization {
		o["id"] = quote(id)
	}
	d, err := snapshot.NewDocument([]byte(o.String()))
	if err != nil {
		panic(err)
	}
	s.resources[c] = append(s.resources[c], snapshot.Resource{Collection: c, ID: id, Document: d})
	return s
}

func (s *side) provider(t snapshot.Type, id, name string, o tree) *side {
	all := tree{"type": quote(string(t)), "name": quote(name)}
	maps.Copy(all, o)
	return s.add(snapshot.Collection{Kind: snapshot.IdentityProvider}, id, all)
}

func (s *side) user(provider, id string, o tree) *side {
	return s.add(snapshot.Collection{Kind: snapshot.SCIMUser, Provider: provider}, id, o)
}

func (s *side) group(provider, id string, o tree) *side {
	return s.add(snapshot.Collection{Kind: snapshot.SCIMGroup, Provider: provider}, id, o)
}

func (s *side) of(k snapshot.Kind, id string, o tree) *side {
	return s.add(snapshot.Collection{Kind: k}, id, o)
}

// GoString is what rapid shows of a side.
func (s *side) GoString() string {
	lines := []string{s.snapshot.Target.String()}
	for _, c := range s.snapshot.Captures {
		lines = append(lines, fmt.Sprint(c.Collection, ": ", c.Status))
		for _, r := range s.resources[c.Collection] {
			lines = append(lines, "  "+string(r.Document))
		}
	}
	return strings.Join(lines, "\n")
}

// state is the side as Compare wants it. What the lists hold counts only where
// they were read.
func (s *side) state(text string) diff.State {
	sn := s.snapshot
	sn.Captures = slices.Clone(sn.Captures)
	for i := range sn.Captures {
		if at := &sn.Captures[i]; at.Status == snapshot.Complete {
			at.Count = len(s.resources[at.Collection])
		} else if at.Error == "" {
			at.Error = "no luck"
		}
	}
	st := diff.State{Text: text, Snapshot: sn}
	providers := snapshot.Collection{Kind: snapshot.IdentityProvider}
	if at, _ := sn.Capture(providers); at.Status == snapshot.Complete {
		st.Providers = slices.Clone(s.resources[providers])
	}
	return st
}

// others are the resources in display order, as a history or file yields them:
// those of complete captures.
func (s *side) others() []snapshot.Resource {
	var list []snapshot.Resource
	for c, of := range s.resources {
		if at, _ := s.snapshot.Capture(c); at.Status == snapshot.Complete {
			list = append(list, of...)
		}
	}
	slices.SortFunc(list, snapshot.CompareResources)
	return list
}

func each(list []snapshot.Resource) iter.Seq2[snapshot.Resource, error] {
	return func(yield func(snapshot.Resource, error) bool) {
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// tryCompare compares two sides, called a and b.
func tryCompare(a, b *side, o diff.Options) (diff.Result, error) {
	inA, inB := a.state("a"), b.state("b")
	return diff.Compare(inA, inB, diff.Pairs(inA, inB, each(a.others()), each(b.others())), o)
}

func compare(t helper, a, b *side, o diff.Options) diff.Result {
	t.Helper()
	r, err := tryCompare(a, b, o)
	if err != nil {
		t.Fatalf("Compare: %v", err)
	}
	return r
}

// says writes a result down, a line for each thing: changes with their fields,
// then what was not compared and not to be read.
func says(r diff.Result) []string {
	lines := []string{}
	for _, c := range r.Changes {
		head := fmt.Sprintf("%s %s %s", c.Action, c.Collection, c.ID)
		if c.Action == diff.Changed && c.ID != c.IDB {
			head += " > " + c.IDB
		}
		if c.Action != diff.Changed || len(c.Fields) == 0 {
			lines = append(lines, head)
			continue
		}
		for _, f := range c.Fields {
			lines = append(lines, fmt.Sprintf("%s: %s %s > %s", head, f.Path, or(f.Old), or(f.New)))
		}
	}
	for _, n := range r.NotCompared {
		lines = append(lines, "not compared: "+n.String()+": "+n.Reason)
	}
	for _, n := range r.Unread {
		lines = append(lines, "unread: "+n.String()+": "+n.Reason)
	}
	return lines
}

func or(value []byte) string {
	if value == nil {
		return "nothing"
	}
	return string(value)
}

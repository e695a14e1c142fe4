package migrate

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// ErrUnread marks a state of which too little was read to plan with.
var ErrUnread = errors.New("its identity providers were not read")

// NewPlan says what has to be done so that the target has the source's providers. It
// computes and touches nothing. Its errors are ErrUnread, what the options say that
// cannot be (diff.UnknownError), and documents that are not JSON.
func NewPlan(verb Verb, source, target State, o Options) (*Plan, error) {
	b := &builder{
		verb: verb, source: source, target: target, o: o,
		within:   source.Snapshot.Target == target.Snapshot.Target,
		original: map[string]snapshot.Resource{}, placed: map[int]bool{},
	}
	if b.o.OnConflict == "" {
		b.o.OnConflict = ConflictFail
		if b.within { // it was deleted and created again
			b.o.OnConflict = ConflictUpdate
		}
	}
	if err := b.readable(); err != nil {
		return nil, err
	}
	if err := b.desired(); err != nil {
		return nil, err
	}
	pairs, err := b.pairs()
	if err != nil {
		return nil, err
	}
	for _, p := range pairs {
		a, err := b.action(p)
		if err != nil {
			return nil, err
		}
		if a.Action != "" {
			b.actions = append(b.actions, a)
		}
	}
	if err := b.references(); err != nil {
		return nil, err
	}
	return b.plan()
}

// builder is one NewPlan at work.
type builder struct {
	verb           Verb
	source, target State
	o              Options
	within         bool // one target

	wanted   []snapshot.Resource          // what the target is to have, under the source's ids
	original map[string]snapshot.Resource // the same as the source has them
	mapped   map[string]bool              // ids of the source that Options.Map decides
	spared   map[string]bool              // ids of the target that Options.Map pairs with what is not wanted
	placed   map[int]bool                 // which of Options.Set some provider has
	actions  []Action
	guards   []Guard
	notes    []string
	named    []Reference // of the source
	dangling []Reference // of the target
}

func (b *builder) note(format string, args ...any) {
	if n := fmt.Sprintf(format, args...); !slices.Contains(b.notes, n) {
		b.notes = append(b.notes, n)
	}
}

func (b *builder) allows(c GuardCode) bool { return slices.Contains(b.o.Allow, c) }

// readable checks that both states have what a plan needs. What was not read is
// unknown, never empty: of such a target nobody can say what it lacks.
func (b *builder) readable() error {
	of := func(s State) snapshot.Status {
		c, _ := s.Snapshot.Capture(snapshot.Collection{Kind: snapshot.IdentityProvider})
		return c.Status
	}
	if of(b.target) != snapshot.Complete {
		return fmt.Errorf("%s: %w", b.target.Text, ErrUnread)
	}
	if of(b.source) == snapshot.Complete {
		return nil
	}
	if len(b.source.Providers) == 0 || b.o.DeleteExtra {
		return fmt.Errorf("%s: %w whole", b.source.Text, ErrUnread)
	}
	b.note("%s has a part of its providers only", b.source.Text)
	return nil
}

// pairs gives each wanted provider with the target's that it is, and the target's that
// are none of them. A is the target's, B the wanted one.
func (b *builder) pairs() ([]snapshot.Pair, error) {
	have, want := b.target.State, b.source.State
	want.Providers = b.wanted
	backwards, err := b.mapping()
	if err != nil {
		return nil, err
	}
	pairs, unsure, err := diff.MatchProviders(have, want, backwards)
	if err != nil {
		return nil, err
	}
	for _, set := range unsure {
		pairs = append(pairs, b.settle(set)...)
	}
	slices.SortStableFunc(pairs, func(x, y snapshot.Pair) int {
		return cmp.Or(cmp.Compare(title(x), title(y)), cmp.Compare(ids(x), ids(y)))
	})
	return pairs, nil
}

// mapping is what Options.Map says, as ids: the source's by the target's, as far as
// they are wanted. A word that names nothing is an error: without it the provider would
// be created a second time.
func (b *builder) mapping() (map[string]string, error) {
	b.mapped = map[string]bool{}
	all, wanted := map[string]string{}, map[string]string{}
	for _, from := range keys(b.o.Map) {
		source, err := named(b.source, from)
		if err != nil {
			return nil, err
		}
		target, err := named(b.target, b.o.Map[from])
		if err != nil {
			return nil, err
		}
		if other, ok := all[target]; ok && other != source {
			return nil, &diff.UnknownError{What: "single counterpart", Word: b.o.Map[from], State: b.source.Text, Known: []string{other, source}}
		}
		all[target] = source
		if _, ok := b.original[source]; ok {
			wanted[target], b.mapped[source] = source, true
		} else {
			b.spare(target)
		}
	}
	return wanted, nil
}

// named is the id of the state's one provider that the word names: by its id, else by
// its name as it is written, else whatever the case.
func named(s State, word string) (string, error) {
	for _, is := range []func(r snapshot.Resource) bool{
		func(r snapshot.Resource) bool { return r.ID == word },
		func(r snapshot.Resource) bool { return r.Name() == word },
		func(r snapshot.Resource) bool { return strings.EqualFold(r.Name(), word) },
	} {
		var found []string
		for _, r := range s.Providers {
			if is(r) {
				found = append(found, r.ID)
			}
		}
		switch {
		case len(found) == 1:
			return found[0], nil
		case len(found) > 1:
			return "", &diff.UnknownError{What: "single provider", Word: word, State: s.Text, Known: found}
		}
	}
	return "", unknownProvider(word, s)
}

// spare keeps a provider of the target from being deleted as one that the source does
// not have.
func (b *builder) spare(id string) {
	if b.spared == nil {
		b.spared = map[string]bool{}
	}
	b.spared[id] = true
}

// isSpared reports whether the source has the target's provider, and it was not asked
// for.
func (b *builder) isSpared(have *snapshot.Resource) bool {
	if b.spared[have.ID] {
		return true
	}
	known := have.Summary()
	return slices.ContainsFunc(b.source.Providers, func(r snapshot.Resource) bool {
		if _, wanted := b.original[r.ID]; wanted {
			return false
		}
		s := r.Summary()
		return b.within && r.ID == have.ID || s.Type == known.Type && (s.Name == known.Name || b.renamed(r) == known.Name)
	})
}

func title(p snapshot.Pair) string {
	if p.B != nil {
		return p.B.Name()
	}
	return p.A.Name()
}

func ids(p snapshot.Pair) string {
	id := ""
	if p.A != nil {
		id = p.A.ID
	}
	if p.B != nil {
		id += " " + p.B.ID
	}
	return id
}

// settle pairs providers of one type and name as far as nothing has to be guessed:
// those that are equal to the last setting are exchangeable. Where after that one side
// has none left, those of the other stand alone. The rest is anybody's guess, and
// comes as pairs of a wanted provider with itself, which action blocks.
func (b *builder) settle(set diff.Ambiguity) []snapshot.Pair {
	have := pick(b.target.Providers, set.A)
	want := pick(b.wanted, set.B)
	var pairs []snapshot.Pair
	for i := 0; i < len(want); {
		j := slices.IndexFunc(have, func(r *snapshot.Resource) bool {
			d, err := b.tolerated(r, want[i])
			return err == nil && same(snapshot.IdentityProvider, r.Document, d)
		})
		if j < 0 {
			i++
			continue
		}
		pairs = append(pairs, snapshot.Pair{A: have[j], B: want[i]})
		have, want = slices.Delete(have, j, j+1), slices.Delete(want, i, i+1)
	}
	if len(have) > 0 && len(want) > 0 {
		for _, r := range want {
			pairs = append(pairs, snapshot.Pair{A: r, B: r})
		}
		return pairs
	}
	for _, r := range have {
		pairs = append(pairs, snapshot.Pair{A: r})
	}
	for _, r := range want {
		pairs = append(pairs, snapshot.Pair{B: r})
	}
	return pairs
}

func pick(list []snapshot.Resource, ids []string) []*snapshot.Resource {
	var all []*snapshot.Resource
	for i := range list {
		if slices.Contains(ids, list[i].ID) {
			all = append(all, &list[i])
		}
	}
	return all
}

// order is that in which actions are carried out: nothing is deleted before what
// replaces it is there.
func order(a Action) int {
	switch {
	case a.Kind.IsReference() && a.Action.Writes():
		return 2
	case a.Action == Create:
		return 0
	case a.Action == Update:
		return 1
	case a.Action == Delete:
		return 3
	}
	return 4
}

// plan puts everything together.
func (b *builder) plan() (*Plan, error) {
	slices.SortStableFunc(b.actions, func(x, y Action) int { return cmp.Compare(order(x), order(y)) })
	b.guardPlan()
	src, dst := b.source.Snapshot, b.target.Snapshot
	mark, err := Fingerprint(b.target)
	if err != nil {
		return nil, err
	}
	p := &Plan{
		FormatVersion: FormatVersion, Verb: b.verb, Options: b.o,
		Source: Source{
			State: b.source.Text, Snapshot: src.ID, Target: src.Target.String(), TargetName: src.TargetName,
			TakenAt: src.TakenAt.UTC().Format(time.RFC3339Nano),
		},
		Target: Target{
			Target: dst.Target.String(), TargetName: dst.TargetName, Host: dst.Host, AuthDomain: b.authDomain(), Fingerprint: mark,
		},
		Actions: orEmpty(b.actions), Guards: orEmpty(b.guards), Notes: orEmpty(b.notes),
		References: orEmpty(b.named), Dangling: orEmpty(b.dangling),
	}
	if p.Target.AuthDomain != "" {
		p.Target.RedirectURL = "https://" + p.Target.AuthDomain + "/cdn-cgi/access/callback" // recorded: the same for every provider
	}
	p.Digest, err = p.digest()
	return p, err
}

func (b *builder) authDomain() string {
	if b.target.Organization == nil {
		return ""
	}
	return textAt(b.target.Organization.Document, "/auth_domain")
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

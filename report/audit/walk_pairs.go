package audit

import (
	"context"
	"iter"
	"slices"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// part is what a snapshot is compared with of one earlier snapshot: the collections
// that were last read there.
type part struct {
	from   *snapshot.Snapshot
	wanted map[snapshot.Collection]bool
}

// parts says which collections may differ, and where they were last read. On most
// nights that is one snapshot, the one before.
func (w *walker) parts(s *snapshot.Snapshot, now diff.State, kinds []snapshot.Kind) []*part {
	var list []*part
	want := func(from *snapshot.Snapshot, c snapshot.Collection) {
		if len(kinds) > 0 && !slices.Contains(kinds, c.Kind) || c == providerList {
			return
		}
		i := slices.IndexFunc(list, func(p *part) bool { return p.from == from })
		if i < 0 {
			i, list = len(list), append(list, &part{from, map[snapshot.Collection]bool{}})
		}
		list[i].wanted[c] = true
	}
	for c, have := range w.lists {
		read, tried := s.Capture(c)
		switch {
		case read.Status == snapshot.Complete:
			if !same(have.Capture, read) {
				want(have.from, c)
			}
		case !tried && c.Kind.IsSCIM() && readProviders(*s) && !has(now.Providers, c.Provider):
			want(have.from, c) // gone with its provider
		}
	}
	for _, c := range s.Captures {
		_, known := w.lists[c.Collection]
		if c.Status == snapshot.Complete && !known && c.Kind.IsSCIM() && w.listing != nil && !has(w.providers, c.Provider) {
			want(w.listing, c.Collection) // new with its provider
		}
	}
	slices.SortFunc(list, func(a, b *part) int { return a.from.TakenAt.Compare(b.from.TakenAt) })
	return list
}

// pairs yields the resources that differ from what is known.
func (w *walker) pairs(ctx context.Context, s *snapshot.Snapshot, now diff.State, o diff.Options) iter.Seq2[snapshot.Pair, error] {
	return func(yield func(snapshot.Pair, error) bool) {
		for _, p := range w.parts(s, now, o.Kinds) {
			wanted := func(c snapshot.Collection) bool { return p.wanted[c] }
			for pair, err := range w.history.DifferencesIn(ctx, p.from.ID, s.ID, wanted) {
				if !yield(pair, err) || err != nil {
					return
				}
			}
		}
	}
}

// options are those of the question, without the providers and types that neither
// state has: they came later, or are gone. some is false where nothing is left that
// was asked for.
func (w *walker) options(a, b diff.State) (o diff.Options, some bool) {
	asked := w.question.Filter
	o = diff.Options{
		Brief: true, Kinds: asked.Kinds, Providers: asked.Providers, Types: asked.Types,
		AtLeast: asked.AtLeast, Ignore: asked.Ignore, Rules: asked.Rules,
	}
	if w.listing == nil || !readProviders(b.Snapshot) {
		return o, true
	}
	all := slices.Concat(a.Providers, b.Providers)
	o.Providers = slices.DeleteFunc(slices.Clone(o.Providers), func(word string) bool { return !named(all, word) })
	o.Types = slices.DeleteFunc(slices.Clone(o.Types), func(t snapshot.Type) bool { return !typed(all, t) })
	some = len(o.Providers) > 0 == (len(asked.Providers) > 0) && len(o.Types) > 0 == (len(asked.Types) > 0)
	return o, some
}

func named(providers []snapshot.Resource, word string) bool {
	return slices.ContainsFunc(providers, func(r snapshot.Resource) bool { return diff.Calls(word, r.ID, r.Summary().Name) })
}

func typed(providers []snapshot.Resource, t snapshot.Type) bool {
	return slices.ContainsFunc(providers, func(r snapshot.Resource) bool { return r.Summary().Type == t })
}

// note remembers which words of the options name one of the providers, or its type.
func (w *walker) note(providers []snapshot.Resource) {
	for _, word := range w.question.Filter.Providers {
		w.used[word] = w.used[word] || named(providers, word)
	}
	for _, t := range w.question.Filter.Types {
		w.types[t] = w.types[t] || typed(providers, t)
	}
}

// unknown is the error that a word of the options names no provider of any snapshot,
// or a type that there is not. Where no snapshot read its providers, nobody knows.
func (w *walker) unknown() error {
	if w.listing == nil {
		return nil
	}
	for _, word := range w.question.Filter.Providers {
		if !w.used[word] {
			unknown := &diff.UnknownError{What: "provider", Word: word}
			for _, p := range w.providers {
				s := p.Summary()
				unknown.Known = append(unknown.Known, p.ID+"  "+string(s.Type)+"  "+s.Name)
			}
			return unknown
		}
	}
	for _, t := range w.question.Filter.Types {
		if _, ok := snapshot.TypeOf(t); !ok && !w.types[t] {
			unknown := &diff.UnknownError{What: "type", Word: string(t)}
			for _, info := range snapshot.Types() {
				unknown.Known = append(unknown.Known, string(info.Type))
			}
			return unknown
		}
	}
	return nil
}

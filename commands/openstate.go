package commands

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

// stateArgs are the flags of commands that take states.
type stateArgs struct {
	historyArgs
	targetArgs
}

// opened is a state that can be read.
type opened struct {
	text      string // as it was typed
	snapshot  snapshot.Snapshot
	history   *store.Store // that holds the state; nil where it is live or a file
	resources func(kinds []snapshot.Kind) iter.Seq2[snapshot.Resource, error]
}

// opener finds states and reads those that are live or files.
type opener struct {
	args   *stateArgs
	env    Env
	shared *common
	store  *store.Store
	all    []snapshot.Snapshot // what the history held when it was first asked
}

// withStates hands fn what opens states, and afterwards closes the history if one
// of them needed it.
func (a *stateArgs) withStates(env Env, shared *common, fn func(*opener) error) error {
	if a.account+a.zone+a.profile != "" { // flags are looked at even where no state needs them
		if _, _, err := a.selected(env); err != nil {
			return err
		}
	}
	o := &opener{args: a, env: env, shared: shared}
	err := fn(o)
	if o.store != nil {
		err = errors.Join(err, o.store.Close())
	}
	return err
}

// withState is withStates for a command that takes one.
func (a *stateArgs) withState(ctx context.Context, env Env, shared *common, text string, fn func(opened) error) error {
	return a.withStates(env, shared, func(o *opener) error {
		st, err := o.find(ctx, text)
		if err != nil {
			return err
		}
		open, err := o.open(ctx, st, everything)
		if err != nil {
			return err
		}
		return fn(open)
	})
}

// history opens the history, once.
func (o *opener) history(ctx context.Context) (*store.Store, error) {
	if o.store != nil {
		return o.store, nil
	}
	path, err := o.args.path(o.env)
	if err != nil {
		return nil, err
	}
	opts, err := o.args.options()
	if err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, path, opts)
	if err != nil {
		return nil, err
	}
	o.store = s
	return s, nil
}

// find finds what the text means.
func (o *opener) find(ctx context.Context, text string) (state, error) {
	return o.scene(ctx).resolve(text)
}

// open reads the state, where it is live as far as need says.
func (o *opener) open(ctx context.Context, st state, need need) (opened, error) {
	open := opened{text: st.text}
	switch {
	case st.read != nil:
		return *st.read, nil
	case st.file != "":
		sn, resources, err := readStateFile(ctx, o.env, st.file)
		open.snapshot = sn
		open.resources = func(kinds []snapshot.Kind) iter.Seq2[snapshot.Resource, error] {
			return ofKinds(slices.Values(resources), kinds)
		}
		return open, err
	case st.live:
		sn, memory, err := readLive(ctx, o.env, o.shared, st.of, need)
		open.snapshot, open.resources = sn, inMemory(memory)
		return open, err
	}
	s, err := o.history(ctx)
	open.snapshot, open.history = st.snapshot, s
	open.resources = func(kinds []snapshot.Kind) iter.Seq2[snapshot.Resource, error] {
		return s.Resources(ctx, st.snapshot.ID, kinds...)
	}
	return open, err
}

// scene is where this command line's states are looked up.
func (o *opener) scene(ctx context.Context) scene {
	return scene{
		profile: func(name string) (profile, error) {
			c, err := o.args.load(o.env)
			if err != nil {
				return profile{}, err
			}
			return c.profile(name)
		},
		named: func(t snapshot.Target) []string {
			c, err := o.args.load(o.env)
			if err != nil { // it is a help, not what was asked
				return nil
			}
			return c.namesOf(t)
		},
		history: func() ([]snapshot.Snapshot, error) {
			// Asked once: in latest~1 and latest of one command line nobody is to find two
			// nights, because another one was recorded in between.
			if o.all != nil {
				return o.all, nil
			}
			s, err := o.history(ctx)
			if err != nil {
				return nil, err
			}
			o.all, err = s.Snapshots(ctx)
			return o.all, err
		},
		forgotten: func() ([]snapshot.Forgotten, error) {
			s, err := o.history(ctx)
			if err != nil {
				return nil, err
			}
			return s.Forgotten(ctx)
		},
		chosen: func() (selection, bool, error) { return o.args.selected(o.env) },
		now:    o.env.Now(),
	}
}

// need says what of a live target is to be read beside its organization and
// providers.
type need struct{ scim, references bool }

var everything = need{scim: true, references: true}

// needOf says what the kinds, or all where there are none, need.
func needOf(kinds []snapshot.Kind) need {
	return need{
		scim:       len(kinds) == 0 || slices.ContainsFunc(kinds, snapshot.Kind.IsSCIM),
		references: len(kinds) == 0 || slices.ContainsFunc(kinds, snapshot.Kind.IsReference),
	}
}

// readLive reads a target as it is now. It is recorded nowhere.
func readLive(ctx context.Context, env Env, shared *common, sel selection, need need) (snapshot.Snapshot, *snapshot.Memory, error) {
	progress, done := shared.reading(ctx, env)
	defer done()
	client, err := sel.client(ctx, env, connection{waiting: progress.Waiting})
	if err != nil {
		return snapshot.Snapshot{}, nil, err
	}
	memory := snapshot.NewMemory()
	sn, err := snapshot.Take(ctx, client.Source(sel.target), memory, snapshot.TakeOptions{
		Now: env.Now, SCIM: need.scim, References: need.references, Tool: env.Version, Progress: progress.Collection,
	})
	return sn, memory, err
}

// inMemory gives what yields the resources of a live state.
func inMemory(m *snapshot.Memory) func([]snapshot.Kind) iter.Seq2[snapshot.Resource, error] {
	return func(kinds []snapshot.Kind) iter.Seq2[snapshot.Resource, error] { return ofKinds(m.Resources(), kinds) }
}

// ofKinds yields the resources of the kinds, or all where there are none.
func ofKinds(all iter.Seq[snapshot.Resource], kinds []snapshot.Kind) iter.Seq2[snapshot.Resource, error] {
	return func(yield func(snapshot.Resource, error) bool) {
		for r := range all {
			if (len(kinds) == 0 || slices.Contains(kinds, r.Kind)) && !yield(r, nil) {
				return
			}
		}
	}
}

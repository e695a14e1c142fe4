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
	snapshot  snapshot.Snapshot
	resources func(kinds []snapshot.Kind) iter.Seq2[snapshot.Resource, error]
}

// withState finds what the text means, reads it where it is live or a file, and
// hands it to fn. The history is opened only where it is needed.
func (a *stateArgs) withState(ctx context.Context, env Env, shared *common, text string, fn func(opened) error) error {
	var s *store.Store
	closing := func() error { return nil }
	open := func() (*store.Store, error) {
		if s != nil {
			return s, nil
		}
		path, err := a.path(env)
		if err != nil {
			return nil, err
		}
		opts, err := a.options()
		if err != nil {
			return nil, err
		}
		if s, err = store.Open(ctx, path, opts); err != nil {
			s = nil
			return nil, err
		}
		closing = s.Close
		return s, nil
	}
	err := a.reading(ctx, env, shared, text, open, fn)
	return errors.Join(err, closing())
}

func (a *stateArgs) reading(ctx context.Context, env Env, shared *common, text string, open func() (*store.Store, error), fn func(opened) error) error {
	sc, err := a.scene(ctx, env, open)
	if err != nil {
		return err
	}
	st, err := sc.resolve(text)
	if err != nil {
		return err
	}
	switch {
	case st.file != "":
		sn, resources, err := readStateFile(ctx, env, st.file)
		if err != nil {
			return err
		}
		return fn(opened{sn, func(kinds []snapshot.Kind) iter.Seq2[snapshot.Resource, error] {
			return ofKinds(slices.Values(resources), kinds)
		}})
	case st.live:
		sn, memory, err := readLive(ctx, env, shared, st.of)
		if err != nil {
			return err
		}
		return fn(opened{sn, func(kinds []snapshot.Kind) iter.Seq2[snapshot.Resource, error] {
			return ofKinds(memory.Resources(), kinds)
		}})
	}
	s, err := open()
	if err != nil {
		return err
	}
	return fn(opened{st.snapshot, func(kinds []snapshot.Kind) iter.Seq2[snapshot.Resource, error] {
		return s.Resources(ctx, st.snapshot.ID, kinds...)
	}})
}

// scene is where this command line's states are looked up.
func (a *stateArgs) scene(ctx context.Context, env Env, open func() (*store.Store, error)) (scene, error) {
	chosen, ok, err := a.selected(env)
	if err != nil {
		return scene{}, err
	}
	sc := scene{
		profile: func(name string) (profile, error) {
			c, err := a.load(env)
			if err != nil {
				return profile{}, err
			}
			return c.profile(name)
		},
		history: func() ([]snapshot.Snapshot, error) {
			s, err := open()
			if err != nil {
				return nil, err
			}
			return s.Snapshots(ctx)
		},
		now: env.Now(),
	}
	if ok {
		sc.chosen = &chosen
	}
	return sc, nil
}

// readLive reads a target as it is now. It is recorded nowhere.
func readLive(ctx context.Context, env Env, shared *common, sel selection) (snapshot.Snapshot, *snapshot.Memory, error) {
	progress, done := shared.reading(ctx, env)
	defer done()
	client, err := sel.client(ctx, env, connection{waiting: progress.Waiting})
	if err != nil {
		return snapshot.Snapshot{}, nil, err
	}
	memory := snapshot.NewMemory()
	sn, err := snapshot.Take(ctx, client.Source(sel.target), memory, snapshot.TakeOptions{
		Now: env.Now, SCIM: true, References: true, Tool: env.Version, Progress: progress.Collection,
	})
	return sn, memory, err
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

package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

// planned is a plan and the target that it is for.
type planned struct {
	*migrate.Plan

	to selection
}

// makePlan plans to put the state that is called from into the target that is called
// to, or, where that is "", into the one that the state is of. It sends GET only.
func makePlan(ctx context.Context, open *opener, verb migrate.Verb, from, to string, o migrate.Options) (planned, error) {
	st, err := open.find(ctx, from)
	if err != nil {
		return planned{}, err
	}
	// A snapshot of which something could not be read is no ground to stand on unless
	// the providers are in it: NewPlan sees to that.
	source, err := open.open(ctx, st, need{references: true})
	if err != nil {
		return planned{}, err
	}
	src, err := planState(source)
	if err != nil {
		return planned{}, err
	}
	sel, err := open.destination(ctx, st, source, to)
	if err != nil {
		return planned{}, err
	}
	dst, err := readTarget(ctx, open.env, open.shared, sel)
	if err != nil {
		return planned{}, err
	}
	if dst.Formerly, err = open.formerly(ctx, dst.Snapshot.Target); err != nil {
		return planned{}, err
	}
	p, err := migrate.NewPlan(verb, src, dst, o)
	if errors.Is(err, migrate.ErrUnread) {
		err = cmp.Or(unreadTarget(sel, dst), err)
	}
	return planned{p, sel}, planError(err)
}

// unreadTarget says why there is no planning for a target, nil where its providers
// were read.
func unreadTarget(sel selection, dst migrate.State) error {
	kinds := []snapshot.Kind{snapshot.IdentityProvider}
	organization, _ := dst.Snapshot.Capture(snapshot.Collection{Kind: snapshot.Organization})
	unread := incompleteState(dst.Snapshot, kinds)
	switch {
	case unread == nil:
		return nil
	case dst.Organization == nil && organization.Status == snapshot.Complete:
		return &problem{
			class: errRefused, text: fmt.Sprintf("%s has no Zero Trust organization: without one there are no identity providers; nothing was written", sel),
			hint: "open Zero Trust in its dashboard once, and choose a team name",
		}
	}
	return &problem{class: errIncomplete, text: fmt.Sprintf("%s: %v", sel, unread), hint: "nothing was written; idpsnap doctor looks into it"}
}

// formerly gives the ids that runs have given to providers of the target, by those that
// these had before. Without a history there are none.
func (o *opener) formerly(ctx context.Context, t snapshot.Target) (map[string]string, error) {
	s, err := o.history(ctx)
	if errors.Is(err, store.ErrNoHistory) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	runs, err := readRuns(ctx, o.env, s)
	if err != nil && !errors.Is(err, errIntegrity) { // a damaged journal keeps nobody from planning
		return nil, err
	}
	ids := map[string]string{}
	for _, r := range runs {
		for _, st := range r.Steps {
			if r.Plan.Target.Target == t.String() && st.Action.Action == migrate.Create && st.TargetID != "" {
				ids[st.TargetID] = st.Action.SourceID
			}
		}
	}
	return ids, nil
}

// planState gathers what a plan wants to know of a state.
func planState(st opened) (migrate.State, error) {
	out := migrate.State{State: diff.State{Text: st.text, Snapshot: st.snapshot}}
	for r, err := range st.resources(planKinds) {
		if err != nil {
			return out, err
		}
		switch r.Kind {
		case snapshot.IdentityProvider:
			out.Providers = append(out.Providers, r)
		case snapshot.Organization:
			out.Organization = &r
		default:
			out.References = append(out.References, r)
		}
	}
	return out, nil
}

// destination finds the target to write to, with its credentials.
func (o *opener) destination(ctx context.Context, st state, source opened, to string) (selection, error) {
	if to != "" {
		return o.scene(ctx).target(stateRef{target: to})
	}
	target := source.snapshot.Target
	sel, ok, err := o.args.selected(o.env)
	switch {
	case err == nil && ok && o.args.flagged() && sel.target != target:
		return selection{}, usage("--to names the target to write to", "%s is of %s, not of %s", st.text, target, sel)
	case st.of.target == target:
		return st.of, nil
	case err == nil && ok && sel.target == target:
		return sel, nil
	}
	if target == (snapshot.Target{}) {
		return selection{}, usage("--to account:<id>", "%s does not say which target it is of", st.text)
	}
	return selection{target: target}, nil
}

// readTarget reads a target as far as plans need it.
func readTarget(ctx context.Context, env Env, shared *common, sel selection) (migrate.State, error) {
	sn, memory, err := readLive(ctx, env, shared, sel, need{references: true})
	if err != nil {
		return migrate.State{}, err
	}
	return planState(opened{text: sel.String(), snapshot: sn, resources: inMemory(memory)})
}

// planError says what to type where the options of a plan name something that is not
// there.
func planError(err error) error {
	if errors.Is(err, migrate.ErrUnread) {
		return &problem{class: errIncomplete, text: err.Error(), hint: "name a state that has them: idpsnap snapshots shows which snapshots are complete"}
	}
	var set *migrate.SetError
	if errors.As(err, &set) {
		return usage("--set [PROVIDER:]PATH=VALUE", "%v", err)
	}
	return unknownOption(err)
}

// refusal says what speaks against carrying a plan out, nil where nothing does.
func refusal(p *migrate.Plan) error {
	guards, blocked := p.Standing()
	if len(guards)+len(blocked) == 0 {
		return nil
	}
	text := "refused; nothing was written"
	for _, g := range guards {
		subject := ""
		if g.Subject != "" {
			subject = fmt.Sprintf("%q: ", g.Subject)
		}
		text += fmt.Sprintf("\n%s: %s%s: %s: %s lets it pass", g.Code, subject, g.What, g.Why, g.Flag)
	}
	for _, a := range blocked {
		for _, why := range a.Reasons {
			text += fmt.Sprintf("\n%q (%s): %s", a.Name, a.Type, why)
		}
	}
	hint := "--exclude leaves a provider out"
	if len(guards) > 0 {
		hint = "--yes passes no guard; look at the plan with --dry-run"
	}
	return &problem{class: errRefused, text: text, hint: hint}
}

// usable reports of a secret whether it is there and may be one.
func usable(secrets migrate.Secrets) func(id, path string) bool {
	return func(id, path string) bool {
		value, ok := secrets[id][path]
		return ok && migrate.Fake(value) == ""
	}
}

// lacking says which secrets are missing or cannot be real: all of them at once.
func lacking(lacks []migrate.Lack) error {
	if len(lacks) == 0 {
		return nil
	}
	text := fmt.Sprintf("%s missing or not real; nothing was written:", plural(len(lacks), "secret"))
	for _, l := range lacks {
		text += fmt.Sprintf("\n%q (%s, %s): %s: %s", l.Name, l.Type, l.ID, l.Key, l.Why)
	}
	return &problem{
		class: errRefused, text: text,
		hint: fmt.Sprintf("idpsnap secrets template makes a file to fill in for --secrets-file; or --secret '%s.%s=env:NAME'", lacks[0].Name, lacks[0].Key),
	}
}

// openSteps are the actions that are left, as a plan of its own.
func openSteps(p *migrate.Plan, steps []migrate.Step) *migrate.Plan {
	left := *p
	left.Actions = nil
	for _, s := range steps {
		if s.Outcome != migrate.Succeeded && s.Outcome != migrate.Adopted {
			left.Actions = append(left.Actions, s.Action)
		}
	}
	left.Actions = slices.Clip(left.Actions)
	return &left
}

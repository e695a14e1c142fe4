package migrate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/snapshot"
)

// maxTries is how often a write is sent whose answer is lost and of which nothing is
// found.
const maxTries = 3

// pauses are waited before each look for what a lost answer has left: a list may lag
// behind (measured by others for deletions), and Cloudflare may still be at work.
var pauses = []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}

// unsure reports whether an error leaves open what became of a write, or may be about
// the write's own earlier self.
func unsure(err error) bool { return errors.Is(err, ErrAmbiguous) || errors.Is(err, ErrConflict) }

// create creates a provider. Names are not unique, so it is never sent again before
// the target was looked through for what the first time has left.
func (a *applier) create(ctx context.Context, i int, begun bool) error {
	step := &a.steps[i]
	present := a.Present[i]
	if begun {
		found, err := a.find(ctx, i, present)
		if err != nil || found {
			return err
		}
	} else {
		list, err := a.Remote.Providers(ctx)
		if err != nil {
			return err
		}
		present = []string{}
		for _, r := range list {
			present = append(present, r.ID)
			// When the plan was made there was none that it does not speak of.
			if s := r.Summary(); !a.mine(r.ID) && s.Type == step.Action.Type && (s.Name == step.Action.Name || reached(r, step.Action.Settings)) {
				return fmt.Errorf("a provider like it is there by now: %s; make a new plan", r.ID)
			}
		}
	}
	body, err := withSecrets(step.Action.Settings, step.Action.Secrets, a.Secrets[step.Action.SourceID])
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		// Again, too: whoever resumes is to know what was there.
		if err := a.intend(ctx, i, present); err != nil {
			return err
		}
		w, err := a.Remote.Create(ctx, body)
		switch {
		case err == nil:
			step.Outcome, step.TargetID = Succeeded, w.Resource.ID
			return a.keepToken(i, w)
		case !unsure(err):
			return err
		}
		found, lost := a.find(ctx, i, present)
		if lost != nil || found {
			return lost
		}
		if try >= maxTries {
			return err
		}
	}
}

// mine reports whether the plan or the run knows the provider.
func (a *applier) mine(id string) bool {
	return slices.ContainsFunc(a.steps, func(s Step) bool { return s.TargetID == id })
}

// find looks for what a creation whose answer is lost has left: a provider that was
// not there before and has exactly the intended settings.
func (a *applier) find(ctx context.Context, i int, present []string) (found bool, err error) {
	step := &a.steps[i]
	for _, pause := range pauses {
		if err := a.Sleep(ctx, pause); err != nil {
			return false, &fatalError{error: err}
		}
		list, err := a.Remote.Providers(ctx)
		if err != nil {
			// Not known, and so not to be noted as failed.
			return false, &fatalError{error: fmt.Errorf("whether %q was created is not known: %w", step.Action.Name, err)}
		}
		var alike []snapshot.Resource
		var named []string
		for _, r := range list {
			s := r.Summary()
			switch {
			case slices.Contains(present, r.ID) || a.mine(r.ID):
			case reached(r, step.Action.Settings):
				alike = append(alike, r)
			case s.Type == step.Action.Type && s.Name == step.Action.Name:
				named = append(named, r.ID)
			}
		}
		switch {
		case len(alike) == 1:
			step.Outcome, step.TargetID, step.SCIMBaseURL = Adopted, alike[0].ID, SCIMBaseURL(alike[0])
			step.TokenLost = step.Action.TellsToken // it was in the answer
			return true, nil
		case len(alike) > 1:
			return false, fmt.Errorf("more than one provider just like it has appeared: %s; delete what is too much, and make a new plan", strings.Join([]string{alike[0].ID, alike[1].ID}, " and "))
		case len(named) > 0:
			return false, fmt.Errorf("a provider of this name has appeared, with other settings: %s; look at it, and make a new plan", strings.Join(named, ", "))
		}
	}
	return false, nil
}

// reached reports whether a provider has the settings that were to be: what Cloudflare
// fills in by itself counts for nothing.
func reached(r snapshot.Resource, intended []byte) bool {
	for path, standard := range standards {
		if v := at(intended, path); (v == nil || string(v) == "null") && textAt(r.Document, path) == standard {
			filled, err := with(intended, path, at(r.Document, path))
			if err != nil {
				return false
			}
			intended = filled
		}
	}
	return same(snapshot.IdentityProvider, r.Document, intended)
}

// update changes a provider, which may be sent again: it says what is to be.
func (a *applier) update(ctx context.Context, i int, begun bool) error {
	step := &a.steps[i]
	act := step.Action
	body, err := withSecrets(act.Settings, act.Secrets, a.Secrets[act.SourceID])
	if err != nil {
		return err
	}
	bare, err := withoutNulls(body)
	if err != nil {
		return err
	}
	// Whether a secret has arrived nobody can see: what carries one is sent again.
	carries := slices.ContainsFunc(act.Secrets, func(s Secret) bool { _, ok := a.Secrets[act.SourceID][s.Path]; return ok })
	for try := 1; ; try++ {
		live, err := a.Remote.Provider(ctx, act.TargetID)
		switch {
		case errors.Is(err, ErrGone):
			return errors.New("it has been deleted since the plan was made; make a new plan")
		case err != nil && begun:
			return &fatalError{error: fmt.Errorf("whether %q was changed is not known: %w", act.Name, err)}
		case err != nil:
			return err
		case begun && reached(live, act.Settings) && !carries:
			step.Outcome = Adopted
			step.TokenLost = act.TellsToken
			return nil
		case !a.asPlanned(live, act) && (!begun || !reached(live, act.Settings)):
			return errors.New("its settings have been changed since the plan was made; make a new plan")
		}
		if err := a.intend(ctx, i, nil); err != nil {
			return err
		}
		again := begun
		begun = true
		w, err := a.Remote.Update(ctx, act.TargetID, body)
		switch {
		case err == nil:
			step.Outcome = Succeeded
			// It was told in the answer before, which nobody got.
			step.TokenLost = act.TellsToken && w.SCIMToken == "" && again
			return a.keepToken(i, w)
		case bare != nil && errors.Is(err, ErrInvalid):
			body, bare = bare, nil // one that takes no null takes a body for the whole
			try--
			continue
		case !unsure(err), try >= maxTries:
			return a.settled(ctx, i, err, carries)
		}
		if err := a.Sleep(ctx, pauses[try-1]); err != nil {
			return &fatalError{error: err}
		}
	}
}

// settled looks once more at what became of an update that failed in the end. Whether a
// secret that it carries has arrived nobody can see.
func (a *applier) settled(ctx context.Context, i int, failure error, carries bool) error {
	if !unsure(failure) || carries {
		return failure
	}
	step := &a.steps[i]
	live, err := a.Remote.Provider(ctx, step.Action.TargetID)
	if err != nil {
		return &fatalError{error: fmt.Errorf("whether %q was changed is not known: %w", step.Action.Name, failure)}
	}
	if !reached(live, step.Action.Settings) {
		return failure
	}
	step.Outcome, step.TokenLost = Adopted, step.Action.TellsToken
	return nil
}

func (a *applier) asPlanned(live snapshot.Resource, act Action) bool {
	mark, err := fingerprint(act.Kind, live.Document)
	return err == nil && mark == act.Before
}

// delete deletes a provider. That it is gone is what was wanted, whoever did it.
func (a *applier) delete(ctx context.Context, i int) error {
	step := &a.steps[i]
	act := step.Action
	for try := 1; ; try++ {
		live, err := a.Remote.Provider(ctx, act.TargetID)
		switch {
		case errors.Is(err, ErrGone):
			step.Outcome = Succeeded
			return nil
		case err != nil && try > 1:
			return &fatalError{error: fmt.Errorf("whether %q was deleted is not known: %w", act.Name, err)}
		case err != nil:
			return err
		case !a.asPlanned(live, act):
			return errors.New("its settings have been changed since the plan was made; make a new plan")
		}
		if err := a.intend(ctx, i, nil); err != nil {
			return err
		}
		err = a.Remote.Delete(ctx, act.TargetID)
		switch {
		case err == nil, errors.Is(err, ErrGone):
			step.Outcome = Succeeded
			return nil
		case !unsure(err) || try >= maxTries:
			return err
		}
		if err := a.Sleep(ctx, pauses[try-1]); err != nil {
			return &fatalError{error: err}
		}
	}
}

// reference replaces ids of providers in an app, policy or group.
func (a *applier) reference(ctx context.Context, i int) error {
	step := &a.steps[i]
	act := step.Action
	ids, err := a.becomes(act)
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		live, err := a.Remote.Reference(ctx, act.Kind, act.TargetID)
		switch {
		case errors.Is(err, ErrGone):
			return errors.New("it has been deleted since the plan was made")
		case err != nil && try > 1:
			return &fatalError{error: fmt.Errorf("whether %q was changed is not known: %w", act.Name, err)}
		case err != nil:
			return err
		}
		after, changed, err := rewritten(ownPart(live), ids)
		if err != nil {
			return err
		}
		if step.After, err = fingerprint(act.Kind, after); err != nil {
			return err
		}
		if !changed {
			step.Outcome = Succeeded
			return nil
		}
		if !a.asPlanned(ownPart(live), act) {
			return errors.New("it has been changed since the plan was made; make a new plan")
		}
		body, err := referenceBody(live, ids)
		if err != nil {
			return err
		}
		if err := a.intend(ctx, i, nil); err != nil {
			return err
		}
		err = a.Remote.UpdateReference(ctx, act.Kind, act.TargetID, body)
		switch {
		case err == nil:
			step.Outcome = Succeeded
			return nil
		case !unsure(err) || try >= maxTries:
			return err
		}
		if err := a.Sleep(ctx, pauses[try-1]); err != nil {
			return &fatalError{error: err}
		}
	}
}

// becomes gives the new ids for the old, of providers that this run has created, too.
func (a *applier) becomes(act Action) (map[string]string, error) {
	ids := map[string]string{}
	for old, id := range act.Replaces {
		for _, s := range a.steps {
			if id == "" && s.Action.Action == Create && s.Action.SourceID == cmp.Or(act.Formerly[old], old) {
				id = s.TargetID
			}
		}
		if id == "" {
			return nil, fmt.Errorf("the provider that it is to name instead of %s was not created", old)
		}
		ids[old] = id
	}
	return ids, nil
}

package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

// safety takes a snapshot of the target, and gives the target as it is in it. It is read
// as plans are, which may be with another token than it is written with.
func (c *carrier) safety(ctx context.Context, s *store.Store, p planned) (id string, now migrate.State, err error) {
	id, now, err = c.safetyOnce(ctx, s, p)
	if errors.Is(err, store.ErrMoved) { // cron recorded one just then
		id, now, err = c.safetyOnce(ctx, s, p)
	}
	return id, now, err
}

func (c *carrier) safetyOnce(ctx context.Context, s *store.Store, p planned) (id string, now migrate.State, err error) {
	client, err := p.to.client(ctx, c.env, connection{})
	if err != nil {
		return "", now, err
	}
	draft, err := s.Begin(ctx, p.to.target)
	if err != nil {
		return "", now, err
	}
	read := snapshot.NewMemory()
	sn, err := snapshot.Take(ctx, client.Source(p.to.target), both{draft, read}, snapshot.TakeOptions{
		Now: c.env.Now, References: true, Tool: c.env.Version, Origin: snapshot.Safety,
		SCIM: losesUsers(p.Plan),
		Note: fmt.Sprintf("before %s of %s", p.Verb, p.Source.State),
	})
	if err != nil {
		return "", now, err
	}
	if sn.Status() != snapshot.Complete {
		return "", now, &problem{class: errIncomplete, text: "the safety snapshot could not be taken whole; nothing was written: " + incompleteState(sn, nil).Error(), hint: "try again"}
	}
	if now, err = planState(opened{text: p.to.String(), snapshot: sn, resources: inMemory(read)}); err != nil {
		return "", now, err
	}
	if err := sameHost(p.Plan, sn); err != nil {
		return "", now, err
	}
	sn, err = draft.Commit(ctx, sn)
	return sn.ID, now, err
}

// losesUsers reports whether a plan may cost users and groups that were synced: with a
// provider they go, and nobody knows what becomes of them where SCIM changes.
func losesUsers(p *migrate.Plan) bool {
	return slices.ContainsFunc(p.Actions, func(a migrate.Action) bool {
		return a.Action == migrate.Delete || a.Action == migrate.Update && slices.ContainsFunc(a.Changes, func(ch migrate.Change) bool {
			return ch.Path == "/type" || strings.HasPrefix(ch.Path, "/scim_config")
		})
	})
}

// sameHost sees to it that a plan is carried out where it was made for.
func sameHost(p *migrate.Plan, now snapshot.Snapshot) error {
	if p.Target.Host == now.Host {
		return nil
	}
	return &problem{
		class: errRefused, text: fmt.Sprintf("the plan is for %s at %s, and this is %s; nothing was written", p.Target.Target, p.Target.Host, now.Host),
		hint: "set CLOUDFLARE_BASE_URL, or name the profile, as when it was made",
	}
}

// asPlanned sees to it that the target is what the plan was made for.
func asPlanned(p *migrate.Plan, now migrate.State) error {
	mark, err := migrate.Fingerprint(now)
	if err == nil && mark != p.Target.Fingerprint {
		err = stale("nothing was written")
	}
	return err
}

// stale refuses a plan for a target that has changed.
func stale(so string) error {
	return &problem{class: errRefused, cause: migrate.ErrStale, text: migrate.ErrStale.Error() + "; " + so, hint: "make a new plan, and look at it again"}
}

// both is a Recorder that keeps what is read twice.
type both struct{ a, b snapshot.Recorder }

// Open begins both recordings.
func (r both) Open(ctx context.Context, c snapshot.Collection) (snapshot.Recording, error) {
	a, err := r.a.Open(ctx, c)
	if err != nil {
		return nil, err
	}
	b, err := r.b.Open(ctx, c)
	return twice{a, b}, err
}

type twice struct{ a, b snapshot.Recording }

func (r twice) Page(elements []snapshot.Element) (int, error) {
	if _, err := r.b.Page(elements); err != nil {
		return 0, err
	}
	return r.a.Page(elements)
}

func (r twice) Restart() { r.a.Restart(); r.b.Restart() }

func (r twice) Finish(ctx context.Context) (snapshot.Capture, error) {
	if _, err := r.b.Finish(ctx); err != nil {
		return snapshot.Capture{}, err
	}
	return r.a.Finish(ctx)
}

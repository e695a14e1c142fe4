package commands

import (
	"context"
	"fmt"

	"github.com/idpsnap/idpsnap/cloudflare"
	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

// safety takes a snapshot of the target, and sees to it that the target is still what
// the plan was made for.
func (c *carrier) safety(ctx context.Context, s *store.Store, client *cloudflare.Client, p planned) (id string, err error) {
	draft, err := s.Begin(ctx, p.to.target)
	if err != nil {
		return "", err
	}
	read := snapshot.NewMemory()
	sn, err := snapshot.Take(ctx, client.Source(p.to.target), both{draft, read}, snapshot.TakeOptions{
		Now: c.env.Now, References: true, Tool: c.env.Version, Origin: snapshot.Safety,
		// With a provider go its users and groups.
		SCIM: p.Count(migrate.Delete) > 0,
		Note: fmt.Sprintf("before %s of %s", p.Verb, p.Source.State),
	})
	if err != nil {
		return "", err
	}
	if sn.Status() != snapshot.Complete {
		return "", &problem{class: errIncomplete, text: "the safety snapshot could not be taken whole; nothing was written: " + incompleteState(sn, nil).Error(), hint: "try again"}
	}
	now, err := planState(opened{text: p.to.String(), snapshot: sn, resources: inMemory(read)})
	if err != nil {
		return "", err
	}
	mark, err := migrate.Fingerprint(now)
	if err != nil {
		return "", err
	}
	if mark != p.Target.Fingerprint {
		return "", &problem{class: errRefused, cause: migrate.ErrStale, text: migrate.ErrStale.Error() + "; nothing was written", hint: "make a new plan, and look at it again"}
	}
	sn, err = draft.Commit(ctx, sn)
	return sn.ID, err
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

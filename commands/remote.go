package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/idpsnap/idpsnap/cloudflare"
	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// remote is a target at Cloudflare as migrate.Apply reads and writes it.
type remote struct {
	client *cloudflare.Client
	target snapshot.Target
}

// Providers lists the target's identity providers.
func (r remote) Providers(ctx context.Context) ([]snapshot.Resource, error) {
	memory := snapshot.NewMemory()
	c := snapshot.Collection{Kind: snapshot.IdentityProvider}
	rec, err := memory.Open(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := r.client.Source(r.target).Read(ctx, c, rec); err != nil {
		return nil, err
	}
	if _, err := rec.Finish(ctx); err != nil {
		return nil, err
	}
	return slices.Collect(memory.Resources()), nil
}

// Provider reads one.
func (r remote) Provider(ctx context.Context, id string) (snapshot.Resource, error) {
	return r.read(snapshot.IdentityProvider, id)(r.client.GetProvider(ctx, r.target, id))
}

// Create creates one.
func (r remote) Create(ctx context.Context, body []byte) (migrate.Written, error) {
	return written(r.client.CreateProvider(ctx, r.target, body))
}

// Update replaces one's settings.
func (r remote) Update(ctx context.Context, id string, body []byte) (migrate.Written, error) {
	return written(r.client.UpdateProvider(ctx, r.target, id, body))
}

// Delete deletes one.
func (r remote) Delete(ctx context.Context, id string) error {
	return translated(r.client.DeleteProvider(ctx, r.target, id))
}

// Reference reads an app, policy or group.
func (r remote) Reference(ctx context.Context, k snapshot.Kind, id string) (snapshot.Resource, error) {
	return r.read(k, id)(r.client.GetReference(ctx, r.target, k, id))
}

// UpdateReference replaces one.
func (r remote) UpdateReference(ctx context.Context, k snapshot.Kind, id string, body []byte) error {
	_, err := r.client.UpdateReference(ctx, r.target, k, id, body)
	return translated(err)
}

// read makes a resource of what was asked for by its id.
func (r remote) read(k snapshot.Kind, id string) func([]byte, error) (snapshot.Resource, error) {
	return func(raw []byte, err error) (snapshot.Resource, error) {
		if err != nil {
			return snapshot.Resource{}, translated(err)
		}
		return resourceOf(k, id, raw)
	}
}

func resourceOf(k snapshot.Kind, id string, raw []byte) (snapshot.Resource, error) {
	d, err := snapshot.NewDocument(raw)
	if err != nil {
		return snapshot.Resource{}, err
	}
	got, err := snapshot.IDOf(k, d)
	if err != nil {
		return snapshot.Resource{}, err
	}
	if id != "" && got != id {
		return snapshot.Resource{}, fmt.Errorf("asked for the %s %s, Cloudflare answered with %s", k, id, got)
	}
	return snapshot.Resource{Collection: snapshot.Collection{Kind: k}, ID: got, Document: d}, nil
}

// written reads the answer to a write. An answer that makes no sense leaves open what
// became of it.
func written(raw []byte, err error) (migrate.Written, error) {
	if err != nil {
		return migrate.Written{}, translated(err)
	}
	r, err := resourceOf(snapshot.IdentityProvider, "", raw)
	if err != nil {
		return migrate.Written{}, fmt.Errorf("%w: %w", migrate.ErrAmbiguous, err)
	}
	var told struct {
		SCIM struct {
			Secret string `json:"secret"`
		} `json:"scim_config"`
	}
	w := migrate.Written{Resource: r}
	if json.Unmarshal(raw, &told) == nil && migrate.Fake(told.SCIM.Secret) == "" {
		w.SCIMToken = told.SCIM.Secret
	}
	return w, nil
}

// translated gives a client's error its meaning for migrate.
func translated(err error) error {
	var e *cloudflare.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, cloudflare.ErrAmbiguous):
		return classified{err, migrate.ErrAmbiguous}
	case errors.Is(err, cloudflare.ErrNotFound):
		return classified{err, migrate.ErrGone}
	case errors.As(err, &e) && e.Status == http.StatusConflict:
		return classified{err, migrate.ErrConflict}
	case errors.As(err, &e) && e.Status == http.StatusBadRequest:
		return classified{err, migrate.ErrInvalid}
	}
	return err
}

// classified is an error that is also another one, and speaks for itself.
type classified struct {
	error
	class error
}

func (c classified) Unwrap() []error { return []error{c.error, c.class} }

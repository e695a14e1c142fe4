package cloudflare

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"

	"github.com/idpsnap/idpsnap/snapshot"
)

// source reads one target. All it has of a client is its reader: there is no way
// from here to a request that changes anything.
type source struct {
	client reader
	target snapshot.Target
	sent   *atomic.Int64
}

// reader is the reading half of a client.
type reader interface {
	// read sends a GET until accept takes the answer.
	read(ctx context.Context, call call, accept func(*answer) error) error
	// name asks for a target's name.
	name(ctx context.Context, t snapshot.Target, sent *atomic.Int64) (string, error)
	Host() string
	workers() int                                     // pages at once
	pauseList(ctx context.Context, reading int) error // before a list is read again
	nanos() int64                                     // a clock for distances
}

// Source gives what reads a target. It sends GET only.
func (c *Client) Source(t snapshot.Target) snapshot.Source {
	return &source{client: c, target: t, sent: new(atomic.Int64)}
}

// Target says what is read.
func (s *source) Target() snapshot.Target { return s.target }

// Name gives the target's name at Cloudflare.
func (s *source) Name(ctx context.Context) (string, error) {
	return s.client.name(ctx, s.target, s.sent)
}

// Requests tells how many requests this source has sent.
func (s *source) Requests() int { return int(s.sent.Load()) }

// Host is the API's host.
func (s *source) Host() string { return s.client.Host() }

// Read reads the collection c whole into to. Besides what [snapshot.Source] says,
// its error wraps ErrNotEnabled where the account has no Zero Trust organization;
// the organization itself is then read as an empty collection.
func (s *source) Read(ctx context.Context, c snapshot.Collection, to snapshot.Listing) error {
	e, err := endpointOf(s.target, c)
	if err != nil {
		return err
	}
	if c.Kind == snapshot.Organization {
		err = s.organization(ctx, e, to)
	} else {
		err = (&list{client: s.client, endpoint: e, sent: s.sent, to: to}).read(ctx)
	}
	if s.target.Scope == snapshot.Zone && errors.Is(err, snapshot.ErrForbidden) {
		return fmt.Errorf("%w; a zone without Access of its own is refused in the same way", err) // seen
	}
	return err
}

// organization reads the target's one organization, which has no id. (OpenAPI.)
func (s *source) organization(ctx context.Context, e endpoint, to snapshot.Listing) error {
	var taken error
	err := s.client.read(ctx, call{method: http.MethodGet, path: e.path, permission: e.read, sent: s.sent}, func(a *answer) error {
		body, err := a.parseObject()
		if err != nil {
			return err
		}
		if _, err := to.Page([]snapshot.Element{{ID: string(snapshot.Organization), JSON: body}}); err != nil {
			taken = fmt.Errorf("%s: %w", e.path, err)
		}
		return nil
	})
	if errors.Is(err, ErrNotEnabled) {
		return nil
	}
	return cmp.Or(err, taken)
}

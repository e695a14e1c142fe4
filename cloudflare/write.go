package cloudflare

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/idpsnap/idpsnap/snapshot"
)

// The methods of this file change the target, or read one resource of it before
// and after that. A change is sent once: only where Cloudflare answered 429, and
// so did nothing, it is sent again. An error that wraps ErrAmbiguous means that
// the change may have been made.

// CreateProvider creates an identity provider and returns it as Cloudflare has it
// now, with what is told only once: the SCIM secret. (OpenAPI: 201.)
func (c *Client) CreateProvider(ctx context.Context, t snapshot.Target, body []byte) ([]byte, error) {
	return c.change(ctx, http.MethodPost, t, snapshot.IdentityProvider, "", body)
}

// UpdateProvider replaces an identity provider's settings by body and returns it
// as Cloudflare has it now. (OpenAPI: PUT; there is no PATCH.)
func (c *Client) UpdateProvider(ctx context.Context, t snapshot.Target, id string, body []byte) ([]byte, error) {
	return c.change(ctx, http.MethodPut, t, snapshot.IdentityProvider, id, body)
}

// DeleteProvider deletes an identity provider. (OpenAPI: 202.) Where there is none
// the error wraps ErrNotFound.
func (c *Client) DeleteProvider(ctx context.Context, t snapshot.Target, id string) error {
	_, err := c.change(ctx, http.MethodDelete, t, snapshot.IdentityProvider, id, nil)
	return err
}

// GetProvider reads one identity provider.
func (c *Client) GetProvider(ctx context.Context, t snapshot.Target, id string) ([]byte, error) {
	return c.one(ctx, t, snapshot.IdentityProvider, id)
}

// GetReference reads one resource that names providers: an Access app, a reusable
// policy, or a group.
func (c *Client) GetReference(ctx context.Context, t snapshot.Target, kind snapshot.Kind, id string) ([]byte, error) {
	if !kind.IsReference() {
		return nil, fmt.Errorf("%s is not an app, policy or group", kind)
	}
	return c.one(ctx, t, kind, id)
}

// UpdateReference replaces one such resource by body.
func (c *Client) UpdateReference(ctx context.Context, t snapshot.Target, kind snapshot.Kind, id string, body []byte) ([]byte, error) {
	if !kind.IsReference() {
		return nil, fmt.Errorf("%s is not an app, policy or group", kind)
	}
	return c.change(ctx, http.MethodPut, t, kind, id, body)
}

func (c *Client) one(ctx context.Context, t snapshot.Target, kind snapshot.Kind, id string) ([]byte, error) {
	e, err := resource(t, kind, id)
	if err != nil {
		return nil, err
	}
	return c.object(ctx, call{method: http.MethodGet, path: e.path, permission: e.read})
}

// object reads one object.
func (c *Client) object(ctx context.Context, call call) ([]byte, error) {
	var result []byte
	err := c.read(ctx, call, func(a *answer) (err error) {
		result, err = a.copyObject()
		return err
	})
	return result, err
}

func (c *Client) change(ctx context.Context, method string, t snapshot.Target, kind snapshot.Kind, id string, body []byte) ([]byte, error) {
	var e endpoint
	var err error
	if method == http.MethodPost {
		e, err = endpointOf(t, snapshot.Collection{Kind: kind})
	} else {
		e, err = resource(t, kind, id)
	}
	if err != nil {
		return nil, err
	}
	if method != http.MethodDelete && !json.Valid(body) {
		return nil, fmt.Errorf("%s %s: the body is no valid JSON", method, e.path)
	}
	var result []byte
	call := call{method: method, path: e.path, body: body, permission: e.write}
	err = c.write(ctx, call, func(a *answer) (err error) {
		if method == http.MethodDelete && a.resp.StatusCode == http.StatusNoContent {
			return nil
		}
		result, err = a.copyObject()
		return err
	})
	return result, err
}

// copyObject is parseObject for a result that is kept.
func (s *sheet) copyObject() ([]byte, error) {
	result, err := s.parseObject()
	return bytes.Clone(result), err
}

// resource is one resource's endpoint.
func resource(t snapshot.Target, kind snapshot.Kind, id string) (endpoint, error) {
	e, err := endpointOf(t, snapshot.Collection{Kind: kind})
	if err != nil {
		return endpoint{}, err
	}
	last, err := segment(id)
	if err != nil {
		return endpoint{}, err
	}
	e.path += "/" + last
	return e, nil
}

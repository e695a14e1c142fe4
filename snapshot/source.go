package snapshot

import (
	"context"
	"errors"
)

// Element is one resource as a list served it.
type Element struct {
	ID   string // its "id"; of the organization, which has none, "organization"
	JSON []byte // the bytes as served, syntactically valid, without surrounding space
}

// Listing receives a collection while it is being read. A source may call it
// from several goroutines at once. It does not keep the elements' bytes after
// returning.
type Listing interface {
	// Page takes the elements of one page and returns how many of them had an id
	// that this reading had not met yet. The sum over all pages is how many
	// resources were read.
	Page(elements []Element) (fresh int, err error)
	// Restart forgets every page: the list changed while it was being read, and is
	// about to be read again from its start. No Page is running when it is called.
	Restart()
}

// Source reads the collections of one target.
type Source interface {
	// Target says what is read.
	Target() Target
	// Name gives the target's name at Cloudflare, or an error that wraps
	// ErrForbidden where the credentials do not reach that far.
	Name(ctx context.Context) (string, error)
	// Read reads the collection c whole into to. Its error wraps ErrForbidden,
	// ErrUnsupported or ErrUnsteady where one of these is the reason. After an
	// error what to received is worthless.
	Read(ctx context.Context, c Collection, to Listing) error
	// Requests tells how many HTTP requests have been sent so far.
	Requests() int
	// Host is the API's host, for the record.
	Host() string
}

var (
	// ErrForbidden marks a refusal because of the credentials: 401 or 403.
	ErrForbidden = errors.New("not permitted")
	// ErrUnsupported marks a collection that the target's scope does not have.
	ErrUnsupported = errors.New("no such list at Cloudflare")
	// ErrUnsteady marks a list that kept changing while it was read, so that no
	// reading of it agreed with the totals that Cloudflare gave.
	ErrUnsteady = errors.New("changed while listing")
)

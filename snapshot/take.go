package snapshot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Recorder keeps the resources of a snapshot while it is being taken. Open may be
// called from several goroutines.
type Recorder interface {
	// Open begins a recording of the collection.
	Open(ctx context.Context, c Collection) (Recording, error)
}

// Recording keeps one reading of one collection.
type Recording interface {
	Listing
	// Finish ends the reading and tells what it amounts to: Count, Active, Digest,
	// Added, Changed and Removed.
	Finish(ctx context.Context) (Capture, error)
}

// TakeOptions say what is read and how a snapshot is labelled.
type TakeOptions struct {
	Now        func() time.Time
	SCIM       bool // read SCIM users and groups
	References bool // read apps, policies and groups of Access
	Note       string
	Tool       string
	Origin     Origin

	// Progress, if not nil, is told how many resources of a collection have been
	// read so far. It is called from several goroutines.
	Progress func(c Collection, providerName string, read int)
}

// Take reads every collection of the source's target into rec. A collection that
// cannot be read is recorded as failed and does not stop the others. The error is
// not nil where nothing worth keeping was read: the context ended, the providers
// may not be read, or no collection could be.
func Take(ctx context.Context, src Source, rec Recorder, o TakeOptions) (Snapshot, error) {
	ctx, breakOff := context.WithCancelCause(ctx)
	defer breakOff(nil)
	t := taker{src: src, rec: rec, TakeOptions: o, breakOff: breakOff}
	sn := Snapshot{
		Target: src.Target(), TakenAt: o.Now().UTC().Truncate(time.Millisecond),
		Origin: o.Origin, Note: o.Note, Tool: o.Tool, Host: src.Host(),
	}
	var g errgroup.Group
	g.Go(func() error {
		name, err := src.Name(ctx)
		if err == nil {
			sn.TargetName = name // a label: where it may not be read, the id must do
		}
		return nil
	})
	g.Go(func() error { t.capture(ctx, Collection{Kind: Organization}, ""); return nil })
	for _, k := range []Kind{AccessApp, AccessPolicy, AccessGroup} {
		if o.References {
			g.Go(func() error { t.capture(ctx, Collection{Kind: k}, ""); return nil })
		} else {
			t.skip(Collection{Kind: k}, "", "not asked for")
		}
	}
	providers := t.capture(ctx, Collection{Kind: IdentityProvider}, "")
	for _, p := range providers {
		for _, k := range []Kind{SCIMUser, SCIMGroup} {
			c := Collection{Kind: k, Provider: p.ID}
			switch {
			case !p.scim:
			case !o.SCIM:
				t.skip(c, p.Name, "not asked for")
			default:
				g.Go(func() error { t.capture(ctx, c, p.Name); return nil })
			}
		}
	}
	_ = g.Wait() // every outcome is a capture
	sn.FinishedAt = o.Now().UTC().Truncate(time.Millisecond)
	sn.Requests = src.Requests()
	sn.Captures = t.sorted()
	return sn, t.verdict(ctx)
}

// taker gathers the captures of one snapshot.
type taker struct {
	TakeOptions
	src      Source
	rec      Recorder
	breakOff func(error) // ends every capture: the recorder failed, so that nothing can be kept

	mu        sync.Mutex
	captures  []Capture
	errs      []error // of the captures that failed
	providers error   // of these, that of the providers
}

// capture reads one collection and notes how that ended. For the providers it
// gives what the SCIM lists need to know of them.
func (t *taker) capture(ctx context.Context, c Collection, providerName string) []listedProvider {
	capture, providers, err := t.read(ctx, c, providerName)
	capture.Collection, capture.ProviderName = c, providerName
	switch {
	case err == nil:
		capture.Status = Complete
	case errors.Is(err, ErrUnsupported):
		capture = Capture{Collection: c, ProviderName: providerName, Status: Unsupported, Error: err.Error()}
	case errors.Is(err, ErrForbidden) && c.Kind.IsReference():
		capture = Capture{Collection: c, ProviderName: providerName, Status: Skipped, Error: err.Error()}
	default:
		capture = Capture{Collection: c, ProviderName: providerName, Status: Failed, Error: err.Error()}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.captures = append(t.captures, capture)
	if capture.Status == Failed {
		err = fmt.Errorf("read %s: %w", c, err)
		t.errs = append(t.errs, err)
		if c.Kind == IdentityProvider {
			t.providers = err
		}
	}
	return providers
}

func (t *taker) skip(c Collection, providerName, why string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.captures = append(t.captures, Capture{Collection: c, ProviderName: providerName, Status: Skipped, Error: why})
}

func (t *taker) read(ctx context.Context, c Collection, providerName string) (Capture, []listedProvider, error) {
	rec, err := t.rec.Open(ctx, c)
	if err != nil {
		t.breakOff(err)
		return Capture{}, nil, err
	}
	l := &listing{Listing: rec, collection: c}
	if t.Progress != nil {
		l.progress = func(read int) { t.Progress(c, providerName, read) }
	}
	if err := t.src.Read(ctx, c, l); err != nil {
		return Capture{}, nil, err
	}
	capture, err := rec.Finish(ctx)
	if err != nil {
		t.breakOff(err)
		return Capture{}, nil, err
	}
	return capture, l.providers, nil
}

// verdict says whether what was read is worth keeping.
func (t *taker) verdict(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if errors.Is(t.providers, ErrForbidden) {
		return t.providers
	}
	if !slices.ContainsFunc(t.captures, func(c Capture) bool { return c.Status == Complete }) {
		// Where nothing could be read, the reason is mostly one: that of the providers
		// is enough.
		return cmp.Or(t.providers, errors.Join(t.errs...))
	}
	return nil
}

// sorted gives the captures in display order: by kind, then by provider.
func (t *taker) sorted() []Capture {
	kinds := Kinds()
	slices.SortFunc(t.captures, func(a, b Capture) int {
		if d := slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind); d != 0 {
			return d
		}
		return cmp.Compare(a.Provider, b.Provider)
	})
	return t.captures
}

// listing passes a collection on while it is read, counts it, and of providers
// picks up what the SCIM lists need.
type listing struct {
	Listing
	collection Collection
	progress   func(read int)

	mu        sync.Mutex
	count     int
	providers []listedProvider
}

// listedProvider is what of a provider decides which SCIM lists it has.
type listedProvider struct {
	ID, Name string
	scim     bool
}

func (l *listing) Page(elements []Element) (int, error) {
	fresh, err := l.Listing.Page(elements)
	if err != nil {
		return 0, err
	}
	l.mu.Lock()
	l.count += fresh
	count := l.count
	if l.collection.Kind == IdentityProvider {
		err = l.note(elements)
	}
	l.mu.Unlock()
	if l.progress != nil {
		l.progress(count)
	}
	return fresh, err
}

func (l *listing) note(elements []Element) error {
	for _, e := range elements {
		d, err := NewDocument(e.JSON)
		if err != nil {
			return fmt.Errorf("read provider %s: %w", e.ID, err)
		}
		if !slices.ContainsFunc(l.providers, func(have listedProvider) bool { return have.ID == e.ID }) {
			scim, _ := d.member("scim_config")
			l.providers = append(l.providers, listedProvider{e.ID, d.text("name"), Document(scim).says("enabled")})
		}
	}
	return nil
}

func (l *listing) Restart() {
	l.Listing.Restart()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count, l.providers = 0, nil
}

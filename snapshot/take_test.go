package snapshot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fakeSource serves the lists that it holds, as one page each.
type fakeSource struct {
	name    string
	nameErr error
	lists   map[Collection][]Element
	errs    map[Collection]error
	read    func(ctx context.Context, c Collection, to Listing) error // if not nil, instead

	mu   sync.Mutex
	seen []string
}

func (s *fakeSource) Target() Target                       { return Target{Account, "acme"} }
func (s *fakeSource) Name(context.Context) (string, error) { return s.name, s.nameErr }
func (s *fakeSource) Host() string                         { return "api.example" }

func (s *fakeSource) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.seen)
}

func (s *fakeSource) Read(ctx context.Context, c Collection, to Listing) error {
	s.mu.Lock()
	s.seen = append(s.seen, c.String())
	s.mu.Unlock()
	if s.read != nil {
		return s.read(ctx, c, to)
	}
	if err := s.errs[c]; err != nil {
		return fmt.Errorf("GET %s: %w", c, err)
	}
	_, err := to.Page(s.lists[c])
	return err
}

// asked are the collections that were read, sorted.
func (s *fakeSource) asked() []string { return slices.Sorted(slices.Values(s.seen)) }

var (
	providers = Collection{Kind: IdentityProvider}
	oktaUsers = Collection{SCIMUser, "okta"}
	allKinds  = []string{"access_app", "access_group", "access_policy", "identity_provider", "organization"}
)

// newSource has a provider with SCIM, one with SCIM off and one that never had it.
func newSource() *fakeSource {
	return &fakeSource{
		name: "Acme",
		lists: map[Collection][]Element{
			{Kind: Organization}: {{ID: "organization", JSON: []byte(`{"auth_domain":"acme.example"}`)}},
			providers: {
				element("pin", `,"name":"PIN","type":"onetimepin","config":{}`),
				element("okta", `,"name":"Okta","type":"okta","scim_config":{"enabled":true,"secret":"s"}`),
				element("saml", `,"name":"SAML","type":"saml","scim_config":{"enabled":false}`),
			},
			oktaUsers:            {element("u1", `,"active":true`), element("u2", `,"active":false`), element("u3", `,"active":true`)},
			{SCIMGroup, "okta"}:  {element("g1", "")},
			{Kind: AccessApp}:    {element("a1", ""), element("a2", "")},
			{Kind: AccessPolicy}: {},
			{Kind: AccessGroup}:  {element("r1", "")},
		},
		errs: map[Collection]error{},
	}
}

var (
	started  = time.Date(2026, 6, 30, 14, 0, 0, 123456789, time.FixedZone("", 2*60*60))
	finished = started.Add(time.Minute + 1234*time.Microsecond)
)

// options read everything, by a clock that is asked twice.
func options() TakeOptions {
	times := []time.Time{started, finished}
	return TakeOptions{SCIM: true, References: true, Note: "note", Tool: "v1", Origin: Safety, Now: func() time.Time {
		now := times[0]
		times = times[1:]
		return now
	}}
}

// outcomes are the captures, one line each.
func outcomes(sn Snapshot) []string {
	var lines []string
	for _, c := range sn.Captures {
		line := fmt.Sprintf("%s %s %d", c.Collection, c.Status, c.Count)
		if c.Error != "" {
			line += ": " + c.Error
		}
		lines = append(lines, line)
	}
	return lines
}

func TestTakeReadsEverything(t *testing.T) {
	m := NewMemory()
	got, err := Take(t.Context(), newSource(), m, options())
	if err != nil {
		t.Fatal(err)
	}
	want := Snapshot{
		Target: Target{Account, "acme"}, TargetName: "Acme", Origin: Safety, Note: "note", Tool: "v1", Host: "api.example", Requests: 7,
		TakenAt:    time.Date(2026, 6, 30, 12, 0, 0, 123_000_000, time.UTC),
		FinishedAt: time.Date(2026, 6, 30, 12, 1, 0, 124_000_000, time.UTC),
		Captures: []Capture{
			{Collection: Collection{Kind: Organization}, Status: Complete, Count: 1},
			{Collection: providers, Status: Complete, Count: 3},
			{Collection: oktaUsers, ProviderName: "Okta", Status: Complete, Count: 3, Active: 2},
			{Collection: Collection{SCIMGroup, "okta"}, ProviderName: "Okta", Status: Complete, Count: 1},
			{Collection: Collection{Kind: AccessApp}, Status: Complete, Count: 2},
			{Collection: Collection{Kind: AccessPolicy}, Status: Complete, Count: 0},
			{Collection: Collection{Kind: AccessGroup}, Status: Complete, Count: 1},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got.Status() != Complete {
		t.Errorf("status %s", got.Status())
	}
	if got.TakenAt.Location() != time.UTC || got.FinishedAt.Location() != time.UTC {
		t.Errorf("taken at %s, finished at %s: not in UTC", got.TakenAt, got.FinishedAt)
	}
	if n := len(slices.Collect(m.Resources())); n != 11 {
		t.Errorf("%d resources were recorded", n)
	}
}

func TestTakeGivesCapturesInDisplayOrderWhateverEndsFirst(t *testing.T) {
	var want []string
	for range 20 {
		src := newSource()
		for _, p := range []string{"b", "c", "a"} {
			src.lists[providers] = append(src.lists[providers], element(p, `,"scim_config":{"enabled":true}`))
		}
		sn, err := Take(t.Context(), src, NewMemory(), options())
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = outcomes(sn)
		}
		if diff := cmp.Diff(want, outcomes(sn)); diff != "" {
			t.Fatal(diff)
		}
	}
	if users := want[2:6]; !strings.HasPrefix(strings.Join(users, "\n"), "scim_user of a ") || !slices.IsSorted(users) {
		t.Errorf("SCIM lists are not sorted by provider: %v", users)
	}
}

func TestTakeSkipsWhatWasNotAskedFor(t *testing.T) {
	src, o := newSource(), options()
	o.SCIM, o.References = false, false
	sn, err := Take(t.Context(), src, NewMemory(), o)
	if err != nil || sn.Status() != Complete {
		t.Fatalf("%s, %v", sn.Status(), err)
	}
	want := []string{
		"organization complete 1",
		"identity_provider complete 3",
		"scim_user of okta skipped 0: not asked for",
		"scim_group of okta skipped 0: not asked for",
		"access_app skipped 0: not asked for",
		"access_policy skipped 0: not asked for",
		"access_group skipped 0: not asked for",
	}
	if diff := cmp.Diff(want, outcomes(sn)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"identity_provider", "organization"}, src.asked()); diff != "" {
		t.Errorf("asked: %s", diff)
	}
	if c, _ := sn.Capture(oktaUsers); c.ProviderName != "Okta" {
		t.Errorf("the provider is called %q", c.ProviderName)
	}
}

func TestTakeReadsSCIMWhereTheProviderHasIt(t *testing.T) {
	for more, want := range map[string]bool{
		``:                                  false,
		`,"scim_config":null`:               false,
		`,"scim_config":{}`:                 false,
		`,"scim_config":{"enabled":false}`:  false,
		`,"scim_config":{"enabled":"true"}`: false, // odd shapes fail nothing
		`,"scim_config":[true]`:             false,
		`,"scim_config":"enabled"`:          false,
		`,"config":{"enabled":true}`:        false,
		`,"Scim_Config":{"enabled":true}`:   false,
		`,"scim_config":{"enabled":true}`:   true,
		`,"name":7,"type":"x-new","scim_config":{"enabled":true,"x":1}`: true,
	} {
		src := newSource()
		src.lists[providers] = []Element{element("p", more)}
		sn, err := Take(t.Context(), src, NewMemory(), options())
		if err != nil || sn.Status() != Complete {
			t.Errorf("%s: %s, %v", more, sn.Status(), err)
		}
		for _, k := range []Kind{SCIMUser, SCIMGroup} {
			if _, got := sn.Capture(Collection{k, "p"}); got != want {
				t.Errorf("%s: %s read: %t", more, k, got)
			}
		}
	}
}

func TestTakeOfAZoneHasNoSCIM(t *testing.T) {
	src := newSource()
	src.errs[oktaUsers], src.errs[Collection{SCIMGroup, "okta"}] = ErrUnsupported, ErrUnsupported
	sn, err := Take(t.Context(), src, NewMemory(), options())
	if err != nil || sn.Status() != Complete {
		t.Fatalf("%s, %v", sn.Status(), err)
	}
	want := Capture{
		Collection: oktaUsers, ProviderName: "Okta", Status: Unsupported,
		Error: "GET scim_user of okta: no such list at Cloudflare",
	}
	if got, _ := sn.Capture(oktaUsers); got != want {
		t.Errorf("captured %+v", got)
	}
}

func TestTakeWithoutPermissionForReferencesIsComplete(t *testing.T) {
	src := newSource()
	for _, k := range []Kind{AccessApp, AccessPolicy, AccessGroup} {
		src.errs[Collection{Kind: k}] = ErrForbidden
	}
	sn, err := Take(t.Context(), src, NewMemory(), options())
	if err != nil || sn.Status() != Complete {
		t.Fatalf("%s, %v", sn.Status(), err)
	}
	want := []string{
		"access_app skipped 0: GET access_app: not permitted",
		"access_policy skipped 0: GET access_policy: not permitted",
		"access_group skipped 0: GET access_group: not permitted",
	}
	if diff := cmp.Diff(want, outcomes(sn)[4:]); diff != "" {
		t.Error(diff)
	}
}

func TestOneListThatFailsMakesThatOneFailed(t *testing.T) {
	all := slices.Collect(maps.Keys(newSource().lists))
	for _, failing := range all {
		for _, failure := range []error{errors.New("502"), ErrUnsteady, ErrForbidden} {
			if errors.Is(failure, ErrForbidden) && (failing == providers || failing.Kind.IsReference()) {
				continue
			}
			src := newSource()
			src.errs[failing] = failure
			sn, err := Take(t.Context(), src, NewMemory(), options())
			if err != nil || sn.Status() != Partial {
				t.Errorf("%s: %v: %s, %v", failing, failure, sn.Status(), err)
			}
			for _, c := range sn.Captures {
				want := Complete
				if c.Collection == failing {
					want = Failed
				}
				if c.Status != want || (c.Error == "") != (want == Complete) || (want == Failed && c.Count != 0) {
					t.Errorf("%s: %v: captured %+v", failing, failure, c)
				}
			}
		}
	}
}

func TestAListThatFailsHalfWayHasNoCount(t *testing.T) {
	src := newSource()
	src.read = func(_ context.Context, c Collection, to Listing) error {
		if _, err := to.Page(src.lists[c]); err != nil || c != oktaUsers {
			return err
		}
		return ErrUnsteady
	}
	m := NewMemory()
	sn, err := Take(t.Context(), src, m, options())
	if err != nil {
		t.Fatal(err)
	}
	want := Capture{Collection: oktaUsers, ProviderName: "Okta", Status: Failed, Error: "changed while listing"}
	if got, _ := sn.Capture(oktaUsers); got != want {
		t.Errorf("captured %+v", got)
	}
	for r := range m.Resources() {
		if r.Kind == SCIMUser {
			t.Errorf("%s was recorded", r.ID)
		}
	}
}

func TestTakeFailsWhereTheProvidersMayNotBeRead(t *testing.T) {
	src := newSource()
	src.errs[providers] = ErrForbidden
	sn, err := Take(t.Context(), src, NewMemory(), options())
	if !errors.Is(err, ErrForbidden) || !strings.Contains(err.Error(), "identity_provider") {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff(allKinds, src.asked()); diff != "" {
		t.Errorf("asked: %s", diff)
	}
	if c, ok := sn.Capture(providers); !ok || c.Status != Failed {
		t.Errorf("captured %+v", c)
	}
}

// Only a refusal of the providers themselves is a matter of permission.
func TestTakeKeepsWhatItHasWhereAnotherListIsForbidden(t *testing.T) {
	src := newSource()
	src.errs[providers] = errors.New("502")
	src.errs[Collection{Kind: Organization}] = ErrForbidden
	sn, err := Take(t.Context(), src, NewMemory(), options())
	if err != nil || sn.Status() != Partial {
		t.Errorf("%s, %v", sn.Status(), err)
	}
}

func TestTakeFailsWhereNothingIsComplete(t *testing.T) {
	src := newSource()
	wrong := map[Collection]error{}
	for c := range src.lists {
		wrong[c] = errors.New("no answer for " + c.String())
	}
	src.errs = wrong
	_, err := Take(t.Context(), src, NewMemory(), options())
	if err == nil || err.Error() != "read identity_provider: GET identity_provider: no answer for identity_provider" {
		t.Errorf("got %v, want the reason of the providers alone", err)
	}
}

func TestTheTargetsNameIsNotNeeded(t *testing.T) {
	src := newSource()
	src.nameErr = ErrForbidden
	if sn, err := Take(t.Context(), src, NewMemory(), options()); err != nil || sn.TargetName != "" || sn.Status() != Complete {
		t.Errorf("%q, %s, %v", sn.TargetName, sn.Status(), err)
	}
}

// brokenRecorder fails when the collection is opened, or finished.
type brokenRecorder struct {
	*Memory
	at       Collection
	inFinish bool
}

var errDisk = errors.New("disk full")

func (b brokenRecorder) Open(ctx context.Context, c Collection) (Recording, error) {
	r, err := b.Memory.Open(ctx, c)
	if c != b.at {
		return r, err
	}
	if b.inFinish {
		return brokenRecording{r}, err
	}
	return nil, errDisk
}

type brokenRecording struct{ Recording }

func (brokenRecording) Finish(context.Context) (Capture, error) { return Capture{}, errDisk }

func TestARecorderThatFailsBreaksOff(t *testing.T) {
	for _, inFinish := range []bool{false, true} {
		for c := range newSource().lists {
			rec := brokenRecorder{NewMemory(), c, inFinish}
			if _, err := Take(t.Context(), newSource(), rec, options()); !errors.Is(err, errDisk) {
				t.Errorf("%s: got %v", c, err)
			}
		}
	}
	// What is being read for nothing ends.
	src := newSource()
	src.read = func(ctx context.Context, c Collection, to Listing) error {
		if c == providers {
			_, err := to.Page(src.lists[c])
			return err
		}
		<-ctx.Done()
		return ctx.Err()
	}
	if _, err := Take(t.Context(), src, brokenRecorder{NewMemory(), providers, true}, options()); !errors.Is(err, errDisk) {
		t.Errorf("got %v", err)
	}
}

func TestTakeReturnsWhyItWasCancelled(t *testing.T) {
	why := errors.New("Ctrl-C")
	for c := range newSource().lists {
		ctx, cancel := context.WithCancelCause(t.Context())
		src := newSource()
		src.read = func(ctx context.Context, at Collection, to Listing) error {
			if at == c {
				cancel(why)
				<-ctx.Done()
				return ctx.Err()
			}
			_, err := to.Page(src.lists[at])
			return err
		}
		if _, err := Take(ctx, src, NewMemory(), options()); !errors.Is(err, why) {
			t.Errorf("%s: got %v", c, err)
		}
		cancel(nil)
	}
}

func TestProgressIsToldOfEveryPageAndRestart(t *testing.T) {
	src := newSource()
	src.read = func(_ context.Context, c Collection, to Listing) error {
		for range 2 {
			to.Restart() // as a source does where the list changed under it
			for _, e := range src.lists[c] {
				for range 2 { // served twice, counted once
					if _, err := to.Page([]Element{e}); err != nil {
						return err
					}
				}
			}
		}
		return nil
	}
	o := options()
	var mu sync.Mutex
	told := map[Collection][]int{}
	o.Progress = func(c Collection, name string, read int) {
		mu.Lock()
		defer mu.Unlock()
		told[c] = append(told[c], read)
		if (name == "Okta") != c.Kind.IsSCIM() {
			t.Errorf("%s is of provider %q", c, name)
		}
	}
	sn, err := Take(t.Context(), src, NewMemory(), o)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3}, told[oktaUsers]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{1, 1, 1, 1}, told[Collection{Kind: Organization}]); diff != "" {
		t.Error(diff)
	}
	if c, _ := sn.Capture(oktaUsers); c.Count != 3 || c.Active != 2 {
		t.Errorf("captured %+v", c)
	}
	if n := len(sn.Captures); n != 7 {
		t.Errorf("%d captures: a provider was met twice", n)
	}
}

func TestARestartForgetsProviders(t *testing.T) {
	src := newSource()
	src.read = func(_ context.Context, c Collection, to Listing) error {
		if c == providers {
			if _, err := to.Page(src.lists[c]); err != nil {
				return err
			}
			to.Restart()
			_, err := to.Page([]Element{element("new", `,"name":"New","scim_config":{"enabled":true}`)})
			return err
		}
		_, err := to.Page(src.lists[c])
		return err
	}
	sn, err := Take(t.Context(), src, NewMemory(), options())
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := sn.Capture(oktaUsers); ok {
		t.Error("a provider that was gone at the second reading was read")
	}
	if c, ok := sn.Capture(Collection{SCIMUser, "new"}); !ok || c.ProviderName != "New" {
		t.Errorf("captured %+v", c)
	}
}

func TestProvidersThatAreNoDocumentsFail(t *testing.T) {
	src := newSource()
	src.lists[providers] = append(src.lists[providers], Element{ID: "bad", JSON: []byte(`{"id":"bad","id":"bad"}`)})
	sn, err := Take(t.Context(), src, NewMemory(), options())
	if c, _ := sn.Capture(providers); err != nil || c.Status != Failed || !strings.Contains(c.Error, ErrSyntax.Error()) {
		t.Errorf("captured %+v, %v", c, err)
	}
}

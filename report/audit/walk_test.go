package audit_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/report/audit"
	"github.com/idpsnap/idpsnap/snapshot"
)

const (
	users    = snapshot.SCIMUser
	groups   = snapshot.SCIMGroup
	provider = snapshot.IdentityProvider
)

// helper is what *testing.T and *rapid.T have in common.
type helper interface {
	Helper()
	Fatalf(format string, args ...any)
}

// tells writes a walk down, a line for each thing: nights are days of June.
func tells(t helper, f *fake, q audit.Question) []string {
	t.Helper()
	lines := []string{}
	for n, err := range audit.Walk(context.Background(), f, q) {
		if err != nil {
			t.Fatalf("%v", err)
		}
		night := date(n.Snapshot)
		if n.First {
			lines = append(lines, night+": the first")
		}
		for _, ch := range n.Changes {
			line := fmt.Sprintf("%s: %s %s %s after %s", night, ch.Action, ch.Kind, ch.ID, date(ch.Before))
			if ch.WithProvider {
				line += ", with its provider"
			}
			if ch.After != n.Snapshot {
				line += ", not known by then"
			}
			lines = append(lines, line)
		}
		for _, nc := range n.NotCompared {
			lines = append(lines, fmt.Sprintf("%s: not known: %s: %s", night, nc.Collection, nc.Reason))
		}
	}
	return lines
}

func date(s *snapshot.Snapshot) string {
	if s == nil {
		return "nothing"
	}
	return s.TakenAt.Format("2 Jan")
}

func TestAWalkTellsWhatEachNightFound(t *testing.T) {
	tests := map[string]struct {
		life func(f *fake)
		want []string
	}{
		"a quiet week": {
			func(f *fake) { f.okta().user("okta", "u1", "Ada", "ada@acme.example").nights(4) },
			[]string{"1 Jun: the first"},
		},
		"somebody comes and goes": {
			func(f *fake) {
				f.okta().user("okta", "u1", "Ada", "ada@acme.example").night()
				f.user("okta", "u2", "Bob", "bob@acme.example").night()
				f.remove(users, "okta", "u1").night()
			},
			[]string{"1 Jun: the first", "2 Jun: added scim_user u2 after 1 Jun", "3 Jun: removed scim_user u1 after 2 Jun"},
		},
		"three nights on which the list failed": {
			func(f *fake) {
				f.okta().user("okta", "u1", "Ada", "ada@acme.example").night()
				f.remove(users, "okta", "u1").user("okta", "u2", "Bob", "b@acme.example")
				for range 3 {
					f.fail(users, "okta", "HTTP 500").night()
				}
				f.night()
			},
			[]string{
				"1 Jun: the first",
				"2 Jun: not known: scim_user of okta: failed: HTTP 500",
				"3 Jun: not known: scim_user of okta: failed: HTTP 500",
				"4 Jun: not known: scim_user of okta: failed: HTTP 500",
				"5 Jun: removed scim_user u1 after 1 Jun", "5 Jun: added scim_user u2 after 1 Jun",
			},
		},
		"what failed beside what was read": {
			func(f *fake) {
				f.okta().user("okta", "u1", "Ada", "a@acme.example").group("okta", "g1", "Staff").night()
				f.remove(groups, "okta", "g1").set(users, "okta", "u1", "/displayName", "Ada L.").fail(groups, "okta", "timeout").night()
				f.remove(users, "okta", "u1").night()
			},
			[]string{
				"1 Jun: the first",
				"2 Jun: changed scim_user u1 after 1 Jun", "2 Jun: not known: scim_group of okta: failed: timeout",
				"3 Jun: removed scim_user u1 after 2 Jun", "3 Jun: removed scim_group g1 after 1 Jun",
			},
		},
		"the providers failed": {
			func(f *fake) {
				f.okta().user("okta", "u1", "Ada", "a@acme.example").night()
				f.user("okta", "u2", "Bob", "b@acme.example").set(provider, "", "okta", "/name", "Corp").fail(provider, "", "HTTP 502").night()
				f.night()
			},
			[]string{
				"1 Jun: the first",
				"2 Jun: not known: identity_provider: failed: HTTP 502",
				"2 Jun: not known: scim_user of okta: not read, as the providers were not",
				"2 Jun: not known: scim_group of okta: not read, as the providers were not",
				"3 Jun: changed identity_provider okta after 1 Jun", "3 Jun: added scim_user u2 after 1 Jun",
			},
		},
		"SCIM is switched on: who is there then did not join": {
			func(f *fake) {
				f.okta().scim("okta", false).night()
				f.scim("okta", true).user("okta", "u1", "Ada", "a@acme.example").night()
				f.user("okta", "u2", "Bob", "b@acme.example").night()
			},
			[]string{
				"1 Jun: the first",
				"2 Jun: changed identity_provider okta after 1 Jun",
				"2 Jun: not known: scim_user of okta: in the snapshots before not read, as SCIM is off there",
				"2 Jun: not known: scim_group of okta: in the snapshots before not read, as SCIM is off there",
				"3 Jun: added scim_user u2 after 2 Jun",
			},
		},
		"the first reading failed": {
			func(f *fake) {
				f.okta().user("okta", "u1", "Ada", "a@acme.example").fail(users, "okta", "HTTP 429").night()
				f.night()
				f.user("okta", "u2", "Bob", "b@acme.example").night()
			},
			[]string{
				"1 Jun: the first",
				"2 Jun: not known: scim_user of okta: in the snapshots before failed: HTTP 429",
				"3 Jun: added scim_user u2 after 2 Jun",
			},
		},
		"a new provider brings its people": {
			func(f *fake) {
				f.night()
				f.okta().user("okta", "u1", "Ada", "a@acme.example").night()
			},
			[]string{
				"1 Jun: the first",
				"2 Jun: added identity_provider okta after 1 Jun", "2 Jun: added scim_user u1 after 1 Jun",
			},
		},
		"a new provider's list fails at first: there was nobody in it before": {
			func(f *fake) {
				f.night()
				f.okta().user("okta", "u1", "Ada", "a@acme.example").fail(users, "okta", "HTTP 500").night()
				f.night()
			},
			[]string{
				"1 Jun: the first",
				"2 Jun: added identity_provider okta after 1 Jun", "2 Jun: not known: scim_user of okta: failed: HTTP 500",
				"3 Jun: added scim_user u1 after 1 Jun",
			},
		},
		"a new provider without SCIM has nothing to tell of": {
			func(f *fake) {
				f.night()
				f.provider(snapshot.OneTimePIN, "otp", "PIN", object{}).night()
				f.night()
			},
			[]string{"1 Jun: the first", "2 Jun: added identity_provider otp after 1 Jun"},
		},
		"a provider goes and comes back": {
			func(f *fake) {
				f.okta().user("okta", "u1", "Ada", "a@acme.example").night()
				f.remove(provider, "", "okta").night()
				f.okta().user("okta", "u1", "Ada", "a@acme.example").night()
			},
			[]string{
				"1 Jun: the first",
				"2 Jun: removed identity_provider okta after 1 Jun", "2 Jun: removed scim_user u1 after 1 Jun, with its provider",
				"3 Jun: added identity_provider okta after 2 Jun", "3 Jun: added scim_user u1 after 2 Jun",
			},
		},
		"a provider goes after its list failed": {
			func(f *fake) {
				f.okta().user("okta", "u1", "Ada", "a@acme.example").night()
				f.fail(users, "okta", "HTTP 500").night()
				f.remove(provider, "", "okta").night()
			},
			[]string{
				"1 Jun: the first",
				"2 Jun: not known: scim_user of okta: failed: HTTP 500",
				"3 Jun: removed identity_provider okta after 2 Jun", "3 Jun: removed scim_user u1 after 1 Jun, with its provider",
			},
		},
		"a provider is created again: those who are the same stayed": {
			func(f *fake) {
				f.okta().user("okta", "u1", "Ada", "a@acme.example").user("okta", "u2", "Bob", "b@acme.example").night()
				f.fail(users, "okta", "HTTP 500").night()
				f.remove(provider, "", "okta").provider(snapshot.Okta, "new", "Okta", object{"okta_account": "https://acme.okta.com", "client_id": "c1"}).scim("new", true)
				f.user("new", "u1", "Ada L.", "a@acme.example").user("new", "u3", "Cy", "c@acme.example").night()
			},
			[]string{
				"1 Jun: the first",
				"2 Jun: not known: scim_user of okta: failed: HTTP 500",
				"3 Jun: changed identity_provider okta after 2 Jun", "3 Jun: changed scim_user u1 after 1 Jun",
				"3 Jun: removed scim_user u2 after 1 Jun", "3 Jun: added scim_user u3 after 1 Jun",
			},
		},
		"a provider is created again, and its list fails on that night": {
			func(f *fake) {
				f.okta().user("okta", "u1", "Ada", "a@acme.example").user("okta", "u2", "Bob", "b@acme.example").night()
				f.remove(provider, "", "okta").provider(snapshot.Okta, "new", "Okta", object{"okta_account": "https://acme.okta.com", "client_id": "c1"}).scim("new", true)
				f.user("new", "u1", "Ada L.", "a@acme.example").fail(users, "new", "HTTP 500").night()
				f.night()
				f.remove(users, "new", "u1").night()
			},
			[]string{
				"1 Jun: the first",
				"2 Jun: changed identity_provider okta after 1 Jun", "2 Jun: not known: scim_user of okta: failed: HTTP 500",
				"3 Jun: not known: scim_user of new: in the snapshots before failed: HTTP 500",
				"4 Jun: removed scim_user u1 after 3 Jun",
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			test.life(f)
			if d := cmp.Diff(test.want, tells(t, f, f.all())); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestAPeriodBeginsWithWhatWasKnownBefore(t *testing.T) {
	f := newFake()
	f.okta().user("okta", "u1", "Ada", "a@acme.example").night()      // 1 June
	f.user("okta", "u2", "Bob", "b@acme.example").night()             // 2
	f.remove(users, "okta", "u1").fail(users, "okta", "down").night() // 3
	f.night()                                                         // 4
	f.user("okta", "u3", "Cy", "c@acme.example").night()              // 5
	q := f.question(firstNight.Add(3*day-1), firstNight.Add(4*day-1)) // the 4th
	if d := cmp.Diff([]string{"4 Jun: removed scim_user u1 after 2 Jun"}, tells(t, f, q)); d != "" {
		t.Error(d)
	}
}

func TestSafetySnapshotsAreReadingsTooOfWhatTheyRead(t *testing.T) {
	f := newFake()
	f.okta().user("okta", "u1", "Ada", "a@acme.example").night()
	f.user("okta", "u2", "Bob", "b@acme.example").record(snapshot.Safety)
	f.night()
	f.remove(users, "okta", "u1").set(provider, "", "okta", "/name", "Corp").
		snag(users, "okta", snapshot.Skipped, "not asked for").fail(groups, "okta", "HTTP 500").record(snapshot.Safety)
	f.night()
	if d := cmp.Diff([]string{
		"1 Jun: the first", "2 Jun: added scim_user u2 after 1 Jun",
		"4 Jun: changed identity_provider okta after 3 Jun", "4 Jun: not known: scim_group of okta: failed: HTTP 500",
		"5 Jun: removed scim_user u1 after 3 Jun",
	}, tells(t, f, f.all())); d != "" {
		t.Error(d)
	}
}

func TestAWalkAsksForWhatTheOptionsSay(t *testing.T) {
	f := newFake()
	f.okta().user("okta", "u1", "Ada", "a@acme.example").night()
	f.provider(snapshot.Okta, "two", "Subsidiary", object{}).scim("two", true).user("two", "u2", "Bob", "b@acme.example").
		remove(users, "okta", "u1").put(snapshot.AccessApp, "", "app", object{"name": "Wiki"}).night()
	f.remove(provider, "", "two").night()
	joined := "2 Jun: added scim_user u2 after 1 Jun"
	removed := []string{"3 Jun: removed identity_provider two after 2 Jun", "3 Jun: removed scim_user u2 after 2 Jun, with its provider"}
	tests := map[string]struct {
		o    diff.Options
		want []string
	}{
		"a provider that came later": {
			diff.Options{Providers: []string{"sub*"}},
			append([]string{"1 Jun: the first", "2 Jun: added identity_provider two after 1 Jun", joined}, removed...),
		},
		"another one":    {diff.Options{Providers: []string{"Okta"}}, []string{"1 Jun: the first", "2 Jun: removed scim_user u1 after 1 Jun"}},
		"a kind":         {diff.Options{Kinds: []snapshot.Kind{snapshot.AccessApp}}, []string{"1 Jun: the first", "2 Jun: added access_app app after 1 Jun"}},
		"what is severe": {diff.Options{AtLeast: diff.Critical}, []string{"1 Jun: the first", removed[0]}},
		"a type":         {diff.Options{Types: []snapshot.Type{snapshot.SAML}}, []string{"1 Jun: the first"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			q := f.all()
			q.Filter = test.o
			if d := cmp.Diff(test.want, tells(t, f, q)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestAProviderOrTypeThatNobodyKnowsIsAnError(t *testing.T) {
	f := newFake()
	f.okta().nights(3)
	for word, o := range map[string]diff.Options{
		"oktaa":   {Providers: []string{"okta", "oktaa"}},
		"sammlel": {Types: []snapshot.Type{snapshot.SAML, "sammlel"}},
	} {
		q := f.all()
		q.Filter = o
		var last error
		for _, err := range audit.Walk(context.Background(), f, q) {
			last = err
		}
		var unknown *diff.UnknownError
		if !errors.As(last, &unknown) || unknown.Word != word || len(unknown.Known) == 0 {
			t.Errorf("%s: %v", word, last)
		}
	}
}

func TestAWalkEndsWithTheHistorysError(t *testing.T) {
	f := newFake()
	f.okta().nights(2)
	f.broken = errors.New("disk on fire")
	n := 0
	for _, err := range audit.Walk(context.Background(), f, f.all()) {
		if n++; !errors.Is(err, f.broken) {
			t.Errorf("%v", err)
		}
	}
	if n != 1 {
		t.Errorf("%d nights", n)
	}
	f.broken = nil
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, err := range audit.Walk(ctx, f, f.all()) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	}
}

func TestRowsThatCannotBeReadAnewAreAnError(t *testing.T) {
	f := aMonth()
	for _, k := range []audit.Kind{audit.Lifecycle, audit.ConfigChanges} {
		f.broken = nil
		r, err := audit.New(context.Background(), k, f, f.all())
		if err != nil {
			t.Fatalf("%v", err)
		}
		f.broken = errors.New("disk on fire")
		var last error
		for _, err := range r.Tables[0].Rows {
			last = err
		}
		if !errors.Is(last, f.broken) {
			t.Errorf("%s: %v", k, last)
		}
		if _, err := audit.New(context.Background(), k, f, f.all()); !errors.Is(err, f.broken) {
			t.Errorf("%s: %v", k, err)
		}
	}
}

func TestQuietNightsAreNotReadAgain(t *testing.T) {
	f := newFake()
	f.okta().user("okta", "u1", "Ada", "a@acme.example").nights(30)
	tells(t, f, f.all())
	if len(f.listed) != 1 {
		t.Errorf("the providers of %d snapshots were listed", len(f.listed))
	}
}

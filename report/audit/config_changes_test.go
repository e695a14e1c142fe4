package audit_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/report/audit"
	"github.com/idpsnap/idpsnap/snapshot"
)

func configChanges(t *testing.T, f *fake, q audit.Question) *audit.Report {
	t.Helper()
	r, err := audit.NewConfigChanges(context.Background(), f, q)
	if err != nil {
		t.Fatalf("%v", err)
	}
	wellFormed(t, r)
	return r
}

// alterations are nights on which settings change.
func alterations() *fake {
	f := newFake()
	f.okta().provider(snapshot.SAML, "saml", "Corp SAML", object{"issuer_url": "https://idp.acme.example", "sign_request": true}).
		put(snapshot.AccessApp, "", "app", object{"name": "Wiki", "allowed_idps": []any{"okta"}}).night()
	f.set(provider, "", "saml", "/config/issuer_url", "https://idp.evil.example").set(provider, "", "saml", "/config/sign_request", false).
		user("okta", "u1", "Ada", "ada@acme.example").night()
	f.fail(snapshot.AccessApp, "", "HTTP 403").set(snapshot.AccessApp, "", "app", "/name", "=1+1").night()
	f.remove(provider, "", "saml").put(snapshot.AccessPolicy, "", "p", object{"name": "Staff"}).night()
	return f
}

func TestConfigChangesTellEverySetting(t *testing.T) {
	f := alterations()
	r := configChanges(t, f, f.all())
	want := []string{
		`identity_provider | Corp SAML | saml | changed | /config/issuer_url | "https://idp.acme.example" | "https://idp.evil.example" | critical | decides whose word is believed | 2026-06-01T02:00:00Z | 2026-06-02T02:01:30Z |  | `,
		`identity_provider | Corp SAML | saml | changed | /config/sign_request | true | false | high | requests are not signed any more | 2026-06-01T02:00:00Z | 2026-06-02T02:01:30Z |  | `,
		`identity_provider | Corp SAML | saml | removed |  |  |  | critical | nobody can sign in through it any more | 2026-06-03T02:00:00Z | 2026-06-04T02:01:30Z |  | `,
		`access_app | =1+1 |  | changed | /name | "Wiki" | "=1+1" | low | a setting of one app | 2026-06-02T02:00:00Z | 2026-06-04T02:01:30Z |  | `,
		`access_policy | Staff |  | added |  |  |  | medium | decides who gets in where an app uses it | 2026-06-03T02:00:00Z | 2026-06-04T02:01:30Z |  | `,
	}
	have := cellsOf(t, r, "changes", "kind", "name", "type", "action", "path", "old", "new", "severity", "reason", "window_start", "window_end", "ticket", "approved_by")
	if d := cmp.Diff(want, have); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{
		"critical: 2 critical changes: config.issuer_url of Corp SAML (saml), seen on 2026-06-02; Corp SAML (saml) removed, seen on 2026-06-04.",
		"high: 1 high change: config.sign_request of Corp SAML (saml), seen on 2026-06-02.",
		"info: 5 changes in all.",
		"medium: 1 reading could not be compared: what happened then is told with the next one, or not known.",
	}, leadOf(r)); d != "" {
		t.Error(d)
	}
	for key, want := range map[string]string{
		"changes": "5", "critical": "2", "high": "1", "medium": "1", "low": "1", "info": "0",
		"identity_provider_changed": "1", "identity_provider_removed": "1", "access_app_changed": "1", "access_policy_added": "1",
	} {
		if have := figureOf(t, r, key); have != want {
			t.Errorf("%s is %s, want %s", key, have, want)
		}
	}
	if len(r.Charts) != 1 || r.Charts[0].Series[0].Values[1] != 1 || r.Charts[0].Series[0].Values[3] != 1 || !r.Charts[0].Series[0].Weighed {
		t.Errorf("%+v", r.Charts)
	}
	distinct(t, "change ids", cellsOf(t, r, "changes", "change_id"))
}

func TestMostCriticalChangesAreOnlyCounted(t *testing.T) {
	f := newFake()
	names := strings.Split("abcde", "")
	for _, id := range names {
		f.provider(snapshot.SAML, id, strings.ToUpper(id), object{})
	}
	f.night()
	for _, id := range names {
		f.remove(provider, "", id)
	}
	f.night()
	want := "critical: 5 critical changes: A (saml) removed, seen on 2026-06-02; B (saml) removed, seen on 2026-06-02; C (saml) removed, seen on 2026-06-02; and 2 more."
	if lead := leadOf(configChanges(t, f, f.all())); lead[0] != want {
		t.Errorf("%q", lead)
	}
}

func TestASeverityLeavesOutTheLesserSettings(t *testing.T) {
	f := alterations()
	q := f.all()
	q.Filter.AtLeast = diff.High
	have := cellsOf(t, configChanges(t, f, q), "changes", "path", "severity")
	if d := cmp.Diff([]string{"/config/issuer_url | critical", "/config/sign_request | high", " | critical"}, have); d != "" {
		t.Error(d)
	}
	q.Filter.AtLeast = diff.Critical
	have = cellsOf(t, configChanges(t, f, q), "changes", "path", "severity")
	if d := cmp.Diff([]string{"/config/issuer_url | critical", " | critical"}, have); d != "" {
		t.Error(d)
	}
}

func TestAProviderThatWasCreatedAgainHasARowForThat(t *testing.T) {
	f := newFake()
	f.provider(snapshot.SAML, "old", "Corp", object{"issuer_url": "https://a"}).night()
	f.remove(provider, "", "old").provider(snapshot.SAML, "new", "Corp", object{"issuer_url": "https://b"}).night()
	have := cellsOf(t, configChanges(t, f, f.all()), "changes", "id", "action", "path", "old", "new", "severity")
	if d := cmp.Diff([]string{
		`new | changed | /id | "old" | "new" | high`,
		`new | changed | /config/issuer_url | "https://a" | "https://b" | critical`,
	}, have); d != "" {
		t.Error(d)
	}
}

func TestWhatWasNotPermittedIsNotKnown(t *testing.T) {
	f := newFake()
	f.okta()
	for range 3 {
		f.snag(snapshot.AccessApp, "", snapshot.Skipped, "not permitted").night()
	}
	r := configChanges(t, f, f.all())
	if d := cmp.Diff([]string{
		"everything | before 2026-06-01 02:00 UTC | the history begins there",
		"Access apps | 2 snapshots from 2026-06-02 to 2026-06-03 | skipped: not permitted",
	}, unknownOf(r)); d != "" {
		t.Error(d)
	}
}

// What people are shown of a change is what it was, and why that matters; the column
// for the names of providers is for where there are any.
func TestAColumnWithoutAMeaningIsNotInTheWay(t *testing.T) {
	minor := func(f *fake, key string) bool {
		table, _ := configChanges(t, f, f.all()).Table("changes")
		return table.Columns[slices.IndexFunc(table.Columns, func(c audit.Column) bool { return c.Key == key })].Minor
	}
	f := alterations()
	same(t, "minor: meaning, reason", []bool{minor(f, "meaning"), minor(f, "reason")}, []bool{true, false})
	f.put(snapshot.AccessApp, "", "wiki", object{"name": "Wiki", "allowed_idps": []any{"saml"}}).night()
	f.set(snapshot.AccessApp, "", "wiki", "/allowed_idps", nil).night()
	same(t, "minor: meaning", minor(f, "meaning"), false)
}

// One provider that changed twice is two changes, and one provider.
func TestAFigureSaysThatItCountsChanges(t *testing.T) {
	f := newFake().okta()
	f.night()
	f.set(provider, "", "okta", "/name", "A").night()
	f.set(provider, "", "okta", "/name", "B").night()
	r := configChanges(t, f, f.all())
	i := slices.IndexFunc(r.Figures, func(f audit.Figure) bool { return f.Key == "identity_provider_changed" })
	same(t, "name, value", []string{r.Figures[i].Name, r.Figures[i].Value.String()}, []string{"Changes of identity providers", "2"})
	table, _ := r.Table("changes")
	for row, err := range table.Rows {
		path, ok := row[7].AsSetting()
		same(t, "path", []any{path, ok, err}, []any{"/name", true, nil})
	}
}

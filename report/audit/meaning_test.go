package audit_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/snapshot"
)

func TestSettingsThatNameProvidersAreToldInNames(t *testing.T) {
	f := newFake().okta().provider(snapshot.AzureAD, "entra", "Entra <b>", object{}).provider(snapshot.OneTimePIN, "pin", "", object{})
	f.put(snapshot.AccessApp, "", "app", object{"name": "Wiki", "allowed_idps": []any{"okta", "entra"}, "domain": "wiki.acme.example"}).
		put(snapshot.AccessPolicy, "", "policy", object{"name": "Staff", "include": []any{object{"login_method": object{"id": "okta"}}}}).night()
	f.set(snapshot.AccessApp, "", "app", "/allowed_idps", nil).
		set(snapshot.AccessApp, "", "app", "/domain", nil).set(snapshot.AccessApp, "", "app", "/session_duration", "24h").
		set(snapshot.AccessPolicy, "", "policy", "/include", []any{object{"login_method": object{"id": "pin"}}}).night()
	f.set(snapshot.AccessApp, "", "app", "/allowed_idps", []any{"okta", "gone"}).remove(provider, "", "okta").night()
	have := cellsOf(t, configChanges(t, f, f.all()), "changes", "path", "old", "new", "meaning")
	want := []string{
		`/allowed_idps | ["entra","okta"] | (not set) | Entra <b>, Okta → (not set)`,
		`/domain | "wiki.acme.example" | (not set) | `,
		`/session_duration | (not set) | "24h" | `,
		`/include/0/login_method/id | "okta" | "pin" | Okta → One-time PIN`,
		` |  |  | `, // okta is removed
		`/allowed_idps | (not set) | ["gone","okta"] | (not set) → Okta, gone`,
	}
	if d := cmp.Diff(want, have); d != "" {
		t.Error(d)
	}
}

func TestAProviderWithoutANameIsCalledByWhatItIs(t *testing.T) {
	f := newFake().provider(snapshot.OneTimePIN, "pin", "", object{}).provider(snapshot.SAML, "saml", " ", object{"sign_request": true})
	f.night()
	f.set(provider, "", "saml", "/config/sign_request", false).remove(provider, "", "pin").night()
	same(t, "changed", cellsOf(t, configChanges(t, f, f.all()), "changes", "name", "path"), []string{"One-time PIN | ", "SAML | /config/sign_request"})
	f.provider(snapshot.OneTimePIN, "pin", "", object{}).night()
	names := []string{"One-time PIN", "SAML"}
	same(t, "posture", cellsOf(t, posture(t, f, f.all()), "providers", "provider_name"), names)
	same(t, "deprovisioning", cellsOf(t, deprovisioning(t, f, f.all()), "providers", "provider_name"), names)
	same(t, "access review", cellsOf(t, accessReview(t, f, f.all()), "providers", "provider_name"), names)
	for _, name := range cellsOf(t, posture(t, f, f.all()), "findings", "name") {
		if name != names[0] && name != names[1] {
			t.Errorf("a finding is about %q", name)
		}
	}
}

func TestFewHighChangesAreOnTop(t *testing.T) {
	for _, c := range []struct {
		apps int
		want string
	}{
		{1, "high: 1 high change: allowed_idps of App 0, seen on 2026-06-02."},
		{3, "high: 3 high changes: allowed_idps of App 0, seen on 2026-06-02; allowed_idps of App 1, seen on 2026-06-02; allowed_idps of App 2, seen on 2026-06-02."},
		{4, "info: 4 changes, none of them critical."},
	} {
		f := newFake().okta()
		for i := range c.apps {
			f.put(snapshot.AccessApp, "", fmt.Sprint("app", i), object{"name": fmt.Sprint("App ", i), "allowed_idps": []any{"okta"}})
		}
		f.night()
		for i := range c.apps {
			f.set(snapshot.AccessApp, "", fmt.Sprint("app", i), "/allowed_idps", nil)
		}
		f.night()
		same(t, "lead", leadOf(configChanges(t, f, f.all()))[0], c.want)
	}
}

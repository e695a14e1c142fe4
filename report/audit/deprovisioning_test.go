package audit_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/report/audit"
	"github.com/idpsnap/idpsnap/snapshot"
)

func deprovisioning(t helper, f *fake, q audit.Question) *audit.Report {
	t.Helper()
	r, err := audit.NewDeprovisioning(context.Background(), f, q)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return r
}

// withSCIM is an account with a provider, called as its type, and these SCIM settings.
func withSCIM(typ snapshot.Type, settings object) *fake {
	f := newFake().provider(typ, "p", string(typ), object{})
	if settings != nil {
		f.scim("p", true)
		for name, value := range settings {
			f.set(provider, "", "p", "/scim_config/"+name, value)
		}
		f.user("p", "u", "Ann", "ann@acme.com")
	}
	return f
}

func TestWhatHappensToLeavers(t *testing.T) {
	everything := object{"user_deprovision": true, "seat_deprovision": true, "identity_update_behavior": "reauth"}
	for name, c := range map[string]struct {
		typ      snapshot.Type
		settings object
		leavers  string
		missing  string
		findings []string
	}{
		"everything is on": {snapshot.Okta, everything, "lose their sessions and their seats", "", nil},
		"only SCIM": {
			snapshot.AzureAD,
			object{},
			"keep sessions until they expire, and seats", "Enable user deprovisioning, Remove user seat on deprovision",
			[]string{"high user_deprovision_off", "low no_action_on_updates"},
		},
		"seats without users": {
			snapshot.SAML,
			object{"seat_deprovision": true, "identity_update_behavior": "automatic"},
			"keep sessions until they expire, and seats",
			"Enable user deprovisioning",
			[]string{"high seat_without_user_deprovision"},
		},
		"users without seats": {
			snapshot.OIDC,
			object{"user_deprovision": true, "identity_update_behavior": "no_action"},
			"lose their sessions, keep their seats",
			"Remove user seat on deprovision",
			[]string{"low no_action_on_updates", "low seat_deprovision_off"},
		},
		"SCIM is off": {
			snapshot.Okta, nil, "keep sessions until they expire, and seats until somebody removes them",
			"Enable SCIM, Enable user deprovisioning, Remove user seat on deprovision",
			[]string{"medium scim_off"},
		},
		"no SCIM for the type": {
			snapshot.GitHub, nil, "keep sessions until they expire, and seats until somebody removes them",
			"a process for leavers by hand: Cloudflare documents no SCIM for this type",
			[]string{"low scim_not_offered"},
		},
		"a one-time PIN": {snapshot.OneTimePIN, nil, "sign in as long as they receive e-mail at an address that a policy lets in", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			f := withSCIM(c.typ, c.settings)
			f.night()
			r := deprovisioning(t, f, f.all())
			wellFormed(t, r)
			row := rowsIn(t, r, "providers")[0]
			same(t, "leavers and missing", []string{row["leavers_today"], row["missing"]}, []string{c.leavers, c.missing})
			var found []string
			for _, f := range rowsIn(t, r, "findings") {
				found = append(found, f["severity"]+" "+f["finding"])
				if f["what"] == "" || f["why"] == "" || f["mend"] == "" || f["name"] != string(c.typ) {
					t.Errorf("a finding without words: %v", f)
				}
			}
			same(t, "findings", found, c.findings)
		})
	}
}

func TestLeaversOfAPeriodAreCounted(t *testing.T) {
	f := newFake().okta()
	for _, u := range []string{"a", "b", "c", "d"} {
		f.user("okta", u, u, u+"@acme.com")
	}
	f.night()
	f.remove(users, "okta", "a").set(users, "okta", "b", "/active", false)
	f.night()
	f.user("okta", "x", "came", "x@acme.com")
	f.night()
	f.remove(users, "okta", "x") // came and left within the period
	f.night()
	f.rest(120)
	f.night()
	r := deprovisioning(t, f, f.all())
	row := rowsIn(t, r, "providers")[0]
	delete(row, "missing")
	delete(row, "leavers_today")
	same(t, "row", row, map[string]string{
		"provider_id": "okta", "provider_name": "Okta", "provider_type": "okta", "scim_enabled": "true", "user_deprovision": "false",
		"seat_deprovision": "false", "identity_update_behavior": "", "group_member_deprovision": "false",
		"users": "3", "active": "2", "inactive_but_present": "1", "left": "2", "deactivated": "1",
		"last_scim_write": "2026-06-02T01:00:00Z", "days_silent": "123",
	})
	found := column(rowsIn(t, r, "findings"), "finding", "what")
	for _, want := range []string{"inactive_but_present | 1 user is inactive, but still listed", "scim_silent | the provider has written nothing for 123 days"} {
		if !slices.Contains(found, want) {
			t.Errorf("%q is not found, but %q", want, found)
		}
	}
	figures := figuresOf(r)
	same(t, "figures", []string{figures["scim_on"], figures["left"], figures["deactivated"]}, []string{"1", "2", "1"})

	q := f.all()
	q.Stale, q.Filter.AtLeast = 200*day, diff.High
	same(t, "high findings of 200 days", column(rowsIn(t, deprovisioning(t, f, q), "findings"), "finding"), []string{"user_deprovision_off"})
}

func TestWhatWasNotReadIsNotKnownToBeDeprovisioned(t *testing.T) {
	f := newFake().okta().user("okta", "a", "Ann", "ann@acme.com")
	f.night()
	f.fail(users, "okta", "500")
	f.night()
	r := deprovisioning(t, f, f.all())
	wellFormed(t, r)
	row := rowsIn(t, r, "providers")[0]
	for _, key := range []string{"users", "active", "inactive_but_present", "left", "deactivated", "last_scim_write", "days_silent"} {
		same(t, key, row[key], "not known")
	}
	same(t, "left", figuresOf(r)["left"], "not known")
	if len(r.Unknown) == 0 || !slices.Contains(leadOf(r), "high: The users of Okta were not read.") {
		t.Errorf("%v, %q", r.Unknown, leadOf(r))
	}

	f.fail(provider, "", "500")
	f.night()
	r = deprovisioning(t, f, f.all())
	same(t, "lead", leadOf(r)[0], "high: The identity providers were not read (failed: 500): what happens to leavers is not known.")
	same(t, "SCIM on", figuresOf(r)["scim_on"], "not known")
}

func TestAnEmptyListIsAFinding(t *testing.T) {
	f := newFake().okta()
	f.night()
	r := deprovisioning(t, f, f.all())
	if found := column(rowsIn(t, r, "findings"), "finding"); !slices.Contains(found, "scim_empty") {
		t.Errorf("found %q", found)
	}
	same(t, "users", rowsIn(t, r, "providers")[0]["users"], "0")
}

func TestDeprovisioningEndsWithTheHistorysError(t *testing.T) {
	f := newFake().okta()
	f.night()
	f.broken = errors.New("disk is gone")
	if _, err := audit.NewDeprovisioning(t.Context(), f, f.all()); !errors.Is(err, f.broken) {
		t.Errorf("got %v", err)
	}
}

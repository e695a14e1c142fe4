package migrate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// Each guard: what trips it, what only nearly does, and that its flag lets the plan
// pass.
func TestGuards(t *testing.T) {
	one, two := okta("a", "A", ""), github("g", "G", "c")
	with := func(provider, more string) string { return strings.TrimSuffix(provider, "}") + "," + more + "}" }
	changed := func(provider string) string {
		return strings.Replace(provider, `"client_id":"c"`, `"client_id":"x"`, 1)
	}
	app := func(more string) func(*fakeTarget) {
		return func(f *fakeTarget) { f.refer(snapshot.AccessApp, `{"id":"app","name":"Wiki",`+more+`}`) }
	}
	extra := func(o *migrate.Options) { o.DeleteExtra = true }
	scim := func(fields string) string { return `"scim_config":{` + fields + `}` }
	for name, c := range map[string]struct {
		guard          migrate.GuardCode
		trips          bool
		subject        string
		source, target []string
		o              func(*migrate.Options)
		f              func(target *fakeTarget)
		elsewhere      bool // source and target are two
	}{
		"last one deleted":              {guard: migrate.GuardLockout, trips: true, target: []string{one}, o: extra},
		"all deleted, one created":      {guard: migrate.GuardLockout, trips: true, source: []string{two}, target: []string{one}, o: extra},
		"only one, endpoint changes":    {guard: migrate.GuardLockout, trips: true, subject: "A", source: []string{one}, target: []string{changed(one)}},
		"one deleted, other changes":    {guard: migrate.GuardLockout, trips: true, subject: "A", source: []string{one}, target: []string{changed(one), two}, o: extra},
		"only one, name changes":        {guard: migrate.GuardLockout, source: []string{one}, target: []string{okta("a", "B", "")}},
		"only one, SCIM changes":        {guard: migrate.GuardLockout, source: []string{with(one, scim(`"enabled":true`))}, target: []string{one}},
		"only one, part of SCIM":        {guard: migrate.GuardLockout, source: []string{with(one, scim(`"enabled":true,"user_deprovision":true`))}, target: []string{with(one, scim(`"enabled":true`))}},
		"another stays untouched":       {guard: migrate.GuardLockout, source: []string{one, two}, target: []string{changed(one), two}},
		"one deleted, other untouched":  {guard: migrate.GuardLockout, source: []string{one}, target: []string{one, two}, o: extra},
		"another is only renamed":       {guard: migrate.GuardLockout, source: []string{one}, target: []string{okta("a", "B", ""), two}, o: extra},
		"target without any":            {guard: migrate.GuardLockout, source: []string{one}},
		"only one, nothing changes":     {guard: migrate.GuardLockout, source: []string{one}, target: []string{one}},
		"sole provider of an app":       {guard: migrate.GuardAppLockout, trips: true, subject: "G", source: []string{one}, target: []string{one, two}, o: extra, f: app(`"allowed_idps":["g"]`)},
		"and people are sent to it":     {guard: migrate.GuardAppLockout, trips: true, subject: "G", source: []string{one}, target: []string{one, two}, o: extra, f: app(`"allowed_idps":["g"],"auto_redirect_to_identity":true`)},
		"named twice":                   {guard: migrate.GuardAppLockout, trips: true, subject: "G", source: []string{one}, target: []string{one, two}, o: extra, f: app(`"allowed_idps":["g","g"]`)},
		"the other one is gone already": {guard: migrate.GuardAppLockout, trips: true, subject: "G", source: []string{one}, target: []string{one, two}, o: extra, f: app(`"allowed_idps":["gone","g"]`)},
		"both of an app":                {guard: migrate.GuardAppLockout, trips: true, subject: "A, G", target: []string{one, two}, o: extra, f: app(`"allowed_idps":["a","g"]`)},
		"apps not read":                 {guard: migrate.GuardAppLockout, trips: true, subject: "G", source: []string{one}, target: []string{one, two}, o: extra, f: func(f *fakeTarget) { f.captures[snapshot.AccessApp] = snapshot.Skipped }},
		"no apps there":                 {guard: migrate.GuardAppLockout, source: []string{one}, target: []string{one, two}, o: extra, f: func(f *fakeTarget) { f.captures[snapshot.AccessApp] = snapshot.Unsupported }},
		"one of two of an app":          {guard: migrate.GuardAppLockout, source: []string{one}, target: []string{one, two}, o: extra, f: app(`"allowed_idps":["a","g"]`)},
		"app of another":                {guard: migrate.GuardAppLockout, source: []string{one}, target: []string{one, two}, o: extra, f: app(`"allowed_idps":["a"]`)},
		"app that allows all":           {guard: migrate.GuardAppLockout, source: []string{one}, target: []string{one, two}, o: extra, f: app(`"allowed_idps":[]`)},
		"app of what is updated":        {guard: migrate.GuardAppLockout, source: []string{one, two}, target: []string{changed(one), two}, f: app(`"allowed_idps":["a"]`)},
		"deleted":                       {guard: migrate.GuardDelete, trips: true, source: []string{one}, target: []string{one, two}, o: extra},
		"extra, but not deleted":        {guard: migrate.GuardDelete, source: []string{one}, target: []string{one, two}},
		"too many changes":              {guard: migrate.GuardMaxChanges, trips: true, source: []string{one}, target: []string{changed(one), two}, o: func(o *migrate.Options) { o.DeleteExtra = true; o.MaxChanges = 1 }},
		"as many as may be":             {guard: migrate.GuardMaxChanges, source: []string{one}, target: []string{changed(one), two}, o: func(o *migrate.Options) { o.DeleteExtra = true; o.MaxChanges = 2 }},
		"creating does not count":       {guard: migrate.GuardMaxChanges, source: []string{one, two}, o: func(o *migrate.Options) { o.MaxChanges = 0 }},
		"federated, updated":            {guard: migrate.GuardReadOnly, trips: true, subject: "A", source: []string{one}, target: []string{with(changed(one), `"read_only":true`)}},
		"federated, deleted":            {guard: migrate.GuardReadOnly, trips: true, subject: "G", source: []string{one}, target: []string{one, with(two, `"read_only":true`)}, o: extra},
		"federated, created":            {guard: migrate.GuardReadOnly, trips: true, subject: "A", source: []string{with(one, `"read_only":true`)}, elsewhere: true},
		"federated, untouched":          {guard: migrate.GuardReadOnly, source: []string{one}, target: []string{with(one, `"read_only":true`)}},
		"not federated":                 {guard: migrate.GuardReadOnly, source: []string{one}, target: []string{with(changed(one), `"read_only":false`)}},
		"type changes":                  {guard: migrate.GuardTypeChange, trips: true, subject: "A", source: []string{one}, target: []string{github("a", "A", "c")}},
		"type of another id":            {guard: migrate.GuardTypeChange, source: []string{one}, target: []string{github("b", "A", "c")}, elsewhere: true},
		"seats alone":                   {guard: migrate.GuardSeatDeprovision, trips: true, subject: "A", source: []string{with(one, scim(`"enabled":true,"seat_deprovision":true`))}},
		"seats alone, updated":          {guard: migrate.GuardSeatDeprovision, trips: true, subject: "A", source: []string{with(one, scim(`"enabled":true,"seat_deprovision":true`))}, target: []string{one}},
		"seats and users":               {guard: migrate.GuardSeatDeprovision, source: []string{with(one, scim(`"enabled":true,"seat_deprovision":true,"user_deprovision":true`))}},
		"no seats":                      {guard: migrate.GuardSeatDeprovision, source: []string{with(one, scim(`"enabled":true,"seat_deprovision":false`))}},
		"SCIM of a PIN":                 {guard: migrate.GuardPINSCIM, trips: true, subject: "PIN", source: []string{with(pin, scim(`"enabled":true`))}},
		"a PIN whose SCIM is off":       {guard: migrate.GuardPINSCIM, source: []string{with(pin, scim(`"enabled":false`))}},
		"encrypted":                     {guard: migrate.GuardEncryption, trips: true, subject: "S", source: []string{saml("s", "S", `,"enable_encryption":true`)}, elsewhere: true},
		"encrypted, with a set":         {guard: migrate.GuardEncryption, trips: true, subject: "S", source: []string{with(saml("s", "S", `,"enable_encryption":true`), `"saml_certificate_set_id":"x"`)}, elsewhere: true},
		"encrypted, at home":            {guard: migrate.GuardEncryption, source: []string{with(saml("s", "S", `,"enable_encryption":true`), `"saml_certificate_set_id":"x"`)}},
		"not encrypted":                 {guard: migrate.GuardEncryption, source: []string{saml("s", "S", `,"enable_encryption":false`)}, elsewhere: true},
		"no organization":               {guard: migrate.GuardNoOrganization, trips: true, f: func(f *fakeTarget) { f.organization = false }},
		"organization not read":         {guard: migrate.GuardNoOrganization, f: func(f *fakeTarget) { f.organization = false; f.captures[snapshot.Organization] = snapshot.Failed }},
		"there is an organization":      {guard: migrate.GuardNoOrganization},
	} {
		t.Run(name, func(t *testing.T) {
			source, target := newTarget("one").add(c.source...), newTarget("one").add(c.target...)
			if c.elsewhere {
				source.target.ID = "two"
			}
			if c.f != nil {
				c.f(target)
			}
			o := everything()
			if c.o != nil {
				c.o(&o)
			}
			o.Allow = slices.DeleteFunc(migrate.GuardCodes(), func(g migrate.GuardCode) bool { return g == c.guard })
			p := planned(t, source, target, o)
			var found []migrate.Guard
			for _, g := range p.Guards {
				if g.Code == c.guard {
					found = append(found, g)
				}
			}
			if !c.trips {
				if len(found) > 0 {
					t.Errorf("%+v", found)
				}
				return
			}
			if len(found) != 1 {
				t.Fatalf("%s: guards %+v", verdicts(p), p.Guards)
			}
			g := found[0]
			if g.Subject != c.subject || g.What == "" || g.Why == "" || !strings.HasPrefix(g.Flag, "--") || g.Overridden {
				t.Errorf("%+v", g)
			}
			if standing, _ := p.Standing(); len(standing) != 1 {
				t.Errorf("standing: %+v", standing)
			}
			if _, err := migrate.Apply(t.Context(), p, migrate.Job{}); err == nil {
				t.Error("it was carried out")
			}
			passes(t, source, target, o, c.guard, p)
		})
	}
}

// passes sees to it that a guard's flag lets the plan pass, given before or after.
func passes(t *testing.T, source, target *fakeTarget, o migrate.Options, code migrate.GuardCode, p *migrate.Plan) {
	t.Helper()
	o.Allow = migrate.GuardCodes()
	if code == migrate.GuardMaxChanges {
		o.MaxChanges = 2
	}
	if standing, _ := planned(t, source, target, o).Standing(); len(standing) > 0 {
		t.Errorf("with its flag: %+v", standing)
	}
	later, err := p.Override([]migrate.GuardCode{code}, o.MaxChanges)
	if err != nil {
		t.Fatal(err)
	}
	standing, _ := later.Standing()
	if want := code == migrate.GuardEncryption; (len(standing) > 0) != want {
		t.Errorf("with its flag later: %+v", standing)
	}
	if g, _ := p.Standing(); len(g) != 1 {
		t.Error("the plan itself was changed")
	}
	raw, err := later.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := migrate.ParsePlan(raw); err != nil {
		t.Error(err)
	}
}

func TestMigrationWithinOneTarget(t *testing.T) {
	s := newTarget("one").add(okta("a", "A", "")).state()
	for verb, want := range map[migrate.Verb]string{migrate.Migrate: "[same-target]", migrate.Restore: "[]"} {
		p, err := migrate.NewPlan(verb, s, s, allowing())
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(guardsOf(p)); got != want {
			t.Errorf("%s: %s, want %s", verb, got, want)
		}
		later, err := p.Override([]migrate.GuardCode{migrate.GuardSameTarget}, 0)
		if err != nil {
			t.Fatal(err)
		}
		if g, _ := later.Standing(); len(g) > 0 {
			t.Errorf("%s: %+v", verb, g)
		}
	}
}

// An app that is rewritten to another provider keeps that one.
func TestRewrittenAppIsNotLockedOut(t *testing.T) {
	source := newTarget("src").add(okta(alphaID, "A", ""))
	target := newTarget("dst").add(github("g", "G", "c"), pin).refer(snapshot.AccessApp, `{"id":"app","name":"Wiki","allowed_idps":["`+alphaID+`","g"]}`)
	o := allowing()
	o.DeleteExtra, o.RewriteReferences, o.Exclude = true, true, []string{"PIN"}
	if got := fmt.Sprint(guardsOf(planned(t, source, target, o))); got != "[delete]" {
		t.Error(got)
	}
	o.RewriteReferences = false
	if got := fmt.Sprint(guardsOf(planned(t, source, target, o))); got != "[app-lockout delete]" && got != "[delete app-lockout]" {
		t.Error(got)
	}
}

func TestEveryGuardHasAFlagOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range migrate.GuardCodes() {
		flag := migrate.FlagOf(c)
		if !strings.HasPrefix(flag, "--") || seen[flag] {
			t.Errorf("%s: %s", c, flag)
		}
		seen[flag] = true
	}
}

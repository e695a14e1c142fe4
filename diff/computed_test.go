package diff_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// What Cloudflare computes is no setting of a sign-in method.
func TestWhatIsComputedWeighsNothing(t *testing.T) {
	policies := func(count, decision string) []any {
		return []any{tree{"name": `"P"`, "decision": quote(decision), "app_count": count}}
	}
	for name, c := range map[string]struct {
		scene
		want []string
	}{
		"of a provider": {
			setting(snapshot.SAML, "/version", `1`, `2`), []string{"/version info computed Cloudflare computes it"},
		},
		"beside a setting": {
			scene{kind: snapshot.IdentityProvider, a: set(snapshot.SAML, "/version", `1`), b: set(snapshot.SAML, "/version", `2`).with("/config/x", `1`)},
			[]string{"/config/x medium provider-setting a setting of a sign-in method", "/version info computed Cloudflare computes it"},
		},
		"of a user": {
			named(user, "meta", tree{"lastModified": `"1"`}, tree{"lastModified": `"2"`}),
			[]string{"/meta/lastModified info computed Cloudflare computes it"},
		},
		"in an element": {
			named(app, "policies", policies(`1`, "allow"), policies(`2`, "allow")),
			[]string{"/policies/0/app_count info computed Cloudflare computes it"},
		},
		"in a list that has no likeness": {
			named(app, "policies", policies(`1`, "allow"), []any{tree{"name": `"P"`, "decision": `"allow"`}}),
			[]string{"/policies info computed Cloudflare computes it"},
		},
		"in a list of which more differs": {
			named(app, "policies", policies(`1`, "allow"), []any{tree{"name": `"P"`, "decision": `"deny"`}}),
			[]string{"/policies high app-policies decides who gets in"},
		},
	} {
		ch := c.result(t, diff.Options{AllFields: true}).Changes[0]
		var got []string
		for _, f := range ch.Fields {
			got = append(got, fmt.Sprint(f.Path, " ", f.Severity, " ", f.Rule, " ", f.Reason))
			if f.Computed != (f.Rule == "computed") {
				t.Errorf("%s: %+v", name, f)
			}
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		worst := slices.MaxFunc(ch.Fields, func(x, y diff.Field) int { return int(x.Severity - y.Severity) })
		if ch.Severity != worst.Severity {
			t.Errorf("%s: %+v", name, ch)
		}
	}
	o := diff.Options{AllFields: true, Rules: with(t, diff.Rule{Name: "computed", Severity: diff.Low})}
	if ch := setting(snapshot.SAML, "/version", `1`, `2`).result(t, o).Changes[0]; ch.Severity != diff.Low {
		t.Errorf("%+v", ch)
	}
	for _, f := range setting(snapshot.SAML, "/version", nil, `2`).comes().result(t, diff.Options{AllFields: true}).Changes[0].Fields {
		if f.Computed != (f.Path == "/version" || f.Path == "/id") {
			t.Errorf("of what came: %+v", f)
		}
	}
}

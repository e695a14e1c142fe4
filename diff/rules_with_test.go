package diff_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

func with(t *testing.T, list ...diff.Rule) diff.Rules {
	t.Helper()
	r, err := diff.Rules{}.With(list)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestARuleWithoutConditionsOnlyWeighsAnother(t *testing.T) {
	r := with(t, diff.Rule{Name: "provider-name", Severity: diff.Critical}, diff.Rule{Name: "claims", Severity: diff.Low, Reason: "so what", Paths: []string{}})
	for i, was := range (diff.Rules{}).All() {
		switch was.Name {
		case "provider-name":
			was.Severity = diff.Critical
		case "claims":
			was.Severity, was.Reason = diff.Low, "so what"
		}
		if d := cmp.Diff(was, r.All()[i]); d != "" {
			t.Error(d)
		}
	}
	ch := setting(snapshot.OIDC, "/name", `"a"`, `"b"`).result(t, diff.Options{Rules: r}).Changes[0]
	if ch.Severity != diff.Critical || ch.Fields[0].Reason != "what people see when they sign in" {
		t.Errorf("%+v", ch)
	}
}

func TestRulesOfOnesOwnComeFirst(t *testing.T) {
	r := with(
		t,
		diff.Rule{Name: "prompt", Severity: diff.High, Paths: []string{"/config/prompt"}, Types: []snapshot.Type{snapshot.OIDC}, To: "none", Reason: "no question asked"},
		diff.Rule{Name: "step", Severity: diff.Low, Kind: snapshot.IdentityProvider, Paths: []string{"/config/*/b"}},
		diff.Rule{Name: "provider-added", Severity: diff.Info, Kind: snapshot.IdentityProvider, Action: diff.Added, Types: []snapshot.Type{snapshot.SAML}},
		diff.Rule{Name: "gone", Severity: diff.Low, Action: diff.Removed},
	)
	for name, c := range map[string]struct {
		scene
		want string
	}{
		"its value":                {setting(snapshot.OIDC, "/config/prompt", nil, `"none"`), "prompt high"},
		"another value":            {setting(snapshot.OIDC, "/config/prompt", nil, `"login"`), "provider-setting medium"},
		"another type":             {setting(snapshot.Okta, "/config/prompt", nil, `"none"`), "provider-setting medium"},
		"any step":                 {setting(snapshot.Okta, "/config/a/b/c", `1`, `2`), "step low"},
		"too few steps":            {setting(snapshot.Okta, "/config/b", `1`, `2`), "provider-setting medium"},
		"in the built-in's place":  {setting(snapshot.SAML, "/x", nil, nil).comes(), "provider-added info"},
		"no rule any more":         {setting(snapshot.Okta, "/x", nil, nil).comes(), " info"},
		"before the built-in ones": {setting(snapshot.Okta, "/x", nil, nil).goes(), "gone low"},
		"of any kind":              {there(app).goes(), "gone low"},
	} {
		ch := c.result(t, diff.Options{Rules: r}).Changes[0]
		got := ch.Rule
		if ch.Action == diff.Changed {
			got = ch.Fields[0].Rule
		}
		if got += " " + ch.Severity.String(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestARuleWithAKindAloneHoldsForAllThatHappens(t *testing.T) {
	r := with(t, diff.Rule{Name: "mine", Severity: diff.Critical, Kind: snapshot.IdentityProvider})
	c := setting(snapshot.Okta, "/x", nil, `1`)
	for name, c := range map[string]scene{"changed": c, "added": c.comes(), "removed": c.goes(), "created again": c.again()} {
		if ch := c.result(t, diff.Options{Rules: r}).Changes[0]; ch.Rule != "mine" || ch.Severity != diff.Critical {
			t.Errorf("%s: %+v", name, ch)
		}
	}
	if ch := there(app).goes().result(t, diff.Options{Rules: r}).Changes[0]; ch.Rule != "app-removed" {
		t.Errorf("of another kind: %+v", ch)
	}
}

func TestRulesThatSayNothingAreRefused(t *testing.T) {
	for want, list := range map[string][]diff.Rule{
		"no name":               {{Severity: diff.Low, Action: diff.Added}},
		"no condition":          {{Name: "mine", Severity: diff.Low}},
		"there twice":           {{Name: "mine", Kind: user}, {Name: "mine", Kind: app}},
		`"claims" is there tw`:  {{Name: "claims", Severity: diff.Low}, {Name: "claims", Severity: diff.High}},
		`"issuer" is there tw`:  {{Name: "issuer", Severity: diff.Low}, {Name: "issuer", Kind: app}},
		"begins with /":         {{Name: "mine", Paths: []string{"/a", "config/a"}}},
		"name the path":         {{Name: "mine", Kind: user, Becomes: "off"}},
		"to and gains are said": {{Name: "mine", Kind: user, To: "off"}},
		"gains are said":        {{Name: "mine", Kind: user, Gains: "x"}},
		"of scim_user or":       {{Name: "mine", Percent: 1}},
		"or scim_group":         {{Name: "mine", Percent: 1, Kind: app}},
		"say percent":           {{Name: "mass-user-change", Kind: user, Action: diff.Removed}},
		`not "true"`:            {{Name: "mine", Paths: []string{"/a"}, Becomes: "true"}},
		"came, went":            {{Name: "mine", Paths: []string{"/a"}, Action: diff.Added}},
		"was created again":     {{Name: "mine", Paths: []string{"/a"}, Recreated: true}},
		"it was not removed":    {{Name: "mine", Recreated: true, Action: diff.Removed}},
		"between 0 and 100":     {{Name: "mine", Percent: 101}},
		"0 and 100":             {{Name: "mine", Percent: -1}},
		"and 100":               {{Name: "mine", Percent: math.NaN()}},
		"goes with kind alone":  {{Name: "mine", Percent: 1, Action: diff.Added}},
		"with kind alone":       {{Name: "mine", Percent: 1, Types: []snapshot.Type{snapshot.Okta}}},
		"kind alone":            {{Name: "mine", Percent: 1, Elsewhere: true}},
		`no kind "users"`:       {{Name: "mine", Kind: "users"}},
		`not "deleted"`:         {{Name: "mine", Action: "deleted"}},
		"types are of":          {{Name: "mine", Kind: app, Types: []snapshot.Type{snapshot.Okta}}},
		"no severity 9":         {{Name: "claims", Severity: 9}},
	} {
		r, err := diff.Rules{}.With(list)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", list, err, want)
		}
		if d := cmp.Diff((diff.Rules{}).All(), r.All()); d != "" {
			t.Errorf("%q changed the rules: %s", want, d)
		}
	}
}

func TestAllGivesACopy(t *testing.T) {
	for _, r := range []diff.Rules{{}, with(t, diff.Rule{Name: "mine", Kind: user})} {
		r.All()[0].Name = "another"
		if r.All()[0].Name == "another" {
			t.Error("whoever reads the rules can change them")
		}
	}
	r := with(t, diff.Rule{Name: "claims", Severity: diff.Critical})
	again, err := r.With([]diff.Rule{{Name: "client", Severity: diff.Critical}})
	if by := fired(setting(snapshot.OIDC, "/config/claims", nil, []any{`1`}).result(t, diff.Options{Rules: again})); err != nil || by["claims"] != diff.Critical {
		t.Errorf("rules on top of rules: %v, %v", by, err)
	}
}

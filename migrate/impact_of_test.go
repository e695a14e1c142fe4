package migrate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// depended is a resource that depends on a provider, or the provider.
func depended(t *testing.T, k snapshot.Kind, document string) snapshot.Resource {
	t.Helper()
	// $A is the provider that goes, $B one that stays, $X one that there is not.
	d, err := snapshot.NewDocument([]byte(strings.NewReplacer("$A", "idp-a", "$B", "idp-b", "$X", "idp-x").Replace(document)))
	if err != nil {
		t.Fatal(err)
	}
	id, err := snapshot.IDOf(k, d)
	if err != nil {
		id = "1"
	}
	return snapshot.Resource{Collection: snapshot.Collection{Kind: k}, ID: id, Document: d}
}

// impactOf is what the references lose with provider $A, where $B is the other one.
func impactOf(t *testing.T, kind snapshot.Type, references ...snapshot.Resource) migrate.Impact {
	t.Helper()
	a := depended(t, snapshot.IdentityProvider, `{"id":"$A","name":"Alpha","type":"`+string(kind)+`"}`)
	b := depended(t, snapshot.IdentityProvider, `{"id":"$B","name":"Beta","type":"saml"}`)
	return migrate.ImpactOf(a, migrate.State{State: diff.State{Providers: []snapshot.Resource{a, b}}, References: references})
}

func TestImpactOnApps(t *testing.T) {
	for name, c := range map[string]struct {
		document string
		want     []migrate.Consequence
		says     string // of the first
	}{
		"the only one":         {`{"allowed_idps":["$A"]}`, []migrate.Consequence{migrate.OpensToAll}, "the empty list allows all providers; if its id stays in the list, nobody could sign in"},
		"and redirect":         {`{"allowed_idps":["$A"],"auto_redirect_to_identity":true}`, []migrate.Consequence{migrate.OpensToAll, migrate.NoRedirect}, ""},
		"twice":                {`{"allowed_idps":["$A","$A"]}`, []migrate.Consequence{migrate.OpensToAll}, ""},
		"one of two":           {`{"allowed_idps":["$B","$A"],"auto_redirect_to_identity":true}`, []migrate.Consequence{migrate.LosesOne}, "only with Beta"},
		"the other is gone":    {`{"allowed_idps":["$X","$A"]}`, []migrate.Consequence{migrate.LocksOut}, "idp-x"},
		"all allowed":          {`{"allowed_idps":[]}`, nil, ""},
		"others":               {`{"allowed_idps":["$B"]}`, nil, ""},
		"SCIM":                 {`{"scim_config":{"enabled":true,"idp_uid":"$A"}}`, []migrate.Consequence{migrate.SCIMStops}, "no longer be provisioned from it to the app"},
		"SCIM that is off":     {`{"scim_config":{"enabled":false,"idp_uid":"$A"}}`, []migrate.Consequence{migrate.SCIMStops}, "switched off"},
		"a claim":              {`{"saas_app":{"custom_claims":[{"name":"dept","source":{"name_by_idp":{"$A":"d"}}}]}}`, []migrate.Consequence{migrate.ClaimMissing}, `the claim "dept"`},
		"attributes":           {`{"saas_app":{"custom_attributes":[{"name":"a","source":{"name_by_idp":[{"idp_id":"$A"}]}},{"name":"b","source":{"name_by_idp":[{"idp_id":"$A"}]}}]}}`, []migrate.Consequence{migrate.ClaimMissing}, `the claims "a" and "b"`},
		"its own policy":       {`{"policies":[{"name":"P","decision":"allow","include":[{"login_method":{"id":"$A"}}]}]}`, []migrate.Consequence{migrate.LocksOut}, `its policy "P": it would let nobody in any more`},
		"a reusable policy":    {`{"policies":[{"name":"P","decision":"allow","reusable":true,"include":[{"login_method":{"id":"$A"}},{"everyone":{}}]}]}`, []migrate.Consequence{migrate.RuleNoMatch}, `the reusable policy "P" that it uses`},
		"nobody knows":         {`{"hint":"$A"}`, []migrate.Consequence{migrate.OtherMention}, "no documented field"},
		"worst first":          {`{"hint":"$A","scim_config":{"idp_uid":"$A"},"allowed_idps":["$A"]}`, []migrate.Consequence{migrate.OpensToAll, migrate.SCIMStops, migrate.OtherMention}, ""},
		"policies of two ways": {`{"policies":["p",{"decision":"deny","include":[{"login_method":{"id":"$A"}}]},{"decision":"allow","exclude":[{"login_method":{"id":"$A"}}]}]}`, []migrate.Consequence{migrate.RuleNoBlock, migrate.RuleNoBlock}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			check(t, impactOf(t, snapshot.Okta, depended(t, snapshot.AccessApp, c.document)), c.want, c.says)
		})
	}
}

// check compares the consequences, and what the first effect says.
func check(t *testing.T, got migrate.Impact, want []migrate.Consequence, says string) {
	t.Helper()
	var have []migrate.Consequence
	for _, e := range got.Effects {
		have = append(have, e.Consequence)
		if e.What == "" || len(e.Paths) == 0 {
			t.Errorf("an effect says nothing: %+v", e)
		}
	}
	if !slices.Equal(have, want) {
		t.Fatalf("%v, want %v: %+v", have, want, got.Effects)
	}
	if says != "" && !strings.Contains(got.Effects[0].What, says) {
		t.Errorf("%q does not say %q", got.Effects[0].What, says)
	}
}

func TestImpactOnPolicies(t *testing.T) {
	const rule, other = `{"okta":{"name":"g","identity_provider_id":"$A"}}`, `{"everyone":{}}`
	for _, c := range []struct {
		decision, rules string
		want            migrate.Consequence
		says            string
	}{
		{"allow", `"include":[` + rule + `]`, migrate.LocksOut, "nobody in"},
		{"allow", `"include":[` + rule + `,` + rule + `]`, migrate.LocksOut, "nobody in"},
		{"allow", `"include":[` + rule + `,` + other + `]`, migrate.RuleNoMatch, "no longer let in"},
		{"allow", `"include":[` + other + `],"require":[` + rule + `]`, migrate.LocksOut, "requires"},
		{"allow", `"include":[` + other + `],"exclude":[` + rule + `]`, migrate.RuleNoBlock, "no longer keep out"},
		{"non_identity", `"include":[` + rule + `]`, migrate.LocksOut, "nobody in"},
		{"deny", `"include":[` + rule + `]`, migrate.RuleNoBlock, "block nobody"},
		{"deny", `"include":[` + rule + `,` + other + `]`, migrate.RuleNoBlock, "no longer block"},
		{"deny", `"include":[` + other + `],"require":[` + rule + `]`, migrate.RuleNoBlock, "block nobody"},
		{"deny", `"include":[` + other + `],"exclude":[` + rule + `]`, migrate.RuleNoMatch, "spares"},
		{"bypass", `"include":[` + rule + `]`, migrate.RuleNoMatch, "nobody past"},
		{"bypass", `"include":[` + rule + `,` + other + `]`, migrate.RuleNoMatch, "no longer get past"},
		{"bypass", `"include":[` + other + `],"require":[` + rule + `]`, migrate.RuleNoMatch, "nobody past"},
		{"bypass", `"include":[` + other + `],"exclude":[` + rule + `]`, migrate.RuleNoBlock, "without signing in also"},
	} {
		t.Run(c.decision+" "+c.rules, func(t *testing.T) {
			policy := depended(t, snapshot.AccessPolicy, `{"id":"p","decision":"`+c.decision+`",`+c.rules+`}`)
			check(t, impactOf(t, snapshot.Okta, policy), []migrate.Consequence{c.want}, c.says)
		})
	}
}

// A group means what the policies make of it that use it.
func TestImpactOnGroups(t *testing.T) {
	const member, other = `{"login_method":{"id":"$A"}}`, `{"everyone":{}}`
	use := func(decision, list, more string) string {
		return `{"id":"p","name":"Staff","decision":"` + decision + `","` + list + `":[{"group":{"id":"g"}}` + more + `]}`
	}
	for name, c := range map[string]struct {
		group, policy string
		want          migrate.Consequence
		says          string
	}{
		"unused":                    {`"include":[` + member + `]`, `{"id":"p"}`, migrate.LocksOut, "nothing that was read uses the group"},
		"lets in":                   {`"include":[` + member + `]`, use("allow", "include", ""), migrate.LocksOut, `the policy "Staff" (allow, include)`},
		"lets in among others":      {`"include":[` + member + `]`, use("allow", "include", ","+other), migrate.RuleNoMatch, ""},
		"one member rule of two":    {`"include":[` + member + `,` + other + `]`, use("allow", "require", ""), migrate.RuleNoMatch, ""},
		"is required":               {`"include":[` + member + `]`, use("allow", "require", ""), migrate.LocksOut, ""},
		"is kept out":               {`"include":[` + member + `]`, use("allow", "exclude", ""), migrate.RuleNoBlock, ""},
		"is denied":                 {`"require":[` + member + `]`, use("deny", "include", ""), migrate.RuleNoBlock, "nobody would belong"},
		"is spared":                 {`"include":[` + member + `]`, use("deny", "exclude", ""), migrate.RuleNoMatch, ""},
		"grows and lets in":         {`"exclude":[` + member + `]`, use("allow", "include", ""), migrate.RuleNoBlock, "would belong to it"},
		"grows and is kept out":     {`"exclude":[` + member + `]`, use("allow", "exclude", ""), migrate.RuleNoMatch, ""},
		"grows and is denied":       {`"exclude":[` + member + `]`, use("deny", "include", ""), migrate.RuleNoMatch, ""},
		"grows and is spared":       {`"exclude":[` + member + `]`, use("deny", "exclude", ""), migrate.RuleNoBlock, ""},
		"grows and passes, unasked": {`"exclude":[` + member + `]`, use("bypass", "include", ""), migrate.RuleNoBlock, ""},
	} {
		t.Run(name, func(t *testing.T) {
			group := depended(t, snapshot.AccessGroup, `{"id":"g","name":"G",`+c.group+`}`)
			check(t, impactOf(t, snapshot.Okta, group, depended(t, snapshot.AccessPolicy, c.policy)), []migrate.Consequence{c.want}, c.says)
		})
	}
}

// Apps repeat reusable policies, which count once; their own policies count, and so do
// groups in groups.
func TestImpactNamesUsesOnce(t *testing.T) {
	group := depended(t, snapshot.AccessGroup, `{"id":"g","name":"G","include":[{"login_method":{"id":"$A"}}]}`)
	outer := depended(t, snapshot.AccessGroup, `{"id":"h","name":"H","include":[{"group":{"id":"g"}}]}`)
	policy := depended(t, snapshot.AccessPolicy, `{"id":"p","name":"P","decision":"allow","include":[{"group":{"id":"g"}}]}`)
	app := depended(t, snapshot.AccessApp, `{"id":"a","name":"A","policies":[
		{"id":"p","name":"P","decision":"allow","reusable":true,"include":[{"group":{"id":"g"}}]},
		{"id":"q","name":"Q","decision":"deny","exclude":[{"group":{"id":"g"}}]}]}`)
	got := impactOf(t, snapshot.Okta, app, outer, policy, group)
	want := `nobody would belong to the group any more; it is used by the group "H" (include), the policy "P" (allow, include) ` +
		`and the policy "Q" of the app "A" (deny, exclude)`
	if len(got.Effects) != 1 || got.Effects[0].What != want {
		t.Errorf("%+v\nwant %s", got.Effects, want)
	}
}

// Rules for members of a Cloudflare account need the provider of that type.
func TestImpactOfCloudflare(t *testing.T) {
	policy := depended(t, snapshot.AccessPolicy, `{"id":"p","name":"P","decision":"allow","include":[{"everyone":{}},{"cloudflare_account_member":{}}]}`)
	check(t, impactOf(t, snapshot.Cloudflare, policy), []migrate.Consequence{migrate.OtherMention}, "cloudflare_account_member")
	check(t, impactOf(t, snapshot.Okta, policy), nil, "")
}

func TestImpactOnLogin(t *testing.T) {
	provider := func(id string, kind snapshot.Type) snapshot.Resource {
		return depended(t, snapshot.IdentityProvider, `{"id":"`+id+`","type":"`+string(kind)+`"}`)
	}
	a, pin, b := provider("$A", snapshot.Okta), provider("pin", snapshot.OneTimePIN), provider("$B", snapshot.SAML)
	for _, c := range []struct {
		all  []snapshot.Resource
		want string
	}{
		{[]snapshot.Resource{a}, "nobody could sign in any more"},
		{[]snapshot.Resource{a, pin}, "only the one-time PIN"},
		{[]snapshot.Resource{pin, a, b}, ""},
	} {
		got := migrate.ImpactOf(a, migrate.State{State: diff.State{Providers: c.all}}).Login
		if !strings.HasPrefix(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// What was not read is unknown, never empty.
func TestImpactSaysWhatWasNotRead(t *testing.T) {
	capture := func(k snapshot.Kind, s snapshot.Status) snapshot.Capture {
		return snapshot.Capture{Collection: snapshot.Collection{Kind: k}, Status: s}
	}
	a := depended(t, snapshot.IdentityProvider, `{"id":"$A"}`)
	st := migrate.State{State: diff.State{Snapshot: snapshot.Snapshot{Captures: []snapshot.Capture{
		capture(snapshot.SCIMUser, snapshot.Failed), capture(snapshot.AccessGroup, snapshot.Failed), capture(snapshot.AccessApp, snapshot.Complete),
	}}}}
	var kinds []snapshot.Kind
	for _, c := range migrate.ImpactOf(a, st).Unread {
		kinds = append(kinds, c.Kind)
	}
	if want := []snapshot.Kind{snapshot.AccessPolicy, snapshot.AccessGroup}; !slices.Equal(kinds, want) {
		t.Errorf("unread %v, want %v", kinds, want)
	}
}

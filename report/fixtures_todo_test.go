package report

import (
	"fmt"
	"testing"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

func toDo() []migrate.Checklist {
	return []migrate.Checklist{
		{
			Name: "Corp Okta", Type: snapshot.Okta, Vendor: "Okta", OldID: okta, NewID: newOkta,
			Items: []migrate.Item{
				{
					What: "Register the redirect URL", Where: "Okta Admin Console > Applications > Applications > the app > General > Sign-in redirect URIs",
					Value: "https://labs.cloudflareaccess.com/cdn-cgi/access/callback",
				},
				{
					What: "Send users and groups to the new address", Where: "Okta Admin Console > Applications > the SCIM app > Provisioning > Integration > SCIM connector base URL",
					Value: "https://labs.cloudflareaccess.com/scim/" + newOkta,
					Note:  "users & groups come anew; the token is in secrets/tokens.json, see https://example.com/scim",
				},
				{What: "Test the login", Where: "Zero Trust > Integrations > Identity providers > Corp Okta > Test"},
			},
		},
		{
			Name: "Entra for contractors", Type: snapshot.AzureAD, Vendor: "Microsoft Entra ID", OldID: entra,
			Items: []migrate.Item{{What: "Register the redirect URL", Value: "https://labs.cloudflareaccess.com/cdn-cgi/access/callback"}},
		},
		{Name: "One-time PIN", Type: snapshot.OneTimePIN, Vendor: "One-time PIN", OldID: pin, NewID: pin},
	}
}

func hostileToDo() []migrate.Checklist {
	var lists []migrate.Checklist
	for _, name := range append(append([]string{}, hostileNames...), injections...) {
		lists = append(lists, migrate.Checklist{
			Name: name, Type: snapshot.Type(name), Vendor: name, OldID: name, NewID: name + "2",
			Items: []migrate.Item{{What: name, Where: name, Value: name, Note: name}, {}},
		})
	}
	return lists
}

// stillNamed are references to providers that are not there.
func stillNamed() []migrate.Reference {
	return []migrate.Reference{
		{Kind: snapshot.AccessApp, ID: "a1", Name: "Grafana", Providers: []migrate.Mention{{ID: okta, Name: "Corp Okta", NewID: newOkta}}},
		{Kind: snapshot.AccessPolicy, ID: "p1", Name: "Engineers", Providers: []migrate.Mention{{ID: okta, Name: "Corp Okta", NewID: newOkta}, {ID: "0123-unknown"}}},
		{Kind: snapshot.AccessGroup, ID: "g1", Providers: []migrate.Mention{{ID: "0123-unknown"}}},
	}
}

// manyNamed are so many references of the source.
func manyNamed(n int) []migrate.Reference {
	var list []migrate.Reference
	for i := range n {
		r := migrate.Reference{Kind: snapshot.AccessApp, ID: fmt.Sprint("a", i), Name: fmt.Sprint("Grafana ", i), Providers: []migrate.Mention{{ID: okta, Name: "Corp Okta"}}}
		list = append(list, r)
	}
	return list
}

// applied is what came of runs.
func applied(tb testing.TB) map[string]Applied {
	tb.Helper()
	plan := moving(tb)
	rest := putBack(tb)
	rest.Actions = append(rest.Actions[:1:1], plan.Actions[5])
	rewritten := carriedOut(tb)
	rewritten.Plan.Options.RewriteReferences = true
	small := carriedOut(tb)
	small.Plan, small.Steps = putBack(tb), nil
	for i, a := range small.Plan.Actions {
		small.Steps = append(small.Steps, migrate.Step{Action: a, Outcome: []migrate.Outcome{migrate.Succeeded, migrate.Untouched}[min(i, 1)]})
	}
	hostile := hostileRun()
	differing := allWritten(tb)
	differing.Steps[1].TokenKept, differing.Steps[1].TokenFile = true, "more tokens.json"
	differing.Steps[2].TokenKept = true
	left := putBack(tb)
	left.Actions = left.Actions[:1:1]
	resumed := brokenOff(tb)
	resumed.Status = migrate.Incomplete
	remaining := putBack(tb)
	for _, s := range resumed.Steps[1:5] {
		remaining.Actions = append(remaining.Actions[:len(remaining.Actions):len(remaining.Actions)], s.Action)
	}
	return map[string]Applied{
		"done": {
			Run: carriedOut(tb), Plan: plan, Remaining: nothingToDo(tb), Checklists: toDo(), TokensFile: "/root/tokens.json",
			References: manyNamed(7),
			Dangling:   plan.Dangling,
		},
		"done_differs":    {Run: differing, Remaining: left, TokensFile: "other.json"},
		"done_failed":     {Run: resumed, Remaining: remaining, Checklists: toDo()[:1]},
		"done_restored":   {Run: small, Remaining: nothingToDo(tb)},
		"done_rewritten":  {Run: rewritten, Remaining: nothingToDo(tb), Dangling: plan.Dangling},
		"done_incomplete": {Run: brokenOff(tb), Remaining: rest, Checklists: toDo()[:1]},
		"done_unchecked":  {Run: migrate.Run{ID: runID, Status: migrate.Incomplete, StartedAt: night}, Plan: plan},
		"done_hostile":    {Run: hostile, Remaining: hostilePlan(), Checklists: hostileToDo(), References: hostilePlan().References, Dangling: hostilePlan().Dangling, TokensFile: hostileNames[0]},
	}
}

func impacts(tb testing.TB) map[string]migrate.Impact {
	tb.Helper()
	e := func(k snapshot.Kind, id, name string, c migrate.Consequence, what string) migrate.Effect {
		return migrate.Effect{Kind: k, ID: id, Name: name, Consequence: c, What: what, Paths: []string{"/allowed_idps/0"}}
	}
	heavy := migrate.Impact{
		Provider: oktaResource(tb),
		Effects: []migrate.Effect{
			e(snapshot.AccessApp, "a1", "Grafana", migrate.OpensToAll, "it would be the last of the providers that it allows: an empty list allows all of them"),
			e(snapshot.AccessApp, "a2", "Wiki", migrate.LocksOut, "its policy \"Engineers\": it would let nobody in any more: what it requires could not be met"),
			e(snapshot.AccessPolicy, "p1", "Engineers", migrate.RuleNoMatch, "it would no longer let in whom the rule matches now, unless another rule does"),
			e(snapshot.AccessPolicy, "p2", "Not the contractors", migrate.RuleNoBlock, "it would no longer keep out whom the rule excludes now"),
			e(snapshot.AccessApp, "a2", "Wiki", migrate.LosesOne, "people could still sign in by One-time PIN"),
			e(snapshot.AccessGroup, "g1", "", "new-consequence", ""),
		},
		Login: "it is the only login method: nobody could sign in, not even to mend it",
	}
	unread := heavy
	unread.Login, unread.Effects = "", heavy.Effects[4:5]
	for _, k := range []snapshot.Kind{snapshot.AccessPolicy, snapshot.AccessGroup} {
		unread.Unread = append(unread.Unread, not(snapshot.Failed, "403 Forbidden: 10000 Authentication error (CF-Ray 8f1d-FRA)", capture(k, 0, 0, 0, 0)))
	}
	blind := unread
	blind.Effects = nil
	hostile := migrate.Impact{Provider: hostileResources(tb)[1], Login: hostileNames[1] + injections[0]}
	for _, name := range append(append([]string{}, hostileNames...), injections...) {
		hostile.Effects = append(hostile.Effects, e(snapshot.Kind(name), name, name, migrate.Consequence(name), name), e(snapshot.AccessApp, name, name, migrate.LocksOut, name))
		hostile.Unread = append(hostile.Unread, not(snapshot.Failed, name, capture(snapshot.Kind(name), 0, 0, 0, 0)))
	}
	return map[string]migrate.Impact{
		"impact": heavy, "impact_unread": unread, "impact_blind": blind, "impact_none": {Provider: samlResource(tb)}, "impact_hostile": hostile,
	}
}

func templateEntries() []TemplateEntry {
	client := TemplateSecret{Key: "client_secret", Called: "Client secret", Where: "Okta Admin Console > Applications > the app > General > Client Credentials"}
	return []TemplateEntry{
		{ID: okta, Name: "Corp Okta", Vendor: "Okta", Type: snapshot.Okta, Secrets: []TemplateSecret{
			client, {Key: "api_token", Called: "API token", Where: "Okta Admin Console > Security > API > Tokens", Optional: true},
		}},
		{ID: "gh-1", Name: "GitHub", Vendor: "GitHub", Type: snapshot.GitHub, Ambiguous: true, Secrets: []TemplateSecret{{Key: "client_secret", Called: "Client secret"}}},
		{ID: "gh-2", Name: "GitHub", Vendor: "GitHub", Type: snapshot.GitHub, Ambiguous: true, Secrets: []TemplateSecret{{Key: "client_secret"}}},
		{ID: entra, Name: `Entra "for contractors": #1`, Vendor: "Microsoft Entra ID", Type: snapshot.AzureAD, Secrets: []TemplateSecret{
			{Key: "client_secret", Called: "Client secret value", Where: "Microsoft Entra admin center > App registrations > the app > Certificates & secrets", Optional: true},
		}},
	}
}

func lacks() []migrate.Lack {
	secret := migrate.Secret{Path: "/config/client_secret", Key: "client_secret", Required: true}
	return []migrate.Lack{
		{Name: "Corp Okta", Type: snapshot.Okta, ID: okta, Secret: secret, Why: "missing"},
		{Name: "GitHub", Type: snapshot.GitHub, ID: "gh-1", Secret: secret, Why: "masked: Cloudflare does not give secrets back"},
		{Name: "GitHub", Type: snapshot.GitHub, ID: "gh-2", Secret: secret, Why: `the placeholder "changeme"`},
	}
}

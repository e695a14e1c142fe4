package report

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

const (
	labs     = "5a0d0000000000000000000000000002"
	newOkta  = "77777777-5c44-4f57-9e0a-9f1f4f6f2a01"
	newEntra = "88888888-5c44-4f57-9e0a-9f1f4f6f2a01"
	runID    = "7c1d2e3f4a5b6c7d7c1d2e3f4a5b6c7d"
)

func setTo(path, before, after, severity, reason string) migrate.Change {
	ch := migrate.Change{Path: path, Old: json.RawMessage("null"), New: json.RawMessage("null"), Severity: severity, Reason: reason}
	if before != "" {
		ch.Old = json.RawMessage(before)
	}
	if after != "" {
		ch.New = json.RawMessage(after)
	}
	return ch
}

func idpAction(v migrate.Verdict, name string, t snapshot.Type, source, target string) migrate.Action {
	return migrate.Action{Action: v, Kind: snapshot.IdentityProvider, Name: name, Type: t, SourceID: source, TargetID: target}
}

// moving is a migration that has everything in it.
func moving(tb testing.TB) *migrate.Plan {
	tb.Helper()
	cert := certificateOf(tb, samlResource(tb))
	url := "https://idp.corp.example/realms/corp/protocol/saml/sso?tenant=4711&audience=cloudflare-access&binding=post&version="

	created := idpAction(migrate.Create, "Corp Okta", snapshot.Okta, okta, "")
	created.Changes = []migrate.Change{
		setTo("/config/claims", "", `["email","groups"]`, "high", ""),
		setTo("/config/client_id", "", `"0oa1b2c3d4"`, "high", ""),
		setTo("/config/okta_account", "", `"https://corp.okta.com"`, "high", ""),
		setTo("/config/pkce_enabled", "", `true`, "high", ""),
		setTo("/name", "", `"Corp Okta"`, "high", ""),
		setTo("/scim_config/enabled", "", `true`, "high", ""),
		setTo("/scim_config/identity_update_behavior", "", `"automatic"`, "high", ""),
		setTo("/type", "", `"okta"`, "high", ""),
	}
	created.Secrets = []migrate.Secret{
		{Path: "/config/client_secret", Key: "client_secret", Required: true}, {Path: "/config/api_token", Key: "api_token"},
	}
	created.TellsToken = true
	created.Warnings = []string{"SCIM goes to a new address: until the directory sends its users there, groups in policies match nobody"}

	entraIDP := idpAction(migrate.Create, "Entra for contractors", snapshot.AzureAD, entra, "")
	entraIDP.Changes = []migrate.Change{
		setTo("/config/client_id", "", `"c0ffee00-0000-4000-8000-000000000001"`, "high", ""),
		setTo("/config/directory_id", "", `"b1f70000-0000-4000-8000-000000000002"`, "high", ""),
	}
	entraIDP.Secrets = []migrate.Secret{{Path: "/config/client_secret", Key: "client_secret", Required: true}}

	saml := idpAction(migrate.Update, "Corp SAML", snapshot.SAML, "s1", "s2")
	saml.Changes = []migrate.Change{
		setTo("/config/attributes", `["mail","groups","department"]`, `["mail","groups"]`, "medium", "policies may ask for what is not sent any more"),
		setTo("/config/idp_public_certs", `[`+quoted(otherCertificate(tb))+`]`, `[`+cert+`]`, "critical", "decides whose signature is believed"),
		setTo("/config/sso_target_url", quoted(strings.Replace(url, "corp/", "old/", 1)+"2"), quoted(url+"3"), "critical", "decides where people are sent to sign in"),
		setTo("/config/sign_request", ``, `true`, "low", ""),
	}

	gone := idpAction(migrate.Delete, "Old Google", snapshot.Google, "", "99999999-5c44-4f57-9e0a-9f1f4f6f2a01")
	gone.Changes = []migrate.Change{setTo("/config/client_id", `"4711.apps.googleusercontent.com"`, "", "critical", "")}

	blocked := idpAction(migrate.Blocked, "GitHub", snapshot.GitHub, "gh-1", "gh-2")
	blocked.Reasons = []string{"the target has it with other settings: --on-conflict update changes them, --on-conflict skip leaves them"}
	blocked.Changes = []migrate.Change{setTo("/config/client_id", `"Iv1.aaaa"`, `"Iv1.bbbb"`, "critical", "decides which application people sign in to")}

	skipped := idpAction(migrate.None, "Ping", snapshot.PingOne, "p1", "p2")
	skipped.Reasons = []string{"the target has it with other settings, and it is to be left as it is"}
	skipped.Changes = []migrate.Change{setTo("/config/ping_env_id", `"a"`, `"b"`, "critical", "")}

	app := migrate.Action{
		Action: migrate.Update, Kind: snapshot.AccessApp, Name: "Grafana", TargetID: "a1",
		Replaces: map[string]string{okta: "", "s1": "s2"},
	}
	p := &migrate.Plan{
		FormatVersion: migrate.FormatVersion, Verb: migrate.Migrate,
		Source: migrate.Source{
			State: "prod@2026-06-30", Snapshot: id(0x3f), Target: "account:" + account, TargetName: "Example Corp", TakenAt: "2026-06-30T02:00:03Z",
		},
		Target: migrate.Target{
			Target: "account:" + labs, TargetName: "Example Labs", AuthDomain: "labs.cloudflareaccess.com",
			RedirectURL: "https://labs.cloudflareaccess.com/cdn-cgi/access/callback", Fingerprint: id(0x11),
		},
		Options: migrate.Options{OnConflict: migrate.ConflictFail, MaxChanges: migrate.DefaultMaxChanges, KeepsTokens: true, DeleteExtra: true},
		Actions: []migrate.Action{
			created, entraIDP, saml, app, gone, blocked, skipped,
			idpAction(migrate.None, "One-time PIN", snapshot.OneTimePIN, pin, pin), idpAction(migrate.None, "LinkedIn", snapshot.LinkedIn, "l1", "l2"),
		},
		Guards: []migrate.Guard{
			{
				Code: migrate.GuardAppLockout, Subject: "Old Google", What: `app "Wiki": it is the only provider that the app allows`,
				Why: "without it the app lets in nobody, or, as an empty list means all, everybody who can sign in at all", Flag: "--allow-app-lockout",
			},
			{
				Code: migrate.GuardDelete, What: "1 provider would be deleted",
				Why: "with a provider go the users and groups that it has synced, and its id, which nothing brings back", Flag: "--allow-delete", Overridden: true,
			},
			{
				Code: migrate.GuardMaxChanges, What: "11 updates and 1 deletion",
				Why: "no more than 10 are let through, so that a wrong state or target does not change everything", Flag: "--max-changes 12",
			},
		},
		Notes: []string{"SCIM users and groups do not carry over: the directory sends them again, to the new address"},
		References: []migrate.Reference{
			{Kind: snapshot.AccessApp, ID: "a1", Name: "Grafana", Providers: []migrate.Mention{{ID: okta, Name: "Corp Okta", Paths: []string{"/allowed_idps/0"}}}},
			{Kind: snapshot.AccessPolicy, ID: "p1", Name: "Engineers", Providers: []migrate.Mention{
				{ID: okta, Name: "Corp Okta", Paths: []string{"/include/0/okta/identity_provider_id"}}, {ID: "s1", Name: "Corp SAML", NewID: "s2", Paths: []string{"/x"}},
			}},
		},
		Dangling: []migrate.Reference{
			{Kind: snapshot.AccessGroup, ID: "g1", Name: "Contractors", Providers: []migrate.Mention{{ID: entra, Name: "Entra for contractors"}, {ID: "0123-unknown"}}},
		},
		Digest: id(0x22),
	}
	return p
}

// stuck is a migration of which most is blocked, two for one reason.
func stuck(tb testing.TB) *migrate.Plan {
	tb.Helper()
	p := moving(tb)
	p.Options.KeepsTokens = false
	unkept, other := &p.Actions[0], p.Actions[0]
	unkept.Action = migrate.Blocked
	unkept.Reasons = []string{"Cloudflare would tell its SCIM token, once: --scim-secrets-out FILE keeps it, --scim off leaves SCIM switched off"}
	other.Action, other.Reasons, other.Name, other.SourceID = migrate.Blocked, unkept.Reasons, "Corp Okta for partners", "okta-2"
	other.Warnings, other.Changes = nil, other.Changes[:2]
	unsure := idpAction(migrate.Blocked, "LinkedIn", snapshot.LinkedIn, "l1", "")
	unsure.Reasons = []string{`the target has more than one linkedin called "LinkedIn", or the source has, and their settings do not tell which is which: --map l1=ID decides`}
	p.Actions = append(p.Actions[:1:1], other, unsure, p.Actions[5], p.Actions[3])
	p.Guards, p.Notes, p.References, p.Dangling = []migrate.Guard{}, []string{}, []migrate.Reference{}, []migrate.Reference{}
	return p
}

// putBack is a restore of one setting, which nothing stands in the way of.
func putBack(tb testing.TB) *migrate.Plan {
	tb.Helper()
	p := moving(tb)
	p.Verb, p.Target.Target, p.Target.TargetName = migrate.Restore, p.Source.Target, p.Source.TargetName
	p.Source.State, p.Target.AuthDomain = "latest~1", "example.cloudflareaccess.com"
	a := idpAction(migrate.Update, "Corp Okta", snapshot.Okta, okta, okta)
	a.Changes = []migrate.Change{
		setTo("/config/okta_account", `"https://corp-evil.okta.com"`, `"https://corp.okta.com"`, "critical", "decides where people are sent to sign in"),
		setTo("/config/pkce_enabled", ``, `true`, "low", ""),
	}
	a.Secrets = []migrate.Secret{{Path: "/config/client_secret", Key: "client_secret"}}
	p.Actions = []migrate.Action{a, p.Actions[7], p.Actions[8], idpAction(migrate.None, "Corp SAML", snapshot.SAML, "s1", "s1")}
	p.Guards, p.Notes, p.References, p.Dangling = []migrate.Guard{}, []string{}, []migrate.Reference{}, []migrate.Reference{}
	return p
}

func nothingToDo(tb testing.TB) *migrate.Plan {
	tb.Helper()
	p := putBack(tb)
	p.Source.Snapshot, p.Source.State = "", "file:prod.json"
	p.Actions = p.Actions[1:]
	return p
}

// hostilePlan says hostile things wherever a plan can say anything.
func hostilePlan() *migrate.Plan {
	names := append(append([]string{}, hostileNames...), injections...)
	p := &migrate.Plan{
		FormatVersion: migrate.FormatVersion, Verb: migrate.Verb(names[0]),
		Source: migrate.Source{State: names[0] + injections[0], Snapshot: names[1], Target: names[2], TargetName: injections[1], TakenAt: injections[6] + " UTC"},
		Target: migrate.Target{Target: injections[5], TargetName: names[1], AuthDomain: injections[7], RedirectURL: names[0] + injections[8]},
	}
	verdicts := []migrate.Verdict{migrate.Create, migrate.Update, migrate.Delete, migrate.None, migrate.Blocked, ""}
	for i, name := range names {
		valid := strings.ToValidUTF8(name, "?")
		q, long := quoted(valid), quoted(strings.Repeat("x", 70)+valid+strings.Repeat("y", 70))
		a := migrate.Action{
			Action: verdicts[i%len(verdicts)], Kind: snapshot.IdentityProvider, Name: name, Type: snapshot.Type(name), SourceID: name, TargetID: name + "2",
			Reasons: []string{name}, Warnings: []string{name}, Secrets: []migrate.Secret{{Path: "/" + name, Key: name, Required: i%2 == 0}},
			TellsToken: true, Replaces: map[string]string{name: name + "3", "x": ""},
			Changes: []migrate.Change{
				setTo("/"+name, q, quoted("other"), "high", name), setTo("/list", `["a","b",`+q+`]`, `["a","b"]`, "medium", name),
				setTo("/long", long, strings.Replace(long, "yy", "zz", 1), name, ""), setTo("/new", ``, q, "low", name),
			},
		}
		switch {
		case a.Action == "":
			a.Action = migrate.Verdict(name)
		case i%4 == 0:
			a.Kind = snapshot.Kind(name)
		}
		p.Actions = append(p.Actions, a)
		p.Guards = append(p.Guards, migrate.Guard{Code: migrate.GuardCode(name), Subject: name, What: name, Why: name, Flag: name, Overridden: i%2 == 0})
		p.Notes = append(p.Notes, name)
		r := migrate.Reference{Kind: snapshot.Kind(name), ID: name, Name: name, Providers: []migrate.Mention{{ID: name, Name: name, NewID: name, Paths: []string{name}}}}
		p.References, p.Dangling = append(p.References, r), append(p.Dangling, r)
	}
	return p
}

// carriedOut is a run of the plan of moving, as it ended.
func carriedOut(tb testing.TB) migrate.Run {
	tb.Helper()
	run := migrate.Run{
		ID: runID, Plan: moving(tb), Safety: id(0x01), Status: migrate.Done, StartedAt: night.Add(7 * time.Hour), FinishedAt: night.Add(7*time.Hour + 12*time.Second),
		Process: migrate.Process{Host: "ops-1", PID: 4711},
	}
	outcomes := []migrate.Outcome{
		migrate.Succeeded, migrate.Adopted, migrate.Succeeded, migrate.Succeeded, migrate.Succeeded, migrate.Untouched, migrate.Untouched, migrate.Untouched, migrate.Untouched,
	}
	for i, a := range run.Plan.Actions {
		s := migrate.Step{Action: a, Outcome: outcomes[i]}
		switch i {
		case 0:
			s.TargetID, s.TokenKept, s.TokenFile = newOkta, true, "tokens.json"
		case 1:
			s.TargetID = newEntra
		}
		run.Steps = append(run.Steps, s)
	}
	return run
}

// brokenOff is the same as it was when something pulled the plug.
func brokenOff(tb testing.TB) migrate.Run {
	tb.Helper()
	run := carriedOut(tb)
	run.Status, run.FinishedAt = migrate.Interrupted, time.Time{}
	run.Steps[0].TokenKept, run.Steps[0].TokenFile, run.Steps[0].TokenLost = false, "", true
	run.Steps[1].Outcome, run.Steps[1].TargetID = migrate.Unknown, ""
	run.Steps[2].Outcome = migrate.Failed
	run.Steps[2].Error = "PUT /accounts/" + labs + "/access/identity_providers/s2: 400 Bad Request: 12130 access.api.error.invalid_request: idp_public_certs is not a certificate (CF-Ray 8f1d2c3b4a5e6f70-FRA)"
	run.Steps[3].Outcome, run.Steps[4].Outcome = migrate.Pending, ""
	return run
}

// allWritten is a run of which nothing failed, after which the target was not as planned.
func allWritten(tb testing.TB) migrate.Run {
	tb.Helper()
	run := carriedOut(tb)
	run.Status, run.Plan.Source.State = migrate.Incomplete, "prod@3f3f3f3f"
	return run
}

func hostileRun() migrate.Run {
	run := migrate.Run{ID: injections[0], Plan: hostilePlan(), Safety: hostileNames[0], Status: migrate.RunStatus(hostileNames[1]), StartedAt: night, Process: migrate.Process{Host: hostileNames[2]}}
	outcomes := []migrate.Outcome{migrate.Succeeded, migrate.Failed, migrate.Unknown, migrate.Adopted, "", migrate.Outcome(hostileNames[0])}
	for i, a := range run.Plan.Actions {
		run.Steps = append(run.Steps, migrate.Step{Action: a, Outcome: outcomes[i%len(outcomes)], TargetID: a.Name + "4", Error: a.Name, TokenKept: i%2 == 0, TokenFile: a.Name, TokenLost: i%3 == 0})
	}
	return run
}

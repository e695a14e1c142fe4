package migrate

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/snapshot"
)

// dashboard is where Cloudflare has identity providers (Cloudflare docs).
const dashboard = "Cloudflare dashboard > Zero Trust > Integrations > Identity providers"

// ChecklistOf is what is left for people to do after the provider of an action was
// created under the id; "" where it is yet to be. The base URL for SCIM is as
// Cloudflare told it, "" where it told none. The token for SCIM is in the file, if one
// is named; tokenLost says that Cloudflare has told it and nobody has it.
func ChecklistOf(a Action, p *Plan, id, scimBaseURL, tokenFile string, tokenLost bool) Checklist {
	if p == nil {
		p = &Plan{}
	}
	t := tasks{
		a: a, p: p, id: id, words: WordsOf(a.Type),
		within: p.Source.Target != "" && p.Source.Target == p.Target.Target,
		scim:   scimBaseURL != "" || string(at(a.Settings, pathSCIMEnabled)) == "true",
	}
	t.redirect()
	t.saml()
	if t.scim {
		t.provisioning(scimBaseURL, tokenFile, tokenLost)
	}
	t.claims()
	t.add(Item{
		What: "Test the provider", Where: t.inDashboard("Test"),
		Note: "it opens a window in which one signs in, and shows what the provider tells of a user",
	})
	t.retire()
	return Checklist{Name: a.Name, Type: a.Type, Vendor: t.words.Vendor, OldID: a.SourceID, NewID: id, Items: t.items}
}

// tasks makes one checklist.
type tasks struct {
	a      Action
	p      *Plan
	id     string
	words  VendorWords
	within bool // the old provider was in the same target
	scim   bool
	items  []Item
}

func (t *tasks) add(i Item) { t.items = append(t.items, i) }

// inDashboard is where the provider is in Cloudflare's dashboard.
func (t *tasks) inDashboard(what string) string {
	return dashboard + " > " + cmp.Or(strings.TrimSpace(t.a.Name), t.id, "(the provider)") + " > " + what
}

// team is the team domain as it stands in URLs.
func (t *tasks) team() string { return cmp.Or(t.p.Target.AuthDomain, "<team>.cloudflareaccess.com") }

// callback is the redirect URL of every provider of the target.
func (t *tasks) callback() string {
	return cmp.Or(t.p.Target.RedirectURL, "https://"+t.team()+"/cdn-cgi/access/callback")
}

// unknownTeam says why a URL has a gap.
func (t *tasks) unknownTeam() string {
	if t.p.Target.RedirectURL == "" && t.p.Target.AuthDomain == "" {
		return "the team domain is not known: Cloudflare dashboard > Zero Trust > Settings > Team name"
	}
	return ""
}

func (t *tasks) redirect() {
	if t.words.Redirect.Called == "" {
		return
	}
	what, note := "Register the redirect URL", t.words.Redirect.Note
	if t.within {
		// It has the team domain in it and nothing of the provider (recorded).
		what, note = "Check that the redirect URL is still registered", "it is the same as before"
	}
	t.add(Item{What: what, Where: t.words.Redirect.String(), Value: t.callback(), Note: notes(t.unknownTeam(), note)})
}

// saml is what providers of the type need more. Both URLs are the redirect URL, and the
// metadata of a provider has its id in the URL (Cloudflare docs).
func (t *tasks) saml() {
	if t.words.EntityID.Called != "" {
		t.add(Item{
			What: "Set the entity ID", Where: t.words.EntityID.String(), Value: t.callback(),
			Note: notes(t.unknownTeam(), t.words.EntityID.Note),
		})
	}
	if t.words.Metadata.Called != "" {
		id, note := url.PathEscape(t.id), ""
		if t.id == "" {
			id, note = "<id>", "the id is known when the provider has been created"
		}
		t.add(Item{
			What: "Load the metadata anew", Where: t.words.Metadata.String(),
			Value: "https://" + t.team() + "/cdn-cgi/access/" + id + "/saml-metadata",
			Note:  notes(note, t.words.Metadata.Note),
		})
	}
	if !t.within && string(at(t.a.Settings, "/config/sign_request")) == "true" {
		t.add(Item{
			What: "Let the provider trust the key that requests to it are signed with", Where: t.words.Console,
			Value: "https://" + t.team() + "/cdn-cgi/access/certs",
			Note:  notes(t.unknownTeam(), "the keys are those of the team domain"),
		})
	}
	if string(at(t.a.Settings, pathEncryption)) == "true" || textAt(t.a.Settings, pathSet) != "" {
		t.add(Item{
			What: "Give the provider the certificate that it encrypts assertions with", Where: t.inDashboard("Edit"),
			Note: "it is a new one: Cloudflare keeps the key of the old one, and it cannot be moved",
		})
	}
}

// provisioning is about SCIM: the base URL has the id of the provider in it, and the
// token is told once (OpenAPI).
func (t *tasks) provisioning(baseURL, tokenFile string, lost bool) {
	scim := t.words.SCIM
	if scim.Where == "" {
		scim = generalSCIM
	}
	where := func(called string) string { return Place{Called: called, Where: scim.Where}.String() }
	note := ""
	if baseURL == "" {
		note = "Cloudflare tells it when the provider has been created: " + t.inDashboard("Edit") + " > SCIM Endpoint"
	}
	t.add(Item{What: "Set the SCIM base URL", Where: where(scim.URL), Value: baseURL, Note: notes(note, scim.Note)})

	token := Item{What: "Set the SCIM token", Where: where(scim.Auth)}
	switch {
	case lost || t.id != "" && tokenFile == "":
		token.What = "Make a new SCIM token, and set it"
		token.Note = "nobody has the one that Cloudflare told: " + t.inDashboard("Edit") + " > Regenerate Secret, then Save"
		if tokenFile != "" {
			token.Note = "look into " + tokenFile + " first: the one that Cloudflare told may be there; else " + t.inDashboard("Edit") + " > Regenerate Secret, then Save"
		}
	case t.id == "":
		token.Note = "Cloudflare tells it once, when the provider is created"
		if tokenFile != "" {
			token.Note += "; it will be in " + tokenFile
		}
	default:
		token.Note = "it is in " + tokenFile
	}
	t.add(token)
	t.add(Item{
		What: "Start provisioning, and wait for the first sync", Where: scim.Where,
		Note: "users and groups come anew: the new provider has none until then",
	})
}

// claims are what the vendor is to send, and may send.
func (t *tasks) claims() {
	var names []string
	for _, list := range []string{"/config/claims", "/config/attributes"} {
		for _, v := range elementsOf(at(t.a.Settings, list)) {
			names = append(names, textOf(v))
		}
	}
	groups := t.scim || string(at(t.a.Settings, "/config/support_groups")) == "true" || slices.Contains(names, "groups") ||
		t.a.Type == snapshot.Okta || t.a.Type == snapshot.GoogleApps
	if groups && t.words.Groups.Called != "" {
		t.add(Item{What: "Check that groups are sent", Where: t.words.Groups.String(), Note: t.words.Groups.Note})
	}
	if t.words.Consent.Called != "" {
		t.add(Item{What: "Let an administrator consent", Where: t.words.Consent.String(), Note: t.words.Consent.Note})
	}
	for _, path := range []string{"/config/email_claim_name", "/config/email_attribute_name"} {
		if name := textAt(t.a.Settings, path); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		place := t.words.Claims
		if place.Called == "" {
			place = generalWords.Claims
		}
		t.add(Item{What: "Check that these claims are sent", Where: place.String(), Value: strings.Join(names, ", "), Note: place.Note})
	}
}

// retire is what to switch off.
func (t *tasks) retire() {
	switch {
	case t.within && t.scim:
		t.add(Item{
			What: "Stop provisioning to the old SCIM base URL", Where: cmp.Or(t.words.SCIM.Where, t.words.Console),
			Note: "it has the id of the old provider in it, which is gone",
		})
	case t.within:
		return // all that was registered serves the new provider, too
	default:
		if t.words.Retire != "" {
			t.add(Item{
				What: "Switch off what only the old provider needs, when nobody uses it any more", Where: t.words.Console,
				Note: t.words.Retire,
			})
		}
		t.add(Item{
			What: "Delete the old provider, when nobody uses it any more", Value: t.a.SourceID,
			Where: dashboard + " (of " + cmp.Or(t.p.Source.TargetName, t.p.Source.Target, "the source") + ")",
		})
	}
}

// String is the way to the place.
func (p Place) String() string {
	if p.Called == "" || p.Where == "" {
		return p.Called + p.Where
	}
	return p.Where + " > " + p.Called
}

// notes joins what there is to note.
func notes(all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), "; ")
}

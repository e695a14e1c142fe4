package migrate_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// migration is a plan from one account to another.
func migration() *migrate.Plan {
	return &migrate.Plan{
		Verb:   migrate.Migrate,
		Source: migrate.Source{Target: "account:old", TargetName: "Old Corp"},
		Target: migrate.Target{
			Target: "account:new", TargetName: "New Corp", AuthDomain: "new.cloudflareaccess.com",
			RedirectURL: "https://new.cloudflareaccess.com/cdn-cgi/access/callback",
		},
	}
}

func creation(kind snapshot.Type, settings string) migrate.Action {
	return migrate.Action{
		Action: migrate.Create, Kind: snapshot.IdentityProvider, Name: "Corp login", Type: kind, SourceID: "old-id",
		Settings: json.RawMessage(settings),
	}
}

// item finds the item that begins so.
func item(t *testing.T, c migrate.Checklist, what string) migrate.Item {
	t.Helper()
	i := slices.IndexFunc(c.Items, func(i migrate.Item) bool { return strings.HasPrefix(i.What, what) })
	if i < 0 {
		t.Fatalf("no item %q in %+v", what, c.Items)
	}
	return c.Items[i]
}

func has(c migrate.Checklist, what string) bool {
	return slices.ContainsFunc(c.Items, func(i migrate.Item) bool { return strings.HasPrefix(i.What, what) })
}

func TestEveryTypeHasAChecklist(t *testing.T) {
	for _, info := range snapshot.Types() {
		t.Run(string(info.Type), func(t *testing.T) {
			p := migration()
			c := migrate.ChecklistOf(creation(info.Type, `{"config":{}}`), p, "new-id", "", "", false)
			if c.Name != "Corp login" || c.Type != info.Type || c.Vendor != info.Vendor || c.OldID != "old-id" || c.NewID != "new-id" {
				t.Errorf("%+v", c)
			}
			for _, i := range c.Items {
				if i.What == "" || i.Where == "" {
					t.Errorf("half an item: %+v", i)
				}
			}
			if own := info.Type == snapshot.OneTimePIN || info.Type == snapshot.Cloudflare; own == has(c, "Register") {
				t.Errorf("the redirect URL: %+v", c.Items)
			} else if !own && c.Items[0].Value != p.Target.RedirectURL {
				t.Errorf("the first is %+v", c.Items[0])
			}
			item(t, c, "Test the provider")
			if i := item(t, c, "Delete the old provider"); i.Value != "old-id" || !strings.Contains(i.Where, "Old Corp") {
				t.Errorf("%+v", i)
			}
			if has(c, "Set the SCIM") {
				t.Errorf("SCIM is off: %+v", c.Items)
			}
		})
	}
}

func TestChecklistOfSAML(t *testing.T) {
	settings := `{"config":{"sign_request":true,"enable_encryption":true,"attributes":["groups","team"],"email_attribute_name":"mail"}}`
	c := migrate.ChecklistOf(creation(snapshot.SAML, settings), migration(), "new-id", "", "", false)
	callback := "https://new.cloudflareaccess.com/cdn-cgi/access/callback"
	for what, value := range map[string]string{
		"Register the redirect URL": callback,
		"Set the entity ID":         callback,
		"Load the metadata":         "https://new.cloudflareaccess.com/cdn-cgi/access/new-id/saml-metadata",
		"Let the provider trust":    "https://new.cloudflareaccess.com/cdn-cgi/access/certs",
		"Check that these claims":   "groups, team, mail",
	} {
		if i := item(t, c, what); i.Value != value {
			t.Errorf("%s: %q, want %q", what, i.Value, value)
		}
	}
	item(t, c, "Give the provider the certificate")
	item(t, c, "Check that groups are sent")

	c = migrate.ChecklistOf(creation(snapshot.SAML, `{}`), migration(), "", "", "", false)
	if i := item(t, c, "Load the metadata"); !strings.Contains(i.Value, "/<id>/") || !strings.Contains(i.Note, "known when") {
		t.Errorf("in a dry run: %+v", i)
	}
	if has(c, "Give the provider the certificate") || has(c, "Check that groups") {
		t.Errorf("%+v", c.Items)
	}
}

func TestChecklistOfSCIM(t *testing.T) {
	on := creation(snapshot.Okta, `{"scim_config":{"enabled":true}}`)
	const base = "https://new.cloudflareaccess.com/scim/new-id"
	for name, c := range map[string]struct {
		id, base, file string
		lost           bool
		what, note     string
	}{
		"kept":      {"new-id", base, "tokens.json", false, "Set the SCIM token", "tokens.json"},
		"lost":      {"new-id", base, "tokens.json", true, "Make a new SCIM token", "Regenerate Secret"},
		"not asked": {"new-id", base, "", false, "Make a new SCIM token", "Regenerate Secret"},
		"dry run":   {"", "", "tokens.json", false, "Set the SCIM token", "once"},
	} {
		t.Run(name, func(t *testing.T) {
			list := migrate.ChecklistOf(on, migration(), c.id, c.base, c.file, c.lost)
			i := item(t, list, c.what)
			if !strings.Contains(i.Note, c.note) || !strings.Contains(i.Where, "API Token") {
				t.Errorf("%+v", i)
			}
			url := item(t, list, "Set the SCIM base URL")
			if url.Value != c.base || url.Value == "" && !strings.Contains(url.Note, "SCIM Endpoint") {
				t.Errorf("%+v", url)
			}
			item(t, list, "Start provisioning")
		})
	}
	// A type for which Cloudflare has no how-to for SCIM has general words.
	c := migrate.ChecklistOf(creation(snapshot.GitHub, `{}`), migration(), "new-id", base, "tokens.json", false)
	for _, i := range c.Items {
		if i.Where == "" {
			t.Errorf("%+v", i)
		}
	}
}

func TestChecklistOfEntra(t *testing.T) {
	c := migrate.ChecklistOf(creation(snapshot.AzureAD, `{"config":{"support_groups":true,"claims":["oid"]}}`), migration(), "new-id", "", "", false)
	var order []string
	for _, what := range []string{"Register", "Check that groups", "Let an administrator consent", "Check that these claims", "Test", "Switch off", "Delete"} {
		order = append(order, item(t, c, what).What)
	}
	var have []string
	for _, i := range c.Items {
		have = append(have, i.What)
	}
	if !slices.Equal(have, order) {
		t.Errorf("%v, want %v", have, order)
	}
}

// Within one target the redirect URL stays, and the old provider is gone.
func TestChecklistOfARestore(t *testing.T) {
	p := migration()
	p.Verb, p.Source.Target = migrate.Restore, p.Target.Target
	c := migrate.ChecklistOf(creation(snapshot.Okta, `{"scim_config":{"enabled":true}}`), p, "new-id", "https://x/scim/new-id", "f", false)
	item(t, c, "Check that the redirect URL is still registered")
	item(t, c, "Stop provisioning to the old SCIM base URL")
	if has(c, "Delete the old provider") || has(c, "Switch off") {
		t.Errorf("%+v", c.Items)
	}
}

// A checklist has no URL that leads elsewhere, whatever the id, and says what it does
// not know.
func TestChecklistOfHostileIDs(t *testing.T) {
	for _, id := range []string{"../../evil", "a b\n", "?x#y", "ü", `"`} {
		c := migrate.ChecklistOf(creation(snapshot.SAML, `null`), migration(), id, "", "", false)
		value := item(t, c, "Load the metadata").Value
		u, err := url.Parse(value)
		if err != nil || u.Host != "new.cloudflareaccess.com" || u.Path != "/cdn-cgi/access/"+id+"/saml-metadata" || u.RawQuery != "" {
			t.Errorf("%q: %s, %v", id, value, err)
		}
	}
	c := migrate.ChecklistOf(creation("brand-new", `[`), nil, "new-id", "", "", false)
	if i := c.Items[0]; !strings.Contains(i.Value, "<team>") || !strings.Contains(i.Note, "team domain is not known") {
		t.Errorf("%+v", i)
	}
}

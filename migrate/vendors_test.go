package migrate_test

import (
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// Of each type there are words for everything that the type has.
func TestEveryTypeHasWords(t *testing.T) {
	for _, info := range snapshot.Types() {
		t.Run(string(info.Type), func(t *testing.T) {
			w := migrate.WordsOf(info.Type)
			if w.Vendor != info.Vendor {
				t.Errorf("vendor %q, want %q", w.Vendor, info.Vendor)
			}
			if info.Type == snapshot.OneTimePIN || info.Type == snapshot.Cloudflare {
				if w.Console != "" || w.Redirect != (migrate.Place{}) || len(w.Secrets) > 0 || w.Retire != "" {
					t.Errorf("nothing is registered anywhere: %+v", w)
				}
				return
			}
			if w.Console == "" || w.Redirect.Called == "" || w.Redirect.Where == "" || w.Retire == "" {
				t.Errorf("words are missing: %+v", w)
			}
			if w.SCIM != (migrate.SCIMWords{}) && (w.SCIM.Where == "" || w.SCIM.URL == "" || w.SCIM.Auth == "") {
				t.Errorf("words for SCIM are missing: %+v", w.SCIM)
			}
			secrets := map[string]bool{}
			for _, f := range info.Fields {
				key, config := strings.CutPrefix(f.Path, "/config/")
				if f.Role != snapshot.Secret || !config {
					continue
				}
				secrets[key] = true
				if s := w.Secrets[key]; s.Called == "" || s.Where == "" {
					t.Errorf("no words for %s: %+v", key, s)
				}
			}
			for key := range w.Secrets {
				if !secrets[key] {
					t.Errorf("words for %s, which the type does not have", key)
				}
			}
			for _, p := range []migrate.Place{w.Redirect, w.EntityID, w.Metadata, w.Groups, w.Claims, w.Consent} {
				if (p.Called == "") != (p.Where == "") {
					t.Errorf("half a place: %+v", p)
				}
			}
		})
	}
}

func TestUnknownTypesHaveGeneralWords(t *testing.T) {
	w := migrate.WordsOf("brand-new")
	if w.Vendor != "brand-new" || w.Redirect.Called == "" || w.Secrets["client_secret"].Called == "" {
		t.Errorf("%+v", w)
	}
}

// Nobody may change the words for others.
func TestWordsAreCopies(t *testing.T) {
	migrate.WordsOf(snapshot.Okta).Secrets["client_secret"] = migrate.SecretWords{}
	if migrate.WordsOf(snapshot.Okta).Secrets["client_secret"].Called == "" {
		t.Error("the words were changed")
	}
}

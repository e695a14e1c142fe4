package witness

import (
	"errors"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cloudflare/cloudflare-go/v7/option"
	"github.com/cloudflare/cloudflare-go/v7/shared"
	"github.com/cloudflare/cloudflare-go/v7/zero_trust"

	"github.com/idpsnap/idpsnap/sandbox"
)

const target = "account:" + sandbox.DefaultAccount

// start serves a small world and returns the client's options for it.
func start(t *testing.T) (*sandbox.Server, []option.RequestOption) {
	t.Helper()
	s := sandbox.New(sandbox.Options{Now: time.Now, Seed: 1})
	s.AddAccount(sandbox.DefaultAccount, "Corp", sandbox.DefaultAuthDomain)
	if err := s.Populate(target, sandbox.Population{Providers: []string{"okta", "github"}, Users: 250, Groups: 30}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, []option.RequestOption{
		option.WithBaseURL(server.URL + "/client/v4"),
		option.WithAPIToken(sandbox.DefaultToken),
		option.WithMaxRetries(0),
	}
}

func body(text string) option.RequestOption {
	return option.WithRequestBody("application/json", []byte(text))
}

func TestProviderLife(t *testing.T) {
	_, opts := start(t)
	providers := zero_trust.NewIdentityProviderService(opts...)

	var create zero_trust.IdentityProviderNewParams
	create.AccountID.Value = sandbox.DefaultAccount
	const oidc = `{"name":"OIDC","type":"oidc","config":{"client_id":"a","client_secret":"b"},"scim_config":{"enabled":true}}`
	made, err := providers.New(t.Context(), create, body(oidc))
	if err != nil {
		t.Fatal(err)
	}
	if made.ID == "" || made.Name != "OIDC" || made.Type != zero_trust.IdentityProviderTypeOIDC || made.SCIMConfig.Secret == "" {
		t.Errorf("created: %s", made.JSON.RawJSON())
	}

	var get zero_trust.IdentityProviderGetParams
	get.AccountID.Value = sandbox.DefaultAccount
	read, err := providers.Get(t.Context(), made.ID, get)
	if err != nil {
		t.Fatal(err)
	}
	if read.SCIMConfig.Secret != "" || !read.SCIMConfig.Enabled || !strings.HasSuffix(read.SCIMConfig.SCIMBaseURL, made.ID) {
		t.Errorf("the SCIM secret is served again, or SCIM is off: %s", read.JSON.RawJSON())
	}

	var update zero_trust.IdentityProviderUpdateParams
	update.AccountID.Value = sandbox.DefaultAccount
	changed, err := providers.Update(t.Context(), made.ID, update, body(strings.Replace(oidc, "OIDC", "Renamed", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if changed.Name != "Renamed" || changed.SCIMConfig.Secret != "" {
		t.Errorf("updated: %s", changed.JSON.RawJSON())
	}

	var list zero_trust.IdentityProviderListParams
	list.AccountID.Value = sandbox.DefaultAccount
	var names []string
	pager := providers.ListAutoPaging(t.Context(), list)
	for pager.Next() {
		names = append(names, pager.Current().Name)
	}
	if pager.Err() != nil || strings.Join(names, " ") != "Okta GitHub Renamed" {
		t.Errorf("listed %q: %v", names, pager.Err())
	}

	var remove zero_trust.IdentityProviderDeleteParams
	remove.AccountID.Value = sandbox.DefaultAccount
	gone, err := providers.Delete(t.Context(), made.ID, remove)
	if err != nil || gone.ID != made.ID {
		t.Fatalf("deleted %v: %v", gone, err)
	}
	_, err = providers.Get(t.Context(), made.ID, get)
	if status, code := apiError(t, err); status != 404 || code != 12135 {
		t.Errorf("after the deletion: %d, %d", status, code)
	}
}

func TestSCIM(t *testing.T) {
	s, opts := start(t)
	ids, err := s.IDs(target, sandbox.KindProvider, "")
	if err != nil {
		t.Fatal(err)
	}
	scim := zero_trust.NewIdentityProviderSCIMService(opts...)

	var users zero_trust.IdentityProviderSCIMUserListParams
	users.AccountID.Value = sandbox.DefaultAccount
	seen := map[string]bool{}
	pager := scim.Users.ListAutoPaging(t.Context(), ids[0], users)
	for pager.Next() {
		u := pager.Current()
		seen[u.ID] = true
		if len(u.Emails) != 1 || !strings.Contains(u.Emails[0].Value, "@") || u.ExternalID == "" || u.DisplayName == "" ||
			u.Meta.Created.IsZero() || u.Meta.LastModified.IsZero() || len(u.Schemas) != 1 {
			t.Fatalf("user: %s", u.JSON.RawJSON())
		}
	}
	if pager.Err() != nil || len(seen) != 250 {
		t.Errorf("%d users: %v", len(seen), pager.Err())
	}

	var groups zero_trust.IdentityProviderSCIMGroupListParams
	groups.AccountID.Value = sandbox.DefaultAccount
	page, err := scim.Groups.List(t.Context(), ids[0], groups)
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Result) != 30 || page.Result[0].DisplayName == "" || page.ResultInfo.Page != 1 || page.ResultInfo.PerPage != 100 {
		t.Errorf("groups: %+v", page.ResultInfo)
	}
}

func TestOrganization(t *testing.T) {
	_, opts := start(t)
	var list zero_trust.OrganizationListParams
	list.AccountID.Value = sandbox.DefaultAccount
	organization, err := zero_trust.NewOrganizationService(opts...).List(t.Context(), list)
	if err != nil || organization.AuthDomain != sandbox.DefaultAuthDomain {
		t.Errorf("%+v: %v", organization, err)
	}
}

func TestErrors(t *testing.T) {
	_, opts := start(t)
	var list zero_trust.IdentityProviderListParams
	list.AccountID.Value = sandbox.DefaultAccount
	for token, want := range map[string]struct {
		status int
		code   int64
	}{"nobody": {403, 10000}, "not a token": {400, 6003}} {
		_, err := zero_trust.NewIdentityProviderService(opts...).List(t.Context(), list, option.WithAPIToken(token))
		if status, code := apiError(t, err); status != want.status || code != want.code {
			t.Errorf("token %q: %d, %d", token, status, code)
		}
	}
}

// apiError reads the client's error. Its type has a public name in the client's root package only, which costs
// minutes to build: hence by reflection.
func apiError(t *testing.T, err error) (status int, code int64) {
	t.Helper()
	for ; err != nil; err = errors.Unwrap(err) {
		v := reflect.Indirect(reflect.ValueOf(err))
		if v.Kind() != reflect.Struct || !v.FieldByName("StatusCode").IsValid() {
			continue
		}
		if data, ok := v.FieldByName("Errors").Interface().([]shared.ErrorData); ok && len(data) > 0 {
			code = data[0].Code
		}
		return int(v.FieldByName("StatusCode").Int()), code
	}
	t.Fatal("not an error of the API")
	return 0, 0
}

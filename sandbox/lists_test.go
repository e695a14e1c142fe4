package sandbox_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/sandbox"
)

// withUsers has one provider with n users.
func withUsers(tb testing.TB, n int) (s *sandbox.Server, c *clock, provider, path string) {
	tb.Helper()
	s, c = newServer(tb)
	must(tb, s.Populate(accountName, sandbox.Population{Providers: []string{"okta"}, Users: n, Groups: 4}))
	all, err := s.IDs(accountName, sandbox.KindProvider, "")
	must(tb, err)
	return s, c, all[0], idps + "/" + all[0] + "/scim/users"
}

func TestPaging(t *testing.T) {
	s, _, _, users := withUsers(t, 250)
	for _, c := range []struct {
		query string
		want  info
	}{
		{"", info{100, 1, 100, 250, 3}},
		{"?page=3", info{50, 3, 100, 250, 3}},
		{"?page=4", info{0, 4, 100, 250, 3}},
		{"?per_page=1000", info{100, 1, 100, 250, 3}},
		{"?per_page=60&page=5", info{10, 5, 60, 250, 5}},
		{"?per_page=0&page=0", info{1, 1, 1, 250, 250}},
	} {
		r := get(t, s, users+c.query)
		want(t, r, 200, 0, "")
		if diff := cmp.Diff(&c.want, r.ResultInfo); diff != "" || len(list(t, r)) != c.want.Count {
			t.Errorf("%s: %s", c.query, diff)
		}
	}
	want(t, get(t, s, users+"?page=x"), 400, 12130, "page")
	want(t, get(t, s, users+"?per_page=x"), 400, 12130, "per_page")
	if got := get(t, s, users+"?page=9").Body; !strings.Contains(got, `"result":[]`) {
		t.Errorf("past the end: %s", got)
	}
	seen := map[any]bool{}
	for p := range 3 {
		for _, u := range list(t, get(t, s, fmt.Sprint(users, "?page=", p+1))) {
			seen[u["id"]] = true
		}
	}
	if len(seen) != 250 {
		t.Errorf("%d different users", len(seen))
	}
}

func TestSCIMLists(t *testing.T) {
	s, _, provider, users := withUsers(t, 30)
	groups := strings.Replace(users, "users", "groups", 1)
	user, group := list(t, get(t, s, users))[7], list(t, get(t, s, groups))[2]
	wantKeys := []string{"active", "displayName", "emails", "externalId", "id", "meta", "schemas"}
	if diff := cmp.Diff(wantKeys, keys(user)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"displayName", "externalId", "id", "meta", "schemas"}, keys(group)); diff != "" {
		t.Error(diff)
	}
	email := user["emails"].([]any)[0].(map[string]any)["value"].(string)
	for _, c := range []struct {
		path, query string
		n           int
	}{
		{users, "cf_resource_id=" + user["id"].(string), 1},
		{users, "cf_resource_id=" + user["id"].(string) + "&cf_resource_id=nobody", 1},
		{users, "idp_resource_id=" + user["externalId"].(string), 1},
		{users, "email=" + strings.ToUpper(email), 1},
		{users, "username=" + email, 1},
		{users, "name=" + url.QueryEscape(user["displayName"].(string)), 1},
		{users, "name=nobody", 0},
		{groups, "name=" + url.QueryEscape(group["displayName"].(string)), 1},
		{groups, "cf_resource_id=" + group["id"].(string), 1},
	} {
		r := get(t, s, c.path+"?"+c.query)
		want(t, r, 200, 0, "")
		if n := len(list(t, r)); n < c.n || n > c.n+1 || r.ResultInfo.TotalCount != n { // names may occur twice
			t.Errorf("%s: %d", c.query, n)
		}
	}
	want(t, get(t, s, users+"?email=a&name=b"), 400, 12130, "exclusive")
	want(t, get(t, s, users+"?"+strings.Repeat("cf_resource_id=a&", 51)), 400, 12130, "too many")
	want(t, get(t, s, idps+"/nobody/scim/users"), 404, 12135, "")

	// The lists go with the provider.
	want(t, call(t, s, "DELETE", idps+"/"+provider, ""), 202, 0, "")
	want(t, get(t, s, users), 404, 12135, "")
}

func keys(o map[string]any) []string {
	var out []string
	for _, name := range []string{"active", "displayName", "emails", "externalId", "groups", "id", "members", "meta", "schemas", "userName"} {
		if _, ok := o[name]; ok {
			out = append(out, name)
		}
	}
	if len(out) != len(o) {
		out = append(out, fmt.Sprint(len(o)))
	}
	return out
}

func TestPopulate(t *testing.T) {
	s, _ := newServer(t)
	must(t, s.Populate(accountName, sandbox.Population{Users: 1000, Groups: 100}))
	var users, groups []int
	for _, p := range s.Targets()[0].Providers {
		if p.SCIM {
			users, groups = append(users, p.Users), append(groups, p.Groups)
		}
	}
	if diff := cmp.Diff([]int{600, 200, 100, 50, 30, 20}, users); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{60, 20, 10, 5, 3, 2}, groups); diff != "" {
		t.Error(diff)
	}
	for target, p := range map[string]sandbox.Population{
		"account:nobody":      {},
		"account:" + noAccess: {},
		zoneName:              {Users: 1},
		accountName:           {Providers: []string{"AzureAD"}},
	} {
		if err := s.Populate(target, p); err == nil {
			t.Errorf("%s %+v: no error", target, p)
		}
	}
	if err := s.Populate(zoneName, sandbox.Population{Policies: 1}); err == nil {
		t.Error("policies in a zone: no error")
	}
}

// TestSameSeed: the same seed and calls make the same world, another seed another.
func TestSameSeed(t *testing.T) {
	world := func(seed uint64) string {
		c := newClock()
		s := sandbox.DefaultWorld(sandbox.Options{Now: c.Now, Seed: seed})
		a := "/accounts/" + sandbox.DefaultAccount + "/access/"
		all, err := s.IDs("account:"+sandbox.DefaultAccount, sandbox.KindProvider, "")
		must(t, err)
		out := get(t, s, a+"identity_providers").Body + get(t, s, a+"apps").Body + get(t, s, a+"groups").Body
		return out + get(t, s, a+"identity_providers/"+all[0]+"/scim/users").Body + get(t, s, "/zones/"+sandbox.DefaultZone+"/access/identity_providers").Body
	}
	first := world(1)
	if first != world(1) {
		t.Error("two worlds from one seed")
	}
	if first == world(2) {
		t.Error("one world from two seeds")
	}
}

func TestDefaultWorld(t *testing.T) {
	s := sandbox.DefaultWorld(sandbox.Options{Now: newClock().Now})
	var got []string
	for _, target := range s.Targets() {
		users, groups := 0, 0
		for _, p := range target.Providers {
			users, groups = users+p.Users, groups+p.Groups
		}
		got = append(got, fmt.Sprint(target.Target, " ", len(target.Providers), " ", users, " ", groups, " ", target.Apps, " ", target.Policies, " ", target.Groups))
	}
	wanted := []string{
		"account:" + sandbox.DefaultAccount + " 10 240 30 12 8 9",
		"account:" + sandbox.DefaultSecondAccount + " 2 12 3 2 1 1",
		"zone:" + sandbox.DefaultZone + " 2 0 0 1 0 1",
	}
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Error(diff)
	}
}

package sandbox_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/sandbox"
)

// TestSwitches turns every switch to every value and looks at what it is for. A switch without an entry fails.
func TestSwitches(t *testing.T) {
	const oidc = `{"name":"O","type":"oidc","config":{"client_id":"a","client_secret":"hush","scopes":["s1","s2","s3"],"pkce_enabled":false},"scim_config":{"enabled":true}}`
	show := func(names ...string) func(*testing.T, *sandbox.Server) string {
		return func(t *testing.T, s *sandbox.Server) string {
			t.Helper()
			id := create(t, s, oidc)["id"].(string)
			return fields(object(t, get(t, s, idps+"/"+id).Result), names...)
		}
	}
	looks := map[string]struct {
		look func(*testing.T, *sandbox.Server) string
		want map[string]string
	}{
		"secrets": {
			show("config.client_secret", "scim_config.secret"),
			map[string]string{"omit": "- -", "null": "<nil> <nil>", "empty": " ", "mask": strings.Repeat("*", 34) + " " + strings.Repeat("*", 34), "clear": "hush sandbox-scim-"},
		},
		"put-without-secret": {
			func(t *testing.T, s *sandbox.Server) string {
				t.Helper()
				id := create(t, s, github)["id"].(string)
				r := call(t, s, "PUT", idps+"/"+id, `{"name":"G","type":"github","config":{"client_id":"abc"}}`)
				raw, err := s.Stored(accountName, sandbox.KindProvider, "", id)
				must(t, err)
				return fmt.Sprint(r.Status, " ", fields(object(t, raw), "config.client_secret"))
			},
			map[string]string{"keep": "200 hush", "clear": "200 -", "refuse": "400 hush"},
		},
		"put-masked-secret": {
			func(t *testing.T, s *sandbox.Server) string {
				t.Helper()
				out := ""
				for _, sent := range []string{`"****"`, `""`, `null`} {
					id := create(t, s, github)["id"].(string)
					r := call(t, s, "PUT", idps+"/"+id, strings.Replace(github, `"hush"`, sent, 1))
					raw, err := s.Stored(accountName, sandbox.KindProvider, "", id)
					must(t, err)
					out += fmt.Sprint(r.Status, " ", fields(object(t, raw), "config.client_secret"), "; ")
				}
				return out + status(call(t, s, "POST", idps, strings.Replace(github, `"hush"`, `"*"`, 1)))
			},
			map[string]string{"overwrite": "200 ****; 200 ; 200 -; 201", "refuse": "400 hush; 400 hush; 400 hush; 400 12130"},
		},
		"put": {
			func(t *testing.T, s *sandbox.Server) string {
				t.Helper()
				id := create(t, s, oidc)["id"].(string)
				r := call(t, s, "PUT", idps+"/"+id, `{"name":"P","type":"oidc","config":{"client_id":"b"}}`)
				return fields(object(t, r.Result), "name", "config.client_id", "config.scopes", "scim_config.enabled")
			},
			map[string]string{"replace": "P b - -", "merge": "P b [s1 s2 s3] true"},
		},
		"null-setting": {
			func(t *testing.T, s *sandbox.Server) string {
				t.Helper()
				const nulls = `{"name":"O","type":"oidc","config":{"client_id":"a","client_secret":"b","scopes":null,"redirect_url":null},"x_top":null,"scim_config":null,"id":null}`
				id := create(t, s, oidc)["id"].(string)
				r := call(t, s, "PUT", idps+"/"+id, nulls)
				return status(call(t, s, "POST", idps, nulls)) + " " + status(r) + " " +
					fields(object(t, get(t, s, idps+"/"+id).Result), "config.scopes", "x_top", "scim_config.enabled", "scim_config")
			},
			map[string]string{"absent": "201 200 - - - -", "stored": "201 200 <nil> <nil> - <nil>", "refuse": "400 12130 400 12130 [s1 s2 s3] - true map[enabled:true"},
		},
		"delete-lag": {
			func(t *testing.T, s *sandbox.Server) string {
				t.Helper()
				id := create(t, s, github)["id"].(string)
				want(t, call(t, s, "DELETE", idps+"/"+id, ""), 202, 0, "")
				return fmt.Sprint(status(call(t, s, "PUT", idps+"/"+id, github)), ", ", status(get(t, s, idps+"/"+id)), " ",
					get(t, s, idps).ResultInfo.TotalCount, ", ", get(t, s, idps).ResultInfo.TotalCount, " ", status(get(t, s, idps+"/"+id)))
			},
			map[string]string{"off": "404 12135, 404 12135 0, 0 404 12135", "on": "404 12135, 200 1, 0 404 12135"},
		},
		"create-lag": {
			func(t *testing.T, s *sandbox.Server) string {
				t.Helper()
				id := create(t, s, github)["id"].(string)
				return fmt.Sprint(status(get(t, s, idps+"/"+id)), " ", get(t, s, idps).ResultInfo.TotalCount, get(t, s, idps).ResultInfo.TotalCount)
			},
			map[string]string{"off": "200 1 1", "on": "200 0 1"},
		},
		"create-without-secret": {
			func(t *testing.T, s *sandbox.Server) string {
				t.Helper()
				return status(call(t, s, "POST", idps, `{"name":"G","type":"github","config":{"client_id":"abc"}}`))
			},
			map[string]string{"refuse": "400 12130", "accept": "201"},
		},
		"post-echoes-secret": {
			func(t *testing.T, s *sandbox.Server) string {
				t.Helper()
				return fields(create(t, s, github), "config.client_secret")
			},
			map[string]string{"off": "-", "on": "hush"},
		},
		"put-omits-scim": {
			func(t *testing.T, s *sandbox.Server) string {
				t.Helper()
				id := create(t, s, oidc)["id"].(string)
				r := call(t, s, "PUT", idps+"/"+id, `{"name":"O","type":"oidc","config":{"client_id":"a"}}`)
				return fields(object(t, r.Result), "scim_config.enabled")
			},
			map[string]string{"reset": "-", "keep": "true"},
		},
		"type-change": {
			func(t *testing.T, s *sandbox.Server) string {
				t.Helper()
				id := create(t, s, github)["id"].(string)
				return status(call(t, s, "PUT", idps+"/"+id, strings.ReplaceAll(github, "github", "yandex")))
			},
			map[string]string{"refuse": "400 12130", "allow": "200"},
		},
		"delete-referenced": {
			func(t *testing.T, s *sandbox.Server) string {
				t.Helper()
				used, free := create(t, s, github)["id"].(string), create(t, s, github)["id"].(string)
				must(t, s.Put(accountName, sandbox.KindApp, "", []byte(`{"id":"app","allowed_idps":["`+used+`"]}`)))
				return status(call(t, s, "DELETE", idps+"/"+used, "")) + " " + status(call(t, s, "DELETE", idps+"/"+free, ""))
			},
			map[string]string{"allow": "202 202", "refuse": "409 12132 202"},
		},
		"provider-limit": {
			func(t *testing.T, s *sandbox.Server) string {
				t.Helper()
				for range 50 {
					create(t, s, github)
				}
				return status(call(t, s, "POST", idps, github))
			},
			map[string]string{"on": "400 12130", "off": "201"},
		},
		"azure-cloud": {
			func(t *testing.T, s *sandbox.Server) string {
				t.Helper()
				return fields(create(t, s, strings.ReplaceAll(oidc, `"oidc"`, `"azureAD"`)), "config.azure_cloud")
			},
			map[string]string{"as-sent": "-", "default": "default"},
		},
		"false-booleans": {
			func(t *testing.T, s *sandbox.Server) string {
				t.Helper()
				sent := show("config.pkce_enabled")(t, s)
				return sent + " " + fields(create(t, s, strings.Replace(oidc, `,"pkce_enabled":false`, "", 1)), "config.pkce_enabled", "config.sign_request")
			},
			map[string]string{"as-sent": "false - -", "absent": "- - -", "false": "false false -"},
		},
		"set-order": {
			show("config.scopes"),
			map[string]string{"as-sent": "[s1 s2 s3]", "reversed": "[s3 s2 s1]", "shuffled": "[s"},
		},
		"order": {lookAtOrder, map[string]string{"stable": "same same", "shuffled": "same other", "unstable": "other other"}},
		"paging": {
			lookAtUsers("?page=2"),
			map[string]string{"on": "200 50 &{50 2 100 150 2}", "off": "200 150 &{150 1 150 150 1}"},
		},
		"ignore-page": {
			lookAtUsers("?page=2"),
			map[string]string{"off": "200 50 &{50 2 100 150 2}", "on": "200 100 &{100 1 100 150 2}"},
		},
		"page-past-end":     {lookAtUsers("?page=3"), map[string]string{"empty": "200 0 &{0 3 100 150 2}", "error": "400 0 <nil>"}},
		"per-page-over-max": {lookAtUsers("?per_page=101"), map[string]string{"clamp": "200 100 &{100 1 100 150 2}", "error": "400 0 <nil>"}},
		"result-info":       {lookAtUsers("?page=2"), map[string]string{"on": "200 50 &{50 2 100 150 2}", "off": "200 50 <nil>"}},
		"zone-paging": {
			func(t *testing.T, s *sandbox.Server) string {
				t.Helper()
				must(t, s.Populate(zoneName, sandbox.Population{Providers: []string{"github", "github", "oidc"}}))
				return fmt.Sprint(get(t, s, inZone+"identity_providers?per_page=2&page=2").ResultInfo)
			},
			map[string]string{"ignore": "&{3 1 200 3 1}", "honour": "&{1 2 2 3 2}"},
		},
		"zone-echoes-account": {
			func(t *testing.T, s *sandbox.Server) string {
				t.Helper()
				id := create(t, s, github)["id"].(string)
				return fmt.Sprint(len(list(t, get(t, s, inZone+"identity_providers"))), " ", status(get(t, s, inZone+"identity_providers/"+id)))
			},
			map[string]string{"off": "0 404 12135", "on": "1 200"},
		},
		"scim-off-list": {
			func(t *testing.T, s *sandbox.Server) string {
				t.Helper()
				id := create(t, s, github)["id"].(string)
				return status(get(t, s, idps+"/"+id+"/scim/users"))
			},
			map[string]string{"empty": "200", "error": "400 12130"},
		},
		"rate-limit": {
			func(t *testing.T, s *sandbox.Server) string {
				t.Helper()
				for range 1200 {
					get(t, s, "/user/tokens/verify")
				}
				return status(get(t, s, "/user/tokens/verify"))
			},
			map[string]string{"on": "429 971", "off": "200"},
		},
		"ratelimit-headers": {
			func(t *testing.T, s *sandbox.Server) string {
				t.Helper()
				h := get(t, s, idps).Header
				return h.Get("Ratelimit") + h.Get("Ratelimit-Policy") + h.Get("X-Ratelimit-Limit") + h.Get("X-Ratelimit-Remaining") + h.Get("X-Ratelimit-Reset")
			},
			map[string]string{"new": `"default";r=1199;t=300"default";q=1200;w=300`, "old": "12001199300", "none": ""},
		},
		"wrong-token-status": {
			func(t *testing.T, s *sandbox.Server) string {
				t.Helper()
				return status(get(t, s, idps, "Authorization: Bearer nobody"))
			},
			map[string]string{"403": "403 10000", "401": "401 10000"},
		},
		"not-enabled-status": {
			func(t *testing.T, s *sandbox.Server) string {
				t.Helper()
				return status(get(t, s, "/accounts/"+noAccess+"/access/apps"))
			},
			map[string]string{"403": "403 9999", "400": "400 9999", "404": "404 9999"},
		},
	}
	s, _ := newServer(t)
	for _, sw := range s.Switches() {
		look, ok := looks[sw.Name]
		if !ok || len(look.want) != len(sw.Values) || sw.Value != sw.Values[0] || sw.Doc == "" {
			t.Errorf("%s: %d values looked at, of %v; stands at %s", sw.Name, len(look.want), sw.Values, sw.Value)
			continue
		}
		for _, value := range sw.Values {
			t.Run(sw.Name+"="+value, func(t *testing.T) {
				s, _ := newServer(t)
				must(t, s.Switch(sw.Name, value))
				if got := look.look(t, s); got != look.want[value] && (look.want[value] == "" || !strings.HasPrefix(got, look.want[value])) {
					t.Errorf("got %q, want %q", got, look.want[value])
				}
			})
		}
	}
	for _, c := range [][2]string{{"secret", "omit"}, {"secrets", "show"}} {
		if err := s.Switch(c[0], c[1]); err == nil || !strings.Contains(err.Error(), "use one of") {
			t.Errorf("%v: %v", c, err)
		}
	}
}

// status is the status of an answer, and the code of its error.
func status(r reply) string {
	if len(r.Errors) > 0 {
		return fmt.Sprint(r.Status, " ", r.Errors[0].Code)
	}
	return fmt.Sprint(r.Status)
}

// fields shows some fields of an object, "-" for what is not there.
func fields(o map[string]any, names ...string) string {
	out := make([]string, len(names))
	for i, name := range names {
		var value any = o
		out[i] = "-"
		for part := range strings.SplitSeq(name, ".") {
			o, _ := value.(map[string]any)
			inner, ok := o[part]
			if value = inner; !ok {
				out[i] = "-"
				value = map[string]any{}
				continue
			}
			out[i] = fmt.Sprint(inner)
		}
		if m, ok := value.(map[string]any); ok && len(m) == 0 {
			out[i] = "-"
		}
	}
	return strings.Join(out, " ")
}

func lookAtUsers(query string) func(*testing.T, *sandbox.Server) string {
	return func(t *testing.T, s *sandbox.Server) string {
		t.Helper()
		must(t, s.Populate(accountName, sandbox.Population{Providers: []string{"okta"}, Users: 150}))
		all, err := s.IDs(accountName, sandbox.KindProvider, "")
		must(t, err)
		r := get(t, s, idps+"/"+all[0]+"/scim/users"+query)
		return fmt.Sprint(r.Status, strings.Count(r.Body, `"externalId"`), r.ResultInfo)
	}
}

// lookAtOrder compares a page with itself within one listing and with the next listing.
func lookAtOrder(t *testing.T, s *sandbox.Server) string {
	t.Helper()
	must(t, s.Populate(accountName, sandbox.Population{Providers: []string{"okta"}, Users: 150}))
	all, err := s.IDs(accountName, sandbox.KindProvider, "")
	must(t, err)
	path := idps + "/" + all[0] + "/scim/users"
	listing := func() (string, string) {
		first := ids(t, get(t, s, path))
		second := ids(t, get(t, s, path+"?page=2"))
		if !slices.ContainsFunc(s.Switches(), func(sw sandbox.SwitchInfo) bool { return sw.Name == "order" && sw.Value == "unstable" }) {
			seen := map[string]bool{}
			for id := range strings.SplitSeq(first+" "+second, " ") {
				seen[id] = true
			}
			if len(seen) != 150 {
				t.Errorf("one listing shows %d of 150 users", len(seen))
			}
		}
		return second, ids(t, get(t, s, path+"?page=2"))
	}
	a, b := listing()
	c, _ := listing()
	word := map[bool]string{true: "same", false: "other"}
	return word[a == b] + " " + word[a == c]
}

// TestSwitchAtOnce: a switch changes what is already there.
func TestSwitchAtOnce(t *testing.T) {
	s, _ := newServer(t)
	id := create(t, s, github)["id"].(string)
	must(t, s.Switch("secrets", "clear"))
	if got := fields(object(t, get(t, s, idps+"/"+id).Result), "config.client_secret"); got != "hush" {
		t.Errorf("clear: %s", got)
	}
	must(t, s.Switch("secrets", "omit"))
	if diff := cmp.Diff("-", fields(object(t, get(t, s, idps+"/"+id).Result), "config.client_secret")); diff != "" {
		t.Error(diff)
	}
}

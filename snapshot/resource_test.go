package snapshot

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func resource(t *testing.T, k Kind, raw string) Resource {
	t.Helper()
	return Resource{Collection: Collection{Kind: k}, ID: "x", Document: Document(newDocument(t, raw))}
}

func TestSummaryTellsWhatPeopleKnowAResourceBy(t *testing.T) {
	const user = `{"id":"1","externalId":"e1","displayName":"Ann \"A\" O’Neill","active":true,"name":{"displayName":"no"},
		"emails":[{"value":"a@home.example","primary":false},{"value":"a@work.example","primary":true}],"type":"no"}`
	for _, test := range []struct {
		name string
		kind Kind
		raw  string
		want Summary
	}{
		{"user", SCIMUser, user, Summary{Name: "Ann \"A\" O’Neill", Email: "a@work.example", ExternalID: "e1", Active: true}},
		{"user who is not active", SCIMUser, `{"active":false}`, Summary{}},
		{
			"user without a primary address", SCIMUser,
			`{"emails":[{"type":"work"},{"value":"b@x.example"},{"value":"c@x.example"}]}`,
			Summary{Email: "b@x.example"},
		},
		{"group", SCIMGroup, `{"displayName":"G","externalId":"e","active":true}`, Summary{Name: "G", ExternalID: "e"}},
		{"provider", IdentityProvider, `{"type":"azureAD","name":"Entra","config":{"name":"no"}}`, Summary{Name: "Entra", Type: AzureAD}},
		{"provider without a name", IdentityProvider, `{"type":"cloudflare","name":""}`, Summary{Type: Cloudflare}},
		{"organization", Organization, `{"name":"Acme","auth_domain":"acme.example"}`, Summary{Name: "Acme"}},
		{"organization without a name", Organization, `{"auth_domain":"acme.example"}`, Summary{Name: "acme.example"}},
		{"app", AccessApp, `{"name":"Wiki","type":"self_hosted"}`, Summary{Name: "Wiki"}},
		{"policy", AccessPolicy, `{"name":"Staff"}`, Summary{Name: "Staff"}},
		{"access group", AccessGroup, `{"name":"\u0041ll"}`, Summary{Name: "All"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, resource(t, test.kind, test.raw).Summary()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSummaryPassesOverWhatIsNotAsDocumented(t *testing.T) {
	for _, raw := range []string{
		`{}`,
		`{"displayName":1,"externalId":{"a":"b"},"active":"true","emails":"a@x.example"}`,
		`{"displayName":null,"externalId":["e"],"active":1,"emails":{"value":"a@x.example","primary":true}}`,
		`{"displayName":true,"active":[true],"emails":[]}`,
		`{"DisplayName":"n","Active":true,"EXTERNALID":"e","Emails":[{"value":"v"}]}`,
		`{"emails":[1,null,"a@x.example",[{"value":"v"}],{"value":2,"primary":true}]}`,
		`{"emails":[{"email":{"value":"v"}},{"Value":"v"}]}`,
		`{"user":{"displayName":"n","active":true,"externalId":"e","emails":[{"value":"v"}]}}`,
		`{"x":"\",\"active\":true,\"displayName\":\"n\""}`,
		`{"a\"displayName":"n","\"active":true}`,
	} {
		for _, k := range Kinds() {
			r := resource(t, k, raw)
			if s := r.Summary(); s != (Summary{}) || r.Name() != "" {
				t.Errorf("%s %s is known by %+v, called %q", k, raw, s, r.Name())
			}
		}
	}
	s := resource(t, SCIMUser, `{"active":true,"displayName":5,"emails":[7,{"value":"v@x.example"}],"display\"":1}`).Summary()
	if want := (Summary{Email: "v@x.example", Active: true}); s != want {
		t.Errorf("got %+v, want %+v", s, want)
	}
}

func TestSummaryOfBytesThatAreNoDocumentIsEmpty(t *testing.T) {
	full := `{"active":false,"displayName":"n\"","emails":[{"primary":false,"value":""}],"x":{}}`
	for i := range full {
		for _, raw := range []string{full[:i], full[i:]} {
			r := Resource{Collection: Collection{Kind: SCIMUser}, Document: Document(raw)}
			if s := r.Summary(); s.Email != "" || s.Active || !strings.HasPrefix(`n"`, s.Name) {
				t.Errorf("%s is known by %+v", raw, s)
			}
		}
	}
}

func TestNameFallsBackToTheAddress(t *testing.T) {
	for raw, want := range map[string]string{
		`{"displayName":"n","emails":[{"value":"v"}]}`: "n",
		`{"displayName":"","emails":[{"value":"v"}]}`:  "v",
		`{"emails":[{"value":"v"}]}`:                   "v",
		`{}`:                                           "",
	} {
		if got := resource(t, SCIMUser, raw).Name(); got != want {
			t.Errorf("%s is called %q, want %q", raw, got, want)
		}
	}
}

func TestIDOfReadsTheDocumentsOwnID(t *testing.T) {
	for raw, want := range map[string]string{
		`{"id":"f1","config":{"id":"no"}}`: "f1",
		`{"config":{"id":"no"},"id":"f1"}`: "f1",
		`{"a":"\"id\":\"no\"","id":"f1"}`:  "f1",
		`{"a":["id"],"id":"f1"}`:           "f1",
		`{"id":"a\"b\u0063"}`:              `a"bc`,
		`{"id":"é"}`:                       "é",
		`{"id":"\\"}`:                      `\`,
	} {
		if got, err := IDOf(SCIMUser, Document(newDocument(t, raw))); err != nil || got != want {
			t.Errorf("the id of %s is %q, %v; want %q", raw, got, err, want)
		}
	}
	for _, raw := range []string{
		`{}`, `{"id":null}`, `{"id":""}`, `{"id":7}`, `{"id":["a"]}`, `{"id":{"id":"a"}}`, `{"config":{"id":"a"}}`, `{"ID":"a"}`, `{"uid":"a"}`,
	} {
		if got, err := IDOf(SCIMUser, Document(newDocument(t, raw))); err == nil {
			t.Errorf("the id of %s is %q", raw, got)
		}
	}
}

func TestTheOrganizationIsCalledByItsKind(t *testing.T) {
	for _, raw := range []string{`{}`, `{"id":"a"}`} {
		if got, err := IDOf(Organization, Document(raw)); err != nil || got != "organization" {
			t.Errorf("the id of %s is %q, %v", raw, got, err)
		}
	}
}

func TestOnlyTrueIsActive(t *testing.T) {
	for raw, want := range map[string]bool{
		`{"active":true}`: true, `{"a":[],"active":true,"b":{}}`: true,
		`{}`: false, `{"active":false}`: false, `{"active":"true"}`: false, `{"active":1}`: false, `{"active":null}`: false,
		`{"x":{"active":true}}`: false, `{"x":[{"active":true}]}`: false, `{"active":[true]}`: false,
	} {
		if got := Document(newDocument(t, raw)).IsActive(); got != want {
			t.Errorf("%s: %t", raw, got)
		}
	}
}

// FuzzMember holds the light scanner against encoding/json.
func FuzzMember(f *testing.F) {
	for _, seed := range []string{
		newSetting.String(),
		`{"a":{"a":[{"a":1}]},"b":"}],\":","c":[],"d":{},"":null,"\"":"\\","e\u0000":"\\\""}`,
		`{"emails":[{"value":"v","primary":true},[],{},"x,y",1],"active":true}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := NewDocument(raw)
		if err != nil {
			_ = Resource{Collection: Collection{Kind: SCIMUser}, Document: raw}.Name() // does not panic
			return
		}
		var want map[string]json.RawMessage
		if err := json.Unmarshal(d, &want); err != nil {
			t.Fatal(err)
		}
		count := 0
		for quoted, value := range parts(d) {
			name := textOf([]byte(`"` + string(quoted) + `"`))
			if string(want[name]) != string(value) {
				t.Fatalf("%s: %q is %s, want %s", d, name, value, want[name])
			}
			count++
			if got, ok := d.member(string(quoted)); !ok || string(got) != string(value) {
				t.Fatalf("%s: member %q is %s, %t", d, quoted, got, ok)
			}
			var elements []json.RawMessage
			if json.Unmarshal(value, &elements) != nil {
				continue
			}
			i := 0
			for _, e := range parts(value) {
				if string(e) != string(elements[i]) {
					t.Fatalf("%s: element %d is %s", value, i, e)
				}
				i++
			}
			if i != len(elements) {
				t.Fatalf("%s: %d elements", value, i)
			}
		}
		if count != len(want) {
			t.Fatalf("%s: %d members, want %d", d, count, len(want))
		}
		if got, ok := d.member("no such name"); ok != (want["no such name"] != nil) {
			t.Fatalf("%s: %s", d, got)
		}
	})
}

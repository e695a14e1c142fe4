package audit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/report/audit"
	"github.com/idpsnap/idpsnap/snapshot"
)

var testKey = []byte("a key for tests")

// documents are those of the newest snapshot, by id, as a history gives them.
func documents(t helper, h audit.History, f *fake) map[string]string {
	t.Helper()
	all := map[string]string{}
	for r, err := range h.Resources(context.Background(), f.snapshots[len(f.snapshots)-1].ID) {
		if err != nil {
			t.Fatalf("%v", err)
		}
		if canonical, err := snapshot.NewDocument(r.Document); err != nil || !bytes.Equal(canonical, r.Document) {
			t.Fatalf("%s is not canonical: %v", r.Document, err)
		}
		all[r.ID] = string(r.Document)
	}
	return all
}

func TestPseudonymsStandForPeople(t *testing.T) {
	f := newFake().okta().put(users, "okta", "u1", object{
		"displayName": "Ann Lee", "userName": "ANN@acme.com", "active": true, "externalId": "00u1",
		"name":   object{"formatted": "Ann Lee", "familyName": "Lee"},
		"emails": []any{object{"value": "ann@acme.com", "type": "work", "primary": true}},
		"groups": []any{object{"display": "Engineers", "value": "g1"}}, "employeeNumber": 4711,
		"schemas": []any{"urn:ietf:params:scim:schemas:core:2.0:User"},
	}).
		group("okta", "g1", "Friends of ann@acme.com").
		put(snapshot.AccessPolicy, "", "p1", object{
			"name": "Staff", "created_by": "bob@acme.com",
			"include": []any{object{"email": object{"email": "Ann@Acme.com"}}, object{"email_domain": object{"domain": "acme.com"}}},
		}).
		put(snapshot.AccessApp, "", "a1", object{"name": "Wiki", "url": "https://x/?u=ann%40acme.com&v=1", "note": `"ann lee"@acme.com, <ann@acme.com>.`})
	f.night()
	got := documents(t, audit.Pseudonymous(f, testKey), f)
	user := read(t, got["u1"])
	ann, name := regexp.MustCompile(`"(person-[0-9a-f]{12}@redacted\.invalid)"`).FindStringSubmatch(got["u1"])[1], user["displayName"].(string)
	if !regexp.MustCompile(`^person-[0-9a-f]{12}$`).MatchString(name) {
		t.Errorf("the name is %q", name)
	}
	shout := user["userName"].(string) // differs in case, as it did
	if shout == ann || !strings.EqualFold(shout, ann) {
		t.Errorf("userName is %q, the address %q", shout, ann)
	}
	same(t, "user", user, map[string]any{
		"id": "u1", "displayName": name, "userName": shout, "active": true, "externalId": user["externalId"],
		"name":   map[string]any{"formatted": name, "familyName": user["name"].(map[string]any)["familyName"]},
		"emails": []any{map[string]any{"value": ann, "type": "work", "primary": true}},
		"groups": []any{map[string]any{"display": "Engineers", "value": "g1"}}, "employeeNumber": user["employeeNumber"],
		"schemas": []any{"urn:ietf:params:scim:schemas:core:2.0:User"},
		"meta":    map[string]any{"created": "2026-01-01T00:00:00Z", "lastModified": "2026-06-01T01:00:00Z"},
	})
	same(t, "group", read(t, got["g1"])["displayName"], any("Friends of "+ann))
	policy := read(t, got["p1"])
	in := policy["include"].([]any)
	if listed := in[0].(map[string]any)["email"].(map[string]any)["email"].(string); !strings.EqualFold(listed, ann) || listed == ann {
		t.Errorf("the policy lets in %q, who is %q", listed, ann)
	}
	same(t, "domain", in[1], any(map[string]any{"email_domain": map[string]any{"domain": "acme.com"}}))
	same(t, "policy", policy["name"], any("Staff"))
	if by := policy["created_by"].(string); strings.EqualFold(by, ann) || !strings.HasSuffix(by, "@redacted.invalid") {
		t.Errorf("created by %q", by)
	}
	app := read(t, got["a1"])
	same(t, "url", app["url"], any("https://x/?u="+ann+"&v=1"))
	if note := app["note"].(string); strings.Contains(note, "acme") || strings.Contains(note, "lee") || !strings.HasSuffix(note, ", <"+ann+">.") {
		t.Errorf("note %q", note)
	}
	plain := documents(t, f, f)
	for _, id := range []string{"okta", string(snapshot.Organization)} {
		same(t, id, got[id], plain[id])
	}
}

func read(t helper, document string) (o map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(document), &o); err != nil {
		t.Fatalf("%s: %v", document, err)
	}
	return o
}

// localParts and people are as they come: whatever a provider lets through.
var (
	localParts = []string{
		"ann", "Ann.Lee", "ann+vpn", "o'brien", "ann=lee", "ännchen", "\u5b89", "ann\u200f", "\u202eeve", `"ann lee"`, "a*b", "ann%40", "\u017fam", "{x}", "-",
		"admin", "deploy-prod", strings.Repeat("long", 80),
	}
	people = []string{
		"Ann Lee", "安娜", "=cmd|'/c calc'!A1", "<script>alert(1)</script>", "\x1b[31mRed", "\u202eDlrow", "Two\nLines", "Ann \"Q\" Lee", `Back\slash`, "Lee (ann@acme.com)", strings.Repeat("Longname ", 39),
	}
)

// Nothing of a person is left: no address anywhere, and no name in the document of a
// user; and what was equal stays equal.
func TestNoPersonIsLeftInAnyDocument(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := newFake().okta()
		addresses, names, ids := map[string]bool{}, map[string]bool{}, 0
		address := func() string {
			a := rapid.SampledFrom(localParts).Draw(t, "local") + "@" + rapid.SampledFrom([]string{"acme.com", "ACME.com", "münchen.example", "localhost", "[10.0.0.1]"}).Draw(t, "domain")
			addresses[a] = true
			return a
		}
		for range rapid.IntRange(1, 4).Draw(t, "users") {
			ids++
			name, email := rapid.SampledFrom(people).Draw(t, "name"), address()
			names[name] = true
			f.put(users, "okta", fmt.Sprint("u", ids), object{
				"displayName": name, "userName": address(), "externalId": name, "active": true,
				"emails": []any{object{"value": email}}, "nickName": name, "x:ext": object{"boss": object{"name": name, email: []any{name, email, 7}}},
			})
		}
		for range rapid.IntRange(0, 4).Draw(t, "others") {
			ids++
			in := address()
			k := rapid.SampledFrom([]snapshot.Kind{snapshot.AccessApp, snapshot.AccessPolicy, snapshot.AccessGroup, provider}).Draw(t, "kind")
			f.put(k, "", fmt.Sprint("x", ids), object{
				"name": rapid.SampledFrom([]string{"of %s", "%s", "<%s>", "mailto:%s, please", "(%s)", "'%s'"}).Draw(t, "text"), in: in,
				"include": []any{object{"email": object{"email": in}}}, "by": fmt.Sprintf("made by %s.", in),
			})
		}
		f.night()
		plain := documents(t, f, f)
		got := documents(t, audit.Pseudonymous(f, testKey), f)
		same(t, "a second time", documents(t, audit.Pseudonymous(f, testKey), f), got)
		for id, d := range got {
			raw := unescaped(t, d)
			for a := range addresses {
				if strings.Contains(raw, strings.TrimRight(a, ".")) {
					t.Fatalf("%q is in %s", a, d)
				}
			}
			for name := range names {
				if strings.HasPrefix(id, "u") && strings.Contains(raw, name) {
					t.Fatalf("%q is in %s", name, d)
				}
			}
		}
		equality(t, plain, got)
	})
}

// unescaped is all text in a document, one behind the other.
func unescaped(t helper, document string) string {
	t.Helper()
	var b strings.Builder
	for _, s := range leaves(read(t, document)) {
		b.WriteString(s + "\x00")
	}
	return b.String()
}

// leaves are all texts in a value and all names of members, in order.
func leaves(v any) (all []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, e := range v {
			all = append(all, leaves(e)...)
		}
	case map[string]any:
		for name, e := range v {
			all = append(all, name)
			all = append(all, leaves(e)...)
		}
	}
	return all
}

// equality checks that what was equal is equal, and what differed differs; of
// addresses, also where only case differs.
func equality(t helper, plain, got map[string]string) {
	t.Helper()
	of := map[string]string{}
	back := map[string]string{}
	for id := range plain {
		if !strings.HasPrefix(id, "u") {
			continue
		}
		was, is := read(t, plain[id]), read(t, got[id])
		for _, member := range []string{"displayName", "externalId", "nickName", "userName"} {
			a, b := was[member].(string), is[member].(string)
			if have, ok := of[a]; ok && have != b {
				t.Fatalf("%q is %q and %q", a, have, b)
			}
			if have, ok := back[b]; ok && have != a {
				t.Fatalf("%q is %q and %q", b, have, a)
			}
			of[a], back[b] = b, a
		}
	}
	for a, b := range of {
		for c, d := range of {
			if strings.Contains(a, "@") && strings.EqualFold(a, c) && !strings.EqualFold(b, d) {
				t.Fatalf("%q and %q are %q and %q", a, c, b, d)
			}
		}
	}
}

// A report with pseudonyms has the same numbers, flags and changes.
func TestPseudonymsChangeNoNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := history(t, true)
		last := len(f.snapshots) - 1
		plain := accessReview(t, f, f.all())
		q := audit.PseudonymousQuestion(f.all(), testKey)
		h := audit.Pseudonymous(f, testKey)
		hidden, err := audit.NewAccessReview(context.Background(), h, q)
		if err != nil {
			t.Fatalf("snapshot %d: %v", last, err)
		}
		same(t, "figures", figuresOf(hidden), figuresOf(plain))
		same(t, "lead", leadOf(hidden), leadOf(plain))
		for table, keys := range map[string][]string{
			"population": {"review_id", "scim_user_id", "active", "first_seen", "change_since_last_review", "risk_flags"},
			"left":       {"scim_user_id", "how"}, "exceptions": {"review_id", "risk_flags"}, "providers": {"provider_name", "rows", "new", "changed", "left"},
		} {
			same(t, table, column(rowsIn(t, hidden, table), keys...), column(rowsIn(t, plain, table), keys...))
		}
		for _, row := range rowsIn(t, hidden, "population") {
			if strings.Contains(row["email"], "acme") || !strings.HasPrefix(row["display_name"], "person-") {
				t.Fatalf("%v", row)
			}
		}
	})
}

func TestAReviewWithPseudonymsCanBeClosed(t *testing.T) {
	f := staff("ab")
	key := []byte("a key")
	h := audit.Pseudonymous(f, key)
	r, err := audit.NewAccessReview(t.Context(), h, audit.PseudonymousQuestion(f.all(), key))
	if err != nil {
		t.Fatal(err)
	}
	file := filled(rowsIn(t, r, "population")).decide("a", "revoke").decide("b", "retain")
	f.remove(users, "okta", "a")
	f.night()
	c, err := audit.Close(t.Context(), h, audit.PseudonymousQuestion(f.all(), key), f.snapshots[0], file.rows())
	if err != nil {
		t.Fatal(err)
	}
	same(t, "outcomes", column(rowsIn(t, c.Report, "outcomes"), "outcome"), []string{"revoked_gone", "retained"})
}

// Addresses are in what people write down, too, and in the name that Cloudflare gives
// an account.
func TestAQuestionWithPseudonyms(t *testing.T) {
	f := staff("a").fail(users, "okta", "asked by ann@acme.com: 500")
	f.night()
	f.forget(0, "ann@acme.com asked for it")
	sn := &f.snapshots[0]
	sn.Note, sn.TargetName, sn.Pin = "for ann@acme.com", "Ann@acme.com's Account", "ann@acme.com says so"
	q := f.all()
	q.Since, q.TargetName, q.Command = q.At, sn.TargetName, "idpsnap report --provider ann@acme.com"
	q.Asked = []audit.Fact{{Group: audit.Scope, Key: "provider", Value: audit.Text("ann@acme.com")}, {Key: "n", Value: audit.Number(7)}}
	q.Filter = diff.Options{Providers: []string{"ann@acme.com"}}
	before := fmt.Sprintf("%+v %+v %+v", q, *q.At, *q.Since)
	got := audit.PseudonymousQuestion(q, testKey)
	if text := fmt.Sprintf("%+v %+v %+v", got, *got.At, *got.Since); strings.Contains(strings.ToLower(text), "ann@") || !got.Redact {
		t.Errorf("still in it: %s", text)
	}
	same(t, "the question itself", fmt.Sprintf("%+v %+v %+v", q, *q.At, *q.Since), before)
	same(t, "number", got.Asked[1].Value.String(), "7")
	same(t, "account", strings.HasSuffix(got.TargetName, "@redacted.invalid's Account"), true)
}

package audit_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/report/audit"
	"github.com/idpsnap/idpsnap/snapshot"
)

// rowsIn reads a table of a report: texts by the keys of columns, as CSV has them. It
// checks what holds for every table.
func rowsIn(t helper, r *audit.Report, table string) (rows []map[string]string) {
	t.Helper()
	tab, ok := r.Table(table)
	if !ok {
		t.Fatalf("no table %s", table)
	}
	for range 2 { // rows may be read again
		rows = nil
		for cells, err := range tab.Rows {
			if err != nil {
				t.Fatalf("table %s: %v", table, err)
			}
			if len(cells) != len(tab.Columns) {
				t.Fatalf("table %s: %d cells in %d columns", table, len(cells), len(tab.Columns))
			}
			row := map[string]string{}
			for i, c := range tab.Columns {
				row[c.Key] = cells[i].String()
			}
			rows = append(rows, row)
		}
		if len(rows) != tab.Len {
			t.Fatalf("table %s: %d rows, and says that it has %d", table, len(rows), tab.Len)
		}
	}
	return rows
}

// column gives one column of some rows.
func column(rows []map[string]string, keys ...string) (list []string) {
	for _, row := range rows {
		var words []string
		for _, k := range keys {
			words = append(words, row[k])
		}
		list = append(list, strings.Join(words, " | "))
	}
	return list
}

// figuresOf are the figures of a report, by their keys.
func figuresOf(r *audit.Report) map[string]string {
	all := map[string]string{}
	for _, f := range r.Figures {
		all[f.Key] = f.Value.String()
	}
	return all
}

// unknowns are what a report says that it does not know.
func unknowns(r *audit.Report) (all []string) {
	for _, u := range r.Unknown {
		all = append(all, u.What+": "+u.Reason)
	}
	return all
}

func same(t helper, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("%s (-want +got):\n%s", what, d)
	}
}

func accessReview(t helper, f *fake, q audit.Question) *audit.Report {
	t.Helper()
	r, err := audit.NewAccessReview(context.Background(), f, q)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return r
}

// summer is an account over two months: some come, some go, some change.
func summer() *fake {
	f := newFake().okta().
		user("okta", "u1", "Ann Lee", "ann@acme.com").
		user("okta", "u2", "Bob", "bob@acme.com").
		user("okta", "u3", "Cy", "cy@acme.com").
		user("okta", "u4", "Deploy", "deploy-prod@acme.com")
	f.night()
	f.rest(59)
	f.set(snapshot.SCIMUser, "okta", "u2", "/active", false)
	f.set(snapshot.SCIMUser, "okta", "u2", "/displayName", "Robert")
	f.remove(snapshot.SCIMUser, "okta", "u3")
	f.user("okta", "u5", "Eve", "EVE@acme.com")
	f.night()
	return f
}

func TestAReviewListsWhoHasAccess(t *testing.T) {
	f := summer()
	r := accessReview(t, f, f.all())
	rows := rowsIn(t, r, "population")
	same(t, "rows", column(rows, "scim_user_id", "display_name", "email", "active", "change_since_last_review", "risk_flags"), []string{
		"u1 | Ann Lee | ann@acme.com | true | unchanged | ",
		"u2 | Robert | bob@acme.com | false | changed: active, name | inactive_but_present",
		"u4 | Deploy | deploy-prod@acme.com | true | unchanged | generic_account",
		"u5 | Eve | EVE@acme.com | true | new | ",
	})
	last := f.snapshots[1]
	want := map[string]string{
		"review_id": rows[1]["review_id"], "snapshot_id": last.ID, "snapshot_time": "2026-07-31T02:00:00Z", "target": acme.String(),
		"provider_id": "okta", "provider_name": "Okta", "provider_type": "okta", "scim_user_id": "u2", "external_id": "ext-u2",
		"user_name": "", "display_name": "Robert", "email": "bob@acme.com", "active": "false",
		"scim_created": "2026-01-01T00:00:00Z", "scim_last_modified": "2026-07-31T01:00:00Z",
		"first_seen": "2026-06-01T02:00:00Z", "last_seen": "2026-07-31T02:00:00Z",
		"change_since_last_review": "changed: active, name", "risk_flags": "inactive_but_present",
		"reviewer": "", "decision": "", "rationale": "", "decision_date": "", "ticket": "",
	}
	same(t, "row", rows[1], want)
	if id := rows[1]["review_id"]; len(id) != 16 || id == rows[0]["review_id"] {
		t.Errorf("review id %q, and of another user %q", id, rows[0]["review_id"])
	}
	same(t, "left", column(rowsIn(t, r, "left"), "display_name", "listed_on", "not_listed_on", "how"),
		[]string{"Cy | 2026-06-01T02:00:00Z | 2026-07-31T02:00:00Z | gone from the list"})
	same(t, "exceptions", column(rowsIn(t, r, "exceptions"), "severity", "display_name"), []string{"low | Robert", "medium | Deploy"})
	same(t, "providers", column(rowsIn(t, r, "providers"), "provider_name", "list", "api_total", "rows", "active", "inactive", "new", "changed", "left", "flagged"),
		[]string{"Okta | read | 4 | 4 | 3 | 1 | 1 | 1 | 1 | 2"})
	same(t, "figures", figuresOf(r), map[string]string{
		"users": "4", "active": "3", "inactive": "1", "new": "1", "changed": "1", "left": "1",
		"inactive_but_present": "1", "duplicate_email": "0", "stale": "0", "generic_account": "1", "no_email": "0",
	})
	same(t, "unknown", r.Unknown, []audit.Unknown(nil))
}

// The decision column offers the words that closing understands, and the reviewer's
// columns come last.
func TestAReviewHasRoomForTheReviewer(t *testing.T) {
	f := summer()
	tab, _ := accessReview(t, f, f.all()).Table("population")
	var keys []string
	for _, c := range tab.Columns {
		if c.Role == audit.Reviewer {
			keys = append(keys, c.Key)
		}
		if c.Key == "decision" && !slices.Equal(c.Choices, []string{"retain", "modify", "revoke"}) {
			t.Errorf("choices %q", c.Choices)
		}
	}
	same(t, "reviewer's columns", keys, []string{"reviewer", "decision", "rationale", "decision_date", "ticket"})
}

func TestRiskFlags(t *testing.T) {
	f := newFake().okta().
		provider(snapshot.AzureAD, "entra", "Entra", object{}).scim("entra", true).
		user("okta", "a", "Old", "old@acme.com")
	f.rest(91) // nobody writes Old any more
	f.user("okta", "b", "Ann", "Ann@Acme.com").
		user("entra", "c", "Ann too", "ann@acme.com").
		user("okta", "d", "Twice in one", "bob@acme.com").
		user("okta", "e", "Twice in one", "BOB@acme.com").
		user("okta", "f", "Nobody", "").
		user("okta", "g", "Test", "test+7@acme.com").
		user("okta", "h", "Testarossa", "testarossa@acme.com").
		user("okta", "i", "Twice within", "own@acme.com").
		set(snapshot.SCIMUser, "okta", "i", "/emails", []any{object{"value": "own@acme.com"}, object{"value": "OWN@acme.com"}}).
		user("okta", "j", "Service", "").set(snapshot.SCIMUser, "okta", "j", "/userName", "svc.backup").
		user("okta", "k", "Unsaid", "k@acme.com").set(snapshot.SCIMUser, "okta", "k", "/active", nil)
	f.night()
	r := accessReview(t, f, f.all())
	same(t, "flags", column(rowsIn(t, r, "population"), "scim_user_id", "active", "risk_flags"), []string{
		"c | true | duplicate_email",
		"a | true | stale",
		"b | true | duplicate_email",
		"d | true | duplicate_email",
		"e | true | duplicate_email",
		"f | true | no_email",
		"g | true | generic_account",
		"h | true | ",
		"i | true | ",
		"j | true | generic_account; no_email",
		"k | not known | ",
	})
	q := f.all()
	q.Stale = 100 * day
	same(t, "stale at 100 days", figuresOf(accessReview(t, f, q))["stale"], "0")
}

// Whoever was not listed may have access all the same: a review says so.
func TestAReviewSaysWhomItDoesNotList(t *testing.T) {
	f := newFake().okta().user("okta", "u1", "Ann", "ann@acme.com").
		provider(snapshot.AzureAD, "entra", "Entra", object{}).scim("entra", true).user("entra", "u2", "Bob", "bob@acme.com").
		provider(snapshot.GitHub, "gh", "GitHub", object{}).
		provider(snapshot.OneTimePIN, "otp", "", object{})
	f.night()
	f.fail(snapshot.SCIMUser, "entra", "500 from Cloudflare")
	f.night()
	r := accessReview(t, f, f.all())
	same(t, "rows", column(rowsIn(t, r, "population"), "display_name"), []string{"Ann"})
	same(t, "unknown", unknowns(r), []string{
		"users of Entra: failed: 500 from Cloudflare",
		"people who sign in through GitHub: Cloudflare does not list them: SCIM is off",
		"people who sign in with a one-time PIN: Cloudflare does not list them: whoever receives e-mail at an address that a policy lets in can sign in",
		"who left of the users of Entra: failed: 500 from Cloudflare",
	})
	same(t, "left", len(rowsIn(t, r, "left")), 0)
	same(t, "providers", column(rowsIn(t, r, "providers"), "provider_id", "list", "api_total", "rows", "left"), []string{
		"entra | failed: 500 from Cloudflare | not known | not known | not known",
		"gh | SCIM is off | not known | not known | not known",
		"okta | read | 1 | 1 | 0",
		"otp | SCIM is off | not known | not known | not known",
	})
	if !slices.Contains(leadOf(r), "high: The users of Entra were not read: the review is not complete without them.") {
		t.Errorf("lead: %q", leadOf(r))
	}
}

func TestOfAListThatWasNotReadBeforeNobodyIsNew(t *testing.T) {
	for name, c := range map[string]struct {
		before func(f *fake)
		change string
	}{
		"failed":       {func(f *fake) { f.fail(snapshot.SCIMUser, "okta", "500") }, "not known"},
		"SCIM was off": {func(f *fake) { f.scim("okta", false) }, "not known"},
		"no provider":  {func(f *fake) { f.remove(snapshot.IdentityProvider, "", "okta") }, "new"},
		"read":         {func(*fake) {}, "unchanged"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake().okta().user("okta", "u1", "Ann", "ann@acme.com")
			saved := f.target[snapshot.Collection{Kind: snapshot.SCIMUser, Provider: "okta"}]
			c.before(f)
			f.night()
			f.okta()
			f.target[snapshot.Collection{Kind: snapshot.SCIMUser, Provider: "okta"}] = saved
			f.night()
			q := f.all()
			q.Since = &f.snapshots[0] // a partial one, where that is all there is
			r := accessReview(t, f, q)
			same(t, "change", column(rowsIn(t, r, "population"), "change_since_last_review"), []string{c.change})
			known := map[string]string{"not known": "not known", "new": "1", "unchanged": "0"}[c.change]
			same(t, "new", figuresOf(r)["new"], known)
			same(t, "new of Okta", rowsIn(t, r, "providers")[0]["new"], known)
		})
	}
}

func TestUsersGoWithTheirProvider(t *testing.T) {
	f := newFake().okta().user("okta", "u1", "Ann", "ann@acme.com")
	f.night()
	f.remove(snapshot.IdentityProvider, "", "okta")
	f.night()
	r := accessReview(t, f, f.all())
	same(t, "left", column(rowsIn(t, r, "left"), "display_name", "how"), []string{"Ann | gone with the provider"})
	f.fail(snapshot.IdentityProvider, "", "500")
	f.night()
	r = accessReview(t, f, f.all())
	same(t, "left, when providers were not read", len(rowsIn(t, r, "left")), 0)
	same(t, "users", figuresOf(r)["users"], "not known")
	if !strings.HasPrefix(leadOf(r)[0], "high: ") {
		t.Errorf("lead: %q", leadOf(r))
	}
}

func TestAReviewOfSomeProviders(t *testing.T) {
	f := newFake().okta().user("okta", "u1", "Ann", "ann@acme.com").
		provider(snapshot.SAML, "saml", "Partners", object{}).scim("saml", true).user("saml", "u2", "Pat", "pat@partner.example")
	f.nights(2)
	for _, o := range []diff.Options{{Providers: []string{"part*"}}, {Types: []snapshot.Type{snapshot.SAML}}} {
		q := f.all()
		q.Filter = o
		same(t, "rows", column(rowsIn(t, accessReview(t, f, q), "population"), "display_name"), []string{"Pat"})
	}
}

func TestWithoutAnEarlierSnapshotNothingIsSaidOfChanges(t *testing.T) {
	f := newFake().okta().user("okta", "u1", "Ann", "ann@acme.com")
	f.night()
	q := f.all()
	q.Since = nil
	r := accessReview(t, f, q)
	same(t, "change", rowsIn(t, r, "population")[0]["change_since_last_review"], "")
	if _, ok := figuresOf(r)["new"]; ok {
		t.Error("there is a figure of new users")
	}
}

// What people are called comes from outside, and stays what it is: formats make it
// harmless.
func TestHostileNamesStayAsTheyAre(t *testing.T) {
	names := []string{`=cmd|'/c calc'!A1`, "<script>alert(1)</script>", "\x1b[31mred", "\u202eevil", "two\nlines", strings.Repeat("long ", 70), `"}`}
	f := newFake().okta()
	for i, name := range names {
		f.user("okta", fmt.Sprintf("u%d", i), name, "x@acme.com").set(snapshot.SCIMUser, "okta", fmt.Sprintf("u%d", i), "/meta2", object{"a/b~": name})
	}
	f.night()
	f.set(snapshot.SCIMUser, "okta", "u0", "/a~0b", "new")
	f.night()
	r := accessReview(t, f, f.all())
	rows := rowsIn(t, r, "population")
	same(t, "names", column(rows, "display_name"), names)
	same(t, "changes", rows[0]["change_since_last_review"], "changed: a~0b")
}

func TestAReviewNeedsItsHistory(t *testing.T) {
	f := summer()
	q := f.all()
	q.At = nil
	if _, err := audit.NewAccessReview(t.Context(), f, q); !errors.Is(err, audit.ErrNoSnapshot) {
		t.Errorf("without a snapshot: %v", err)
	}
	r := accessReview(t, f, f.all())
	f.broken = errors.New("disk is gone")
	if _, err := audit.NewAccessReview(t.Context(), f, f.all()); !errors.Is(err, f.broken) {
		t.Errorf("of a broken history: %v", err)
	}
	for _, name := range []string{"population", "left", "exceptions"} {
		tab, _ := r.Table(name)
		var last error
		for _, err := range tab.Rows {
			last = err
		}
		if !errors.Is(last, f.broken) {
			t.Errorf("table %s of a broken history ends in %v", name, last)
		}
	}
}

// Whatever fails, a review lists exactly who was in a list that was read, and says
// that somebody left, or is new, only where both snapshots knew.
func TestAReviewClaimsNothingThatIsNotSo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := history(t, true)
		q := f.all()
		q.Since = &f.snapshots[0] // complete or not
		r := accessReview(t, f, q)
		now, then := f.snapshots[len(f.snapshots)-1], f.snapshots[0]
		listed := map[string]bool{}
		for _, row := range rowsIn(t, r, "population") {
			key := row["provider_id"] + "/" + row["scim_user_id"]
			listed[key] = true
			before, known := seen(f, then, row)
			switch change := row["change_since_last_review"]; {
			case change == "not known" && known:
				t.Fatalf("%s is known: %v", key, before)
			case change == "new" && (!known || before != nil):
				t.Fatalf("%s is not new: %v", key, before)
			case (change == "unchanged" || strings.HasPrefix(change, "changed: ")) && before == nil:
				t.Fatalf("%s was not there: %s", key, change)
			}
		}
		count := 0
		for c, list := range f.held[now.ID] {
			if c.Kind == users {
				count += len(list)
			}
		}
		if len(listed) != count {
			t.Fatalf("%d rows of %d users", len(listed), count)
		}
		for _, row := range rowsIn(t, r, "left") {
			before, _ := seen(f, then, row)
			after, known := seen(f, now, row)
			if before == nil || after != nil || !known {
				t.Fatalf("%v did not leave: %v, %v", row, before, after)
			}
		}
	})
}

// seen is a user as a snapshot has it, nil where it does not; known is false where the
// snapshot cannot tell.
func seen(f *fake, sn snapshot.Snapshot, row map[string]string) (found *snapshot.Resource, known bool) {
	in := snapshot.Collection{Kind: users, Provider: row["provider_id"]}
	for _, r := range f.held[sn.ID][in] {
		if r.ID == row["scim_user_id"] {
			return &r, true
		}
	}
	if c, ok := sn.Capture(in); ok {
		return nil, c.Status == snapshot.Complete
	}
	there := slices.ContainsFunc(f.held[sn.ID][snapshot.Collection{Kind: provider}], func(r snapshot.Resource) bool { return r.ID == in.Provider })
	return nil, !there && completeProviders(sn.Captures)
}

// An address that somebody else has is one that is used twice, whatever the review is
// narrowed to; where a list was not read, nobody knows who else has it.
func TestAnAddressMayBeUsedAtAnotherProvider(t *testing.T) {
	f := newFake().okta().provider(snapshot.SAML, "saml", "Corp", object{}).scim("saml", true)
	f.user("okta", "a", "Ann", "ann@acme.com").user("okta", "b", "Bob", "bob@acme.com").user("saml", "c", "Ann C.", "ANN@acme.com")
	f.night()
	q := f.all()
	q.Filter.Providers = []string{"Okta"}
	r := accessReview(t, f, q)
	same(t, "flags", column(rowsIn(t, r, "population"), "scim_user_id", "risk_flags"), []string{"a | duplicate_email", "b | "})
	same(t, "used more than once", figuresOf(r)["duplicate_email"], "1")

	f.fail(snapshot.SCIMUser, "saml", "HTTP 500")
	f.night()
	q = f.all()
	for _, words := range [][]string{nil, {"Okta"}} {
		q.Filter.Providers = words
		figures := figuresOf(accessReview(t, f, q))
		same(t, "used more than once", figures["duplicate_email"], "not known")
		same(t, "generic accounts", figures["generic_account"], "0")
	}
}

package audit_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/report/audit"
	"github.com/idpsnap/idpsnap/snapshot"
)

// filled is a review as a file, with what reviewers put into it.
type filled []map[string]string

// fillIn makes a file of the review as of a snapshot.
func fillIn(t helper, f *fake, sn *snapshot.Snapshot) filled {
	t.Helper()
	q := f.all()
	q.At, q.Since = sn, nil
	return rowsIn(t, accessReview(t, f, q), "population")
}

// decide puts a decision, with a reviewer and a reason, into the row of a user.
func (f filled) decide(user, decision string) filled {
	return f.write(user, map[string]string{"decision": decision, "reviewer": "Rita Reviewer", "rationale": "asked the team lead", "ticket": "IT-7"})
}

func (f filled) write(user string, values map[string]string) filled {
	for _, row := range f {
		if row["scim_user_id"] == user {
			maps.Copy(row, values)
		}
	}
	return f
}

// rows are the file as it is read.
func (f filled) rows() iter.Seq2[map[string]string, error] {
	return func(yield func(map[string]string, error) bool) {
		for _, row := range f {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// closeReview closes the review of the first snapshot with the last.
func closeReview(t helper, f *fake, file filled) *audit.Closing {
	t.Helper()
	c, err := audit.Close(context.Background(), f, f.all(), f.snapshots[0], file.rows())
	if err != nil {
		t.Fatalf("%v", err)
	}
	return c
}

// staff is an account with a user for each letter, and a snapshot of it.
func staff(users string) *fake {
	f := newFake().okta()
	for _, u := range users {
		f.user("okta", string(u), "User "+string(u), string(u)+"@acme.com")
	}
	f.night()
	return f
}

func TestClosingAReviewTellsWhatTookEffect(t *testing.T) {
	f := staff("abcdefghi")
	file := fillIn(t, f, &f.snapshots[0])
	for user, decision := range map[string]string{
		"a": "revoke", "b": " Revoke ", "c": "revoke", "d": "retain", "e": "modify", "f": "modify", "g": " ", "h": "kick out",
	} {
		file.decide(user, decision)
	}
	file = file[:8] // nobody decided about i
	f.remove(users, "okta", "a")
	f.set(users, "okta", "b", "/active", false)
	f.set(users, "okta", "e", "/displayName", "Newname")
	f.night()
	c := closeReview(t, f, file)
	wellFormed(t, c.Report)
	same(t, "outcomes", column(rowsIn(t, c.Report, "outcomes"), "scim_user_id", "file_row", "decision", "outcome", "severity", "state_now", "detail"), []string{
		"c | 4 | revoke | revoked_still_there | high | listed, active | nothing that Cloudflare lists has changed",
		"i |  |  | missing | high | listed, active | the file has no row for this user",
		"g | 8 |  | not_decided | medium | listed, active | ",
		`h | 9 | kick out | unknown_decision | medium | listed, active | "kick out" is none of retain, modify and revoke`,
		"a | 2 | revoke | revoked_gone | info | not listed | gone from the list",
		"b | 3 | revoke | revoked_inactive | info | listed, inactive | still listed, but inactive: cannot sign in",
		"e | 6 | modify | modified | info | listed, active | changed: name",
		"f | 7 | modify | modified | info | listed, active | nothing that Cloudflare lists has changed",
		"d | 5 | retain | retained | info | listed, active | ",
	})
	same(t, "exceptions", column(rowsIn(t, c.Report, "exceptions"), "exception", "display_name"), []string{
		"revoked_still_there | User c", "missing | User i", "not_decided | User g", "unknown_decision | User h", "not_modified | ",
	})
	same(t, "open, tampered, not known", []int{c.Open, c.Tampered, c.NotKnown}, []int{4, 0, 0})
	same(t, "lead", leadOf(c.Report), []string{
		"high: Of 3 users to lose access, 1 still had it on 2026-06-02 02:00 UTC.",
		"high: 1 user is missing from the file.",
		"medium: 2 users are without a decision that can be read.",
	})
}

func TestAReviewThatTookEffectIsClosed(t *testing.T) {
	f := staff("ab")
	file := fillIn(t, f, &f.snapshots[0]).decide("a", "revoke").decide("b", "retain")
	f.remove(users, "okta", "a")
	f.night()
	c := closeReview(t, f, file)
	same(t, "open, tampered, not known", []int{c.Open, c.Tampered, c.NotKnown}, []int{0, 0, 0})
	same(t, "lead", leadOf(c.Report), []string{"info: Every user was decided about, and all 1 user to lose access lost it."})
	same(t, "exceptions", len(rowsIn(t, c.Report, "exceptions")), 0)
}

// What was not read the second time proves nothing.
func TestOfAListThatWasNotReadNoRevokeTookEffect(t *testing.T) {
	for name, c := range map[string]struct {
		then    func(f *fake)
		outcome string
	}{
		"failed":               {func(f *fake) { f.fail(users, "okta", "500") }, "not_known"},
		"SCIM is off":          {func(f *fake) { f.scim("okta", false) }, "not_known"},
		"providers not read":   {func(f *fake) { f.fail(provider, "", "500") }, "not_known"},
		"the provider is gone": {func(f *fake) { f.remove(provider, "", "okta") }, "revoked_gone"},
	} {
		t.Run(name, func(t *testing.T) {
			f := staff("a")
			file := fillIn(t, f, &f.snapshots[0]).decide("a", "revoke")
			c.then(f)
			f.night()
			closing := closeReview(t, f, file)
			same(t, "outcome", column(rowsIn(t, closing.Report, "outcomes"), "outcome"), []string{c.outcome})
			notKnown := strings.Count(c.outcome, "not_known")
			same(t, "open, tampered, not known", []int{closing.Open, closing.Tampered, closing.NotKnown}, []int{0, 0, notKnown})
			same(t, "unknown", len(closing.Report.Unknown), notKnown)
		})
	}
}

// Whoever was deleted and created again still has access.
func TestWhoIsListedAgainUnderAnotherIDIsStillThere(t *testing.T) {
	f := staff("ab")
	file := fillIn(t, f, &f.snapshots[0]).decide("a", "revoke").decide("b", "revoke")
	f.remove(users, "okta", "a").remove(users, "okta", "b")
	f.user("okta", "z", "User a", "A@acme.com")
	f.night()
	c := closeReview(t, f, file)
	same(t, "outcomes", column(rowsIn(t, c.Report, "outcomes"), "scim_user_id", "outcome", "detail"), []string{
		"a | revoked_still_there | listed again as z of Okta", "b | revoked_gone | gone from the list",
	})
	same(t, "open", c.Open, 1)
}

func TestARowThatWasChangedIsTampered(t *testing.T) {
	for name, c := range map[string]struct {
		change map[string]string
		detail string
	}{
		"another name":       {map[string]string{"display_name": "Somebody else"}, `display_name: expected "User a", found "Somebody else"`},
		"another address":    {map[string]string{"email": "x@evil.example"}, `email: expected "a@acme.com", found "x@evil.example"`},
		"was active":         {map[string]string{"active": "FALSE"}, `active: expected "true", found "FALSE"`},
		"another id":         {map[string]string{"scim_user_id": "b", "external_id": ""}, `scim_user_id: expected "a", found "b"; external_id: expected "ext-a", found ""`},
		"another time":       {map[string]string{"scim_created": "2025-01-01T00:00:00Z"}, `scim_created: expected "2026-01-01T00:00:00Z", found "2025-01-01T00:00:00Z"`},
		"no time":            {map[string]string{"first_seen": ""}, `first_seen: expected "2026-06-01T02:00:00Z", found ""`},
		"another provider":   {map[string]string{"provider_name": "Entra ID", "provider_type": "azureAD"}, `provider_name: expected "Okta", found "Entra ID"; provider_type: expected "okta", found "azureAD"`},
		"the time rewritten": {map[string]string{"scim_created": "01.01.2026 00:00", "first_seen": "6/1/26 2:00 AM", "last_seen": "1-Jun-2026", "snapshot_time": "46174.0833333333"}, ""},
		"flags of the day":   {map[string]string{"risk_flags": "stale; generic_account"}, ""},
		"another flag":       {map[string]string{"risk_flags": "no_email"}, `risk_flags: expected "", found "no_email"`},
		"shouted":            {map[string]string{"active": " TRUE "}, ""},
		"quoted":             {map[string]string{"email": "'a@acme.com"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := staff("a")
			file := fillIn(t, f, &f.snapshots[0])
			id := file[0]["review_id"]
			file.decide("a", "retain").write("a", c.change)
			file[0]["review_id"] = strings.ToUpper(id)
			f.night()
			closing := closeReview(t, f, file)
			want, tampered := "retained | "+c.detail, 0
			if c.detail != "" {
				want, tampered = "tampered | "+c.detail, 1
			}
			same(t, "outcome", column(rowsIn(t, closing.Report, "outcomes"), "outcome", "detail"), []string{want})
			same(t, "tampered", closing.Tampered, tampered)
		})
	}
}

// A spreadsheet that saves in its own encoding writes question marks for what that lacks;
// nobody has altered anything.
func TestLettersThatASpreadsheetLostAreNotTampered(t *testing.T) {
	f := newFake().okta().user("okta", "a", "Łukasz Żółć 😀é", "ł@acme.com")
	f.nights(2)
	for name, want := range map[string]int{
		"?ukasz ?ó?? ??é": 0, "Łukasz Żółć 😀é": 0, "?ukasz ???? ???": 0,
		"?ukas? ????": 1, "Lukasz Zolc": 1, "????????????": 1, "?ukasz ?ó?? ??é?": 1, "": 1,
	} {
		file := fillIn(t, f, &f.snapshots[0]).decide("a", "retain").write("a", map[string]string{"display_name": name})
		same(t, name, closeReview(t, f, file).Tampered, want)
	}
}

// Spreadsheets take the zeros in front of a number away; a row that fits nobody is
// named, and empty ones at the end are none.
func TestRowsOfOtherReviewsAndSpreadsheets(t *testing.T) {
	f := newFake().okta().user("okta", "a", "Ann", "ann@acme.com").set(users, "okta", "a", "/externalId", "00042")
	f.nights(2)
	file := fillIn(t, f, &f.snapshots[0]).decide("a", "retain").write("a", map[string]string{"external_id": "42"})
	other := fillIn(t, f, &f.snapshots[1])
	other[0]["decision"] = "revoke"
	file = append(file, other[0], map[string]string{"review_id": "feedfeedfeedfeed", "display_name": "Mallory"}, map[string]string{"review_id": " ", "decision": ""})
	c := closeReview(t, f, file)
	same(t, "outcomes", column(rowsIn(t, c.Report, "outcomes"), "file_row", "display_name", "outcome", "detail"), []string{
		fmt.Sprintf("3 | Ann | tampered | snapshot_id: expected %q, found %q", f.snapshots[0].ID, f.snapshots[1].ID),
		`4 | Mallory | tampered | review_id: "feedfeedfeedfeed" is that of no row of the review`,
		"2 | Ann | retained | ",
	})
	same(t, "tampered", c.Tampered, 2)
	same(t, "exceptions", len(rowsIn(t, c.Report, "exceptions")), 2)
}

func TestWhatAnAuditorAsksAboutDecisions(t *testing.T) {
	f := staff("abcd")
	file := fillIn(t, f, &f.snapshots[0])
	for _, u := range []string{"a", "b", "c", "d"} {
		file.decide(u, "retain")
	}
	file.write("a", map[string]string{"reviewer": " ", "rationale": ""}).write("b", map[string]string{"reviewer": "B@ACME.com"}).write("c", map[string]string{"rationale": ""})
	twice, disputed := maps.Clone(file[2]), maps.Clone(file[3])
	disputed["decision"] = "revoke"
	file = append(file, twice, disputed)
	f.night()
	c := closeReview(t, f, file)
	same(t, "exceptions", column(rowsIn(t, c.Report, "exceptions"), "severity", "exception", "display_name", "detail"), []string{
		"high | duplicate | User d | rows 5 and 7 have different decisions",
		"medium | own_reviewer | User b | the reviewer decided about the own access",
		"medium | no_reviewer |  | 1 decision with nobody's name in the column Reviewer",
		"medium | no_rationale |  | 2 decisions without a reason: the outcomes say which (Reason given)",
		"low | twice | User c | rows 4 and 6 are about the same user",
	})
	same(t, "open", c.Open, 1)
	same(t, "decided without a reason", figureOf(t, c.Report, "no_rationale"), "2")
}

// What was altered in a row says nothing against what became of its revocation.
func TestATamperedRowStillTellsWhatBecameOfTheRevocation(t *testing.T) {
	f := staff("abcde")
	file := fillIn(t, f, &f.snapshots[0]).decide("a", "revoke").decide("b", "revoke").decide("c", "revoke").decide("d", "revoke").decide("e", "retain")
	for _, u := range []string{"a", "b", "d", "e"} {
		file.write(u, map[string]string{"display_name": "Us\xe9r"})
	}
	f.remove(users, "okta", "b").remove(users, "okta", "c").remove(users, "okta", "d")
	f.user("okta", "z", "User d", "d@acme.com") // the same person again
	f.night()
	c := closeReview(t, f, file)
	wellFormed(t, c.Report)
	same(t, "outcomes", column(rowsIn(t, c.Report, "outcomes"), "scim_user_id", "decision", "outcome", "state_now"), []string{
		"a | revoke | tampered | listed, active", "b | revoke | tampered | not listed", "d | revoke | tampered | not listed",
		"e | retain | tampered | listed, active", "c | revoke | revoked_gone | not listed",
	})
	same(t, "open, tampered, not known", []int{c.Open, c.Tampered, c.NotKnown}, []int{2, 4, 0})
	for key, want := range map[string]string{"tampered": "4", "revoked_still_there": "2", "revoked_gone": "2", "retained": "0"} {
		same(t, key, figureOf(t, c.Report, key), want)
	}
	same(t, "lead", leadOf(c.Report)[1:], []string{"high: Of 4 users to lose access, 2 still had it on 2026-06-02 02:00 UTC."})
	same(t, "exceptions", column(rowsIn(t, c.Report, "exceptions"), "exception", "display_name", "detail")[4:], []string{
		"revoked_still_there | User a | nothing that Cloudflare lists has changed", "revoked_still_there | User d | listed again as z of Okta",
	})
}

func TestWhatCannotBeClosed(t *testing.T) {
	f := staff("a")
	f.night()
	file := fillIn(t, f, &f.snapshots[0])
	bad := errors.New("row 2: a quote is missing")
	elsewhere, older := f.snapshots[1], f.all()
	elsewhere.Target.ID = "ffff"
	older.At = &f.snapshots[0]
	for name, c := range map[string]struct {
		q        audit.Question
		reviewed snapshot.Snapshot
		rows     iter.Seq2[map[string]string, error]
		want     string
	}{
		"no review":      {f.all(), f.snapshots[0], filled{{"name": "Ann"}}.rows(), "not an access review: there is no column review_id"},
		"no decision":    {f.all(), f.snapshots[0], filled{{"review_id": "1"}}.rows(), "there is no column decision"},
		"a broken file":  {f.all(), f.snapshots[0], func(yield func(map[string]string, error) bool) { yield(nil, bad) }, bad.Error()},
		"another target": {f.all(), elsewhere, file.rows(), "the later snapshot is of"},
		"the past":       {older, f.snapshots[1], file.rows(), "older than the review"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := audit.Close(t.Context(), f, c.q, c.reviewed, c.rows)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// Of all that is written into a review only what changed since the last one, and what
// the reviewer puts there, can be altered unseen.
func TestEveryColumnOfAReviewIsHeldAgainstTheHistory(t *testing.T) {
	f := staff("ab")
	f.user("okta", "c", "", "") // whose cells are empty, or are flags
	f.at = firstNight
	f.snapshots, f.held = nil, map[string]map[snapshot.Collection][]snapshot.Resource{}
	f.nights(2)
	untouched := fillIn(t, f, &f.snapshots[0])
	for _, column := range audit.ReviewColumns() {
		if column.Role == audit.Reviewer || column.Key == "change_since_last_review" {
			continue
		}
		for _, row := range untouched {
			for _, value := range []string{"", "mallory", "2001-02-03T04:05:06Z", row[column.Key] + "1", "1" + row[column.Key]} {
				if value == row[column.Key] {
					continue
				}
				file := fillIn(t, f, &f.snapshots[0]).write(row["scim_user_id"], map[string]string{column.Key: value})
				if c := closeReview(t, f, file); c.Tampered != 1 {
					t.Errorf("%s: %q became %q, and %d rows are tampered with", column.Key, row[column.Key], value, c.Tampered)
				}
			}
		}
	}
}

// Forgetting the snapshot that first saw somebody makes nobody a forger.
func TestWhoWasFirstSeenByAForgottenSnapshotIsNotTampered(t *testing.T) {
	f := staff("a")
	f.nights(2)
	reviewed := f.snapshots[1]
	file := fillIn(t, f, &reviewed).decide("a", "retain")
	f.forget(0, "keep 2")
	for first, want := range map[string]int{file[0]["first_seen"]: 0, "2026-05-31T02:00:00Z": 1} {
		file.write("a", map[string]string{"first_seen": first})
		c, err := audit.Close(t.Context(), f, f.all(), reviewed, file.rows())
		if err != nil || c.Tampered != want {
			t.Errorf("first seen %s: %v, %+v", first, err, c)
		}
	}
}

// What somebody wrote over a pseudonym, or over anything else, may be a name.
func TestAReportThatNamesNobodyDoesNotTellWhatWasWrittenIntoARow(t *testing.T) {
	f := staff("a")
	key := []byte("a key")
	q, h := audit.PseudonymousQuestion(f.all(), key), audit.Pseudonymous(f, key)
	r, err := audit.NewAccessReview(t.Context(), h, q)
	if err != nil {
		t.Fatal(err)
	}
	file := filled(rowsIn(t, r, "population")).write("a", map[string]string{"provider_name": "Ann Smith", "display_name": "Ann"})
	c, err := audit.Close(t.Context(), h, q, f.snapshots[0], file.rows())
	if err != nil || c.Tampered != 1 {
		t.Fatalf("%v, %+v", err, c)
	}
	for _, row := range rowsIn(t, c.Report, "outcomes") {
		if d := row["detail"]; strings.Contains(d, "Ann") || !strings.Contains(d, `provider_name: expected "Okta", found something else`) {
			t.Error(d)
		}
	}
}

func TestAColumnThatIsNotInTheFileIsNamed(t *testing.T) {
	f := staff("a")
	file := fillIn(t, f, &f.snapshots[0]).decide("a", "retain")
	delete(file[0], "email")
	f.night()
	c := closeReview(t, f, file)
	same(t, "tampered", c.Tampered, 0)
	same(t, "lead", leadOf(c.Report), []string{"medium: The file has no column email: whether it was changed is not known."})
}

// A review that nobody touched but to decide everything has, whatever happens, an
// outcome for everybody; and it claims that somebody is gone only who is in no list
// that was read.
func TestClosingClaimsNothingThatIsNotSo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := history(t, true)
		file := fillIn(t, f, &f.snapshots[0])
		for _, row := range file {
			row["decision"] = rapid.SampledFrom([]string{"retain", "modify", "revoke"}).Draw(t, "decision")
		}
		c := closeReview(t, f, file)
		rows := rowsIn(t, c.Report, "outcomes")
		if len(rows) != len(file) || c.Tampered != 0 {
			t.Fatalf("%d outcomes of %d rows, %d tampered", len(rows), len(file), c.Tampered)
		}
		last := f.snapshots[len(f.snapshots)-1]
		providers := last.Captures
		for _, row := range rows {
			in := snapshot.Collection{Kind: users, Provider: row["provider_id"]}
			capture, tried := last.Capture(in)
			var now snapshot.Document
			for _, r := range f.held[last.ID][in] {
				if r.ID == row["scim_user_id"] {
					now = r.Document
				}
			}
			switch row["outcome"] {
			case "revoked_gone":
				gone := !tried && completeProviders(providers)
				if now != nil || !gone && capture.Status != snapshot.Complete {
					t.Fatalf("%v: %v %s", row, capture, now)
				}
			case "revoked_inactive":
				if now == nil || now.IsActive() {
					t.Fatalf("%v: %s", row, now)
				}
			case "modified", "revoked_still_there":
				if capture.Status != snapshot.Complete && tried {
					t.Fatalf("%v: %v", row, capture)
				}
			case "not_known":
				if tried && capture.Status == snapshot.Complete {
					t.Fatalf("%v is known: %v", row, capture)
				}
			case "retained":
			default:
				t.Fatalf("outcome %q", row["outcome"])
			}
		}
	})
}

func completeProviders(captures []snapshot.Capture) bool {
	for _, c := range captures {
		if c.Kind == provider {
			return c.Status == snapshot.Complete
		}
	}
	return false
}

// A row is numbered as it is in the file, where the file says so, and else counted with
// the titles.
func TestRowsAreNumberedAsInTheSpreadsheet(t *testing.T) {
	f := staff("abc")
	file := fillIn(t, f, &f.snapshots[0]).decide("a", "retain").decide("b", "retain").decide("c", "retain")
	file.write("a", map[string]string{"_row": "7"}).write("b", map[string]string{"_row": "x"})
	file = append(file, map[string]string{"_row": "99", "review_id": ""})
	f.night()
	c := closeReview(t, f, file)
	same(t, "rows", column(rowsIn(t, c.Report, "outcomes"), "scim_user_id", "file_row"), []string{"a | 7", "b | 3", "c | 4"})
	same(t, "tampered", c.Tampered, 0)
}

func TestAReviewWithPseudonymsIsSaidToBeOne(t *testing.T) {
	f := staff("abcdefghijkl")
	q := f.all()
	key := []byte("a key")
	r, err := audit.NewAccessReview(t.Context(), audit.Pseudonymous(f, key), audit.PseudonymousQuestion(q, key))
	if err != nil {
		t.Fatal(err)
	}
	file := filled(rowsIn(t, r, "population"))
	file[0]["email"], file[1]["email"] = "mended@acme.com", ""
	if _, err := audit.Close(t.Context(), f, q, f.snapshots[0], file.rows()); !errors.Is(err, audit.ErrRedacted) {
		t.Errorf("got %v", err)
	}
	if _, err := audit.Close(t.Context(), audit.Pseudonymous(f, key), audit.PseudonymousQuestion(q, key), f.snapshots[0], file.rows()); err != nil {
		t.Errorf("with the pseudonyms: %v", err)
	}
	file[2]["email"] = "other@acme.com" // not nearly all any more: somebody changed them
	if c, err := audit.Close(t.Context(), f, q, f.snapshots[0], file.rows()); err != nil || c.Tampered == 0 {
		t.Errorf("got %v", err)
	}
}

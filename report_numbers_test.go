package main

import (
	"cmp"
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	difference "github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/report/audit"
)

// TestEveryFormatTellsTheSameNumbers: figures, what is not known, the rows of every
// table, and of the one that a report is named after what stands in them.
func TestEveryFormatTellsTheSameNumbers(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m := auditor(t)
	partial := m.snapshotOf("2026-03-12").ID
	var questions [][]string
	for _, kind := range audit.Kinds() {
		if kind.OfMoment() {
			questions = append(questions, []string{"report", string(kind), "--at", "2026-08-31", "--from", "2026-04-30"},
				[]string{"report", string(kind), "--at", partial, "--from", "2026-01-31"})
		} else {
			questions = append(questions, []string{"report", string(kind), "--from", "2026-05-01", "--to", "2026-08-31"})
			questions = append(questions, []string{"report", string(kind), "--from", "2026-03-01", "--to", "2026-03-12"})
		}
	}
	for _, args := range questions {
		inJSON, inBook := m.run(in("json", args)...).stdout, m.run(in("xlsx", args)...).stdout
		want := toldByJSON(t, inJSON)
		if len(want.Figures) < 3 || len(want.Tables) < 2 {
			t.Errorf("%v tells too little: %+v", args, want)
		}
		book := toldByXLSX(t, inBook)
		for i := range min(len(want.Figures), len(book.Figures)) {
			want.Figures[i].Name = book.Figures[i].Name
		}
		if d := difference.Diff(want, book); d != "" {
			t.Errorf("%v: JSON and the workbook (-JSON +workbook):\n%s", args, d)
		}
		for format, read := range map[string]func(*testing.T, string) told{"table": toldByText, "markdown": toldByMarkdown, "html": toldByHTML} {
			got := read(t, m.run(in(format, args)...).stdout)
			if format == "table" || format == "html" {
				got.Figures = withNoughts(got.Figures, want.Figures)
			}
			if d := difference.Diff(want, got); d != "" {
				t.Errorf("%v: JSON and %s (-JSON +%s):\n%s", args, format, format, d)
			}
		}
		sameCells(t, args, inJSON, m.run(in("csv", args)...).stdout, inBook)
	}
}

// withNoughts puts the figures that are 0 back among the others: text and pages leave
// out some of them.
func withNoughts(figures, all []figure) []figure {
	var list []figure
	for _, f := range all {
		switch {
		case len(figures) > 0 && figures[0] == f:
			figures = figures[1:]
			list = append(list, f)
		case f.Value == "0":
			list = append(list, f)
		}
	}
	return append(list, figures...)
}

var bookTime = regexp.MustCompile(`^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$`)

// sameCells holds the cells of the table that a report is named after against one
// another, as JSON, CSV and the workbook have them.
func sameCells(t *testing.T, args []string, inJSON, inCSV, inBook string) {
	t.Helper()
	doc := readEvidence(t, inJSON)
	table := doc.table(t, doc.Tables[0].key)
	lines := csvRecords(t, inCSV, ',')
	book := openedBook(t, inBook)
	sheet, err := book.GetRows(book.GetSheetList()[1])
	if err != nil || len(sheet) != len(lines) || len(lines) != len(table.Rows)+1 {
		t.Fatalf("%v: %d rows in JSON, %d lines of CSV, %d of the workbook: %v", args, len(table.Rows), len(lines), len(sheet), err)
	}
	for n, row := range table.Rows {
		for i, key := range lines[0] {
			want := row.text(key)
			if report.Safe(want) != want {
				continue // in JSON alone it is as it was recorded
			}
			cell := ""
			if i < len(sheet[n+1]) {
				cell = bookTime.ReplaceAllString(sheet[n+1][i], "${1}T${2}Z")
			}
			if cell == "TRUE" || cell == "FALSE" {
				cell = strings.ToLower(cell)
			}
			if plain := report.SpreadsheetUnsafe(lines[n+1][i]); plain != want || cell != want {
				t.Errorf("%v, row %d, %s: %q in JSON, %q in CSV, %q in the workbook", args, n+1, key, want, plain, cell)
			}
		}
	}
}

// snapshotOf is that of the night.
func (m *machine) snapshotOf(date string) taken {
	m.Helper()
	for _, s := range m.snapshots() {
		if strings.HasPrefix(s.TakenAt, date+"T02:") {
			return s
		}
	}
	m.Fatalf("there is no snapshot of the night of %s", date)
	return taken{}
}

// nights are the snapshots that were complete and not for safety, and of neighbours
// that hold the same only the first.
func (m *machine) nights() []taken {
	m.Helper()
	var list []taken
	held := func(s taken) (digests string) {
		for _, c := range s.Collections {
			digests += c.Kind + c.ProviderID + c.Digest
		}
		return digests
	}
	for _, s := range m.snapshots() {
		if s.Status == "complete" && s.Origin == "" && (len(list) == 0 || held(list[len(list)-1]) != held(s)) {
			list = append(list, s)
		}
	}
	return list
}

// events counts by provider what a comparison says of users and groups, by the names
// that the report over the lifecycle has for it.
func (c compared) events(counts map[string]map[string]int) {
	names := map[string]string{
		"scim_user added": "joiner", "scim_user removed": "leaver", "scim_group added": "group_added", "scim_group removed": "group_removed",
	}
	for _, ch := range c.Changes {
		if counts[ch.ProviderID] == nil {
			counts[ch.ProviderID] = map[string]int{}
		}
		if name := names[ch.Kind+" "+ch.Action]; name != "" {
			counts[ch.ProviderID][name]++
		}
		for _, f := range ch.Fields {
			switch {
			case ch.Kind != "scim_user" || ch.Action != "changed":
			case f.Path == "/active":
				counts[ch.ProviderID][map[string]string{"false": "deactivated", "true": "reactivated"}[string(f.New)]]++
			case f.Path == "/displayName":
				counts[ch.ProviderID]["renamed"]++
			}
		}
	}
}

// TestReportsAddUpToDiffs: what reports count over the year is what diff shows between
// the nights, night for night; and what they come to is what it shows between the first
// and the last.
func TestReportsAddUpToDiffs(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m := auditor(t)
	nights := m.nights()
	if len(nights) < 100 {
		t.Fatalf("in %d nights only something changed", len(nights))
	}
	sums, net, severities := map[string]map[string]int{}, map[string]map[string]int{}, map[string]int{}
	actions := map[string]int{}
	for i := range nights[1:] {
		c := m.compare(0, nights[i].ID, nights[i+1].ID)
		if !c.Complete {
			t.Errorf("the diff of %s and the next one is not complete", nights[i].TakenAt)
		}
		c.events(sums)
		for _, ch := range c.Changes {
			actions[ch.Kind+"_"+ch.Action]++
			switch {
			case strings.HasPrefix(ch.Kind, "scim_"):
			case ch.Action != "changed":
				severities[ch.Severity]++
			default:
				for _, f := range ch.Fields {
					severities[f.Severity]++
				}
			}
		}
	}
	m.compare(0, nights[0].ID, nights[len(nights)-1].ID).events(net)

	lifecycle := m.evidence(0, ofKind(audit.Lifecycle)...)
	rows := lifecycle.table(t, "by_provider").Rows
	total := map[string]int{}
	for _, r := range rows {
		id := r.text("provider_id")
		for _, event := range []string{"joiner", "leaver", "group_added", "group_removed", "deactivated", "reactivated", "renamed"} {
			if got, want := r.number(t, event), sums[id][event]; got != want {
				t.Errorf("%s of %s: %d in the report, %d in the diffs", event, r.text("provider_name"), got, want)
			}
			total[event] += sums[id][event]
		}
		came := r.number(t, "joiner") - r.number(t, "leaver")
		if got := net[id]["joiner"] - net[id]["leaver"]; got != came || r.number(t, "users_after")-r.number(t, "users_before") != came {
			t.Errorf("%s has %+d users in the report, %+d in the diff of the year, and had %s and has %s",
				r.text("provider_name"), came, got, r.text("users_before"), r.text("users_after"))
		}
	}
	if len(rows) != 3 || total["leaver"] == 0 || total["renamed"] == 0 || total["reactivated"] == 0 {
		t.Errorf("%d providers and %v are not what was to be counted", len(rows), total)
	}
	for event, n := range total {
		if got := lifecycle.Figures.number(t, event); got != n {
			t.Errorf("%d %s in the figures, %d in the diffs", got, event, n)
		}
	}
	changes := m.evidence(0, ofKind(audit.ConfigChanges)...)
	for _, s := range []string{"critical", "high", "medium", "low", "info"} {
		if got := changes.Figures.number(t, s); got != severities[s] {
			t.Errorf("%d changes are %s in the report, %d in the diffs", got, s, severities[s])
		}
	}
	for _, f := range slices.Concat(lifecycle.Figures, changes.Figures) {
		if strings.HasSuffix(f.key, "_added") && !strings.HasPrefix(f.key, "group") || strings.HasSuffix(f.key, "_changed") && f.key != "email_changed" || strings.HasSuffix(f.key, "_removed") && !strings.HasPrefix(f.key, "group") {
			if string(f.value) != strconv.Itoa(actions[f.key]) {
				t.Errorf("%s: %s in the report, %d in the diffs", f.key, f.value, actions[f.key])
			}
		}
	}
}

// user is what an access review says of somebody.
type user struct{ provider, id, external, name, email, active string }

func userIn(t *testing.T, document json.RawMessage) user {
	t.Helper()
	var d struct {
		ID, DisplayName, ExternalID string
		Active                      bool
		Emails                      []struct{ Value string }
	}
	if err := json.Unmarshal(document, &d); err != nil {
		t.Fatal(err)
	}
	return user{id: d.ID, external: d.ExternalID, name: d.DisplayName, email: d.Emails[0].Value, active: strconv.FormatBool(d.Active)}
}

// TestTheReviewIsOfThoseWhomShowLists, also of a day with hostile names.
func TestTheReviewIsOfThoseWhomShowLists(t *testing.T) {
	t.Parallel()
	m := auditor(t)
	for _, at := range []string{"2025-10-15", "2026-05-19", "2026-09-30"} {
		var listed, reviewed []user
		for _, r := range m.show(at, "--kind", "scim_user").Resources {
			u := userIn(t, r.Document)
			u.provider = r.ProviderID
			listed = append(listed, u)
		}
		doc := m.evidence(0, "report", "access-review", "--at", at)
		for _, r := range doc.table(t, "population").Rows {
			reviewed = append(reviewed, user{r.text("provider_id"), r.text("scim_user_id"), r.text("external_id"), r.text("display_name"), r.text("email"), r.text("active")})
		}
		byID := func(a, b user) int { return cmp.Or(cmp.Compare(a.provider, b.provider), cmp.Compare(a.id, b.id)) }
		slices.SortFunc(listed, byID)
		slices.SortFunc(reviewed, byID)
		if len(listed) < 30 || !slices.Equal(listed, reviewed) {
			t.Errorf("at %s show lists %d users, and %d are to be reviewed, or others:\n%s", at, len(listed), len(reviewed),
				difference.Diff(listed, reviewed, difference.AllowUnexported(user{})))
		}
		rows := 0
		for _, p := range doc.table(t, "providers").Rows {
			if p.text("list") == "read" {
				rows += p.number(t, "rows")
			}
		}
		if rows != len(listed) || doc.Figures.number(t, "users") != rows {
			t.Errorf("at %s providers have %d users, and the figures say %s", at, rows, doc.Figures.text("users"))
		}
	}
}

// TestCoverageIsThatOfTheListOfSnapshots.
func TestCoverageIsThatOfTheListOfSnapshots(t *testing.T) {
	t.Parallel()
	m := auditor(t)
	doc := m.evidence(0, ofKind(audit.Coverage)...)
	rows, list := doc.table(t, "snapshots").Rows, m.snapshots()
	if len(rows) != len(list) || doc.Figures.number(t, "snapshots") != len(list) {
		t.Fatalf("%d snapshots in the report, %d in the list", len(rows), len(list))
	}
	slices.SortFunc(list, func(a, b taken) int { return cmp.Compare(a.TakenAt, b.TakenAt) })
	whole := 0
	for i, s := range list {
		counts := map[string]int{}
		for _, c := range s.Collections {
			counts[c.Kind] += c.Count
		}
		users := strconv.Itoa(counts["scim_user"])
		if s.Status == "partial" {
			users = "not known"
		}
		want := []string{s.ID, s.TakenAt, s.Status, cmp.Or(s.Origin, "ordinary"), strconv.Itoa(counts["identity_provider"]), users, strconv.Itoa(counts["scim_group"]), strconv.Itoa(s.Requests)}
		var got []string
		for _, key := range []string{"id", "taken_at", "status", "origin", "providers", "users", "groups", "requests"} {
			got = append(got, rows[i].text(key))
		}
		if !slices.Equal(got, want) {
			t.Errorf("snapshot %d: %q in the report, %q in the list", i+1, got, want)
		}
		if s.Status == "complete" && s.Origin == "" {
			whole++
		}
	}
	if got := doc.Figures.number(t, "covered"); got != whole {
		t.Errorf("%d nights are covered, %d ordinary snapshots are complete", got, whole)
	}
	if due := doc.Figures.number(t, "expected"); due != 365 || doc.Figures.number(t, "missed")+doc.Figures.number(t, "partial")+whole != due {
		t.Errorf("of %d nights %s were missed, %s partial", due, doc.Figures.text("missed"), doc.Figures.text("partial"))
	}
}

// TestPostureCountsWhatShowLists.
func TestPostureCountsWhatShowLists(t *testing.T) {
	t.Parallel()
	m := auditor(t)
	doc := m.evidence(0, ofKind(audit.Posture)...)
	for figure, kind := range map[string]string{"providers": "identity_provider", "apps": "access_app"} {
		if got, want := doc.Figures.number(t, figure), len(m.show("2026-09-30", "--kind", kind).Resources); got != want {
			t.Errorf("%d %s in the report, %d are listed", got, figure, want)
		}
	}
}

// TestDeprovisioningCountsTheLeaversOfTheLifecycle, of each provider that is left.
func TestDeprovisioningCountsTheLeaversOfTheLifecycle(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m := auditor(t)
	period := []string{"--from", "2025-12-31", "--to", "2026-09-30"}
	of := m.evidence(0, append([]string{"report", "lifecycle"}, period...)...).table(t, "by_provider")
	list := m.evidence(0, append([]string{"report", "deprovisioning"}, period...)...).table(t, "providers")
	for _, name := range []string{"Okta", "Entra ID"} {
		row, events := list.row(t, "provider_name", name), of.row(t, "provider_name", name)
		for _, keys := range [][2]string{{"left", "leaver"}, {"deactivated", "deactivated"}, {"users", "users_after"}} {
			if got, want := row.number(t, keys[0]), events.number(t, keys[1]); got != want {
				t.Errorf("%s: %s is %d, and %s of the lifecycle is %d", name, keys[0], got, keys[1], want)
			}
		}
	}
}

// TestCoverageIsOfEverythingWhateverIsAskedFor: in a bundle about one provider it is of
// all, and does not say otherwise.
func TestCoverageIsOfEverythingWhateverIsAskedFor(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m := archive(t)
	dir := filepath.Join(t.TempDir(), "part")
	m.want(0, append(ofKind(audit.ConfigChanges), "--provider", "Okta", "--severity", "high", "--bundle", dir)...)
	whole, part := m.evidence(0, ofKind(audit.Coverage)...), readEvidence(t, string(read(t, filepath.Join(dir, "coverage.json"))))
	for _, f := range whole.Figures {
		if got := part.Figures.text(f.key); got != string(f.value) {
			t.Errorf("%s is %s, and %s for one provider", f.key, f.value, got)
		}
	}
	for _, f := range part.Facts {
		if strings.HasPrefix(f.Key, "filter_") {
			t.Errorf("coverage says that it is of %s %v only", f.Key, f.Value)
		}
	}
}

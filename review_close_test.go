package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// review is an access review as a reviewer has it on the screen: what stands in each
// cell.
type review struct {
	*testing.T
	keys, titles []string // of the columns: what programs call them, and what people read
	rows         [][]string
	book         string // where it is a workbook
}

// reviewed makes the access review as of a day.
func (m *machine) reviewed(format, date string, args ...string) *review {
	m.Helper()
	args = append([]string{"report", "access-review", "--at", date}, args...)
	lines, err := csv.NewReader(strings.NewReader(m.want(0, append(args, "--format", "csv")...).stdout)).ReadAll()
	if err != nil {
		m.Fatal(err)
	}
	r := &review{T: m.T, keys: lines[0], titles: slices.Clone(lines[0]), rows: lines[1:]}
	if format != "xlsx" {
		return r
	}
	r.book = filepath.Join(m.TempDir(), "review.xlsx")
	m.want(0, append(args, "--out", r.book)...)
	book, err := excelize.OpenFile(r.book, excelize.Options{RawCellValue: true})
	if err != nil {
		m.Fatal(err)
	}
	defer book.Close()
	if lines, err = book.GetRows("Review"); err != nil || len(lines) != len(r.rows)+1 {
		m.Fatalf("%d rows, %v", len(lines), err)
	}
	r.titles, r.rows = lines[0], lines[1:]
	for i := range r.rows {
		for len(r.rows[i]) < len(r.keys) {
			r.rows[i] = append(r.rows[i], "")
		}
	}
	return r
}

func (r *review) column(key string) int {
	r.Helper()
	i := slices.Index(r.keys, key)
	if i < 0 {
		r.Fatalf("there is no column %s", key)
	}
	return i
}

// row finds somebody's row, by name.
func (r *review) row(name string) int {
	r.Helper()
	i := slices.IndexFunc(r.rows, func(row []string) bool { return row[r.column("display_name")] == name })
	if i < 0 {
		r.Fatalf("there is no row of %s", name)
	}
	return i
}

func (r *review) set(name, key, value string) {
	r.Helper()
	r.rows[r.row(name)][r.column(key)] = value
}

// decide fills in a decision for everybody: to keep their access, but for those who are
// named.
func (r *review) decide(others map[string]string) *review {
	r.Helper()
	for _, row := range r.rows {
		row[r.column("decision")], row[r.column("reviewer")] = "retain", "boss@acme.example"
		row[r.column("rationale")], row[r.column("ticket")] = "needs it; see 'job', \"role\"", "CHG-1"
	}
	for name, decision := range others {
		r.set(name, "decision", decision)
	}
	return r
}

// save saves the file as the spreadsheet does.
func (r *review) save(write func(r *review) []byte) string {
	r.Helper()
	if r.book != "" {
		return r.saveBook()
	}
	path := filepath.Join(r.TempDir(), "filled.csv")
	must(os.WriteFile(path, write(r), 0o600))
	return path
}

// saveBook puts what was changed into the workbook's cells, and saves it.
func (r *review) saveBook() string {
	book, err := excelize.OpenFile(r.book)
	must(err)
	had, err := book.GetRows("Review", excelize.Options{RawCellValue: true})
	must(err)
	for len(had) > len(r.rows)+1 {
		must(book.RemoveRow("Review", len(had)))
		had = had[:len(had)-1]
	}
	for i, row := range r.rows {
		for j, value := range row {
			if i+1 < len(had) && j < len(had[i+1]) && had[i+1][j] == value {
				continue
			}
			cell, err := excelize.CoordinatesToCellName(j+1, i+2)
			must(err)
			var typed any = value
			if r.keys[j] == "active" {
				typed = value == "true" || value == "1"
			}
			must(book.SetCellValue("Review", cell, typed))
		}
	}
	path := filepath.Join(r.TempDir(), "filled.xlsx")
	must(book.SaveAs(path))
	must(book.Close())
	return path
}

// The ways in which programs write CSV.
func plainCSV(r *review) []byte { return r.csv(',', false) }

// european is what a spreadsheet in half of Europe makes of it: semicolons, a byte
// order mark, DOS line ends, TRUE and FALSE; with a column of the reviewer's own,
// columns in another order, and empty lines.
func european(r *review) []byte {
	order := []int{}
	for i := range r.titles {
		order = append([]int{i}, order...)
	}
	s := &review{T: r.T, keys: r.keys}
	pick := func(row []string, comment string) []string {
		out := []string{comment}
		for _, i := range order {
			if r.keys[i] == "active" && (row[i] == "true" || row[i] == "false") {
				out = append(out, strings.ToUpper(row[i]))
			} else {
				out = append(out, row[i])
			}
		}
		return out
	}
	s.titles = pick(r.titles, "Comment, if any")
	blank := make([]string, len(s.titles))
	for i, row := range r.rows {
		if i%20 == 3 {
			s.rows = append(s.rows, blank)
		}
		s.rows = append(s.rows, pick(row, "ask; again"))
	}
	s.rows = append(s.rows, blank, blank)
	return append([]byte("\ufeff"), s.csv(';', true)...)
}

func tabbed(r *review) []byte { return append(r.csv('\t', true), "\r\n\r\n"...) }

func (r *review) csv(comma rune, dos bool) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = comma, dos
	must(w.Write(r.titles))
	must(w.WriteAll(r.rows))
	return b.Bytes()
}

// closed is the report about a review that was closed.
type closed struct {
	Figures map[string]json.RawMessage
	Tables  map[string]struct {
		Count int
		Rows  []map[string]any
	}
}

// close closes a review, which is to end with the status.
func (m *machine) close(code int, file string, args ...string) closed {
	m.Helper()
	r := m.want(code, append([]string{"report", "access-review", "--json", "--close", file}, args...)...)
	var c closed
	if err := json.Unmarshal([]byte(r.stdout), &c); err != nil {
		m.Fatalf("%v: %s", err, r)
	}
	return c
}

// outcomes are the names of those with an outcome that is not retained, with the
// outcome.
func (c closed) outcomes() map[string]string {
	all := map[string]string{}
	for _, row := range c.Tables["outcomes"].Rows {
		if row["outcome"] != "retained" {
			all[fmt.Sprint(row["display_name"])] = fmt.Sprint(row["outcome"])
		}
	}
	return all
}

// detail is what the report says about somebody.
func (c closed) detail(name string) string {
	for _, row := range c.Tables["outcomes"].Rows {
		if row["display_name"] == name {
			return fmt.Sprint(row["detail"])
		}
	}
	return ""
}

// spreadsheets are all the ways in which a review comes back.
var spreadsheets = []struct {
	name, format string
	write        func(*review) []byte
}{
	{"csv", "csv", plainCSV},
	{"european csv", "csv", european},
	{"tabs", "csv", tabbed},
	{"workbook", "xlsx", nil},
}

func eachSpreadsheet(t *testing.T, test func(t *testing.T, m *machine, r *review, save func() string)) {
	t.Helper()
	m := archive(t)
	for _, s := range spreadsheets {
		t.Run(s.name, func(t *testing.T) {
			mine := *m
			mine.T = t
			r := mine.reviewed(s.format, "2025-12-31")
			if len(r.rows) < 30 || len(r.rows[0]) < 24 {
				t.Fatalf("%d rows of %d", len(r.rows), len(r.rows[0]))
			}
			test(t, &mine, r, func() string { return r.save(s.write) })
		})
	}
}

// TestCloseReview: what was decided at the end of 2025 is held against what Cloudflare
// listed nine months later.
func TestCloseReview(t *testing.T) {
	t.Parallel()
	eachSpreadsheet(t, func(t *testing.T, m *machine, r *review, save func() string) {
		t.Helper()
		r.decide(map[string]string{
			"Okta Person 10": "revoke", "Okta Person 02": "Revoke ", "Okta Person 03": "REVOKE",
			"Contractor 3": "revoke", "Entra Person 00": "modify", "Entra Person Married": "maybe", "Okta Person 00": "",
		})
		path := save()
		c := m.close(0, path, "--at", "2026-09-30")
		want := map[string]string{
			"Okta Person 10": "revoked_gone", "Okta Person 02": "revoked_inactive", "Okta Person 03": "revoked_still_there",
			"Contractor 3": "revoked_gone", "Entra Person 00": "modified", "Entra Person Married": "unknown_decision", "Okta Person 00": "not_decided",
		}
		if got := c.outcomes(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("want %v, got %v", want, got)
		}
		if n := c.Tables["outcomes"].Count; n != len(r.rows) {
			t.Errorf("%d rows of %d", n, len(r.rows))
		}
		if string(c.Figures["revoked_still_there"]) == "0" || !strings.Contains(c.detail("Entra Person Married"), `"maybe"`) {
			t.Errorf("%s, %q", c.Figures["revoked_still_there"], c.detail("Entra Person Married"))
		}
		m.close(2, path, "--at", "2026-09-30", "--exit-code")
		for _, format := range []string{"table", "csv", "markdown", "html"} {
			if out := m.want(0, "report", "access-review", "--close", path, "--format", format).stdout; !strings.Contains(out, "revoked_still_there") && !strings.Contains(out, "revoked still there") {
				t.Errorf("%s does not say who is still there", format)
			}
		}

		// Everything decided, and all of it done.
		r.decide(map[string]string{"Okta Person 10": "revoke", "Contractor 3": "revoke"})
		if got := m.close(0, save(), "--at", "2026-09-30", "--exit-code").outcomes(); len(got) != 2 {
			t.Errorf("%v", got)
		}
	})
}

// TestCloseReviewHostile: names that mean no good come back as they went, in every
// format: nobody is accused of having altered them.
func TestCloseReviewHostile(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	eachSpreadsheet(t, func(t *testing.T, m *machine, r *review, save func() string) {
		t.Helper()
		untouched := r.book
		if untouched == "" {
			untouched = filepath.Join(t.TempDir(), "untouched.csv")
			m.want(0, "report", "access-review", "--at", "2025-12-31", "--out", untouched)
		}
		hostile := 0
		for _, row := range r.rows {
			if strings.HasPrefix(row[r.column("email")], "hostile") {
				hostile++
			}
		}
		if hostile != len(hostileNames) {
			t.Fatalf("%d people with hostile names are in the review", hostile)
		}
		for _, path := range []string{untouched, save()} {
			c := m.close(0, path, "--at", "2026-02-28")
			for _, row := range c.Tables["outcomes"].Rows {
				if row["outcome"] != "not_decided" {
					t.Errorf("%v", row)
				}
			}
			if c.Tables["outcomes"].Count != len(r.rows) {
				t.Errorf("%d rows of %d", c.Tables["outcomes"].Count, len(r.rows))
			}
		}
		for _, row := range r.decide(nil).rows {
			row[r.column("decision")] = "retain"
		}
		out := m.want(0, "report", "access-review", "--close", save(), "--at", "2026-02-28", "--exit-code").stdout
		if strings.ContainsAny(out, "\x1b\a\u202e") {
			t.Errorf("a name acts on the terminal: %q", out)
		}
	})
}

// TestCloseReviewTampered: a row that is not what the history says is named, with the
// column and what it should be.
func TestCloseReviewTampered(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	const victim = "Okta Person 01"
	eachSpreadsheet(t, func(t *testing.T, m *machine, r *review, save func() string) {
		t.Helper()
		r.decide(map[string]string{victim: "revoke"})
		at := r.row(victim)
		for column, value := range map[string]string{
			"display_name": "Okta Person O1", "email": "okta01@acme.example.org", "active": "false",
			"provider_id": "00000000-0000-4000-8000-000000000000", "scim_user_id": "00000000-0000-4000-8000-000000000001", "external_id": "x0",
		} {
			cell := &r.rows[at][r.column(column)]
			was := *cell
			*cell = value
			c := m.close(13, save(), "--at", "2026-09-30")
			if got := c.outcomes(); len(got) != 1 || got[victim] != "tampered" {
				t.Errorf("%s: %v", column, got)
			}
			if d := c.detail(victim); !strings.HasPrefix(d, column+": expected ") || strings.Contains(d, ";") {
				t.Errorf("%s: %q", column, d)
			}
			*cell = was
		}

		// Another id: the row fits nobody, and whose it was is missing.
		id := &r.rows[at][r.column("review_id")]
		was := *id
		*id = "00000000deadbeef"
		c := m.close(13, save(), "--at", "2026-09-30")
		if c.detail(victim) == "" || c.Tables["outcomes"].Count != len(r.rows)+1 {
			t.Errorf("another id: %v, %d rows", c.outcomes(), c.Tables["outcomes"].Count)
		}
		outcomes := map[string]int{}
		for _, row := range c.Tables["outcomes"].Rows {
			outcomes[fmt.Sprint(row["outcome"])]++
		}
		if outcomes["missing"] != 1 || outcomes["tampered"] != 1 {
			t.Errorf("another id: %v", outcomes)
		}
		*id = was

		// A row less.
		less := r.rows[at]
		r.rows = slices.Delete(r.rows, at, at+1)
		if got := m.close(2, save(), "--at", "2026-09-30", "--exit-code").outcomes(); len(got) != 1 || got[victim] != "missing" {
			t.Errorf("deleted: %v", got)
		}
		r.rows = slices.Insert(r.rows, at, less)

		// One twice, with two decisions.
		twice := slices.Clone(less)
		twice[r.column("decision")] = "retain"
		r.rows = append(r.rows, twice)
		if got := m.close(2, save(), "--at", "2026-09-30", "--exit-code").outcomes(); len(got) != 1 || got[victim] != "duplicate" {
			t.Errorf("twice: %v", got)
		}
	})
}

// TestCloseReviewNotKnown: of whom was on a list that was not read it is not known
// whether they lost their access: neither gone nor there.
func TestCloseReviewNotKnown(t *testing.T) {
	t.Parallel()
	m := archive(t)
	path := m.reviewed("csv", "2025-12-31").decide(map[string]string{"Entra Person 10": "revoke", "Okta Person 10": "revoke"}).save(plainCSV)
	c := m.close(3, path, "--at", m.nightOf("2026-03-12"))
	if got := c.outcomes(); got["Entra Person 10"] != "not_known" || got["Okta Person 10"] != "revoked_gone" {
		t.Errorf("%v", got)
	}
	if d := c.detail("Entra Person 10"); !strings.Contains(d, "500") {
		t.Errorf("it does not say why: %q", d)
	}
	m.close(3, path, "--at", m.nightOf("2026-03-12"), "--exit-code")
	if got := m.close(0, path, "--at", "2026-03-16", "--exit-code").outcomes(); got["Entra Person 10"] != "revoked_gone" {
		t.Errorf("a week later: %v", got)
	}
}

// TestCloseReviewOfBundle: the workbook of a bundle, which has all reports, is filled in
// like one of its own; the bundle itself is left as it is.
func TestCloseReviewOfBundle(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m := archive(t)
	dir := m.bundle(december...)
	r := m.reviewed("xlsx", "2025-12-31", "--from", "2025-12-01")
	r.book = filepath.Join(dir, "report.xlsx")
	if got := m.close(2, r.decide(map[string]string{"Okta Person 03": "revoke"}).save(nil), "--at", "2026-09-30", "--exit-code").outcomes(); fmt.Sprint(got) != "map[Okta Person 03:revoked_still_there]" {
		t.Errorf("%v", got)
	}
	m.check(0, dir)
}

// TestCloseReviewRedacted: a review with pseudonyms is closed with pseudonyms.
func TestCloseReviewRedacted(t *testing.T) {
	t.Parallel()
	m := archive(t)
	r := m.reviewed("csv", "2025-12-31", "--redact", "pii").decide(nil)
	path := r.save(european)
	if text := string(read(t, path)); strings.Contains(text, "okta01@acme.example") {
		t.Fatal("the review names people")
	}
	out := m.want(0, "report", "access-review", "--close", path, "--at", "2026-09-30", "--redact", "pii", "--exit-code", "--format", "csv").stdout
	for _, secret := range m.people() {
		if secret != "@acme.example" && strings.Contains(out, secret) { // the reviewer's own
			t.Errorf("it holds %q", secret)
		}
	}
	if r := m.want(64, "report", "access-review", "--close", path, "--at", "2026-09-30"); !strings.Contains(r.stderr, "hint: --redact pii closes a redacted review") || r.stdout != "" {
		t.Errorf("it does not say what to do: %s", r)
	}
}

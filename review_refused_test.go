package main

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestCloseReviewOfWhat: what is no review that was filled in, or cannot be closed, is
// refused in one line, with what to type.
func TestCloseReviewOfWhat(t *testing.T) {
	onlyWithoutDetector(t)
	t.Parallel()
	m := archive(t)
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		must(os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	made := func(name string, args ...string) string {
		path := filepath.Join(dir, name)
		m.want(0, append(append([]string{"report"}, args...), "--out", path)...)
		return path
	}
	review := made("review.csv", "access-review", "--at", "2025-12-31")
	text := string(read(t, review))
	for _, test := range []struct {
		name, path string
		args       []string
		code       int
		says       []string
	}{
		{"nothing there", filepath.Join(dir, "none.csv"), nil, 10, []string{"there is no file", "access-review --out review.xlsx"}},
		{"a directory", dir, nil, 1, []string{"is a directory"}},
		{"an empty file", file("empty.csv", ""), nil, 1, []string{"it is empty", "--format csv or xlsx"}},
		{"a mark and no more", file("mark.csv", "\ufeff"), nil, 1, []string{"it is empty"}},
		{"titles alone", file("titles.csv", strings.SplitAfter(text, "\n")[0]), nil, 1, []string{"it has no rows"}},
		{"no decision", file("undecided.csv", strings.Replace(text, ",decision,", ",verdict,", 1)), nil, 1, []string{"no column decision"}},
		{"a page", made("page.html", "access-review"), nil, 1, []string{"review_id"}},
		{"JSON", made("report.json", "access-review"), nil, 1, nil},
		{"another report", made("lifecycle.csv", "lifecycle"), nil, 1, []string{"it has no column review_id"}},
		{"another workbook", made("lifecycle.xlsx", "lifecycle"), nil, 1, []string{"no sheet Review"}},
		{"Latin-1", file("latin1.csv", strings.Replace(text, ",okta,", ",okta\xed,", 1)), nil, 1, []string{"latin1.csv: row ", "is not UTF-8", `save it as "CSV UTF-8"`, "review.xlsx"}},
		{"OpenDocument", file("review.ods", "PK\x03\x04"+strings.Repeat("\x00", 26)+"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"), nil, 1, []string{"OpenDocument", "workbook (.xlsx)"}},
		{"an open quote", file("quote.csv", text[:2000]+"\n\"x"), nil, 1, nil},
		{"half a workbook", file("half.xlsx", string(read(t, made("review.xlsx", "access-review"))[:5000])), nil, 1, nil},
		{"no workbook", file("zip.xlsx", "PK\x03\x04 and nothing else"), nil, 1, nil},
		{"a bomb", file("bomb.xlsx", bomb()), nil, 1, nil},
		{"its own night", review, []string{"--at", "2025-12-31"}, 10, []string{"no complete snapshot is newer", "idpsnap snapshot takes one"}},
		{"an earlier night", review, []string{"--at", "2025-12-01"}, 10, []string{"no complete snapshot is newer", "of 2025-12-31 02:00", "--at names a later one"}},
		{"of another history", file("other.csv", strings.ReplaceAll(text, m.nightOf("2025-12-31"), strings.Repeat("ab", 32))), nil, 10, []string{"does not hold", "--db names another history"}},
		{"of no history", file("esc.csv", strings.ReplaceAll(text, m.nightOf("2025-12-31"), "\x1b[31m")), nil, 10, []string{`\x1b[31m`}},
	} {
		r := m.want(test.code, append([]string{"report", "access-review", "--close", test.path}, test.args...)...)
		if r.stdout != "" || !oneLine(r.stderr) || !strings.Contains(r.stderr, "\nhint: ") || strings.Contains(r.stderr, "\x1b") {
			t.Errorf("%s: %s", test.name, r)
		}
		for _, want := range test.says {
			if !strings.Contains(r.stderr, want) {
				t.Errorf("%s: it does not say %q: %s", test.name, want, r)
			}
		}
	}
	m.want(0, "forget", m.nightOf("2025-12-31"))
	if r := m.want(10, "report", "access-review", "--close", review); !strings.Contains(r.stderr, "2025-12-31 02:00, was forgotten on 2026-10-05") || !strings.Contains(r.stderr, "hint: ") {
		t.Error(r)
	}
}

// bomb is a workbook that says that it unpacks to a terabyte.
func bomb() string {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		part, err := w.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, UncompressedSize64: 1 << 40, CompressedSize64: 10})
		must(err)
		_, err = part.Write([]byte(strconv.Itoa(1_000_000_000)))
		must(err)
	}
	must(w.Close())
	return b.String()
}

package audit

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// ErrNotReview says that a file is no access review that somebody filled in.
var ErrNotReview = errors.New("not an access review")

// ErrRedacted says that a file has pseudonyms for people, and the question does not.
var ErrRedacted = errors.New("the review has pseudonyms")

// RowNumber is the key under which a row that is read may bring its number in the file,
// as a spreadsheet shows it. Without it rows are counted, the titles being the first.
// No column can have it.
const RowNumber = "_row"

// filledRow is what is kept of a row that a reviewer filled in.
type filledRow struct {
	line      int // as a spreadsheet numbers it: the titles are 1
	decision  string
	reviewer  string
	ticket    string
	rationale bool
	again     int  // the line of another row for the same user; 0 where there is none
	disputed  bool // that has another decision
	wrong     []mismatch
}

// mismatch is a column that does not say what the history says.
type mismatch struct{ column, expected, found string }

// strangeRow is a row that fits nobody.
type strangeRow struct {
	line               int
	reviewID, snapshot string
	user, decision     string
}

// reviewFile is a review that was filled in.
type reviewFile struct {
	rows    map[string]*filledRow // by review id
	strange []strangeRow
	lines   int // of users, the titles are not among them
	// addresses are how many there are, and pseudonyms how many of them are some.
	addresses, pseudonyms int
	absent                []string // compared columns that the file does not have
	words                 map[string]string
}

// readReview reads the rows of a file. expected has a hash of what every row of the
// review said, by review id; of a row that differs from it all is given to suspect, to
// be looked at when the population is read again.
func readReview(rows iter.Seq2[map[string]string, error], expected map[string]uint64, suspect func(reviewID string, found map[string]string)) (*reviewFile, error) {
	f := &reviewFile{rows: map[string]*filledRow{}, words: map[string]string{}}
	for row, err := range rows {
		if err != nil {
			return nil, fmt.Errorf("read row %d: %w", f.lines+2, err)
		}
		f.lines++
		if f.lines == 1 {
			if err := f.columns(row); err != nil {
				return nil, err
			}
		}
		f.countAddress(row["email"])
		line := lineOf(row, f.lines+1)
		id := strings.ToLower(strings.TrimSpace(row["review_id"]))
		want, ok := expected[id]
		if !ok {
			if !blankRow(row) {
				f.strange = append(f.strange, strangeRow{line, id, strings.TrimSpace(row["snapshot_id"]), personIn(row), decisionIn(row)})
			}
			continue
		}
		r := &filledRow{
			line: line, decision: f.word(decisionIn(row)), reviewer: f.word(strings.TrimSpace(row["reviewer"])),
			ticket: f.word(strings.TrimSpace(row["ticket"])), rationale: strings.TrimSpace(row["rationale"]) != "",
		}
		if hashOfRow(func(column string) string { return row[column] }) != want {
			suspect(id, maps.Clone(row))
		}
		if other := f.rows[id]; other != nil {
			other.again = r.line
			other.disputed = other.disputed || other.decision != r.decision
			continue
		}
		f.rows[id] = r
	}
	return f, nil
}

// columns checks that the file is a review at all.
func (f *reviewFile) columns(row map[string]string) error {
	for _, column := range []string{"review_id", "decision"} {
		if _, ok := row[column]; !ok {
			return fmt.Errorf("%w: there is no column %s", ErrNotReview, column)
		}
	}
	for _, column := range comparedColumns {
		if _, ok := row[column]; !ok {
			f.absent = append(f.absent, column)
		}
	}
	return nil
}

// lineOf is the number that a row brings, or else its place.
func lineOf(row map[string]string, place int) int {
	if n, err := strconv.Atoi(row[RowNumber]); err == nil {
		return n
	}
	return place
}

func (f *reviewFile) countAddress(address string) {
	address = strings.ToLower(strings.TrimSpace(address))
	if address == "" {
		return
	}
	f.addresses++
	if strings.HasSuffix(address, redactedDomain) {
		f.pseudonyms++
	}
}

// redacted reports whether the file has pseudonyms: in nearly all of its addresses, as
// reviewers may have mended one.
func (f *reviewFile) redacted() bool { return f.addresses > 0 && f.pseudonyms*10 >= f.addresses*9 }

// word keeps one copy of a text: reviewers, decisions and tickets repeat.
func (f *reviewFile) word(s string) string {
	if have, ok := f.words[s]; ok {
		return have
	}
	s = strings.Clone(s)
	f.words[s] = s
	return s
}

// decisionIn is the decision, as it is compared.
func decisionIn(row map[string]string) string {
	return strings.ToLower(strings.TrimSpace(row["decision"]))
}

// personIn is what the row calls the user.
func personIn(row map[string]string) string {
	for _, column := range []string{"display_name", "email", "user_name", "scim_user_id"} {
		if s := strings.TrimSpace(row[column]); s != "" {
			return s
		}
	}
	return ""
}

// blankRow reports whether nothing is in a row, as in those that spreadsheets add at
// the end.
func blankRow(row map[string]string) bool {
	for column, s := range row {
		if column != RowNumber && strings.TrimSpace(s) != "" {
			return false
		}
	}
	return true
}

// selfReviewed reports whether the reviewer is whom the row is about.
func selfReviewed(reviewer string, p person) bool {
	who := foldAddress(strings.TrimSpace(reviewer))
	if who == "" {
		return false
	}
	return slices.Contains(p.addresses, who) || slices.ContainsFunc([]string{p.userName, p.name}, func(s string) bool {
		return foldAddress(strings.TrimSpace(s)) == who
	})
}

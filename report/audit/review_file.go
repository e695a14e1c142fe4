package audit

import (
	"errors"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// ErrNotReview says that a file is no access review that somebody filled in.
var ErrNotReview = errors.New("not an access review")

// ErrRedacted says that a file has pseudonyms for people, and the question does not.
var ErrRedacted = errors.New("the review has pseudonyms")

// rowNumber is the key under which a row that is read may bring its number in the file,
// as a spreadsheet shows it. Without it rows are counted, the titles being the first.
const rowNumber = "_row"

// identityColumns are those by which a row of a review is known to be about whom it
// says. Times are not among them: spreadsheets write them as they like.
var identityColumns = []string{"provider_id", "scim_user_id", "external_id", "user_name", "display_name", "email", "active"}

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
	absent                []string // identity columns that the file does not have
	words                 map[string]string
}

// readReview reads the rows of a file. expected has a hash of the identity of every row
// of the review, by review id; of a row that differs from it the whole identity is
// given to suspect, to be looked at when the population is read again.
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
		if identityIn(func(column string) string { return row[column] }) != want {
			suspect(id, identityOf(row))
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
	for _, column := range identityColumns {
		if _, ok := row[column]; !ok {
			f.absent = append(f.absent, column)
		}
	}
	return nil
}

// lineOf is the number that a row brings, or else its place.
func lineOf(row map[string]string, place int) int {
	if n, err := strconv.Atoi(row[rowNumber]); err == nil {
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
		if column != rowNumber && strings.TrimSpace(s) != "" {
			return false
		}
	}
	return true
}

// identityOf is what a row says of who it is about.
func identityOf(row map[string]string) map[string]string {
	found := map[string]string{}
	for _, column := range identityColumns {
		if s, ok := row[column]; ok {
			found[column] = s
		}
	}
	return found
}

// identityIn is a hash of an identity, as it is compared.
func identityIn(value func(column string) string) uint64 {
	var b strings.Builder
	for _, column := range identityColumns {
		b.WriteString(asCompared(value(column)))
		b.WriteByte(0)
	}
	return hashOf(b.String())
}

// asCompared is a value as it was before a format or a spreadsheet had it: without
// quotes that keep it from being a formula, without white space, and without what
// formats show as an escape because it would not be seen; with its true and false as
// they are written here.
func asCompared(s string) string {
	s = strings.TrimLeft(shownEscape.ReplaceAllString(s, ""), "'")
	s = strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) || unicode.IsSpace(r) || unicode.Is(unicode.M, r) || strings.ContainsRune(unseen, r) {
			return -1
		}
		return r
	}, s)
	s = strings.TrimLeft(s, "'")
	if lower := strings.ToLower(s); lower == "true" || lower == "false" {
		return lower
	}
	return s
}

// shownEscape is how formats show what nobody would see; unseen are letters and symbols
// that show as nothing.
var shownEscape = regexp.MustCompile(`\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[nrt])`)

const unseen = "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffd"

// mismatches compares an identity with what the history says, column by column. A
// column that the file does not have says nothing; a number that lost its leading
// zeros is what a spreadsheet makes of one.
func mismatches(found map[string]string, expected func(column string) string) (list []mismatch) {
	for _, column := range identityColumns {
		was, ok := found[column]
		want := expected(column)
		if !ok || asCompared(was) == asCompared(want) || lostZeros(asCompared(want), asCompared(was)) {
			continue
		}
		list = append(list, mismatch{column, want, was})
	}
	return list
}

// lostZeros reports whether a number is another one without its leading zeros.
func lostZeros(number, without string) bool {
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	return digits(number) && digits(without) && strings.TrimLeft(number, "0") == strings.TrimLeft(without, "0")
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

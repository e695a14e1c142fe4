package report

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/idpsnap/idpsnap/report/audit"
)

// ReadReview yields the rows of an access review that somebody filled in: by the keys
// of the columns, what stands there, and by the key audit.RowNumber which row of the
// sheet it is. It takes what Evidence writes as CSV or as a workbook, also after a
// spreadsheet has saved it: with semicolons or tabs between the columns, a byte order
// mark, columns in another order, and columns added. What is none is an
// audit.ErrNotReview; what has to be saved in another format first is a FormatError.
func ReadReview(in io.Reader) iter.Seq2[map[string]string, error] {
	buffered := bufio.NewReader(in)
	start, _ := buffered.Peek(128) // what is shorter is given whole
	for _, f := range otherFormats {
		if bytes.HasPrefix(start, f.begins) && bytes.Contains(start, f.has) {
			return func(yield func(map[string]string, error) bool) { yield(nil, &FormatError{f.is}) }
		}
	}
	if bytes.HasPrefix(start, []byte("PK\x03\x04")) {
		return reviewWorkbook(buffered)
	}
	return reviewCSV(buffered)
}

// FormatError says that a file, which may well be a review, was saved in a format that
// is not read.
type FormatError struct{ is string }

func (e *FormatError) Error() string { return e.is }

// otherFormats are what spreadsheets save as well, by how such files begin and what
// they have near there.
var otherFormats = []struct {
	begins, has []byte
	is          string
}{
	{[]byte("PK\x03\x04"), []byte("mimetypeapplication/vnd.oasis.opendocument"), "it is an OpenDocument file"},
	{[]byte("\xd0\xcf\x11\xe0"), nil, "it is a workbook of an old Excel (.xls), or one with a password"},
	{[]byte("\xff\xfe"), nil, "it is UTF-16 text, not UTF-8"},
	{[]byte("\xfe\xff"), nil, "it is UTF-16 text, not UTF-8"},
}

// reviewKey is the column that an access review cannot do without.
const reviewKey = "review_id"

func reviewCSV(in *bufio.Reader) iter.Seq2[map[string]string, error] {
	return func(yield func(map[string]string, error) bool) {
		if mark, _ := in.Peek(3); string(mark) == "\ufeff" {
			_, _ = in.Discard(3) // as it was just seen
		}
		first, _ := in.Peek(in.Size()) // as much of the titles as there is
		line, rest, _ := bytes.Cut(first, []byte("\n"))
		if told := bytes.TrimRight(line, "\r"); len(told) == len("sep=;") && bytes.EqualFold(told[:4], []byte("sep=")) {
			_, _ = in.Discard(len(line) + 1) // for Excel, which does not show it
			line, _, _ = bytes.Cut(rest, []byte("\n"))
		}
		r := csv.NewReader(in)
		r.FieldsPerRecord, r.LazyQuotes = -1, false
		r.Comma = separator(line)
		var titles []string
		n := &csvRows{}
		for {
			cells, err := r.Read()
			if errors.Is(err, io.EOF) && titles != nil {
				return
			}
			if errors.Is(err, io.EOF) {
				yield(nil, fmt.Errorf("%w: it is empty", audit.ErrNotReview))
				return
			}
			if err != nil {
				yield(nil, fmt.Errorf("%w: %w", audit.ErrNotReview, err))
				return
			}
			n.next(r, cells)
			if slices.ContainsFunc(cells, func(c string) bool { return !utf8.ValidString(c) }) {
				// Every name in it that is not plain ASCII would seem to have been altered.
				yield(nil, &FormatError{fmt.Sprintf("row %d is not UTF-8", n.row)})
				return
			}
			if titles == nil {
				if titles, err = reviewTitles(cells); err != nil {
					yield(nil, err)
					return
				}
				continue
			}
			row := reviewRow(titles, cells, SpreadsheetUnsafe)
			if row == nil {
				continue
			}
			if row[audit.RowNumber] = strconv.Itoa(n.row); !yield(row, nil) {
				return
			}
		}
	}
}

// csvRows counts the rows of a CSV file as a spreadsheet does: one for each record,
// however many lines that takes, and one for each empty line, which package csv skips.
type csvRows struct {
	row  int // the last record's
	line int // where that ended
}

func (n *csvRows) next(r *csv.Reader, cells []string) {
	first, _ := r.FieldPos(0)
	last, _ := r.FieldPos(len(cells) - 1)
	n.row += first - n.line // the empty lines before it, and itself
	n.line = last + strings.Count(cells[len(cells)-1], "\n")
}

// separator is what stands between the titles: a spreadsheet writes what is usual where
// it is.
func separator(titles []byte) rune {
	found := ','
	for _, r := range ";\t" {
		if bytes.Count(titles, []byte(string(r))) > bytes.Count(titles, []byte(string(found))) {
			found = r
		}
	}
	return found
}

// reviewTitles finds the keys of the columns, which a workbook calls by their names.
func reviewTitles(cells []string) ([]string, error) {
	keys := map[string]string{}
	for _, c := range audit.ReviewColumns() {
		keys[strings.ToLower(c.Key)], keys[strings.ToLower(c.Name)] = c.Key, c.Key
	}
	titles := make([]string, len(cells))
	found := false
	for i, c := range cells {
		titles[i] = keys[strings.ToLower(strings.TrimSpace(c))] // "" for a column that somebody added
		found = found || titles[i] == reviewKey
	}
	if !found {
		return nil, fmt.Errorf("%w: it has no column %s", audit.ErrNotReview, reviewKey)
	}
	return titles, nil
}

// reviewRow gives a row, nil where nothing stands in it. value gives the text of a cell.
func reviewRow(titles, cells []string, value func(cell string) string) map[string]string {
	row := make(map[string]string, len(titles))
	empty := true
	for i, title := range titles {
		if title == "" {
			continue
		}
		row[title] = ""
		if i < len(cells) { // empty ones at the end are left out in a workbook
			row[title] = value(cells[i])
			empty = empty && strings.TrimSpace(cells[i]) == ""
		}
	}
	if empty {
		return nil
	}
	return row
}

func reviewWorkbook(in io.Reader) iter.Seq2[map[string]string, error] {
	return func(yield func(map[string]string, error) bool) {
		book, err := excelize.OpenReader(in, excelize.Options{RawCellValue: true, UnzipSizeLimit: maxWorkbook, UnzipXMLSizeLimit: 64 << 20})
		if err != nil {
			yield(nil, fmt.Errorf("%w: %w", audit.ErrNotReview, err))
			return
		}
		defer book.Close() //nolint:errcheck // nothing was written
		found := false
		for _, sheet := range book.GetSheetList() {
			if sheet != reviewSheet && !strings.HasPrefix(sheet, reviewSheet+" (") {
				continue
			}
			found = true
			if !sheetReview(book, sheet, yield) {
				return
			}
		}
		if !found {
			yield(nil, fmt.Errorf("%w: the workbook has no sheet %s", audit.ErrNotReview, reviewSheet))
		}
	}
}

// maxWorkbook bounds what a workbook may unpack to.
const maxWorkbook = 4 << 30

// sheetReview yields the rows of one sheet, and reports whether to go on.
func sheetReview(book *excelize.File, sheet string, yield func(map[string]string, error) bool) bool {
	rows, err := book.Rows(sheet)
	if err != nil {
		yield(nil, fmt.Errorf("%w: sheet %s: %w", audit.ErrNotReview, sheet, err))
		return false
	}
	defer rows.Close() //nolint:errcheck // nothing was written
	var titles []string
	for n := 1; rows.Next(); n++ { // also over rows that the file leaves out, as nothing is in them
		cells, err := rows.Columns()
		if err != nil {
			yield(nil, fmt.Errorf("%w: sheet %s: %w", audit.ErrNotReview, sheet, err))
			return false
		}
		if titles == nil {
			titles, _ = reviewTitles(cells) // there may be lines above the titles
			continue
		}
		row := reviewRow(titles, cells, func(cell string) string { return cell })
		if row == nil {
			continue
		}
		if yes, ok := map[string]string{"1": "true", "0": "false"}[row["active"]]; ok { // as a workbook keeps them
			row["active"] = yes
		}
		if row[audit.RowNumber] = strconv.Itoa(n); !yield(row, nil) {
			return false
		}
	}
	if titles == nil {
		yield(nil, fmt.Errorf("%w: sheet %s has no column %s", audit.ErrNotReview, sheet, reviewKey))
		return false
	}
	return true
}

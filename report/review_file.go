package report

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/idpsnap/idpsnap/report/audit"
)

// ErrNoReview marks a file that is no access review.
var ErrNoReview = errors.New("no access review")

// ReadReview yields the rows of an access review that somebody filled in: by the keys
// of the columns, what stands there, and by the key RowNumber which row of the sheet it
// is. It takes what Evidence writes as CSV or as a
// workbook, also after a spreadsheet has saved it: with semicolons or tabs between the
// columns, a byte order mark, columns in another order, and columns added.
func ReadReview(in io.Reader) iter.Seq2[map[string]string, error] {
	buffered := bufio.NewReader(in)
	start, _ := buffered.Peek(4) // what is shorter is no review
	if bytes.HasPrefix(start, []byte("PK\x03\x04")) {
		return reviewWorkbook(buffered)
	}
	return reviewCSV(buffered)
}

// RowNumber is the key under which a row of a review has its number, as a spreadsheet
// shows it beside the row. No column can have it.
const RowNumber = "_row"

// reviewKey is the column that an access review cannot do without.
const reviewKey = "review_id"

func reviewCSV(in *bufio.Reader) iter.Seq2[map[string]string, error] {
	return func(yield func(map[string]string, error) bool) {
		if mark, _ := in.Peek(3); string(mark) == "\ufeff" {
			_, _ = in.Discard(3) // as it was just seen
		}
		first, _ := in.Peek(in.Size()) // as much of the titles as there is
		line, _, _ := bytes.Cut(first, []byte("\n"))
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
				yield(nil, fmt.Errorf("%w: it is empty", ErrNoReview))
				return
			}
			if err != nil {
				yield(nil, fmt.Errorf("%w: %w", ErrNoReview, err))
				return
			}
			n.next(r, cells)
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
			if row[RowNumber] = strconv.Itoa(n.row); !yield(row, nil) {
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
		return nil, fmt.Errorf("%w: it has no column %s", ErrNoReview, reviewKey)
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
			yield(nil, fmt.Errorf("%w: %w", ErrNoReview, err))
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
			yield(nil, fmt.Errorf("%w: the workbook has no sheet %s", ErrNoReview, reviewSheet))
		}
	}
}

// maxWorkbook bounds what a workbook may unpack to.
const maxWorkbook = 4 << 30

// sheetReview yields the rows of one sheet, and reports whether to go on.
func sheetReview(book *excelize.File, sheet string, yield func(map[string]string, error) bool) bool {
	rows, err := book.Rows(sheet)
	if err != nil {
		yield(nil, fmt.Errorf("%w: sheet %s: %w", ErrNoReview, sheet, err))
		return false
	}
	defer rows.Close() //nolint:errcheck // nothing was written
	var titles []string
	for n := 1; rows.Next(); n++ { // also over rows that the file leaves out, as nothing is in them
		cells, err := rows.Columns()
		if err != nil {
			yield(nil, fmt.Errorf("%w: sheet %s: %w", ErrNoReview, sheet, err))
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
		if row[RowNumber] = strconv.Itoa(n); !yield(row, nil) {
			return false
		}
	}
	if titles == nil {
		yield(nil, fmt.Errorf("%w: sheet %s has no column %s", ErrNoReview, sheet, reviewKey))
		return false
	}
	return true
}

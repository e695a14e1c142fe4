package report

import (
	"fmt"
	"io"
	"iter"

	"github.com/idpsnap/idpsnap/report/audit"
)

// EvidenceFormats lists the formats that Evidence knows.
func EvidenceFormats() []string {
	return []string{"table", "csv", "json", "markdown", "html", "xlsx"}
}

// Evidence writes one report. Its rows are shown as they come; few are kept, however
// many there are. When they end in an error, that is returned and what was written
// stays written, but is visibly not the whole where the format can tell: JSON that is
// cut off does not parse.
func Evidence(w io.Writer, format string, s Style, r *audit.Report) error {
	switch format {
	case "table":
		return evidenceText(w, s, r)
	case "csv":
		if len(r.Tables) == 0 {
			return fmt.Errorf("report %s has no table that CSV could hold", r.Kind)
		}
		return evidenceCSV(w, &r.Tables[0])
	case "json":
		return evidenceJSON(w, r)
	case "markdown":
		return evidenceMarkdown(w, r)
	case "html":
		return evidenceHTML(w, []*audit.Report{r})
	case "xlsx":
		return evidenceXLSX(w, r)
	}
	return unknownFormatOf(format, EvidenceFormats())
}

// EvidenceTable writes one table of a report as CSV.
func EvidenceTable(w io.Writer, t *audit.Table) error { return evidenceCSV(w, t) }

// rowsOf yields the rows of a table. It ends in an error where there are other than
// the table says, in number or in cells: every format tells how many rows there are,
// so that it can be checked that nothing was cut off, and none may tell it wrongly.
func rowsOf(t *audit.Table) iter.Seq2[[]audit.Cell, error] {
	return func(yield func([]audit.Cell, error) bool) {
		n := 0
		if t.Rows != nil {
			for row, err := range t.Rows {
				switch {
				case err != nil:
					err = fmt.Errorf("table %s: %w", t.Name, err)
				case len(row) != len(t.Columns):
					err = fmt.Errorf("table %s: row %d has %d cells for %d columns", t.Name, n+1, len(row), len(t.Columns))
				}
				if err != nil {
					yield(nil, err)
					return
				}
				if n++; !yield(row, nil) {
					return
				}
			}
		}
		if n != t.Len {
			yield(nil, fmt.Errorf("table %s: %d rows where %d were counted", t.Name, n, t.Len))
		}
	}
}

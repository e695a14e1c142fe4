package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/report/audit"
)

// sheets makes an empty report of tables called NAME:SHEET.
func sheets(k audit.Kind, tables ...string) *audit.Report {
	r := &audit.Report{Kind: k, Title: "Some title"}
	for _, t := range tables {
		name, sheet, _ := strings.Cut(t, ":")
		r.Tables = append(r.Tables, audit.Table{Name: name, Title: "Some rows", Sheet: sheet, Columns: []audit.Column{{Key: "review_id", Name: "Review id"}}})
	}
	return r
}

func TestSheetsOfFurtherReportsSayWhoseTheyAre(t *testing.T) {
	review := sheets(audit.AccessReview, "population:Review", "exceptions:Exceptions", "left:Events", "providers:Summary")
	lifecycle := sheets(audit.Lifecycle, "events:Events", "by_provider:By provider", "not_known:Exceptions")
	for name, test := range map[string]struct {
		reports []*audit.Report
		want    string
	}{
		"one report":  {[]*audit.Report{review}, "Review, Exceptions, Events, Providers"},
		"another one": {[]*audit.Report{lifecycle}, "Events, By provider, Exceptions"},
		"all": {
			[]*audit.Report{
				review, lifecycle, sheets(audit.ConfigChanges, "changes:Changes", "not_known:Exceptions"),
				sheets(audit.Deprovisioning, "providers:Review", "findings:Exceptions"), sheets(audit.Posture, "providers:Providers", "findings:Exceptions"),
				sheets(audit.Coverage, "days:Days", "gaps:Exceptions"),
			},
			"Review, Exceptions, Events, Providers, Lifecycle Events, Lifecycle By provider, Lifecycle Not known, Changes, Changes Not known, " +
				"Deprovisioning, Deprovisioning Findings, Posture Providers, Posture Findings, Coverage Days, Coverage Gaps",
		},
		"the same twice": {[]*audit.Report{lifecycle, lifecycle, lifecycle}, "Events, By provider, Exceptions, Lifecycle Events, Lifecycle By provider, Lifecycle Not known, Lifecycle Events 2, Lifecycle By provider 2, Lifecycle Not known 2"},
		"a long name":    {[]*audit.Report{lifecycle, sheets(audit.Deprovisioning, "seats_that_nobody_has_had_for_long:x")}, "Events, By provider, Exceptions, Deprovisioning Seats that nobod"},
	} {
		list := openBook(t, workbook(t, test.reports...)).GetSheetList()
		if want := slices.Concat([]string{"Summary"}, strings.Split(test.want, ", "), []string{"Method"}); !slices.Equal(list, want) {
			t.Errorf("%s: %q", name, list)
		}
	}
}

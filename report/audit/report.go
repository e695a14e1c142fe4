// Package audit makes evidence out of a history: who had access on a day, who came
// and left, what was changed, what is missing. It computes; package report shows.
//
// Every report is the same type, Report: figures, charts and tables, with what an
// auditor asks of any list beside them: where it is from, what it covers, whether
// it is complete, what proves it and how it was made. So every format can show
// every report, and all of them show the same numbers.
//
// What was not read is not known. It is neither empty nor zero, and whoever was on a
// list that was not read did not leave: reports say so in Report.Unknown and with
// NotKnown in place of a value.
package audit

import (
	"context"
	"iter"
	"strconv"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// Kind says what a report is about.
type Kind string

// The kinds of reports, in the order in which people are shown them.
const (
	AccessReview   Kind = "access-review"
	Lifecycle      Kind = "lifecycle"
	ConfigChanges  Kind = "config-changes"
	Deprovisioning Kind = "deprovisioning"
	Posture        Kind = "posture"
	Coverage       Kind = "coverage"
)

// Kinds lists all kinds.
func Kinds() []Kind {
	return []Kind{AccessReview, Lifecycle, ConfigChanges, Deprovisioning, Posture, Coverage}
}

// Report is one report.
type Report struct {
	Kind  Kind
	Title string // "Access review"
	// Lead says in one or two sentences what is on top: is the period covered, is
	// anything critical?
	Lead []Remark
	// Facts answer the questions that are asked of any evidence, in this order of
	// groups: Source, Scope, Completeness, Integrity, Method.
	Facts   []Fact
	Figures []Figure
	Charts  []Chart
	Unknown []Unknown
	// Tables are the report's rows; the first is what the report is named after.
	Tables []Table
}

// Table gives the table of that name.
func (r *Report) Table(name string) (*Table, bool) {
	for i := range r.Tables {
		if r.Tables[i].Name == name {
			return &r.Tables[i], true
		}
	}
	return nil, false
}

// Remark is a sentence with its weight: Info where all is well.
type Remark struct {
	Severity diff.Severity
	Text     string
}

// FactGroup is one of the questions that are asked of any evidence.
type FactGroup string

// The groups of facts.
const (
	Source       FactGroup = "source"       // target, API host
	Scope        FactGroup = "scope"        // filters, period
	Completeness FactGroup = "completeness" // rows against what the API counted
	Integrity    FactGroup = "integrity"    // snapshot ids, digests
	Method       FactGroup = "method"       // command line, version
)

// Fact is one answer.
type Fact struct {
	Group FactGroup
	Key   string // stable, for programs: "period_from"
	Name  string // for people: "Period from"
	Value Cell
}

// Figure is a number on top of the report.
type Figure struct {
	Key      string // stable, for programs: "joiners"
	Name     string // for people: "Joiners"
	Value    Cell
	Severity diff.Severity // how much it asks for attention; Info for a mere number
	Minor    bool          // need not be shown to people where it is zero
}

// Matters reports whether people want to see the figure.
func (f Figure) Matters() bool {
	n, ok := f.Value.AsNumber()
	return !f.Minor || !ok || n != 0
}

// Unknown is something that the report says nothing about, and why.
type Unknown struct {
	What   string // in people's words: "users of Okta"
	When   string // which nights, "" where that is the report's moment
	Reason string
}

// ChartKind says what a chart looks like.
type ChartKind int

// A Line is for numbers over time, Bars are for counts in a while.
const (
	Line ChartKind = iota
	Bars
)

// Chart is a picture of numbers over time. Every number in it is in a table or
// figure, too.
type Chart struct {
	Name   string // "users", for anchors
	Title  string
	Kind   ChartKind
	Labels []string // of the points: "2026-09-30", "2026-09"
	Series []Series
}

// Series is one line, or one colour of bars.
type Series struct {
	Name     string
	Severity diff.Severity // where Weighed: its colour
	Weighed  bool
	// Values are one for each label; one that is not known is NaN, and a gap in the
	// picture.
	Values []float64
}

// Table is one list of a report.
type Table struct {
	Name    string // stable, for programs, anchors and file names: "population"
	Title   string // for people: "Who has access"
	Sheet   string // of a workbook: "Review", "Events", "Exceptions", …; tables of one sheet follow one another
	Empty   string // what to say where there is no row
	Columns []Column
	// Rows yields the rows, each with a cell for every column. It may be called more
	// than once, and reads the history anew each time: a long list is never kept. A row
	// is only valid until the next one.
	Rows iter.Seq2[[]Cell, error]
	// Len is how many rows there are; every format says it, and so everybody can check
	// that nothing was cut off.
	Len int
}

// Column is one column of a table.
type Column struct {
	Key  string // stable, for programs: "scim_user_id"
	Name string // for people: "SCIM user id"
	Role ColumnRole
	// Choices are the words that a reviewer may put here; where there are none,
	// anything.
	Choices []string
	// Minor columns are left out where there is no room: on a terminal and on paper.
	Minor bool
}

// ColumnRole says what is special about a column.
type ColumnRole int

// The roles.
const (
	Plain ColumnRole = iota
	// Reviewer columns are empty: a person fills them in.
	Reviewer
	// Weight columns hold the name of a severity.
	Weight
	// Code columns hold ids, JSON, addresses: text that machines read.
	Code
)

// Cell is one value. The zero Cell is None.
type Cell struct {
	kind cellKind
	text string
	num  int64
	at   time.Time
}

type cellKind int

const (
	noneCell cellKind = iota
	textCell
	numberCell
	timeCell
	boolCell
	settingCell
	unknownCell
)

// None is the value of what has none: an empty cell.
var None = Cell{}

// NotKnown is the value of what was not read.
var NotKnown = Cell{kind: unknownCell}

// Text makes a cell of text, as it was recorded: whoever shows it makes it harmless.
// Empty text is None.
func Text(s string) Cell {
	if s == "" {
		return None
	}
	return Cell{kind: textCell, text: s}
}

// Setting makes a cell of the path of a setting, a JSON Pointer; the empty one, which is
// that of a whole document, is None.
func Setting(pointer string) Cell {
	if pointer == "" {
		return None
	}
	return Cell{kind: settingCell, text: pointer}
}

// Number makes a cell of a number.
func Number[N int | int64](n N) Cell { return Cell{kind: numberCell, num: int64(n)} }

// Time makes a cell of a moment; the zero time is None.
func Time(t time.Time) Cell {
	if t.IsZero() {
		return None
	}
	return Cell{kind: timeCell, at: t.UTC()}
}

// Bool makes a cell of yes or no.
func Bool(b bool) Cell {
	c := Cell{kind: boolCell}
	if b {
		c.num = 1
	}
	return c
}

// Weigh makes a cell of a severity.
func Weigh(s diff.Severity) Cell { return Text(s.String()) }

// IsNone reports whether the cell is empty.
func (c Cell) IsNone() bool { return c.kind == noneCell }

// IsNotKnown reports whether the value was not read.
func (c Cell) IsNotKnown() bool { return c.kind == unknownCell }

// AsNumber gives the number of a cell made by Number.
func (c Cell) AsNumber() (int64, bool) { return c.num, c.kind == numberCell }

// AsBool gives the value of a cell made by Bool.
func (c Cell) AsBool() (value, ok bool) { return c.num == 1, c.kind == boolCell }

// AsTime gives the moment of a cell made by Time.
func (c Cell) AsTime() (time.Time, bool) { return c.at, c.kind == timeCell }

// AsText gives the text of a cell made by Text.
func (c Cell) AsText() (string, bool) { return c.text, c.kind == textCell }

// AsSetting gives the JSON Pointer of a cell made by Setting.
func (c Cell) AsSetting() (string, bool) { return c.text, c.kind == settingCell }

// String gives the value as CSV holds it, before anything is done against formulas:
// times are RFC 3339 in UTC, to the second; yes and no are true and false; what is
// not known is "not known"; None is "".
func (c Cell) String() string {
	switch c.kind {
	case noneCell:
		return ""
	case textCell, settingCell:
		return c.text
	case numberCell:
		return strconv.FormatInt(c.num, 10)
	case timeCell:
		return c.at.Format(time.RFC3339)
	case boolCell:
		if c.num == 1 {
			return "true"
		}
		return "false"
	case unknownCell:
		return "not known"
	}
	return ""
}

// History is what reports are made of. A store.Store is one.
type History interface {
	// Resources yields what a snapshot holds, of the kinds or, without any, of all, in
	// display order.
	Resources(ctx context.Context, id string, kinds ...snapshot.Kind) iter.Seq2[snapshot.Resource, error]
	// Members is Resources that tells of each since when it has been seen.
	Members(ctx context.Context, id string, kinds ...snapshot.Kind) iter.Seq2[snapshot.Member, error]
	// DifferencesIn yields the resources of the wanted collections whose documents
	// differ between two snapshots of one target, in display order.
	DifferencesIn(ctx context.Context, a, b string, wanted func(snapshot.Collection) bool) iter.Seq2[snapshot.Pair, error]
}

// Question is what a report is asked for.
type Question struct {
	Target     snapshot.Target
	TargetName string
	// Snapshots are all of the target that were recorded up to the moment that the
	// report is about, oldest first, safety snapshots among them.
	Snapshots []snapshot.Snapshot
	// Forgotten are those that the history once had: what they held is gone, that they
	// were taken is not.
	Forgotten []snapshot.Forgotten
	// From and To are the period, both included. At is the snapshot that a report about
	// one moment is about. Since is the snapshot that it is compared with: the newest
	// complete one at or before From; nil where the history does not reach that far.
	From, To time.Time
	At       *snapshot.Snapshot
	Since    *snapshot.Snapshot
	// AtAsked is the moment that was asked for, and for which At is the newest snapshot;
	// zero where none was.
	AtAsked time.Time

	Filter diff.Options  // Kinds, Providers, Types, AtLeast, Ignore and Rules count
	Every  time.Duration // how often a snapshot should have been taken; a day where 0
	Stale  time.Duration // after which a user that nobody updated counts as stale; 90 days where 0

	Asked   []Fact // of the group Scope: what the person asked for, as it was typed
	Command string // the command line
	Tool    string // version of idpsnap
	Redact  bool   // pseudonyms stand for people: see Pseudonymous
}

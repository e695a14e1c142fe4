// Package report turns results into bytes: text for people, JSON for programs, and
// what differs between two states (Diff) as Markdown and HTML, too.
//
// Text and JSON are one type each, which implements Printer; most kinds of results
// are one method of it. What differs (Diff), what happened (Log), and what is about
// plans and runs (Plan, Run, Done, Checklists, Impact, SecretsTemplate) are functions,
// which know formats and options of their own. What differs is made into words
// once, for all formats that people read (type comparison). Nothing here knows
// where results come from: neither the history nor Cloudflare, neither the clock
// nor the environment.
//
// What came from outside (names, errors, documents) passes through Safe before it
// gets into text, Markdown and HTML, so that nobody who names a user or a provider
// can write to the terminal of whoever reads about it. JSON holds everything exactly
// as recorded.
package report

import (
	"io"
	"iter"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Printer shows results. A method returns the first error of the writer, or of
// the sequence that it was given; what it wrote until then stays written.
type Printer interface {
	// Taken shows snapshots that have just been taken.
	Taken(snaps []snapshot.Snapshot) error
	// Snapshots lists snapshots of the history, in the order given.
	Snapshots(snaps []snapshot.Snapshot) error
	// Show shows a state and its resources, which come in display order
	// (snapshot.CompareResources) and are those of the kinds, or all where there are
	// none. They are shown as they come; few are kept, however many there are.
	Show(sn snapshot.Snapshot, kinds []snapshot.Kind, resources iter.Seq2[snapshot.Resource, error]) error
	// Resource shows everything about one resource of a state.
	Resource(sn snapshot.Snapshot, r snapshot.Resource) error
	// Verified shows what a check of the history found.
	Verified(v snapshot.Verification) error
	// Doctor shows what is well and what is not, and how to mend it.
	Doctor(checks []Check) error
}

// Style says how text may look. JSON has no style.
type Style struct {
	Color bool
	Width int // columns of the terminal; 0 where there is none: then no line is cut or wrapped
}

// Formats lists the formats that New knows.
func Formats() []string { return []string{"text", "json"} }

// New makes a Printer that writes to w in the format "text" or "json".
func New(format string, w io.Writer, s Style) (Printer, error) {
	switch format {
	case "text":
		return newText(w, s), nil
	case "json":
		return jsonPrinter{w}, nil
	}
	return nil, unknownFormat(format)
}

// Check is one thing that was looked at to see whether idpsnap can work.
type Check struct {
	Name   string // what was looked at: "credentials"
	Status CheckStatus
	Detail string // what was found
	Remedy string // what to do about it, where it is not OK
}

// CheckStatus says how a check ended.
type CheckStatus string

// A check that ends as Warn lets idpsnap work, though not all of it or not for
// long; one that ends as Fail does not.
const (
	OK   CheckStatus = "ok"
	Warn CheckStatus = "warn"
	Fail CheckStatus = "fail"
)

package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// RunFormats lists the formats that Runs, Run and Done know.
func RunFormats() []string { return []string{"text", "json"} }

// Runs lists plans that were carried out, or are being, in the order given.
func Runs(format string, w io.Writer, style Style, runs []migrate.Run) error {
	switch format {
	case "text":
		return newText(w, style).listRuns(runs)
	case "json":
		return jsonPrinter{w}.runs(runs)
	}
	return unknownFormat(format)
}

// Run shows everything about one run.
func Run(format string, w io.Writer, style Style, run migrate.Run) error {
	switch format {
	case "text":
		return newText(w, style).oneRun(run)
	case "json":
		return jsonPrinter{w}.oneRun(run)
	}
	return unknownFormat(format)
}

// planOf is what a run carries out, never nil.
func planOf(run migrate.Run) *migrate.Plan {
	if run.Plan == nil {
		return new(migrate.Plan)
	}
	return run.Plan
}

// outcomeOf is what came of a step, also where its journal has nothing of it.
func outcomeOf(s migrate.Step) migrate.Outcome {
	switch {
	case s.Outcome != "":
		return s.Outcome
	case s.Action.Action.Writes():
		return migrate.Pending
	}
	return migrate.Untouched
}

// targetOf is the id under which the target has what a step is about.
func targetOf(s migrate.Step) string { return cmp.Or(s.TargetID, s.Action.TargetID) }

// stepCounts says how many steps of a run ended how.
type stepCounts struct {
	Created, Updated, Deleted int
	Failed, Unknown, Pending  int
	Written, Writes           int // steps that have written, and that were to
}

func countSteps(steps []migrate.Step) stepCounts {
	var n stepCounts
	for _, s := range steps {
		if s.Action.Action.Writes() {
			n.Writes++
		}
		switch outcomeOf(s) {
		case migrate.Succeeded, migrate.Adopted:
			n.Written++
			switch s.Action.Action {
			case migrate.Create:
				n.Created++
			case migrate.Delete:
				n.Deleted++
			default:
				n.Updated++
			}
		case migrate.Failed:
			n.Failed++
		case migrate.Unknown:
			n.Unknown++
		case migrate.Pending:
			n.Pending++
		default:
		}
	}
	return n
}

// happened says what has been written: "2 created, 1 updated, 0 deleted".
func (n stepCounts) happened() string {
	return fmt.Sprintf("%s created, %s updated, %s deleted", number(n.Created), number(n.Updated), number(n.Deleted))
}

// missing says what has not: "1 failed, 2 not begun".
func (n stepCounts) missing() string {
	return numbers([]int{n.Failed, n.Unknown, n.Pending}, []string{"failed", "not known", "not begun"})
}

// endOf is the last line about a run; differs is how much of the target is not as
// planned, as far as it was read again.
func endOf(run migrate.Run, differs int) (line string, well bool) {
	n := countSteps(run.Steps)
	parts := n.missing()
	if differs > 0 {
		still := number(differs) + " still different"
		if differs == 1 {
			still = "1 still differs"
		}
		parts = strings.Join(append(nonEmpty(parts), still), ", ")
	}
	resume := "; idpsnap resume " + Safe(snapshot.ShortID(run.ID)) + " goes on"
	switch run.Status {
	case migrate.Done:
		if parts == "" {
			return "Done: " + n.happened() + ".", true
		}
		return "Incomplete: " + parts + resume, false
	case migrate.Running:
		if parts == "" {
			parts = "everything written, not yet read again"
		}
		return "Running: " + parts + ".", true
	case migrate.Interrupted:
		return "Interrupted: " + cmp.Or(parts, "everything written, not read again") + resume, false
	default:
		return "Incomplete: " + cmp.Or(parts, allButSeen) + resume, false
	}
}

// allButSeen is said where all was written, and the target was not read again or was
// not as it should be.
const allButSeen = "all written, but not found as planned"

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

package report

import (
	"io"
	"slices"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// Applied is what came of carrying a plan out.
type Applied struct {
	Run        migrate.Run
	Plan       *migrate.Plan // nil: that of the run
	Remaining  *migrate.Plan // what there would still be to do; nil if the target was not read again
	Checklists []migrate.Checklist
	References []migrate.Reference // that name a provider by an id which is another one now
	Dangling   []migrate.Reference // of the target, that name a provider which it does not have
	TokensFile string              // where SCIM tokens are put, "" if there is no such place; a step may name another
}

// Done shows what came of a run, right after it.
func Done(format string, w io.Writer, style Style, a Applied) error {
	switch format {
	case "text":
		return newText(w, style).done(a)
	case "json":
		return jsonPrinter{w}.done(a)
	}
	return unknownFormat(format)
}

func (a Applied) run() migrate.Run {
	if a.Run.Plan == nil {
		a.Run.Plan = a.Plan
	}
	return a.Run
}

// remaining are the actions that would still be to be done.
func (a Applied) remaining() []migrate.Action {
	if a.Remaining == nil {
		return nil
	}
	var list []migrate.Action
	for _, r := range a.Remaining.Actions {
		if r.Action.Writes() || r.Action == migrate.Blocked {
			list = append(list, r)
		}
	}
	return list
}

// done prints what came of each action, what still differs, and what is left to
// people.
func (t text) done(a Applied) error {
	w, run := newWriter(t.w), a.run()
	t.runHeader(w, run)
	open, over := openSteps(run.Steps)
	t.steps(w, over)
	if missing := countSteps(open).missing(); missing != "" {
		if len(over) == 0 {
			w.print("\n")
		}
		t.paragraph(w, "  ", missing+": see the end", t.bad)
	}
	t.lostTokens(w, run.Steps)
	t.keptTokens(w, run.Steps, a.TokensFile)
	t.leftReferences(w, a)
	if len(a.Checklists) > 0 {
		w.print("\n", t.bold("To do by hand"), "\n")
		t.checklists(w, a.Checklists)
	}
	differs := a.differing(open)
	t.readAgain(w, a, differs)
	if len(open) > 0 {
		w.print("\n", t.bold("Still to be done"), "\n")
		t.stepTable(w, open)
	}
	t.lastLine(w, run, len(differs))
	return w.end()
}

// openSteps tells steps of which nothing, as far as is known, came from the others.
// What went wrong is last: it is what decides how to go on.
func openSteps(steps []migrate.Step) (open, over []migrate.Step) {
	for _, s := range steps {
		switch outcomeOf(s) {
		case migrate.Failed, migrate.Unknown, migrate.Pending:
			open = append(open, s)
		default:
			over = append(over, s)
		}
	}
	slices.SortStableFunc(open, func(x, y migrate.Step) int { return rank(y) - rank(x) })
	return open, over
}

// differing are the remaining actions but for those that are open anyway: what was
// written, and is not so.
func (a Applied) differing(open []migrate.Step) []migrate.Action {
	return slices.DeleteFunc(a.remaining(), func(r migrate.Action) bool {
		return slices.ContainsFunc(open, func(s migrate.Step) bool {
			return r.Kind == s.Action.Kind && r.SourceID == s.Action.SourceID && r.Name == s.Action.Name && (r.TargetID == "" || r.TargetID == targetOf(s))
		})
	})
}

// readAgain says how the target is afterwards, and shows what was written and is not
// so.
func (t text) readAgain(w *writer, a Applied, differs []migrate.Action) {
	switch {
	case a.Remaining == nil:
		w.print("\n")
		t.paragraph(w, "", "Not read again: whether the target is as planned is not known.", t.warn)
	case len(a.remaining()) == 0:
		w.print("\n", "Read again: the target is as planned.\n")
	default:
		w.print("\n", t.bad("Read again: the target is not as planned."), "\n")
		rest := *a.Remaining
		rest.Actions = differs
		d := describe(&rest, PlanOptions{})
		t.actions(w, "Written, and still different", append(d.Providers, d.Others...))
	}
}

// leftReferences says what names providers that are not there: all of it, as nobody
// will ask again. Of the source it says what names those that have another id.
func (t text) leftReferences(w *writer, a Applied) {
	if r := referencesOf(a.Dangling, true); r != nil {
		w.print("\n", t.bold("In the target"), "\n")
		line := r.Kinds + " " + r.namesOrName() + " a provider that the target does not have."
		if !planOf(a.run()).Options.RewriteReferences {
			line += " " + rewriteRepairs
		}
		t.paragraph(w, "  ", line, nil)
		t.references(w, r)
	}
	if r := referencesOf(a.References, false); r != nil { // which id is which is said above
		r.first("idpsnap runs show " + Safe(snapshot.ShortID(a.Run.ID)) + " --json lists all")
		w.print("\n", t.bold("In the source"), "\n")
		t.paragraph(w, "  ", r.Kinds+" "+r.namesOrName()+" a provider that has another id in the target.", nil)
		t.references(w, r)
	}
}

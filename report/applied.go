package report

import (
	"io"

	"github.com/idpsnap/idpsnap/migrate"
)

// Applied is what came of carrying a plan out.
type Applied struct {
	Run        migrate.Run
	Plan       *migrate.Plan // nil: that of the run
	Remaining  *migrate.Plan // what there would still be to do; nil if the target was not read again
	Checklists []migrate.Checklist
	References []migrate.Reference // that name a provider by an id which is another one now
	Dangling   []migrate.Reference // of the target, that name a provider which it does not have
	TokensFile string              // where SCIM tokens were put, "" if there is no such place
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
	t.steps(w, run.Steps)
	t.lostTokens(w, run.Steps)
	if a.TokensFile != "" && countSteps(run.Steps).kept > 0 {
		w.print("\n", t.bold("SCIM tokens"), "\n")
		t.paragraph(w, "  ", "They are in "+Safe(a.TokensFile)+". Give each to the vendor of its provider: Cloudflare does not tell them again.", nil)
	}
	t.readAgain(w, a)
	t.leftReferences(w, a)
	if len(a.Checklists) > 0 {
		w.print("\n", t.bold("To do by hand"), "\n")
		t.checklists(w, a.Checklists)
	}
	t.lastLine(w, run, len(a.remaining()))
	return w.end()
}

// readAgain says how the target is afterwards.
func (t text) readAgain(w *writer, a Applied) {
	switch {
	case a.Remaining == nil:
		w.print("\n")
		t.paragraph(w, "", "Not read again: whether the target is as planned is not known.", t.warn)
	case len(a.remaining()) == 0:
		w.print("\n", "Read again: the target is as planned.\n")
	default:
		w.print("\n", t.bad("Read again: the target is not as planned."), "\n")
		d := describe(a.Remaining, PlanOptions{})
		t.actions(w, "Still to be done", append(d.Providers, d.Others...))
	}
}

// leftReferences says what names providers that are not there, or have another id: all
// of it, as nobody will ask again.
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
		w.print("\n", t.bold("In the source"), "\n")
		t.paragraph(w, "  ", r.Kinds+" "+r.namesOrName()+" a provider that has another id in the target.", nil)
		t.references(w, r)
	}
}

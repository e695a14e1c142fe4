package report

import (
	"cmp"
	"slices"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// runJSON is a plan that is being or was carried out.
type runJSON struct {
	ID             string            `json:"id"`
	Verb           migrate.Verb      `json:"verb"`
	Source         string            `json:"source"` // address of the target that the state is of
	SourceState    string            `json:"source_state"`
	SourceSnapshot string            `json:"source_snapshot"` // the full digest; "" of a live state or a file
	Target         string            `json:"target"`
	TargetName     string            `json:"target_name"`
	Status         migrate.RunStatus `json:"status"`
	StartedAt      string            `json:"started_at"`
	FinishedAt     string            `json:"finished_at,omitempty"` // absent while it has not ended
	SafetySnapshot string            `json:"safety_snapshot"`
	Actions        []stepJSON        `json:"actions"`
	// References are those of the source, where one run is shown alone.
	References []migrate.Reference `json:"references,omitempty"`
}

// stepJSON is what came of one action.
type stepJSON struct {
	Action    migrate.Verdict `json:"action"`
	Kind      snapshot.Kind   `json:"kind"`
	Name      string          `json:"name"`
	Type      snapshot.Type   `json:"type"` // "" of what is no provider
	SourceID  string          `json:"source_id"`
	TargetID  string          `json:"target_id"` // of what was created, too
	Outcome   migrate.Outcome `json:"outcome"`
	Error     string          `json:"error"`
	TokenKept bool            `json:"token_kept"`
	TokenLost bool            `json:"token_lost"`
	TokenFile string          `json:"token_file,omitempty"` // in which it is kept
}

func (p jsonPrinter) runs(runs []migrate.Run) error {
	list := make([]runJSON, len(runs))
	for i, run := range runs {
		list[i] = asRunJSON(run)
	}
	return p.listRuns(list)
}

// oneRun tells more of a run than a list does.
func (p jsonPrinter) oneRun(run migrate.Run) error {
	one := asRunJSON(run)
	one.References = referencesJSON(planOf(run).References)
	became := map[string]string{}
	for _, s := range run.Steps {
		if s.Action.Kind == snapshot.IdentityProvider && movedID(s) {
			became[s.Action.SourceID] = targetOf(s)
		}
	}
	for _, r := range one.References {
		for i := range r.Providers {
			r.Providers[i].NewID = cmp.Or(became[r.Providers[i].ID], r.Providers[i].NewID)
		}
	}
	return p.listRuns([]runJSON{one})
}

func (p jsonPrinter) listRuns(runs []runJSON) error {
	w := newWriter(p.w)
	w.print(`{"format_version":"`, formatVersion, `","runs":[`)
	for i, run := range runs {
		w.separate(i)
		w.json(run)
	}
	w.close(len(runs))
	return w.end()
}

func asRunJSON(run migrate.Run) runJSON {
	plan := planOf(run)
	out := runJSON{
		ID: run.ID, Verb: plan.Verb, Source: plan.Source.Target, SourceState: plan.Source.State, SourceSnapshot: plan.Source.Snapshot,
		Target: plan.Target.Target, TargetName: plan.Target.TargetName, Status: run.Status, StartedAt: timeJSON(run.StartedAt),
		SafetySnapshot: run.Safety, Actions: make([]stepJSON, 0, len(run.Steps)),
	}
	if !run.FinishedAt.IsZero() {
		out.FinishedAt = timeJSON(run.FinishedAt)
	}
	for _, s := range run.Steps {
		a := s.Action
		out.Actions = append(out.Actions, stepJSON{
			a.Action, a.Kind, a.Name, a.Type, a.SourceID, targetOf(s), outcomeOf(s), s.Error, s.TokenKept, s.TokenLost, s.TokenFile,
		})
	}
	return out
}

// appliedJSON is what came of a run.
type appliedJSON struct {
	FormatVersion string              `json:"format_version"`
	Run           runJSON             `json:"run"`
	IDs           []idJSON            `json:"ids"`       // that differ between source and target
	Checked       bool                `json:"checked"`   // the target was read again
	Remaining     []remainingJSON     `json:"remaining"` // what then differed from the plan
	Checklists    []migrate.Checklist `json:"checklists"`
	References    []migrate.Reference `json:"references"`
	Dangling      []migrate.Reference `json:"dangling"`
	TokensFile    string              `json:"tokens_file"` // where SCIM tokens are kept, "" if there are none
}

type idJSON struct {
	Old  string        `json:"old"`
	New  string        `json:"new"`
	Name string        `json:"name"`
	Type snapshot.Type `json:"type"`
}

type remainingJSON struct {
	Action  migrate.Verdict  `json:"action"`
	Name    string           `json:"name"`
	Type    snapshot.Type    `json:"type"`
	Kind    snapshot.Kind    `json:"kind"`
	Changes []migrate.Change `json:"changes"`
}

func (p jsonPrinter) done(a Applied) error {
	out := appliedJSON{
		FormatVersion: formatVersion, Run: asRunJSON(a.run()), IDs: []idJSON{}, Checked: a.Remaining != nil, Remaining: []remainingJSON{},
		Checklists: checklistsJSON(a.Checklists), References: referencesJSON(a.References), Dangling: referencesJSON(a.Dangling), TokensFile: a.TokensFile,
	}
	for _, s := range a.Run.Steps {
		if id := targetOf(s); s.Action.Kind == snapshot.IdentityProvider && movedID(s) {
			out.IDs = append(out.IDs, idJSON{s.Action.SourceID, id, s.Action.Name, s.Action.Type})
		}
	}
	for _, r := range a.remaining() {
		out.Remaining = append(out.Remaining, remainingJSON{r.Action, r.Name, r.Type, r.Kind, orEmpty(r.Changes)})
	}
	return p.one(out)
}

// movedID reports whether a step gave a resource another id than the source has.
func movedID(s migrate.Step) bool {
	id := targetOf(s)
	return s.Action.SourceID != "" && id != "" && id != s.Action.SourceID
}

// orEmpty makes a list that JSON writes as one even if it is empty.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func referencesJSON(list []migrate.Reference) []migrate.Reference {
	out := make([]migrate.Reference, len(list))
	for i, r := range list {
		r.Providers = slices.Clone(orEmpty(r.Providers))
		for j := range r.Providers {
			r.Providers[j].Paths = listed(r.Providers[j].Paths)
		}
		out[i] = r
	}
	return out
}

func checklistsJSON(lists []migrate.Checklist) []migrate.Checklist {
	out := make([]migrate.Checklist, len(lists))
	for i, l := range lists {
		l.Items = orEmpty(l.Items)
		out[i] = l
	}
	return out
}

package report

import "github.com/idpsnap/idpsnap/snapshot"

type forgettingJSON struct {
	FormatVersion string       `json:"format_version"`
	DryRun        bool         `json:"dry_run"`
	Policy        string       `json:"policy"` // as it was typed; "" where snapshots were named
	Targets       []judgedJSON `json:"targets"`
	Forgotten     int          `json:"forgotten"` // how many were: none by a dry run
	Pruned        *prunedJSON  `json:"pruned"`    // null where nothing was
}

type judgedJSON struct {
	Target string        `json:"target"`
	Keep   []verdictJSON `json:"keep"`
	Remove []verdictJSON `json:"remove"`
}

type verdictJSON struct {
	ID      string          `json:"id"`
	TakenAt string          `json:"taken_at"`
	Status  snapshot.Status `json:"status"`
	Origin  snapshot.Origin `json:"origin,omitempty"`
	Reasons []string        `json:"reasons"` // why it is kept; none of what is removed
}

// prunedJSON is the size of the file in bytes.
type prunedJSON struct {
	Before  int64 `json:"before"`
	After   int64 `json:"after"`
	Removed bool  `json:"removed"` // something was: it may leave the size as it is
}

// forgottenJSON is a snapshot that the history does not hold any more.
type forgottenJSON struct {
	ID          string `json:"id"`
	Target      string `json:"target"`
	TakenAt     string `json:"taken_at"`
	ForgottenAt string `json:"forgotten_at"`
	Why         string `json:"why"` // the policy as it was typed, or "named by hand"
}

func (p jsonPrinter) forget(f Forgetting) error {
	out := forgettingJSON{FormatVersion: formatVersion, DryRun: f.DryRun, Policy: f.Policy, Targets: []judgedJSON{}}
	if !f.DryRun {
		out.Forgotten = f.removed()
	}
	if f.Pruned != nil {
		out.Pruned = &prunedJSON{f.Pruned.Before, f.Pruned.After, f.Pruned.Removed}
	}
	for _, j := range f.byTarget() {
		out.Targets = append(out.Targets, judgedJSON{j.newest.Target.String(), asVerdictsJSON(j.keep), asVerdictsJSON(j.remove)})
	}
	return p.one(out)
}

func asVerdictsJSON(list []snapshot.Verdict) []verdictJSON {
	out := make([]verdictJSON, 0, len(list))
	for _, v := range list {
		out = append(out, verdictJSON{
			ID: v.ID, TakenAt: timeJSON(v.TakenAt), Status: v.Status(), Origin: v.Origin, Reasons: append([]string{}, v.Reasons...),
		})
	}
	return out
}

func asForgottenJSON(list []snapshot.Forgotten) []forgottenJSON {
	var out []forgottenJSON
	for _, f := range list {
		out = append(out, forgottenJSON{
			ID: f.ID, Target: f.Target.String(), TakenAt: timeJSON(f.TakenAt), ForgottenAt: timeJSON(f.ForgottenAt), Why: f.Why,
		})
	}
	return out
}

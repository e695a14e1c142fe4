package migrate

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Replay makes a run of the lines of its journal. alive reports whether a process
// still runs: a run that has not ended and whose process does not is interrupted.
// present are the providers that were there before each creation that was begun.
func Replay(id string, entries []Entry, alive func(Process) bool) (r Run, present map[int][]string, err error) {
	r = Run{ID: id, Status: Running, Entries: len(entries)}
	present = map[int][]string{}
	for _, e := range entries {
		if err := r.take(e, present); err != nil {
			return r, nil, fmt.Errorf("journal of run %s, line %d: %w", snapshot.ShortID(id), e.Seq, err)
		}
	}
	if r.Plan == nil {
		return r, nil, fmt.Errorf("journal of run %s: it has no beginning", snapshot.ShortID(id))
	}
	if r.Status == Running && !alive(r.Process) {
		r.Status = Interrupted
	}
	return r, present, nil
}

func (r *Run) take(e Entry, present map[int][]string) error {
	switch e.Event {
	case EventBegin:
		var b Begin
		if err := json.Unmarshal(e.Data, &b); err != nil {
			return err
		}
		p, err := parsePlan(b.Plan, false)
		if err != nil {
			return err
		}
		r.Plan, r.Safety, r.Process, r.StartedAt, r.Steps = p, b.Safety, b.Process, e.At, NewSteps(p)
	case EventClaim:
		var c Claim
		if err := json.Unmarshal(e.Data, &c); err != nil {
			return err
		}
		r.Process, r.Status, r.FinishedAt = c.Process, Running, time.Time{}
	case EventIntent:
		var in Intent
		if err := json.Unmarshal(e.Data, &in); err != nil {
			return err
		}
		if in.Step < 0 || in.Step >= len(r.Steps) {
			return fmt.Errorf("no step %d", in.Step)
		}
		r.Steps[in.Step].Outcome, present[in.Step] = Unknown, in.Present
		r.Steps[in.Step].TokenFile = in.TokenFile
	case EventOutcome:
		var res Result
		if err := json.Unmarshal(e.Data, &res); err != nil {
			return err
		}
		if res.Step < 0 || res.Step >= len(r.Steps) {
			return fmt.Errorf("no step %d", res.Step)
		}
		s := &r.Steps[res.Step]
		s.Outcome, s.TargetID, s.Error, s.TokenKept, s.TokenLost = res.Outcome, res.TargetID, res.Error, res.TokenKept, res.TokenLost
		s.SCIMBaseURL, s.TokenFile, s.After = res.SCIMBaseURL, res.TokenFile, res.After
	case EventEnd:
		var end End
		if err := json.Unmarshal(e.Data, &end); err != nil {
			return err
		}
		r.Status, r.FinishedAt = end.Status, e.At
	}
	return nil
}

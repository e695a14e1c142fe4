package commands

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/snapshot"
)

// verdict is how a run ended, as an exit status.
func (c *carrier) verdict(id string, failure, unread error, left []migrate.Action) error {
	hint := fmt.Sprintf("idpsnap runs show %s tells what failed, idpsnap resume %s tries it again", snapshot.ShortID(id), snapshot.ShortID(id))
	switch {
	case errors.Is(failure, migrate.ErrUnsettled):
		return &problem{class: errIncomplete, cause: failure, text: failure.Error(), hint: hint}
	case failure != nil && !errors.Is(failure, migrate.ErrFailed):
		return &problem{class: failure, cause: failure, text: failure.Error(), hint: hint}
	case failure != nil:
		return &problem{class: errIncomplete, cause: failure, text: "not everything was carried out", hint: hint}
	case unread != nil:
		return &problem{class: errIncomplete, cause: unread, text: fmt.Sprintf("all was written, but the target could not be read again: %v", unread), hint: "idpsnap diff tells how it stands"}
	case len(left) > 0:
		return &problem{class: errIncomplete, text: fmt.Sprintf("all was written, and %s still not as planned", things(len(left), "resource is", "resources are")), hint: "above is what; Cloudflare may not keep every setting, or somebody else changed it: a new plan shows how it stands"}
	}
	return nil
}

func things(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// lookAgain reads the target again, and finds what still differs.
func (c *carrier) lookAgain(ctx context.Context, p planned, steps []migrate.Step) (report.Applied, []migrate.Action, error) {
	done := report.Applied{Plan: p.Plan, TokensFile: c.tokens.out, References: p.References}
	done.Checklists = checklistsOf(p.Plan, steps)
	now, left, err := c.remaining(ctx, p, steps)
	if err != nil {
		return done, nil, err
	}
	remaining := *p.Plan
	remaining.Actions = left
	done.Remaining = &remaining
	done.Dangling = migrate.StillDangling(p.Plan, steps, now)
	return done, left, nil
}

// looks are the pauses before the target is read once more where it does not show yet
// what was written: a list may lag behind.
var looks = []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}

// remaining reads the target until it shows all that was written, or does not for too
// long.
func (c *carrier) remaining(ctx context.Context, p planned, steps []migrate.Step) (now migrate.State, left []migrate.Action, err error) {
	written := 0
	for _, s := range steps {
		if s.Action.Action.Writes() && (s.Outcome == migrate.Succeeded || s.Outcome == migrate.Adopted) {
			written++
		}
	}
	for try := 0; ; try++ {
		if now, err = readTarget(ctx, c.env, c.shared, p.to); err != nil {
			return now, nil, err
		}
		if left, err = migrate.Remaining(steps, now); err != nil {
			return now, nil, err
		}
		if try == len(looks) || len(left) <= p.Count(migrate.Create)+p.Count(migrate.Update)+p.Count(migrate.Delete)-written {
			return now, left, nil
		}
		if err := c.env.Sleep(ctx, looks[try]); err != nil {
			return now, left, nil //nolint:nilerr // whoever presses Ctrl-C is told how it stands
		}
	}
}

// checklistsOf are what is left to do by hand for each provider that was created.
func checklistsOf(p *migrate.Plan, steps []migrate.Step) []migrate.Checklist {
	var lists []migrate.Checklist
	for _, st := range steps {
		a := st.Action
		created := a.Action == migrate.Create && st.TargetID != ""
		// What is another application now has to know the target's addresses.
		changed := a.Action == migrate.Update && a.Kind == snapshot.IdentityProvider && st.Outcome != migrate.Pending &&
			(p.Source.Target != p.Target.Target || a.TellsToken)
		if created || changed {
			lists = append(lists, migrate.ChecklistOf(st.Action, p, st.TargetID, st.SCIMBaseURL, st.TokenFile, st.TokenLost))
		}
	}
	return lists
}

// show prints what was done, and writes the checklist.
func (c *carrier) show(ctx context.Context, done report.Applied) error {
	format, err := c.checklistFormat()
	if err != nil {
		return err
	}
	lists := done.Checklists
	if format != "" && !c.shared.json {
		done.Checklists = nil
	}
	if err := report.Done(c.shared.format(), c.env.Stdout, c.shared.style(c.env), done); err != nil {
		return err
	}
	if format == "" {
		return nil
	}
	var text bytes.Buffer
	if err := report.Checklists(format, &text, report.Style{}, done.Plan, done.Run.ID, lists, done.Dangling); err != nil {
		return err
	}
	if _, err := createPrivate(c.checklist, text.Bytes()); err != nil {
		return notCreated("--checklist", c.checklist, err)
	}
	c.say.tell(ctx, "what is left to do by hand is in %s", c.checklist)
	return nil
}

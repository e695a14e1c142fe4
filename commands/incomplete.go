package commands

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/snapshot"
)

// failedTarget is a target of which nothing was recorded.
type failedTarget struct {
	selection

	err error
}

// takenError says what is missing in what was taken: nothing (nil), all of the
// only target (its error), or a part.
func takenError(all bool, taken []snapshot.Snapshot, failures []failedTarget) error {
	if len(failures) == 1 && !all {
		return failures[0].err
	}
	var lines []string
	for _, sn := range taken {
		for _, line := range failedLines(sn, nil) {
			lines = append(lines, snapshot.ShortID(sn.ID)+" "+line)
		}
	}
	lines = append(lines, targetLines(failures)...)
	switch {
	case len(lines) == 0:
		return nil
	case len(taken) > 0:
		return &problem{
			class: errIncomplete, text: "incomplete: not everything could be read\n" + strings.Join(lines, "\n"),
			hint: "the rest is recorded; the next complete snapshot is compared to the last complete one",
		}
	case len(failures) == 1:
		return fmt.Errorf("%s: %w", failures[0].selection, failures[0].err)
	}
	nothing := &problem{
		class: errNothing, text: fmt.Sprintf("nothing was recorded of any of %d targets\n%s", len(failures), strings.Join(lines, "\n")),
		hint: "idpsnap doctor --profile NAME looks into one of them",
	}
	if allForbidden(failures) {
		nothing.class = errCredentials
	}
	return nothing
}

func allForbidden(failures []failedTarget) bool {
	return !slices.ContainsFunc(failures, func(f failedTarget) bool {
		return !errors.Is(f.err, snapshot.ErrForbidden) && !errors.Is(f.err, errCredentials)
	})
}

// targetLines gives one line for each cause: the targets that failed for it, and what
// to do about it where the error knows.
func targetLines(failures []failedTarget) []string {
	var lines []string
	for i, f := range failures {
		why := report.Gist(f.err.Error())
		same := func(g failedTarget) bool { return report.Gist(g.err.Error()) == why }
		if slices.ContainsFunc(failures[:i], same) {
			continue
		}
		names := []string{f.String()}
		for _, g := range failures[i+1:] {
			if same(g) {
				names = append(names, g.String())
			}
		}
		if len(names) == 1 {
			why = f.err.Error()
		}
		var p *problem
		if errors.As(f.err, &p) && p.hint != "" {
			why += " (" + p.hint + ")"
		}
		lines = append(lines, strings.Join(names, ", ")+": "+strings.ReplaceAll(why, "\n", "\n    "))
	}
	return lines
}

// failedLines gives one line for each cause for which collections of the kinds, or
// of any where there are none, could not be read. The result says more.
func failedLines(sn snapshot.Snapshot, kinds []snapshot.Kind) []string {
	const most = 3
	var lines []string
	for _, c := range report.Causes(sn, kinds...) {
		if c.Status != snapshot.Failed {
			continue
		}
		var names []string
		for i, capture := range c.Captures {
			if i == most {
				names = append(names, fmt.Sprintf("%d more", len(c.Captures)-most))
				break
			}
			names = append(names, collectionLabel(capture))
		}
		lines = append(lines, strings.Join(names, ", ")+": "+c.Gist)
	}
	return lines
}

// incompleteState is the error for a state that was shown and is not whole: a
// live reading or a partial snapshot.
func incompleteState(sn snapshot.Snapshot, kinds []snapshot.Kind) error {
	if slices.ContainsFunc(kinds, snapshot.Kind.IsSCIM) {
		kinds = append(slices.Clone(kinds), snapshot.IdentityProvider) // which say what SCIM lists there are
	}
	lines := failedLines(sn, kinds)
	if lines == nil {
		return nil
	}
	return &problem{
		class: errIncomplete, text: "incomplete: not everything could be read\n" + strings.Join(lines, "\n"),
		hint: "what could not be read is unknown, not empty",
	}
}

// collectionLabel names a collection with its provider's name, where it has one.
func collectionLabel(c snapshot.Capture) string {
	if c.ProviderName == "" {
		return c.String()
	}
	return fmt.Sprintf("%s of %s", c.Kind, report.Safe(c.ProviderName))
}

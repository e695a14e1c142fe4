package diff

import (
	"errors"
	"fmt"
	"slices"

	"github.com/idpsnap/idpsnap/snapshot"
)

// check refuses a rule that could never apply, or that says what it cannot mean.
func (r Rule) check() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("rule %q: %w", r.Name, fmt.Errorf(format, args...))
	}
	switch {
	case r.Name == "":
		return errors.New("a rule has no name")
	case r.Severity < Info || r.Severity > Critical:
		return bad("there is no %s", r.Severity)
	case r.Kind != "" && !slices.Contains(kinds, r.Kind):
		return bad("there is no kind %q", r.Kind)
	case r.Action != "" && r.Action != Added && r.Action != Changed && r.Action != Removed:
		return bad("an action is %s, %s or %s, not %q", Added, Changed, Removed, r.Action)
	case len(r.Types) > 0 && r.Kind != "" && r.Kind != idp:
		return bad("types are of providers, not of kind %s", r.Kind)
	case (r.Becomes != "" || r.To != "" || r.Gains != "") && len(r.Paths) == 0:
		return bad("becomes, to and gains are said of settings: name the path")
	case r.Becomes != "" && r.Becomes != "on" && r.Becomes != "off":
		return bad("becomes on or off, not %q", r.Becomes)
	case (len(r.Paths) > 0 || r.Computed) && (r.Recreated || r.Action != "" && r.Action != Changed):
		return bad("a path is of a resource that changed, not of one that came, went or was created again")
	case r.Recreated && r.Action != "" && r.Action != Changed:
		return bad("what was created again has changed, it was not %s", r.Action)
	case !(r.Percent >= 0 && r.Percent <= 100): // nor is it no number
		return bad("percent is between 0 and 100")
	case r.Percent > 0 && (len(r.Paths) > 0 || r.Computed || len(r.Types) > 0 || r.Action != "" || r.Recreated || r.Elsewhere):
		return bad("percent goes with kind alone")
	case r.Percent > 0 && !r.Kind.IsSCIM():
		return bad("percent is of a list of %s or %s", snapshot.SCIMUser, snapshot.SCIMGroup)
	}
	for _, p := range r.Paths {
		if p != "" && p[0] != '/' {
			return bad("path %q is no JSON Pointer: it begins with /", p)
		}
	}
	return nil
}

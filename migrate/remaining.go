package migrate

import (
	"github.com/idpsnap/idpsnap/snapshot"
)

// Remaining are the actions after which the target, as it was read again,
// is not what they were to make of it: with what still differs. An action that was not
// carried out remains.
func Remaining(steps []Step, target State) ([]Action, error) {
	b := &builder{source: target, target: target, within: true}
	live := map[string]*snapshot.Resource{}
	for _, list := range [][]snapshot.Resource{target.Providers, target.References} {
		for i := range list {
			live[list[i].ID] = &list[i]
		}
	}
	var left []Action
	for i := range steps {
		s := &steps[i]
		a := s.Action
		if !a.Action.Writes() {
			continue
		}
		a.TargetID = s.TargetID
		have := live[s.TargetID]
		done := false
		switch {
		case s.open():
		case a.Action == Delete:
			done = have == nil
		case have == nil:
		case a.Kind.IsReference():
			ids := map[string]string{}
			for old := range a.Replaces {
				ids[old] = "not " + old // what it becomes is of no matter
			}
			_, names, err := rewritten(ownPart(*have), ids)
			if err != nil {
				return nil, err
			}
			now, err := fingerprint(have.Kind, ownPart(*have).Document)
			if err != nil {
				return nil, err
			}
			done = !names && (s.After == "" || now == s.After)
		case reached(*have, a.Settings):
			done = true
		default:
			want := snapshot.Resource{Collection: have.Collection, ID: have.ID}
			var err error
			if want.Document, err = snapshot.NewDocument(a.Settings); err != nil {
				return nil, err
			}
			if a.Changes, err = b.changes(have, &want); err != nil {
				return nil, err
			}
		}
		if !done {
			left = append(left, a)
		}
	}
	return left, nil
}

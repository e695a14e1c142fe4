package audit

import (
	"fmt"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// findDuplicates finds the addresses that several users of the target have, those that
// the filter does not let through among them.
func (v *review) findDuplicates() error {
	whole, err := rosterOf(v.ctx, v.history, v.q.At, diff.Options{})
	if err != nil {
		return err
	}
	v.anywhere = whole.read && len(whole.calledThose(listUnread)) == 0
	var all hashes
	for r, err := range v.history.Resources(v.ctx, v.q.At.ID, snapshot.SCIMUser) {
		if err != nil {
			return fmt.Errorf("list the users of %s: %w", snapshot.ShortID(v.q.At.ID), err)
		}
		for _, a := range personOf(r).addresses {
			all = append(all, hashOf(a))
		}
	}
	v.duplicates = all.repeated()
	return nil
}

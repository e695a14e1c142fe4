package audit

import (
	"context"
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
	v.duplicates, err = duplicatesIn(v.ctx, v.history, v.q.At.ID)
	return err
}

// duplicatesIn are the addresses that several users of a snapshot have.
func duplicatesIn(ctx context.Context, h History, id string) (hashes, error) {
	var all hashes
	for r, err := range h.Resources(ctx, id, snapshot.SCIMUser) {
		if err != nil {
			return nil, fmt.Errorf("list the users of %s: %w", snapshot.ShortID(id), err)
		}
		for _, a := range personOf(r).addresses {
			all = append(all, hashOf(a))
		}
	}
	return all.repeated(), nil
}

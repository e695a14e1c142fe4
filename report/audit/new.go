package audit

import (
	"context"
	"fmt"
)

// OfMoment reports whether reports of the kind are about a moment, and not about a
// period.
func (k Kind) OfMoment() bool { return k == AccessReview || k == Deprovisioning || k == Posture }

// New makes a report of the kind. Its tables read the history when they are shown.
func New(ctx context.Context, k Kind, h History, q Question) (*Report, error) {
	switch k {
	case AccessReview:
		return NewAccessReview(ctx, h, q)
	case Lifecycle:
		return NewLifecycle(ctx, h, q)
	case ConfigChanges:
		return NewConfigChanges(ctx, h, q)
	case Deprovisioning:
		return NewDeprovisioning(ctx, h, q)
	case Posture:
		return NewPosture(ctx, h, q)
	case Coverage:
		return NewCoverage(ctx, h, q)
	}
	return nil, fmt.Errorf("unknown report %q", k)
}

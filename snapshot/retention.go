package snapshot

import "time"

// Forgotten is a snapshot that a history does not hold any more. That it was taken,
// and what it said it held, stays known; what it held does not.
type Forgotten struct {
	Snapshot
	ForgottenAt time.Time
	// Why is the policy, or the word of the person, by which it was forgotten.
	Why string
}

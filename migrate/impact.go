package migrate

import "github.com/idpsnap/idpsnap/snapshot"

// Impact is what depends on a provider.
type Impact struct {
	Provider snapshot.Resource
	// Effects are, for each app, policy and group that names it, what would happen if it
	// went; the worst first.
	Effects []Effect
	// Login says what would become of signing in as such, "" where others stay.
	Login string
	// Unread are the collections that could not be looked at.
	Unread []snapshot.Capture
}

// Effect is what would happen to one app, policy or group.
type Effect struct {
	Kind        snapshot.Kind `json:"kind"`
	ID          string        `json:"id"`
	Name        string        `json:"name"`
	Consequence Consequence   `json:"consequence"`
	What        string        `json:"what"` // in a sentence
	Paths       []string      `json:"paths"`
}

// Consequence is what would happen, in a word.
type Consequence string

// The consequences, the worst first.
const (
	OpensToAll   Consequence = "opens-to-all"  // an emptied allowed_idps means all providers
	LocksOut     Consequence = "locks-out"     // nobody gets in
	NoRedirect   Consequence = "no-redirect"   // people are no longer sent to it by themselves
	RuleNoMatch  Consequence = "rule-no-match" // a rule that lets people in no longer matches
	RuleNoBlock  Consequence = "rule-no-block" // a rule that keeps people out no longer matches
	LosesOne     Consequence = "loses-one"     // one way to sign in less
	SCIMStops    Consequence = "scim-stops"    // users are no longer provisioned to the app
	ClaimMissing Consequence = "claim-missing" // a claim is no longer sent
	OtherMention Consequence = "other-mention" // named where no documented field does
)

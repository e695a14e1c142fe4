package migrate

import (
	"encoding/json"
	"time"
)

// Run is a plan that is being or was carried out, as its journal tells.
type Run struct {
	ID         string
	Plan       *Plan
	Safety     string // id of the snapshot that was taken of the target before the first write
	Status     RunStatus
	StartedAt  time.Time
	FinishedAt time.Time // zero where it has not ended
	Process    Process   // that carries it out, or did last
	Steps      []Step    // one for each action of the plan, in its order
	Entries    int       // lines in its journal
}

// RunStatus says how a run stands.
type RunStatus string

// The statuses of runs.
const (
	Running     RunStatus = "running"
	Interrupted RunStatus = "interrupted" // broken off: resume finishes it
	Incomplete  RunStatus = "incomplete"  // ended, and something failed or still differs
	Done        RunStatus = "done"
)

// Process is who carries a run out.
type Process struct {
	Host string `json:"host"`
	PID  int    `json:"pid"`
}

// Outcome says what came of an action.
type Outcome string

// The outcomes. An action without one has not been begun, or does nothing.
const (
	Pending   Outcome = "pending"   // not begun
	Unknown   Outcome = "unknown"   // begun, and broken off before it was known what came of it
	Succeeded Outcome = "succeeded" // written
	Adopted   Outcome = "adopted"   // the answer was lost; what it wrote was found
	Failed    Outcome = "failed"
	Untouched Outcome = "none" // nothing was to be done
)

// Step is what came of one action.
type Step struct {
	Action   Action
	Outcome  Outcome
	TargetID string // of a provider that was created, too
	Error    string // why it failed
	// SCIMBaseURL is where the provider's directory is to send users and groups.
	SCIMBaseURL string
	// TokenKept says that the SCIM token is in the file that was named for it, TokenLost
	// that Cloudflare told it and nobody has it.
	TokenKept, TokenLost bool
	// TokenFile is the file in which it is kept; where it counts as lost, one in which it
	// may be all the same.
	TokenFile string
	// After is a fingerprint of the settings that an app, policy or group was to have.
	After string
}

// open reports whether something is left to be done.
func (s Step) open() bool {
	return s.Action.Action.Writes() && s.Outcome != Succeeded && s.Outcome != Adopted
}

// Event is a kind of line in the journal of a run.
type Event string

// The events.
const (
	EventBegin   Event = "begin"   // what is to be done: Begin
	EventClaim   Event = "claim"   // a process takes it up again: Claim
	EventIntent  Event = "intent"  // an action is about to be carried out: Intent
	EventOutcome Event = "outcome" // what came of it: Result
	EventEnd     Event = "end"     // End
)

// Begin is the first line of a run's journal.
type Begin struct {
	Plan    json.RawMessage `json:"plan"`
	Safety  string          `json:"safety"`
	Process Process         `json:"process"`
}

// Claim says that a process takes a run up again.
type Claim struct {
	Process Process `json:"process"`
}

// Intent says that an action is about to be carried out.
type Intent struct {
	Step int `json:"step"` // index of the action
	// Present are the ids of the providers that the target has before one is created: a
	// provider that is none of them may be the one.
	Present []string `json:"present"`
	// TokenFile is where a SCIM token goes that is told: a process that is killed right
	// after has put it there, and nobody noted that.
	TokenFile string `json:"token_file,omitempty"`
}

// Result says what came of an action.
type Result struct {
	Step        int     `json:"step"`
	Outcome     Outcome `json:"outcome"`
	TargetID    string  `json:"target_id,omitempty"`
	Error       string  `json:"error,omitempty"`
	SCIMBaseURL string  `json:"scim_base_url,omitempty"`
	TokenKept   bool    `json:"token_kept,omitempty"`
	TokenLost   bool    `json:"token_lost,omitempty"`
	TokenFile   string  `json:"token_file,omitempty"`
	After       string  `json:"after,omitempty"`
}

// End says how a run ended.
type End struct {
	Status RunStatus `json:"status"`
	// Differs are the names of what still differs from the plan.
	Differs []string `json:"differs,omitempty"`
}

// Entry is one line of a journal, as it is kept.
type Entry struct {
	Seq   int64
	Run   string
	Event Event
	At    time.Time
	Data  json.RawMessage
}

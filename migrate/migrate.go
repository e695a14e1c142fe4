// Package migrate puts the identity providers of a state into a target: the one
// that they came from (a restore) or another one (a migration).
//
// A plan is data. NewPlan computes it from two states and nothing else; it can be
// saved, read, reviewed and carried out later, and holds no secret. Apply carries it
// out: it is the only part of the program that changes anything at Cloudflare, and
// it does so through interfaces (Remote, Journal), so that it knows neither HTTP nor
// SQL. Before each write it notes what it is about to do and afterwards what came of
// it, so that a run that was broken off anywhere can be finished: nothing twice,
// nothing lost.
//
// What differs between two providers is found by package diff, here as everywhere.
package migrate

import (
	"encoding/json"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// FormatVersion is that of plans as JSON: fields are added, never renamed, removed or
// given another meaning, or else this changes.
const FormatVersion = "1"

// State is what a plan leads from or to.
type State struct {
	diff.State
	Organization *snapshot.Resource  // nil where it was not read or there is none
	References   []snapshot.Resource // Access apps, policies and groups, as far as they were read
	// Formerly are, of a target, ids that earlier runs gave to providers, by the id that
	// these had in the state that was put there: what still names one of them, when it is
	// gone, means that provider.
	Formerly map[string]string
}

// Verb is what the person asked for.
type Verb string

// The verbs.
const (
	Restore Verb = "restore"
	Migrate Verb = "migrate"
)

// Plan is writes that are intended, and all that a person needs to judge them.
type Plan struct {
	FormatVersion string   `json:"format_version"`
	Verb          Verb     `json:"verb"`
	Source        Source   `json:"source"`
	Target        Target   `json:"target"`
	Options       Options  `json:"options"`
	Actions       []Action `json:"actions"` // in the order in which they are carried out
	Guards        []Guard  `json:"guards"`  // what speaks against carrying it out
	Notes         []string `json:"notes"`   // what does not carry over, and the like
	// References are the apps, policies and groups of the source that name a provider
	// which has, or will have, another id in the target.
	References []Reference `json:"references"`
	// Dangling are those of the target that name a provider which it does not have.
	Dangling []Reference `json:"dangling"`
	// Digest is the SHA-256 of the plan without it, in canonical form: a plan that was
	// edited is refused.
	Digest string `json:"digest"`
}

// Source is the state that is put into the target.
type Source struct {
	State      string `json:"state"`    // as it was typed
	Snapshot   string `json:"snapshot"` // the full digest; "" of a live state or a file
	Target     string `json:"target"`
	TargetName string `json:"target_name"`
	TakenAt    string `json:"taken_at"` // RFC 3339, UTC
}

// Target is what is written to.
type Target struct {
	Target     string `json:"target"`
	TargetName string `json:"target_name"` // "" where Cloudflare does not tell it
	Host       string `json:"api_host"`    // of the API through which it was read
	AuthDomain string `json:"auth_domain"` // the team domain; "" where it is not known
	// RedirectURL is what every provider of the target will have as its redirect URL;
	// "" where the team domain is not known.
	RedirectURL string `json:"redirect_url"`
	// Fingerprint is over the settings of all that the plan relies on: the target's
	// providers, and its apps, policies and groups that name one.
	Fingerprint string `json:"fingerprint"`
}

// Options are what the person asked for beside source and target.
type Options struct {
	Only       []string          `json:"only,omitempty"`    // providers by name, id or glob; all where there are none
	Exclude    []string          `json:"exclude,omitempty"` // of these, not those
	Map        map[string]string `json:"map,omitempty"`     // source's id or name to the target's
	Rename     map[string]string `json:"rename,omitempty"`  // name or id of the source's to the name in the target
	Set        []Set             `json:"set,omitempty"`
	OnConflict OnConflict        `json:"on_conflict"` // where it is "", NewPlan decides: update within a target, else fail
	// DeleteExtra deletes providers of the target that the source does not have.
	DeleteExtra bool `json:"delete_extra,omitempty"`
	// SCIMOff leaves SCIM switched off in what is created, and does not switch it on in
	// what exists.
	SCIMOff bool `json:"scim_off,omitempty"`
	// KeepsTokens says that there is a place for the SCIM tokens that are told once.
	KeepsTokens bool `json:"keeps_tokens,omitempty"`
	// RenewSecrets sends the secrets of providers that are as they should be, too: whether
	// they are the ones that Cloudflare has nobody can see.
	RenewSecrets bool `json:"renew_secrets,omitempty"`
	// RewriteReferences replaces the source's ids of providers in the target's apps,
	// policies and groups.
	RewriteReferences bool `json:"rewrite_references,omitempty"`
	// MaxChanges is how many updates and deletions are let through.
	MaxChanges int `json:"max_changes"`
	// Allow are the codes of guards that the person has overridden.
	Allow []GuardCode `json:"allow,omitempty"`
}

// DefaultMaxChanges is for Options.MaxChanges.
const DefaultMaxChanges = 10

// Set is a setting that the target is to have instead of the source's.
type Set struct {
	Provider string          `json:"provider,omitempty"` // name or id; "" of all
	Path     string          `json:"path"`               // JSON Pointer
	Value    json.RawMessage `json:"value"`
}

// OnConflict says what becomes of a provider that the target has under the same type
// and name, but another id, and with other settings.
type OnConflict string

// The ways out of a conflict.
const (
	ConflictFail   OnConflict = "fail"
	ConflictSkip   OnConflict = "skip"
	ConflictUpdate OnConflict = "update"
)

// Verdict is what a plan does about a resource.
type Verdict string

// The verdicts. Blocked is what cannot be done, and keeps the whole plan from being
// carried out.
const (
	Create  Verdict = "create"
	Update  Verdict = "update"
	Delete  Verdict = "delete"
	None    Verdict = "none"
	Blocked Verdict = "blocked"
)

// Writes reports whether something is sent.
func (v Verdict) Writes() bool { return v == Create || v == Update || v == Delete }

// Action is what is to be done about one resource.
type Action struct {
	Action   Verdict       `json:"action"`
	Kind     snapshot.Kind `json:"kind"`
	Name     string        `json:"name"`           // in the target, afterwards
	Type     snapshot.Type `json:"type,omitempty"` // of a provider
	SourceID string        `json:"source_id,omitempty"`
	TargetID string        `json:"target_id,omitempty"` // "" of what is yet to be created
	// Reasons say why it is blocked, or why nothing is done.
	Reasons  []string `json:"reasons,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
	// Changes are the settings that it changes; of what is created or deleted, all.
	Changes []Change `json:"changes,omitempty"`
	// Settings are what the resource is to be: the body that is sent, without the
	// secrets. Of an update they are laid over what is live. Of a reference they are
	// absent: ids in it are replaced.
	Settings json.RawMessage `json:"settings,omitempty"`
	// Before is a fingerprint of the settings of what is updated or deleted.
	Before string `json:"before,omitempty"`
	// Secrets are those that are to be supplied.
	Secrets []Secret `json:"secrets,omitempty"`
	// TellsToken says that Cloudflare answers with a SCIM token, once.
	TellsToken bool `json:"tells_token,omitempty"`
	// Replaces are ids of providers in a reference and what they become; "" where that
	// is the id of a provider yet to be created, whose SourceID the key is.
	Replaces map[string]string `json:"replaces,omitempty"`
	// Formerly are, of the ids that it replaces, those that an earlier run gave to a
	// provider, with the provider's SourceID.
	Formerly map[string]string `json:"formerly,omitempty"`
}

// Change is one setting that differs.
type Change struct {
	Path     string          `json:"path"` // JSON Pointer
	Old      json.RawMessage `json:"old"`  // null where there is none
	New      json.RawMessage `json:"new"`
	Severity string          `json:"severity"` // as a comparison would say
	Reason   string          `json:"reason,omitempty"`
}

// Secret is one that has to be supplied, or may be.
type Secret struct {
	Path     string `json:"path"`     // JSON Pointer: "/config/client_secret"
	Key      string `json:"key"`      // as a secrets file and --secret call it: "client_secret"
	Required bool   `json:"required"` // without it nothing can be written
}

// GuardCode names a guard.
type GuardCode string

// The guards. Each has a flag of its own that lets the plan pass.
const (
	GuardLockout         GuardCode = "lockout"          // the last login method would go or change
	GuardAppLockout      GuardCode = "app-lockout"      // an app would lose the only provider it allows
	GuardDelete          GuardCode = "delete"           // something is deleted
	GuardMaxChanges      GuardCode = "max-changes"      // more updates and deletions than usual
	GuardReadOnly        GuardCode = "read-only"        // a provider that came by federation
	GuardTypeChange      GuardCode = "type-change"      // another type under the same id
	GuardSeatDeprovision GuardCode = "seat-deprovision" // seat_deprovision without user_deprovision
	GuardPINSCIM         GuardCode = "onetimepin-scim"  // SCIM on one-time PIN
	GuardEncryption      GuardCode = "saml-encryption"  // the key pair cannot move
	GuardNoOrganization  GuardCode = "no-organization"  // the target has no Zero Trust organization
	GuardSameTarget      GuardCode = "same-target"      // source and target are one
)

// Guard is something that speaks against carrying the plan out.
type Guard struct {
	Code       GuardCode `json:"code"`
	Subject    string    `json:"subject,omitempty"` // the provider or app that it is about
	What       string    `json:"what"`              // what would happen
	Why        string    `json:"why"`               // why that is bad
	Flag       string    `json:"flag"`              // lets it pass
	Overridden bool      `json:"overridden"`
}

// Reference is an app, policy or group that names providers.
type Reference struct {
	Kind      snapshot.Kind `json:"kind"`
	ID        string        `json:"id"`
	Name      string        `json:"name"`
	Providers []Mention     `json:"providers"`
}

// Mention is a provider that a reference names.
type Mention struct {
	ID    string   `json:"id"`   // as it stands there
	Name  string   `json:"name"` // "" where nobody knows
	NewID string   `json:"new_id,omitempty"`
	Paths []string `json:"paths"` // JSON Pointers to where it stands
}

// Count gives how many actions of the verdict there are.
func (p *Plan) Count(v Verdict) int {
	n := 0
	for _, a := range p.Actions {
		if a.Action == v {
			n++
		}
	}
	return n
}

// Writes reports whether the plan changes anything.
func (p *Plan) Writes() bool {
	return p.Count(Create)+p.Count(Update)+p.Count(Delete) > 0
}

// Standing are the guards that nobody has overridden, and actions that are blocked:
// with either the plan is not carried out.
func (p *Plan) Standing() (guards []Guard, blocked []Action) {
	for _, g := range p.Guards {
		if !g.Overridden {
			guards = append(guards, g)
		}
	}
	for _, a := range p.Actions {
		if a.Action == Blocked {
			blocked = append(blocked, a)
		}
	}
	return guards, blocked
}

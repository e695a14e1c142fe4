// Package snapshot holds the nouns of idpsnap and takes snapshots.
//
// A target is an account or zone. What is pulled from it are collections:
// the identity providers, the SCIM users of one provider, the Access apps, and
// so on. One reading of one collection is a capture; all captures of one target
// at one moment are a snapshot. What a collection holds are resources, and a
// resource's JSON, canonical and redacted, is its document.
//
// The package knows, in one table (types.go), what each type of identity
// provider consists of, and in one place each how documents are made canonical
// (canonical.go), what is secret (secrets.go) and what a person chose as opposed
// to what Cloudflare computes (settings.go). It knows neither HTTP nor SQL.
package snapshot

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Kind says what a resource is.
type Kind string

// The kinds of resources, in the order in which people are shown them.
const (
	Organization     Kind = "organization"
	IdentityProvider Kind = "identity_provider"
	SCIMUser         Kind = "scim_user"
	SCIMGroup        Kind = "scim_group"
	AccessApp        Kind = "access_app"
	AccessPolicy     Kind = "access_policy"
	AccessGroup      Kind = "access_group"
)

// Kinds lists every kind in display order.
func Kinds() []Kind {
	return []Kind{Organization, IdentityProvider, SCIMUser, SCIMGroup, AccessApp, AccessPolicy, AccessGroup}
}

// ParseKind finds the kind called s.
func ParseKind(s string) (Kind, error) {
	if k := Kind(s); slices.Contains(Kinds(), k) {
		return k, nil
	}
	names := make([]string, 0, len(Kinds()))
	for _, k := range Kinds() {
		names = append(names, string(k))
	}
	return "", fmt.Errorf("unknown kind %q: one of %s", s, strings.Join(names, ", "))
}

// IsSCIM reports whether resources of the kind belong to one provider.
func (k Kind) IsSCIM() bool { return k == SCIMUser || k == SCIMGroup }

// IsReference reports whether the kind is read because its resources name
// providers by id, rather than for its own sake.
func (k Kind) IsReference() bool { return k == AccessApp || k == AccessPolicy || k == AccessGroup }

// Scope says whether a target is an account or a zone.
type Scope string

// The scopes that hold identity providers.
const (
	Account Scope = "account"
	Zone    Scope = "zone"
)

// Target is an account or zone.
type Target struct {
	Scope Scope
	ID    string
}

// String gives the target as people write it: "account:<id>".
func (t Target) String() string { return string(t.Scope) + ":" + t.ID }

// ErrTarget marks text that names no target.
var ErrTarget = errors.New("not a target")

// ParseTarget reads "account:<id>" or "zone:<id>".
func ParseTarget(s string) (Target, error) {
	scope, id, ok := strings.Cut(s, ":")
	t := Target{Scope: Scope(scope), ID: id}
	if !ok || (t.Scope != Account && t.Scope != Zone) {
		return Target{}, fmt.Errorf("%w: %q: write account:<id> or zone:<id>", ErrTarget, s)
	}
	if !plainID(id) {
		return Target{}, fmt.Errorf("%w: %q: an id is letters, digits, '-' and '_'", ErrTarget, s)
	}
	return t, nil
}

// plainID keeps what goes into a URL's path to characters that need no escape.
// Cloudflare's own ids are 32 hexadecimal digits or UUIDs.
func plainID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	return strings.IndexFunc(id, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_'
	}) < 0
}

// Collection names one list that is pulled from a target.
type Collection struct {
	Kind     Kind
	Provider string // id of the provider that a SCIM list belongs to, else ""
}

// String gives the collection for messages: "scim_user of <provider id>".
func (c Collection) String() string {
	if c.Provider == "" {
		return string(c.Kind)
	}
	return string(c.Kind) + " of " + c.Provider
}

// Status says how a capture, or a whole snapshot, ended.
type Status string

// A capture ends as Complete, Failed, Skipped or Unsupported; a snapshot as
// Complete or, where one of its captures failed, Partial. A collection of which a
// file holds a part is Partial, too. A collection that is not Complete is unknown,
// never empty.
const (
	Complete    Status = "complete"
	Failed      Status = "failed"      // tried, and could not be read whole
	Skipped     Status = "skipped"     // by flag, or not permitted where that is no failure
	Unsupported Status = "unsupported" // Cloudflare has no such list here
	Partial     Status = "partial"
)

// Capture is the outcome of one reading of one collection.
type Capture struct {
	Collection
	ProviderName string // of the provider of a SCIM list, as it was called then
	Status       Status
	Error        string // why the status is not Complete
	Count        int    // resources in the collection, when Complete
	Active       int    // of these, SCIM users with "active": true
	Digest       Digest // over the collection's (id, document digest) set, when Complete

	// What differs from the last complete capture of the same collection,
	// counting only resources whose settings differ.
	Added, Changed, Removed int
}

// Origin says why a snapshot was taken.
type Origin string

// Snapshots are ordinarily taken because somebody asked for one. A safety
// snapshot is taken by a restore before it writes, and an imported one was read out
// of a file.
const (
	Ordinary Origin = ""
	Safety   Origin = "safety"
	Imported Origin = "import" // from a file, where another history's snapshot was
)

// Snapshot is all captures of one target at one moment.
type Snapshot struct {
	ID         string // SHA-256 of the manifest, 64 hexadecimal digits; "" until recorded
	Target     Target
	TargetName string // as Cloudflare calls the account or zone; "" where that may not be read
	TakenAt    time.Time
	FinishedAt time.Time
	Origin     Origin
	Note       string
	Tool       string // version of idpsnap that took it
	Host       string // of the API that was asked
	Requests   int    // HTTP requests sent
	Captures   []Capture
	// ImportedFrom is the id that an Imported one had where it came from.
	ImportedFrom string
	// Pin is why the history keeps it whatever a policy says, all reasons with "; "
	// between them; "" where nothing does.
	// It is not part of the snapshot, but of the history that holds it.
	Pin string
}

// Status is Partial where a capture failed, else Complete.
func (s Snapshot) Status() Status {
	for _, c := range s.Captures {
		if c.Status == Failed {
			return Partial
		}
	}
	return Complete
}

// Capture finds the capture of collection c.
func (s Snapshot) Capture(c Collection) (Capture, bool) {
	for _, have := range s.Captures {
		if have.Collection == c {
			return have, true
		}
	}
	return Capture{}, false
}

// ShortID is the form of an id that people are shown and type, as in git.
func ShortID(id string) string {
	if len(id) > 8 {
		return id[:8]
	}
	return id
}

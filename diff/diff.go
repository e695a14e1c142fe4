// Package diff says what differs between two states of a target, or of two
// targets, and how much it matters.
//
// It is the only comparison in the program. Resources of one target are the same
// if their ids are; of two targets, or where a provider was deleted and created
// again, they are matched by what people know them by (match.go). What is
// compared are settings (package snapshot says which fields those are), path by
// path (fields.go), and each change is weighed by a table of rules (rules.go).
// What a state did not look at is never taken for empty (scope.go).
//
// The package computes: it reads no history, asks no server and prints nothing.
package diff

import (
	"strings"

	"github.com/idpsnap/idpsnap/snapshot"
)

// State is one side of a comparison.
type State struct {
	Text     string // as it was typed: "latest~1", "file:prod.json"
	Snapshot snapshot.Snapshot
	// Providers are all identity providers that the state holds. What becomes of
	// SCIM users and groups, and of what names providers by id, follows from them.
	Providers []snapshot.Resource
}

// Action says what happened to a resource on the way from a to b.
type Action string

// The actions.
const (
	Added   Action = "added"
	Changed Action = "changed"
	Removed Action = "removed"
)

// Result is what differs between a and b.
type Result struct {
	A, B State
	// Changes are in display order: by kind, provider, name and id.
	Changes []Change
	Rest    []Rest // what Changes leaves out of long lists
	// NotCompared are the collections, and ambiguous resources, of which nothing is
	// said, because one state did not look at them or nobody can tell which is which.
	NotCompared []NotCompared
	// Unread are collections that neither state was to read: not permitted, left out,
	// or not offered by Cloudflare. They do not make a comparison incomplete; those of
	// kinds that Options.Kinds names do, and are in NotCompared.
	Unread []NotCompared
	// Ambiguous are the resources that could be paired with more than one. They are in
	// NotCompared, too; but providers of one target, one of which may have been created
	// again, count as removed and added, as their ids say.
	Ambiguous []Ambiguity
}

// Complete reports whether all that was asked for was compared.
func (r Result) Complete() bool { return len(r.NotCompared) == 0 }

// Count gives how many resources were added, changed and removed.
func (r Result) Count() (added, changed, removed int) {
	for i := range r.Changes {
		switch r.Changes[i].Action {
		case Added:
			added++
		case Changed:
			changed++
		case Removed:
			removed++
		}
	}
	for _, rest := range r.Rest {
		switch rest.Action {
		case Added:
			added += rest.N
		case Changed:
			changed += rest.N
		case Removed:
			removed += rest.N
		}
	}
	return added, changed, removed
}

// Change is one resource that is not in b what it was in a.
type Change struct {
	Action
	snapshot.Collection // in a; of what was added, in b
	ProviderName        string

	ID               string // in a; of what was added, in b
	IDB              string // in b; "" of what was removed
	snapshot.Summary        // in b; of what was removed, in a

	Severity Severity // the worst of what follows
	Rule     string   // of the action, such as "provider-removed"; "" where only fields weigh
	Reason   string   // why the severity is what it is
	Fields   []Field  // by path; of what was added or removed, all settings
}

// Title is what people call the resource: its name, else its e-mail address, else
// its id.
func (c Change) Title() string {
	for _, s := range []string{c.Name, c.Email, c.ID} {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return c.ID
}

// Field is one setting that differs.
type Field struct {
	Path string // JSON Pointer (RFC 6901) into the document
	// Old and New are JSON as it was compared: a set is sorted, and what is in a list
	// or object lacks what counts as absence and what is not compared. Between two
	// targets ids are written as in b. What counted as absence as a whole is as it was
	// recorded: false, null, [] or {}; nil where the state has no such setting.
	Old, New []byte
	Computed bool // by Cloudflare: nothing that a person chose differs; only with Options.AllFields
	Severity Severity
	Rule     string
	Reason   string
}

// NotCompared is a part of the states of which the result says nothing.
type NotCompared struct {
	snapshot.Collection        // of a where it has one
	ProviderName        string // of SCIM lists
	Reason              string // names the state and why: "failed in b: …"
}

// Ambiguity is a set of resources of one kind that answer to the same name, so
// that which of a is which of b is anybody's guess.
type Ambiguity struct {
	snapshot.Collection
	Name string
	Type snapshot.Type // of providers
	A, B []string      // ids
}

// Options say what of the states is compared, and how.
type Options struct {
	AllFields bool            // what Cloudflare computes, too
	Brief     bool            // without the fields of SCIM users and groups that came or went: there may be many
	Kinds     []snapshot.Kind // only these; all where there are none
	Providers []string        // only providers with such a name (a glob) or id, and their SCIM users and groups
	Types     []snapshot.Type // only providers of these types, and their SCIM users and groups
	Most      int             // so many changes of a SCIM list and action one by one, the others counted; all where 0
	AtLeast   Severity        // only changes that weigh so much
	Ignore    []string        // paths, as JSON Pointers, that do not count, with all below them
	Map       map[string]string
	Rules     Rules // the zero Rules are the built-in ones
}

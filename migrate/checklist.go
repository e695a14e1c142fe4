package migrate

import "github.com/idpsnap/idpsnap/snapshot"

// Checklist is what people have to do after a provider was created: at its vendor,
// and at Cloudflare.
type Checklist struct {
	Name   string        `json:"name"`
	Type   snapshot.Type `json:"type"`
	Vendor string        `json:"vendor"`
	OldID  string        `json:"old_id"`
	NewID  string        `json:"new_id"` // "" where the provider is yet to be created
	Items  []Item        `json:"items"`
}

// Item is one thing to do.
type Item struct {
	What  string `json:"what"`            // "Register the redirect URL"
	Where string `json:"where,omitempty"` // in the vendor's words: "Okta Admin > Applications > … > Sign-in redirect URIs"
	Value string `json:"value,omitempty"` // what to copy there
	Note  string `json:"note,omitempty"`
}

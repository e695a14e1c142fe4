package migrate

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// desired are the providers that the target is to have, as resources under the ids of
// the source: what the options say is done to them.
func (b *builder) desired() error {
	used := map[string]bool{}
	for _, s := range b.o.Set { // also of a provider that nothing is done about: the plan has it
		if err := s.check(); err != nil {
			return err
		}
	}
	for _, r := range b.source.Providers {
		if !b.selected(r, used) {
			continue
		}
		d, err := b.adapted(r)
		if err != nil {
			return fmt.Errorf("provider %q: %w", r.Name(), err)
		}
		b.wanted = append(b.wanted, snapshot.Resource{Collection: r.Collection, ID: r.ID, Document: d})
		b.original[r.ID] = r
	}
	for i, s := range b.o.Set {
		if !b.placed[i] && s.Provider == "" {
			return &SetError{fmt.Errorf("set %s: no provider that is put there has such a setting; name the one that is to have it", s.Path)}
		}
	}
	return b.checkWords(used)
}

// selected reports whether the options ask for the provider, and notes by which words.
func (b *builder) selected(r snapshot.Resource, used map[string]bool) bool {
	only, excluded := len(b.o.Only) == 0, false
	for _, w := range b.o.Only {
		if calls(w, r) {
			only, used[w] = true, true
		}
	}
	for _, w := range b.o.Exclude {
		if calls(w, r) {
			excluded, used[w] = true, true
		}
	}
	return only && !excluded
}

// checkWords finds words that name no provider: a typing error is not to leave one
// out.
func (b *builder) checkWords(used map[string]bool) error {
	words := slices.Concat(b.o.Only, b.o.Exclude, keys(b.o.Rename))
	for _, s := range b.o.Set {
		if s.Provider != "" {
			words = append(words, s.Provider)
		}
	}
	for _, w := range words {
		if used[w] || slices.ContainsFunc(b.source.Providers, func(r snapshot.Resource) bool { return calls(w, r) }) {
			continue
		}
		if slices.Contains(b.o.Exclude, w) && slices.ContainsFunc(b.target.Providers, func(r snapshot.Resource) bool { return calls(w, r) }) {
			continue // it keeps one of the target's from being deleted
		}
		return unknownProvider(w, b.source)
	}
	return nil
}

func unknownProvider(word string, in State) error {
	var known []string
	for _, r := range in.Providers {
		known = append(known, fmt.Sprintf("%s  %s  %s", r.ID, r.Summary().Type, r.Name()))
	}
	return &diff.UnknownError{What: "provider", Word: word, State: in.Text, Known: known}
}

func calls(word string, r snapshot.Resource) bool { return diff.Calls(word, r.ID, r.Name()) }

// adapted is a source's provider as the target may have it.
func (b *builder) adapted(r snapshot.Resource) (snapshot.Document, error) {
	d, err := settings(r)
	if err != nil {
		return nil, err
	}
	s := r.Summary()
	drop := func(path string) {
		if err == nil {
			d, err = without(d, path)
		}
	}
	enabled := isTrue(d, pathSCIMEnabled)
	if b.target.Snapshot.Target.Scope == snapshot.Zone && at(d, pathSCIM) != nil {
		if enabled {
			b.note("%q: SCIM exists for accounts only, and is left out in a zone", s.Name)
		}
		drop(pathSCIM)
	}
	if s.Type == snapshot.OneTimePIN && !enabled { // Cloudflare refuses scim_config there, even where it says nothing
		drop(pathSCIM)
	}
	if !b.within && at(d, pathSet) != nil {
		b.note("%q: its SAML certificate set belongs to the source's account, and is left out", s.Name)
		drop(pathSet)
	}
	if isTrue(d, pathEncryption) && at(d, pathSet) == nil && b.allows(GuardEncryption) {
		b.note("%q: it is put there without assertion encryption", s.Name)
		drop(pathEncryption)
	}
	if err != nil {
		return nil, err
	}
	if name := b.renamed(r); name != s.Name {
		if d, err = setTo(d, pathName, name); err != nil {
			return nil, err
		}
	}
	if r.Document, err = b.set(r, d); err != nil {
		return nil, err
	}
	if d, err = settings(r); err != nil { // an object may have been set, with what is not to be sent
		return nil, err
	}
	return snapshot.NewDocument(d)
}

// renamed is what the provider is to be called in the target.
func (b *builder) renamed(r snapshot.Resource) string {
	name := r.Name()
	for _, old := range keys(b.o.Rename) {
		if calls(old, r) {
			name = b.o.Rename[old]
		}
	}
	return name
}

// set puts the values of Options.Set that are for the provider into its document.
func (b *builder) set(r snapshot.Resource, d []byte) (snapshot.Document, error) {
	var err error
	for i, set := range b.o.Set {
		if set.Provider != "" && !calls(set.Provider, r) || set.Provider == "" && !has(r, set.Path) {
			continue
		}
		b.placed[i] = true
		if d, err = with(d, set.Path, set.Value); err != nil {
			return nil, &SetError{err}
		}
	}
	return snapshot.NewDocument(d)
}

// check refuses a value that holds a secret: a plan is to have none.
func (s Set) check() error {
	d, err := with([]byte("{}"), s.Path, s.Value)
	if err != nil {
		return &SetError{err}
	}
	whole, err := snapshot.NewDocument(d)
	if err != nil {
		return &SetError{err}
	}
	if bytes.Contains(whole, marker) {
		return &SetError{fmt.Errorf("set %s: it holds a secret, which --secrets-file or --secret supplies", s.Path)}
	}
	return nil
}

// has reports whether a provider has the setting, or may have it by its type: what is
// set for all is for those alone.
func has(r snapshot.Resource, path string) bool {
	info, _ := snapshot.TypeOf(r.Summary().Type)
	return at(r.Document, path) != nil || slices.ContainsFunc(info.Fields, func(f snapshot.Field) bool {
		return f.Role == snapshot.Setting && (f.Path == path || strings.HasPrefix(path, f.Path+"/"))
	})
}

// SetError says why a value of Options.Set cannot be set.
type SetError struct{ error }

func (e *SetError) Unwrap() error { return e.error }

func setTo(d []byte, path, value string) ([]byte, error) {
	quoted, err := encode(value)
	if err != nil {
		return nil, err
	}
	return with(d, path, quoted)
}

// MayNotSet says why no value may be set at a path, "" where one may.
func MayNotSet(pointer string) string {
	if pointer == pathType {
		return "the type of a provider cannot be changed"
	}
	for _, t := range snapshot.Types() {
		for _, f := range t.Fields {
			if f.Path != pointer && !strings.HasPrefix(pointer, f.Path+"/") {
				continue
			}
			switch f.Role {
			case snapshot.Secret:
				return "it is a secret: --secrets-file or --secret supplies it"
			case snapshot.Computed:
				return "Cloudflare computes it"
			case snapshot.Setting:
			}
		}
	}
	return ""
}

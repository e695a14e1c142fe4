package snapshot

import (
	"bytes"
	"crypto/sha256"
	"slices"
)

// Settings reduces a document to what a person chose, in the form in which
// settings are compared: without what Cloudflare computes and without secrets;
// null, empty lists and, outside lists, empty objects are left out, as is false
// where the API treats it as absence; lists that are sets are sorted; strings are
// written with no escape that JSON does not require. Two documents have the same
// settings exactly if these bytes are equal.
func Settings(k Kind, d Document) (Document, error) {
	return canonicalize(d, rulesOf[k])
}

// AllFields is Settings with what Cloudflare computes left in. Secrets are left out
// here, too.
func AllFields(k Kind, d Document) (Document, error) {
	return canonicalize(d, allRulesOf[k])
}

// AppendDocument appends to out the document that NewDocument makes of raw, a resource
// of the kind, and gives the digest of its Settings. For SCIM resources, of which there
// are many, it reads raw once: where nothing has to be reduced, the settings are the
// members that count, as they stand in the document.
func AppendDocument(out []byte, k Kind, raw []byte) (_ []byte, settings Digest, err error) {
	c := canonicalizers.Get().(*canonicalizer)
	defer canonicalizers.Put(c)
	c.begin(raw, nil)
	made, err := c.document(out)
	if err != nil {
		return out, Digest{}, err
	}
	if k.IsSCIM() && !c.reducible {
		return made, sha256.Sum256(c.scimSettings(made)), nil
	}
	s, err := Settings(k, made[len(out):])
	if err != nil {
		return out, Digest{}, err
	}
	return made, sha256.Sum256(s), nil
}

// scimSettings gives the settings of the document that out ends with, which was just
// made and has nothing reducible. They stand in c.scratch.
func (c *canonicalizer) scimSettings(out []byte) []byte {
	c.scratch = append(c.scratch[:0], '{')
	for _, p := range c.parts {
		if p.start == p.end || isSCIMComputed(p.name) {
			continue
		}
		if len(c.scratch) > 1 {
			c.scratch = append(c.scratch, ',')
		}
		c.scratch = append(c.scratch, out[p.start:p.end]...)
	}
	c.scratch = append(c.scratch, '}')
	return c.scratch
}

// InSettings reports whether a member at the top of a canonical document counts as a
// setting, and whether its value stands in Settings just so. It may say that it does
// not where it does: it is for leaving work out.
func InSettings(k Kind, name, value []byte) (counts, justSo bool) {
	if !k.IsSCIM() { // rules for what lies below the top, or may
		return true, false
	}
	if isSCIMComputed(name) {
		return false, false
	}
	switch value[0] {
	case '"':
		return true, bytes.IndexByte(value, '\\') < 0 && !bytes.Equal(value, redacted)
	case '{', '[':
		return true, !slices.ContainsFunc(reducible, func(text []byte) bool { return bytes.Contains(value, text) })
	default:
		return true, value[0] != 'n'
	}
}

// reducible is what an object or list has in it that Settings would change, where no
// path has a rule of its own.
var reducible = [][]byte{[]byte("null"), []byte("[]"), []byte("{}"), []byte(`\`), redacted}

// scimComputed are the members of SCIM resources that are Cloudflare's own.
var scimComputed = []string{"id", "meta"}

func isSCIMComputed(name []byte) bool {
	return slices.ContainsFunc(scimComputed, func(computed string) bool { return string(name) == computed })
}

// rules say which parts of a kind of document are compared, and how. Paths are
// JSON Pointers (RFC 6901), with "-" for every element of an array.
type rules struct {
	computed    map[string]bool // Cloudflare's own
	secret      map[string]bool // whatever it holds; what names tell apart is found by them (secrets.go)
	falseAbsent map[string]bool // false, null and absence are one
	sets        map[string]bool // the order of these lists means nothing
}

func (r *rules) omits(path []byte) bool {
	return r != nil && (r.computed[string(path)] || r.secret[string(path)])
}
func (r *rules) falseIsAbsent(path []byte) bool { return r != nil && r.falseAbsent[string(path)] }
func (r *rules) isSet(path []byte) bool         { return r != nil && r.sets[string(path)] }

// inList reports whether the path leads into an element of a list. There an empty
// object says something: {"everyone":{}} is a rule of a policy.
func inList(path []byte) bool { return bytes.Contains(path, []byte("/-/")) }

// appendPointer appends one step of a JSON Pointer.
func appendPointer(path, name []byte) []byte {
	path = append(path, '/')
	if bytes.IndexByte(name, '~') < 0 && bytes.IndexByte(name, '/') < 0 {
		return append(path, name...)
	}
	name = bytes.ReplaceAll(name, []byte("~"), []byte("~0"))
	return append(path, bytes.ReplaceAll(name, []byte("/"), []byte("~1"))...)
}

func paths(list ...string) map[string]bool {
	m := make(map[string]bool, len(list))
	for _, p := range list {
		m[p] = true
	}
	return m
}

var scimRules = &rules{computed: paths("/"+scimComputed[0], "/"+scimComputed[1])}

// rulesOf has the rules for each kind. Those for providers come from the table of
// types.
var rulesOf = map[Kind]*rules{
	IdentityProvider: providerRules(),
	// SCIM resources carry nothing that a person chose but names, addresses and
	// active; meta.lastModified moves whenever the provider syncs (OpenAPI).
	SCIMUser:     scimRules,
	SCIMGroup:    scimRules,
	Organization: {computed: paths("/created_at", "/updated_at")},
	// created_at and updated_at stand in every recorded app, policy and group;
	// app_count counts the apps that use a policy; aud is made by Cloudflare. An app
	// repeats the policies that it uses.
	AccessApp: {
		computed: paths("/id", "/uid", "/aud", "/created_at", "/updated_at",
			"/policies/-/uid", "/policies/-/app_count", "/policies/-/created_at", "/policies/-/updated_at"),
		sets: paths("/allowed_idps"),
	},
	AccessPolicy: {computed: paths("/id", "/uid", "/app_count", "/created_at", "/updated_at")},
	AccessGroup:  {computed: paths("/id", "/uid", "/created_at", "/updated_at")},
}

// allRulesOf are rules by which what is computed is left in.
var allRulesOf = func() map[Kind]*rules {
	all := map[Kind]*rules{}
	for _, k := range Kinds() {
		all[k] = &rules{}
		if r := rulesOf[k]; r != nil {
			*all[k] = *r
		}
		all[k].computed = nil
	}
	return all
}()

func providerRules() *rules {
	r := &rules{computed: map[string]bool{}, secret: map[string]bool{}, falseAbsent: map[string]bool{}, sets: map[string]bool{}}
	for _, t := range Types() {
		for _, f := range t.Fields {
			switch f.Role {
			case Secret:
				r.secret[f.Path] = true
			case Computed:
				r.computed[f.Path] = true
			case Setting:
			}
			switch f.Value {
			case Bool:
				r.falseAbsent[f.Path] = true
			case Set:
				r.sets[f.Path] = true
			case Text, List, Object:
			}
		}
	}
	return r
}

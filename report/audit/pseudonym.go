package audit

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/idpsnap/idpsnap/snapshot"
)

// pseudonyms gives people names that mean nothing, the same for the same text.
type pseudonyms struct{ key []byte }

// redactedDomain is of no address that there is: RFC 2606 keeps .invalid free.
const redactedDomain = "@redacted.invalid"

// someAddress finds e-mail addresses in a text, also where a URL has %40 for the @.
// It rather takes too much for an address than too little: whatever people, and other
// programs, do not put spaces, brackets and the like into.
var someAddress = regexp.MustCompile(`("[^"@]{1,64}"|` + addressRune + `+)(@|%40)(\[[^\]\s]+\]|` + domainRune + `*[\p{L}\p{M}\p{N}])`)

const (
	addressRune = `[^\s\pZ\p{Cc}<>()\[\],;:"@\\/?&=]`
	domainRune  = `[^\s\pZ\p{Cc}<>()\[\],;:"@\\/?&=']`
)

// wholeAddress is a text that is nothing but an address. There = and the like are part
// of it; in the middle of a text they may be those of a URL.
var wholeAddress = regexp.MustCompile(`^[^\s\pZ\p{Cc}<>()\[\],;:"@\\/'][^\s\pZ\p{Cc}<>()\[\],;:"@\\/]*@(\[[^\]\s]+\]|` + domainRune + `*[\p{L}\p{M}\p{N}])$`)

// text replaces the e-mail addresses in a text.
func (p pseudonyms) text(s string) string {
	switch {
	case !strings.Contains(s, "@") && !strings.Contains(s, "%40"):
		return s
	case wholeAddress.MatchString(s):
		return p.address(s)
	}
	return someAddress.ReplaceAllStringFunc(s, func(found string) string {
		address := strings.TrimLeft(found, "'`*{|") // quotes around it
		return found[:len(found)-len(address)] + p.address(address)
	})
}

// address is the pseudonym of an e-mail address. Addresses that are the same but for
// case have pseudonyms that are the same but for case.
func (p pseudonyms) address(a string) string {
	if !strings.Contains(a, "@") {
		a = strings.Replace(a, "%40", "@", 1)
	}
	folded := foldAddress(a)
	local, _, _ := strings.Cut(folded, "@")
	word := personOr(local)
	name := word + "-" + p.digits("address", folded)
	if a == folded {
		return name + redactedDomain
	}
	sum := p.sum("case", a)
	which := (int(sum[0])<<8|int(sum[1]))%(1<<min(len(word), 8)-1) + 1 // never none
	letters := []byte(name)
	for i := range min(len(word), 8) {
		if which&(1<<i) != 0 {
			letters[i] = bytes.ToUpper(letters[i : i+1])[0]
		}
	}
	return string(letters) + redactedDomain
}

// person is the pseudonym of a text that a provider tells of a person: an address, or
// anything else.
func (p pseudonyms) person(s string) string {
	trimmed := strings.TrimSpace(s)
	switch {
	case trimmed == "" || s == snapshot.Redacted || slices.Contains(saysNothing, strings.ToLower(trimmed)):
		return s
	case wholeAddress.MatchString(trimmed) || someAddress.FindString(trimmed) == trimmed:
		return strings.Replace(s, trimmed, p.text(trimmed), 1)
	}
	return personOr(foldAddress(trimmed)) + "-" + p.digits("name", s)
}

// saysNothing are words that tell nobody from anybody else: what SCIM calls the types
// of addresses and numbers (RFC 7643), and yes and no.
var saysNothing = []string{"work", "home", "other", "mobile", "fax", "pager", "true", "false"}

// personOr is what a pseudonym begins with: "person", or what says that an account is
// nobody's own, for that is to be seen.
func personOr(local string) string {
	if word, ok := genericAccount(local); ok {
		return word
	}
	return "person"
}

// digits are the part of a pseudonym that tells people apart: enough for a million.
func (p pseudonyms) digits(of, text string) string { return hex.EncodeToString(p.sum(of, text)[:6]) }

func (p pseudonyms) sum(of, text string) []byte {
	mac := hmac.New(sha256.New, p.key)
	_, _ = mac.Write([]byte(of + "\x00" + text))
	return mac.Sum(nil)
}

// foldAddress writes an address so that those which differ only in case are the same.
func foldAddress(s string) string { return strings.ToLower(strings.ToUpper(s)) }

// genericAccounts are what accounts are called that no single person answers for.
var genericAccounts = []string{
	"admin", "administrator", "root", "service", "svc", "deploy", "ci", "bot", "build", "backup", "test", "tester", "demo", "dev",
	"info", "it", "office", "support", "helpdesk", "shared", "system", "guest", "noreply", "no-reply", "ops", "devops", "sre",
	"security", "team", "hello", "contact", "sales", "hr", "finance", "billing", "training", "intern", "reception", "postmaster",
	"hostmaster", "webmaster", "monitoring", "scanner", "automation", "robot", "user", "account", "api",
}

// genericAccount gives the word by which the local part of an address, in lower case,
// says that it is nobody's own: "admin", "deploy-prod", "test+7", "svc.backup".
func genericAccount(local string) (word string, ok bool) {
	longest := ""
	for _, word := range genericAccounts {
		rest, begins := strings.CutPrefix(local, word)
		if begins && len(word) > len(longest) && (rest == "" || strings.ContainsRune("-_.+0123456789", rune(rest[0]))) {
			longest = word
		}
	}
	return longest, longest != ""
}

// stance is what becomes of the strings in a part of a document.
type stance int

const (
	asItIs        stance = iota // ids
	addressesOnly               // e-mail addresses are replaced
	ofAPerson                   // all strings and numbers are
)

// document is a document with pseudonyms in it.
func (p pseudonyms) document(k snapshot.Kind, d snapshot.Document) (snapshot.Document, error) {
	if k != snapshot.SCIMUser && k != snapshot.SCIMGroup && !mayHoldAddress(d) {
		return d, nil
	}
	r := rewriter{pseudonyms: p, kind: k, in: jsontext.NewDecoder(bytes.NewReader(d), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))}
	if err := r.value("", 0, addressesOnly); err != nil {
		return nil, err
	}
	return snapshot.NewDocument(r.out)
}

// mayHoldAddress reports whether a document has an @ in it, however it is written.
func mayHoldAddress(d snapshot.Document) bool {
	return bytes.IndexByte(d, '@') >= 0 || bytes.Contains(d, []byte(`%40`)) || bytes.Contains(d, []byte(`\u`))
}

// rewriter copies a document with pseudonyms in it. What is not replaced stays as it
// was written.
type rewriter struct {
	pseudonyms
	kind snapshot.Kind
	in   *jsontext.Decoder
	out  []byte
}

// value copies one value; depth is 1 for members at the top of the document.
func (r *rewriter) value(name string, depth int, s stance) error {
	if depth > 0 {
		s = r.under(name, depth, s)
	}
	if r.in.PeekKind() == '{' {
		return r.object(depth, s)
	}
	if r.in.PeekKind() == '[' {
		return r.array(name, depth, s)
	}
	raw, err := r.in.ReadValue()
	if err != nil {
		return fmt.Errorf("read document: %w", err)
	}
	switch kind := raw.Kind(); {
	case kind == '"':
		r.text(raw, s)
	case kind == '0' && s == ofAPerson:
		r.quote(r.person(string(raw)))
	default:
		r.out = append(r.out, raw...)
	}
	return nil
}

// under is the stance of a member. What a provider tells of a user is a person's,
// whatever it is called, but for what is known to be none.
func (r *rewriter) under(name string, depth int, s stance) stance {
	switch {
	case depth == 1 && name == "id":
		return asItIs
	case r.kind == snapshot.SCIMUser && depth == 1:
		switch name {
		case "schemas", "meta", "groups":
			return addressesOnly
		}
		return ofAPerson
	case r.kind == snapshot.SCIMGroup && depth == 1 && name == "members":
		return ofAPerson
	case r.kind == snapshot.SCIMGroup && s == ofAPerson:
		switch name {
		case "value", "$ref", "type": // whom it is, by id
			return addressesOnly
		}
	}
	return s
}

func (r *rewriter) object(depth int, s stance) error {
	if _, err := r.in.ReadToken(); err != nil {
		return fmt.Errorf("read document: %w", err)
	}
	r.out = append(r.out, '{')
	used := map[string]bool{}
	for n := 0; r.in.PeekKind() != '}'; n++ {
		raw, err := r.in.ReadValue()
		if err != nil {
			return fmt.Errorf("read document: %w", err)
		}
		name := unquoted(raw)
		if n > 0 {
			r.out = append(r.out, ',')
		}
		shown := r.pseudonyms.text(name)
		for i := 2; used[shown]; i++ { // two addresses that differ in what no pseudonym shows
			shown = fmt.Sprintf("%s-%d", r.pseudonyms.text(name), i)
		}
		used[shown] = true
		r.quote(shown)
		r.out = append(r.out, ':')
		if err := r.value(name, depth+1, s); err != nil {
			return err
		}
	}
	r.out = append(r.out, '}')
	_, err := r.in.ReadToken()
	return err
}

func (r *rewriter) array(name string, depth int, s stance) error {
	if _, err := r.in.ReadToken(); err != nil {
		return fmt.Errorf("read document: %w", err)
	}
	r.out = append(r.out, '[')
	for n := 0; r.in.PeekKind() != ']'; n++ {
		if r.in.PeekKind() == 0 { // the end came too early: that is said below
			break
		}
		if n > 0 {
			r.out = append(r.out, ',')
		}
		if err := r.value(name, depth, s); err != nil {
			return err
		}
	}
	r.out = append(r.out, ']')
	_, err := r.in.ReadToken()
	return err
}

// text copies a string.
func (r *rewriter) text(raw []byte, s stance) {
	was := unquoted(raw)
	now := was
	switch s {
	case asItIs:
	case addressesOnly:
		now = r.pseudonyms.text(was)
	case ofAPerson:
		now = r.person(was)
	}
	if now == was {
		r.out = append(r.out, raw...)
	} else {
		r.quote(now)
	}
}

// quote appends a text as JSON writes it.
func (r *rewriter) quote(s string) { r.out, _ = jsontext.AppendQuote(r.out, s) }

// unquoted is the text of a string that the decoder has read. What is wrong with it can
// only be half a surrogate pair, for which U+FFFD then stands.
func unquoted(raw []byte) string {
	s, _ := jsontext.AppendUnquote(nil, raw)
	return string(s)
}

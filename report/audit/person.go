package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/diff"
)

// person is a SCIM user as people know one.
type person struct {
	id, externalID        string
	userName, name, email string
	addresses             []string // all, so that those that differ only in case are the same, each once
	active                Cell     // NotKnown where the document does not say
	created, modified     string   // as the API wrote them
}

// called is what people call the person.
func (p person) called() string {
	for _, s := range []string{p.name, p.email, p.userName, p.id} {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return p.id
}

// risk is something about a user that a reviewer should look at.
type risk struct {
	flag     string // stable, for programs
	name     string // of the figure that counts it
	severity diff.Severity
}

const duplicateEmail = "duplicate_email"

// risks are all of them, in the order in which they are shown.
var risks = []risk{
	{"inactive_but_present", "Inactive, but still listed", diff.Low},
	{duplicateEmail, "Address used more than once", diff.Medium},
	{"stale", "Not updated for long", diff.Medium},
	{"generic_account", "Nobody's own account", diff.Medium},
	{"no_email", "Without an address", diff.Low},
}

// risksOf are the risks that a user has. Of a user whose document does not say when it
// was last written nobody knows whether it is stale.
func risksOf(p person, at time.Time, stale time.Duration, duplicates hashes) []risk {
	has := func(flag string) bool {
		switch flag {
		case "inactive_but_present":
			active, known := p.active.AsBool()
			return known && !active
		case duplicateEmail:
			return slices.ContainsFunc(p.addresses, duplicates.contain)
		case "stale":
			t, err := time.Parse(time.RFC3339Nano, p.modified)
			return err == nil && at.Sub(t) > stale
		case "generic_account":
			return isGeneric(p.email) || isGeneric(p.userName)
		default:
			return len(p.addresses) == 0
		}
	}
	var all []risk
	for _, r := range risks {
		if has(r.flag) {
			all = append(all, r)
		}
	}
	return all
}

// isGeneric reports whether a name or address says that the account is nobody's own.
func isGeneric(address string) bool {
	local, _, _ := strings.Cut(foldAddress(strings.TrimSpace(address)), "@")
	_, generic := genericAccount(local)
	return generic
}

// flagsOf joins the flags.
func flagsOf(all []risk) string {
	var flags []string
	for _, r := range all {
		flags = append(flags, r.flag)
	}
	return strings.Join(flags, "; ")
}

// hashes stand for texts of which there may be a million: eight bytes each, sorted.
type hashes []uint64

func hashOf(s string) uint64 {
	sum := sha256.Sum256([]byte(s))
	return binary.BigEndian.Uint64(sum[:])
}

func (h hashes) contain(s string) bool {
	_, ok := slices.BinarySearch(h, hashOf(s))
	return ok
}

// repeated are those of the hashes that are there more than once. It sorts the list.
func (h hashes) repeated() hashes {
	slices.Sort(h)
	var twice hashes
	for i := 1; i < len(h); i++ {
		if h[i] == h[i-1] && (len(twice) == 0 || twice[len(twice)-1] != h[i]) {
			twice = append(twice, h[i])
		}
	}
	return twice
}

// fieldWords are what people call the settings of a user.
var fieldWords = map[string]string{
	"active": "active", "displayName": "name", "name": "name", "emails": "email", "userName": "user name", "externalId": "external id",
}

// changedFields says in people's words which settings of a user differ: "active, name".
func changedFields(fields []diff.Field) string {
	var words []string
	for _, f := range fields {
		step, _, _ := strings.Cut(strings.TrimPrefix(f.Path, "/"), "/")
		step = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
		word, ok := fieldWords[step]
		if !ok {
			word = step
		}
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	order := []string{"active", "name", "email", "user name", "external id"}
	place := func(word string) int {
		if i := slices.Index(order, word); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(words, func(a, b string) int { return place(a) - place(b) })
	return strings.Join(words, ", ")
}

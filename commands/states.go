package commands

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The grammar of states, tried in this order:
//
//	file:PATH        what `show STATE --json` or export (JSON, YAML) printed; file:- is stdin
//	TARGET@REV       TARGET is account:<id>, zone:<id> or a profile's name
//	@REV             of the default target
//	account:<id>     live, as is zone:<id>
//	REV              latest, latest~N, live, 2026-06-30, 2026-06-30T12:00:00Z, 7d
//	NAME             a profile, live
//	ID               a snapshot, or at least 4 of its first hexadecimal digits
//
// What reads as a REV is one, so no profile may be named like one (reserved).
// An age has at most 4 digits, so the 8 digits that an id is shown by are never
// taken for an age; "365d" is an age even where a snapshot's id begins so.
// "20260630" is no date, but an id's beginning.

// stateForm says which kind of text a state is.
type stateForm int

const (
	formFile stateForm = iota
	formRev            // of a target
	formID             // of a snapshot
	formName           // a profile, or the beginning of an id
)

// stateRef is a state as it was typed, taken apart but not looked up.
type stateRef struct {
	text   string
	form   stateForm
	path   string // formFile
	target string // formRev, formID: as typed, "" for the default target; formName: the name
	rev    rev
	id     string // formID, formName: lower case hexadecimal digits, or ""
}

// revKind says how a revision is counted.
type revKind int

const (
	revLive   revKind = iota
	revLatest         // back snapshots before the latest
	revAt             // the last complete snapshot at or before at
	revAge            // the last complete snapshot at least age old
)

// rev is a moment of a target.
type rev struct {
	kind revKind
	back int
	at   time.Time
	age  time.Duration
}

const grammarHint = "a state is latest, latest~1, 2026-06-30, 7d, live, a snapshot's id, TARGET@latest or file:PATH"

// parseState takes a state apart. Its errors are about what could never be one.
func parseState(text string) (stateRef, error) {
	ref := stateRef{text: text}
	if path, ok := strings.CutPrefix(text, "file:"); ok {
		if path == "" {
			return ref, usage("file:PATH, or file:- for stdin", "state %q names no file", text)
		}
		ref.form, ref.path = formFile, path
		return ref, nil
	}
	if i := strings.LastIndexByte(text, '@'); i >= 0 {
		ref.target = text[:i]
		return ref.revision(text[i+1:])
	}
	if strings.HasPrefix(text, "account:") || strings.HasPrefix(text, "zone:") {
		ref.form, ref.target = formRev, text
		return ref, nil
	}
	r, ok, err := parseRev(text)
	if err != nil {
		return ref, err
	}
	if ok {
		ref.form, ref.rev = formRev, r
		return ref, nil
	}
	ref.form, ref.target = formName, text
	if idPrefix.MatchString(text) {
		ref.id = strings.ToLower(text)
	}
	if ref.id == "" && !profileName.MatchString(text) {
		return ref, usage(grammarHint, "%q is no state", text)
	}
	return ref, nil
}

// revision reads what follows the "@".
func (ref stateRef) revision(text string) (stateRef, error) {
	r, ok, err := parseRev(text)
	switch {
	case err != nil:
		return ref, err
	case ok:
		ref.form, ref.rev = formRev, r
	case idPrefix.MatchString(text):
		ref.form, ref.id = formID, strings.ToLower(text)
	default:
		return ref, usage("write latest, latest~1, 2026-06-30, 7d, live or a snapshot's id behind the @", "%q of state %q is no revision", text, ref.text)
	}
	return ref, nil
}

var (
	idPrefix   = regexp.MustCompile(`^[0-9a-fA-F]{4,64}$`)
	datePrefix = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}`)
	ageForm    = regexp.MustCompile(`^([0-9]{1,4})([hdw])$`)
)

// parseRev reads a revision other than an id. ok is false for what does not look
// like one; an error is for what does and is not.
func parseRev(text string) (r rev, ok bool, err error) {
	switch {
	case text == "live":
		return rev{kind: revLive}, true, nil
	case text == "latest":
		return rev{kind: revLatest}, true, nil
	case strings.HasPrefix(text, "latest~"):
		n, err := strconv.ParseUint(text[len("latest~"):], 10, 31)
		if err != nil {
			return r, false, usage("latest~1 is the snapshot before the latest", "%q: want a number behind the ~", text)
		}
		return rev{kind: revLatest, back: int(n)}, true, nil
	case datePrefix.MatchString(text):
		at, err := parseMoment(text)
		return rev{kind: revAt, at: at}, err == nil, err
	}
	m := ageForm.FindStringSubmatch(text)
	if m == nil {
		return r, false, nil
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return r, false, fmt.Errorf("read age %q: %w", text, err)
	}
	unit := map[string]time.Duration{"h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}[m[2]]
	return rev{kind: revAge, age: time.Duration(n) * unit}, true, nil
}

// parseMoment reads a date, which means the end of that day in UTC, or a time,
// which must say its zone.
func parseMoment(text string) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.AddDate(0, 0, 1).Add(-time.Nanosecond), nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.UTC(), nil
	}
	return time.Time{}, usage("write 2026-06-30 (until the end of that day, UTC) or 2026-06-30T12:00:00Z", "%q is no date or time", text)
}

// reserved reports whether a name reads as something else where a state is
// wanted, so that no profile may have it.
func reserved(name string) bool {
	_, ok, err := parseRev(name)
	return ok || err != nil || idPrefix.MatchString(name)
}

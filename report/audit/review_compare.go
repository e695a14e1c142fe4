package audit

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
)

// How a row that comes back is held against what was written into it, whatever
// spreadsheets have made of it.

// comparedColumns are those of a review that follow from its snapshot. What changed
// since the last review depends on which that was, and is not among them.
var comparedColumns = []string{
	"snapshot_id", "snapshot_time", "target", "provider_id", "provider_name", "provider_type",
	"scim_user_id", "external_id", "user_name", "display_name", "email", "active",
	"scim_created", "scim_last_modified", "first_seen", "last_seen", "risk_flags",
}

// ofTimes are the compared columns that have times, which spreadsheets write as they
// like.
var ofTimes = []string{"snapshot_time", "scim_created", "scim_last_modified", "first_seen", "last_seen"}

// loosely are the risk flags that depend on what else was asked, and on which words the
// idpsnap of the day took for a name that is nobody's own.
var loosely = []string{"stale", "generic_account"}

// hashOfRow is a hash of what the compared columns say.
func hashOfRow(value func(column string) string) uint64 {
	var b strings.Builder
	for _, column := range comparedColumns {
		b.WriteString(asComparedIn(column, value(column)))
		b.WriteByte(0)
	}
	return hashOf(b.String())
}

// asComparedIn is a value of a column as it is compared.
func asComparedIn(column, s string) string {
	if column == "risk_flags" {
		flags := strings.Split(asCompared(s), ";")
		return strings.Join(slices.DeleteFunc(flags, func(f string) bool { return slices.Contains(loosely, f) }), ";")
	}
	if slices.Contains(ofTimes, column) {
		if t, ok := momentIn(s); ok {
			return t.Format(time.RFC3339)
		}
	}
	return asCompared(s)
}

// asCompared is a value as it was before a format or a spreadsheet had it: without
// quotes that keep it from being a formula, without white space, and without what
// formats show as an escape because it would not be seen; with its true and false as
// they are written here.
func asCompared(s string) string {
	if strings.Contains(s, `\`) {
		s = shownEscape.ReplaceAllString(s, "")
	}
	s = strings.TrimLeft(s, "'")
	s = strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) || unicode.IsSpace(r) || unicode.Is(unicode.M, r) || strings.ContainsRune(unseen, r) {
			return -1
		}
		return r
	}, s)
	s = strings.TrimLeft(s, "'")
	if lower := strings.ToLower(s); lower == "true" || lower == "false" {
		return lower
	}
	return s
}

// shownEscape is how formats show what nobody would see; unseen are letters and symbols
// that show as nothing.
var shownEscape = regexp.MustCompile(`\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[nrt])`)

const unseen = "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffd"

// mismatches compares a row with what the history says, column by column. A column that
// the file does not have says nothing.
func mismatches(found map[string]string, expected func(column string) string) (list []mismatch) {
	for _, column := range comparedColumns {
		was, ok := found[column]
		want := expected(column)
		if !ok || asComparedIn(column, was) == asComparedIn(column, want) ||
			slices.Contains(ofTimes, column) && sameTime(was, want) || lostZeros(asCompared(want), asCompared(was)) || lostLetters(asCompared(want), asCompared(was)) {
			continue
		}
		list = append(list, mismatch{column, want, was})
	}
	return list
}

// lostZeros reports whether a number is another one without its leading zeros, which is
// what a spreadsheet makes of one.
func lostZeros(number, without string) bool {
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	return digits(number) && digits(without) && strings.TrimLeft(number, "0") == strings.TrimLeft(without, "0")
}

// lostLetters reports whether a text is another one with question marks for letters that
// are not ASCII, which is what a spreadsheet makes of those that its encoding lacks. Who
// a row is about is in columns that have none.
func lostLetters(text, without string) bool {
	for _, r := range text {
		mark := string(r)
		if r > unicode.MaxASCII && !strings.HasPrefix(without, mark) {
			mark = strings.Repeat("?", utf16.RuneLen(r))
		}
		var ok bool
		if without, ok = strings.CutPrefix(without, mark); !ok {
			return false
		}
	}
	return without == ""
}

// momentIn reads a time as reports write it, or as a workbook keeps it: in days since
// the end of 1899.
func momentIn(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UTC().Truncate(time.Second), true
	}
	days, err := strconv.ParseFloat(s, 64)
	if err != nil || !(days > 1 && days < 1_000_000) {
		return time.Time{}, false
	}
	return dayZero.Add(time.Duration(days * float64(aDay))).Round(time.Second), true
}

var dayZero = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

// sameTime reports whether a spreadsheet may have written the time so: day, month and
// year in any order, the month perhaps as a word, and of the time of day as much as
// there is.
func sameTime(found, want string) bool {
	t, ok := momentIn(want)
	if !ok {
		return false
	}
	var numbers []int
	for _, digits := range someDigits.FindAllString(found, -1) {
		n, err := strconv.Atoi(digits)
		if err != nil {
			return false
		}
		numbers = append(numbers, n)
	}
	for _, date := range [][]int{
		{t.Year(), int(t.Month()), t.Day()},
		{t.Year() % 100, int(t.Month()), t.Day()},
		{t.Year(), t.Day()},
		{t.Year() % 100, t.Day()},
	} {
		named := len(date) == 2 // the month, by a word
		if len(numbers) < len(date) || named && !strings.ContainsFunc(found, unicode.IsLetter) {
			continue
		}
		head, rest := slices.Sorted(slices.Values(numbers[:len(date)])), numbers[len(date):]
		if slices.Sort(date); slices.Equal(head, date) && sameTimeOfDay(rest, t) {
			return true
		}
	}
	return false
}

var someDigits = regexp.MustCompile(`[0-9]+`)

// sameTimeOfDay holds hours, minutes and seconds, as far as there are any, against a
// time; the hours may be those of a clock with twelve of them. What follows is a
// fraction, or a time zone: UTC.
func sameTimeOfDay(numbers []int, t time.Time) bool {
	if len(numbers) > 3 && slices.Max(numbers[3:]) > 0 {
		return false
	}
	for i, want := range []int{t.Hour(), t.Minute(), t.Second()} {
		if i < len(numbers) && numbers[i] != want && (i > 0 || numbers[0] > 12 || numbers[0]%12 != want%12) {
			return false
		}
	}
	return true
}

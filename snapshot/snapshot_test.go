package snapshot

import (
	"errors"
	"strings"
	"testing"
)

func TestTargetsReadAsTheyAreWritten(t *testing.T) {
	for _, s := range []string{"account:0123456789abcdef0123456789abcdef", "zone:a-B_9", "account:" + strings.Repeat("a", 64)} {
		if target, err := ParseTarget(s); err != nil || target.String() != s {
			t.Errorf("%s was read as %s, %v", s, target, err)
		}
	}
	for _, s := range []string{
		"", ":", "account", "account:", "zone:", "user:a", "Account:a", " account:a", "account:a ", "account:a:b", "account:a/../b",
		"account:é", "account:a?b", "account:" + strings.Repeat("a", 65),
	} {
		if target, err := ParseTarget(s); !errors.Is(err, ErrTarget) || target != (Target{}) {
			t.Errorf("%q was read as %s, %v", s, target, err)
		}
	}
}

func TestKindsReadAsTheyAreWritten(t *testing.T) {
	for _, k := range Kinds() {
		if got, err := ParseKind(string(k)); err != nil || got != k {
			t.Errorf("%s was read as %s, %v", k, got, err)
		}
		if k.IsSCIM() && k.IsReference() {
			t.Errorf("%s is both", k)
		}
	}
	for _, s := range []string{"", "scim_users", "SCIM_USER"} {
		if got, err := ParseKind(s); err == nil || got != "" || !strings.Contains(err.Error(), "scim_user, scim_group") {
			t.Errorf("%q was read as %s, %v", s, got, err)
		}
	}
}

func TestDigestsReadAsTheyAreWritten(t *testing.T) {
	d := Digest{0: 0xab, 31: 0x01}
	text, err := d.MarshalText()
	if err != nil || string(text) != d.String() || len(text) != 64 {
		t.Fatalf("written as %s, %v", text, err)
	}
	var got Digest
	if err := got.UnmarshalText(text); err != nil || got != d {
		t.Errorf("read as %s, %v", got, err)
	}
	for _, s := range []string{"", "ab", strings.Repeat("g", 64), strings.Repeat("a", 63), strings.Repeat("a", 65), strings.Repeat("a", 66)} {
		if err := got.UnmarshalText([]byte(s)); err == nil {
			t.Errorf("%q was read as %s", s, got)
		}
	}
}

func TestASnapshotIsPartialOnlyWhereACaptureFailed(t *testing.T) {
	for status, want := range map[Status]Status{Complete: Complete, Skipped: Complete, Unsupported: Complete, Failed: Partial} {
		sn := Snapshot{Captures: []Capture{{Status: Complete}, {Status: status}, {Status: Complete}}}
		if got := sn.Status(); got != want {
			t.Errorf("with one %s: %s", status, got)
		}
	}
}

func TestShortIDIsAPrefix(t *testing.T) {
	for id, want := range map[string]string{"": "", "0123": "0123", "01234567": "01234567", "0123456789": "01234567"} {
		if got := ShortID(id); got != want {
			t.Errorf("%s became %s", id, got)
		}
	}
}

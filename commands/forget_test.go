package commands

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

// What was typed is what is applied, and what is recorded as the reason.
func TestPolicyFlags(t *testing.T) {
	a := policyArgs{
		last: "3", hourly: "24", daily: "unlimited", weekly: "0", monthly: "36", yearly: "7",
		within: "2y5m7d3h", withinHourly: "1d", withinDaily: "7d", withinWeekly: "1m", withinMonthly: "1y", withinYearly: "75y",
	}
	got, err := a.policy()
	if err != nil {
		t.Fatal(err)
	}
	want := snapshot.Policy{
		Last: 3, Hourly: 24, Daily: snapshot.Unlimited, Monthly: 36, Yearly: 7,
		Within: snapshot.Period{Years: 2, Months: 5, Days: 7, Hours: 3}, WithinHourly: snapshot.Period{Days: 1}, WithinDaily: snapshot.Period{Days: 7},
		WithinWeekly: snapshot.Period{Months: 1}, WithinMonthly: snapshot.Period{Years: 1}, WithinYearly: snapshot.Period{Years: 75},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, text := range []string{"-1", "1.5", "all", "1e3", "99999999999999999999", " 1"} {
		if _, err := (&policyArgs{monthly: text}).policy(); !errors.Is(err, errUsage) || !strings.Contains(err.Error(), "--keep-monthly") {
			t.Errorf("--keep-monthly %q: %v", text, err)
		}
	}
	for _, text := range []string{"1w", "7", "-7d", "unlimited"} {
		if _, err := (&policyArgs{withinYearly: text}).policy(); !errors.Is(err, errUsage) || !strings.Contains(err.Error(), "--keep-within-yearly") {
			t.Errorf("--keep-within-yearly %q: %v", text, err)
		}
	}
}

func TestMustKeep(t *testing.T) {
	all := past() // of acme complete, complete, partial, safety
	all[0].Pin = "CHG-2291\nhint: idpsnap forget --prune"
	for _, test := range []struct {
		named string // the beginnings of ids
		says  []string
		hint  string
	}{
		{"bbbb1 cccc1", nil, ""},
		{"aaaa1", []string{`aaaa1000 is pinned: CHG-2291\nhint: idpsnap forget --prune`}, "idpsnap unpin aaaa1000"},
		{"aaaa2", []string{"aaaa2000 is the last complete snapshot of account:acme"}, "idpsnap snapshot --account acme takes another one first"},
		{"20260", []string{"20260000 is the last complete snapshot of zone:site"}, "idpsnap snapshot --zone site takes another one first"},
		{"aaaa1 bbbb1 aaaa2 cccc1", []string{"aaaa1000 is pinned", "aaaa2000 is the last complete"}, "idpsnap unpin aaaa1000; idpsnap snapshot --account acme takes another one first"},
	} {
		named := map[string]bool{}
		for _, sn := range all {
			named[sn.ID] = strings.Contains(test.named, sn.ID[:5])
		}
		err := mustKeep(all, named, nil)
		if test.says == nil {
			if err != nil {
				t.Errorf("%s: %v", test.named, err)
			}
			continue
		}
		f := judge(t.Context(), err)
		if f.code != exitRefused || f.hint != test.hint {
			t.Errorf("%s: %+v, want hint %q", test.named, f, test.hint)
		}
		for _, says := range test.says {
			if !strings.Contains(f.text, says) {
				t.Errorf("%s: %q lacks %q", test.named, f.text, says)
			}
		}
	}
}

// The id of a forgotten snapshot is not the id of nothing.
func TestResolveForgotten(t *testing.T) {
	gone := []snapshot.Forgotten{
		{Snapshot: taken("dead1", acme, "2026-06-01T02:00:00Z", snapshot.Complete, snapshot.Ordinary), ForgottenAt: at("2026-07-01T09:00:00Z"), Why: "--keep-daily 7"},
		{Snapshot: taken("dead2", labs, "2026-06-02T02:00:00Z", snapshot.Complete, snapshot.Ordinary), ForgottenAt: at("2026-07-01T09:00:00Z"), Why: "named\nby hand"},
		{Snapshot: taken("aaaa3", acme, "2026-06-03T02:00:00Z", snapshot.Complete, snapshot.Ordinary), ForgottenAt: at("2026-07-01T09:00:00Z"), Why: "x"},
	}
	sc := sceneWith(nil, past())
	sc.forgotten = func() ([]snapshot.Forgotten, error) { return gone, nil }
	for _, test := range []struct {
		text       string
		says, nots []string
	}{
		{"dead1", []string{"snapshot dead1000 of account:acme, taken 2026-06-01T02:00:00Z, was forgotten 2026-07-01T09:00:00Z: --keep-daily 7"}, []string{"dead2"}},
		{"DEAD2", []string{`was forgotten 2026-07-01T09:00:00Z: named\nby hand`}, nil},
		{"dead", []string{"dead1000", "dead2000"}, nil},
		{"prod@dead", []string{"dead1000"}, []string{"dead2000"}},
		{"web@dead", []string{"no snapshot's id begins with dead"}, []string{"forgotten"}},
		{"aaaa", []string{"more than one snapshot's id begins with aaaa"}, []string{"aaaa3", "forgotten"}},
		{"dead3", []string{"no snapshot's id begins with dead3"}, []string{"forgotten"}},
	} {
		_, err := sc.resolve(test.text)
		if err == nil {
			t.Errorf("%s is found", test.text)
			continue
		}
		f := judge(t.Context(), err)
		if f.code != exitNotFound {
			t.Errorf("%s: %+v", test.text, f)
		}
		for _, says := range test.says {
			if !strings.Contains(f.text, says) {
				t.Errorf("%s: %q lacks %q", test.text, f.text, says)
			}
		}
		for _, not := range test.nots {
			if strings.Contains(f.text, not) {
				t.Errorf("%s: %q has %q", test.text, f.text, not)
			}
		}
	}
	sc.forgotten = func() ([]snapshot.Forgotten, error) { return nil, store.ErrCorrupt }
	if _, err := sc.resolve("dead1"); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("what was forgotten cannot be read: %v", err)
	}
	for range 20 {
		gone = append(gone, gone[0])
	}
	sc.forgotten = func() ([]snapshot.Forgotten, error) { return gone, nil }
	if _, err := sc.resolve("dead1"); err == nil || strings.Count(err.Error(), "dead1000") != 10 || !strings.HasSuffix(err.Error(), "and 11 more that begin so") {
		t.Errorf("of many that begin so: %v", err)
	}
}

// The statuses of what the history refuses, should somebody else have been quicker.
func TestForgetErrors(t *testing.T) {
	for err, code := range map[error]int{store.ErrPinned: exitRefused, store.ErrLastComplete: exitRefused, store.ErrForgotten: exitNotFound} {
		if f := judge(t.Context(), err); f.code != code {
			t.Errorf("%v: status %d, want %d", err, f.code, code)
		}
	}
}

package commands

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

var (
	acme = snapshot.Target{Scope: snapshot.Account, ID: "acme"}
	labs = snapshot.Target{Scope: snapshot.Account, ID: "labs"}
	site = snapshot.Target{Scope: snapshot.Zone, ID: "site"}
)

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func taken(id string, t snapshot.Target, when string, status snapshot.Status, origin snapshot.Origin) snapshot.Snapshot {
	id += strings.Repeat("0", 64-len(id))
	captures := []snapshot.Capture{{Collection: snapshot.Collection{Kind: snapshot.IdentityProvider}, Status: status}}
	return snapshot.Snapshot{ID: id, Target: t, TakenAt: at(when), Origin: origin, Captures: captures}
}

// past has, for acme: complete, complete, partial, safety.
func past() []snapshot.Snapshot {
	return []snapshot.Snapshot{
		taken("aaaa1", acme, "2026-06-28T02:00:00Z", snapshot.Complete, snapshot.Ordinary),
		taken("365d1", labs, "2026-06-28T03:00:00Z", snapshot.Complete, snapshot.Ordinary),
		taken("aaaa2", acme, "2026-06-29T23:59:59Z", snapshot.Complete, snapshot.Ordinary),
		taken("bbbb1", acme, "2026-06-30T02:00:00Z", snapshot.Failed, snapshot.Ordinary),
		taken("cccc1", acme, "2026-06-30T09:00:00Z", snapshot.Complete, snapshot.Safety),
		taken("20260", site, "2026-06-30T10:00:00Z", snapshot.Complete, snapshot.Ordinary),
	}
}

func sceneWith(chosen *snapshot.Target, all []snapshot.Snapshot) scene {
	c := config{path: "config.yaml", Profiles: map[string]profile{
		"prod": {name: "prod", Account: "acme"}, "web": {name: "web", Zone: "site"},
	}}
	sc := scene{
		profile:   c.profile,
		named:     c.namesOf,
		history:   func() ([]snapshot.Snapshot, error) { return all, nil },
		forgotten: func() ([]snapshot.Forgotten, error) { return nil, nil },
		now:       at("2026-07-01T12:00:00Z"),
	}
	if all == nil {
		sc.history = func() ([]snapshot.Snapshot, error) { return nil, store.ErrNoHistory }
	}
	sc.chosen = func() (s selection, ok bool, err error) {
		if chosen != nil {
			s, ok = selection{target: *chosen}, true
		}
		return s, ok, nil
	}
	return sc
}

// short describes what a state turned out to be: an id's first digits, "live
// TARGET", or "file PATH".
func short(st state) string {
	switch {
	case st.file != "":
		return "file " + st.file
	case st.live:
		return fmt.Sprintf("live %s %s", st.of.target, st.of.profile.name)
	}
	return st.snapshot.ID[:5]
}

func TestResolve(t *testing.T) {
	for _, test := range []struct {
		text, want string // want is what it means, or "!10" or "!64" for an error that so ends
		says       string // a part of the error
	}{
		{"latest", "bbbb1", ""},
		{"@latest", "bbbb1", ""},
		{"latest~0", "bbbb1", ""},
		{"latest~1", "aaaa2", ""},
		{"latest~2", "aaaa1", ""},
		{"latest~3", "!10", "only 3 snapshots"},
		{"latest~", "!64", "number"},
		{"latest~-1", "!64", "number"},
		{"latest~99999999999999999999", "!64", "number"},
		{"latest~1x", "!64", "number"},

		{"2026-06-29", "aaaa2", ""}, // until the end of that day
		{"2026-06-28", "aaaa1", ""},
		{"2026-06-30", "aaaa2", ""}, // complete ones only, and no safety snapshot
		{"2026-06-27", "!10", "no complete snapshot"},
		{"2026-06-28T02:00:00Z", "aaaa1", ""},
		{"2026-06-28T01:59:59Z", "!10", "no complete snapshot"},
		{"2026-06-28T04:00:00+02:00", "aaaa1", ""},
		{"2026-06-28T03:59:59+02:00", "!10", ""},
		{"2026-06-28T02:00:00", "!64", "date or time"}, // of which zone?
		{"2026-06-31", "!64", "date or time"},
		{"2026-06-28 02:00", "!64", "date or time"},

		{"36h", "aaaa2", ""},
		{"2d", "aaaa1", ""},
		{"0d", "aaaa2", ""},
		{"1w", "!10", ""},
		{"365d", "!10", "until 2025"}, // an age, although an id begins so
		{"365d1", "365d1", ""},

		{"live", "live account:acme ", ""},
		{"@live", "live account:acme ", ""},
		{"account:labs", "live account:labs ", ""},
		{"zone:site@live", "live zone:site ", ""},
		{"account:labs@latest", "365d1", ""},
		{"zone:site@2026-06-30", "20260", ""},
		{"zone:none@latest", "!10", "no snapshot of zone:none"},
		{"account:@latest", "!64", "not a target"},
		{"account:a/b@latest", "!64", "not a target"},
		{"team:x@latest", "!64", "no target"},

		{"prod", "live account:acme prod", ""},
		{"prod@latest", "bbbb1", ""},
		{"web@latest", "20260", ""},
		{"prdo", "!10", "neither a state nor a profile"},
		{"nobody@latest", "!10", `no profile "nobody"`},
		{"prod@", "!64", "no revision"},
		{"@", "!64", "no revision"},
		{"prod@nonsense", "!64", "no revision"},
		{"a@b@latest", "!64", "no target"},

		{"bbbb", "bbbb1", ""},
		{"BBBB1", "bbbb1", ""},
		{"cccc1", "cccc1", ""}, // safety snapshots have ids too
		{"aaaa", "!10", "more than one"},
		{"aaaa2", "aaaa2", ""},
		{"aaa", "!10", "at least 4"},
		{"dddd", "!10", "begins with dddd"},
		{"20260", "20260", ""},       // an id's beginning
		{"20260630", "!10", "begin"}, // no date
		{"prod@aaaa2", "aaaa2", ""},
		{"prod@365d1", "!10", "begins with 365d1"},
		{strings.Repeat("a", 65), "!10", "neither"},

		{"file:x.json", "file x.json", ""},
		{"file:-", "file -", ""},
		{"file:a@b", "file a@b", ""},
		{"file:", "!64", "no file"},

		{"lates", "!10", "neither"},
		{"", "!64", "no state"},
		{"two words", "!64", "no state"},
		{"--json", "!64", "no state"},
	} {
		t.Run(test.text, func(t *testing.T) {
			check(t, sceneWith(&acme, past()), test.text, test.want, test.says)
		})
	}
}

func check(t *testing.T, sc scene, text, want, says string) {
	t.Helper()
	st, err := sc.resolve(text)
	var got string
	if err != nil {
		got = fmt.Sprintf("!%d", judge(t.Context(), err).code)
		if !strings.Contains(err.Error()+judge(t.Context(), err).hint, says) {
			t.Errorf("error %q does not say %q", err, says)
		}
	} else {
		got = short(st)
	}
	if got != want {
		t.Errorf("%s means %s, want %s (%v)", text, got, want, err)
	}
}

func TestResolveWithoutTarget(t *testing.T) {
	two, one := past(), past()[:1]
	check(t, sceneWith(nil, two), "latest", "!64", "account:labs")
	check(t, sceneWith(nil, two), "live", "!64", "more than one target")
	check(t, sceneWith(nil, two), "bbbb1", "bbbb1", "")
	check(t, sceneWith(nil, two), "file:x", "file x", "")
	check(t, sceneWith(nil, one), "latest", "aaaa1", "")
	check(t, sceneWith(nil, one), "live", "live account:acme ", "")
	check(t, sceneWith(nil, []snapshot.Snapshot{}), "latest", "!10", "no snapshot yet")
	check(t, sceneWith(nil, nil), "latest", "!10", "no history")
	check(t, sceneWith(nil, nil), "live", "!10", "no target is named")
	check(t, sceneWith(nil, nil), "account:acme", "live account:acme ", "")
	check(t, sceneWith(&acme, nil), "live", "live account:acme ", "")
	check(t, sceneWith(&acme, []snapshot.Snapshot{}), "latest", "!10", "no snapshot of account:acme")
}

// The ids by which snapshots are shown always stand for themselves.
func TestShortIDsAreNoRevisions(t *testing.T) {
	for _, id := range []string{"12345678", "1234567d", "00000000", "deadbeef", "2026063d"} {
		if _, ok, err := parseRev(id); ok || err != nil {
			t.Errorf("%s reads as a revision (%v)", id, err)
		}
	}
}

func TestReserved(t *testing.T) {
	for name, want := range map[string]bool{
		"latest": true, "live": true, "latest~1": true, "2026-06-30": true, "7d": true, "cafe": true, "2026": true,
		"prod": false, "later": false, "abc": false, "d7": false, "cafes": false, "99999d": true,
	} {
		if got := reserved(name); got != want {
			t.Errorf("reserved(%q) = %v, want %v", name, got, want)
		}
	}
}

// Every text is a state or a usage error; what is taken apart keeps its text, and
// the same text after "@" means the same revision.
func FuzzParseState(f *testing.F) {
	for _, s := range []string{"latest~1", "a@b@live", "file:", "2026-06-30", "7d", "account:x@9999w", "@", "cafe", "latest~", "é@live", "2026-13-45T"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ref, err := parseState(text)
		if err != nil {
			if !errors.Is(err, errUsage) {
				t.Fatalf("%q: %v is no usage error", text, err)
			}
			return
		}
		if ref.text != text {
			t.Fatalf("%q became %q", text, ref.text)
		}
		if ref.form == formRev && ref.target == "" && !strings.Contains(text, "@") {
			again, err := parseState("@" + text)
			if err != nil || again.rev != ref.rev || again.form != formRev {
				t.Fatalf("%q and @%q differ: %+v, %+v, %v", text, text, ref, again, err)
			}
		}
		if ref.form == formName && ref.id != "" && !idPrefix.MatchString(text) {
			t.Fatalf("%q is taken for an id", text)
		}
	})
}

package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/snapshot"
)

var update = flag.Bool("update", false, "write the golden files anew")

// results are what the golden files show; each is printed in every format.
func results(tb testing.TB) map[string]func(Printer) error {
	tb.Helper()
	show := func(sn snapshot.Snapshot, list []snapshot.Resource) func(Printer) error {
		return func(p Printer) error { return p.Show(sn, nil, sequence(list)) }
	}
	taken := func(snaps ...snapshot.Snapshot) func(Printer) error {
		return func(p Printer) error { return p.Taken(snaps) }
	}
	one := func(sn snapshot.Snapshot, r snapshot.Resource) func(Printer) error {
		return func(p Printer) error { return p.Resource(sn, r) }
	}
	verified := func(v snapshot.Verification) func(Printer) error {
		return func(p Printer) error { return p.Verified(v) }
	}
	doctor := func(checks ...Check) func(Printer) error {
		return func(p Printer) error { return p.Doctor(checks) }
	}
	live := ordinary()
	live.ID = ""
	types := snapshot.Snapshot{ID: id(0x15), Target: ordinary().Target, TargetName: "Fifteen", TakenAt: night, Captures: []snapshot.Capture{capture(snapshot.IdentityProvider, 16, 0, 0, 0)}}
	whole := snapshot.Verification{Snapshots: 365, Captures: 6205, Versions: 131234, Bytes: 48_310_222, Sealed: true, Head: id(0x3f)}
	unsealed := whole
	unsealed.Sealed = false
	damaged := whole
	damaged.Problems = []snapshot.Problem{
		{Where: "snapshot a7a7a7a7", What: "its manifest is not the one that its id was made from"},
		{Where: "snapshot 3f3f3f3f, SCIM users of Corp Okta", What: "98,230 versions where the capture counted 98,231; " + hostileNames[0] + " " + hostileNames[1] + " is missing from the collection"},
	}
	return map[string]func(Printer) error{
		"taken":         taken(ordinary()),
		"taken_partial": taken(partial(), zone()),
		"taken_none":    taken(),
		"taken_hostile": taken(hostile()),
		"snapshots": func(p Printer) error {
			return p.Snapshots([]snapshot.Snapshot{ordinary(), safety(), partial(), zone()})
		},
		"snapshots_none": func(p Printer) error { return p.Snapshots(nil) },
		"snapshots_hostile": func(p Printer) error {
			return p.Snapshots([]snapshot.Snapshot{hostile(), empty()})
		},
		"show":         show(ordinary(), ordinaryResources(tb)),
		"show_live":    show(live, ordinaryResources(tb)[:2]),
		"show_partial": show(partial(), ordinaryResources(tb)[:5]),
		"show_kind": func(p Printer) error {
			return p.Show(partial(), []snapshot.Kind{snapshot.IdentityProvider}, sequence(ordinaryResources(tb)[1:5]))
		},
		"taken_refused":     taken(refused()),
		"show_empty":        show(empty(), nil),
		"show_types":        show(types, everyType(tb)),
		"show_hostile":      show(hostile(), hostileResources(tb)),
		"resource":          one(ordinary(), oktaResource(tb)),
		"resource_user":     one(live, ordinaryResources(tb)[7]),
		"resource_saml":     one(ordinary(), samlResource(tb)),
		"resource_hostile":  one(hostile(), hostileResources(tb)[1]),
		"verified":          verified(whole),
		"verified_damaged":  verified(damaged),
		"verified_unsealed": verified(unsealed),
		"verified_none":     verified(snapshot.Verification{}),
		"doctor": doctor(
			Check{"credentials", OK, "CLOUDFLARE_API_TOKEN, active until 2026-12-31", ""},
			Check{"permissions", Warn, "reads identity providers and SCIM; may not read Access apps, policies and groups, so that a restore cannot tell what depends on a provider", "give the token the permission Access: Apps and Policies Read"},
			Check{"history", Fail, "/var/lib/idpsnap/history.db: " + hostileNames[0], "run 'idpsnap verify', and restore the file from its newest copy if that finds damage; whatever has happened since then can be taken anew from the live account"},
			Check{"clock", OK, "", ""}),
		"doctor_none": doctor(),
	}
}

func printed(tb testing.TB, format string, s Style, result func(Printer) error) string {
	tb.Helper()
	var b bytes.Buffer
	p, err := New(format, &b, s)
	if err != nil {
		tb.Fatal(err)
	}
	if err := result(p); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func TestPrintedAsInGoldenFiles(t *testing.T) {
	for name, result := range results(t) {
		for _, format := range Formats() {
			ext := map[string]string{"text": ".txt", "json": ".json"}[format]
			t.Run(name+ext, func(t *testing.T) { golden(t, name+ext, printed(t, format, Style{Width: 100}, result)) })
		}
	}
	t.Run("color.txt", func(t *testing.T) {
		golden(t, "color.txt", printed(t, "text", Style{Color: true, Width: 80}, results(t)["taken_partial"])+
			printed(t, "text", Style{Color: true, Width: 80}, results(t)["snapshots"]))
	})
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got), 'go test ./report -update' accepts it:\n%s", path, diff)
	}
}

func TestTextIsHarmlessWhateverNamesSay(t *testing.T) {
	for name, result := range results(t) {
		out := printed(t, "text", Style{Width: 100}, result)
		for line := range strings.Lines(out) {
			line = strings.TrimSuffix(line, "\n")
			if bad := strings.IndexFunc(line, dangerous); bad >= 0 || !utf8.ValidString(line) {
				t.Errorf("%s: %q in %q", name, line[max(bad, 0):], line)
			}
			if strings.TrimRight(line, " ") != line {
				t.Errorf("%s: %q ends in spaces", name, line)
			}
			// Addresses and URLs are not shortened, and neither is the list of
			// providers that an app depends on.
			long := slices.ContainsFunc(strings.Fields(line), func(word string) bool { return width(word) > 60 })
			if w := width(line); w > defaultWidth && !long && !strings.Contains(line, "any provider") && !strings.HasSuffix(name, "_hostile") {
				t.Errorf("%s: %d columns: %q", name, w, line)
			}
		}
	}
}

func TestTextIsPaintedOnlyWhereWanted(t *testing.T) {
	for name, result := range results(t) {
		painted := printed(t, "text", Style{Color: true}, result)
		if strip.Replace(painted) != printed(t, "text", Style{}, result) {
			t.Errorf("%s: colour changes more than colour", name)
		}
	}
}

var strip = strings.NewReplacer("\x1b[1m", "", "\x1b[2m", "", "\x1b[32m", "", "\x1b[33m", "", "\x1b[31;1m", "", "\x1b[0m", "", "\x1b[22m", "", "\x1b[0;22m", "")

func TestJSONIsOneValidDocument(t *testing.T) {
	for name, result := range results(t) {
		var v struct {
			FormatVersion string `json:"format_version"`
		}
		out := printed(t, "json", Style{Color: true}, result)
		if err := json.Unmarshal([]byte(out), &v); err != nil || v.FormatVersion != "1" {
			t.Errorf("%s: version %q, %v", name, v.FormatVersion, err)
		}
		if !utf8.ValidString(out) || !strings.HasSuffix(out, "}\n") {
			t.Errorf("%s: not UTF-8, or no new line at the end", name)
		}
	}
}

func TestDocumentsAreShownVerbatim(t *testing.T) {
	r := oktaResource(t)
	for _, s := range []string{"2.50", "9007199254740993", "\u2028", `\u2028`, "<&>"} {
		if !bytes.Contains(r.Document, []byte(s)) {
			t.Fatalf("the fixture has no %q", s)
		}
	}
	out := printed(t, "json", Style{}, func(p Printer) error { return p.Resource(ordinary(), r) })
	if !strings.Contains(out, `"document":`+string(r.Document)+"}") {
		t.Errorf("%s is not in %s", r.Document, out)
	}
}

func TestShowStopsAtTheFirstError(t *testing.T) {
	broken := errors.New("broken")
	for _, format := range Formats() {
		var b bytes.Buffer
		p, _ := New(format, &b, Style{})
		err := p.Show(ordinary(), nil, func(yield func(snapshot.Resource, error) bool) {
			if yield(oktaResource(t), nil) && yield(snapshot.Resource{}, broken) {
				t.Error("asked for more after an error")
			}
		})
		if !errors.Is(err, broken) {
			t.Errorf("%s: %v", format, err)
		}
		if b.Len() == 0 || json.Valid(b.Bytes()) {
			t.Errorf("%s: printed %q", format, b.String())
		}
	}
}

func TestShowRefusesADocumentThatIsNotJSON(t *testing.T) {
	r := snapshot.Resource{Collection: snapshot.Collection{Kind: snapshot.AccessApp}, ID: "x", Document: snapshot.Document(`{"a":`)}
	p, _ := New("json", new(bytes.Buffer), Style{})
	if err := p.Resource(ordinary(), r); err == nil {
		t.Error("printed")
	}
	_ = printed(t, "text", Style{}, func(p Printer) error { return p.Resource(ordinary(), r) })
}

// fullDisk takes some bytes and no more.
type fullDisk struct{ room int }

var errFull = errors.New("no space left")

func (f *fullDisk) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestTheWritersFirstErrorIsReturned(t *testing.T) {
	many := make([]snapshot.Resource, 5000)
	for i := range many {
		many[i] = ordinaryResources(t)[5]
	}
	all := results(t)
	all["show_many"] = func(p Printer) error {
		n := 0
		err := p.Show(ordinary(), nil, func(yield func(snapshot.Resource, error) bool) {
			for _, r := range many {
				if n++; !yield(r, nil) {
					return
				}
			}
		})
		if n == len(many) {
			t.Error("goes on printing to a writer that is broken")
		}
		return err
	}
	for name, result := range all {
		for _, format := range Formats() {
			p, _ := New(format, &fullDisk{}, Style{})
			if err := result(p); !errors.Is(err, errFull) {
				t.Errorf("%s, %s: %v", name, format, err)
			}
		}
	}
}

func TestNewRefusesUnknownFormats(t *testing.T) {
	if _, err := New("yaml", new(bytes.Buffer), Style{}); err == nil || !strings.Contains(err.Error(), "text or json") {
		t.Error(err)
	}
}

func TestErrors(t *testing.T) {
	var b bytes.Buffer
	Error(&b, "text", 4, "not permitted: "+hostileNames[0], "give the token Access: Read")
	Error(&b, "text", 5, "missing secrets:\nCorp Okta.client_secret\nhint: \x1b[2J", "")
	Error(&b, "json", 10, "no snapshot <x>\nline", "idpsnap snapshots")
	golden(t, "errors.txt", b.String())
}

func dangerous(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs)
}

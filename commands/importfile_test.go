package commands

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

// complainer is where *testing.T and *rapid.T are alike.
type complainer interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// odd draws the text of a JSON string, as somebody may have sent it.
func odd() *rapid.Generator[string] {
	parts := []string{
		"yes", "null", "~", "0123", "1e3", "-", ": ", " #", "?", "*a", "&b", "!c", "|", ">", "%", "@", "`", "'", `\"`, `\\`, `\n`, `\r`, `\t`, `\u0000`,
		`\u001b`, `\u0026`, `\/`, `\ud83d\ude00`, "😀", "é", "e\u0301", "\u0085", "\u2028", "\ufeff", "\u202e", "\x7f", "<script>", "=cmd|'/c calc'!A1",
		" ", "a", "{", "[", "}", "]", ",", "<<", strings.Repeat("long", 90), "\U000e0001", "\U0010ffff", `\ufffd`,
	}
	return rapid.Custom(func(rt *rapid.T) string {
		return `"` + strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 4).Draw(rt, "parts"), "") + `"`
	})
}

// oddValue draws JSON.
func oddValue(depth int) *rapid.Generator[string] {
	scalars := []*rapid.Generator[string]{
		odd(),
		rapid.SampledFrom([]string{"null", "true", "false", "0", "-0", "123456789012345678901234567890", "1e3", "1E400", "0.10", "-1.5e-7", "9007199254740993"}),
	}
	if depth == 0 {
		return rapid.OneOf(scalars...)
	}
	return rapid.OneOf(append(scalars,
		rapid.Map(rapid.SliceOfN(oddValue(depth-1), 0, 3), func(list []string) string { return "[" + strings.Join(list, ",") + "]" }),
		rapid.Custom(func(rt *rapid.T) string { return oddObject(rt, depth-1, "") }),
	)...)
}

// oddObject draws an object that has, besides these, any members.
func oddObject(rt *rapid.T, depth int, members string) string {
	seen := map[string]bool{"id": true}
	var list []string
	if members != "" {
		list = append(list, members)
	}
	for _, quoted := range rapid.SliceOfN(odd(), 0, 3).Draw(rt, "names") {
		var name string
		if err := json.Unmarshal([]byte(quoted), &name); err != nil {
			rt.Fatal(err)
		}
		if !seen[name] {
			seen[name] = true
			list = append(list, quoted+":"+oddValue(depth).Draw(rt, "value"))
		}
	}
	return "{" + strings.Join(list, ",") + "}"
}

// recordedSource is a target that holds what it was given.
type recordedSource struct {
	lists map[snapshot.Collection][]snapshot.Element
	fails map[snapshot.Collection]bool
}

func (s recordedSource) Target() snapshot.Target {
	return snapshot.Target{Scope: snapshot.Account, ID: "a1"}
}

func (s recordedSource) Name(context.Context) (string, error) { return "=A\x1b[31m\n\u202e", nil }
func (s recordedSource) Requests() int                        { return 7 }
func (s recordedSource) Host() string                         { return "api.cloudflare.com" }
func (s recordedSource) Read(_ context.Context, c snapshot.Collection, to snapshot.Listing) error {
	if s.fails[c] {
		return fmt.Errorf("GET /x: 502 \x1b[31m\n: no")
	}
	_, err := to.Page(s.lists[c])
	return err
}

// anySource draws a target.
func anySource(rt *rapid.T) recordedSource {
	s := recordedSource{map[snapshot.Collection][]snapshot.Element{}, map[snapshot.Collection]bool{}}
	fill := func(c snapshot.Collection, members string) []snapshot.Element {
		for i := range rapid.IntRange(0, 4).Draw(rt, "resources") {
			id := fmt.Sprintf("%s-%d", c.Kind, i)
			s.lists[c] = append(s.lists[c], snapshot.Element{ID: id, JSON: []byte(oddObject(rt, 2, fmt.Sprintf(`"id":%q%s`, id, members)))})
		}
		return s.lists[c]
	}
	if rapid.Bool().Draw(rt, "organization") {
		s.lists[snapshot.Collection{Kind: snapshot.Organization}] = []snapshot.Element{{ID: "organization", JSON: []byte(oddObject(rt, 2, ""))}}
	}
	for _, p := range fill(snapshot.Collection{Kind: snapshot.IdentityProvider}, `,"scim_config":{"enabled":true,"secret":"s"},"config":{"client_secret":"x"}`) {
		fill(snapshot.Collection{Kind: snapshot.SCIMUser, Provider: p.ID}, `,"active":true`)
		s.fails[snapshot.Collection{Kind: snapshot.SCIMGroup, Provider: p.ID}] = rapid.Bool().Draw(rt, "fails")
	}
	fill(snapshot.Collection{Kind: snapshot.AccessApp}, "")
	return s
}

// recorded records a snapshot in a new history and gives both.
func recorded(t complainer, dir string, src snapshot.Source) (*store.Store, snapshot.Snapshot, []snapshot.Resource) {
	t.Helper()
	ctx := context.Background()
	s, err := store.Create(ctx, filepath.Join(dir, "a.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	draft, err := s.Begin(ctx, src.Target())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 6, 30, 2, 0, 0, 0, time.UTC)
	sn, err := snapshot.Take(ctx, src, draft, snapshot.TakeOptions{Now: func() time.Time { return now }, SCIM: true, References: true, Note: "\"=1\n", Tool: "t"})
	if err != nil {
		t.Fatal(err)
	}
	if sn, err = draft.Commit(ctx, sn); err != nil {
		t.Fatal(err)
	}
	return s, sn, held(t, s, sn)
}

func held(t complainer, s *store.Store, sn snapshot.Snapshot) []snapshot.Resource {
	t.Helper()
	var list []snapshot.Resource
	for r, err := range s.Resources(context.Background(), sn.ID) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	return list
}

func exportedTo(t complainer, format string, sn snapshot.Snapshot, list []snapshot.Resource) []byte {
	t.Helper()
	var b bytes.Buffer
	err := report.Export(format, &b, sn, ofKinds(slices.Values(list), nil))
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Whatever a target holds, a snapshot of it goes through a file into another history,
// and every document, digest and count of it is there; exported again it is the same.
func TestExportImportExport(t *testing.T) {
	t.Parallel() // it waits for the disk
	root := t.TempDir()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		ctx := context.Background()
		s, sn, list := recorded(rt, filepath.Join(root, fmt.Sprint(n)), anySource(rt))
		defer s.Close()
		first := exportedTo(rt, "json", sn, list)
		format := rapid.SampledFrom([]string{"json", "yaml"}).Draw(rt, "format")
		file := exportedTo(rt, format, sn, list)
		env := Env{Stdin: bytes.NewReader(file), Now: func() time.Time { return sn.TakenAt.Add(time.Hour) }}
		im, err := readImport(ctx, env, "-")
		if err != nil {
			rt.Fatalf("%s: %v\n%s", format, err, file)
		}
		other, err := store.Create(ctx, filepath.Join(root, fmt.Sprint(n), format+".db"), store.Options{})
		if err != nil {
			rt.Fatal(err)
		}
		got, err := im.record(ctx, other)
		if err != nil {
			rt.Fatalf("%s: %v\n%s", format, err, file)
		}
		if _, err := im.record(ctx, other); !errors.Is(err, errRefused) {
			rt.Fatalf("%s: recorded once more, by who did not know of the first: %v", format, err)
		}
		gotList := held(rt, other, got)
		if diff := cmp.Diff(list, gotList); diff != "" {
			rt.Fatalf("%s: %s", format, diff)
		}
		if got.Origin != snapshot.Imported || got.ImportedFrom != sn.ID {
			rt.Fatalf("%s: origin %s, from %s", format, got.Origin, got.ImportedFrom)
		}
		for i, c := range got.Captures {
			want := sn.Captures[i]
			if c.Digest != want.Digest || c.Count != want.Count || c.Active != want.Active || c.Status != want.Status || c.Error != want.Error || c.ProviderName != want.ProviderName {
				rt.Fatalf("%s: %+v, want %+v", format, c, want)
			}
		}
		got.ID, got.Origin, got.ImportedFrom = sn.ID, sn.Origin, ""
		if again := exportedTo(rt, "json", got, gotList); !bytes.Equal(again, first) {
			rt.Fatalf("%s: %s", format, cmp.Diff(string(first), string(again)))
		}
		if err := other.Close(); err != nil {
			rt.Fatal(err)
		}
	})
}

// One byte of a document that is another one is found, wherever it is.
func TestImportFindsWhatWasEdited(t *testing.T) {
	src := recordedSource{lists: map[snapshot.Collection][]snapshot.Element{
		{Kind: snapshot.IdentityProvider}: {{ID: "p1", JSON: []byte(`{"id":"p1","name":"Okta","type":"okta","n":1}`)}, {ID: "p2", JSON: []byte(`{"id":"p2","name":"Two"}`)}},
	}}
	s, sn, list := recorded(t, t.TempDir(), src)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"json", "yaml"} {
		for _, edit := range [][2]string{
			{`okta`, `oktb`}, {`"n":1`, `"n":10`}, {`n: 1`, `n: 10`}, {`"Two"`, `"Too"`}, {`p2`, `p3`}, {sn.Captures[1].Digest.String()[:9], "012345678"},
		} {
			file := string(exportedTo(t, format, sn, list))
			edited := strings.ReplaceAll(file, edit[0], edit[1])
			if edited == file {
				continue
			}
			im, err := readImport(context.Background(), Env{Stdin: strings.NewReader(edited), Now: func() time.Time { return sn.TakenAt }}, "-")
			if err == nil {
				err = im.rehearse(context.Background())
			}
			if err == nil || judge(context.Background(), err).code != exitIntegrity || !strings.Contains(err.Error(), "identity_provider") {
				t.Errorf("%s, %q: %v", format, edit, err)
			}
		}
	}
}

func TestYAMLThatIsNoJSON(t *testing.T) {
	for text, want := range map[string]string{
		"a: &x 1\nb: *x": "JSON has nothing like", "a: !!int '1'": "JSON has nothing like", "a: .inf": "JSON has nothing like",
		"a: 0x1f": "JSON has no number like 0x1f", "a: +1": "JSON has no number like +1", "a: 1\n---\nb: 2": "2 documents", "": "documents",
		"a: " + strings.Repeat("[", 3000): "too deep", "a:\n  " + strings.Repeat("- ", 3000): "too deep",
		"a: " + strings.Repeat("{a: ", 3000): "too deep",
		"[1, 2":                              "", "a: 1\na: 2": "line 2 has a name that was already defined", "a: \"x": "line 1 is not YAML",
	} {
		if got, err := yamlToJSON([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"a: 1": `{"a":1}`, "a:\n- x\n- y: ~\n": `{"a":["x",{"y":null}]}`, "a: |\n  b\n  c\n": `{"a":"b\nc\n"}`, "a: yes": `{"a":"yes"}`,
		"a: 'it''s'": `{"a":"it's"}`, "{a: [1.50, true]}": `{"a":[1.50,true]}`, "a:": `{"a":null}`,
	} {
		if got, err := yamlToJSON([]byte(text)); err != nil || string(got) != want {
			t.Errorf("%q: %s, %v; want %s", text, got, err, want)
		}
	}
}

// A wrong file may hold people's data, which belongs in no log and on no screen.
func TestAWrongStateFileIsNotQuoted(t *testing.T) {
	people := strings.Repeat("- name: Ann Smith\n  email: ann@acme.com\n", 20)
	for name, test := range map[string]struct{ text, want string }{
		"SQLite":        {"SQLite format 3\x00\x10\x00" + people, "it is a SQLite file; a history is named with --db"},
		"a quote less":  {people + "- name: \"Bob\n" + people, "it is neither JSON nor YAML of idpsnap: line "},
		"a name twice":  {people + "- email: bob@acme.com\n  email: bob@acme.com\n", "line 42 has a name that was already defined"},
		"a table":       {"name,email\nAnn Smith,ann@acme.com\n\t\"x\n", "it is neither JSON nor YAML of idpsnap: "},
		"half a JSON":   {`{"format_version":"1","resources":[{"id":"ann@acme.com`, "it is not JSON of idpsnap: "},
		"other members": {`{"format_version":"1","resources":"ann@acme.com"}`, `its field "resources" holds`},
		"a long number": {"a: 0x" + strings.Repeat("ann", 50), ""},
	} {
		_, _, err := readStateFile(context.Background(), Env{Stdin: strings.NewReader(test.text)}, "-")
		if err == nil || !strings.Contains(err.Error(), test.want) || len(err.Error()) > 150 || strings.Contains(strings.ToLower(err.Error()), "@acme") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is not YAML is an error and no end of the program.
func FuzzYAML(f *testing.F) {
	for _, seed := range []string{"a: 1", "- - a", "? a\n: b", "a: \"\\u00", "<<: {a: 1}", "{[}", "a: |2\n x", "%YAML 1.2\n---\na"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if got, err := yamlToJSON(text); err == nil && !json.Valid(got) {
			t.Errorf("%q: %s", text, got)
		}
		_, _, _ = decodeState(io.LimitReader(bytes.NewReader(text), 1<<16))
	})
}

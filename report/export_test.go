package report

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/idpsnap/idpsnap/snapshot"
)

func exported(tb testing.TB, format string, sn snapshot.Snapshot, list []snapshot.Resource) string {
	tb.Helper()
	var b strings.Builder
	if err := Export(format, &b, sn, sequence(list)); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func TestExportedAsInGoldenFiles(t *testing.T) {
	inZone := zone()
	for name, text := range map[string]string{
		"export.yaml":         exported(t, "yaml", ordinary(), ordinaryResources(t)),
		"export_none.yaml":    exported(t, "yaml", empty(), nil),
		"export_hostile.yaml": exported(t, "yaml", hostile(), append(hostileResources(t), oddDocuments(t)...)),
		"export.csv":          exported(t, "csv", ordinary(), ordinaryResources(t)),
		"export_none.csv":     exported(t, "csv", empty(), nil),
		"export_hostile.csv":  exported(t, "csv", hostile(), hostileUsers(t)),
		"export_types.tf":     exported(t, "terraform", ordinary(), everyType(t)),
		"export_hostile.tf":   exported(t, "terraform", hostile(), hostileProviders(t)),
		"export_zone.tf":      exported(t, "terraform", inZone, everyType(t)[:4]),
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, text) })
	}
}

// JSON is what Show prints.
func TestExportedJSONIsWhatShowPrints(t *testing.T) {
	shown := printed(t, "json", Style{}, func(p Printer) error { return p.Show(ordinary(), nil, sequence(ordinaryResources(t))) })
	if diff := cmp.Diff(shown, exported(t, "json", ordinary(), ordinaryResources(t))); diff != "" {
		t.Error(diff)
	}
}

// oddDocuments are documents that YAML is prone to change.
func oddDocuments(tb testing.TB) []snapshot.Resource {
	tb.Helper()
	var list []snapshot.Resource
	for _, d := range []string{
		`{"id":"a1","n":[123456789012345678901234567890,1e3,-0,0.10,1E400,-1.5e-7],"s":["yes","0123","1e3","null","~","","2026-06-30",".inf","0x1f"," x ","- a","a: b","#c"]}`,
		`{"id":"a2","lines":"a\nb\r\n\tc\n","nul":"\u0000","emoji":"😀","raw":"` + "\u0085\u2028\ufeff\u202e\x7f" + `","empty":{},"none":[],"nested":[[1,[2]],[{}],{"a":{"b":[]}}]}`,
		`{"id":"a3","on":1,"y":2,"no":3,"<<":4,"":5,"- x":6,"? y":7,"a: b":8,"#":9,"null":10,"1":11,"*a":12,"&b":13,"!t":14,"` + "\u00e9" + `":15}`,
		`{"id":"a4","url":"https:\/\/a.example\/?x=1\u0026y=2","pair":"\ud83d\ude00"}`,
	} {
		list = append(list, resource(tb, snapshot.AccessApp, "", d))
	}
	return list
}

// Other readers of YAML find in it what is in the JSON.
func TestExportedYAMLSaysTheSame(t *testing.T) {
	list := append(ordinaryResources(t), oddDocuments(t)[1])
	var fromYAML, fromJSON any
	if err := yaml.Unmarshal([]byte(exported(t, "yaml", ordinary(), list)), &fromYAML); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(exported(t, "json", ordinary(), list)), &fromJSON); err != nil {
		t.Fatal(err)
	}
	withoutOurs := cmp.FilterPath(func(p cmp.Path) bool {
		at, ok := p.Last().(cmp.MapIndex)
		return ok && at.Key().String() == "as_sent"
	}, cmp.Ignore())
	if diff := cmp.Diff(fromJSON, plainNumbers(fromYAML), withoutOurs); diff != "" {
		t.Error(diff)
	}
}

// plainNumbers makes numbers the type that encoding/json gives them.
func plainNumbers(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = plainNumbers(v[k])
		}
	case []any:
		for i := range v {
			v[i] = plainNumbers(v[i])
		}
	case uint64:
		return float64(v)
	case int64:
		return float64(v)
	}
	return v
}

func hostileUsers(tb testing.TB) []snapshot.Resource {
	tb.Helper()
	list := []snapshot.Resource{resource(tb, snapshot.IdentityProvider, "", `{"id":"p","name":"=cmd|'/c calc'!A1","type":"okta"}`)}
	for _, name := range append(append([]string{"=cmd|'/c calc'!A1", "a,\"b\"\r\nc", "+1", "-1", "@x"}, hostileNames...), injections...) {
		text, err := json.Marshal(map[string]any{
			"id": "u" + string(rune('a'+len(list)%26)), "displayName": strings.ToValidUTF8(name, "?"), "userName": strings.ToValidUTF8(name, "?"),
			"externalId": strings.ToValidUTF8(name, "?"), "active": len(list)%2 == 0, "meta": map[string]any{"created": strings.ToValidUTF8(name, "?")},
		})
		if err != nil {
			tb.Fatal(err)
		}
		list = append(list, resource(tb, snapshot.SCIMUser, "p", string(text)))
	}
	return append(list,
		resource(tb, snapshot.SCIMUser, "gone", `{"id":"u1","displayName":"Of a provider that nobody read","active":"yes","meta":7,"emails":"x"}`),
		resource(tb, snapshot.SCIMUser, "p", `{"id":"u2"}`))
}

// Any reader of CSV finds a row for each user, and nothing that a spreadsheet runs.
func TestExportedUsersAreRows(t *testing.T) {
	users := hostileUsers(t)
	rows, err := csv.NewReader(strings.NewReader(exported(t, "csv", ordinary(), users))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(users) { // a line of names, and one of them is the provider
		t.Fatalf("%d rows of %d users", len(rows)-1, len(users)-1)
	}
	for _, row := range rows {
		if len(row) != len(userColumns) {
			t.Errorf("%d columns: %q", len(row), row)
		}
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("a spreadsheet runs %q", cell)
			}
		}
	}
	unread := rows[len(rows)-2]
	if got := unread[1:4]; !cmp.Equal(got, []string{"gone", "not known", "not known"}) {
		t.Errorf("the provider that nobody read: %q", got)
	}
	if unread[9] != "" {
		t.Errorf(`"active":"yes" became %q`, unread[9])
	}
}

// A state that cannot be read to its end never looks whole.
func TestExportOfWhatCannotBeRead(t *testing.T) {
	broken := errors.New("the disk is gone")
	some := ordinaryResources(t)
	half := func(yield func(snapshot.Resource, error) bool) {
		for _, r := range some[:4] {
			if !yield(r, nil) {
				return
			}
		}
		yield(snapshot.Resource{}, broken)
	}
	for _, format := range ExportFormats() {
		var b strings.Builder
		if err := Export(format, &b, ordinary(), iter.Seq2[snapshot.Resource, error](half)); !errors.Is(err, broken) {
			t.Errorf("%s: %v", format, err)
		}
		var v any
		switch format {
		case "json":
			if json.Valid([]byte(b.String())) {
				t.Error("JSON looks whole")
			}
		case "yaml":
			if yaml.Unmarshal([]byte(b.String()), &v) == nil {
				t.Error("YAML looks whole")
			}
		case "terraform":
			if b.Len() > 0 {
				t.Error("there is something of a configuration")
			}
		}
	}
	if err := Export("xml", &strings.Builder{}, ordinary(), half); err == nil {
		t.Error("XML is no format")
	}
}

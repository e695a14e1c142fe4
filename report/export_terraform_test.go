package report

import (
	"encoding/json"
	"fmt"
	"maps"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/idpsnap/idpsnap/snapshot"
)

// What Terraform reads of an export, and what is in the comments above, is what was
// recorded, for every type and whatever people call things.
func TestExportToTerraformAndBack(t *testing.T) {
	for name, list := range map[string][]snapshot.Resource{
		"types": everyType(t), "ordinary": ordinaryResources(t), "hostile": hostileProviders(t),
	} {
		t.Run(name, func(t *testing.T) { checkTerraform(t, ordinary(), list) })
	}
}

func TestExportToTerraformAndBackAlways(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		target := snapshot.Target{Scope: rapid.SampledFrom([]snapshot.Scope{snapshot.Account, snapshot.Zone}).Draw(rt, "scope"), ID: "a1"}
		sn := snapshot.Snapshot{Target: target, TargetName: awkward().Draw(rt, "target"), TakenAt: night}
		var list []snapshot.Resource
		for i := range rapid.IntRange(0, 4).Draw(rt, "providers") {
			list = append(list, anyProvider(rt, i))
		}
		checkTerraform(rt, sn, list)
	})
}

// awkward draws text that means something in HCL, in a comment or to a shell.
func awkward() *rapid.Generator[string] {
	parts := []string{
		"${", "%{", "$", "%", "}", "$${", "%%{ if true }", "\"", "\\", "\n", "\r\n", "\t", "*/", "/*", "#", "//", "<<EOT\n", "EOT\n",
		"\x00", "\x1b[31m", "\u202e", "\u2028", "\u0085", "é", "e\u0301", "😀", "a", "B", "9", " ", "_", "-", "var.x", "(redacted)", "😀\u200d😀",
	}
	return rapid.Custom(func(rt *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 6).Draw(rt, "parts"), "")
	})
}

// anyProvider draws a provider of any type with settings of its type and of others.
func anyProvider(rt *rapid.T, i int) snapshot.Resource {
	types := append(snapshot.Types(), snapshot.TypeInfo{Type: "some-new-type"})
	d := map[string]any{
		"id": fmt.Sprintf("%08d-x/y", i), "name": awkward().Draw(rt, "name"),
		"type": rapid.SampledFrom(types).Draw(rt, "type").Type,
	}
	value := rapid.OneOf(
		rapid.Map(awkward(), func(s string) any { return s }),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(rapid.SliceOfN(awkward(), 0, 3), func(s []string) any { return s }),
		rapid.Just[any](nil),
		rapid.Just[any](json.Number("123456789012345678901234567890.10")),
		rapid.Just[any](map[string]any{"k": "v"}),
		rapid.Just[any]([]any{map[string]any{"attribute_name": "${a}", "header_name": "X"}}),
		rapid.Just[any]([]any{map[string]any{"attribute_name": "a", "more": "X"}}),
	)
	known := append(slices.Sorted(maps.Keys(terraformConfig)), "azure_cloud", "api_token", "x_new")
	draw := func(names []string) map[string]any {
		some := map[string]any{}
		for _, n := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 5, rapid.ID[string]).Draw(rt, "names") {
			some[n] = value.Draw(rt, n)
		}
		return some
	}
	d["config"] = draw(known)
	if rapid.Bool().Draw(rt, "scim") {
		d["scim_config"] = draw(append(slices.Sorted(maps.Keys(terraformSCIM)), "secret", "group_member_deprovision", "scim_base_url"))
	}
	if rapid.IntRange(0, 5).Draw(rt, "read only") == 0 {
		d["read_only"] = true
	}
	text, err := json.Marshal(d)
	if err != nil {
		rt.Fatal(err)
	}
	doc, err := snapshot.NewDocument(text)
	if err != nil {
		rt.Fatal(err)
	}
	return snapshot.Resource{Collection: snapshot.Collection{Kind: snapshot.IdentityProvider}, ID: d["id"].(string), Document: doc}
}

// hostileProviders are providers of every type with hostile names and settings.
func hostileProviders(tb testing.TB) []snapshot.Resource {
	tb.Helper()
	var list []snapshot.Resource
	names := slices.Concat(hostileNames, injections, []string{
		"${file(\"/etc/passwd\")}", "%{ for x in y }", "$${a}", "a\" }\nresource \"x\" \"y\" {}", "*/ /*", "# x\n# y", "=cmd|'/c calc'!A1",
	})
	for i, name := range names {
		name = strings.ToValidUTF8(name, "?")
		for _, kind := range []snapshot.Type{snapshot.SAML, snapshot.Cloudflare, snapshot.OIDC} {
			text, err := json.Marshal(map[string]any{
				"id": fmt.Sprintf("%08d-0000-4000-8000-00000000%s", i, kind), "name": name, "type": kind, "read_only": i == 3,
				"config":      map[string]any{"issuer_url": name, "attributes": []string{name, name}, "client_id": name, "client_secret": name, "x_" + name: name},
				"scim_config": map[string]any{"enabled": true, "secret": name, "identity_update_behavior": name},
			})
			if err != nil {
				tb.Fatal(err)
			}
			list = append(list, resource(tb, snapshot.IdentityProvider, "", string(text)))
		}
	}
	return list
}

type fataler interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// checkTerraform exports the providers, reads what was written as Terraform would and
// compares.
func checkTerraform(t fataler, sn snapshot.Snapshot, list []snapshot.Resource) {
	t.Helper()
	var b strings.Builder
	if err := Export("terraform", &b, sn, sequence(list)); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	if formatted := string(hclwrite.Format([]byte(text))); formatted != text {
		t.Fatalf("not as terraform fmt has it: %s", cmp.Diff(formatted, text))
	}
	f, diags := hclsyntax.ParseConfig([]byte(text), "main.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%v\n%s", diags, text)
	}
	body := f.Body.(*hclsyntax.Body)
	variables := variablesOf(t, body)
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		if name != "account_id" && name != "zone_id" && !strings.Contains(text, "var."+name) {
			t.Fatalf("variable %s is of no use:\n%s", name, text)
		}
	}
	imported := map[string]string{}
	resources := map[string]*hclsyntax.Block{}
	for _, block := range body.Blocks {
		switch block.Type {
		case "import":
			to := hclsyntax.Variables(block.Body.Attributes["to"].Expr)[0]
			id, _ := block.Body.Attributes["id"].Expr.Value(nil)
			imported[id.AsString()] = to[1].(hcl.TraverseAttr).Name
		case "resource":
			if resources[block.Labels[1]] != nil {
				t.Fatalf("two resources are called %s", block.Labels[1])
			}
			resources[block.Labels[1]] = block
		case "terraform", "variable":
		default:
			t.Fatalf("a block %s:\n%s", block.Type, text)
		}
	}
	lines := strings.Split(text, "\n")
	for _, r := range list {
		if r.Kind != snapshot.IdentityProvider {
			continue
		}
		name, ok := imported[string(sn.Target.Scope)+"s/"+sn.Target.ID+"/"+r.ID]
		if !ok {
			if !strings.Contains(text, "id "+Safe(r.ID)+": ") {
				t.Fatalf("nothing is said of %s:\n%s", r.ID, text)
			}
			continue
		}
		got := settingsOf(t, resources[name], variables, commentsAbove(lines, resources[name].TypeRange.Start.Line-1))
		want, err := snapshot.Settings(r.Kind, r.Document)
		if err != nil {
			t.Fatal(err)
		}
		// Terraform composes accents with their letters, whatever it is given.
		if got, want = norm.NFC.Bytes(got), norm.NFC.Bytes(want); string(got) != string(want) {
			t.Fatalf("%s\n%s", cmp.Diff(string(want), string(got)), text)
		}
	}
}

// variablesOf gives each variable a value that tells that it is one.
func variablesOf(t fataler, body *hclsyntax.Body) map[string]cty.Value {
	t.Helper()
	all := map[string]cty.Value{}
	for _, block := range body.Blocks {
		if block.Type != "variable" {
			continue
		}
		name := block.Labels[0]
		all[name] = cty.StringVal("variable " + name)
		if name == "account_id" || name == "zone_id" {
			continue
		}
		sensitive := block.Body.Attributes["sensitive"]
		if value, _ := sensitive.Expr.Value(nil); value.False() {
			t.Fatalf("variable %s is not sensitive", name)
		}
		if block.Body.Attributes["default"] != nil {
			t.Fatalf("variable %s has a default", name)
		}
	}
	return all
}

var noted = regexp.MustCompile(`^((?:scim_)?config\.|)(\w+|"(?:[^"\\]|\\.)*") = (.*)$`)

// commentsAbove gives the settings that are listed above a line.
func commentsAbove(lines []string, n int) map[string]json.RawMessage {
	all := map[string]json.RawMessage{}
	for n--; n >= 0 && strings.HasPrefix(lines[n], "# "); n-- {
		note, ok := strings.CutPrefix(lines[n], "#   ")
		if m := noted.FindStringSubmatch(note); ok && m != nil {
			name := m[2]
			if name[0] == '"' {
				name = jsonText([]byte(name))
			}
			all[m[1]+name] = json.RawMessage(m[3])
		}
	}
	return all
}

// settingsOf gives the settings that a resource and the comments above it hold.
func settingsOf(t fataler, block *hclsyntax.Block, variables map[string]cty.Value, notes map[string]json.RawMessage) snapshot.Document {
	t.Helper()
	d := map[string]map[string]json.RawMessage{"": {"id": json.RawMessage(`"x"`)}, "config": {}, "scim_config": {}}
	for name, a := range block.Body.Attributes {
		value, diags := a.Expr.Value(&hcl.EvalContext{Variables: map[string]cty.Value{"var": cty.ObjectVal(variables)}})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		text, err := ctyjson.Marshal(value, value.Type())
		if err != nil {
			t.Fatal(err)
		}
		var nested map[string]json.RawMessage
		switch {
		case name == "account_id" || name == "zone_id":
			if want := "variable " + name; value.AsString() != want {
				t.Fatalf("%s = %s", name, text)
			}
		case d[name] != nil:
			if err := json.Unmarshal(text, &nested); err != nil {
				t.Fatal(err)
			}
			maps.Copy(d[name], nested)
		default:
			d[""][name] = text
		}
	}
	for path, value := range notes {
		object, name, ok := strings.Cut(path, ".")
		if !ok || object == "" || d[object] == nil {
			object, name = "", path
		}
		d[object][name] = value
	}
	for _, name := range []string{"config", "scim_config"} {
		text, err := json.Marshal(unsecret(d[name]))
		if err != nil {
			t.Fatalf("%v: %s", err, d[name])
		}
		if d[""][name] == nil {
			d[""][name] = text
		}
	}
	text, err := json.Marshal(unsecret(d[""]))
	if err != nil {
		t.Fatalf("%v: %s", err, d[""])
	}
	doc, err := snapshot.NewDocument(text)
	if err != nil {
		t.Fatal(err)
	}
	settings, err := snapshot.Settings(snapshot.IdentityProvider, doc)
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

// unsecret puts what stands for a secret in a document where a variable is.
func unsecret(d map[string]json.RawMessage) map[string]json.RawMessage {
	for name, value := range d {
		for {
			i := strings.Index(string(value), `"variable `)
			if i < 0 {
				break
			}
			end := i + 1 + strings.IndexByte(string(value[i+1:]), '"')
			value = json.RawMessage(string(value[:i]) + `"` + snapshot.Redacted + `"` + string(value[end+1:]))
		}
		d[name] = value
	}
	return d
}

// The real thing has the last word, where there is one.
func TestTerraformTakesItsOwnFormat(t *testing.T) {
	terraform, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("there is no terraform here")
	}
	for _, name := range []string{"export_types.tf", "export_hostile.tf", "export_zone.tf"} {
		cmd := exec.Command(terraform, "fmt", "-check", "-diff", "testdata/"+name)
		cmd.Env = []string{"HOME=" + t.TempDir(), "CHECKPOINT_DISABLE=1"}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestIdentifier(t *testing.T) {
	for name, want := range map[string]string{
		"Okta": "okta", "Entra ID": "entra_id", "  --Büro (Köln)-- ": "b_ro_k_ln", "1Password": "idp_1password", "認証": "okta", "": "okta",
		strings.Repeat("long ", 100): strings.Repeat("long_", 11) + "long_"[:4], "a__b": "a_b", "résumé \u202e": "r_sum",
	} {
		got := identifier(name, snapshot.Okta)
		if got != want || !hclsyntax.ValidIdentifier(got) {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

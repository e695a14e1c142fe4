package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// provider makes an identity provider's part of the configuration.
func (t *terraform) provider(r snapshot.Resource) (terraformed, error) {
	s := r.Summary()
	p := terraformed{id: r.ID, label: fmt.Sprintf("%s (%s)", fit(label(s.Name), maxWord), fit(Safe(string(s.Type)), maxRun))}
	var d map[string]json.RawMessage
	if err := json.Unmarshal(r.Document, &d); err != nil {
		return p, fmt.Errorf("export provider %s: %w", r.ID, err)
	}
	switch {
	case string(d["read_only"]) == "true":
		p.leftOut = "it is read-only, so that Terraform cannot manage it"
	case !slices.Contains(terraformTypes, s.Type):
		p.leftOut = "version 5 of Cloudflare's provider does not know its type"
	default:
		p.name = unique(identifier(s.Name, s.Type), t.names)
	}
	x := terraforming{terraform: t, terraformed: &p, r: r}
	x.computed = map[string]bool{}
	info, _ := snapshot.TypeOf(s.Type)
	for _, f := range info.Fields {
		x.computed[f.Path] = f.Role == snapshot.Computed
	}
	x.fill(d)
	return p, nil
}

// terraforming fills in one identity provider.
type terraforming struct {
	*terraform
	*terraformed

	r        snapshot.Resource
	computed map[string]bool // by JSON Pointer
}

// fill takes what the document says: into attributes what Terraform can hold, and into
// notes what it cannot.
func (x *terraforming) fill(d map[string]json.RawMessage) {
	required := map[string]bool{}
	for _, s := range migrate.SecretsOf(x.r) {
		name, ok := strings.CutPrefix(s.Path, "/config/")
		if _, known := terraformConfig[name]; ok && known && s.Required && x.leftOut == "" {
			required[name] = true
		}
	}
	x.attributes = append(x.object("", d, terraformTop, nil),
		attribute("config", x.nested("config", d["config"], terraformConfig, required)))
	scim := terraformSCIM
	if x.r.Summary().Type == snapshot.OneTimePIN {
		scim = nil // refused there
	}
	if tokens := x.nested("scim_config", d["scim_config"], scim, nil); len(tokens) > emptyObject {
		x.attributes = append(x.attributes, attribute("scim_config", tokens))
	}
}

// emptyObject is how many tokens "{}" is.
const emptyObject = 2

// nested gives the tokens of an object of the document.
func (x *terraforming) nested(name string, value json.RawMessage, known map[string]terraformAttribute, needed map[string]bool) hclwrite.Tokens {
	var d map[string]json.RawMessage
	if len(value) > 0 && json.Unmarshal(value, &d) != nil {
		x.note(name, value)
	}
	return hclwrite.TokensForObject(x.object(name, d, known, needed))
}

// object gives the attributes that an object of the document, called name, has in
// Terraform. Those that are needed are there whether or not the document has them: an
// API that does not say that there is a secret has it all the same.
func (x *terraforming) object(name string, d map[string]json.RawMessage, known map[string]terraformAttribute, needed map[string]bool) []hclwrite.ObjectAttrTokens {
	names := slices.Collect(maps.Keys(d))
	for n := range needed {
		if _, ok := d[n]; !ok {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	var list []hclwrite.ObjectAttrTokens
	for _, n := range names {
		path := strings.TrimPrefix(name+"."+step(n), ".")
		value := d[n]
		switch a, ok := known[n]; {
		case name == "" && (n == "config" || n == "scim_config"), string(value) == "null", x.computed["/"+strings.ReplaceAll(path, ".", "/")]:
		case path == "scim_config.secret": // Cloudflare makes it, and Terraform cannot set it
		case x.leftOut == "" && ok && a.fits(x.r.Summary().Type):
			if tokens := x.value(a.is, n, value); tokens != nil {
				list = append(list, attribute(n, tokens))
				continue
			}
			x.note(path, value)
		default:
			x.note(path, value)
		}
	}
	return list
}

// note says what Terraform cannot hold, as JSON.
func (x *terraforming) note(path string, value json.RawMessage) {
	switch {
	case x.leftOut != "" && (path == "name" || path == "type"):
	case isMarker(value):
		x.notes = append(x.notes, path+": a secret")
	default:
		x.notes = append(x.notes, path+" = "+visible(string(value)))
	}
}

// step is one name of a path: a word as it is, anything else in quotes.
func step(name string) string {
	if yamlWord.MatchString(name) {
		return name
	}
	quoted, _ := jsontext.AppendQuote(nil, name) // a name in a document is valid UTF-8
	return visible(string(quoted))
}

// visible writes JSON so that Safe leaves it as it is: what Safe would change is in
// strings, where JSON has escapes of its own for it.
func visible(text string) string {
	if harmless(text) == len(text) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch s := string(r); {
		case Safe(s) == s:
			b.WriteString(s)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		}
	}
	return b.String()
}

func isMarker(value []byte) bool { return bytes.Equal(value, []byte(`"`+snapshot.Redacted+`"`)) }

// value gives the tokens of a value of the kind, nil where it is of another.
func (x *terraforming) value(is terraformKind, name string, value json.RawMessage) hclwrite.Tokens {
	switch is {
	case terraformString:
		if value == nil || isMarker(value) {
			return x.secret(name)
		}
		if len(value) > 0 && value[0] == '"' {
			return stringTokens(jsonText(value))
		}
	case terraformBool:
		if v := string(value); v == "true" || v == "false" {
			return hclwrite.TokensForValue(cty.BoolVal(v == "true"))
		}
	case terraformStrings:
		return x.elements(value, func(e json.RawMessage) hclwrite.Tokens { return x.value(terraformString, name, e) })
	case terraformHeaders:
		return x.elements(value, func(e json.RawMessage) hclwrite.Tokens { return x.header(name, e) })
	}
	return nil
}

// elements gives the tokens of a list, nil where it is none or one of its elements is
// of another kind than the list's.
func (x *terraforming) elements(value json.RawMessage, element func(json.RawMessage) hclwrite.Tokens) hclwrite.Tokens {
	var all []json.RawMessage
	if len(value) == 0 || value[0] != '[' || json.Unmarshal(value, &all) != nil {
		return nil
	}
	list := make([]hclwrite.Tokens, len(all))
	for i, e := range all {
		if list[i] = element(e); list[i] == nil {
			return nil
		}
	}
	return hclwrite.TokensForTuple(list)
}

// header gives the tokens of one element of header_attributes.
func (x *terraforming) header(name string, value json.RawMessage) hclwrite.Tokens {
	var d map[string]json.RawMessage
	if len(value) == 0 || value[0] != '{' || json.Unmarshal(value, &d) != nil {
		return nil
	}
	var list []hclwrite.ObjectAttrTokens
	for _, n := range slices.Sorted(maps.Keys(d)) {
		if n != "attribute_name" && n != "header_name" {
			return nil
		}
		tokens := x.value(terraformString, name, d[n])
		if tokens == nil {
			return nil
		}
		list = append(list, attribute(n, tokens))
	}
	return hclwrite.TokensForObject(list)
}

// secret makes a variable for a setting whose value nobody recorded.
func (x *terraforming) secret(setting string) hclwrite.Tokens {
	name := unique(x.name+"_"+setting, x.taken)
	words := migrate.WordsOf(x.r.Summary().Type).Secrets[setting]
	description := fmt.Sprintf("Identity provider %s: %s.", x.label, cmp.Or(words.Called, setting))
	if words.Where != "" {
		description += " " + words.Where + "."
	}
	x.variables = append(x.variables, terraformVariable{name, description})
	return variableTokens(name)
}

// identifier makes a name for a resource of what the provider is called or, where that
// leaves nothing to read, of its type.
func identifier(name string, t snapshot.Type) string {
	for _, s := range []string{name, string(t)} {
		if id := strings.Trim(strings.Map(identifierRune, strings.ToLower(s)), "_"); id != "" {
			for strings.Contains(id, "__") {
				id = strings.ReplaceAll(id, "__", "_")
			}
			if id = strings.TrimRight(id[:min(len(id), maxIdentifier)], "_"); !hclsyntax.ValidIdentifier(id) {
				id = "idp_" + id
			}
			return id
		}
	}
	return "idp"
}

// maxIdentifier keeps names readable; Terraform has no bound.
const maxIdentifier = 60

// identifierRune keeps what may stand in a name in every file system, shell and font:
// letters and digits of ASCII.
func identifierRune(r rune) rune {
	if r < unicode.MaxASCII && (unicode.IsLower(r) || unicode.IsDigit(r)) {
		return r
	}
	return '_'
}

package report

import (
	"fmt"
	"io"
	"iter"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/idpsnap/idpsnap/snapshot"
)

// The provider's resource, and from which release on these files are understood: blocks
// "import" came with Terraform 1.5.
const (
	terraformResource = "cloudflare_zero_trust_access_identity_provider"
	terraformSource   = "cloudflare/cloudflare"
	terraformProvider = "~> 5.0"
	terraformVersion  = ">= 1.5"
)

// exportTerraform writes the identity providers as one configuration: variables for
// where they are and for their secrets, and a resource with its import for each. What
// Terraform cannot hold stands in comments.
func exportTerraform(out io.Writer, sn snapshot.Snapshot, resources iter.Seq2[snapshot.Resource, error]) error {
	t := &terraform{file: hclwrite.NewEmptyFile(), target: sn.Target, names: map[string]bool{}, taken: map[string]bool{}}
	var providers []terraformed
	for r, err := range resources {
		if err != nil {
			return err
		}
		if r.Kind == snapshot.IdentityProvider {
			p, err := t.provider(r)
			if err != nil {
				return err
			}
			providers = append(providers, p)
		}
	}
	t.head(sn)
	for _, p := range providers {
		t.write(p)
	}
	w := newWriter(out)
	_, _ = w.Write(hclwrite.Format(t.file.Bytes())) // w remembers
	return w.end()
}

// terraform is a configuration that is being made.
type terraform struct {
	file   *hclwrite.File
	target snapshot.Target
	names  map[string]bool // of resources
	taken  map[string]bool // names of variables
}

// terraformed is an identity provider on its way into a configuration.
type terraformed struct {
	id, name, label string // label is what people are told it is called
	leftOut         string // why there is no resource for it; "" where there is one
	attributes      []hclwrite.ObjectAttrTokens
	variables       []terraformVariable
	notes           []string // settings that Terraform cannot hold
}

// terraformVariable is a secret that has to be supplied.
type terraformVariable struct{ name, description string }

// scope gives the names that the target goes by: of the variable, and in ids of
// imports.
func (t *terraform) scope() (variable, plural string) {
	if t.target.Scope == snapshot.Zone {
		return "zone_id", "zones"
	}
	return "account_id", "accounts"
}

// head writes where the configuration is from, what it needs, and the target's
// variable.
func (t *terraform) head(sn snapshot.Snapshot) {
	what := fmt.Sprintf("%s as it was at %s", sn.Target, timeJSON(sn.TakenAt))
	if sn.TargetName != "" {
		what = fit(Safe(sn.TargetName), maxWord) + ", " + what
	}
	t.comment("The identity providers of " + what)
	if sn.ID != "" {
		t.comment("(snapshot " + sn.ID + "),")
	}
	t.comment("for Terraform to take over. Secrets are not in here: they are variables.")
	if c, ok := sn.Capture(snapshot.Collection{Kind: snapshot.IdentityProvider}); ok && c.Status != snapshot.Complete {
		t.comment("Not all of them are in here: " + c.Error)
	}
	body := t.file.Body()
	body.AppendNewline()
	needs := body.AppendNewBlock("terraform", nil).Body()
	needs.SetAttributeValue("required_version", cty.StringVal(terraformVersion))
	needs.AppendNewline()
	needs.AppendNewBlock("required_providers", nil).Body().SetAttributeRaw("cloudflare", hclwrite.TokensForObject([]hclwrite.ObjectAttrTokens{
		attribute("source", stringTokens(terraformSource)), attribute("version", stringTokens(terraformProvider)),
	}))
	body.AppendNewline()
	name, _ := t.scope()
	v := body.AppendNewBlock("variable", []string{name}).Body()
	v.SetAttributeValue("description", cty.StringVal(fmt.Sprintf("Id of the %s at Cloudflare.", t.target.Scope)))
	v.SetAttributeRaw("type", hclwrite.TokensForIdentifier("string"))
	v.SetAttributeValue("default", cty.StringVal(t.target.ID))
}

// write writes an identity provider.
func (t *terraform) write(p terraformed) {
	body := t.file.Body()
	body.AppendNewline()
	if p.leftOut != "" {
		t.comment(fmt.Sprintf("Left out: %s, id %s: %s.", p.label, p.id, p.leftOut))
		t.list(p.notes)
		return
	}
	for _, v := range p.variables {
		b := body.AppendNewBlock("variable", []string{v.name}).Body()
		b.SetAttributeValue("description", cty.StringVal(v.description))
		b.SetAttributeRaw("type", hclwrite.TokensForIdentifier("string"))
		b.SetAttributeValue("sensitive", cty.True)
		body.AppendNewline()
	}
	if len(p.notes) > 0 {
		t.comment("Version 5 of Cloudflare's provider does not take these settings, and an apply may reset them:")
		t.list(p.notes)
	}
	scope, plural := t.scope()
	b := body.AppendNewBlock("resource", []string{terraformResource, p.name}).Body()
	b.SetAttributeRaw(scope, variableTokens(scope))
	for _, a := range p.attributes {
		b.SetAttributeRaw(string(a.Name.Bytes()), a.Value)
	}
	body.AppendNewline()
	b = body.AppendNewBlock("import", nil).Body()
	b.SetAttributeTraversal("to", hcl.Traversal{hcl.TraverseRoot{Name: terraformResource}, hcl.TraverseAttr{Name: p.name}})
	b.SetAttributeValue("id", cty.StringVal(plural+"/"+t.target.ID+"/"+p.id))
}

// comment writes a line that Terraform skips, whatever is in it.
func (t *terraform) comment(text string) {
	t.file.Body().AppendUnstructuredTokens(hclwrite.Tokens{{Type: hclsyntax.TokenComment, Bytes: []byte("# " + Safe(text) + "\n")}})
}

func (t *terraform) list(notes []string) {
	for _, n := range notes {
		t.comment("  " + n)
	}
}

// unique gives the name, with a number where it is taken, and takes it.
func unique(name string, taken map[string]bool) string {
	free := name
	for n := 2; taken[free]; n++ {
		free = fmt.Sprintf("%s_%d", name, n)
	}
	taken[free] = true
	return free
}

func attribute(name string, value hclwrite.Tokens) hclwrite.ObjectAttrTokens {
	return hclwrite.ObjectAttrTokens{Name: hclwrite.TokensForIdentifier(name), Value: value}
}

func stringTokens(s string) hclwrite.Tokens { return hclwrite.TokensForValue(cty.StringVal(s)) }

func variableTokens(name string) hclwrite.Tokens {
	return hclwrite.TokensForTraversal(hcl.Traversal{hcl.TraverseRoot{Name: "var"}, hcl.TraverseAttr{Name: name}})
}

package commands

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/urfave/cli/v2"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// compareArgs are the flags of commands that compare: what is compared, and how
// much it weighs.
type compareArgs struct {
	kinds, providers, types, ignore cli.StringSlice

	allFields bool
	rules     string
}

func (a *compareArgs) flags() []cli.Flag {
	return append([]cli.Flag{
		kindFlag(&a.kinds),
		&cli.StringSliceFlag{Name: "provider", Destination: &a.providers, Usage: "only this provider and its users and groups: `NAME`, id, or a pattern such as 'Corp*'; may be given again"},
		&cli.StringSliceFlag{Name: "type", Destination: &a.types, Usage: "only providers of this `TYPE`, such as saml or azureAD, and their users and groups; may be given again, or several with commas between them"},
	}, a.fieldFlags()...)
}

// fieldFlags are those about single settings.
func (a *compareArgs) fieldFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "ignore", Destination: &a.ignore, Usage: "leave out the setting at this `PATH` and all below it: config.claims or /config/claims, * is any one step; may be given again"},
		&cli.BoolFlag{Name: "all-fields", Destination: &a.allFields, Usage: "what Cloudflare computes, too, not only settings"},
		&cli.StringFlag{Name: "rules", Destination: &a.rules, Usage: "YAML `FILE` of rules that weigh changes, beside the built-in ones (docs/severities.md)"},
	}
}

// options makes of the flags what a comparison wants.
func (a *compareArgs) options() (diff.Options, error) {
	o := diff.Options{AllFields: a.allFields, Providers: a.providers.Value()}
	var err error
	if o.Kinds, err = parseKinds(a.kinds.Value()); err != nil {
		return o, err
	}
	for _, p := range o.Providers {
		if err := diff.CheckGlob(p); err != nil {
			return o, usage(`write \[ for a bracket that is meant as one`, "--provider: %v", err)
		}
	}
	for _, t := range words(a.types.Value()) {
		o.Types = append(o.Types, knownType(t))
	}
	if len(o.Providers)+len(o.Types) > 0 {
		for _, k := range o.Kinds {
			if k != snapshot.IdentityProvider && !k.IsSCIM() {
				return o, usage("leave one of them out", "--kind %s goes with neither --provider nor --type: it is of no provider", k)
			}
		}
	}
	for _, path := range a.ignore.Value() {
		p, err := pointer(path)
		if err != nil {
			return o, usage("--ignore config.claims", "--ignore: %v", err)
		}
		o.Ignore = append(o.Ignore, p)
	}
	if a.rules != "" {
		if o.Rules, err = readRules(a.rules); err != nil {
			return o, err
		}
	}
	return o, nil
}

func typeNames() []string {
	var names []string
	for _, t := range snapshot.Types() {
		names = append(names, string(t.Type))
	}
	return names
}

// knownType finds the type that is meant, whatever the case.
func knownType(word string) snapshot.Type {
	for _, t := range snapshot.Types() {
		if strings.EqualFold(string(t.Type), word) {
			return t.Type
		}
	}
	return snapshot.Type(word)
}

// pointer reads a path: a JSON Pointer, or dotted as results show it, where a step
// that has a dot or the like in it is a JSON string.
func pointer(path string) (string, error) {
	if strings.HasPrefix(path, "/") {
		return path, nil
	}
	var p strings.Builder
	for rest, more := path, true; more; {
		var step string
		if strings.HasPrefix(rest, `"`) {
			d := json.NewDecoder(strings.NewReader(rest))
			if err := d.Decode(&step); err != nil {
				return "", fmt.Errorf("%q is no path: %w", path, err)
			}
			if rest = rest[d.InputOffset():]; rest != "" && rest[0] != '.' {
				return "", fmt.Errorf("%q is no path: want a dot before %q", path, rest)
			}
			rest, more = strings.TrimPrefix(rest, "."), rest != ""
		} else if step, rest, more = strings.Cut(rest, "."); step == "" {
			return "", fmt.Errorf("%q is no path: a step of it is empty", path)
		}
		p.WriteString("/" + escapeStep.Replace(step))
	}
	return p.String(), nil
}

// escapeStep writes a name as a step of a JSON Pointer (RFC 6901).
var escapeStep = strings.NewReplacer("~", "~0", "/", "~1")

// ruleFile is what --rules reads.
type ruleFile struct {
	Rules []struct {
		Name     string          `yaml:"name"`
		Severity string          `yaml:"severity"`
		Reason   string          `yaml:"reason"`
		Kind     snapshot.Kind   `yaml:"kind"`
		Types    []snapshot.Type `yaml:"types"`
		Action   diff.Action     `yaml:"action"`
		Paths    []string        `yaml:"paths"`
		Becomes  string          `yaml:"becomes"`
		To       string          `yaml:"to"`
		Gains    string          `yaml:"gains"`
		Percent  float64         `yaml:"percent"`
	} `yaml:"rules"`
}

func readRules(path string) (diff.Rules, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return diff.Rules{}, usage("--rules FILE names a YAML file; docs/severities.md shows one", "read the rules: %v", err)
	}
	return parseRules(path, data)
}

// parseRules reads the text of a file of rules.
func parseRules(path string, data []byte) (rules diff.Rules, err error) {
	var file ruleFile
	if err := yaml.UnmarshalWithOptions(data, &file, yaml.Strict()); err != nil {
		return rules, usage("mend "+path+"; docs/severities.md lists the fields of a rule", "%s: %s", path, strings.TrimSpace(yaml.FormatError(err, false, false)))
	}
	bad := func(name string, err error) error { return usage("mend "+path, "%s: rule %q: %v", path, name, err) }
	var list []diff.Rule
	for _, r := range file.Rules {
		rule := diff.Rule{
			Name: r.Name, Reason: r.Reason, Kind: r.Kind, Action: r.Action,
			Becomes: r.Becomes, To: r.To, Gains: r.Gains, Percent: r.Percent,
		}
		if rule.Severity, err = diff.ParseSeverity(r.Severity); err != nil {
			return rules, bad(r.Name, err)
		}
		for _, t := range r.Types {
			known := knownType(string(t))
			if near := nearest(string(t), typeNames()); near != "" && near != string(known) {
				return rules, bad(r.Name, fmt.Errorf("unknown type %q: did you mean %s?", t, near))
			}
			rule.Types = append(rule.Types, known)
		}
		for _, p := range r.Paths {
			pointed, err := pointer(p)
			if err != nil {
				return rules, bad(r.Name, err)
			}
			rule.Paths = append(rule.Paths, pointed)
		}
		list = append(list, rule)
	}
	rules, err = rules.With(list)
	if err != nil {
		return rules, usage("mend "+path, "%s: %v", path, err)
	}
	return rules, nil
}

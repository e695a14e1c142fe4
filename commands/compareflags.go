package commands

import (
	"fmt"
	"os"
	"slices"
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
		&cli.StringSliceFlag{Name: "kind", Destination: &a.kinds, Usage: "only resources of this `KIND`: " + kindList() + "; may be given again"},
		&cli.StringSliceFlag{Name: "provider", Destination: &a.providers, Usage: "only this provider and its users and groups: `NAME`, id, or a pattern such as 'Corp*'; may be given again"},
		&cli.StringSliceFlag{Name: "type", Destination: &a.types, Usage: "only providers of this `TYPE`, such as saml or azureAD, and their users and groups; may be given again"},
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
	for _, t := range a.types.Value() {
		o.Types = append(o.Types, knownType(t))
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

// knownType finds the type that is meant, whatever the case.
func knownType(word string) snapshot.Type {
	for _, t := range snapshot.Types() {
		if strings.EqualFold(string(t.Type), word) {
			return t.Type
		}
	}
	return snapshot.Type(word)
}

// pointer reads a path, dotted or as a JSON Pointer.
func pointer(path string) (string, error) {
	if strings.HasPrefix(path, "/") {
		return path, nil
	}
	steps := strings.Split(path, ".")
	if slices.Contains(steps, "") {
		return "", fmt.Errorf("%q is no path", path)
	}
	return "/" + strings.Join(steps, "/"), nil
}

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
	var rules diff.Rules
	data, err := os.ReadFile(path)
	if err != nil {
		return rules, usage("--rules FILE names a YAML file; docs/severities.md shows one", "read the rules: %v", err)
	}
	var file ruleFile
	if err := yaml.UnmarshalWithOptions(data, &file, yaml.Strict()); err != nil {
		return rules, usage("mend "+path, "%s: %s", path, strings.TrimSpace(yaml.FormatError(err, false, false)))
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
		if r.Kind != "" {
			if _, err := snapshot.ParseKind(string(r.Kind)); err != nil {
				return rules, bad(r.Name, err)
			}
		}
		if r.Action != "" && !slices.Contains([]diff.Action{diff.Added, diff.Changed, diff.Removed}, r.Action) {
			return rules, bad(r.Name, fmt.Errorf("unknown action %q: one of added, changed, removed", r.Action))
		}
		for _, t := range r.Types {
			rule.Types = append(rule.Types, knownType(string(t)))
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

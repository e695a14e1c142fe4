package commands

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/snapshot"
)

type secretsArgs struct {
	stateArgs

	secrets secretArgs
	only    cli.StringSlice
	out     string
}

func newSecrets(env Env, shared *common) command {
	a := new(secretsArgs)
	return command{
		name: "secrets", args: "template|check STATE", min: 2, max: 2,
		short: "make the file of secrets that a restore needs, or check it",
		long: `
Cloudflare never gives back the secrets of identity providers, and so no snapshot
has them: to create or change providers they have to be supplied.

template prints a YAML file to fill in, with each secret that the state's providers
need and where at the vendor it is found; --out FILE writes it, for its owner alone.
check says what is missing to restore the whole state from nothing, or cannot be
real: empty, masked, or a placeholder. It ends with status 5 then. Secrets are sent
nowhere.

A value in the file is the secret itself, or says where it is: env:NAME in the
environment, file:PATH in a file, command:LINE in what a command prints, such as a
password manager. A secret that happens to begin so is written value:….
` + statesHelp,
		examples: []example{
			{"idpsnap secrets template latest --out secrets.yaml", "then fill it in"},
			{"idpsnap secrets check latest --secrets-file secrets.yaml", "now, and not on the day that it is needed"},
			{"idpsnap secrets check prod@latest --only 'Corp*' --secret 'Corp okta.client_secret=command:op read op://infra/okta/secret'", ""},
		},
		exits: []int{exitDone, exitFailed, exitIncomplete, exitPermission, exitRefused, exitNotFound, exitLocked, exitIntegrity, exitUsage},
		flags: slices.Concat([]cli.Flag{
			&cli.StringSliceFlag{Name: "only", Destination: &a.only, Usage: "only the `PROVIDER` of this name, id or pattern (Okta*); may be given again"},
			&cli.StringFlag{Name: "out", Destination: &a.out, Usage: "write the template to the new `FILE`, which others cannot read"},
		}, a.secrets.flags(), a.targetArgs.flags(), a.historyArgs.flags()),
		run: func(ctx context.Context, args []string) error {
			return runSecrets(ctx, env, shared, a, args[0], args[1])
		},
	}
}

func runSecrets(ctx context.Context, env Env, shared *common, a *secretsArgs, verb, text string) error {
	for _, word := range a.only.Value() {
		if err := diff.CheckGlob(word); err != nil {
			return usage(`write \[ for a bracket that is meant as one`, "--only: %v", err)
		}
	}
	say := notes{env: env, shared: shared}
	switch verb {
	case "template":
		switch {
		case shared.json:
			return usage("leave it out: the template is YAML", "--json has no meaning for secrets template")
		case a.secrets.file != "" || len(a.secrets.single.Value()) > 0:
			return usage("idpsnap secrets check STATE --secrets-file FILE", "secrets template takes no secrets")
		}
		return a.withProviders(ctx, env, shared, text, func(all, chosen []snapshot.Resource) error {
			return a.template(ctx, env, say, text, all, chosen)
		})
	case "check":
		if a.out != "" {
			return usage("idpsnap secrets template STATE --out FILE", "secrets check writes no file")
		}
		given, err := a.secrets.load(ctx, env)
		if err != nil {
			return err
		}
		return a.withProviders(ctx, env, shared, text, func(_, chosen []snapshot.Resource) error {
			return a.check(ctx, env, say, given, chosen)
		})
	}
	hint := "idpsnap secrets template STATE, or idpsnap secrets check STATE"
	if near := nearest(verb, []string{"template", "check"}); near != "" {
		hint = "did you mean idpsnap secrets " + near + "?"
	}
	return usage(hint, "secrets does not know %q", verb)
}

// withProviders hands fn all providers of the state, and those that --only chooses,
// by name.
func (a *secretsArgs) withProviders(ctx context.Context, env Env, shared *common, text string, fn func(all, chosen []snapshot.Resource) error) error {
	kinds := []snapshot.Kind{snapshot.IdentityProvider}
	return a.withStates(env, shared, func(o *opener) error {
		st, err := o.find(ctx, text)
		if err != nil {
			return err
		}
		open, err := o.open(ctx, st, need{})
		if err != nil {
			return err
		}
		var all []snapshot.Resource
		for r, err := range open.resources(kinds) {
			if err != nil {
				return err
			}
			all = append(all, r)
		}
		slices.SortStableFunc(all, func(x, y snapshot.Resource) int {
			return strings.Compare(strings.ToLower(x.Name()), strings.ToLower(y.Name()))
		})
		unread := incompleteState(open.snapshot, kinds)
		chosen, err := chosenOf(all, a.only.Value(), text)
		if err != nil && unread != nil {
			return unread // who knows what there is
		}
		if err != nil {
			return err
		}
		if err := fn(all, chosen); err != nil {
			return err
		}
		return unread
	})
}

// chosenOf gives the providers that the words name, or all where there are no words.
func chosenOf(all []snapshot.Resource, only []string, text string) ([]snapshot.Resource, error) {
	if len(only) == 0 {
		return all, nil
	}
	used := map[string]bool{}
	var chosen []snapshot.Resource
	for _, r := range all {
		taken := false
		for _, word := range only {
			if diff.Calls(word, r.ID, r.Name()) {
				taken, used[word] = true, true
			}
		}
		if taken {
			chosen = append(chosen, r)
		}
	}
	for _, word := range only {
		if used[word] {
			continue
		}
		unknown := &diff.UnknownError{What: "provider", Word: word, State: text}
		for _, r := range all {
			unknown.Known = append(unknown.Known, fmt.Sprintf("%s  %s  %s", r.ID, r.Summary().Type, r.Name()))
		}
		return nil, unknownOption(unknown)
	}
	return chosen, nil
}

func (a *secretsArgs) template(ctx context.Context, env Env, say notes, text string, all, chosen []snapshot.Resource) error {
	called := map[string]int{}
	for _, r := range all {
		called[r.Name()]++
	}
	var entries []report.TemplateEntry
	for _, r := range chosen {
		t := r.Summary().Type
		words := migrate.WordsOf(t)
		e := report.TemplateEntry{ID: r.ID, Name: r.Name(), Vendor: words.Vendor, Type: t, Ambiguous: called[r.Name()] > 1}
		for _, s := range migrate.SecretsOf(r) {
			w := words.Secrets[s.Key]
			e.Secrets = append(e.Secrets, report.TemplateSecret{Key: s.Key, Called: w.Called, Where: w.Where, Optional: !s.Required})
		}
		if len(e.Secrets) > 0 {
			entries = append(entries, e)
		}
	}
	if a.out == "" {
		return report.SecretsTemplate(env.Stdout, text, entries)
	}
	var b bytes.Buffer
	if err := report.SecretsTemplate(&b, text, entries); err != nil {
		return err
	}
	if _, err := createPrivate(a.out, b.Bytes()); err != nil {
		return notCreated("--out", a.out, err)
	}
	say.tell(ctx, "fill in %s, then: %s", a.out, shellLine([]string{"idpsnap", "secrets", "check", text, "--secrets-file", a.out}))
	return nil
}

// check says what would be missing to create all the providers. What cannot be fetched
// is one more that is missing, so that all of them are listed.
func (a *secretsArgs) check(ctx context.Context, env Env, say notes, from *supplied, chosen []snapshot.Resource) error {
	p := new(migrate.Plan)
	needed := 0
	for _, r := range chosen {
		act := migrate.Action{
			Action: migrate.Create, Kind: r.Kind, Name: r.Name(), Type: r.Summary().Type, SourceID: r.ID,
			Secrets: migrate.SecretsOf(r),
		}
		for _, s := range act.Secrets {
			if s.Required {
				needed++
			}
		}
		p.Actions = append(p.Actions, act)
	}
	failed := map[string]string{} // by what stands for the value: no secret has a NUL in it
	lenient := &supplied{given: from.given, fetch: func(g given) (string, error) {
		value, err := from.fetch(g)
		if err != nil && ctx.Err() == nil {
			value = fmt.Sprintf("\x00%d", len(failed))
			failed[value] = err.Error()
			return value, nil
		}
		return value, err
	}}
	secrets, unused, err := lenient.match(p)
	if err != nil {
		return err
	}
	tell := say.tell
	if len(a.only.Value()) > 0 { // the file may well be for all of them
		tell = say.detail
	}
	for _, u := range unused {
		tell(ctx, "%s", u)
	}
	lacks := p.Lacks(secrets)
	for i, l := range lacks {
		if why, ok := failed[secrets[l.ID][l.Path]]; ok {
			lacks[i].Why = why
		}
	}
	if err := report.SecretsLacking(say.shared.format(), env.Stdout, say.shared.style(env), lacks, needed); err != nil {
		return err
	}
	if len(lacks) > 0 {
		hint := "--secrets-file FILE supplies them; idpsnap secrets template STATE --out FILE makes one to fill in"
		if a.secrets.file != "" {
			hint = "they belong into " + a.secrets.file
		}
		return noSecret(hint, "%s missing, or cannot be real", plural(len(lacks), "secret"))
	}
	return nil
}

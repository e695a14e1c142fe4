package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/report"
)

// mostTries is how often one secret is asked for.
const mostTries = 3

// askSecrets asks, where somebody sits at a terminal, for each required secret of the
// plan that is missing or was supplied and cannot be real. It gives have with the
// answers added; elsewhere have as it is, and what is missing Plan.Lacks tells.
func askSecrets(ctx context.Context, env Env, p *migrate.Plan, have migrate.Secrets) (migrate.Secrets, error) {
	var open []migrate.Lack
	for _, l := range p.Lacks(have) {
		if l.Required {
			open = append(open, l)
		}
	}
	if len(open) == 0 || !env.InTerminal {
		return have, nil
	}
	all := migrate.Secrets{}
	for id, of := range have {
		all[id] = maps.Clone(of)
	}
	fmt.Fprintf(env.Stderr, "%s to be typed or pasted, which is not shown; an empty line cancels.\n", plural(len(open), "secret"))
	for _, l := range open {
		value, err := askSecret(ctx, env, l)
		if err != nil {
			return nil, err
		}
		if all[l.ID] == nil {
			all[l.ID] = map[string]string{}
		}
		all[l.ID][l.Path] = value
	}
	return all, nil
}

// askSecret asks for one, until it may be real.
func askSecret(ctx context.Context, env Env, l migrate.Lack) (string, error) {
	called := report.Safe(strings.ReplaceAll(l.Key, "_", " "))
	if _, was := strings.CutPrefix(l.Why, "missing"); !was {
		fmt.Fprintf(env.Stderr, "What was supplied for it is of no use: %s.\n", l.Why)
	}
	words := migrate.WordsOf(l.Type).Secrets[l.Key]
	if !strings.EqualFold(words.Called, called) {
		where(env, words.Called)
	}
	where(env, words.Where)
	why := ""
	for range mostTries {
		fmt.Fprintf(env.Stderr, "%s of %q (%s): ", called, l.Name, report.Safe(string(l.Type)))
		value, err := env.ReadSecret(ctx)
		fmt.Fprintln(env.Stderr) // the terminal did not show this, either
		switch value = strings.TrimSpace(value); {
		case errors.Is(err, io.EOF), err == nil && value == "":
			return "", cancelled("no secret was given")
		case err != nil:
			return "", fmt.Errorf("ask for a secret: %w", err)
		}
		if why = migrate.Fake(value); why == "" {
			return value, nil
		}
		fmt.Fprintf(env.Stderr, "That cannot be the secret: %s.\n", why)
	}
	return "", noSecret("--secrets-file FILE takes it from a file", "the %s of %q was asked for %d times, and none can be real: %s", called, l.Name, mostTries, why)
}

// where says in the vendor's words which secret it is, or where it is found.
func where(env Env, words string) {
	if words == "" {
		return
	}
	for _, line := range report.Wrap(words, env.Width-2) {
		fmt.Fprintf(env.Stderr, "  %s\n", line)
	}
}

// confirm has the person type the target's name. With yes nobody is asked.
func confirm(ctx context.Context, env Env, name string, yes bool) error {
	switch {
	case yes:
		return nil
	case !env.InTerminal:
		return &problem{class: errRefused, text: "nobody can be asked: standard input is no terminal", hint: "--yes, for a script"}
	}
	shown := report.Safe(name)
	fmt.Fprintf(env.Stderr, "Type the name of the target, \"%s\", to go on: ", shown)
	typed, err := env.ReadLine(ctx)
	switch typed = strings.TrimSpace(typed); {
	case errors.Is(err, io.EOF):
		fmt.Fprintln(env.Stderr)
		return cancelled("the name was not typed")
	case err != nil:
		return fmt.Errorf("ask for the name of the target: %w", err)
	case typed == "" || typed != strings.TrimSpace(name) && typed != shown: // what cannot be typed is shown as an escape
		return cancelled("that is not the name of the target")
	}
	return nil
}

func cancelled(why string) error {
	return &problem{class: errCancelled, text: "cancelled, nothing was written: " + why}
}

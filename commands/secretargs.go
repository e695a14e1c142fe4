package commands

import (
	"context"
	"regexp"
	"strings"

	"github.com/urfave/cli/v2"
)

// secretArgs are the flags of commands that take the providers' secrets. What they
// name is held in memory only, and no error says what it is.
type secretArgs struct {
	file   string
	single cli.StringSlice
}

func (a *secretArgs) flags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "secrets-file", Destination: &a.file, Usage: "YAML or JSON `FILE` with the providers' secrets, for its owner alone (chmod 600); idpsnap secrets template STATE makes one to fill in"},
		&cli.StringSliceFlag{Name: "secret", Destination: &a.single, Usage: "`PROVIDER.KEY=SOURCE` of one secret, such as 'Corp okta.client_secret=env:OKTA'; SOURCE is env:NAME, file:PATH or command:LINE; goes before --secrets-file; may be given again"},
	}
}

// load reads the secrets file and takes the flags apart. What env:, file: and
// command: lead to is fetched by match, for what a plan needs and nothing else.
func (a *secretArgs) load(ctx context.Context, env Env) (*supplied, error) {
	s := &supplied{fetch: once(func(g given) (string, error) { return g.fetch(ctx, env) })}
	for i, text := range a.single.Value() {
		g, err := parseSecret(text, i+1)
		if err != nil {
			return nil, err
		}
		s.given = append(s.given, g)
	}
	if a.file == "" {
		return s, nil
	}
	inFile, err := readSecrets(ctx, a.file)
	if err != nil {
		return nil, err
	}
	s.given = append(s.given, inFile...)
	return s, nil
}

// once remembers what was fetched: a password manager asks its owner each time.
func once(fetch func(given) (string, error)) func(given) (string, error) {
	values := map[given]string{}
	return func(g given) (string, error) {
		if value, ok := values[g]; ok {
			return value, nil
		}
		value, err := fetch(g)
		if err == nil {
			values[g] = value
		}
		return value, err
	}
}

// secretKey is what a secret may be called: a name, or the JSON Pointer to it. No
// dot is in it, so that the last one before it ends the provider's name.
var secretKey = regexp.MustCompile(`^([A-Za-z0-9_-]+|(/[A-Za-z0-9_~-]+)+)$`)

// parseSecret takes PROVIDER.KEY=SOURCE apart. A name may have dots and = in it, and
// so may a source; so the first = decides that has a known source after it and a key
// before it. (A provider whose name has all of that in it can be given by its id.)
//
// Errors do not quote the text: where it is wrong, it may be a secret that was put
// there, and what ends on a terminal is copied into tickets.
func parseSecret(text string, number int) (given, error) {
	for i := range len(text) {
		if text[i] != '=' || !hasSource(text[i+1:], sourceEnv, sourceFile, sourceCommand) {
			continue
		}
		provider, key := cutLast(text[:i], ".")
		if provider == "" || !secretKey.MatchString(key) {
			continue
		}
		return given{provider: provider, key: key, source: text[i+1:], where: "--secret " + provider + "." + key, flag: true}, nil
	}
	if strings.Contains(text, "=") && !hasSource(text[strings.IndexByte(text, '=')+1:], sourceEnv, sourceFile, sourceCommand) {
		return given{}, usage("--secret 'PROVIDER.KEY=env:NAME', or file:PATH or command:LINE, or --secrets-file FILE",
			"--secret number %d names no source: a secret itself does not stand on the command line, where other users and the shell's history see it", number)
	}
	return given{}, usage("--secret 'Corp okta.client_secret=env:OKTA_SECRET'", "--secret number %d is not PROVIDER.KEY=SOURCE", number)
}

// cutLast cuts at the last sep; before is "" where there is none.
func cutLast(text, sep string) (before, after string) {
	i := strings.LastIndex(text, sep)
	if i < 0 {
		return "", text
	}
	return text[:i], text[i+len(sep):]
}

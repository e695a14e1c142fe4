package commands

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// given is a secret that was supplied: for what, and where its value is to be had.
type given struct {
	provider string // name or id, as it was written
	key      string // "client_secret", or the JSON Pointer
	source   string // env:NAME, file:PATH, command:LINE, value:TEXT, or the value itself
	where    string // that says so: "--secret Okta.client_secret" or "secrets.yaml, line 3"
	dir      string // where relative paths start; "" is the working directory
	flag     bool   // it was said by a flag, which goes before a file
}

// The sources of values.
const (
	sourceEnv     = "env:"
	sourceFile    = "file:"
	sourceCommand = "command:"
	sourceValue   = "value:" // for values that begin like one of the others
)

func hasSource(text string, sources ...string) bool {
	for _, s := range sources {
		if strings.HasPrefix(text, s) {
			return true
		}
	}
	return false
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// fetch gives the value. What it is, no error says; nor a command's line, which may
// have one in it.
func (g given) fetch(ctx context.Context, env Env) (string, error) {
	switch {
	case hasSource(g.source, sourceEnv):
		name := strings.TrimSpace(strings.TrimPrefix(g.source, sourceEnv))
		if !variableName.MatchString(name) {
			return "", usage("env:NAME; a secret that begins so is written value:env:…", "%s: what follows env: is no variable's name", g.where)
		}
		value := env.Getenv(name)
		if value == "" {
			return "", noSecret("export "+name+"=…", "%s: the variable %s is not set, or empty", g.where, name)
		}
		return value, nil
	case hasSource(g.source, sourceFile):
		return g.fromFile(ctx, env, strings.TrimSpace(strings.TrimPrefix(g.source, sourceFile)))
	case hasSource(g.source, sourceCommand):
		line := strings.TrimSpace(strings.TrimPrefix(g.source, sourceCommand))
		if line == "" {
			return "", usage("command:LINE; a secret that begins so is written value:command:…", "%s: nothing follows command:", g.where)
		}
		out, err := env.RunCommand(ctx, line)
		if err != nil {
			return "", noSecret("run the command by hand to see what it says", "%s: its command failed: %v", g.where, err)
		}
		return strings.TrimSpace(out), nil
	}
	return strings.TrimPrefix(g.source, sourceValue), nil
}

func (g given) fromFile(ctx context.Context, env Env, path string) (string, error) {
	if path == "" {
		return "", usage("file:PATH; a secret that begins so is written value:file:…", "%s: nothing follows file:", g.where)
	}
	path = profile{dir: g.dir}.absolute(env, path)
	data, _, err := readPrivate(ctx, path)
	if err != nil {
		return "", secretsUnread(g.where+": ", path, "put the secret there, or name another file", err)
	}
	return strings.TrimRight(string(data), "\r\n"), nil
}

// noSecret says that a secret cannot be had.
func noSecret(hint, format string, args ...any) error {
	return &problem{class: errRefused, text: fmt.Sprintf(format, args...), hint: hint}
}

// supplied are the secrets that the person has told of.
type supplied struct {
	given []given
	fetch func(given) (string, error)
}

// naming says how a word names a provider; the better ones come first.
type naming int

const (
	namedByID naming = iota
	namedExactly
	namedLoosely // whatever the case
	notNamed
)

// candidate is what may be the value of a secret.
type candidate struct {
	given  given
	naming naming
	others bool // the word names other providers with such a secret, too
}

// match finds, for each action of the plan that takes secrets, what was supplied for
// it, and fetches that. A flag goes before the file and an id before a name, and a
// name as it is written before one in another case; a name that means two is an
// error. unused says what nothing in the plan takes: a file may be for more than one
// run.
func (s *supplied) match(p *migrate.Plan) (secrets migrate.Secrets, unused []string, err error) {
	found := map[int]map[string][]candidate{} // by the action's index and the secret's path
	strangers := map[string]bool{}
	for _, g := range s.given {
		if g.flag {
			g = splitAnew(p, g)
		}
		named, how := providersNamed(p, g.provider)
		if len(named) == 0 {
			if !strangers[g.provider] {
				unused = append(unused, stranger(p, g))
			}
			strangers[g.provider] = true
			continue
		}
		taking := slices.DeleteFunc(slices.Clone(named), func(i int) bool { return pathOf(p.Actions[i], g.key) == "" })
		if len(taking) == 0 {
			unused = append(unused, takesNot(p.Actions[named[0]], g))
		}
		for _, i := range taking {
			if found[i] == nil {
				found[i] = map[string][]candidate{}
			}
			path := pathOf(p.Actions[i], g.key)
			found[i][path] = append(found[i][path], candidate{g, how, len(taking) > 1})
		}
	}
	secrets = migrate.Secrets{}
	var failures unfetched
	for i, a := range p.Actions {
		for _, secret := range a.Secrets {
			if len(found[i][secret.Path]) == 0 {
				continue
			}
			g, err := choose(a, found[i][secret.Path])
			if err != nil {
				return nil, unused, err
			}
			value, err := s.fetch(g)
			if err != nil {
				if value, err = failures.putOff(err); err != nil {
					return nil, unused, err
				}
			}
			if secrets[a.SourceID] == nil {
				secrets[a.SourceID] = map[string]string{}
			}
			secrets[a.SourceID][secret.Path] = value
		}
	}
	if err := failures.with(p.Lacks(secrets), secrets); err != nil {
		return nil, unused, err
	}
	return secrets, unused, nil
}

// unfetched are the errors of what could not be fetched. They are put off until all
// has been tried, so that all that is lacking is said at once.
type unfetched []error

// putOff gives what stands for the value; no secret has a NUL in it.
func (u *unfetched) putOff(err error) (string, error) {
	if p := new(problem); !errors.As(err, &p) || !errors.Is(p.class, errRefused) {
		return "", err
	}
	*u = append(*u, err)
	return u.mark(len(*u) - 1), nil
}

func (u *unfetched) mark(i int) string { return fmt.Sprintf("\x00%d", i) }

// with is the error that tells of all that is lacking, nil where all was fetched.
func (u *unfetched) with(lacks []migrate.Lack, secrets migrate.Secrets) error {
	if len(*u) == 0 {
		return nil
	}
	if len(*u) == 1 && len(lacks) == 1 {
		return (*u)[0] // whose hint is the better one
	}
	for i, l := range lacks {
		for n, err := range *u {
			if secrets[l.ID][l.Path] == u.mark(n) {
				lacks[i].Why = err.Error()
			}
		}
	}
	return lacking(lacks)
}

// splitAnew moves the dot between provider and key to where the plan has both: a
// secret that lies deeper has dots in its key.
func splitAnew(p *migrate.Plan, g given) given {
	text := g.provider + "." + g.key
	for i := len(text) - 1; i > 0; i-- {
		if text[i] != '.' {
			continue
		}
		named, _ := providersNamed(p, text[:i])
		if slices.ContainsFunc(named, func(n int) bool { return pathOf(p.Actions[n], text[i+1:]) != "" }) {
			g.provider, g.key = text[:i], text[i+1:]
			return g
		}
	}
	return g
}

// choose finds the one that counts.
func choose(a migrate.Action, all []candidate) (given, error) {
	slices.SortStableFunc(all, func(x, y candidate) int {
		if x.given.flag != y.given.flag {
			if x.given.flag {
				return -1
			}
			return 1
		}
		return int(x.naming) - int(y.naming)
	})
	best := all[0]
	if len(all) > 1 && all[1].given.flag == best.given.flag && all[1].naming == best.naming {
		return given{}, usage("keep one of them", "two values for the same secret of %q: %s, and %s", a.Name, best.given.where, all[1].given.where)
	}
	if best.others {
		return given{}, usage("write the id instead: "+a.SourceID+" for this one", "%s: more than one provider is called %q", best.given.where, a.Name)
	}
	return best.given, nil
}

// providersNamed gives the actions whose provider the word names.
func providersNamed(p *migrate.Plan, word string) (actions []int, how naming) {
	how = notNamed
	for i, a := range p.Actions {
		if a.Kind != snapshot.IdentityProvider {
			continue
		}
		n := namingOf(p, a, word)
		if n < how {
			how, actions = n, nil
		}
		if n == how && n != notNamed {
			actions = append(actions, i)
		}
	}
	return actions, how
}

// namingOf knows a provider that is renamed by its old name, too.
func namingOf(p *migrate.Plan, a migrate.Action, word string) naming {
	if word == a.SourceID || word == a.TargetID {
		return namedByID
	}
	best := notNamed
	for _, name := range append(oldNames(p, a), a.Name) {
		switch {
		case name == word:
			return namedExactly
		case strings.EqualFold(name, word):
			best = namedLoosely
		}
	}
	return best
}

func oldNames(p *migrate.Plan, a migrate.Action) []string {
	var names []string
	for old, updated := range p.Options.Rename {
		if updated == a.Name {
			names = append(names, old)
		}
	}
	return names
}

// pathOf is the path of the secret that the action calls so, "" where it has none.
func pathOf(a migrate.Action, key string) string {
	for _, s := range a.Secrets {
		if key == s.Key || key == s.Path {
			return s.Path
		}
	}
	return ""
}

// stranger says that the plan does not have the provider.
func stranger(p *migrate.Plan, g given) string {
	var names []string
	for _, a := range p.Actions {
		if a.Kind == snapshot.IdentityProvider {
			names = append(names, a.Name)
		}
	}
	text := fmt.Sprintf("%s: there is no provider %q here", g.where, g.provider)
	if near := nearest(g.provider, names); near != "" {
		text += fmt.Sprintf("; did you mean %q?", near)
	}
	return text
}

// takesNot says that the provider has no use for the secret. The key is not quoted:
// {client_secret=hunter2} is a key to YAML.
func takesNot(a migrate.Action, g given) string {
	var keys []string
	for _, s := range a.Secrets {
		keys = append(keys, s.Key)
	}
	if len(keys) == 0 {
		return fmt.Sprintf("%s: %q needs no secret here", g.where, a.Name)
	}
	return fmt.Sprintf("%s: %q takes no such secret; it takes %s", g.where, a.Name, strings.Join(keys, ", "))
}

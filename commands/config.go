package commands

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/idpsnap/idpsnap/snapshot"
)

// config is what config.yaml says.
type config struct {
	Profiles map[string]profile `yaml:"profiles"`

	path string
}

// profile is a named target and where its credentials come from. It never holds
// a credential itself, so the file may be shared and put under version control.
type profile struct {
	Account yamlID `yaml:"account"`
	Zone    yamlID `yaml:"zone"`
	BaseURL string `yaml:"base_url"`

	// The token that reads. Where none of the three is set, the environment's
	// credentials are used.
	TokenEnv     string `yaml:"token_env"`     // name of an environment variable
	TokenFile    string `yaml:"token_file"`    // path, relative to the configuration's directory
	TokenCommand string `yaml:"token_command"` // line for /bin/sh that prints it

	// The token that writes, for commands that do.
	WriteTokenEnv     string `yaml:"write_token_env"`
	WriteTokenFile    string `yaml:"write_token_file"`
	WriteTokenCommand string `yaml:"write_token_command"`

	name string
	dir  string // of the configuration
}

// yamlID is an id as it stands in the file. To YAML one that is all digits is a
// number, and with a zero in front an octal one.
type yamlID string

// UnmarshalYAML takes the id as written.
func (id *yamlID) UnmarshalYAML(node ast.Node) error {
	if anchor, ok := node.(*ast.AnchorNode); ok {
		node = anchor.Value
	}
	if _, ok := node.(ast.ScalarNode); !ok {
		return &yaml.UnexpectedNodeTypeError{Actual: node.Type(), Expected: ast.StringType, Token: node.GetToken()}
	}
	*id = yamlID(node.GetToken().Value)
	return nil
}

// load reads the configuration. Where none was named and there is none, it is
// empty.
func (a *configArgs) load(env Env) (config, error) {
	path, named, err := a.file(env)
	if err != nil {
		return config{}, err
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) && !named {
		return config{path: path}, nil
	}
	if err != nil {
		return config{}, usage("--config FILE names another", "read the configuration: %v", err)
	}
	c, err := parseConfig(data, path)
	if err != nil {
		return config{}, err
	}
	if err := c.checkOwner(); err != nil {
		return config{}, err
	}
	return c, nil
}

func parseConfig(data []byte, path string) (config, error) {
	var c config
	if err := yaml.UnmarshalWithOptions(data, &c, yaml.Strict()); err != nil {
		return config{}, badConfig(path, err)
	}
	c.path = path // an empty document sets everything anew
	for _, name := range c.names() {
		p := c.Profiles[name]
		p.name, p.dir = name, filepath.Dir(path)
		if err := p.check(); err != nil {
			return config{}, usage("mend "+path, "profile %q in %s: %v", name, path, err)
		}
		c.Profiles[name] = p
	}
	return c, nil
}

// longWord is longer than any field of the configuration.
var longWord = regexp.MustCompile(`[A-Za-z0-9_-]{20,}`)

// badConfig gives the line, but does not quote it: a key that does not belong
// there may well be a token.
func badConfig(path string, err error) error {
	hint := "mend " + path
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) && strings.Contains(unknown.GetMessage(), "token") {
		hint = "a token does not stand in the file: say where it is, with token_env, token_file or token_command"
	}
	text := strings.TrimSpace(yaml.FormatError(err, false, false))
	if unknown != nil {
		text = longWord.ReplaceAllString(text, "…") // no field is called so, but a token that was put there may be
	}
	return usage(hint, "%s: %s", path, text)
}

// checkOwner refuses a file that others may write and that runs commands.
func (c config) checkOwner() error {
	info, err := os.Stat(c.path)
	if err != nil {
		return fmt.Errorf("read the configuration: %w", err)
	}
	if info.Mode().Perm()&0o022 == 0 {
		return nil
	}
	for _, p := range c.Profiles {
		if p.TokenCommand != "" || p.WriteTokenCommand != "" {
			return usage("chmod go-w "+c.path, "%s names commands to run, and others may write it (mode %04o)", c.path, info.Mode().Perm())
		}
	}
	return nil
}

func (c config) names() []string { return slices.Sorted(maps.Keys(c.Profiles)) }

// namesOf are the names of the profiles of a target.
func (c config) namesOf(t snapshot.Target) []string {
	return slices.DeleteFunc(c.names(), func(name string) bool {
		of, err := c.Profiles[name].target()
		return err != nil || of != t
	})
}

// profile finds a profile by name.
func (c config) profile(name string) (profile, error) {
	if p, ok := c.Profiles[name]; ok {
		return p, nil
	}
	missing := &problem{class: errUsage, cause: errNoProfile, text: fmt.Sprintf("no profile %q in %s", name, c.path), hint: "profiles: " + strings.Join(c.names(), ", ")}
	if len(c.Profiles) == 0 {
		missing.hint = "profiles stand in " + c.path + ", where there are none yet"
	}
	return profile{}, missing
}

// errNoProfile marks a name that no profile has.
var errNoProfile = errors.New("no such profile")

var profileName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`)

// check finds what makes no sense in a profile.
func (p profile) check() error {
	if !profileName.MatchString(p.name) {
		return errors.New("a profile's name is letters, digits, '.', '_' and '-'")
	}
	if reserved(p.name) {
		return errors.New("the name reads as a state (latest, live, a date, an age or a snapshot's id): choose another")
	}
	if (p.Account == "") == (p.Zone == "") {
		return errors.New("wants an account or a zone, one of them")
	}
	if _, err := p.target(); err != nil {
		return err
	}
	for _, set := range [][3]string{
		{p.TokenEnv, p.TokenFile, p.TokenCommand},
		{p.WriteTokenEnv, p.WriteTokenFile, p.WriteTokenCommand},
	} {
		n := 0
		for _, s := range set {
			if s != "" {
				n++
			}
		}
		if n > 1 {
			return errors.New("names more than one place for a token: keep one of token_env, token_file, token_command")
		}
	}
	return nil
}

func (p profile) target() (snapshot.Target, error) {
	if p.Zone != "" {
		return snapshot.ParseTarget("zone:" + string(p.Zone))
	}
	return snapshot.ParseTarget("account:" + string(p.Account))
}

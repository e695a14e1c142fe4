package commands

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/idpsnap/idpsnap/cloudflare"
)

const (
	tokenVar = "CLOUDFLARE_API_TOKEN" //nolint:gosec // the name of a variable
	emailVar = "CLOUDFLARE_EMAIL"
	keyVar   = "CLOUDFLARE_API_KEY"
)

// credentials finds what to prove oneself with for reading: the profile's token,
// else the environment's token, else its e-mail address and key. from says where
// they were found. No error names their value.
func (s selection) credentials(ctx context.Context, env Env) (c cloudflare.Credentials, from string, err error) {
	p := s.profile
	switch {
	case p.TokenEnv != "":
		from = "$" + p.TokenEnv
		c.Token = env.Getenv(p.TokenEnv)
	case p.TokenFile != "":
		from = p.absolute(env, p.TokenFile)
		c.Token, err = readToken(from)
	case p.TokenCommand != "":
		from = "token_command"
		c.Token, err = env.RunCommand(ctx, p.TokenCommand)
		if err != nil {
			err = noCredentials("run the command by hand to see what it says", "token_command of profile %s: %v", p.name, err)
		}
	default:
		return fromEnvironment(env)
	}
	if err != nil {
		return cloudflare.Credentials{}, from, err
	}
	c.Token = strings.TrimSpace(c.Token)
	if c.Token == "" {
		return c, from, noCredentials("put a token there, or mend the profile", "the token of profile %s is empty", p.name)
	}
	return c, from, nil
}

// writing is the selection with the credentials for commands that change something.
// A profile without a token for that does with the one that it has.
func (s selection) writing() selection {
	p := &s.profile
	if p.WriteTokenEnv+p.WriteTokenFile+p.WriteTokenCommand != "" {
		p.TokenEnv, p.TokenFile, p.TokenCommand = p.WriteTokenEnv, p.WriteTokenFile, p.WriteTokenCommand
	}
	return s
}

func fromEnvironment(env Env) (c cloudflare.Credentials, from string, err error) {
	token := strings.TrimSpace(env.Getenv(tokenVar))
	email := strings.TrimSpace(env.Getenv(emailVar))
	key := strings.TrimSpace(env.Getenv(keyVar))
	switch {
	case token != "":
		return cloudflare.Credentials{Token: token}, "$" + tokenVar, nil
	case email != "" && key != "":
		return cloudflare.Credentials{Email: email, Key: key}, "$" + emailVar + " and $" + keyVar, nil
	case email != "":
		return c, "", noCredentials("export "+keyVar+"=…, or better: export "+tokenVar+"=…", "%s is set, but %s is not", emailVar, keyVar)
	case key != "":
		return c, "", noCredentials("export "+emailVar+"=…, or better: export "+tokenVar+"=…", "%s is set, but %s is not", keyVar, emailVar)
	}
	return c, "", noCredentials("export "+tokenVar+"=… (https://dash.cloudflare.com/profile/api-tokens makes one), or try idpsnap demo", "no credentials: %s is not set", tokenVar)
}

// readToken reads a file that only its owner may read, as ssh wants of a key.
func readToken(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", noCredentials("put the token there, or mend the profile", "token_file: %v", err)
	}
	if mode := info.Mode(); mode.IsRegular() && mode.Perm()&0o077 != 0 {
		return "", noCredentials("chmod 600 "+path, "token_file %s may be read by others (mode %04o)", path, mode.Perm())
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", noCredentials("let this user read it, or mend the profile", "token_file: %v", err)
	}
	return string(data), nil
}

// absolute resolves a path in the configuration: "~/" is the home directory,
// anything relative starts where the configuration is.
func (p profile) absolute(env Env, path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		return filepath.Join(env.Getenv("HOME"), rest)
	}
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(p.dir, path)
}

func noCredentials(hint, format string, args ...any) error {
	return &problem{class: errCredentials, text: fmt.Sprintf(format, args...), hint: hint}
}

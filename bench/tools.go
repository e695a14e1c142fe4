package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// The peers' programs, which are Debian's packages of the same name.
var tools = []string{"curl", "jq", "git", "restic"}

// findTools finds the peers' programs, installs those that are missing where it may,
// and says why one is not there.
func (l *lab) findTools(ctx context.Context, o *options) {
	missing := notFound()
	if len(missing) == 0 || !o.Peers || o.growth {
		return
	}
	how := "apt-get install " + strings.Join(missing, " ")
	why := installable(o)
	if why == nil {
		l.log.say("%s", how)
		args := append([]string{"install", "-y", "--no-install-recommends"}, missing...)
		_, why = timed(command(ctx, "/", append(os.Environ(), "DEBIAN_FRONTEND=noninteractive"), "apt-get", args...))
	}
	for _, tool := range notFound() {
		l.lacking[tool] = fmt.Sprintf("%s is not installed (%s)", tool, how)
		l.log.say("%s: %v", l.lacking[tool], why)
	}
}

func notFound() (missing []string) {
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			missing = append(missing, tool)
		}
	}
	return missing
}

// installable says why nothing can be installed.
func installable(o *options) error {
	if !o.install {
		return errors.New("-install=false")
	}
	if os.Geteuid() != 0 {
		return errors.New("only root may install it")
	}
	_, err := exec.LookPath("apt-get")
	return err
}

// reasons says of each program that cannot be measured why.
func (l *lab) reasons(o *options) map[string]string {
	lacks := func(needs ...string) string {
		if !o.Peers {
			return "left out by -peers=false"
		}
		for _, tool := range needs {
			if why := l.lacking[tool]; why != "" {
				return why
			}
		}
		return ""
	}
	withGit, withRestic := lacks("curl", "jq", "git"), lacks("curl", "jq", "restic")
	return map[string]string{
		cronDump: lacks("curl", "jq"),
		gitNight: withGit, gitAsked: withGit, gitPacked: withGit,
		resticNight: withRestic, resticAsked: withRestic,
	}
}

package commands

import (
	"strings"

	"github.com/idpsnap/idpsnap/snapshot"
)

// selection is a target as the user chose it. The profile, if one was named,
// brings its own credentials.
type selection struct {
	target  snapshot.Target
	profile profile // its name is "" where none was named
}

// String gives the selection as the user would write it.
func (s selection) String() string {
	if s.profile.name != "" {
		return s.profile.name
	}
	return s.target.String()
}

// flag gives the selection as a flag.
func (s selection) flag() string {
	if s.profile.name != "" {
		return "--profile " + s.profile.name
	}
	return "--" + string(s.target.Scope) + " " + s.target.ID
}

// flagged reports whether a flag names the target.
func (a *targetArgs) flagged() bool { return a.account+a.zone+a.profile != "" }

// selected finds the target that flags or the environment name. ok is false
// where neither does.
func (a *targetArgs) selected(env Env) (s selection, ok bool, err error) {
	var given []string
	for _, f := range [][2]string{{"--account", a.account}, {"--zone", a.zone}, {"--profile", a.profile}} {
		if f[1] != "" {
			given = append(given, f[0])
		}
	}
	switch {
	case len(given) > 1:
		return s, false, usage("keep one of them", "%s name more than one target", strings.Join(given, " and "))
	case a.profile != "":
		c, err := a.load(env)
		if err != nil {
			return s, false, err
		}
		p, err := c.profile(a.profile)
		if err != nil {
			return s, false, err
		}
		s, err = p.selection()
		return s, err == nil, err
	case a.account != "":
		return byID(snapshot.Account, a.account, "--account")
	case a.zone != "":
		return byID(snapshot.Zone, a.zone, "--zone")
	}
	account, zone := env.Getenv("CLOUDFLARE_ACCOUNT_ID"), env.Getenv("CLOUDFLARE_ZONE_ID")
	switch {
	case account != "" && zone != "":
		return s, false, usage("--account ID or --zone ID decides, or unset one of them",
			"CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_ZONE_ID are both set")
	case account != "":
		return byID(snapshot.Account, account, "CLOUDFLARE_ACCOUNT_ID")
	case zone != "":
		return byID(snapshot.Zone, zone, "CLOUDFLARE_ZONE_ID")
	}
	return s, false, nil
}

// one finds the target of a command that cannot do without.
func (a *targetArgs) one(env Env) (selection, error) {
	s, ok, err := a.selected(env)
	if err != nil {
		return s, err
	}
	if !ok {
		return s, usage("--account ID, --zone ID or --profile NAME, or set CLOUDFLARE_ACCOUNT_ID", "no target is named")
	}
	return s, nil
}

func byID(scope snapshot.Scope, id, from string) (selection, bool, error) {
	id = strings.TrimPrefix(id, string(scope)+":") // the way idpsnap itself writes it
	t, err := snapshot.ParseTarget(string(scope) + ":" + id)
	if err != nil {
		return selection{}, false, usage(from+" is the id that the dashboard's address shows, 32 hexadecimal digits", "%s: %v", from, err)
	}
	return selection{target: t}, true, nil
}

func (p profile) selection() (selection, error) {
	t, err := p.target()
	return selection{target: t, profile: p}, err
}

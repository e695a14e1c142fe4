package commands

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/snapshot"
)

// guardArgs are the flags that let a plan pass guards.
type guardArgs struct {
	allow      map[migrate.GuardCode]*bool
	maxChanges int
}

// flags are the flags; most is what --max-changes is where nobody gives it, 0 for what
// the plan was made with.
func (a *guardArgs) flags(most int) []cli.Flag {
	a.allow = map[migrate.GuardCode]*bool{}
	says := map[migrate.GuardCode]string{
		migrate.GuardLockout:         "although the last login method would go or change",
		migrate.GuardAppLockout:      "although an app would lose the only provider that it allows",
		migrate.GuardDelete:          "although something is deleted",
		migrate.GuardReadOnly:        "although a provider came by federation",
		migrate.GuardTypeChange:      "although a provider's type would change",
		migrate.GuardSeatDeprovision: "although seats would be freed without user_deprovision",
		migrate.GuardPINSCIM:         "although SCIM would be switched on for one-time PIN",
		migrate.GuardEncryption:      "and create a SAML provider without the assertion encryption that it had",
		migrate.GuardNoOrganization:  "although the target has no Zero Trust organization",
		migrate.GuardSameTarget:      "although source and target are the same",
	}
	var list []cli.Flag
	for _, code := range migrate.GuardCodes() {
		if code == migrate.GuardMaxChanges {
			continue
		}
		a.allow[code] = new(bool)
		list = append(list, &cli.BoolFlag{
			Name: strings.TrimPrefix(migrate.FlagOf(code), "--"), Destination: a.allow[code], Usage: "go on " + says[code],
		})
	}
	standard := fmt.Sprintf("default %d", most)
	if most == 0 {
		standard = "default: as when the plan was made"
	}
	return append(list, &cli.IntFlag{
		Name: "max-changes", Destination: &a.maxChanges, Value: most,
		Usage: fmt.Sprintf("let `NUMBER` updates and deletions through (%s; what is created does not count)", standard),
	})
}

// allowed are the codes of guards that are let pass.
func (a *guardArgs) allowed() []migrate.GuardCode {
	var codes []migrate.GuardCode
	for _, code := range migrate.GuardCodes() {
		if a.allow[code] != nil && *a.allow[code] {
			codes = append(codes, code)
		}
	}
	return codes
}

// planArgs are the flags that say what a plan is to do.
type planArgs struct {
	guardArgs

	only, exclude, mapped, renamed, set cli.StringSlice

	onConflict  string
	scim        string
	deleteExtra bool
	rewrite     bool
	renew       bool
}

func (a *planArgs) flags() []cli.Flag {
	return slices.Concat([]cli.Flag{
		&cli.StringSliceFlag{Name: "only", Destination: &a.only, Usage: "only the `PROVIDER` of this name, id or pattern (Okta*); may be given again"},
		&cli.StringSliceFlag{Name: "exclude", Destination: &a.exclude, Usage: "not this `PROVIDER`; may be given again"},
		&cli.StringSliceFlag{Name: "map", Destination: &a.mapped, Usage: "`OLD=NEW`: the state's provider OLD is the target's NEW; ids or names"},
		&cli.StringSliceFlag{Name: "rename", Destination: &a.renamed, Usage: "`OLD=NEW`: call the provider NEW in the target"},
		&cli.StringSliceFlag{Name: "set", Destination: &a.set, Usage: "another setting than the state's: `[PROVIDER:]PATH=VALUE`, e.g. Okta:config.okta_account=https://b.okta.com; without PROVIDER, of all that have it"},
		&cli.StringFlag{Name: "on-conflict", Destination: &a.onConflict, Usage: "what becomes of a provider that the target has under the same type and name, and another id, with other settings: `WAY` is fail, skip or update (default: fail, or update in the state's own target)"},
		&cli.BoolFlag{Name: "delete-extra", Destination: &a.deleteExtra, Usage: "delete the providers that the state does not have"},
		&cli.StringFlag{Name: "scim", Destination: &a.scim, Value: "keep", Usage: "SCIM as in the state, or left off: `WAY` is keep or off (default keep)"},
		&cli.BoolFlag{Name: "renew-secrets", Destination: &a.renew, Usage: "send the secrets of providers that are as they should be, too (with --only): whether those that Cloudflare has are right nobody can see"},
		&cli.BoolFlag{Name: "rewrite-references", Destination: &a.rewrite, Usage: "in the target's apps, policies and groups, put new ids of providers in place of the state's"},
	}, a.guardArgs.flags(migrate.DefaultMaxChanges))
}

// options reads the flags. keepsTokens says that there is a place for SCIM tokens.
func (a *planArgs) planOptions(keepsTokens bool) (migrate.Options, error) {
	o := migrate.Options{
		Only: a.only.Value(), Exclude: a.exclude.Value(), OnConflict: migrate.OnConflict(a.onConflict),
		DeleteExtra: a.deleteExtra, KeepsTokens: keepsTokens, RewriteReferences: a.rewrite, RenewSecrets: a.renew,
		MaxChanges: a.maxChanges, Allow: a.allowed(),
	}
	ways := []string{string(migrate.ConflictFail), string(migrate.ConflictSkip), string(migrate.ConflictUpdate)}
	if a.onConflict != "" && !slices.Contains(ways, a.onConflict) {
		return o, usage(spelling("--on-conflict", a.onConflict, ways), "--on-conflict wants %s, not %q", strings.Join(ways, ", "), a.onConflict)
	}
	switch a.scim {
	case "keep":
	case "off":
		o.SCIMOff = true
	default:
		return o, usage("--scim off", "--scim wants keep or off, not %q", a.scim)
	}
	if a.maxChanges < 0 {
		return o, usage("--max-changes 10", "--max-changes must not be negative")
	}
	var err error
	if o.Map, err = parseMap(a.mapped.Value()); err != nil {
		return o, err
	}
	if o.Rename, err = parseRename(a.renamed.Value()); err != nil {
		return o, err
	}
	for _, s := range a.set.Value() {
		set, err := parseSet(s)
		if err != nil {
			return o, err
		}
		o.Set = append(o.Set, set)
	}
	return o, nil
}

func parseRename(given []string) (map[string]string, error) {
	names := map[string]string{}
	for _, g := range given {
		from, to, ok := strings.Cut(g, "=")
		if !ok || from == "" || to == "" {
			return nil, usage("--rename 'Okta=Okta (old)'", "--rename wants OLD=NEW, not %q", g)
		}
		names[from] = to
	}
	return names, nil
}

// parseSet reads [PROVIDER:]PATH=VALUE, where PATH is dotted or a JSON Pointer, and
// VALUE is JSON or else a text.
func parseSet(given string) (migrate.Set, error) {
	const hint = "--set 'Corp okta:config.okta_account=https://b.okta.com', or --set config.pkce_enabled=true for all that have it"
	where, value, ok := strings.Cut(given, "=")
	if !ok || where == "" {
		return migrate.Set{}, usage(hint, "--set wants PATH=VALUE, not %q", given)
	}
	s := migrate.Set{Path: where}
	if i := strings.LastIndexByte(where, ':'); i >= 0 {
		s.Provider, s.Path = where[:i], where[i+1:]
	}
	path, err := pointer(s.Path)
	if err != nil || s.Path == "" {
		return s, usage(hint, "--set: %q is no path", s.Path)
	}
	if !strings.Contains(path[1:], "/") && !atTop(path) { // nearly all settings lie there
		path = "/config" + path
	}
	s.Path = path
	if why := migrate.MayNotSet(s.Path); why != "" {
		return s, usage("leave it out", "--set %s: %s", s.Path, why)
	}
	if json.Valid([]byte(value)) {
		s.Value = json.RawMessage(value)
		return s, nil
	}
	if s.Value, err = json.Marshal(value); err != nil {
		return s, usage(hint, "--set %s: %v", s.Path, err)
	}
	return s, nil
}

// atTop reports whether a member at the top of a provider is known.
func atTop(path string) bool {
	info, _ := snapshot.TypeOf(snapshot.SAML)
	return slices.ContainsFunc(info.Fields, func(f snapshot.Field) bool {
		return f.Path == path || strings.HasPrefix(f.Path, path+"/")
	})
}

// writeArgs are the flags of commands that carry a plan out.
type writeArgs struct {
	secretFlags secretArgs
	tokens      tokenArgs

	yes       bool
	format    string
	checklist string
}

func (a *writeArgs) flags() []cli.Flag {
	return slices.Concat(a.secretFlags.flags(), a.tokens.flags(), []cli.Flag{
		&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Destination: &a.yes, Usage: "do not ask; no guard is passed by it"},
		&cli.StringFlag{Name: "checklist", Destination: &a.checklist, Usage: "write what is left to do by hand to `FILE`; its name's end says how: .md, .html, .json or .txt"},
	})
}

// checklistFormat is what the name of the checklist's file says.
func (a *writeArgs) checklistFormat() (string, error) {
	for end, format := range map[string]string{".md": "markdown", ".html": "html", ".json": "json", ".txt": "text"} {
		if strings.HasSuffix(a.checklist, end) {
			return format, nil
		}
	}
	if a.checklist == "" {
		return "", nil
	}
	return "", usage("--checklist moving.html", "--checklist wants a name that ends in .md, .html, .json or .txt, not %q", a.checklist)
}

// planFormat is the format in which a plan is shown.
func planFormat(shared *common, format string) (string, error) {
	switch {
	case format == "" || format == "json":
		if format == "json" {
			shared.json = true
		}
		return shared.format(), nil
	case shared.json:
		return "", usage("leave one of them out", "--json and --format %s contradict each other", format)
	case slices.Contains(report.PlanFormats(), format):
		return format, nil
	}
	return "", usage(spelling("--format", format, report.PlanFormats()), "unknown format %q: one of %s", format, strings.Join(report.PlanFormats(), ", "))
}

// planKinds are what a plan wants to know of a target beside its providers.
var planKinds = []snapshot.Kind{
	snapshot.Organization, snapshot.IdentityProvider, snapshot.AccessApp, snapshot.AccessPolicy, snapshot.AccessGroup,
}

package commands

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/idpsnap/idpsnap/snapshot"
)

const statesHelp = `
A STATE is one of
  latest, latest~1    the newest snapshot, the one before it
  2026-06-30          the last complete snapshot until the end of that day, UTC;
                      2026-06-30T12:00:00Z until that moment
  7d                  the last complete one that is at least so old; also 12h, 2w
  live                the target as it is now, read and not recorded
  3f2a91bc            a snapshot's id, or at least 4 of its first digits
  TARGET@latest       any of these for another target: account:<id>, zone:<id> or a
                      profile's name; TARGET alone is TARGET@live
  file:PATH           what show --json printed; file:- is stdin
Without TARGET it is --account, --zone or --profile, else CLOUDFLARE_ACCOUNT_ID or
CLOUDFLARE_ZONE_ID, else the only target that the history holds.`

type showArgs struct {
	stateArgs

	kinds cli.StringSlice
}

func newShow(env Env, shared *common) command {
	a := new(showArgs)
	return command{
		name: "show", args: "STATE [RESOURCE]", min: 1, max: 2,
		short: "one snapshot, provider, user or group, as of that state",
		long: `
Shows what a state holds, or one resource of it with its whole document. RESOURCE
is an id or the beginning of one (at least 4 characters), a name, an e-mail
address, or the externalId of a SCIM user or group.
` + statesHelp,
		examples: []example{
			{"idpsnap show latest", ""},
			{"idpsnap show 2026-06-30 ada@example.com", "what was known of her at the end of June"},
			{"idpsnap show prod@live Okta --json", "one provider as it is now"},
			{"idpsnap export latest --out state.json && idpsnap show file:state.json", ""},
		},
		exits: []int{exitDone, exitFailed, exitIncomplete, exitPermission, exitNotFound, exitLocked, exitIntegrity, exitUsage},
		flags: slices.Concat([]cli.Flag{
			kindFlag(&a.kinds),
		}, a.targetArgs.flags(), a.historyArgs.flags()),
		run: func(ctx context.Context, args []string) error {
			wanted := ""
			if len(args) == 2 {
				wanted = args[1]
			}
			return runShow(ctx, env.until(ctx), shared, a, args[0], wanted)
		},
	}
}

// kindFlag narrows a command to some kinds of resources.
func kindFlag(kinds *cli.StringSlice) cli.Flag {
	return &cli.StringSliceFlag{Name: "kind", Destination: kinds, Usage: "only resources of this `KIND`: " + kindList() + "; may be given again, or several with commas between them"}
}

func kindList() string {
	var names []string
	for _, k := range snapshot.Kinds() {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

// words takes apart what a flag was given, more than once or with commas. It is for
// words that have no comma in them.
func words(given []string) []string {
	var all []string
	for _, g := range given {
		all = append(all, strings.Split(g, ",")...)
	}
	return all
}

func parseKinds(names []string) ([]snapshot.Kind, error) {
	var kinds []snapshot.Kind
	for _, name := range words(names) {
		k, err := snapshot.ParseKind(name)
		if err != nil {
			var known []string
			for _, k := range snapshot.Kinds() {
				known = append(known, string(k))
			}
			if hint := spelling("--kind", name, known); nearest(name, known) != "" {
				return nil, usage(hint, "%v", err)
			}
			return nil, usage("--kind "+string(snapshot.IdentityProvider), "%v", err)
		}
		kinds = append(kinds, k)
	}
	return kinds, nil
}

func runShow(ctx context.Context, env Env, shared *common, a *showArgs, text, wanted string) error {
	kinds, err := parseKinds(a.kinds.Value())
	if err != nil {
		return err
	}
	p, err := shared.printer(env)
	if err != nil {
		return err
	}
	return a.withState(ctx, env, shared, text, func(st opened) error {
		if wanted == "" {
			if err := p.Show(st.snapshot, kinds, st.resources(kinds)); err != nil {
				return err
			}
			return incompleteState(st.snapshot, kinds)
		}
		r, err := findResource(st.resources(kinds), wanted, text)
		if errors.Is(err, errNoResource) {
			return missingFrom(st.snapshot, kinds, err)
		}
		if err != nil {
			return err
		}
		return p.Resource(st.snapshot, r)
	})
}

// errNoResource marks a word that no resource answers to.
var errNoResource = errors.New("no such resource")

// match says how well a resource answers to a word; better matches hide worse.
type match int

const (
	noMatch match = iota
	idBegins
	called // its name, e-mail address or externalId, whatever the case
	exactID
)

// answersTo matches a resource with the word, which is in lower case.
func answersTo(r snapshot.Resource, word, lower string) match {
	if r.ID == word {
		return exactID
	}
	s := r.Summary()
	for _, name := range append(r.Addresses(), s.Name, s.ExternalID) {
		if name != "" && strings.EqualFold(name, word) {
			return called
		}
	}
	if len(word) >= 4 && (strings.HasPrefix(r.ID, word) || strings.HasPrefix(r.ID, lower)) {
		return idBegins
	}
	return noMatch
}

// findResource finds the one resource that the word means.
func findResource(all iter.Seq2[snapshot.Resource, error], word, text string) (snapshot.Resource, error) {
	best, found := noMatch, []snapshot.Resource(nil)
	lower := strings.ToLower(word)
	for r, err := range all {
		if err != nil {
			return snapshot.Resource{}, err
		}
		m := answersTo(r, word, lower)
		if m > best {
			best, found = m, nil
		}
		if m == best && m != noMatch {
			found = append(found, r)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return snapshot.Resource{}, &problem{
			class: errNotFound, cause: errNoResource, text: fmt.Sprintf("no resource %q in %s", word, text),
			hint: "idpsnap show " + text + " lists what there is",
		}
	}
	const most = 20
	var b strings.Builder
	fmt.Fprintf(&b, "%q means more than one resource in %s:", word, text)
	for i, r := range found {
		if i == most {
			fmt.Fprintf(&b, "\nand %d more", len(found)-most)
			break
		}
		fmt.Fprintf(&b, "\n%s  %s  %s", r.Kind, r.ID, r.Name())
		if r.Provider != "" {
			fmt.Fprintf(&b, "  (of provider %s)", r.Provider)
		}
	}
	return snapshot.Resource{}, &problem{class: errNotFound, text: b.String(), hint: "write the id, or narrow it with --kind"}
}

// missingFrom makes of "not found" an "unknown" where not everything was read.
func missingFrom(sn snapshot.Snapshot, kinds []snapshot.Kind, err error) error {
	const unknown = "what could not be read is unknown, not empty"
	if unread := incompleteState(sn, kinds); unread != nil {
		return &problem{class: errIncomplete, text: err.Error() + ", as far as is known: " + unread.Error(), hint: unknown}
	}
	for _, c := range sn.Captures {
		if (c.Status == snapshot.Skipped || c.Status == snapshot.Partial) && (len(kinds) == 0 || slices.Contains(kinds, c.Kind)) {
			return &problem{class: errIncomplete, text: fmt.Sprintf("%v, as far as is known: %s: %s", err, collectionLabel(c), c.Error), hint: unknown}
		}
	}
	return err
}

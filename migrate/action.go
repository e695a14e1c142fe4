package migrate

import (
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// action says what becomes of a pair; its verdict is "" where it is none of this plan's
// business.
func (b *builder) action(p snapshot.Pair) (Action, error) {
	switch {
	case p.A == p.B:
		return b.ambiguous(p.B), nil
	case p.A == nil:
		return b.create(p.B)
	case p.B == nil:
		return b.extra(p.A)
	}
	return b.update(p.A, p.B)
}

func (b *builder) begin(v Verdict, r *snapshot.Resource) Action {
	s := r.Summary()
	return Action{Action: v, Kind: snapshot.IdentityProvider, Name: s.Name, Type: s.Type}
}

func (b *builder) ambiguous(want *snapshot.Resource) Action {
	a := b.begin(Blocked, want)
	a.SourceID = want.ID
	a.Reasons = []string{fmt.Sprintf("the target has more than one %s called %q, or the source has, and their settings do not tell which is which: --map %s=ID decides",
		a.Type, a.Name, want.ID)}
	return a
}

func (b *builder) create(want *snapshot.Resource) (Action, error) {
	a := b.begin(Create, want)
	a.SourceID = want.ID
	a.Secrets = SecretsOf(b.original[want.ID])
	d := want.Document
	var err error
	if b.o.SCIMOff && isTrue(d, pathSCIMEnabled) {
		if d, err = with(d, pathSCIMEnabled, json.RawMessage("false")); err != nil {
			return a, err
		}
	}
	a.Settings = json.RawMessage(d)
	a.TellsToken = isTrue(d, pathSCIMEnabled)
	resource := *want
	resource.Document = d
	if a.Changes, err = b.changes(nil, &resource); err != nil {
		return a, err
	}
	if strings.TrimSpace(a.Name) == "" {
		a.block("Cloudflare creates no provider without a name: --rename %s=NAME gives it one", want.ID)
	}
	if _, known := snapshot.TypeOf(a.Type); !known && len(a.Secrets) > 0 {
		a.Warnings = append(a.Warnings, "its type is not known here, and so is not which secrets it needs: --secret supplies them")
	}
	b.blockHidden(&a, d)
	b.blockToken(&a)
	b.guardSettings(a, d)
	b.guardFederated(a, b.original[want.ID], "the source's came by federation: share it with the target instead")
	return a, nil
}

func (b *builder) extra(have *snapshot.Resource) (Action, error) {
	if !b.o.DeleteExtra || !b.selected(*have, map[string]bool{}) || b.isSpared(have) {
		return Action{}, nil
	}
	a := b.begin(Delete, have)
	a.TargetID = have.ID
	var err error
	if a.Before, err = fingerprint(snapshot.IdentityProvider, have.Document); err != nil {
		return a, err
	}
	if a.Changes, err = b.changes(have, nil); err != nil {
		return a, err
	}
	b.guardFederated(a, *have, "it came by federation, and can only be taken back by who shared it")
	return a, nil
}

func (b *builder) update(have, want *snapshot.Resource) (Action, error) {
	a := b.begin(Update, want)
	a.SourceID, a.TargetID = want.ID, have.ID
	d, err := b.tolerated(have, want)
	if err != nil {
		return a, err
	}
	resource := *want
	resource.Document = d
	if a.Changes, err = b.changes(have, &resource); err != nil {
		return a, err
	}
	conflict := have.ID != want.ID && !b.mapped[want.ID]
	renew := len(a.Changes) == 0 && b.o.RenewSecrets && len(SecretsOf(b.original[want.ID])) > 0
	switch {
	case renew:
	case len(a.Changes) == 0:
		a.Action = None
		return a, nil
	case conflict && b.o.OnConflict == ConflictSkip:
		a.Action = None
		a.Reasons = []string{"the target has it with other settings, and it is to be left as it is"}
		return a, nil
	case conflict && b.o.OnConflict == ConflictFail:
		a.Action = Blocked
		a.Reasons = []string{"the target has it with other settings: --on-conflict update changes them, --on-conflict skip leaves them"}
		return a, nil
	}
	if a.Before, err = fingerprint(snapshot.IdentityProvider, have.Document); err != nil {
		return a, err
	}
	body, err := laidOver(*have, d, a.Changes)
	if err != nil {
		return a, err
	}
	a.Settings = body
	for _, s := range SecretsOf(b.original[want.ID]) {
		// Left out, Cloudflare keeps what it has (Cloudflare docs, by example): of another
		// type that is no use.
		s.Required = s.Required && (renew || have.Summary().Type != a.Type)
		a.Secrets = append(a.Secrets, s)
	}
	if len(a.Secrets) > 0 && slices.ContainsFunc(a.Changes, func(c Change) bool { return c.Path == "/config/client_id" }) {
		a.Warnings = append(a.Warnings, "it becomes another application (client_id), and the secret that Cloudflare keeps is that of the one before: unless the right one is supplied, nobody can sign in with it")
	}
	for _, s := range SecretsOf(*have) {
		if !isKnownSecret(have.Summary().Type, s.Path) {
			a.Warnings = append(a.Warnings, fmt.Sprintf("it has a secret that is not known here (%s), and whether an update without it keeps it is not known either: --secret supplies it", s.Key))
		}
	}
	if strings.TrimSpace(textAt(body, pathName)) == "" && strings.TrimSpace(textAt(have.Document, pathName)) != "" {
		a.block("it would lose its name: --rename %s=NAME gives it one", want.ID)
	}
	a.TellsToken = isTrue(body, pathSCIMEnabled) && !isTrue(have.Document, pathSCIMEnabled)
	b.blockHidden(&a, body)
	b.blockToken(&a)
	b.guardSettings(a, body)
	b.guardFederated(a, *have, "it came by federation, and Cloudflare refuses to change it")
	if from, to := have.Summary().Type, want.Summary().Type; from != to {
		b.guard(GuardTypeChange, a.Name, fmt.Sprintf("its type would change from %s to %s", from, to),
			"what Cloudflare then does with its secrets and users is not known; to delete it and create another is the way that is known")
	}
	return a, nil
}

// tolerated is what is wanted of a provider that the target has: where SCIM is to stay
// off it stays as it is, and what Cloudflare sets by itself where nothing was chosen is
// no difference, else it would be one for ever. In another target it keeps the
// certificate set that it was given there, and the encryption that goes with it.
func (b *builder) tolerated(have, want *snapshot.Resource) (snapshot.Document, error) {
	var err error
	out := []byte(want.Document)
	kept := func(path string) {
		if err == nil && at(out, path) == nil && at(have.Document, path) != nil {
			out, err = with(out, path, at(have.Document, path))
		}
	}
	if !b.within {
		kept(pathSet)
	}
	if b.allows(GuardEncryption) && isTrue(b.original[want.ID].Document, pathEncryption) {
		kept(pathEncryption)
	}
	if err != nil {
		return nil, err
	}
	if b.o.SCIMOff && isTrue(out, pathSCIMEnabled) && !isTrue(have.Document, pathSCIMEnabled) {
		if out, err = without(out, pathSCIMEnabled); err != nil {
			return nil, err
		}
	}
	for path, standard := range standards {
		if at(out, path) == nil && textAt(have.Document, path) == standard {
			if out, err = with(out, path, at(have.Document, path)); err != nil {
				return nil, err
			}
		}
	}
	return snapshot.NewDocument(out)
}

// standards are settings that Cloudflare fills in: azure_cloud is "default" in recorded
// answers, identity_update_behavior by the OpenAPI schema.
var standards = map[string]string{
	"/config/azure_cloud":                   "default",
	"/scim_config/identity_update_behavior": "no_action",
}

// changes are the settings in which two providers differ, by the comparison that the
// rest of the program uses; one of the two may be nil.
func (b *builder) changes(have, want *snapshot.Resource) ([]Change, error) {
	x, y := b.target.State, b.source.State
	x.Providers, y.Providers = nil, nil
	o := diff.Options{Kinds: []snapshot.Kind{snapshot.IdentityProvider}}
	x.Snapshot.Captures, y.Snapshot.Captures = whole, whole
	if have != nil {
		x.Providers = []snapshot.Resource{*have}
	}
	if want != nil {
		y.Providers = []snapshot.Resource{*want}
	}
	if have != nil && want != nil {
		o.Map = map[string]string{have.ID: want.ID}
	}
	var nothing iter.Seq2[snapshot.Pair, error] = func(func(snapshot.Pair, error) bool) {}
	r, err := diff.Compare(x, y, nothing, o)
	if err != nil {
		return nil, err
	}
	var list []Change
	for _, c := range r.Changes {
		for _, f := range c.Fields {
			list = append(list, Change{Path: f.Path, Old: orNull(f.Old), New: orNull(f.New), Severity: f.Severity.String(), Reason: f.Reason})
		}
	}
	return list, nil
}

// whole says of a state that its providers were read.
var whole = []snapshot.Capture{{Collection: snapshot.Collection{Kind: snapshot.IdentityProvider}, Status: snapshot.Complete}}

func orNull(v []byte) json.RawMessage {
	if v == nil {
		return json.RawMessage("null")
	}
	return v
}

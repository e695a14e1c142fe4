package migrate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/snapshot"
)

// FlagOf is the flag that lets a plan pass a guard.
func FlagOf(c GuardCode) string {
	switch c {
	case GuardMaxChanges:
		return "--max-changes"
	case GuardEncryption:
		return "--allow-unencrypted"
	default:
		return "--allow-" + string(c)
	}
}

// GuardCodes lists the guards.
func GuardCodes() []GuardCode {
	return []GuardCode{
		GuardLockout, GuardAppLockout, GuardDelete, GuardMaxChanges, GuardReadOnly, GuardTypeChange,
		GuardSeatDeprovision, GuardPINSCIM, GuardEncryption, GuardNoOrganization, GuardSameTarget,
	}
}

func (b *builder) guard(c GuardCode, subject, what, why string) {
	b.guards = append(b.guards, Guard{Code: c, Subject: subject, What: what, Why: why, Flag: FlagOf(c), Overridden: b.allows(c)})
}

// blockHidden blocks what cannot be sent without losing a secret that nobody can
// supply.
func (b *builder) blockHidden(a *Action, d []byte) {
	for _, path := range hidden(d) {
		a.block("%s is a list with a secret in it, which cannot be supplied: leave the provider out, or set the list yourself with --set", path)
	}
}

// blockToken blocks what would make Cloudflare tell a token that nobody keeps.
func (b *builder) blockToken(a *Action) {
	if a.TellsToken && !b.o.KeepsTokens {
		a.block("Cloudflare would tell its SCIM token, once: --scim-secrets-out FILE keeps it, --scim off leaves SCIM switched off")
	}
}

func (a *Action) block(format string, args ...any) {
	reason := fmt.Sprintf(format, args...)
	if slices.Contains(a.Reasons, reason) {
		return
	}
	a.Action = Blocked
	a.Reasons = append(a.Reasons, reason)
}

// guardSettings looks at what would be sent.
func (b *builder) guardSettings(a Action, body []byte) {
	if isTrue(body, pathSeatDeprov) && !isTrue(body, pathUserDeprov) {
		b.guard(GuardSeatDeprovision, a.Name, "it would have seat_deprovision without user_deprovision",
			"Cloudflare frees a leaver's seat only where it also ends the leaver's sessions, and refuses the one without the other")
	}
	if a.Type == snapshot.OneTimePIN && isTrue(body, pathSCIMEnabled) {
		b.guard(GuardPINSCIM, a.Name, "SCIM would be switched on for one-time PIN",
			"one-time PIN has no directory behind it, and Cloudflare refuses it")
	}
	if a.Type == snapshot.SAML && isTrue(body, pathEncryption) && (at(body, pathSet) == nil || a.Action == Create && !b.within) {
		b.guard(GuardEncryption, a.Name, "its SAML assertions are encrypted, and the key for that cannot move",
			"Cloudflare holds the private key: to go on it is created without encryption; afterwards make a certificate set in the target, give its certificate to the identity provider, and switch encryption on")
	}
}

func (b *builder) guardFederated(a Action, r snapshot.Resource, why string) {
	if isTrue(r.Document, "/read_only") {
		b.guard(GuardReadOnly, a.Name, "it is read-only", why)
	}
}

// guardPlan looks at all actions together.
func (b *builder) guardPlan() {
	if b.verb == Migrate && b.within {
		b.guard(GuardSameTarget, "", fmt.Sprintf("source and target are both %s", b.target.Snapshot.Target),
			"a migration leads elsewhere; restore puts a state back into the target that it came from")
	}
	organization, _ := b.target.Snapshot.Capture(snapshot.Collection{Kind: snapshot.Organization})
	if b.target.Organization == nil && organization.Status == snapshot.Complete {
		b.guard(GuardNoOrganization, "", "the target has no Zero Trust organization",
			"without one Access is not enabled: open Zero Trust in the target's dashboard once, and choose a team name")
	}
	b.guardWrites()
}

// GuardsNow are the guards that stand against what is left of a plan in the target as
// it is now: it may not be what it was when the plan was made, or when it was begun.
func (p *Plan) GuardsNow(steps []Step, target State) []Guard {
	b := &builder{target: target, o: p.Options}
	for _, s := range steps {
		if s.open() {
			b.actions = append(b.actions, s.Action)
		}
	}
	b.guardWrites()
	return slices.DeleteFunc(b.guards, func(g Guard) bool { return g.Overridden })
}

// guardWrites looks at what is updated and deleted.
func (b *builder) guardWrites() {
	updates := 0
	deleted := map[string]string{}
	for _, a := range b.actions {
		if a.Kind != snapshot.IdentityProvider { // --rewrite-references has asked for these
			continue
		}
		switch a.Action {
		case Update:
			updates++
		case Delete:
			deleted[a.TargetID] = a.Name
		case Create, None, Blocked:
		}
	}
	deletions := len(deleted)
	if deletions > 0 {
		b.guardApps(deleted)
		b.guard(GuardDelete, "", fmt.Sprintf("%s would be deleted", count(deletions, "provider")),
			"with a provider go the users and groups that it has synced, and its id, which nothing brings back")
	}
	if n := deletions + updates; n > b.o.MaxChanges {
		b.guards = append(b.guards, Guard{
			Code: GuardMaxChanges, What: fmt.Sprintf("%s and %s", count(updates, "update"), count(deletions, "deletion")),
			Why:  fmt.Sprintf("no more than %d are let through, so that a wrong state or target does not change everything", b.o.MaxChanges),
			Flag: fmt.Sprintf("--max-changes %d", n),
		})
	}
	b.guardLockout()
}

// guardLockout sees to it that one login method stays as it is. What is created counts
// for nothing: nobody has signed in with it yet.
func (b *builder) guardLockout() {
	if len(b.target.Providers) == 0 {
		return
	}
	touched := map[string]Action{}
	for _, a := range b.actions {
		if a.Kind == snapshot.IdentityProvider && (a.Action == Delete || a.Action == Update && changesLogin(a)) {
			touched[a.TargetID] = a
		}
	}
	var left []string
	for _, r := range b.target.Providers {
		if touched[r.ID].Action != Delete {
			left = append(left, r.ID)
		}
	}
	const why = "if it does not work afterwards, nobody can sign in, not even to mend it"
	switch {
	case len(left) == 0:
		b.guard(GuardLockout, "", "every login method that the target has would be deleted", why)
	case len(left) == 1 && touched[left[0]].Action == Update:
		b.guard(GuardLockout, touched[left[0]].Name, "the only login method that the target keeps would change", why)
	case !slices.ContainsFunc(left, func(id string) bool { return touched[id].Action != Update }):
		b.guard(GuardLockout, "", "every login method that the target keeps would change", why)
	}
}

// changesLogin reports whether an update touches how people sign in: a name and what
// SCIM does are not that, a secret is.
func changesLogin(a Action) bool {
	return slices.ContainsFunc(a.Secrets, func(s Secret) bool { return s.Required }) || slices.ContainsFunc(a.Changes, func(c Change) bool {
		return c.Path != pathName && c.Path != pathSCIM && !strings.HasPrefix(c.Path, pathSCIM+"/")
	})
}

// guardApps looks for apps that would lose all providers that they allow. The deleted
// ones are names by id.
func (b *builder) guardApps(deleted map[string]string) {
	apps, _ := b.target.Snapshot.Capture(snapshot.Collection{Kind: snapshot.AccessApp})
	if apps.Status != snapshot.Complete && apps.Status != snapshot.Unsupported {
		for _, id := range keys(deleted) {
			b.guard(GuardAppLockout, deleted[id], "whether an app depends on it is not known: the target's apps could not be read",
				"an app that allows this provider alone would let in nobody, or everybody")
		}
		return
	}
	for _, r := range b.target.References {
		if r.Kind != snapshot.AccessApp {
			continue
		}
		lost := b.loses(r, deleted)
		if len(lost) == 0 {
			continue
		}
		what := "it is the only provider that the app allows"
		if len(lost) > 1 {
			what = "they are the only providers that the app allows"
		}
		if isTrue(r.Document, "/auto_redirect_to_identity") {
			what += ", and people are sent to it at once"
		}
		b.guard(GuardAppLockout, strings.Join(lost, ", "), fmt.Sprintf("app %q: %s", r.Name(), what),
			"without it the app lets in nobody, or, as an empty list means all, everybody who can sign in at all")
	}
}

// loses gives the names of the deleted providers that an app allows, none where it
// allows one that stays.
func (b *builder) loses(app snapshot.Resource, deleted map[string]string) (names []string) {
	replaced := map[string]string{}
	for _, a := range b.actions {
		if a.Kind == app.Kind && a.TargetID == app.ID && a.Action.Writes() {
			replaced = a.Replaces
		}
	}
	for _, v := range elementsOf(at(app.Document, "/allowed_idps")) {
		id := textOf(v)
		_, becomes := replaced[id]
		here := slices.ContainsFunc(b.target.Providers, func(r snapshot.Resource) bool { return r.ID == id })
		name, goes := deleted[id]
		switch {
		case goes && !slices.Contains(names, name):
			names = append(names, name)
		case goes:
		case becomes, here, b.target.Snapshot.Target.Scope == snapshot.Zone: // a zone's apps may allow its account's
			return nil
		}
	}
	return names
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

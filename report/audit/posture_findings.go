package audit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/migrate"
	"github.com/idpsnap/idpsnap/snapshot"
)

// providerFindings are what of a provider's settings is not as it should be. Its
// certificates are looked at by themselves.
func (p *posture) providerFindings(l *userList) (all []finding) {
	if l.provider == nil {
		return nil
	}
	config := valueIn(l.provider, "config")
	info, _ := snapshot.TypeOf(l.typ())
	add := func(is bool, s diff.Severity, rule, what, why, mend string) {
		if is {
			all = append(all, finding{s, snapshot.IdentityProvider, l.id, l.called(), rule, what, why, mend})
		}
	}
	for _, name := range namesIn(config) {
		add(name != "redirect_url" && strings.HasPrefix(strings.ToLower(strings.TrimSpace(textIn(config, name))), "http://"), diff.High, "plain_http",
			name+" is plain http", "whoever is on the way reads and changes what is sent there", wherePage+": give the address with https")
	}
	add(hasField(info, "/config/pkce_enabled") && !saysTrue(config, "pkce_enabled"), diff.Medium, "pkce_off",
		"PKCE is off", "a code that somebody intercepts can be turned into a session", wherePage+": turn on Proof Key for Code Exchange (PKCE)")
	add(l.typ() == snapshot.SAML && !saysTrue(config, "sign_request"), diff.Low, "requests_not_signed",
		"requests are not signed", "the provider cannot tell Cloudflare's requests from others", wherePage+": turn on Sign SAML authentication request")
	if l.typ() == snapshot.OneTimePIN {
		all = append(all, p.oneTimePIN(l)...)
	}
	return append(all, scimFindings(l)...)
}

// oneTimePIN weighs that people may sign in with a code sent by e-mail.
func (p *posture) oneTimePIN(l *userList) []finding {
	f := finding{
		severity: diff.Medium, kind: snapshot.IdentityProvider, id: l.id, name: l.called(), rule: "one_time_pin",
		what: "people may sign in with a one-time PIN by e-mail",
		why:  "whoever reads somebody's mail signs in as them: without a second factor, and after they have left, as long as the mailbox is there",
		mend: "Let every app name the providers that it allows, or delete the one-time PIN: Zero Trust > Integrations > Identity providers",
	}
	if _, unread := p.unread[snapshot.AccessApp]; !unread {
		f.what += fmt.Sprintf(": %s it by name, %d by allowing every provider", allow(p.allowed[l.id]), p.allowAll)
		if p.allowed[l.id]+p.allowAll == 0 {
			f.severity = diff.Low
		}
	}
	return []finding{f}
}

// allow writes how many apps do.
func allow(n int) string {
	if n == 1 {
		return "1 app allows"
	}
	return Things(n, "app") + " allow"
}

// longestSession is how long a session may be before it is reported: Cloudflare's own
// default.
const longestSession = 24 * time.Hour

const whereApps = "Zero Trust > Access controls > Applications > Configure"

// appFindings are what of the apps is not as it should be.
func (p *posture) appFindings() (all []finding) {
	for _, r := range p.of[snapshot.Organization] {
		all = append(all, sessionFinding(r, "Zero Trust > Access controls > Access settings: set the global session duration")...)
	}
	for _, r := range p.of[snapshot.AccessApp] {
		f := finding{kind: r.Kind, id: r.ID, name: r.Name()}
		if len(textsIn(r.Document, "allowed_idps")) == 0 && signsIn(r.Document) && len(p.now.providers) > 1 {
			f := f
			f.severity, f.rule = diff.Medium, "allows_every_provider"
			f.what = "every provider is allowed, also those that are added later"
			f.why = "people may choose the weakest way to sign in"
			f.mend = whereApps + " > Login methods: turn off Accept all available identity providers, and choose"
			all = append(all, f)
		}
		all = append(all, sessionFinding(r, whereApps+": set Session Duration")...)
	}
	for _, r := range p.of[snapshot.AccessPolicy] {
		all = append(all, sessionFinding(r, "Zero Trust > Access controls > Policies > Configure: set Session duration")...)
	}
	return append(all, p.danglingFindings()...)
}

// sessionFinding looks at how long a session lasts.
func sessionFinding(r snapshot.Resource, mend string) []finding {
	text := textIn(r.Document, "session_duration")
	long, err := time.ParseDuration(text)
	if err != nil || long <= longestSession {
		return nil
	}
	return []finding{{
		severity: diff.Medium, kind: r.Kind, id: r.ID, name: r.Name(), rule: "long_session",
		what: "a session lasts " + text, why: "whoever leaves, or loses a device, stays signed in for so long", mend: mend + " to 24 hours or less",
	}}
}

// danglingFindings are what names providers that there are not.
func (p *posture) danglingFindings() (all []finding) {
	if !p.now.read {
		return nil
	}
	list := slices.Concat(p.of[snapshot.AccessApp], p.of[snapshot.AccessPolicy], p.of[snapshot.AccessGroup])
	for _, ref := range migrate.Dangling(list, p.now.providers) {
		for _, m := range ref.Providers {
			all = append(all, finding{
				severity: diff.High, kind: ref.Kind, id: ref.ID, name: ref.Name, rule: "no_such_provider",
				what: "names a provider that does not exist: " + m.ID + " at " + strings.Join(m.Paths, ", "),
				why:  "nobody can sign in with it, and a rule that names it never matches: not to let in, and not to keep out",
				mend: "Take it out, or name the provider that took its place: idpsnap log " + m.ID + " tells what it was",
			})
		}
	}
	return all
}

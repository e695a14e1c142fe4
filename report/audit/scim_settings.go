package audit

import (
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// scimSettings are the settings of a provider that decide what becomes of leavers.
type scimSettings struct {
	enabled, users, seats, groupMembers bool
	behavior                            string
}

func scimSettingsOf(provider snapshot.Document) scimSettings {
	is := func(name string) bool { return saysTrue(provider, "scim_config", name) }
	return scimSettings{
		enabled: is("enabled"), users: is("user_deprovision"), seats: is("seat_deprovision"), groupMembers: is("group_member_deprovision"),
		behavior: textIn(provider, "scim_config", "identity_update_behavior"),
	}
}

// scimTypes are the types for which Cloudflare documents SCIM: Entra ID, Okta, and
// generic SAML (JumpCloud among it) and OpenID Connect.
var scimTypes = []snapshot.Type{snapshot.AzureAD, snapshot.Okta, snapshot.SAML, snapshot.OIDC}

// What the settings are called in Cloudflare's dashboard.
const (
	wherePage   = "Zero Trust > Integrations > Identity providers > Edit"
	enableSCIM  = "Enable SCIM"
	enableUsers = "Enable user deprovisioning"
	enableSeats = "Remove user seat on deprovision"
	behaviorSet = "SCIM identity update behavior"
)

// turnOn says how a switch is found.
func turnOn(names ...string) string {
	return wherePage + ": turn on " + strings.Join(names, " and ")
}

// scimFindings are what is missing for leavers to lose access by themselves.
func scimFindings(l *userList) []finding {
	if l.provider == nil {
		return nil
	}
	f := finding{kind: snapshot.IdentityProvider, id: l.id, name: l.called()}
	found := func(s diff.Severity, rule, what, why, mend string) finding {
		f := f
		f.severity, f.rule, f.what, f.why, f.mend = s, rule, what, why, mend
		return f
	}
	switch s := scimSettingsOf(l.provider); {
	case l.typ() == snapshot.OneTimePIN || l.typ() == snapshot.Cloudflare:
		return nil // has no SCIM: posture tells of the one-time PIN
	case !s.enabled && slices.Contains(scimTypes, l.typ()):
		return []finding{found(diff.Medium, "scim_off", "SCIM is off",
			"Cloudflare is not told of leavers: their sessions last until they expire, and their seats stay taken",
			turnOn(enableSCIM, enableUsers)+", and enter the SCIM Endpoint and SCIM Secret at the provider")}
	case !s.enabled:
		return []finding{found(diff.Low, "scim_not_offered", "SCIM is off, and Cloudflare documents none for this type",
			"Cloudflare is not told of leavers: their sessions last until they expire, and their seats stay taken",
			"Have leavers' sessions revoked and seats removed by hand: Zero Trust > Team & Resources > Users")}
	default:
		return settingFindings(s, found)
	}
}

func settingFindings(s scimSettings, found func(s diff.Severity, rule, what, why, mend string) finding) (all []finding) {
	switch {
	case !s.users && s.seats:
		all = append(all, found(diff.High, "seat_without_user_deprovision", "seats are to be removed, but users are not deprovisioned",
			"Cloudflare removes a seat only where it deprovisions the user: leavers keep their sessions, and their seats",
			turnOn(enableUsers)))
	case !s.users:
		all = append(all, found(diff.High, "user_deprovision_off", "users are not deprovisioned",
			"who is removed from the provider's SCIM application keeps every session until it expires",
			turnOn(enableUsers)))
	case !s.seats:
		all = append(all, found(diff.Low, "seat_deprovision_off", "seats are not removed",
			"leavers lose their sessions, but their seats stay taken, and paid for",
			turnOn(enableSeats)))
	}
	if s.behavior == "" || s.behavior == "no_action" {
		all = append(all, found(diff.Low, "no_action_on_updates", "changes of groups have no effect on sessions",
			"who is taken out of a group keeps what the group may do until the next sign-in",
			wherePage+": set "+behaviorSet+" to Group membership change reauthentication"))
	}
	return all
}

// leaversToday says what happens to leavers as things are.
func leaversToday(l *userList) string {
	if l.provider == nil {
		return ""
	}
	s := scimSettingsOf(l.provider)
	switch {
	case l.typ() == snapshot.OneTimePIN:
		return "sign in as long as they receive e-mail at an address that a policy lets in"
	case !s.enabled:
		return "keep sessions until they expire, and seats until somebody removes them"
	case !s.users:
		return "keep sessions until they expire, and seats"
	case !s.seats:
		return "lose their sessions, keep their seats"
	}
	return "lose their sessions and their seats"
}

// missingSwitches says what to switch on.
func missingSwitches(l *userList) string {
	s := scimSettingsOf(l.provider)
	switch {
	case l.provider == nil || l.typ() == snapshot.OneTimePIN || l.typ() == snapshot.Cloudflare:
		return ""
	case !s.enabled && !slices.Contains(scimTypes, l.typ()):
		return "a process for leavers by hand: Cloudflare documents no SCIM for this type"
	}
	var all []string
	for _, is := range []struct {
		on   bool
		name string
	}{{s.enabled, enableSCIM}, {s.users, enableUsers}, {s.seats, enableSeats}} {
		if !is.on {
			all = append(all, is.name)
		}
	}
	return strings.Join(all, ", ")
}

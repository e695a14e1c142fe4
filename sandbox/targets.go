package sandbox

// TargetInfo says what is in an account or a zone.
type TargetInfo struct {
	Target     string         `json:"target"`           // "account:ID", "zone:ID"
	Loaded     bool           `json:"loaded,omitempty"` // something of it came from Load
	Name       string         `json:"name"`
	AuthDomain string         `json:"auth_domain,omitempty"` // absent: Access is not enabled
	Apps       int            `json:"apps"`
	Policies   int            `json:"policies"`
	Groups     int            `json:"groups"`
	Providers  []ProviderInfo `json:"providers"`
}

// ProviderInfo says what is known of an identity provider.
type ProviderInfo struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	SCIM   bool   `json:"scim"` // enabled
	Users  int    `json:"users,omitempty"`
	Groups int    `json:"groups,omitempty"`
}

// Targets lists the accounts and zones, in the order in which they were added.
func (s *Server) Targets() []TargetInfo {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]TargetInfo, len(s.order))
	for i, t := range s.order {
		out[i] = TargetInfo{
			Target: t.String(), Loaded: t.loaded, Name: t.name, AuthDomain: t.authDomain(),
			Apps:     len(t.existing(KindApp).items),
			Policies: len(t.existing(KindPolicy).items),
			Groups:   len(t.existing(KindAccessGroup).items),
		}
		for _, r := range t.existing(KindProvider).items {
			p := ProviderInfo{
				ID: r.id(), Name: getString(r.view, "name"), Type: getString(r.view, "type"),
				SCIM: isTrue(r.stored(), "scim_config", "enabled"),
			}
			if lists := t.scim[p.ID]; lists != nil {
				p.Users, p.Groups = len(lists.users.items), len(lists.groups.items)
			}
			out[i].Providers = append(out[i].Providers, p)
		}
	}
	return out
}

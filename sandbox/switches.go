package sandbox

import (
	"fmt"
	"slices"
	"strings"
)

// SwitchInfo describes one switch: a point that no source settles, or where the API is known to have behaved in
// more than one way. The first value is the default.
type SwitchInfo struct {
	Name   string   `json:"name"`
	Value  string   `json:"value"`
	Values []string `json:"values"`
	Doc    string   `json:"doc"`
}

var switchTable = []SwitchInfo{
	{Name: "secrets", Values: []string{"omit", "null", "empty", "mask", "clear"}, Doc: "how stored secrets appear on reads; clear serves them as they are"},
	{Name: "put", Values: []string{"replace", "merge"}, Doc: "a PUT of a provider: settings that it leaves out are gone, or stay as they are"},
	{Name: "null-setting", Values: []string{"absent", "stored", "refuse"}, Doc: "a setting of a provider that is sent as null, other than a secret: removed, stored as null, or the write refused"},
	{Name: "put-without-secret", Values: []string{"keep", "clear", "refuse"}, Doc: "a PUT that leaves a secret out: the stored one is kept, lost, or the PUT refused"},
	{Name: "put-masked-secret", Values: []string{"overwrite", "refuse"}, Doc: "a PUT or POST with a secret of asterisks, empty or null: it takes the place of the stored one, or the write is refused"},
	{Name: "create-without-secret", Values: []string{"refuse", "accept"}, Doc: "a POST of an OAuth type without client_secret"},
	{Name: "post-echoes-secret", Values: []string{"off", "on"}, Doc: "POST and PUT answer with the client_secret that was sent"},
	{Name: "put-omits-scim", Values: []string{"reset", "keep"}, Doc: "a PUT without scim_config: the setting is gone, or kept"},
	{Name: "type-change", Values: []string{"refuse", "allow"}, Doc: "a PUT with another type"},
	{Name: "delete-referenced", Values: []string{"allow", "refuse"}, Doc: "deleting a provider that an app, a policy or a group names"},
	{Name: "delete-lag", Values: []string{"off", "on"}, Doc: "on: the next two reads of a deleted provider, or of its list, still show it"},
	{Name: "create-lag", Values: []string{"off", "on"}, Doc: "on: the next list lacks a created provider, which can be read by its id"},
	{Name: "provider-limit", Values: []string{"on", "off"}, Doc: "no more than 50 providers"},
	{Name: "azure-cloud", Values: []string{"as-sent", "default"}, Doc: "a write of azureAD without azure_cloud: absent, or set to default"},
	{Name: "false-booleans", Values: []string{"as-sent", "absent", "false"}, Doc: "booleans where false means absent: served as sent, dropped when false, added when absent"},
	{Name: "set-order", Values: []string{"as-sent", "reversed", "shuffled"}, Doc: "the order of claims, scopes and attributes"},
	{Name: "order", Values: []string{"stable", "shuffled", "unstable"}, Doc: "the order of lists: another one on each listing (shuffled) or for each page (unstable)"},
	{Name: "paging", Values: []string{"on", "off"}, Doc: "off: every list is one page, however long"},
	{Name: "ignore-page", Values: []string{"off", "on"}, Doc: "on: every page is the first one"},
	{Name: "page-past-end", Values: []string{"empty", "error"}, Doc: "a page behind the last one"},
	{Name: "per-page-over-max", Values: []string{"clamp", "error"}, Doc: "a page size over the maximum"},
	{Name: "result-info", Values: []string{"on", "off"}, Doc: "off: lists come without result_info, as in recordings of 2020"},
	{Name: "zone-paging", Values: []string{"ignore", "honour"}, Doc: "paging of a zone's identity providers, which is not documented"},
	{Name: "zone-echoes-account", Values: []string{"off", "on"}, Doc: "a zone's list has the providers of its account too"},
	{Name: "scim-off-list", Values: []string{"empty", "error"}, Doc: "the SCIM lists of a provider that has SCIM off"},
	{Name: "rate-limit", Values: []string{"on", "off"}, Doc: "the budget of 1200 requests in 300 s for each token"},
	{Name: "ratelimit-headers", Values: []string{"new", "old", "none"}, Doc: "Ratelimit and Ratelimit-Policy, x-ratelimit-*, or neither"},
	{Name: "wrong-token-status", Values: []string{"403", "401"}, Doc: "the status for a token that nobody knows"},
	{Name: "not-enabled-status", Values: []string{"403", "400", "404"}, Doc: "the status for a target without Access"},
}

func defaultSwitches() map[string]string {
	values := make(map[string]string, len(switchTable))
	for _, sw := range switchTable {
		values[sw.Name] = sw.Values[0]
	}
	return values
}

// Switches lists all switches as they stand.
func (s *Server) Switches() []SwitchInfo {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := slices.Clone(switchTable)
	for i := range out {
		out[i].Value = s.switches[out[i].Name]
		out[i].Values = slices.Clone(out[i].Values)
	}
	return out
}

// Switch sets a switch. It takes effect at once, for what is already there too.
func (s *Server) Switch(name, value string) error {
	i := slices.IndexFunc(switchTable, func(sw SwitchInfo) bool { return sw.Name == name })
	if i < 0 {
		names := make([]string, len(switchTable))
		for n, sw := range switchTable {
			names[n] = sw.Name
		}
		return fmt.Errorf("unknown switch %q: use one of %s", name, strings.Join(names, ", "))
	}
	if !slices.Contains(switchTable[i].Values, value) {
		return fmt.Errorf("switch %s: unknown value %q: use one of %s", name, value, strings.Join(switchTable[i].Values, ", "))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.switches[name] = value
	for _, t := range s.order {
		s.showAll(t)
		if strings.HasSuffix(name, "-lag") {
			t.lag.clear()
		}
	}
	return nil
}

// showAll renews what is served of a target's providers.
func (s *Server) showAll(t *target) {
	c := t.list(KindProvider)
	next := make([]record, len(c.items))
	for i, r := range c.items {
		next[i] = s.show(r)
	}
	c.items = next
	c.touch()
}

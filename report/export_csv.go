package report

import (
	"cmp"
	"encoding/json"
	"io"
	"iter"

	"github.com/idpsnap/idpsnap/report/audit"
	"github.com/idpsnap/idpsnap/snapshot"
)

// userColumns are those of exported users. Programs rely on them: columns are added
// at the end, never renamed.
var userColumns = []string{
	"target", "provider_id", "provider_name", "provider_type", "scim_user_id", "external_id",
	"user_name", "display_name", "email", "active", "created", "modified",
}

// exportUsers writes the SCIM users as RFC 4180 has it, a line each. What a user's
// document does not say is empty; what was not read is "not known".
func exportUsers(out io.Writer, sn snapshot.Snapshot, resources iter.Seq2[snapshot.Resource, error]) error {
	w := newWriter(out)
	w.csvLine(userColumns)
	providers := map[string]snapshot.Summary{}
	unknown := audit.NotKnown.String()
	target := sn.Target.String()
	for r, err := range resources {
		if err != nil {
			_ = w.end()
			return err
		}
		switch r.Kind {
		case snapshot.IdentityProvider:
			providers[r.ID] = r.Summary()
		case snapshot.SCIMUser:
			provider, ok := providers[r.Provider]
			if !ok { // the list of providers could not be read, or is not in the file
				c, _ := sn.Capture(r.Collection)
				provider = snapshot.Summary{Name: cmp.Or(c.ProviderName, unknown), Type: snapshot.Type(unknown)}
			}
			w.csvLine(userLine(target, r, provider))
		default:
		}
		if w.err != nil {
			break
		}
	}
	return w.end()
}

// userLine gives a user's line.
func userLine(target string, r snapshot.Resource, provider snapshot.Summary) []string {
	// A field of another type than documented is as good as absent, and does not take
	// the others with it.
	var d map[string]json.RawMessage
	_ = json.Unmarshal(r.Document, &d)
	var meta map[string]json.RawMessage
	_ = json.Unmarshal(d["meta"], &meta)
	s := r.Summary()
	active := ""
	if a := string(d["active"]); a == "true" || a == "false" {
		active = a
	}
	line := []string{
		target, r.Provider, provider.Name, string(provider.Type), r.ID, s.ExternalID,
		jsonText(d["userName"]), s.Name, s.Email, active, jsonText(meta["created"]), s.Modified,
	}
	for i := range line {
		line[i] = csvText(line[i])
	}
	return line
}

// jsonText is the string that the value is, or "".
func jsonText(value []byte) string {
	var s string
	_ = json.Unmarshal(value, &s)
	return s
}

package audit_test

import (
	"strings"
	"testing"

	"github.com/idpsnap/idpsnap/snapshot"
)

// What is no SCIM user as documented is read as the rest of the program reads it, and
// what is no JSON at all ends.
func TestOddUsersAreReadAsEverywhere(t *testing.T) {
	for _, document := range []string{
		`{}`, `{"active":"true","displayName":7,"emails":{},"meta":[],"externalId":null}`,
		`{"emails":[{"value":"a@x"},{"primary":true,"value":"b@x"},{"primary":true,"value":"c@x"}]}`,
		`{"emails":[{"value":""},{"value":"b@x"},7,null,"x",[]]}`, `{"emails":[{"primary":true}]}`,
		`{"displayName":"\ud83d\ude00 \"q\" \\","meta":{"lastModified":"2026-01-01T00:00:00Z","x":{"created":1}},"other":{"displayName":"no"}}`,
		`{"active":true,"active2":[[{"active":false}]],"displayName":"A"}`,
		`{"emails":[{"value":"a@x"`, `{"active":tru`, `{"emails":[,]}`, `{"emails":[}`, `[`, ``, `{"meta":{"created"`, "{\"displayName\":\"\xff\"}",
	} {
		f := newFake().okta().user("okta", "u1", "Ann", "ann@acme.com")
		f.night()
		held := f.held[f.snapshots[0].ID][snapshot.Collection{Kind: users, Provider: "okta"}]
		held[0].Document = snapshot.Document(document)
		row := rowsIn(t, accessReview(t, f, f.all()), "population")[0]
		if !strings.HasSuffix(document, "}") || strings.Contains(document, "[}") || strings.Contains(document, "[,") || strings.Contains(document, "\xff") {
			continue // it ended: that is all
		}
		s := held[0].Summary()
		same(t, document, []string{row["display_name"], row["email"], row["external_id"], row["scim_last_modified"]}, []string{s.Name, s.Email, s.ExternalID, s.Modified})
		same(t, document+" active", row["active"] == "true", s.Active)
	}
}

package diff_test

import (
	"testing"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

func TestFieldsAreThoseOfSettings(t *testing.T) {
	user := func(document string) snapshot.Resource {
		d, err := snapshot.NewDocument([]byte(document))
		if err != nil {
			t.Fatal(err)
		}
		return snapshot.Resource{Collection: snapshot.Collection{Kind: snapshot.SCIMUser, Provider: "p"}, ID: "u", Document: d}
	}
	a := user(`{"id":"u","active":true,"displayName":"Ann","meta":{"lastModified":"1"}}`)
	b := user(`{"id":"u","active":false,"displayName":"Ann Lee","meta":{"lastModified":"2"}}`)
	for name, c := range map[string]struct {
		b    snapshot.Resource
		o    diff.Options
		want string
	}{
		"what a person chose":  {b, diff.Options{}, "/active /displayName "},
		"all":                  {b, diff.Options{AllFields: true}, "/active /displayName /meta/lastModified "},
		"less what is ignored": {b, diff.Options{Ignore: []string{"/active"}}, "/displayName "},
		"the same":             {a, diff.Options{}, ""},
	} {
		fields, err := diff.Fields(a, c.b, c.o)
		got := ""
		for _, f := range fields {
			got += f.Path + " "
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
	}
	bad := snapshot.Resource{Collection: a.Collection, ID: "u", Document: snapshot.Document("{")}
	if _, err := diff.Fields(a, bad, diff.Options{}); err == nil {
		t.Error("no error of a document that is none")
	}
}

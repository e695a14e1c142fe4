package cloudflare

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseList(t *testing.T) {
	two := `[ {"id":"a","x":{"id":"inner","y":[1,{"id":2}]}} ,{"n":"\"id\":","id":"b\u0063"} ]`
	for _, test := range []struct {
		name, body string
		want       []string // ids
		fails      string
		again      bool
	}{
		{name: "ordinary", body: ok(two), want: []string{"a", "bc"}},
		{name: "result first", body: `{"result":` + two + `,"success":true}`, want: []string{"a", "bc"}},
		{name: "unknown members", body: `{"new":{"result":[{"id":"no"}]},"result":` + two + `,"success":true,"z":[[]]}`, want: []string{"a", "bc"}},
		{name: "space around", body: " \n" + ok(two) + "\n ", want: []string{"a", "bc"}},
		{name: "escaped name of id", body: ok(`[{"\u0069d":"a"}]`), want: []string{"a"}},
		{name: "empty list", body: ok(`[]`)},
		{name: "null list with a total of 0", body: `{"success":true,"result":null,"result_info":{"total_count":0}}`},
		{name: "null list with a total", body: `{"success":true,"result":null,"result_info":{"total_count":3}}`, fails: `"result" is null, not a list`},
		{name: "null list without a total", body: ok(`null`), fails: `"result" is null, not a list`},
		{name: "an object", body: ok(`{"id":"a"}`), fails: `"result" is an object, not a list`},
		{name: "no id", body: ok(`[{"id":"a"},{"name":"x","sub":{"id":"b"}}]`), fails: `element 2 of "result": it has no "id"`},
		{name: "empty id", body: ok(`[{"id":""}]`), fails: `its "id" is empty`},
		{name: "a number as id", body: ok(`[{"id":7}]`), fails: `its "id" is not a string`},
		{name: "element is a string", body: ok(`["a"]`), fails: `element 1 of "result": it is not an object`},
		{name: "element is null", body: ok(`[null]`), fails: `it is not an object`},
		{name: "two results", body: `{"success":true,"result":[],"result":[{"id":"a"}]}`, fails: `"result" comes twice`},
		{name: "no success", body: `{"result":[]}`, fails: `"success" is missing`},
		{name: "success as text", body: `{"success":"true","result":[]}`, fails: `"success" is a string`},
		{name: "no result", body: `{"success":true}`, fails: `"result" is missing`},
		{name: "total as text", body: `{"success":true,"result":[],"result_info":{"total_count":"7"}}`, fails: `"result_info" is not as described`},
		{name: "a list alone", body: `[]`, fails: "the answer is a list, not an object"},
		{name: "HTML", body: "<!DOCTYPE html><html><title>Just a moment...</title>", fails: `HTML, not JSON: "Just a moment..."`, again: true},
		{name: "nothing", body: "", fails: "the answer is empty", again: true},
		{name: "cut off in an element", body: ok(two)[:60], fails: "no valid JSON", again: true},
		{name: "cut off at the end", body: strings.TrimSuffix(ok(two), "}"), fails: "no valid JSON", again: true},
		{name: "more after the end", body: ok(two) + "{}", fails: "more follows", again: true},
		{name: "invalid UTF-8", body: ok("[{\"id\":\"a\xff\"}]"), fails: "no valid JSON", again: true},
		{name: "success false", body: refusal(1001, "no"), fails: "success is false"},
		{name: "success false without a reason", body: `{"success":false,"result":[]}`, fails: `"success" is false, and no error is given`},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newSheet()
			s.body = []byte(test.body)
			err := s.parseList()
			if test.fails != "" {
				var bad *badAnswerError
				if !errors.As(err, &bad) || !strings.Contains(err.Error(), test.fails) || bad.broken != test.again {
					t.Fatalf("error %v, want %q, again %t", err, test.fails, test.again)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range s.elements {
				got = append(got, e.ID)
				var v struct{ ID string }
				if err := json.Unmarshal(e.JSON, &v); err != nil || v.ID != e.ID {
					t.Errorf("element %q has bytes %q", e.ID, e.JSON)
				}
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestParseInfo(t *testing.T) {
	none := pageInfo{-1, -1, -1}
	for info, want := range map[string]pageInfo{
		`{"page":1,"per_page":100,"count":7,"total_count":207,"total_pages":3}`: {100, 207, 3},
		` { "total_pages" : 3 , "x":{"total_count":1}} `:                        {-1, -1, 3},
		`{"\u0074otal_count":5}`:                                                {-1, 5, -1},
		`{"total_count":-2}`:                                                    {-1, -2, -1},
		`{"per_page":null}`:                                                     none,
		`{}`:                                                                    none,
		`null`:                                                                  none,
		`{"Total_Count":5}`:                                                     none,
		`{"cursor":"a","cursors":{"after":"total"}}`:                            none,
	} {
		s := newSheet()
		s.body = []byte(`{"success":true,"result":[],"result_info":` + info + `}`)
		if err := s.parseList(); err != nil || s.info != want {
			t.Errorf("%s: %v, %v", info, s.info, err)
		}
	}
	for _, info := range []string{`[]`, `"a"`, `7`, `true`, `{"total_count":1.0}`, `{"total_count":1e2}`, `{"total_count":"1"}`, `{"total_count":[]}`, `{"total_pages":99999999999999999999}`} {
		s := newSheet()
		s.body = []byte(`{"success":true,"result":[],"result_info":` + info + `}`)
		if err := s.parseList(); err == nil || !strings.Contains(err.Error(), `"result_info" is not as described`) {
			t.Errorf("%s: %v", info, err)
		}
	}
}

// What the parser takes, encoding/json takes too and sees the same in it, and
// the other way round but for what encoding/json lets through.
func FuzzParseList(f *testing.F) {
	for _, s := range []string{
		ok(`[{"id":"a"},{"x":[1,{"id":"n"}],"id":"b"}]`), ok(`[]`), ok(`null`), `{"success":true,"result":null,"result_info":{"total_count":0}}`,
		`{"result_info":{"page":1,"per_page":2,"count":2,"total_count":9,"total_pages":5},"result":[{"id":"\u00e9\"}"}],"success":true}`,
		refusal(10000, "Authentication error"), "<html>", `{"success":true,"result":[{"id":"a","id":"b"}]}`, ok(`[{"a":"\\","id":"x"}]`),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		s := newSheet()
		defer s.free()
		s.body = append(s.body[:0], body...)
		if err := s.parseList(); err != nil {
			var bad *badAnswerError
			if !errors.As(err, &bad) {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		var want struct {
			Success bool
			Result  []json.RawMessage
		}
		if err := json.Unmarshal(body, &want); err != nil {
			t.Fatalf("encoding/json refuses %q: %v", body, err)
		}
		if len(want.Result) != len(s.elements) {
			t.Skip("names that differ in case are the same to encoding/json")
		}
		for i, e := range s.elements {
			if !bytes.Equal(e.JSON, want.Result[i]) || e.ID == "" {
				t.Fatalf("element %d is %q, want %q", i, e.JSON, want.Result[i])
			}
			var m map[string]any
			if err := json.Unmarshal(e.JSON, &m); err != nil || m["id"] != e.ID && strings.Count(string(e.JSON), "id") < 2 && !bytes.Contains(e.JSON, []byte(`\u`)) {
				t.Fatalf("element %q has id %q", e.JSON, e.ID)
			}
		}
	})
}

// usersPage is a page of 100 SCIM users as the API serves it, some 46 kB.
func usersPage() []byte {
	var b bytes.Buffer
	b.WriteString(`{"success":true,"errors":[],"messages":[],"result":[`)
	for i := range 100 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"0aa6ab97-0000-4d2b-9d1e-%012d","externalId":"00u%017d","displayName":"Person Number %d","active":true,`+
			`"emails":[{"value":"person.%d@example.com","type":"work","primary":true}],"name":{"givenName":"Person","familyName":"Number %d"},`+
			`"meta":{"created":"2025-01-01T00:00:00Z","lastModified":"2025-01-01T00:00:00Z"},`+
			`"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"person.%d@example.com"}`, i, i, i, i, i, i)
	}
	b.WriteString(`],"result_info":{"page":1,"per_page":100,"count":100,"total_count":100000,"total_pages":1000}}`)
	return b.Bytes()
}

func BenchmarkParsePage(b *testing.B) {
	s := newSheet()
	s.body = usersPage()
	b.SetBytes(int64(len(s.body)))
	b.ReportAllocs()
	for b.Loop() {
		if err := s.parseList(); err != nil || len(s.elements) != 100 {
			b.Fatal(err)
		}
	}
}

// For comparison: what encoding/json takes for the same page.
func BenchmarkParsePageStandard(b *testing.B) {
	body := usersPage()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var v struct{ Result []json.RawMessage }
		if err := json.Unmarshal(body, &v); err != nil {
			b.Fatal(err)
		}
		for _, r := range v.Result {
			var id struct{ ID string }
			if err := json.Unmarshal(r, &id); err != nil {
				b.Fatal(err)
			}
		}
	}
}

package cloudflare

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/idpsnap/idpsnap/snapshot"
)

// sheet holds one answer's body and what was found in it. Sheets are reused:
// what a sheet holds is worthless once it was given back.
type sheet struct {
	body     []byte
	elements []snapshot.Element
	info     pageInfo

	buffer  bytes.Buffer
	decoder jsontext.Decoder
	ids     []byte // the elements' ids, one after the other
	ends    []int  // where each id ends
	result  []byte // the result, where it is not a list
	success bool
	errors  []apiError
}

var sheets = sync.Pool{New: func() any { return new(sheet) }}

// maxKept bounds the bodies that wait for reuse.
const maxKept = 1 << 20

func newSheet() *sheet { return sheets.Get().(*sheet) }

func (s *sheet) free() {
	if cap(s.body) > maxKept {
		return
	}
	clear(s.elements) // they hold ids of the page
	sheets.Put(s)
}

// read reads an answer's body, whole or not at all.
func (s *sheet) read(resp *http.Response, limit int) error {
	s.body = s.body[:0]
	if n := resp.ContentLength; n >= 0 && n < int64(min(limit, maxKept)) {
		s.body = slices.Grow(s.body, int(n)+1) // one more, so that the end is seen without growing
	} else {
		s.body = slices.Grow(s.body, 64<<10)
	}
	for {
		if len(s.body) == cap(s.body) {
			s.body = append(s.body, 0)[:len(s.body)]
		}
		n, err := resp.Body.Read(s.body[len(s.body):cap(s.body)])
		s.body = s.body[:len(s.body)+n]
		switch {
		case len(s.body) > limit:
			s.body = s.body[:limit]
			return &tooLargeError{limit}
		case errors.Is(err, io.EOF):
			// net/http checks this too; another carrier may not.
			if resp.ContentLength > int64(len(s.body)) && !resp.Uncompressed {
				return io.ErrUnexpectedEOF
			}
			return nil
		case err != nil:
			return err
		}
	}
}

// pageInfo is what is used of "result_info"; -1 is not told. Answers may come
// without it, and older ones do (seen); count is not read, because OpenAPI and
// recorded answers disagree about what it counts.
type pageInfo struct{ perPage, total, pages int }

// badAnswerError is a 2xx answer that is not what the API describes.
type badAnswerError struct {
	text   string
	broken bool       // not JSON: a page from in between, or cut off; asking again may help
	errors []apiError // of an answer that says success: false
}

func (e *badAnswerError) Error() string { return e.text }

func wrong(format string, args ...any) error {
	return &badAnswerError{text: fmt.Sprintf(format, args...)}
}

func broken(body []byte, err error) error {
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return &badAnswerError{text: "the answer is empty", broken: true}
	case looksLikeHTML(body):
		return &badAnswerError{text: fmt.Sprintf("the answer is HTML, not JSON: %q", title(string(body[:min(len(body), maxExcerpt)]))), broken: true}
	}
	return &badAnswerError{text: "the answer is no valid JSON: " + err.Error(), broken: true}
}

// parseList finds the elements of an answer whose result is a list.
func (s *sheet) parseList() error {
	if err := s.parse(true); err != nil {
		return err
	}
	if s.result == nil {
		return nil
	}
	// Go servers write an empty list as null. It is taken for that only where the
	// total agrees: null may as well be what is left of a fault.
	if string(s.result) == "null" && s.info.total == 0 {
		return nil
	}
	return wrong(`"result" is %s, not a list`, kindName(s.result))
}

// parseObject finds the result of an answer whose result is one object. It is
// part of the sheet's body.
func (s *sheet) parseObject() ([]byte, error) {
	if err := s.parse(false); err != nil {
		return nil, err
	}
	if len(s.result) == 0 || s.result[0] != '{' {
		return nil, wrong(`"result" is %s, not an object`, kindName(s.result))
	}
	return s.result, nil
}

func kindName(v []byte) string {
	if len(v) == 0 {
		return "missing"
	}
	switch v[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	default:
		return string(v[:min(len(v), 20)])
	}
}

// parse walks the envelope in one pass. Its members may stand in any order, a
// member that is not known is skipped, one that comes twice is an error.
//
// Within elements duplicate names are let through here: looking for them takes
// two thirds more time (measured), and most elements are the same as yesterday.
// Whoever makes an element canonical has to refuse them.
func (s *sheet) parse(list bool) error {
	s.elements, s.ids, s.ends = s.elements[:0], s.ids[:0], s.ends[:0]
	s.info, s.result, s.success, s.errors = pageInfo{-1, -1, -1}, nil, false, nil
	s.buffer = *bytes.NewBuffer(s.body)
	d := &s.decoder
	d.Reset(&s.buffer, jsontext.AllowDuplicateNames(true))

	if k := d.PeekKind(); k != '{' {
		if _, err := d.ReadValue(); err != nil {
			return broken(s.body, err)
		}
		return wrong("the answer is %s, not an object", kindName(bytes.TrimSpace(s.body)))
	}
	if _, err := d.ReadToken(); err != nil {
		return broken(s.body, err)
	}
	var seen struct{ success, result, info, errors bool }
	once := func(flag *bool, name string) error {
		if *flag {
			return wrong("%q comes twice", name)
		}
		*flag = true
		return nil
	}
	for d.PeekKind() != '}' {
		token, err := d.ReadToken()
		if err != nil {
			return broken(s.body, err)
		}
		switch name := token.String(); name {
		case "result":
			if err = once(&seen.result, name); err == nil {
				err = s.parseResult(list)
			}
		case "success":
			if err = once(&seen.success, name); err == nil {
				err = s.parseSuccess()
			}
		case "result_info":
			if err = once(&seen.info, name); err == nil {
				err = s.parseInfo()
			}
		case "errors":
			if err = once(&seen.errors, name); err == nil {
				err = s.parseErrors()
			}
		default:
			if err = d.SkipValue(); err != nil {
				err = broken(s.body, err)
			}
		}
		if err != nil {
			return err
		}
	}
	if _, err := d.ReadToken(); err != nil {
		return broken(s.body, err)
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return broken(s.body, errors.New("more follows after its end"))
	}
	switch {
	case seen.success && !s.success && len(s.errors) > 0:
		return &badAnswerError{text: "success is false", errors: s.errors}
	case seen.success && !s.success:
		return wrong(`"success" is false, and no error is given`)
	case !seen.success:
		return wrong(`"success" is missing: is this Cloudflare's API?`)
	case !seen.result:
		return wrong(`"result" is missing`)
	}
	s.shareIDs()
	return nil
}

func (s *sheet) parseSuccess() error {
	v, err := s.decoder.ReadValue()
	if err != nil {
		return broken(s.body, err)
	}
	if k := v.Kind(); k != 't' && k != 'f' {
		return wrong(`"success" is %s, not true or false`, kindName(v))
	}
	s.success = v.Kind() == 't'
	return nil
}

func (s *sheet) parseInfo() error {
	v, err := s.decoder.ReadValue()
	if err != nil {
		return broken(s.body, err)
	}
	if v.Kind() == 'n' {
		return nil
	}
	for _, m := range []struct {
		name string
		to   *int
	}{{"per_page", &s.info.perPage}, {"total_count", &s.info.total}, {"total_pages", &s.info.pages}} {
		number, err := member(v, m.name)
		if err == nil && number != nil && string(number) != "null" {
			*m.to, err = strconv.Atoi(string(number))
		}
		if err != nil {
			return wrong(`"result_info" is not as described: %s`, err)
		}
	}
	return nil
}

func (s *sheet) parseErrors() error {
	v, err := s.decoder.ReadValue()
	if err != nil {
		return broken(s.body, err)
	}
	if string(v) == "[]" {
		return nil
	}
	if err := json.Unmarshal(v, &s.errors); err != nil {
		return wrong(`"errors" is not as described: %s`, err)
	}
	return nil
}

func (s *sheet) parseResult(list bool) error {
	d := &s.decoder
	if !list || d.PeekKind() != '[' {
		v, err := d.ReadValue()
		if err != nil {
			return broken(s.body, err)
		}
		s.result = v
		return nil
	}
	if _, err := d.ReadToken(); err != nil {
		return broken(s.body, err)
	}
	for d.PeekKind() != ']' {
		// The decoder reads from a bytes.Buffer, so v is a part of s.body.
		v, err := d.ReadValue()
		if err != nil {
			return broken(s.body, err)
		}
		s.ids, err = appendID(s.ids, v)
		if err != nil {
			return wrong(`element %d of "result": %s`, len(s.elements)+1, err)
		}
		s.ends = append(s.ends, len(s.ids))
		s.elements = append(s.elements, snapshot.Element{JSON: v})
	}
	if _, err := d.ReadToken(); err != nil {
		return broken(s.body, err)
	}
	return nil
}

// shareIDs makes all ids of a page parts of one string.
func (s *sheet) shareIDs() {
	all, from := string(s.ids), 0
	for i, end := range s.ends {
		s.elements[i].ID = all[from:end]
		from = end
	}
}

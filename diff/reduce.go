package diff

import (
	"bytes"
	"fmt"

	"github.com/idpsnap/idpsnap/snapshot"
)

// reducer reduces the documents of one resource in two states to what is compared,
// and finds the fields that differ. It is for one goroutine, and for many resources
// one after the other.
type reducer struct {
	all    bool   // with what Cloudflare computes
	a, b   []byte // the members in which both documents differ
	justSo bool   // these are reduced already

	passing bool // what is given is good until the next resource only

	fields []Field           // that differ between the two
	top    map[string]string // paths of members at the top, by name
}

// reduce gives nil for a side that is not there. Members that are the same on both
// sides are the same reduced, and left out before: most of a document is.
func (r *reducer) reduce(a, b *snapshot.Resource) (old, updated snapshot.Document, err error) {
	if a == nil {
		updated, err = r.settings(b, b.Document)
		return nil, updated, err
	}
	if b == nil {
		old, err = r.settings(a, a.Document)
		return old, nil, err
	}
	inA, inB := []byte(a.Document), []byte(b.Document)
	if r.unequal(a.Kind, inA, inB) {
		if r.justSo {
			if r.passing {
				return r.a, r.b, nil
			}
			return bytes.Clone(r.a), bytes.Clone(r.b), nil
		}
		inA, inB = r.a, r.b
	}
	if old, err = r.settings(a, inA); err != nil {
		return nil, nil, err
	}
	updated, err = r.settings(b, inB)
	return old, updated, err
}

// markComputed finds the fields that differ in nothing that a person chose.
func (r *reducer) markComputed(fields []Field, a, b *snapshot.Resource) error {
	chosen := reducer{}
	old, updated, err := chosen.reduce(a, b)
	if err != nil {
		return err
	}
	for i := range fields {
		f := &fields[i]
		f.Computed = bytes.Equal(valueAt(old, f.Path), valueAt(updated, f.Path))
	}
	return nil
}

func (r *reducer) settings(of *snapshot.Resource, d snapshot.Document) (snapshot.Document, error) {
	f := snapshot.Settings
	if r.all {
		f = snapshot.AllFields
	}
	d, err := f(of.Kind, d)
	if err != nil {
		return nil, fmt.Errorf("compare %s %s: %w", of.Collection, of.ID, err)
	}
	return d, nil
}

// unequal writes into r.a and r.b the members in which two documents differ. ok is
// false where one of them is not in canonical form.
func (r *reducer) unequal(k snapshot.Kind, a, b []byte) (ok bool) {
	r.a, r.b, r.justSo = append(r.a[:0], '{'), append(r.b[:0], '{'), !r.all
	x, y := membersOf(a), membersOf(b)
	for moreX, moreY := x.skip(&y), y.next(); moreX || moreY; {
		order := earlier(moreX, moreY, &x, &y)
		if order != 0 || !bytes.Equal(x.value, y.value) {
			if order <= 0 {
				r.a = r.keep(r.a, k, &x)
			}
			if order >= 0 {
				r.b = r.keep(r.b, k, &y)
			}
		}
		switch {
		case order == 0:
			moreX, moreY = x.skip(&y), y.next()
		case order < 0:
			moreX = x.next()
		default:
			moreY = y.next()
		}
	}
	r.a, r.b = shut(r.a), shut(r.b)
	return x.sound() && y.sound()
}

// keep adds a member to an object, unless it is known not to count.
func (r *reducer) keep(object []byte, k snapshot.Kind, m *members) []byte {
	if !r.all {
		counts, justSo := snapshot.InSettings(k, m.name, m.value)
		if !counts {
			return object
		}
		r.justSo = r.justSo && justSo && len(m.whole) == len(`"":`)+len(m.name)+len(m.value) // a name without escapes
	}
	return append(append(object, m.whole...), ',')
}

// skip leads x past the members that y has next in the same bytes, which saves
// reading them in y, and on to the first that differs.
func (m *members) skip(y *members) bool {
	for m.next() {
		end := y.pos + len(m.whole)
		if y.bad || end >= len(y.in) || !bytes.Equal(y.in[y.pos:end], m.whole) || y.in[end] != ',' && y.in[end] != '}' {
			return true
		}
		if y.pos = end; y.in[end] == ',' {
			y.pos++
		}
	}
	return false
}

// shut ends an object, in place of the comma behind its last member.
func shut(object []byte) []byte {
	if n := len(object); object[n-1] == ',' {
		object[n-1] = '}'
		return object
	}
	return append(object, '}')
}

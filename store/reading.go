package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"sync"

	"github.com/idpsnap/idpsnap/snapshot"
)

// served is an element with what is computed of it outside the lock.
type served struct {
	snapshot.Element
	key  key
	hash hash
	raw  [16]byte
	old  entry // as the head has it; nil where it does not
}

// page is memory for one page, used again for the next.
type page struct {
	served    []served
	keys      []byte
	differing []*served
	documents []byte // of the findings, one behind the other
	ends      []int  // where each ends
}

var pages = sync.Pool{New: func() any { return new(page) }}

func (p *page) free() {
	clear(p.served)
	clear(p.differing)
	if cap(p.documents) <= 4*blockSize { // more than that only few pages have
		pages.Put(p)
	}
}

// Page takes one page. An element whose bytes are those of the last capture is only
// marked as seen; what else there is is made canonical, redacted and kept. Of
// elements with the same id the first counts.
func (r *recording) Page(elements []snapshot.Element) (fresh int, err error) {
	p := pages.Get().(*page)
	defer p.free()
	if err := p.take(elements, r.collection.Kind.IsSCIM()); err != nil {
		return 0, err
	}
	fresh = r.see(p)
	if len(p.differing) == 0 {
		return fresh, nil
	}
	size := 0
	for _, s := range p.differing {
		size += len(s.key) + fixedLen
	}
	findings, entries := make([]finding, 0, len(p.differing)), make([]byte, 0, size)
	p.documents, p.ends = p.documents[:0], p.ends[:0]
	for _, s := range p.differing {
		f, with, err := r.finding(entries[len(entries):], p.documents, s)
		if err != nil {
			return 0, err
		}
		if !f.isNew && bytes.Equal(s.old.raw(), s.raw[:]) {
			continue // the same document
		}
		entries = entries[:len(entries)+len(f.entry)]
		findings, p.documents, p.ends = append(findings, f), with, append(p.ends, len(with))
	}
	r.keep(findings, p)
	return fresh, nil
}

// take computes what can be computed of elements without knowing what was.
func (p *page) take(elements []snapshot.Element, digests bool) error {
	if cap(p.served) < len(elements) {
		p.served = make([]served, len(elements))
		p.keys = make([]byte, 0, len(elements)*uuidKeyLen)
	}
	p.served, p.keys = p.served[:len(elements)], p.keys[:0]
	for i, e := range elements {
		k, err := packKey(p.keys[len(p.keys):], e.ID)
		if err != nil {
			return err
		}
		if cap(p.keys)-len(p.keys) >= len(k) {
			p.keys = p.keys[:len(p.keys)+len(k)]
		}
		s := served{Element: e, key: k[:len(k):len(k)], hash: k.hash()}
		// It tells one serving of a SCIM resource from another. Of other kinds there are
		// few, and they may have secrets, of which not even a digest is to be kept: for
		// them it is zero, and their documents decide.
		if digests {
			sum := sha256.Sum256(e.JSON)
			copy(s.raw[:], sum[:])
		}
		p.served[i] = s
	}
	return nil
}

// see marks what is as it was, counts what this reading had not met yet and notes
// in the page what differs.
func (r *recording) see(p *page) (fresh int) {
	p.differing = p.differing[:0]
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range p.served {
		s := &p.served[i]
		if s.old = r.tree.find(s.key, s.hash.place()); s.old == nil {
			if _, met := r.news[s.hash]; met {
				continue
			}
			r.news[s.hash] = struct{}{}
		} else {
			if *s.old.mark() == r.reading {
				continue
			}
			*s.old.mark() = r.reading
		}
		fresh++
		if s.old == nil || !r.collection.Kind.IsSCIM() || !bytes.Equal(s.old.raw(), s.raw[:]) {
			p.differing = append(p.differing, s)
		}
	}
	return fresh
}

// finding makes the document of what was served, behind the documents before it. The
// finding's entry is put into the memory of to.
func (r *recording) finding(to, documents []byte, s *served) (f finding, with []byte, err error) {
	with, settings, err := snapshot.AppendDocument(documents, r.collection.Kind, s.JSON)
	if err != nil {
		return f, nil, fmt.Errorf("%s %s: %w", r.collection.Kind, s.ID, err)
	}
	document := snapshot.Document(with[len(documents):])
	active := r.collection.Kind == snapshot.SCIMUser && document.IsActive()
	f = finding{place: s.hash.place(), entry: newEntry(to, s.key, s.raw, sha256.Sum256(document), [8]byte(settings[:8]), active)}
	switch {
	case s.old == nil:
		f.isNew = true
	case bytes.Equal(s.old.digest(), f.entry.digest()):
		f.entry.setVersion(s.old.version())
	default:
		f.isNew = true
		f.replaces = s.old.version()
		f.changed = !bytes.Equal(s.old.settings(), f.entry.settings())
	}
	return f, with, nil
}

// keep keeps the findings of a page.
func (r *recording) keep(findings []finding, p *page) {
	r.mu.Lock()
	defer r.mu.Unlock()
	start := 0
	for i := range findings {
		if f := &findings[i]; f.isNew {
			r.opened = append(r.opened, r.packer.add(p.documents[start:p.ends[i]]))
			f.entry.setVersion(-int64(len(r.opened))) // until Commit numbers it
		}
		start = p.ends[i]
	}
	r.found = append(r.found, findings)
}

// Finish ends the reading.
func (r *recording) Finish(context.Context) (snapshot.Capture, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := snapshot.Capture{Collection: r.collection}
	count := 0
	for _, page := range r.found {
		count += len(page)
	}
	edits := make([]edit, 0, count)
	for _, page := range r.found {
		for _, f := range page {
			edits = append(edits, edit{place: f.place, entry: f.entry})
			switch {
			case f.isNew && f.replaces == 0:
				c.Added++
			case f.changed:
				c.Changed++
			}
			if f.replaces != 0 {
				r.closed = append(r.closed, f.replaces)
			}
		}
	}
	r.found, r.news = nil, nil
	r.tree.each(func(n *node) {
		for rest := n.entries; len(rest) > 0; {
			var e entry
			if e, rest = next(rest); *e.mark() != r.reading {
				edits = append(edits, edit{place: e.key().place(), entry: e, goes: true})
				r.closed = append(r.closed, e.version())
				c.Removed++
			}
		}
	})
	r.gone = r.tree.apply(edits)
	c.Count = r.tree.root.count
	c.Digest = r.tree.sum()
	if r.collection.Kind == snapshot.SCIMUser {
		c.Active = r.tree.root.active
	}
	r.finished = true
	return c, nil
}

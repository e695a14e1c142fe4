package audit

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Pseudonymous is a history in which pseudonyms stand for people: in place of a user's
// name, address and whatever else the provider tells of the user stands
// "person-3f9a1c2b4d5e", or "person-3f9a1c2b4d5e@redacted.invalid"; e-mail addresses
// anywhere else, as in the rules of a policy, become the same. What was equal stays
// equal, and addresses that differ in nothing but case still do so: a report tells the
// same numbers, flags and changes as without. Ids, times, whether somebody is active,
// and the names of groups, apps and providers stay.
//
// Who has the key, or a list of all addresses that might be in the history and the
// key, can tell who is who.
func Pseudonymous(h History, key []byte) History { return pseudonymous{h, pseudonyms{key}} }

// PseudonymousQuestion is a question with pseudonyms in place of the e-mail addresses
// in it: in what people wrote down with a snapshot, in errors, in the name that
// Cloudflare gave an account ("ann@example.com's Account"), and in what was asked for.
// It is the question to ask a history that is Pseudonymous by the same key.
func PseudonymousQuestion(q Question, key []byte) Question {
	p := pseudonyms{key}
	q.TargetName, q.Command = p.text(q.TargetName), p.text(q.Command)
	q.Snapshots = mapped(q.Snapshots, p.snapshot)
	q.Forgotten = mapped(q.Forgotten, func(f snapshot.Forgotten) snapshot.Forgotten {
		f.Snapshot, f.Why = p.snapshot(f.Snapshot), p.text(f.Why)
		return f
	})
	for _, sn := range []**snapshot.Snapshot{&q.At, &q.Since} {
		if *sn != nil {
			replaced := p.snapshot(**sn)
			*sn = &replaced
		}
	}
	q.Asked = mapped(q.Asked, func(f Fact) Fact {
		if text, ok := f.Value.AsText(); ok {
			f.Value = Text(p.text(text))
		}
		return f
	})
	q.Filter.Providers = mapped(q.Filter.Providers, p.text)
	q.Redact = true
	return q
}

// mapped is a new list with what f makes of each element.
func mapped[E any](list []E, f func(E) E) []E {
	list = slices.Clone(list)
	for i := range list {
		list[i] = f(list[i])
	}
	return list
}

// snapshot is a manifest with pseudonyms in what people, or Cloudflare, wrote into it.
func (p pseudonyms) snapshot(sn snapshot.Snapshot) snapshot.Snapshot {
	sn.TargetName, sn.Note, sn.Pin = p.text(sn.TargetName), p.text(sn.Note), p.text(sn.Pin)
	sn.Captures = mapped(sn.Captures, func(c snapshot.Capture) snapshot.Capture {
		c.ProviderName, c.Error = p.text(c.ProviderName), p.text(c.Error)
		return c
	})
	return sn
}

// pseudonymous is a history whose documents are rewritten as they are read.
type pseudonymous struct {
	History
	names pseudonyms
}

func (h pseudonymous) Resources(ctx context.Context, id string, kinds ...snapshot.Kind) iter.Seq2[snapshot.Resource, error] {
	return rewritten(h.History.Resources(ctx, id, kinds...), h.names.resource)
}

func (h pseudonymous) Members(ctx context.Context, id string, kinds ...snapshot.Kind) iter.Seq2[snapshot.Member, error] {
	return rewritten(h.History.Members(ctx, id, kinds...), func(m snapshot.Member) (_ snapshot.Member, err error) {
		m.Resource, err = h.names.resource(m.Resource)
		return m, err
	})
}

func (h pseudonymous) DifferencesIn(ctx context.Context, a, b string, wanted func(snapshot.Collection) bool) iter.Seq2[snapshot.Pair, error] {
	return rewritten(h.History.DifferencesIn(ctx, a, b, wanted), func(pair snapshot.Pair) (snapshot.Pair, error) {
		for _, side := range []**snapshot.Resource{&pair.A, &pair.B} {
			if *side == nil {
				continue
			}
			r, err := h.names.resource(**side)
			if err != nil {
				return pair, err
			}
			*side = &r
		}
		return pair, nil
	})
}

// rewritten yields what f makes of each element.
func rewritten[E any](list iter.Seq2[E, error], f func(E) (E, error)) iter.Seq2[E, error] {
	return func(yield func(E, error) bool) {
		for e, err := range list {
			if err == nil {
				e, err = f(e)
			}
			if err != nil {
				var none E
				yield(none, err)
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// resource is a resource with pseudonyms in its document.
func (p pseudonyms) resource(r snapshot.Resource) (snapshot.Resource, error) {
	d, err := p.document(r.Kind, r.Document)
	if err != nil {
		return r, fmt.Errorf("put pseudonyms into %s %s: %w", r.Collection, cmp.Or(r.ID, "without an id"), err)
	}
	r.Document = d
	return r, nil
}

package diff

import (
	"bytes"
	"iter"

	"github.com/idpsnap/idpsnap/snapshot"
)

// Pairs pairs the resources of two states, each in display order
// (snapshot.CompareResources), for Compare: by collection and id where both are
// states of one target, and dropping those whose documents are the same; else
// every resource stands alone, for Compare to match.
func Pairs(a, b State, inA, inB iter.Seq2[snapshot.Resource, error]) iter.Seq2[snapshot.Pair, error] {
	if a.Snapshot.Target != b.Snapshot.Target {
		return alone(inA, inB)
	}
	return byID(inA, inB)
}

func alone(inA, inB iter.Seq2[snapshot.Resource, error]) iter.Seq2[snapshot.Pair, error] {
	return func(yield func(snapshot.Pair, error) bool) {
		for r, err := range inA {
			if !yield(snapshot.Pair{A: &r}, err) || err != nil {
				return
			}
		}
		for r, err := range inB {
			if !yield(snapshot.Pair{B: &r}, err) || err != nil {
				return
			}
		}
	}
}

func byID(inA, inB iter.Seq2[snapshot.Resource, error]) iter.Seq2[snapshot.Pair, error] {
	return func(yield func(snapshot.Pair, error) bool) {
		next, stop := iter.Pull2(inB)
		defer stop()
		b, err, more := next()
		for a, errA := range inA {
			if errA != nil {
				yield(snapshot.Pair{}, errA)
				return
			}
			for ; more && err == nil && snapshot.CompareResources(b, a) < 0; b, err, more = next() {
				if only := b; !yield(snapshot.Pair{B: &only}, nil) {
					return
				}
			}
			if err != nil {
				break
			}
			p := snapshot.Pair{A: &a}
			if same := b; more && snapshot.CompareResources(b, a) == 0 {
				p.B = &same
				b, err, more = next()
			}
			if p.B != nil && bytes.Equal(p.A.Document, p.B.Document) {
				continue
			}
			if !yield(p, nil) {
				return
			}
		}
		for ; more && err == nil; b, err, more = next() {
			if only := b; !yield(snapshot.Pair{B: &only}, nil) {
				return
			}
		}
		if err != nil {
			yield(snapshot.Pair{}, err)
		}
	}
}

package main

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"syscall"
	"time"

	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

// sample is what askStore prints of one question.
type sample struct {
	Step      string
	Wall, CPU time.Duration
	Bytes     int64 // instead, of the changes of a night
}

// askAlone puts the questions to the store, in one process for all of them.
func (l *lab) askAlone(ctx context.Context, r *record, h history, prefix string) error {
	cmd, err := l.child(ctx, job{Do: "ask", Path: h.path, options: r.Options})
	if err != nil {
		return err
	}
	out, err := output(cmd)
	if err != nil {
		return err
	}
	var list []sample
	if err := json.Unmarshal(out, &list); err != nil {
		return err
	}
	for _, s := range list {
		if s.Step == sizeAdded {
			r.add(prefix+s.Step, changesOnly, size, float64(s.Bytes))
		} else {
			r.took(prefix+s.Step, storeAlone, usage{wall: s.Wall, cpu: s.CPU})
		}
	}
	l.log.say("asked the store alone")
	return nil
}

// askStore puts the questions to the store, round by round, and says what each
// took.
func askStore(ctx context.Context, j job, w io.Writer) (err error) {
	s, err := store.Open(ctx, j.Path, store.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	nights, err := s.Snapshots(ctx)
	if err != nil {
		return err
	}
	id := func(i int) string { return nights[i].ID }
	last := len(nights) - 1
	var list []sample
	for range j.Rounds {
		for _, q := range []struct {
			step string
			run  func() error
		}{
			{neighbours, func() error { return each(s.Differences(ctx, id(last-1), id(last)), nil) }},
			{firstLast, func() error { return each(s.Differences(ctx, id(0), id(last)), nil) }},
			{asOf, func() error { return each(s.Resources(ctx, id(middle(len(nights)))), nil) }},
			{verified, func() error { return verify(ctx, s) }},
		} {
			start, cpu := time.Now(), ownCPU()
			if err := q.run(); err != nil {
				return fmt.Errorf("%s: %w", q.step, err)
			}
			list = append(list, sample{Step: q.step, Wall: time.Since(start), CPU: ownCPU() - cpu})
		}
	}
	for i := range last {
		bytes, err := zipped(s.Differences(ctx, id(i), id(i+1)))
		if err != nil {
			return err
		}
		list = append(list, sample{Step: sizeAdded, Bytes: bytes})
	}
	return json.NewEncoder(w).Encode(list)
}

// zipped is how many bytes gzip needs for the documents that are new or changed.
func zipped(pairs iter.Seq2[snapshot.Pair, error]) (int64, error) {
	var written counter
	z, err := gzip.NewWriterLevel(&written, 6)
	if err != nil {
		return 0, err
	}
	err = each(pairs, func(p snapshot.Pair) error {
		if p.B == nil {
			return nil
		}
		_, err := z.Write(append(slices.Clip(p.B.Document), '\n'))
		return err
	})
	return int64(written), errors.Join(err, z.Close())
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// each goes through all there is.
func each[E any](seq iter.Seq2[E, error], visit func(E) error) error {
	for e, err := range seq {
		if err == nil && visit != nil {
			err = visit(e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func verify(ctx context.Context, s *store.Store) error {
	v, err := s.Verify(ctx)
	if err == nil && len(v.Problems) > 0 {
		err = fmt.Errorf("%d problems: %v", len(v.Problems), v.Problems[0])
	}
	return err
}

// ownCPU is what this process has used.
func ownCPU() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// lab is what all runs have in common.
type lab struct {
	dir     string
	program string // idpsnap
	log     log
	lacking map[string]string // why a peer's program is not there
}

func newLab(progress io.Writer) *lab {
	return &lab{log: log{progress, time.Now()}, lacking: map[string]string{}}
}

func (l *lab) prepare(ctx context.Context, o *options) (err error) {
	l.findTools(ctx, o)
	if l.dir, err = os.MkdirTemp("", "idpsnap-bench-"); err != nil {
		return err
	}
	if o.program != "" {
		l.program, err = filepath.Abs(o.program)
		return err
	}
	l.program = filepath.Join(l.dir, "idpsnap")
	if err := l.build(ctx, "auto"); err == nil {
		return nil
	}
	if err := l.build(ctx, "false"); err != nil {
		return errors.Join(err, l.close())
	}
	return nil
}

// build builds idpsnap. The revision is noted in it even where GOFLAGS says
// otherwise, if git can tell it.
func (l *lab) build(ctx context.Context, vcs string) error {
	_, err := timed(command(ctx, "", nil, "go", "build", "-buildvcs="+vcs, "-o", l.program, "github.com/idpsnap/idpsnap"))
	return err
}

func (l *lab) close() error { return os.RemoveAll(l.dir) }

// env is the environment of everything that is measured: nothing of the user's
// settings is in it.
func (l *lab) env() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + l.dir, "TMPDIR=" + l.dir, "LC_ALL=C.UTF-8"}
}

// measure makes one run.
func (l *lab) measure(ctx context.Context, o options) (*record, error) {
	r := &record{Options: o, without: l.reasons(&o)}
	changed, added, removed := o.churn()
	l.log.say("%d users; each night %d changed, %d added, %d removed", o.Users, changed, added, removed)
	for _, part := range []func(context.Context, *record) error{l.served, l.unserved} {
		if err := part(ctx, r); err != nil {
			return nil, err
		}
	}
	r.finish()
	return r, nil
}

// sizeOf is the size of a file, or of all files in a directory.
func sizeOf(path string) (size int64, err error) {
	err = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		size += info.Size()
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("size of %s: %w", path, err)
	}
	return size, nil
}

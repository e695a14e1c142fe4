package commands

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/idpsnap/idpsnap/store"
)

// history examines the history's file. It makes none.
func (e *examination) history(ctx context.Context, a historyArgs) {
	path, err := a.path(e.env)
	if err != nil {
		e.fail("history", err, "")
		return
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		e.warn("history", "none yet at "+path, "idpsnap snapshot makes it")
		return
	case err != nil:
		e.fail("history", err, "--db FILE names another")
		return
	}
	opts, err := a.options()
	if err != nil {
		e.fail("history", err, "")
		return
	}
	s, err := store.Open(ctx, path, opts)
	if err != nil {
		e.fail("history", err, hintOf(err))
		return
	}
	all, err := s.Snapshots(ctx)
	if err = errors.Join(err, s.Close()); err != nil {
		e.fail("history", err, "idpsnap verify")
		return
	}
	detail := fmt.Sprintf("%s, %s", path, plural(len(all), "snapshot"))
	if n := len(all); n > 0 {
		detail += ", the newest of " + all[n-1].TakenAt.UTC().Format(time.RFC3339)
	}
	e.ok("history", detail)
	e.permissions(path, info)
}

// permissions looks at who else may read or replace the history.
func (e *examination) permissions(path string, info os.FileInfo) {
	dir := filepath.Dir(path)
	at, err := os.Stat(dir)
	switch {
	case info.Mode().Perm()&0o077 != 0:
		e.warn("permissions", fmt.Sprintf("%s may be read by others (mode %04o): it names your people", path, info.Mode().Perm()), "chmod 600 "+path)
	case err != nil:
		e.fail("permissions", err, "")
	case at.Mode().Perm()&0o022 != 0 && at.Mode()&os.ModeSticky == 0:
		e.warn("permissions", fmt.Sprintf("others may replace files in %s (mode %04o)", dir, at.Mode().Perm()), "chmod go-w "+dir)
	default:
		e.ok("permissions", "only you may read it")
	}
	if f, err := os.OpenFile(path, os.O_RDWR, 0); err != nil {
		e.fail("writable", err, "give this user the right to write it")
	} else {
		_ = f.Close() // nothing was written
	}
}

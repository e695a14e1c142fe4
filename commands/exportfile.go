package commands

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// whole makes the file at path, for its owner alone, which must not be there yet.
// create is given another path, in a directory of its own, to make it at; only what it
// made without an error gets the name. So whoever looks finds the file whole, or none.
func whole(path string, create func(staged string) error) error {
	const flag = "--out"
	dir := filepath.Dir(path)
	stage, err := os.MkdirTemp(dir, ".idpsnap-*") // mode 0700
	if err != nil {
		return notCreated(flag, path, err)
	}
	staged := filepath.Join(stage, "export")
	if err := create(staged); err != nil {
		return errors.Join(err, os.RemoveAll(stage))
	}
	err = os.Link(staged, path) // fails where there is a file by now
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.ENOSYS) {
		// A file system without links. Looking first leaves a moment in which another
		// process may make the file; there is no better way here.
		if _, err = os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			err = os.Rename(staged, path)
		} else if err == nil {
			err = fs.ErrExist
		}
	}
	if err = errors.Join(err, os.RemoveAll(stage)); err != nil {
		return notCreated(flag, path, err)
	}
	if err := syncDirectory(dir); err != nil {
		return notCreated(flag, path, err)
	}
	return nil
}

// filled makes the file at path with what fill writes.
func filled(ctx context.Context, path string, fill func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = fill(f)
	if err == nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

package config

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
	"unicode/utf8"

	"github.com/gofrs/flock"
)

// lockRetry is how long a writer sleeps while another one has the lock, which it has for moments.
const lockRetry = 5 * time.Millisecond

// WriteError tells that a configuration file could not be written. Under it are [fs.ErrExist] when
// there is a file already, [context.DeadlineExceeded] when others held the lock for too long, or
// what the system said.
type WriteError struct {
	// Path is the file as the caller named it.
	Path string
	Err  error
}

// Error names the file and the cause.
func (e *WriteError) Error() string {
	switch {
	case errors.Is(e.Err, fs.ErrExist):
		return fmt.Sprintf("config file %s exists already", printable(e.Path))
	case errors.Is(e.Err, context.DeadlineExceeded):
		return fmt.Sprintf("config file %s is being changed by others", printable(e.Path))
	}
	return fmt.Sprintf("config file %s cannot be written: %v", printable(e.Path),
		withoutPath(e.Err))
}

// Unwrap gives the cause.
func (e *WriteError) Unwrap() error { return e.Err }

// Init makes a configuration file (0600, folders 0700) that holds every key with its default and an
// explanation, in one step like [Set]. It never overwrites: a [WriteError] with [fs.ErrExist] says
// that there is a file already, another error that there is something else. It waits for other
// writers until the context ends.
func Init(ctx context.Context, path string) error {
	if _, err := realFile(path); err != nil {
		return fmt.Errorf("config file %s %w", printable(path), err)
	}
	if err := create(ctx, path, initial()); err != nil {
		return &WriteError{path, err}
	}
	return nil
}

func create(ctx context.Context, path, content string) error {
	if err := isFree(path); err != nil { // before a folder and a lock are made for nothing
		return err
	}
	release, err := lock(ctx, path)
	if err != nil {
		return err
	}
	defer release()
	if err := isFree(path); err != nil {
		return err
	}
	return replace(path, []byte(content))
}

func isFree(path string) error {
	switch _, err := os.Lstat(path); {
	case err == nil:
		return fs.ErrExist
	case missing(err):
		return nil
	default:
		return err
	}
}

// Set writes one value into a configuration file, which is made (0600, folders 0700) when there is
// none, and gives the setting as it is now. Comments and the order of keys stay, and so does the
// file when it is a link. It is put in place in one step: readers see the old file or the new one.
// Of callers at the same time none loses what another has set. It waits for them until the context
// ends. Other values that are wrong stay as they are, so that several can be mended one by one.
// Errors: a [WriteError] when writing fails; otherwise the key or the value is wrong, or the file
// is not a list of keys.
func Set(ctx context.Context, path, name, value string) (Setting, error) {
	k, err := keyNamed(name)
	if err != nil {
		return Setting{}, err
	}
	if !utf8.ValidString(value) {
		return Setting{}, fmt.Errorf("%s %s is not UTF-8: %s", name, quoted(value), k.hint)
	}
	if err := k.judge(value); err != nil {
		return Setting{}, fmt.Errorf("%s %s %w", name, quoted(value), err)
	}
	if _, err := edit(ctx, path, change{name: name, value: value}); err != nil {
		return Setting{}, err
	}
	return Setting{name, masked(value), fileOrigin(path), k.about}, nil
}

// Unset takes a key out of a configuration file, by the rules of [Set]. It says whether the key was
// there; nothing is written when it was not.
func Unset(ctx context.Context, path, name string) (was bool, err error) {
	if _, err := keyNamed(name); err != nil {
		return false, err
	}
	if _, err := os.Lstat(path); missing(err) {
		return false, nil
	}
	return edit(ctx, path, change{name: name, remove: true})
}

// edit makes a change in the file that path leads to, and says whether there was one to make.
func edit(ctx context.Context, path string, c change) (bool, error) {
	real, err := realFile(path)
	if err != nil {
		return false, fmt.Errorf("config file %s %w", printable(path), err)
	}
	release, err := lock(ctx, real)
	if err != nil {
		return false, &WriteError{path, err}
	}
	defer release()
	var content []byte
	if _, err := os.Stat(real); !missing(err) {
		if content, err = readSmall(real, fileHint); err != nil {
			return false, fmt.Errorf("config file %s %w", printable(path), err)
		}
	}
	after, changed, err := edited(content, c)
	if err != nil {
		return false, fmt.Errorf("config file %s: %w", printable(path), err)
	}
	if !changed {
		return false, nil
	}
	if len(after) > maxFileSize {
		return false, fmt.Errorf("config file %s would be larger than 64 KiB", printable(path))
	}
	if err := replace(real, after); err != nil {
		return false, &WriteError{path, err}
	}
	return true, nil
}

// realFile follows links, so that the file is replaced and not a link to it, and so that all its
// names share one lock. A file that does not exist yet is its own. Its errors go on from the name.
func realFile(path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if missing(err) {
		info, err := os.Lstat(path)
		if missing(err) || err == nil && info.Mode().IsRegular() { // made meanwhile by another
			return path, nil
		}
		return "", errors.New(linkHint)
	}
	if err != nil {
		return "", unreadable(err, fileHint)
	}
	info, err := os.Stat(real)
	if err != nil {
		return "", unreadable(err, fileHint)
	}
	return real, regular(info, fileHint)
}

// lock lets one writer at a time change the file, whose folder it makes. The lock is a file beside
// it, which is never removed: two writers could hold a lock that was.
func lock(ctx context.Context, path string) (release func(), err error) {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	f := flock.New(path+".lock", flock.SetPermissions(0o600))
	if _, err := f.TryLockContext(ctx, lockRetry); err != nil {
		f.Close()
		return nil, err
	}
	giveToOwner(folder, f.Path())
	return func() { f.Close() }, nil
}

// replace puts a content in place of a file in one step, private (0600) and on disk. It needs the
// lock.
func replace(path string, content []byte) error {
	folder, owner := filepath.Dir(path), path
	info, err := os.Stat(path)
	switch {
	case missing(err):
		owner = folder
	case err != nil:
		return err
	case info.Mode().Perm()&0o200 == 0:
		return fs.ErrPermission // a rename would not care
	}
	// One name for all, so that what a killed writer has left goes with the next one.
	unfinished := filepath.Join(folder, "."+filepath.Base(path)+".new")
	if err := os.Remove(unfinished); !missing(err) && err != nil {
		return err
	}
	f, err := os.OpenFile(unfinished, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(unfinished)
	_, err = f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	giveToOwner(owner, unfinished)
	if err := os.Rename(unfinished, path); err != nil {
		return err
	}
	return syncFolder(path)
}

// syncFolder gets the name of a file to the disk. Windows syncs no folders, and keeps names safe
// by itself.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

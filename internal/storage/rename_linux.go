package storage

import (
	"errors"

	"golang.org/x/sys/unix"
)

// renameNew renames a file to a name that must not exist.
func renameNew(from, to string) error {
	err := unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.RENAME_NOREPLACE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) { // not on this file system
		return renameClaimed(from, to)
	}
	return err
}

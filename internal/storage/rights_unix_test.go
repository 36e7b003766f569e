//go:build unix

package storage

import (
	"errors"
	"os"
	"syscall"
)

// nobody is the user that owns nothing.
const nobody = 65534

// hasRights says why files here have no owners, permissions and pipes as Unix has them.
func hasRights() error { return nil }

// becomeNobody gives the rights of the superuser up for good. Others have none to give up.
func becomeNobody() error {
	if os.Getuid() != 0 {
		return nil
	}
	return errors.Join(syscall.Setgroups(nil), syscall.Setgid(nobody), syscall.Setuid(nobody))
}

// setUmask sets the permissions that new files of this process never have.
func setUmask(mask int) { syscall.Umask(mask) }

func makePipe(path string) error { return syscall.Mkfifo(path, 0o600) }

//go:build unix

package storage

import (
	"os"
	"syscall"
)

// names is the number of names (hard links) that a file has.
func names(file os.FileInfo) uint64 {
	if stat, ok := file.Sys().(*syscall.Stat_t); ok {
		return uint64(stat.Nlink)
	}
	return 1
}

// giveToOwner hands files that root has made to the owner of the database, as SQLite does with its
// own, so that the owner is not locked out. What fails is met by the owner, with its path.
func giveToOwner(database os.FileInfo, files ...string) {
	stat, ok := database.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() != 0 || stat.Uid == 0 {
		return
	}
	for _, file := range files {
		_ = os.Lchown(file, int(stat.Uid), int(stat.Gid))
	}
}

// isOpenToOthers says whether others than its owner may read or write a file.
func isOpenToOthers(file os.FileInfo) bool { return file.Mode().Perm()&0o077 != 0 }

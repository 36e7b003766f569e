//go:build unix

package config

import (
	"os"
	"syscall"
)

// giveToOwner hands a file that root has made to the owner of another file or of its folder, who
// would be locked out otherwise. What fails is met by the owner, with the path.
func giveToOwner(like, file string) {
	info, err := os.Stat(like)
	if err != nil || os.Geteuid() != 0 {
		return
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Uid != 0 {
		_ = os.Lchown(file, int(stat.Uid), int(stat.Gid))
	}
}

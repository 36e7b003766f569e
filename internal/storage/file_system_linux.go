package storage

import (
	"path/filepath"
	"syscall"
)

// fileSystemOf tells on what kind of file system a file, or the folder it is to be made in, lies:
// "" for those without a name here, which are local. FUSE is taken for remote, since nobody can
// tell what is behind it.
func fileSystemOf(file string) (kind string, remote bool) {
	var stat syscall.Statfs_t
	if syscall.Statfs(file, &stat) != nil && syscall.Statfs(filepath.Dir(file), &stat) != nil {
		return "", false // who opens it is told why it cannot be
	}
	// From statfs(2) and linux/magic.h. The kernel's numbers have 32 bits.
	switch uint32(stat.Type) {
	case 0x6969:
		return "NFS", true
	case 0xff534d42, 0xfe534d42, 0x517b:
		return "SMB", true
	case 0x01021997:
		return "9P", true
	case 0x65735546:
		return "FUSE", true
	case 0x00c36400:
		return "Ceph", true
	case 0x5346414f, 0x6b414653:
		return "AFS", true
	case 0x73757245:
		return "Coda", true
	case 0xef53:
		return "ext4", false
	case 0x58465342:
		return "XFS", false
	case 0x9123683e:
		return "Btrfs", false
	case 0x2fc12fc1:
		return "ZFS", false
	case 0x01021994:
		return inMemory, false
	case 0x794c7630:
		return "overlayfs", false
	}
	return "", false
}

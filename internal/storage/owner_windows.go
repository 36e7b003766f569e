package storage

import "os"

// names is the number of names that a file has; Windows does not tell.
func names(os.FileInfo) uint64 { return 1 }

// giveToOwner has nothing to do: files get the rights of their folder.
func giveToOwner(os.FileInfo, ...string) {}

// isOpenToOthers cannot tell: the rights of a file are those of its folder.
func isOpenToOthers(os.FileInfo) bool { return false }

//go:build !linux

package storage

// renameNew renames a file to a name that must not exist.
func renameNew(from, to string) error { return renameClaimed(from, to) }

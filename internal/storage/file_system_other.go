//go:build !linux

package storage

// fileSystemOf cannot tell on what kind of file system a file lies.
func fileSystemOf(string) (kind string, remote bool) { return "", false }

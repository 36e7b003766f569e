//go:build !linux

package bench

import "os"

// syncData has a file reach the disk.
func syncData(file *os.File) error { return file.Sync() }

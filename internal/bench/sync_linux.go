package bench

import (
	"os"
	"syscall"
)

// syncData has the content of a file reach the disk, as SQLite does it.
func syncData(file *os.File) error { return syscall.Fdatasync(int(file.Fd())) }

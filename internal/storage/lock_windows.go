package storage

import (
	"os"

	"golang.org/x/sys/windows"
)

// lockedBytes is how much of a file is locked: its first byte stands for all of it.
const lockedBytes = 1

// flock waits for the lock of a file, which belongs to its handle.
func flock(f *os.File) error {
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK, 0,
		lockedBytes, 0, new(windows.Overlapped))
}

func unflock(f *os.File) error {
	return windows.UnlockFileEx(windows.Handle(f.Fd()), 0, lockedBytes, 0, new(windows.Overlapped))
}

package storage

import "evbook/internal/booking"

// inMemory is a file system that is gone when the machine is started again.
const inMemory = "tmpfs"

// checkFileSystem refuses files that other machines may have open, too: their locks and the log in
// shared memory are of no use there, and what is written is lost or damaged.
func checkFileSystem(name, file string) error {
	if kind, remote := fileSystemOf(file); remote {
		return onNetwork(name, kind)
	}
	return nil
}

func onNetwork(name, kind string) *booking.Error {
	return booking.Errorf(booking.Unavailable,
		"%s is on a network file system (%s), on which SQLite loses or damages data", name, kind).
		WithHint("move it to a disk of this machine, or use PostgreSQL; where only one machine" +
			" ever opens it: evbook config set network_fs allow")
}

package storage

import (
	"slices"
	"testing"
)

// strace makes the system say that the disk is on NFS.
func TestFilesOnNetworkFileSystemsAreRefused(t *testing.T) {
	need(t, "strace, with the right to trace", canInject())
	path := season(t)
	work := task{Role: "try to open", Path: path}
	local := traced(t, work, "-e", "trace=statfs")
	must(t, local.err)
	remote := traced(t, work, "-e", "trace=statfs",
		"-e", "inject=statfs:poke_exit=@arg2=6969000000000000")
	must(t, remote.err)
	no, yes := "refused=true unavailable", "refused=false "
	want := []string{no, no, no, yes, "bad: " + path +
		" is on a network file system (NFS), on which SQLite loses or damages data"}
	if !slices.Equal(remote.said, want) {
		t.Errorf("got %q", remote.said)
	}
	if !slices.Equal(local.said[:4], []string{yes, yes, yes, yes}) {
		t.Errorf("on a disk of this machine: %q", local.said)
	}
}

package storage

import (
	"context"
	"slices"
	"testing"

	"evbook/internal/booking"
)

// tryToOpen is a helper: it opens a file in each way, and says what it is told.
func tryToOpen(work task, _ orders) error {
	ctx := context.Background()
	for _, o := range []Options{
		{Path: work.Path, ReadOnly: true}, {Path: work.Path},
		{Path: work.Path + ".new", Create: true}, {Path: work.Path, AllowNetworkFS: true},
	} {
		s, err := Open(ctx, o)
		say("refused=%t %s", err != nil, booking.KindOf(err))
		if err == nil {
			_ = s.Close() // nothing was written
		}
	}
	found, err := Doctor(ctx, Options{Path: work.Path})
	for _, d := range found {
		if d.Check == "file system" {
			say("%s: %s", d.State, d.Detail)
		}
	}
	return err
}

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

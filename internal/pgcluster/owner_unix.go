//go:build unix

package pgcluster

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// owner is the user whom a cluster belongs to: who runs the tests, but never root, as whom
// PostgreSQL refuses to run.
type owner struct {
	// uid and gid count where other is set.
	uid, gid uint32
	other    bool
}

// findOwner gives the user of this process or, in place of root, that of Debian's package.
func findOwner() (owner, error) {
	if os.Geteuid() != 0 {
		return owner{}, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return owner{}, fmt.Errorf("%w: root needs the user postgres beside them: %w", errMissing,
			err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return owner{}, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return owner{uint32(uid), uint32(gid), true}, err
}

// give makes a file or folder the owner's.
func (o owner) give(path string) error {
	if !o.other {
		return nil
	}
	return os.Chown(path, int(o.uid), int(o.gid))
}

// attributes make a process the owner's and put it into a group, or, with 0, at the head of one.
// A group of its own keeps the Ctrl-C of a terminal away.
func (o owner) attributes(group int) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true, Pgid: group}
	if o.other {
		a.Credential = &syscall.Credential{Uid: o.uid, Gid: o.gid}
	}
	return a
}

// stop ends a server at once ("immediate") or, in order, as soon as its transactions are rolled
// back ("fast").
func stop(p *os.Process, inOrder bool) error {
	if inOrder {
		return p.Signal(syscall.SIGINT)
	}
	return p.Signal(syscall.SIGQUIT)
}

// killAll ends a server and the processes of its connections with SIGKILL. It is stopped before
// they are listed, so that none is added; without /proc they end by themselves, a little later.
func killAll(p *os.Process) error {
	if err := p.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	for _, child := range children(p.Pid) {
		_ = syscall.Kill(child, syscall.SIGKILL) // an error says that it has ended
	}
	return p.Kill()
}

// pause has a process do nothing more, not even end, but by killAll or SIGKILL.
func pause(pid int) error { return syscall.Kill(pid, syscall.SIGSTOP) }

// children lists the processes that a process has started.
func children(parent int) (all []int) {
	// The pattern is a constant and well formed.
	paths, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range paths {
		text, _ := os.ReadFile(path) // an error says that the process has ended
		// The name stands in brackets and may hold anything; then come the state and the parent.
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if len(fields) < 2 || fields[1] != strconv.Itoa(parent) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err == nil {
			all = append(all, pid)
		}
	}
	return all
}

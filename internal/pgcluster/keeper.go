package pgcluster

import (
	"errors"
	"io"
	"os"
	"os/exec"
)

// keeping is the whole life of a keeper, as a shell script. It waits for the end of its input, ends
// what is still running in its group, initdb and postgres (whose processes follow it) or etcd and
// Patroni, and the servers that Patroni has put into groups of their own. It frees the segments of
// shared memory that killed servers could not free, and removes the folder $1. It gives up what
// does not end within some ten seconds.
const keeping = `
trap '' HUP INT QUIT TERM
cat >/dev/null
kill -s QUIT 0
tries=0
for data in "$1"/data*; do
	file=$data/postmaster.pid
	pid=$(sed -n 1p "$file" 2>/dev/null)
	[ "$(readlink "/proc/$pid/cwd")" != "$data" ] || kill -s QUIT "$pid"
	while [ -e "$file" ] && kill -s 0 "$pid" 2>/dev/null; do
		sleep 0.02
		tries=$((tries + 1))
		[ "$tries" -lt 500 ] || break
	done
	segment=$(sed -n 7p "$file" 2>/dev/null)
	[ -z "$segment" ] || ipcrm -m "${segment##* }"
done
until rm -rf "$1"; do
	sleep 0.02
	tries=$((tries + 1))
	[ "$tries" -lt 1000 ] || exit 1
done
`

// keeper is a process that outlives the test, however that ends, to clean up after a cluster.
type keeper struct {
	cmd *exec.Cmd
	// hold is the keeper's input. The system closes it when this process ends.
	hold io.Closer
	// dir is the folder of the cluster. It belongs to the owner, the one it lies in need not: there
	// the keeper acts as who runs the tests.
	dir   string
	owner owner
}

// newKeeper makes a folder and the process that will remove it.
func newKeeper() (*keeper, error) {
	owner, err := findOwner()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "evbook-postgres-")
	if err != nil {
		return nil, err
	}
	k := &keeper{dir: dir, owner: owner}
	if err := k.begin(); err != nil {
		return nil, errors.Join(err, os.Remove(dir))
	}
	return k, nil
}

// begin hands the folder to its owner, and starts the process that will remove it.
func (k *keeper) begin() (err error) {
	if err := k.owner.give(k.dir); err != nil {
		return err
	}
	k.cmd = exec.Command("/bin/sh", "-c", keeping, "keeper", k.dir)
	k.cmd.Dir = "/"
	k.cmd.SysProcAttr = owner{}.attributes(0)
	if k.hold, err = k.cmd.StdinPipe(); err != nil {
		return err
	}
	return k.cmd.Start()
}

// command is a program that the keeper ends if nobody else does, run as the owner of the folder. It
// sees nothing of the environment, which may lead PostgreSQL's programs elsewhere.
func (k *keeper) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = k.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = k.owner.attributes(k.cmd.Process.Pid)
	return cmd
}

// end lets the keeper do its work, and waits until nothing is left.
func (k *keeper) end() error {
	_ = k.hold.Close() // an error says that it is closed
	return k.cmd.Wait()
}

//go:build !unix

package pgcluster

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
)

// owner is the user whom a cluster belongs to; here there is none.
type owner struct{}

// findOwner says that this system has no throw-away clusters.
func findOwner() (owner, error) {
	return owner{}, fmt.Errorf("%w: clusters for tests are not made on %s", errMissing,
		runtime.GOOS)
}

func (owner) give(string) error { return nil }

func (owner) attributes(int) *syscall.SysProcAttr { return nil }

func stop(p *os.Process, _ bool) error { return p.Kill() }

func killAll(p *os.Process) error { return p.Kill() }

func pause(int) error { return errMissing }

package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"testing"
)

// backUp is a helper that copies a database beside it.
func backUp(work task, _ orders) error {
	s, err := Open(context.Background(), Options{Path: work.Path, ReadOnly: true})
	if err != nil {
		return err
	}
	if _, err := s.Backup(context.Background(), work.Path+".copy"); err != nil {
		return err
	}
	return s.Close()
}

// What bears the name of a backup is a whole one, at whatever moment the power goes.
func TestABackupThatIsKilledLeavesNothingUnderItsName(t *testing.T) {
	need(t, "strace, with the right to trace", canInject())
	for _, calls := range []string{
		"openat", "pwrite64", "fsync,fdatasync", "close", "unlink,unlinkat",
		"rename,renameat,renameat2,link,linkat",
	} {
		t.Run(calls, func(t *testing.T) {
			t.Parallel()
			kills, steps := 0, 1
			for n := 1; ; n += steps {
				v := newSale(t, 40)
				cut := traced(t, v.task("backup"), "-e", "trace="+calls,
					"-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", calls, n))
				if cut.err == nil {
					break
				}
				kills++
				steps += kills / 8 // the first calls are the various ones
				copied := v.path + ".copy"
				if _, err := os.Stat(copied); !errors.Is(err, fs.ErrNotExist) {
					if r, err := verified(t, copied); err != nil || r.Events != 1 {
						t.Errorf("killed at call %d: under the name of the copy is %+v, %v\n%s", n,
							r, err, cut.calls)
					}
				}
				s := openAt(t, v.path)
				sound(t, s)
				// What the dead one left behind is in nobody's way.
				if _, err := s.Backup(t.Context(), copied+"2"); err != nil {
					t.Errorf("killed at call %d: the next backup: %v", n, err)
				}
			}
			if kills == 0 {
				t.Error("nothing was killed: the test is blind")
			}
		})
	}
}

// verified opens a database only to read and verifies it.
func verified(t testing.TB, path string) (Report, error) {
	t.Helper()
	s, err := Open(t.Context(), Options{Path: path, ReadOnly: true})
	if err != nil {
		return Report{}, err
	}
	defer s.Close()
	r, err := s.Verify(t.Context())
	if err == nil && len(r.Findings) > 0 {
		err = fmt.Errorf("found %v", r.Findings)
	}
	return r, err
}

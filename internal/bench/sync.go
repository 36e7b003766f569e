package bench

import (
	"errors"
	"os"
	"time"
)

const (
	// syncSize is how many bytes are written before each sync, as in one booking of a lone caller.
	syncSize = 512
	// syncFor is how long syncs are counted.
	syncFor = 300 * time.Millisecond
)

// SyncRate measures how often in a second the disk of a folder takes 512 bytes that are appended to
// a file and synced, for .3 s: no program that syncs each booking by itself can make more
// of them. The file is removed.
func SyncRate(folder string) (perSecond float64, err error) {
	file, err := os.CreateTemp(folder, "evbook-bench-sync-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	piece := make([]byte, syncSize)
	began := time.Now()
	for count := 1; ; count++ {
		if _, err := file.Write(piece); err != nil {
			return 0, err
		}
		if err := syncData(file); err != nil {
			return 0, err
		}
		if took := time.Since(began); took >= syncFor {
			return float64(count) / took.Seconds(), nil
		}
	}
}

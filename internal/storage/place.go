package storage

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"evbook/internal/booking"
)

// place is where a database file and its log were when they were opened. Who holds a file open goes
// on writing to it when it is moved away or replaced, and what is acknowledged then is lost to
// everybody else. It is safe for concurrent use.
type place struct {
	path string
	file os.FileInfo
	// log is the write-ahead log of the writing connection, nil while there is none. As long as
	// that connection is open, nobody who keeps to SQLite's rules removes the log.
	log atomic.Pointer[os.FileInfo]
}

func newPlace(path string) (*place, error) {
	file, err := os.Stat(path)
	return &place{path: path, file: file}, err
}

// check refuses with Unavailable when another file, or none, is there by now, or another log.
func (p *place) check() error {
	now, err := os.Stat(p.path)
	if err == nil && os.SameFile(p.file, now) {
		return p.checkLog()
	}
	return booking.Errorf(booking.Unavailable,
		"%s was moved, removed or replaced while it was open", p.path).
		WithHint("nothing was changed; put it back, or start again with the file that is there")
}

// noteLog remembers the log of a connection that has just been opened.
func (p *place) noteLog() error {
	log, err := os.Stat(p.path + "-wal")
	if err != nil {
		return err
	}
	p.log.Store(&log)
	return nil
}

// checkLog refuses with Unavailable when the log of our connection is not there any more: others do
// not see what we write to it, nor we what they write.
func (p *place) checkLog() error {
	log := p.log.Load()
	if log == nil {
		return nil
	}
	now, err := os.Stat(p.path + "-wal")
	if err == nil && os.SameFile(*log, now) {
		return nil
	}
	return booking.Errorf(booking.Unavailable,
		"%s-wal, the log of the database, was removed or replaced while it was open", p.path).
		WithHint("nothing was changed; stop everything that uses the database and start again")
}

// logRemoved says whether no log is there. With another one in its place, what is in ours must not
// get into the file any more.
func (p *place) logRemoved() bool {
	_, err := os.Stat(p.path + "-wal")
	return errors.Is(err, fs.ErrNotExist)
}

// realPath resolves links, so that two names of one file share one lock. It does so before anything
// else, since ".." behind a link leads elsewhere than the text suggests. Of a file that does not
// exist yet, the folder is resolved.
func realPath(path string) (string, error) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return filepath.Abs(real)
	}
	folder, err := realFolder(path)
	if err != nil {
		return "", err
	}
	return filepath.Join(folder, filepath.Base(path)), nil
}

// folderOf is the folder of a file as the system sees it: unlike [filepath.Dir] it keeps "..".
func folderOf(path string) string {
	folder, _ := filepath.Split(path)
	switch trimmed := strings.TrimRight(folder, string(filepath.Separator)); {
	case folder == "":
		return "."
	case trimmed == "" || trimmed == filepath.VolumeName(folder):
		return folder
	default:
		return trimmed
	}
}

// realFolder is the folder of a file, with links resolved.
func realFolder(path string) (string, error) {
	real, err := filepath.EvalSymlinks(folderOf(path))
	if err != nil {
		return "", err
	}
	return filepath.Abs(real)
}

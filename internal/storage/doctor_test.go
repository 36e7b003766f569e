package storage

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"evbook/internal/booking"
)

// examined has a database looked at, and gives what was found by the names of the checks.
func examined(t testing.TB, o Options) map[string]Diagnosis {
	t.Helper()
	list, err := Doctor(t.Context(), o)
	must(t, err)
	found := map[string]Diagnosis{}
	for _, d := range list {
		if (d.State == Good) != (d.Fix == "") || d.Detail == "" || found[d.Check].Check != "" {
			t.Errorf("%+v", d)
		}
		found[d.Check] = d
	}
	return found
}

// is fails the test unless a check has such a state, and its detail has the words.
func is(t testing.TB, found map[string]Diagnosis, check string, state Health, words string) {
	t.Helper()
	d, looked := found[check]
	if !looked || d.State != state || !strings.Contains(d.Detail+"; "+d.Fix, words) {
		t.Errorf("%s: got %+v, want %s, %q", check, d, state, words)
	}
}

func TestTheDoctorFindsNothingWrongWithAFileOfOurs(t *testing.T) {
	path := season(t)
	before, err := os.ReadFile(path)
	must(t, err)
	found := examined(t, Options{Path: path})
	for check, d := range found {
		if d.State != Good && check != "file system" {
			t.Errorf("%+v", d)
		}
	}
	is(t, found, "schema", Good, "4, that of this evbook")
	is(t, found, "invariants", Good, "every seat adds up (events 4, bookings 13)")
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the file was changed: %v", err)
	}
}

func TestTheDoctorTellsWhatIsWrongWithAFile(t *testing.T) {
	path := season(t)
	tamper(t, path, unguarded, `UPDATE events SET confirmed = 7 WHERE id = 1`)
	must(t, os.Chmod(path, 0o644))
	release, err := newFileLock(path).acquire()
	must(t, err)
	defer release()
	found := examined(t, Options{Path: path})
	is(t, found, "modes", Doubtful, "chmod 600 "+path)
	is(t, found, "lock", Doubtful, "not free within 2s")
	is(t, found, "invariants", Bad, "event 1: ")
}

func TestTheDoctorTellsWhatIsNoDatabase(t *testing.T) {
	dir := t.TempDir()
	missing, foreign := filepath.Join(dir, "none.db"), filepath.Join(dir, "text.db")
	must(t, os.WriteFile(foreign, []byte("guests of the year"), 0o600))
	is(t, examined(t, Options{Path: missing}), "file", Bad, "there is no database")
	is(t, examined(t, Options{Path: foreign}), "file", Bad, "it is no SQLite file at all")
	if _, err := os.Stat(missing); err == nil {
		t.Error("a file was made")
	}
	path, address := season(t), unused(t)
	moved(t, path, address)
	is(t, examined(t, Options{Path: path}), "schema", Bad, "was moved to "+Masked(address))
}

func TestTheDoctorTellsALongLog(t *testing.T) {
	path := season(t)
	log, err := os.OpenFile(path+"-wal", os.O_CREATE|os.O_WRONLY, 0o600)
	must(t, err)
	must(t, log.Truncate(longLog+1))
	must(t, log.Close())
	is(t, examined(t, Options{Path: path}), "log", Doubtful, "64 MiB")
}

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

package cli

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
	"evbook/internal/config"
	"evbook/internal/storage"
)

// customers is a world with two bookings of Ada and one of Bob.
func customers(t testing.TB) *world {
	t.Helper()
	w := newWorld(t)
	w.must("event", "create", "--name", "Go Meetup", "--capacity", "10")
	for _, email := range []string{"ada@example.org", "Ada@example.org", "bob@example.org"} {
		w.must("book", "--event", "1", "--qty", "1", "--email", email)
	}
	return w
}

// emails gives the number of bookings that still have an address.
func (w *world) emails() int {
	w.t.Helper()
	return strings.Count(w.must("booking", "list", "-o", "json"), "@example.org")
}

func TestForgettingIsAskedForOnATerminalWithTheNumberOfBookings(t *testing.T) {
	for reply, want := range map[string]struct{ code, left int }{
		"y\n": {0, 1}, "YES\n": {0, 1}, "n\n": {5, 3}, "\n": {5, 3}, "": {5, 3},
	} {
		w := customers(t)
		w.interactive, w.in = true, reply
		_, stderr, code := w.run("booking", "forget", "ada@example.org")
		const question = "Erase the personal data of 2 bookings for good? [y/N] "
		if code != want.code || !strings.HasPrefix(stderr, question) {
			t.Errorf("%q: exit %d, want %d\n%s", reply, code, want.code, stderr)
		}
		if left := w.emails(); left != want.left {
			t.Errorf("%q: %d bookings have an address, want %d", reply, left, want.left)
		}
	}
}

func TestForgettingNobodyIsNotAskedFor(t *testing.T) {
	w := customers(t)
	w.interactive = true
	_, stderr, code := w.run("booking", "forget", "eve@example.org")
	if code != 3 || strings.Contains(stderr, "?") {
		t.Errorf("exit %d\n%s", code, stderr)
	}
}

func TestAgreeingBeforehandIsNotAskedFor(t *testing.T) {
	w := customers(t)
	w.interactive = true
	w.vars["EVBOOK_RETENTION"] = "1d"
	for _, args := range [][]string{
		{"booking", "forget", "ada@example.org", "--yes"}, {"booking", "forget", "--expired"},
	} {
		if _, stderr, code := w.run(args...); code != 0 || stderr != "" {
			t.Errorf("%v: exit %d\n%s", args, code, stderr)
		}
	}
}

func TestADryRunOfForgettingIsNotAskedForOnATerminal(t *testing.T) {
	w := customers(t)
	w.interactive = true
	stdout, stderr, code := w.run("booking", "forget", "ada@example.org", "--dry-run")
	if code != 0 || stdout != "Dry run: Erased the personal data of 2 bookings.\n" ||
		strings.Contains(stderr, "?") || w.emails() != 3 {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

func TestErasedTextThatReadersKeepIsToldAndGoesTheNextTime(t *testing.T) {
	w := customers(t)
	reader, err := storage.Open(t.Context(), storage.Options{Path: w.db, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	reading, done, ended := make(chan bool), make(chan bool), make(chan bool)
	go func() {
		defer close(ended)
		first := true
		visit := func(booking.Entry) error {
			if first { // the reading transaction is open as long as this goes on
				first = false
				reading <- true
				<-done
			}
			return nil
		}
		_ = reader.EachEntry(context.Background(), storage.JournalQuery{}, visit)
	}()
	<-reading
	stdout, stderr, code := w.run("booking", "forget", "ada@example.org", "--yes")
	want := "Others are reading: the erased text can be found in the files of " + w.db +
		" until this is run again without them.\n"
	if code != 0 || stderr != want || stdout != "Erased the personal data of 2 bookings.\n" {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	if !w.holds("ada@example.org") {
		t.Error("the text is not in the files: proves nothing")
	}
	close(done)
	<-ended
	if _, stderr, code := w.run("booking", "forget", "ada@example.org", "--yes"); code != 3 {
		t.Errorf("again: exit %d, stderr %q", code, stderr)
	}
	if w.holds("ada@example.org") {
		t.Error("the text is still in the files")
	}
}

// holds says whether a text can be found in the database or its log.
func (w *world) holds(text string) bool {
	w.t.Helper()
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(w.db + suffix)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			w.t.Fatal(err)
		}
		if bytes.Contains(content, []byte(text)) {
			return true
		}
	}
	return false
}

func TestAServerErasesWhatExpiresWhileItRuns(t *testing.T) {
	w := customers(t)
	store, err := storage.Open(t.Context(), storage.Options{Path: w.db, Serving: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	var log bytes.Buffer
	a := &app{env: Env{Now: time.Now}, config: config.Config{Retention: "90d"}}
	ctx, stop := context.WithCancel(t.Context())
	swept := make(chan bool)
	go func() {
		defer close(swept)
		a.forgetExpired(ctx, store, a.logger(&log), 5*time.Millisecond)
	}()
	time.Sleep(20 * time.Millisecond) // the first time there is nothing to erase
	w.must("event", "edit", "1", "--starts-at", "2020-01-01 19:00")
	for end := time.Now().Add(10 * time.Second); w.emails() > 0; {
		if time.Now().After(end) {
			t.Fatal("nothing is erased")
		}
		time.Sleep(5 * time.Millisecond)
	}
	time.Sleep(time.Second) // until it has told of it, and again, with nothing to tell
	stop()
	<-swept
	if got := log.String(); strings.Count(got, "\n") != 1 ||
		!strings.HasSuffix(got, `msg="expired personal data erased" bookings=3`+"\n") {
		t.Errorf("the log says %s", got)
	}
}

func TestAServerWithoutARetentionErasesNothing(t *testing.T) {
	a := &app{}
	// It would not end, or panic, if it looked for anything.
	a.forgetExpired(t.Context(), nil, nil, time.Hour)
}

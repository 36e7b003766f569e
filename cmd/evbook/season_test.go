package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// seasonSummary is what season.sh says when every answer was as it should be.
const seasonSummary = "season: 102 seats in 38 bookings, 23 requests refused, " +
	"database and copy are sound\n"

// shellLoop books one seat after the other, as somebody at a prompt might, until it is refused.
const shellLoop = `while :; do
	evbook book --event "$1" --qty 1 -o name || exit $?
	sleep "$2"
done`

// shells is how many of them book at the same time.
const shells = 50

// playSeason runs season.sh to its end; url is empty for the season through the command line.
func playSeason(t *testing.T, h house, url string) {
	t.Helper()
	if url == "" {
		h.script(t, seasonSummary, "season.sh")
		return
	}
	h.script(t, seasonSummary, "season.sh", url)
}

// script runs a shell script of testdata to its end and insists on success and on what it says.
func (h house) script(t *testing.T, want, name string, args ...string) {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(root, "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	o := finish(h.command(ctx, "sh", append([]string{path}, args...)...))
	if o.code != 0 || o.stdout != want {
		t.Fatalf("%s ended with %d: %s%s", name, o.code, o.stdout, o.stderr)
	}
	t.Logf("%s took %s", name, o.took.Round(time.Millisecond))
}

func TestSeasonSucceedsWhileFiftyShellsAndTwoServersBook(t *testing.T) {
	t.Parallel()
	need(t, "sh")
	h := newHouse(t)
	hot := h.event(t, "Everybody's Darling", 1_000_000)
	servers := []*server{h.serve(t), h.serve(t)}
	var told ledger
	if !told.bookOnce(h, hot) {
		t.Fatal(told.strange)
	}
	// The shells leave room on the machine, else they would only prove that it can be kept busy.
	pause := time.Second + shells*told.waits[0]/time.Duration(runtime.NumCPU())
	var crowd sync.WaitGroup
	t.Cleanup(crowd.Wait)
	for range shells {
		crowd.Go(func() { told.bookInShell(t.Context(), h, hot, pause) })
	}
	for i := range 16 {
		crowd.Go(func() {
			told.bookOverHTTP(t.Context(), servers[i%2], hot, 1+i%3, 20*time.Millisecond)
		})
	}
	playSeason(t, h, "")
	h.closeSales(t, hot, 200)
	crowd.Wait()
	told.prove(t, h, hot)
}

func TestSeasonSucceedsThroughCurl(t *testing.T) {
	t.Parallel()
	need(t, "sh")
	need(t, "curl")
	h := newHouse(t)
	playSeason(t, h, h.serve(t).url)
	h.verify(t)
}

// bookInShell lets a shell book until it is refused, and writes down what it was told.
func (l *ledger) bookInShell(ctx context.Context, h house, event string, pause time.Duration) {
	seconds := strconv.Itoa(int(pause / time.Second)) // sleep need not know fractions
	o := finish(h.command(ctx, "sh", "-c", shellLoop, "sh", event, seconds))
	for reference := range strings.Lines(o.stdout) {
		l.booked(strings.TrimSpace(reference), 1)
		l.count(&l.fromShells)
	}
	if o.code != 4 || !strings.HasPrefix(o.stderr, soldOutPrefix(event)) {
		l.note("a shell ended with %d: %s", o.code, o.stderr)
		return
	}
	l.count(&l.refused)
}

// soldOutPrefix is how a refusal for want of seats begins on the standard error.
func soldOutPrefix(event string) string {
	return fmt.Sprintf("error: event %s is sold out", event)
}

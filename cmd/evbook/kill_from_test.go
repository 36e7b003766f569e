//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// manyRows is how many rows are booked under a kill; of them, skippedAtOnce are acknowledged
// together.
const manyRows, skippedAtOnce = 6_000, 1_000

// killsOfMany is how many kills in the middle of a file it takes to believe in the result.
func killsOfMany() int { return trials(4, 30) }

// singles writes a file of single seats of an event and gives its name.
func (h house) singles(t testing.TB, event string, rows int) string {
	t.Helper()
	text := "event_id,quantity\n" + strings.Repeat(event+",1\n", rows)
	name := fmt.Sprintf("guests-%d.csv", rows)
	if err := os.WriteFile(h.path(name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// seats are the confirmed seats of an event.
func (h house) seats(t testing.TB, event string) int {
	t.Helper()
	return ask[eventAnswer](t, h, "event", "show", event).Confirmed
}

// killed runs evbook with a SIGKILL at a random moment before the latest, and says whether that
// ended it. A run that came to its end tells the latest anew: the machine may be less busy by now.
func (h house) killed(latest *time.Duration, args ...string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), rand.N(*latest))
	defer cancel()
	cmd := h.command(ctx, h.binary, args...)
	done := finish(cmd)
	if endedBy(cmd, syscall.SIGKILL) {
		return true
	}
	*latest = done.took
	return false
}

// killInTheMiddle kills the booking of a file until some of its rows are in, but not all. It gives
// the event and the arguments; every attempt has an event of its own.
func (h house) killInTheMiddle(t *testing.T, more func(event string) []string) (string, []string) {
	t.Helper()
	timed := h.event(t, "Go Meetup", manyRows)
	latest := h.run("book", "--from", h.singles(t, timed, manyRows), "--on-error", "skip").took
	for range 200 {
		event := h.event(t, "Go Meetup", 2*manyRows)
		args := append([]string{"book", "--from", h.singles(t, event, manyRows)}, more(event)...)
		if !h.killed(&latest, args...) {
			continue
		}
		h.verify(t)
		n := h.seats(t, event)
		if n%skippedAtOnce != 0 {
			t.Fatalf("%d seats are booked: a chunk is torn", n)
		}
		if n > 0 && n < manyRows {
			return event, args
		}
	}
	t.Fatal("no kill came in the middle of a file: proves nothing")
	return "", nil
}

func TestAKilledFileIsCompletedByRunningItAgain(t *testing.T) {
	h := newHouse(t)
	for range killsOfMany() {
		event, args := h.killInTheMiddle(t, func(event string) []string {
			return []string{"--on-error", "skip", "--idempotency-key", "file-" + event}
		})
		before := h.seats(t, event)
		h.must(t, args...)
		if after := h.seats(t, event); after != manyRows {
			t.Errorf("%d seats were booked at the kill, %d at the end, want %d", before, after,
				manyRows)
		}
	}
	h.verify(t)
}

// The control: without keys, what was booked before the kill is booked once more.
func TestAKilledFileWithoutKeysIsBookedTwiceByRunningItAgain(t *testing.T) {
	h := newHouse(t)
	event, args := h.killInTheMiddle(t, func(string) []string {
		return []string{"--on-error", "skip"}
	})
	before := h.seats(t, event)
	h.must(t, args...)
	if after := h.seats(t, event); after != before+manyRows {
		t.Errorf("%d seats were booked at the kill, %d at the end", before, after)
	}
	h.verify(t)
}

func TestAKillLeavesAllOfAFileOrNone(t *testing.T) {
	h := newHouse(t)
	timed := h.event(t, "Go Meetup", manyRows)
	latest := h.run("book", "--from", h.singles(t, timed, manyRows)).took
	kills := 0
	for tries := 0; kills < 3*killsOfMany(); tries++ {
		if tries > 200 {
			t.Fatalf("only %d kills", kills)
		}
		event := h.event(t, "Go Meetup", manyRows)
		if h.killed(&latest, "book", "--from", h.singles(t, event, manyRows)) {
			kills++
		}
		if n := h.seats(t, event); n != 0 && n != manyRows {
			t.Errorf("%d of %d seats are booked", n, manyRows)
		}
	}
	h.verify(t)
}

func TestAnInterruptedFileTellsWhatIsBooked(t *testing.T) {
	h := newHouse(t)
	const rows = 5 * manyRows
	event := h.event(t, "Go Meetup", rows)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := h.command(ctx, h.binary, "book", "--from", h.singles(t, event, rows), "--on-error",
		"skip", "--idempotency-key", "file", "-o", "json")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	until(t, "the first rows", func() bool { return h.seats(t, event) > 0 })
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its exit code is looked at
	if code := cmd.ProcessState.ExitCode(); code != 130 {
		t.Fatalf("exit code %d, want 130: %s", code, &stderr)
	}
	var told envelope[[]struct{ Status string }]
	if err := json.Unmarshal(stdout.Bytes(), &told); err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, row := range told.Data {
		count[row.Status]++
	}
	booked := h.seats(t, event)
	if count["booked"] != booked || count["not_done"] != rows-booked || booked == rows ||
		told.Success || told.Error.Code != "interrupted" {
		t.Errorf("%d seats are booked; told: %v, %s", booked, count, told.Message)
	}
	if want := fmt.Sprintf("error: interrupted: booked %d bookings with %d seats, %d rows not "+
		"done\nhint:  run it again: the keys keep every row from being booked twice\n", booked,
		booked, rows-booked); stderr.String() != want {
		t.Errorf("stderr %q, want %q", &stderr, want)
	}
	h.verify(t)
}

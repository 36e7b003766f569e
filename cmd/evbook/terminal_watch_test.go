//go:build unix

package main

import (
	"strings"
	"testing"
)

func TestAWatchedEventIsOneLineThatIsWrittenAnew(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.event(t, "Go Meetup", 10)
	x := h.terminal(t, 100)
	x.start("evbook event watch 1")
	x.awaitText("10 free of 10, 0 booked, open")
	reference := h.must(t, "book", "--event", "1", "--qty", "2", "-o", "name")
	x.awaitText("booking.confirmed " + reference)
	h.must(t, "book", "--event", "1", "--qty", "8")
	x.awaitText("0 free of 10, 10 booked, open")
	h.must(t, "event", "close", "1")
	x.awaitText("event.closed")
	x.press("C-c")
	shown, code := x.end()
	lines := strings.Split(strings.TrimSuffix(shown, "\n"), "\n")
	if code != 130 || len(lines) != 2 || !strings.HasPrefix(lines[1], "0 free of 10, ") ||
		strings.Contains(lines[1], "EVB") {
		t.Errorf("event watch ends with %d:\n%s", code, shown)
	}
	if painted := x.painted(); !strings.Contains(painted, "\x1b[31m") {
		t.Errorf("that nothing is free is not red: %q", painted)
	}
	x.resize(30)
	x.start("evbook event watch 1 -q")
	x.awaitText("0 free of 10, 10 booked, clo…")
	h.must(t, "event", "cancel", "1", "--yes")
	shown, code = x.end()
	if code != 0 || strings.Count(shown, "\n") != 1 || !strings.HasPrefix(shown, "10 free of 10") {
		t.Errorf("with its event, event watch ends with %d:\n%s", code, shown)
	}
}

func TestWatchingForSeatsLeavesOnlyTheAnswer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.event(t, "Go Meetup", 4)
	reference := h.must(t, "book", "--event", "1", "--qty", "4", "-o", "name")
	x := h.terminal(t, 100)
	const command = "evbook check --event 1 --qty 2 --watch"
	x.start(command)
	x.awaitText(`0 free, waiting for 2: "Go Meetup"`)
	x.press("C-c")
	if shown, code := x.end(); code != 130 || strings.Contains(shown, "error") {
		t.Errorf("interrupted, it ends with %d:\n%s", code, shown)
	}
	shown, code := x.run(command + " --wait 300ms")
	if code != 4 || shown != "No: event 1 is sold out, asked for 2.\n" {
		t.Errorf("when the time is over, it ends with %d:\n%s", code, shown)
	}
	x.start(command)
	x.awaitText("0 free, waiting for 2")
	h.must(t, "booking", "cancel", reference, "--qty", "1")
	x.awaitText("1 free, waiting for 2")
	h.must(t, "booking", "cancel", reference, "--qty", "2")
	shown, code = x.end()
	if code != 0 ||
		shown != "Yes: 2 seats can be booked for \"Go Meetup\". 3 of 4 are free.\n" {
		t.Errorf("with the seats free, it ends with %d:\n%s", code, shown)
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// steady is how many times the memory of a list a much longer one may take.
const steady = 1.3

func TestLongListsStreamInConstantMemory(t *testing.T) {
	t.Parallel()
	const rows = 10_000 // enough to fill the cache of SQLite, whose size has a limit
	times := trials(3, 10)
	short, tall := newHouse(t), newHouse(t)
	short.fill(t, rows)
	tall.fill(t, times*rows)
	growth := func(t *testing.T, format string) float64 {
		args := []string{"booking", "list", "--all", "-o", format}
		less, more := short.peak(t, args...), tall.peak(t, args...)
		t.Logf("%d rows take %d KiB, %d rows take %d KiB", rows, less, times*rows, more)
		return float64(more) / float64(less)
	}
	for _, format := range []string{"plain", "json", "ndjson", "csv", "markdown", "name"} {
		t.Run(format, func(t *testing.T) {
			if grown := growth(t, format); grown > steady {
				t.Errorf("%d times the rows take %.2f times the memory", times, grown)
			}
		})
	}
	// The control: a table has to see every row before it can write the first.
	t.Run("table", func(t *testing.T) {
		if grown := growth(t, "table"); grown <= steady {
			t.Errorf("a table takes %.2f times the memory: this test sees nothing grow", grown)
		}
	})
}

// mostMemory is the line of /proc/PID/status with the most memory that a process has held.
var mostMemory = regexp.MustCompile(`(?m)^VmHWM:\s+(\d+) kB$`)

// peak runs evbook to its end and gives the most memory that it was seen to hold, in KiB. What wait
// tells about an ended process would not do: that begins with the memory of the process it was
// forked from, which is this one.
func (h house) peak(t *testing.T, args ...string) (most int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := h.command(ctx, h.binary, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	status := fmt.Sprintf("/proc/%d/status", cmd.Process.Pid)
	// The process cannot end before all is read but what a pipe holds.
	for buffer := make([]byte, 1<<15); err == nil; {
		_, err = out.Read(buffer)
		text, _ := os.ReadFile(status) // a process that has ended has no memory left to tell of
		if found := mostMemory.FindSubmatch(text); found != nil {
			most, _ = strconv.Atoi(string(found[1]))
		}
	}
	if ended := cmd.Wait(); !errors.Is(err, io.EOF) || ended != nil || most == 0 {
		t.Fatalf("evbook %q: %v, %v, %d KiB", args, err, ended, most)
	}
	return most
}

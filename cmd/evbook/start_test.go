package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// madeAtStart bounds what all packages together may allocate before main begins, in bytes: every
// command pays for it. With a library that made a table for itself it was a million.
const madeAtStart = 400_000

func TestLittleIsMadeBeforeMain(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "evbook", "--help")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	var trace bytes.Buffer
	cmd.Stderr = &trace
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	packages, total := 0, 0
	for line := range strings.Lines(trace.String()) {
		var name string
		var at, took float64
		var size, times int
		_, err := fmt.Sscanf(line, "init %s @%f ms, %f ms clock, %d bytes, %d allocs", &name, &at,
			&took, &size, &times)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		packages++
		total += size
	}
	if packages < 50 || total > madeAtStart {
		t.Errorf("%d packages make %d bytes before main, at most %d\n%s", packages, total,
			madeAtStart, &trace)
	}
}

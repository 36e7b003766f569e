package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"
)

// build makes a real binary, as the README installs it, since the tests' own is a larger one.
func build(b *testing.B, out, source string) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), "go", "build", "-o", out, source)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	text, err := cmd.CombinedOutput()
	if err != nil {
		b.Fatalf("go build %s: %v: %s", source, err, text)
	}
}

// takeTurns runs two commands alternately and reports the median time of each in milliseconds, and
// their ratio.
func takeTurns(b *testing.B, ours, theirs string, us, them func(context.Context) *exec.Cmd) {
	b.Helper()
	var times [2][]time.Duration
	for b.Loop() {
		for i, command := range []func(context.Context) *exec.Cmd{us, them} {
			o := finish(command(b.Context()))
			if o.code != 0 || o.stderr != "" || o.stdout == "" {
				b.Fatalf("%s ended with %d: %s%s", []string{ours, theirs}[i], o.code, o.stdout,
					o.stderr)
			}
			times[i] = append(times[i], o.took)
		}
	}
	mine, other := median(times[0]), median(times[1])
	b.ReportMetric(float64(mine.Microseconds())/1000, ours+"-ms")
	b.ReportMetric(float64(other.Microseconds())/1000, theirs+"-ms")
	b.ReportMetric(float64(mine)/float64(other), fmt.Sprintf("%s/%s-ratio", ours, theirs))
}

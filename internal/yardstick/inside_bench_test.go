//go:build linux

package yardstick

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// measureProcesses lets fifty processes book, with the file lock and without.
func measureProcesses(b *testing.B, at *table) {
	at.keep(b, "processes", "", at.inside(b, "^BenchmarkProcesses$", "x-no-lock", "")[0])
}

// measurePostgres books in a server's lanes, beside pgbench in the same cluster.
func measurePostgres(b *testing.B, at *table) {
	found := at.inside(b, "^BenchmarkPostgres$/^bookers=64$", "x-textbook", "x-cpu")
	if len(found) != 2 {
		b.Fatalf("%d kinds of sale were measured, not one event and many", len(found))
	}
	at.keep(b, "postgres-one", "", found[0])
	at.keep(b, "postgres-many", "", found[1])
}

// inside runs a benchmark of the store's own, which needs what only the store has, once for each
// round. It gives the samples of each of its parts in their order; cpu is "" for none.
func (at *table) inside(b *testing.B, pattern, wall, cpu string) [][]sample {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), "go", "test", "evbook/internal/storage",
		"-run", "^$", "-bench", pattern, "-benchtime", "1x", "-count", strconv.Itoa(at.rounds))
	cmd.Env = append(os.Environ(), "EVBOOK_TEST_ENGINE=sqlite") // one pass
	out, err := cmd.CombinedOutput()
	if err != nil {
		b.Fatalf("%q: %v: %s", cmd.Args, err, out)
	}
	found, err := samplesIn(string(out), wall, cpu)
	if err != nil {
		b.Fatalf("%q: %v: %s", cmd.Args, err, out)
	}
	if len(found) == 0 { // where skipping is forbidden it would have failed
		b.Skipf("NOT MEASURED: something is missing for %q: %s", cmd.Args, out)
	}
	for _, all := range found {
		if len(all) != at.rounds {
			b.Fatalf("%q: %d rounds, not %d: %s", cmd.Args, len(all), at.rounds, out)
		}
	}
	return found
}

// samplesIn reads what benchmarks have printed: for each name the samples, one in each line.
func samplesIn(out, wall, cpu string) (found [][]sample, err error) {
	place := map[string]int{}
	for line := range strings.Lines(out) {
		fields := strings.Fields(line)
		if len(fields) < 4 || !strings.HasPrefix(line, "Benchmark") {
			continue
		}
		metrics := map[string]float64{}
		for i := 2; i+1 < len(fields); i += 2 {
			if metrics[fields[i+1]], err = strconv.ParseFloat(fields[i], 64); err != nil {
				return nil, err
			}
		}
		if metrics[wall] == 0 {
			return nil, fmt.Errorf("no %s in %q", wall, line)
		}
		n, known := place[fields[0]]
		if !known {
			n = len(found)
			place[fields[0]], found = n, append(found, nil)
		}
		found[n] = append(found[n], sample{metrics[wall], metrics[cpu]})
	}
	return found, nil
}

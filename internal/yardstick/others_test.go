//go:build linux

package yardstick

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// watch tells how much of the processors others have had since it began: other programs, and other
// machines on the same hardware.
type watch struct {
	began    time.Time
	all, our time.Duration
}

func startWatch(t testing.TB) watch {
	return watch{began: time.Now(), all: usedByAll(t), our: Used(t) + usedByChildren(t)}
}

// others is a share of all processors. What this process has started has to have ended.
func (w watch) others(t testing.TB) float64 {
	t.Helper()
	used := usedByAll(t) - w.all - (Used(t) + usedByChildren(t) - w.our)
	could := time.Since(w.began).Seconds() * float64(runtime.NumCPU())
	return max(0, used.Seconds()/could)
}

// usedByChildren is the processor time of what this process has started, and that of what they have
// started, if it has ended.
func usedByChildren(t testing.TB) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// usedByAll is for how long the processors were not idle since the machine started. The system
// counts it in hundredths of a second.
func usedByAll(t testing.TB) (total time.Duration) {
	t.Helper()
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		t.Fatal(err)
	}
	// User, nice, system, idle, waiting for a disk, two kinds of interrupts, stolen.
	fields := strings.Fields(string(text))[1:9]
	for i, field := range fields {
		n, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		if i != 3 && i != 4 {
			total += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return total
}

func TestOurWorkAndThatOfOthersIsAllWork(t *testing.T) {
	w, before := startWatch(t), Used(t)
	for spin := 0; time.Since(w.began) < 200*time.Millisecond; {
		spin++
	}
	could := time.Since(w.began).Seconds() * float64(runtime.NumCPU())
	ours := (Used(t) - before).Seconds() / could
	all := (usedByAll(t) - w.all).Seconds() / could
	// The system counts hundredths of a second, so neither sum is exact.
	if others := w.others(t); ours == 0 || all > 1.2 || others > all || ours+others > all+.2 {
		t.Errorf("we had %.2f of the processors, others %.2f, all %.2f", ours, others, all)
	}
}

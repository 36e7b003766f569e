package storage

import (
	"fmt"
	"strings"
	"testing"

	"evbook/internal/booking"
)

// A booking that was cut off at its sync lies in the log, but not on the disk. Who repeats it hears
// that it was made, so it must be synced before that is said: the power may go right after it.
func TestARepeatedAnswerIsSyncedBeforeItIsGiven(t *testing.T) {
	need(t, "strace, with the right to trace", canInject())
	replayed := 0
	for n := 1; ; n++ {
		v := newSale(t, 40)
		cut := traced(t, v.task("bad disk"), "-e", "trace=fsync,fdatasync",
			"-e", fmt.Sprintf("inject=fsync,fdatasync:signal=KILL:when=%d", n))
		if cut.err == nil {
			break // there was no such sync
		}
		next := traced(t, v.task("bad disk"), "-e", "trace=openat,fsync,fdatasync,write")
		if next.err != nil {
			t.Fatal(next.err)
		}
		for i, line := range next.said {
			acknowledged := i < len(cut.said) && cut.said[i] != "" // before the cut
			if acknowledged || !strings.Contains(line, "replayed=true") {
				continue
			}
			replayed++
			if !syncedBefore(t, next.calls, v.path+"-wal", line) {
				t.Errorf("cut at sync %d: %q was said before the log was synced:\n%s", n, line,
					next.calls)
			}
		}
	}
	if replayed == 0 {
		t.Error("no answer was repeated: the test is blind")
	}
}

// syncedBefore says whether, among the calls, a file is synced between its opening and the writing
// of a line.
func syncedBefore(t testing.TB, calls, file, line string) bool {
	t.Helper()
	synced := false
	for call := range strings.Lines(calls) {
		switch {
		case strings.Contains(call, "sync(") && strings.Contains(call, "<"+file+">"):
			synced = true
		case strings.Contains(call, " write(1") && strings.Contains(call, `"`+line[:8]):
			return synced
		}
	}
	t.Fatalf("%q is not among the calls:\n%s", line, calls)
	return false
}

// A full disk leaves nobody's booking unknown: SQLite has not written the page that counts.
func TestAFullDiskIsToldAsFullBesideAnotherStore(t *testing.T) {
	need(t, "strace, with the right to trace", canInject())
	d := badDisk{calls: "pwrite64", fault: "ENOSPC", only: "-wal", lasting: true}
	runs, refused := 0, 0
	for n := 1; ; n += 7 {
		v := newSale(t, 40)
		other := v.share(t)
		said, failed := d.run(t, v, n)
		other.kill()
		if !failed {
			break
		}
		runs++
		for _, line := range said {
			switch {
			case strings.Contains(line, " booked "):
			case strings.Contains(line, string(booking.Unavailable)) &&
				strings.Contains(line, "is full"):
				refused++
			default:
				t.Errorf("write %d of the log fails: %q", n, line)
			}
		}
		v.told(t, said)
	}
	if runs < 3 || refused < runs {
		t.Errorf("%d refusals in %d runs: the test is blind", refused, runs)
	}
}

// A COMMIT whose sync failed may be in. That the disk is full when it is to be settled says nothing
// about it.
func TestAFullDiskSettlesNothing(t *testing.T) {
	need(t, "strace, with the right to trace", canInject())
	unknown := 0
	for n := 1; n <= faultyBookings; n++ {
		const bad = "inject=fsync,fdatasync:error=EIO:when=%d"
		calls := []string{"-e", "trace=fsync,fdatasync,pwrite64", "-e", fmt.Sprintf(bad, n)}
		v := newSale(t, 40)
		other := v.share(t)
		writes := writesBeforeFault(traced(t, v.task("bad disk"), calls...).calls)
		other.kill()
		if writes == 0 {
			continue
		}
		v = newSale(t, 40)
		other = v.share(t)
		full := fmt.Sprintf("inject=pwrite64:error=ENOSPC:when=%d+", writes+1)
		both := traced(t, v.task("bad disk"), append(calls, "-e", full)...)
		other.kill()
		if !strings.Contains(both.calls, "EIO") || !strings.Contains(both.calls, "ENOSPC") {
			continue
		}
		if strings.Contains(strings.Join(both.said, "\n"), "unknown") {
			unknown++
		}
		v.told(t, both.said)
		if t.Failed() {
			t.Fatalf("sync %d fails; the helper said %q\n%s", n, both.said, both.calls)
		}
	}
	t.Logf("%d times something was unknown", unknown)
	if unknown == 0 {
		t.Error("nothing was unknown: the test is blind")
	}
}

// share opens the database in another process, so that its log stays as it is when a helper ends.
// That process has to be killed before the database is looked at: then it is recovered, and what
// lies in the log comes back.
func (v sale) share(t testing.TB) *process {
	t.Helper()
	other := v.task("serve")
	other.Writers = 0
	p := launch(t, other)
	p.await(t)
	return p
}

// writesBeforeFault counts the writes of the thread in which a call failed, before that call.
func writesBeforeFault(calls string) int {
	writes := map[string]int{}
	for call := range strings.Lines(calls) {
		thread, what, _ := strings.Cut(call, " ")
		switch what = strings.TrimSpace(what); {
		case strings.Contains(what, injected):
			return writes[thread]
		case strings.HasPrefix(what, "pwrite64("):
			writes[thread]++
		}
	}
	return 0
}

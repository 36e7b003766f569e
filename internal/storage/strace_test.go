package storage

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"evbook/internal/booking"
)

// faultyBookings is how many bookings a process tries while the disk fails.
const faultyBookings = 4

// scrubOnABadDisk is the role of helpers that scrub after half of their bookings.
const scrubOnABadDisk = "scrub on a bad disk"

// bookOnABadDisk is a helper: it books one seat after the other, whatever becomes of each, and says
// every verdict. strace counts calls by thread: here one thread makes all those of the writer, and
// another one all the rest, so that the same number always means the same call.
func bookOnABadDisk(work task, _ orders) error {
	runtime.LockOSThread()
	s, err := Open(context.Background(), Options{Path: work.Path, Actor: "test"})
	if err != nil {
		say("open %s", booking.KindOf(err))
		return nil
	}
	writerOf(s).engine = pinned{writerOf(s).engine}
	for i := range faultyBookings {
		if work.Role == scrubOnABadDisk && i == faultyBookings/2 {
			_, err := inFile(s).scrub(context.Background())
			say("scrub %v", err)
		}
		r, err := s.Book(context.Background(), named(work.Event, fmt.Sprint(i)))
		say("%d %s replayed=%t %v", i, verdict(err), r.Replayed, err)
	}
	_ = s.Close() // it may fail on such a disk; what was said stands
	return nil
}

// pinned is an engine whose writer stays on one thread.
type pinned struct{ engine }

func (p pinned) lock() (release func(), err error) {
	runtime.LockOSThread()
	return p.engine.lock()
}

// named asks for a seat whose booking bears the key as its name.
func named(event int64, key string) booking.Request {
	ask := seat(booking.Selector{ID: event}, key)
	ask.Name = key
	return ask
}

// verdict is booked, or the kind of the refusal.
func verdict(err error) string {
	if err == nil {
		return "booked"
	}
	return string(booking.KindOf(err))
}

// badDisk is a way in which system calls fail.
type badDisk struct {
	// calls are the system calls, fault is the error they give.
	calls, fault string
	// only ends the name of the one file that is concerned, if not all are.
	only string
	// lasting disks stay bad; others fail once.
	lasting bool
	// role is that of the helper; empty for one that only books.
	role string
	// step is the distance between two runs: 1 lets each call fail once.
	step int
}

// run lets a helper book while the nth of the calls fails. It gives what the helper said, and
// whether any call failed at all.
func (d badDisk) run(t testing.TB, v sale, n int) (said []string, failed bool) {
	t.Helper()
	when := fmt.Sprint(n)
	if d.lasting {
		when += "+"
	}
	args := []string{"-e", "trace=" + d.calls,
		"-e", fmt.Sprintf("inject=%s:error=%s:when=%s", d.calls, d.fault, when)}
	if d.only != "" {
		args = append(args, "-P", v.path+d.only)
	}
	tr := traced(t, v.task(cmp.Or(d.role, "bad disk")), args...)
	if tr.err != nil {
		t.Fatalf("the helper failed: %v", tr.err)
	}
	return tr.said, strings.Contains(tr.calls, injected)
}

// injected marks the calls that strace has made fail.
const injected = "(INJECTED)"

// trace is what became of a helper under strace.
type trace struct {
	said []string
	// calls are the system calls that were traced, one a line, in the order of time.
	calls string
	// err says that the helper did not end well, and with which words.
	err error
}

// traced runs a helper to its end under strace with further arguments.
func traced(t testing.TB, work task, args ...string) trace {
	t.Helper()
	text, err := json.Marshal(work)
	must(t, err)
	log := filepath.Join(t.TempDir(), "trace")
	cmd := exec.Command("strace", append(append([]string{"-f", "-qq", "-y", "-o", log}, args...),
		helperProgram())...)
	cmd.Env = append(helperEnviron(text), "GOMAXPROCS=1") // so that calls come in the same order
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, &stderr)
	}
	calls, readErr := os.ReadFile(log)
	must(t, readErr)
	return trace{strings.Split(strings.TrimSpace(string(out)), "\n"), string(calls), err}
}

// canInject says why strace cannot make system calls fail here.
func canInject() error {
	cmd := exec.Command("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync",
		"-e", "inject=fsync:error=EIO", "true")
	if out, err := cmd.CombinedOutput(); err != nil {
		return errors.Join(err, errors.New(string(out)))
	}
	return nil
}

func TestOnABadDiskTheAnswerIsTheTruthOrUnknown(t *testing.T) {
	need(t, "strace, with the right to trace", canInject())
	for _, d := range []badDisk{
		{calls: "fsync,fdatasync", fault: "EIO", step: 1},
		{calls: "fsync,fdatasync", fault: "EIO", step: 1, lasting: true},
		{calls: "pwrite64", fault: "EIO", step: 6},
		{calls: "pwrite64", fault: "EIO", step: 8, lasting: true},
		{calls: "pwrite64", fault: "ENOSPC", step: 6},
		{calls: "pwrite64", fault: "ENOSPC", step: 8, lasting: true},
	} {
		if long() {
			d.step = 1
		}
		t.Run(fmt.Sprintf("%s %s lasting=%t", d.calls, d.fault, d.lasting), func(t *testing.T) {
			t.Parallel()
			runs, refused := 0, 0
			for n := 1; ; n += d.step {
				v := newSale(t, 40)
				said, failed := d.run(t, v, n)
				if !failed {
					break
				}
				runs++
				refused += v.told(t, said)
				if d.fault == "ENOSPC" && strings.Contains(strings.Join(said, "\n"), "unknown") {
					t.Error("what a full disk has refused is called unknown")
				}
				if t.Failed() {
					t.Fatalf("failing call %d; the helper said %q", n, said)
				}
			}
			// Without these the test would prove nothing.
			if runs < 3 || refused == 0 {
				t.Errorf("%d runs with %d refusals", runs, refused)
			}
		})
	}
}

// told fails the test unless what a helper said is the truth, and repeating all of it leaves one
// booking of each. It gives the number of bookings that were not acknowledged.
func (v sale) told(t testing.TB, said []string) (refused int) {
	t.Helper()
	s := openAt(t, v.path)
	defer s.Close()
	sound(t, s)
	there := v.byName(t, s)
	for i := range faultyBookings {
		name := fmt.Sprint(i)
		what := "never tried"
		for _, line := range said {
			if fields := strings.Fields(line); fields[0] == name {
				what = fields[1]
			}
		}
		switch booking.Kind(what) {
		case "booked":
			if there[name] != 1 {
				t.Errorf("%s is acknowledged and there %d times", name, there[name])
			}
		case booking.Unknown:
			refused++
			if there[name] > 1 {
				t.Errorf("%s is there %d times", name, there[name])
			}
		case booking.Unavailable, "never tried":
			refused++
			if there[name] != 0 {
				t.Errorf("%s was refused and is there %d times", name, there[name])
			}
		default:
			t.Errorf("%s was answered %s", name, what)
		}
		if _, err := s.Book(context.Background(), named(v.sel.ID, name)); err != nil {
			t.Errorf("repeating %s: %v", name, err)
		}
	}
	for name, n := range v.byName(t, s) {
		if n != 1 {
			t.Errorf("%s is there %d times after it was repeated", name, n)
		}
	}
	sound(t, s)
	return refused
}

// byName counts the bookings of the event by the names they bear.
func (v sale) byName(t testing.TB, s *Store) map[string]int {
	t.Helper()
	p, err := s.Bookings(context.Background(), bookingsOf(v.sel, Page{Limit: MaxLimit}))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]int{}
	for _, b := range p.Bookings {
		names[b.Name]++
	}
	return names
}

// As on a file system that locks only what may be written, and later loses a file that is open.
func TestALockThatFailsOnceIsHadAllTheSame(t *testing.T) {
	need(t, "strace, with the right to trace", canInject())
	d := badDisk{calls: "flock", fault: "EBADF", only: ".lock"}
	for n := range 4 {
		v := newSale(t, 40)
		said, failed := d.run(t, v, n+1)
		if !failed {
			t.Errorf("call %d: no lock has failed", n+1)
		}
		for i, line := range said {
			if want := fmt.Sprintf("%d booked", i); !strings.HasPrefix(line, want) {
				t.Errorf("call %d: %q, want %q", n+1, line, want)
			}
		}
	}
}

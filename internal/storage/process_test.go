package storage

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"evbook/internal/booking"
	"evbook/internal/pgcluster"
)

// helperEnv carries, as JSON, the task of a helper process: the test binary itself, run again.
const helperEnv = "EVBOOK_TEST_HELPER"

// patience bounds the wait for a helper that has nothing to wait for itself.
const patience = time.Minute

// task is what a helper process is to do.
type task struct {
	// Role names the function to run.
	Role string
	// Path is the database file, or the address of a database.
	Path string
	// Event is the event to book.
	Event int64
	// Run tells the idempotency keys of this process from those of others.
	Run string
	// Writers is how many goroutines book, Times how often a process opens the database.
	Writers, Times int
	// Serving opens the store as a server does.
	Serving bool
	// Checkpoints runs one checkpoint after the other meanwhile.
	Checkpoints bool
	// Queue is how the process waits for its turn to write.
	Queue queueing
	// LosesCommits lets answers go out after a COMMIT that never was.
	LosesCommits bool
	// Act is what the process does to each of the Bookings, with its clock stopped at Now.
	Act      act
	Bookings []booking.Reference
	Now      time.Time
	// After are bookings to which somebody else has to do something first.
	After []booking.Reference
	// To is the event to which bookings are moved, Code the access code with which seats are
	// booked.
	To   int64
	Code string
	// Address is where a database is moved to; the process is ready when this Part of it is done.
	Address string
	Part    float64
}

// roles are the functions that helper processes run. Each says "READY" when it has made its
// preparations and then waits for its orders.
func roles() map[string]func(task, orders) error {
	return map[string]func(task, orders) error{
		"book":     bookUntilRefused,
		"naive":    bookUnguarded,
		"deferred": bookDeferred,
		"start":    openFirst,
		"unlocked": migrateUnlocked,
		"create":   createAndSay,
		"hold":     holdTheLock,
		"serve":    serveUntilTold,
		"shell":    openBookClose,
		"bad disk": bookOnABadDisk,
		"read":     readAsNobody,
		"write":    writeAsNobody,
		"umask":    createUnderUmask,
		"backup":   backUp,
		"scrub":    scrubWithoutEnd,
		"end":      endBookings,
		"relocate": relocateInPart,

		"try to open": tryToOpen,

		"end naively":   endUnguarded,
		"come and go":   comeAndGo,
		"lower":         lowerCapacity,
		"lower naively": lowerUnguarded,
		"live":          liveWithHolds,
		"queue up":      queueUp,
		"snatch":        snatch,
		"use naively":   useUnguarded,
		"move naively":  moveUnguarded,
		"live in line":  liveInLine,
		scrubOnABadDisk: bookOnABadDisk,
	}
}

func TestMain(m *testing.M) {
	if text := os.Getenv(helperEnv); text != "" {
		if err := help(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// runTests runs them all with what they share: an empty database to copy, and under the race
// detector a program for the helpers.
func runTests(m *testing.M) (code int, err error) {
	folder, err := os.MkdirTemp("", "evbook-storage-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(folder)
	if err := os.Setenv(sharedEnv, folder); err != nil {
		return 0, err
	}
	s, err := Open(context.Background(), Options{Path: emptyDatabase(), Create: true})
	if err == nil {
		err = s.Close()
	}
	if err == nil && underRace {
		err = buildHelper()
	}
	if err != nil {
		return 0, err
	}
	return pgcluster.Twice(m, notOnPostgres()...), nil
}

// sharedEnv names the folder of what all tests share.
const sharedEnv = "EVBOOK_TEST_SHARED"

func emptyDatabase() string { return filepath.Join(os.Getenv(sharedEnv), "empty.db") }

// helperProgram is what a helper process runs: this very program, but for the race detector.
func helperProgram() string {
	if underRace {
		return filepath.Join(os.Getenv(sharedEnv), "helper")
	}
	return os.Args[0]
}

// buildHelper builds this program without the race detector, which would be wasted on helpers: it
// tells of a race at the end of a process, and most helpers are killed or have one goroutine. They
// start ten times faster without it, so that a crowd of them meets.
func buildHelper() error {
	build := exec.Command("go", "test", "-c", "-race=false", "-o", helperProgram(), ".")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building the helpers: %w: %s", err, out)
	}
	return nil
}

// help is the whole life of a helper process.
func help(text string) error {
	var work task
	if err := json.Unmarshal([]byte(text), &work); err != nil {
		return err
	}
	role, ok := roles()[work.Role]
	if !ok {
		return fmt.Errorf("no role %q", work.Role)
	}
	return role(work, listen(os.Stdin))
}

// orders are what a helper hears from its parent through the standard input.
type orders struct {
	// start is closed at the first line, stop at the end, which also comes when the parent dies.
	start, stop chan struct{}
}

func listen(in io.Reader) orders {
	o := orders{start: make(chan struct{}), stop: make(chan struct{})}
	go func() {
		defer close(o.stop)
		lines := bufio.NewScanner(in)
		if lines.Scan() {
			close(o.start)
		}
		for lines.Scan() {
		}
	}()
	return o
}

// ready tells the parent that the preparations are done, and waits for the start.
func (o orders) ready() error {
	say("READY")
	select {
	case <-o.start:
		return nil
	case <-o.stop:
		return fmt.Errorf("stopped before the start")
	}
}

// openReady opens the database of a helper before it is ready.
func openReady(work task, o orders) (*Store, error) {
	s, err := Open(context.Background(), in(work.Path, Options{Serving: work.Serving}))
	if err != nil {
		return nil, err
	}
	return s, o.ready()
}

// say writes one line to the parent. It is a single write to a pipe and short, so that a kill
// leaves either the whole line there or nothing of it.
func say(format string, args ...any) { fmt.Printf(format+"\n", args...) }

// helperEnviron is the environment of a helper with its task.
func helperEnviron(task []byte) []string {
	return append(os.Environ(), helperEnv+"="+string(task))
}

// process is a running helper.
type process struct {
	cmd    *exec.Cmd
	orders io.WriteCloser
	stderr bytes.Buffer
	// ready is closed when the helper has said its first line.
	ready chan struct{}
	// lines (all but the first) and err are to be read after ended is closed.
	lines []string
	err   error
	ended chan struct{}
}

// launch starts a helper. It is killed at the end of the test, if not before.
func launch(t testing.TB, work task) *process {
	t.Helper()
	text, err := json.Marshal(work)
	if err != nil {
		t.Fatal(err)
	}
	p := &process{ready: make(chan struct{}), ended: make(chan struct{})}
	p.cmd = exec.Command(helperProgram())
	p.cmd.Env = helperEnviron(text)
	p.cmd.Stderr = &p.stderr
	if p.orders, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	said, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go p.hear(said)
	t.Cleanup(p.kill)
	return p
}

// hear collects what the helper says, until it ends.
func (p *process) hear(said io.Reader) {
	defer close(p.ended)
	lines := bufio.NewScanner(said)
	if lines.Scan() {
		close(p.ready)
	}
	for lines.Scan() {
		p.lines = append(p.lines, lines.Text())
	}
	p.err = p.cmd.Wait()
}

// await waits until the helper is ready.
func (p *process) await(t testing.TB) {
	t.Helper()
	select {
	case <-p.ready:
	case <-p.ended:
		t.Fatalf("the helper ended early: %v: %s", p.err, &p.stderr)
	case <-time.After(patience):
		t.Fatal("the helper does not get ready")
	}
}

// start lets a helper go that is ready.
func (p *process) start(t testing.TB) {
	t.Helper()
	if _, err := io.WriteString(p.orders, "go\n"); err != nil {
		t.Fatalf("cannot reach the helper: %v: %s", err, &p.stderr)
	}
}

// finish waits for the end of a helper that must succeed, and gives what it said.
func (p *process) finish(t testing.TB) []string {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		t.Fatal("the helper does not end")
	}
	if p.err != nil {
		t.Errorf("a helper failed: %v: %s", p.err, &p.stderr)
	}
	return p.lines
}

// kill ends the helper with SIGKILL, whatever it is doing, and waits until it is gone.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // an error says that it has ended already
	<-p.ended
}

// crowd starts n helpers, lets them go at once, and gives what each of them said.
func crowd(t testing.TB, n int, work task) [][]string {
	t.Helper()
	all := make([]*process, n)
	for i := range all {
		work.Run = fmt.Sprint(i)
		all[i] = launch(t, work)
	}
	for _, p := range all {
		p.await(t)
	}
	for _, p := range all {
		p.start(t)
	}
	said := make([][]string, n)
	for i, p := range all {
		said[i] = p.finish(t)
	}
	return said
}

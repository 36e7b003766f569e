//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// httpBookers is how many book over HTTP at a server that is to be killed, commandBookers how many
// commands run beside it to be killed.
const httpBookers, commandBookers = 8, 4

// killsWanted is how many kills it takes to believe in the result.
func killsWanted() int { return trials(50, 200) }

// promises are the bookings that were asked for, each with a key of its own, and the references
// that were acknowledged.
type promises struct {
	mu           sync.Mutex
	asked        []string
	acknowledged map[string]string
	// killedCommands and killedServers count the processes that a SIGKILL has ended.
	killedCommands, killedServers int
	strange                       []string
}

// count is the number of bookings acknowledged so far.
func (p *promises) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.acknowledged)
}

// newKey gives the key of a booking that is about to be asked for.
func (p *promises) newKey() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := fmt.Sprintf("kill-%d", len(p.asked))
	p.asked = append(p.asked, key)
	return key
}

// keep writes an acknowledgement down.
func (p *promises) keep(key, reference string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.acknowledged[key] = reference
}

func (p *promises) note(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.strange = append(p.strange, fmt.Sprintf(format, args...))
}

// bookUntilKilled books over HTTP until the server is gone.
func (p *promises) bookUntilKilled(s *server, event string) {
	for {
		key := p.newKey()
		r, err := s.book(event, 1, key)
		if err != nil {
			return
		}
		if r.status != http.StatusCreated {
			p.note("the server answers %d %q: %s", r.status, r.Error.Code, r.Message)
			return
		}
		p.keep(key, r.Data.Reference)
	}
}

// bookAndKill runs evbook book and kills it after some time, unless it has ended by then.
func (p *promises) bookAndKill(ctx context.Context, h house, event string, after time.Duration) {
	key := p.newKey()
	ctx, cancel := context.WithTimeout(ctx, after)
	defer cancel()
	// The end of the context sends SIGKILL.
	cmd := h.command(ctx, h.binary, "book", "--event", event, "--qty", "1",
		"--idempotency-key", key, "-o", "name")
	o := finish(cmd)
	if reference, whole := strings.CutSuffix(o.stdout, "\n"); whole {
		p.keep(key, reference)
	}
	switch {
	case endedBy(cmd, syscall.SIGKILL):
		p.mu.Lock()
		p.killedCommands++
		p.mu.Unlock()
	case o.code > 0:
		p.note("evbook book ended with %d: %s", o.code, o.stderr)
	}
}

// endedBy says whether a signal ended a process.
func endedBy(cmd *exec.Cmd, by syscall.Signal) bool {
	if cmd.ProcessState == nil {
		return false
	}
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == by
}

// round lets bookers in and kills the server and the commands under them, each at its own moment,
// the latest of which is given.
func (p *promises) round(t *testing.T, h house, event string, latest time.Duration) {
	s := h.serve(t)
	var crowd sync.WaitGroup
	for range httpBookers {
		crowd.Go(func() { p.bookUntilKilled(s, event) })
	}
	for range commandBookers {
		crowd.Go(func() { p.bookAndKill(t.Context(), h, event, rand.N(latest)) })
	}
	time.Sleep(rand.N(latest))
	s.kill()
	if endedBy(s.cmd, syscall.SIGKILL) {
		p.killedServers++
	}
	crowd.Wait()
}

func TestKillingLosesNothingThatWasAcknowledged(t *testing.T) {
	onEach(t, func(t *testing.T, h house) {
		event := h.event(t, "Go Meetup", 1_000_000)
		p := &promises{acknowledged: map[string]string{}}
		// Most commands are cut off somewhere, but not all, however slow the machine is.
		latest := 12 * h.run("event", "show", event).took
		for rounds := 1; p.killedCommands+p.killedServers < killsWanted(); rounds++ {
			if rounds > killsWanted() {
				t.Fatalf("only %d commands and %d servers could be killed", p.killedCommands,
					p.killedServers)
			}
			p.round(t, h, event, latest)
			if rounds%3 == 0 {
				h.verify(t)
			}
		}
		t.Logf("%d commands and %d servers were killed; %d of %d bookings were acknowledged",
			p.killedCommands, p.killedServers, len(p.acknowledged), len(p.asked))
		for _, answer := range p.strange {
			t.Error(answer)
		}
		if len(p.acknowledged) == 0 || len(p.acknowledged) == len(p.asked) ||
			p.killedCommands == 0 || p.killedServers == 0 {
			t.Error("nothing was acknowledged, or nothing was cut off: proves nothing")
		}
		h.verify(t)
		p.prove(t, h, event)
	})
}

// prove finds every acknowledged booking, and settles every key: afterwards each has exactly one
// booking, which is the acknowledged one where there is one.
func (p *promises) prove(t *testing.T, h house, event string) {
	t.Helper()
	inFile := references(t, h, event)
	before := len(inFile)
	for key, reference := range p.acknowledged {
		if !slices.Contains(inFile, reference) {
			t.Errorf("booking %s (%s) was acknowledged and is lost", reference, key)
		}
	}
	s := h.serve(t)
	for n, key := range p.asked {
		r, err := s.book(event, 1, key)
		if err != nil || r.status != http.StatusCreated {
			t.Fatalf("repeating %s: %d %s: %v", key, r.status, r.Message, err)
		}
		promised, acknowledged := p.acknowledged[key]
		if acknowledged && (!r.replayed || r.Data.Reference != promised) {
			t.Errorf("%s gives %s now, it was acknowledged as %s", key, r.Data.Reference, promised)
		}
		if n%(1+len(p.asked)/10) == 0 { // the other door tells the same
			p.compareDoors(t, h, event, key, r.Data.Reference)
		}
	}
	after := references(t, h, event)
	taken := ask[eventAnswer](t, h, "event", "show", event).Confirmed
	if len(after) != len(p.asked) || taken != len(p.asked) {
		t.Errorf("%d keys made %d bookings of %d seats", len(p.asked), len(after), taken)
	}
	t.Logf("%d bookings were in the file, %d after all keys were repeated", before, len(after))
	h.verify(t)
}

// compareDoors asks the command line for a booking that HTTP has told of.
func (p *promises) compareDoors(t *testing.T, h house, event, key, reference string) {
	t.Helper()
	if b := ask[bookingAnswer](t, h, "booking", "show", reference); b.Status != "confirmed" ||
		b.Quantity != 1 {
		t.Errorf("booking %s is %+v", reference, b)
	}
	again := h.must(t, "book", "--event", event, "--qty", "1", "--idempotency-key", key,
		"-o", "name")
	if again != reference {
		t.Errorf("%s gives %s over HTTP and %s to the command line", key, reference, again)
	}
}

// references lists those of all bookings of an event.
func references(t *testing.T, h house, event string) []string {
	t.Helper()
	return strings.Fields(h.must(t, "booking", "list", "--event", event, "--all", "-o", "name"))
}

func TestReaderThatGoesAwayEndsAListQuietly(t *testing.T) {
	t.Parallel()
	need(t, "sh")
	h := newHouse(t)
	event := h.event(t, "Go Meetup", 1_000)
	s := h.serve(t)
	// Only a list that is longer than a pipe can hold, 64 KiB, notices that nobody reads.
	body := fmt.Sprintf(`{"event_id":%s,"quantity":1,"name":%q}`, event, strings.Repeat("A", 200))
	for range 400 {
		if r, err := s.post(body, ""); err != nil || r.status != http.StatusCreated {
			t.Fatalf("cannot book: %d %s: %v", r.status, r.Message, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	o := finish(h.command(ctx, "sh", "-c",
		`{ evbook booking list --event "$1" --all; echo $? >code; } | head -1`, "sh", event))
	text, err := os.ReadFile(h.path("code"))
	if err != nil {
		t.Fatal(err)
	}
	code := strings.TrimSpace(string(text))
	if lines := strings.Count(o.stdout, "\n"); lines != 1 || o.stderr != "" {
		t.Errorf("%d lines on the standard output and %q on the standard error", lines, o.stderr)
	}
	if code != "141" { // 128 and the number of SIGPIPE
		t.Errorf("exit code %s, want 141", code)
	}
}

func TestTerminatedServerKeepsWhatItAcknowledged(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, h house) {
		event := h.event(t, "Go Meetup", 1_000_000)
		s := h.serve(t)
		p := &promises{acknowledged: map[string]string{}}
		var crowd sync.WaitGroup
		t.Cleanup(crowd.Wait)
		for range 100 {
			crowd.Go(func() { p.bookUntilKilled(s, event) })
		}
		until(t, "two hundred acknowledged bookings", func() bool { return p.count() >= 200 })
		s.signal(t, syscall.SIGTERM)
		s.waitFor(t)
		crowd.Wait()
		if s.err != nil {
			t.Errorf("serve ended with %v", s.err)
		}
		for _, answer := range p.strange {
			t.Error(answer)
		}
		inFile := references(t, h, event)
		for _, reference := range p.acknowledged {
			if !slices.Contains(inFile, reference) {
				t.Errorf("booking %s was acknowledged and is lost", reference)
			}
		}
		// A request that has begun is let end, so that nobody is left with a booking unheard of.
		if len(inFile) != len(p.acknowledged) {
			t.Errorf("%d bookings were acknowledged, %d are in the file", len(p.acknowledged),
				len(inFile))
		}
		t.Logf("%d bookings were acknowledged", len(p.acknowledged))
		h.verify(t)
	})
}

func TestSecondSignalEndsAServerAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s := h.serve(t)
	addr := strings.TrimPrefix(s.url, "http://")
	slow, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	// The body never comes, so that the server has somebody to wait for. It asks for the body when
	// it is inside the request.
	fmt.Fprintf(slow, "POST /bookings HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"+
		"Content-Length: 9\r\nExpect: 100-continue\r\n\r\n", addr)
	line, err := bufio.NewReader(slow).ReadString('\n')
	if !strings.HasPrefix(line, "HTTP/1.1 100 ") {
		t.Fatalf("the server says %q: %v", line, err)
	}
	s.signal(t, syscall.SIGTERM)
	until(t, "serve to stop listening", func() bool {
		probe, err := net.Dial("tcp", addr)
		if err == nil {
			probe.Close()
		}
		return err != nil
	})
	select {
	case <-s.ended:
		t.Fatalf("serve did not wait for the request: %v", s.err)
	case <-time.After(200 * time.Millisecond):
	}
	began := time.Now()
	s.signal(t, syscall.SIGTERM)
	s.waitFor(t)
	// Whether the signal ends the process or the process itself does, a shell sees 143.
	ended := endedBy(s.cmd, syscall.SIGTERM) || s.cmd.ProcessState.ExitCode() == 143
	if took := time.Since(began); took > 2*time.Second || !ended {
		t.Errorf("serve ended after %s: %v", took, s.err)
	}
}

func TestInterruptedWaitForAStoppedWriterChangesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	event := h.event(t, "Go Meetup", 1_000_000)
	s := h.serve(t)
	p := &promises{acknowledged: map[string]string{}}
	var crowd sync.WaitGroup
	t.Cleanup(crowd.Wait)
	for range httpBookers {
		crowd.Go(func() { p.bookUntilKilled(s, event) })
	}
	t.Cleanup(s.kill)
	until(t, "a moment at which serve holds the lock", func() bool {
		s.signal(t, syscall.SIGSTOP)
		time.Sleep(5 * time.Millisecond)
		if locked(t, h.path("events.db.lock")) && !locked(t, h.path("events.db.turn")) {
			return true
		}
		s.signal(t, syscall.SIGCONT)
		return false
	})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var said bytes.Buffer
	waiting := h.command(ctx, h.binary, "book", "--event", event, "--qty", "1",
		"--email", "ada@example.org", "--lock-timeout", "50s")
	waiting.Stdout = &said
	if err := waiting.Start(); err != nil {
		t.Fatal(err)
	}
	until(t, "the command to wait", func() bool { return locked(t, h.path("events.db.turn")) })
	if err := waiting.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := waiting.Wait(); waiting.ProcessState.ExitCode() != 130 || said.Len() > 0 {
		t.Errorf("the interrupted command ended with %v and said %q", err, &said)
	}
	s.signal(t, syscall.SIGCONT)
	s.kill()
	crowd.Wait()
	for _, b := range ask[[]bookingAnswer](t, h, "booking", "list", "--event", event, "--all") {
		if b.Email != "" {
			t.Errorf("the interrupted command has booked %s", b.Reference)
		}
	}
	h.verify(t)
}

// signal sends a signal to a server that runs.
func (s *server) signal(t testing.TB, which syscall.Signal) {
	t.Helper()
	if err := s.cmd.Process.Signal(which); err != nil {
		t.Fatal(err)
	}
}

// locked says whether somebody else holds the lock on a file.
func locked(t testing.TB, path string) bool {
	t.Helper()
	f := flock.New(path)
	defer f.Close()
	ours, err := f.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	return !ours
}

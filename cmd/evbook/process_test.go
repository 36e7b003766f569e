package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"evbook/internal/pgcluster"
	"evbook/internal/storage"
)

// patience bounds every wait for a process or an answer.
const patience = 4 * time.Minute

// need skips a test that cannot run without a program, loudly; where skipping is forbidden it
// fails.
func need(t testing.TB, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err == nil {
		return
	}
	if os.Getenv("EVBOOK_NOSKIP") != "" {
		t.Fatalf("%s is missing, and EVBOOK_NOSKIP forbids to skip", program)
	}
	t.Skipf("NOT TESTED: %s is missing", program)
}

// house is a folder with one database, and the way to run evbook in it.
type house struct {
	dir string
	// binary is the evbook to run: the one that TestMain puts on the PATH, or a built one.
	binary string
	// db is the address of the database, "" for a file in the house.
	db string
	// proxy holds what curl and newman send and get against the contract; none for "".
	proxy string
}

func newHouse(t testing.TB) house {
	return house{dir: t.TempDir(), binary: "evbook", proxy: theContract().Proxy(t)}
}

// onEach runs a test in a house of each engine.
func onEach(t *testing.T, test func(*testing.T, house)) {
	t.Run("sqlite", func(t *testing.T) { test(t, newHouse(t)) })
	t.Run("postgres", func(t *testing.T) {
		h := newHouse(t)
		h.db = emptyDatabase(t)
		test(t, h)
	})
}

// emptyDatabase gives the address of a database on PostgreSQL that is set up.
func emptyDatabase(t testing.TB) string {
	t.Helper()
	return pgcluster.Migrated(t, "../../internal/storage/postgres", storage.SchemaVersion())
}

func (h house) path(name string) string { return filepath.Join(h.dir, name) }

// command is one that works in the house and sees no configuration from outside of it.
func (h house) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = h.dir
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "EVBOOK_") {
			cmd.Env = append(cmd.Env, pair)
		}
	}
	// The race detector, when it is on, else lets a server sleep for a second at its end.
	cmd.Env = append(cmd.Env, "EVBOOK_CONFIG=none", "TZ=UTC", "TMPDIR="+h.dir,
		"GORACE=atexit_sleep_ms=0")
	if h.db != "" {
		cmd.Env = append(cmd.Env, "EVBOOK_DB="+h.db)
	}
	cmd.Env = append(cmd.Env, through(h.proxy)...)
	// What a killed process has started may keep its pipes open; a busy machine reads them late.
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// outcome is what a process has left behind.
type outcome struct {
	// code is the exit code, -1 when a signal ended the process or it never ran.
	code           int
	stdout, stderr string
	took           time.Duration
}

// run runs evbook to its end. It may be used by any goroutine.
func (h house) run(args ...string) outcome {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return finish(h.command(ctx, h.binary, args...))
}

// finish runs a command to its end.
func finish(cmd *exec.Cmd) outcome {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	began := time.Now()
	err := cmd.Run()
	o := outcome{stdout: stdout.String(), stderr: stderr.String(), took: time.Since(began)}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		o.code = exit.ExitCode()
	case err != nil:
		o.code, o.stderr = -1, err.Error()
	}
	return o
}

// must runs evbook and insists on success. It gives the standard output without its last newline.
func (h house) must(t testing.TB, args ...string) string {
	t.Helper()
	o := h.run(args...)
	if o.code != 0 {
		t.Fatalf("evbook %q: exit code %d: %s%s", args, o.code, o.stdout, o.stderr)
	}
	return strings.TrimSuffix(o.stdout, "\n")
}

// envelope is an answer in JSON, of either door.
type envelope[T any] struct {
	Success bool
	Message string
	Data    T
	Error   struct{ Code string }
}

// eventAnswer is the data of an answer about an event.
type eventAnswer struct {
	ID                             int64
	Capacity, Available, Confirmed int
	Status                         string
}

// bookingAnswer is the data of an answer about a booking.
type bookingAnswer struct {
	Reference string
	Quantity  int
	Status    string
	Email     string `json:"user_email"`
}

// ask runs evbook with -o json and gives the data of its answer.
func ask[T any](t testing.TB, h house, args ...string) T {
	t.Helper()
	text := h.must(t, append(args, "-o", "json")...)
	var e envelope[T]
	if err := json.Unmarshal([]byte(text), &e); err != nil || !e.Success {
		t.Fatalf("evbook %q answers %q: %v", args, text, err)
	}
	return e.Data
}

// event makes an event and gives its number as text.
func (h house) event(t testing.TB, name string, capacity int) string {
	t.Helper()
	return h.must(t, "event", "create", "--name", name, "--capacity", strconv.Itoa(capacity),
		"-o", "name")
}

// verify insists that the database is sound.
func (h house) verify(t testing.TB) {
	t.Helper()
	h.must(t, "verify")
}

// closeSales leaves some seats on sale while others book, so that the crowd comes to an end.
func (h house) closeSales(t testing.TB, event string, left int) {
	t.Helper()
	for range 20 {
		taken := ask[eventAnswer](t, h, "event", "show", event).Confirmed
		o := h.run("event", "edit", event, "--capacity", strconv.Itoa(taken+left))
		switch o.code {
		case 0:
			return
		case 5: // more were sold while we looked
			left *= 2
		default:
			t.Fatalf("event edit: exit code %d: %s", o.code, o.stderr)
		}
	}
	t.Fatal("the capacity is overtaken by the bookers every time")
}

// until looks again and again, and returns when something has come about.
func until(t testing.TB, what string, come func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !come(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// server is a running evbook serve.
type server struct {
	url    string
	client http.Client
	cmd    *exec.Cmd
	// stderr and err are to be read after ended is closed.
	stderr bytes.Buffer
	err    error
	ended  chan struct{}
}

// serve starts a server on a port of the system's choice, with further flags.
func (h house) serve(t testing.TB, flags ...string) *server {
	t.Helper()
	return h.serveAsTold(t, append([]string{"--addr", "127.0.0.1:0"}, flags...)...)
}

// serveAsTold starts a server with some flags alone, and waits until it listens. It is killed at
// the end of the test, if not before, which fails if the race detector has seen anything.
func (h house) serveAsTold(t testing.TB, flags ...string) *server {
	t.Helper()
	addrFile := filepath.Join(t.TempDir(), "addr")
	s := &server{ended: make(chan struct{})}
	s.cmd = h.command(context.Background(), cmp.Or(os.Getenv(watchedEnv), h.binary),
		append([]string{"serve", "--addr-file", addrFile}, flags...)...)
	s.cmd.Stderr = &s.stderr
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		s.err = s.cmd.Wait()
		close(s.ended)
	}()
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	s.client = http.Client{Transport: theContract().Transport(t, transport), Timeout: patience}
	t.Cleanup(func() {
		s.kill()
		transport.CloseIdleConnections()
		if strings.Contains(s.stderr.String(), "DATA RACE") {
			t.Errorf("the race detector says of serve: %s", &s.stderr)
		}
	})
	until(t, "serve to listen", func() bool {
		select {
		case <-s.ended:
			t.Fatalf("serve ended early: %v: %s", s.err, &s.stderr)
		default:
		}
		text, err := os.ReadFile(addrFile)
		addr, whole := strings.CutSuffix(string(text), "\n")
		s.url = "http://" + addr
		return err == nil && whole
	})
	return s
}

// kill ends the server with SIGKILL, whatever it is doing, and waits until it is gone.
func (s *server) kill() {
	_ = s.cmd.Process.Kill() // an error says that it has ended already
	<-s.ended
}

// waitFor waits for the end of a server that was told to stop.
func (s *server) waitFor(t testing.TB) {
	t.Helper()
	select {
	case <-s.ended:
	case <-time.After(patience):
		t.Fatal("serve does not end")
	}
}

// reply is what a server said to a request for seats.
type reply struct {
	status   int
	replayed bool
	envelope[bookingAnswer]
}

// book asks for seats, with a key unless it is empty. An error says that no whole answer came.
func (s *server) book(event string, quantity int, key string) (reply, error) {
	return s.post(fmt.Sprintf(`{"event_id":%s,"quantity":%d}`, event, quantity), key)
}

// post sends a request for seats. It may be used by any goroutine.
func (s *server) post(body, key string) (r reply, err error) {
	request, err := http.NewRequest(http.MethodPost, s.url+"/bookings", strings.NewReader(body))
	if err != nil {
		return r, err
	}
	request.Header.Set("Content-Type", "application/json")
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	response, err := s.client.Do(request)
	if err != nil {
		return r, err
	}
	defer response.Body.Close()
	r.status = response.StatusCode
	r.replayed = response.Header.Get("Idempotency-Replayed") == "true"
	err = json.NewDecoder(response.Body).Decode(&r.envelope)
	return r, err
}

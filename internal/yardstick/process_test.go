//go:build linux

package yardstick

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait for a process.
const patience = 10 * time.Minute

// house is a folder with one database and the evbook that people would install.
type house struct{ binary, dir string }

// newHouse builds evbook.
func newHouse(t testing.TB) house {
	t.Helper()
	h := house{filepath.Join(t.TempDir(), "evbook"), t.TempDir()}
	buildProgram(t, h.binary, "evbook/cmd/evbook")
	return h
}

// moved is the same evbook in an empty folder.
func (h house) moved(t testing.TB) house { return house{h.binary, t.TempDir()} }

func (h house) path(name string) string { return filepath.Join(h.dir, name) }

// buildProgram builds a program as the README installs it.
func buildProgram(t testing.TB, out, source string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", out, source)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build %s: %v: %s", source, err, said)
	}
}

// need skips what cannot run without a program, loudly; where skipping is forbidden it fails.
func need(t testing.TB, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err == nil {
		return
	}
	if os.Getenv("EVBOOK_NOSKIP") != "" {
		t.Fatalf("%s is missing, and EVBOOK_NOSKIP forbids to skip", program)
	}
	t.Skipf("NOT MEASURED: %s is missing", program)
}

// command is one that works in the house and sees no configuration from outside of it.
func (h house) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = h.dir
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "EVBOOK_") {
			cmd.Env = append(cmd.Env, pair)
		}
	}
	cmd.Env = append(cmd.Env, "EVBOOK_CONFIG=none", "TZ=UTC")
	return cmd
}

// must runs evbook, insists on success, and gives its standard output.
func (h house) must(t testing.TB, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	out, err := h.command(ctx, h.binary, args...).Output()
	if err != nil {
		t.Fatalf("evbook %q: %v: %s", args, err, out)
	}
	return strings.TrimSuffix(string(out), "\n")
}

// event makes an event with so many seats and gives its number.
func (h house) event(t testing.TB, capacity int) string {
	t.Helper()
	return h.must(t, "event", "create", "--name", "Go Meetup", "--capacity",
		strconv.Itoa(capacity), "-o", "name")
}

// server is a running server of either kind.
type server struct {
	address string
	cmd     *exec.Cmd
}

// serve starts evbook serve, whose log goes to a file.
func (h house) serve(t testing.TB) server {
	t.Helper()
	log, err := os.Create(h.path("access.log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	addrFile := h.path("addr")
	cmd := h.command(context.Background(), h.binary, "serve", "--addr", "127.0.0.1:0",
		"--addr-file", addrFile, "--max-connections", "2048")
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // an error says that it has ended already
		_ = cmd.Wait()                          // its code tells of the signal
	})
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		text, err := os.ReadFile(addrFile)
		if address, whole := strings.CutSuffix(string(text), "\n"); err == nil && whole {
			return server{address, cmd}
		}
	}
	said, err := os.ReadFile(log.Name())
	t.Fatalf("evbook serve does not listen: %s %v", said, err)
	return server{}
}

// startYardstick starts this binary as another server; the path is what that one wants to know.
func startYardstick(t testing.TB, which, path string) server {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, path)
	cmd.Env = append(os.Environ(), serverEnv+"="+which)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the server %q: %v", which, err)
		}
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil && err != io.EOF {
		t.Fatal(err)
	}
	if address == "" {
		t.Fatalf("the server %q does not listen", which)
	}
	return server{strings.TrimSpace(address), cmd}
}

// used is the processor time that the server has had. The system counts it in hundredths of a
// second.
func (s server) used(t testing.TB) time.Duration {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	// The name stands in brackets and may hold anything; then come the state, and ten more.
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	total := 0
	for _, field := range fields[11:13] {
		n, err := strconv.Atoi(field)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		total += n
	}
	return time.Duration(total) * 10 * time.Millisecond
}

// memory is how much memory the server holds, in bytes.
func (s server) memory(t testing.TB) float64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^VmRSS:\s+(\d+) kB$`).FindSubmatch(text)
	if found == nil {
		t.Fatalf("the system does not tell how much memory there is: %s", text)
	}
	kilobytes, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	return float64(kilobytes) * 1024
}

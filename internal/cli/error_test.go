package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
)

func TestEveryKindOfFailureHasAnExitCode(t *testing.T) {
	codes := exitCodes()
	for _, kind := range booking.Kinds() {
		if code, ok := codes[kind]; !ok || code == 0 {
			t.Errorf("kind %s has no exit code", kind)
		}
	}
	if len(codes) != len(booking.Kinds()) {
		t.Errorf("%d exit codes for %d kinds", len(codes), len(booking.Kinds()))
	}
}

func TestInterruptedTellsWhichSignalItWas(t *testing.T) {
	for _, c := range []struct {
		cause error
		want  int
	}{
		{interruption{syscall.SIGINT}, 130},
		{interruption{syscall.SIGTERM}, 143},
		{errors.New("some deadline"), 130},
	} {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(c.cause)
		a := &app{env: Env{Err: &bytes.Buffer{}, Getenv: noVariables}}
		err := fmt.Errorf("wait: %w", context.Canceled)
		if got := a.report(ctx, &cobra.Command{}, nil, err); got != c.want {
			t.Errorf("%v: exit %d, want %d", c.cause, got, c.want)
		}
	}
}

func TestBadFieldsAreNamedByTheirFlags(t *testing.T) {
	w := newWorld(t)
	_, stderr, code := w.run("book", "--event", "1", "--qty", "0", "--email", "x", "--note", "\x1b")
	if code != 2 {
		t.Fatalf("exit %d, stderr %q", code, stderr)
	}
	for _, flag := range []string{"--qty: ", "--email: ", "--note: "} {
		if !strings.Contains(stderr, flag) {
			t.Errorf("%q is missing in %q", flag, stderr)
		}
	}
}

func TestTheCauseOfAFailureIsToldWhereItHelps(t *testing.T) {
	disk := errors.New("disk I/O error (522)\x1b")
	disk = fmt.Errorf("step: %w", errors.Join(disk, errors.New("and more")))
	for _, kind := range booking.Kinds() {
		var stderr bytes.Buffer
		a := &app{env: Env{Err: &stderr, Getenv: noVariables}}
		failed := booking.Errorf(kind, "it failed").WithHint("mend it").Because(disk)
		a.writeError(&cobra.Command{}, failed, false)
		told := strings.HasSuffix(stderr.String(), "\ncause: disk I/O error (522)␛\n")
		helps := kind == booking.Unavailable || kind == booking.Unknown || kind == booking.Unsound
		if told != helps || strings.Contains(stderr.String(), "522") != helps {
			t.Errorf("%s: stderr %q", kind, stderr.String())
		}
	}
}

func TestACauseThatTheErrorTellsIsNotToldTwice(t *testing.T) {
	var stderr bytes.Buffer
	a := &app{env: Env{Err: &stderr, Getenv: noVariables}}
	err := booking.Errorf(booking.Unavailable, "cannot listen: %w", errors.New("address in use"))
	a.writeError(&cobra.Command{}, err, false)
	if got := stderr.String(); got != "error: cannot listen: address in use\n" {
		t.Errorf("stderr %q", got)
	}
}

func TestWhatWasConfiguredIsBlamedWhereItStands(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte("tz: Mars/Olympus\ncurrency: ZZZ\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	create := []string{"event", "create", "--name", "X", "--capacity", "1"}
	serve := []string{"serve", "--addr", "127.0.0.1:0"}
	for _, c := range []struct {
		args []string
		vars map[string]string
		want []string
	}{
		{create, map[string]string{"EVBOOK_TZ": "Mars/Olympus"}, []string{"EVBOOK_TZ: "}},
		{serve, map[string]string{"EVBOOK_TZ": "Mars/Olympus"}, []string{"EVBOOK_TZ: "}},
		{create, map[string]string{"EVBOOK_CURRENCY": "ZZZ"}, []string{"EVBOOK_CURRENCY: "}},
		{serve, map[string]string{"EVBOOK_CURRENCY": "ZZZ"}, []string{"EVBOOK_CURRENCY: "}},
		{serve[:1], map[string]string{"EVBOOK_ADDR": "0.0.0.0:80"}, []string{"EVBOOK_ADDR: "}},
		{create, map[string]string{"EVBOOK_CONFIG": file},
			[]string{"tz in the configuration file: ", "currency in the configuration file: "}},
		{serve, map[string]string{"EVBOOK_CONFIG": file},
			[]string{"tz in the configuration file: ", "currency in the configuration file: "}},
		{append(create, "--tz", "Mars"), map[string]string{"EVBOOK_TZ": "UTC"}, []string{"--tz: "}},
	} {
		w := newWorld(t)
		maps.Copy(w.vars, c.vars)
		_, stderr, code := w.run(c.args...)
		for _, want := range c.want {
			if code != 2 || !strings.Contains(stderr, want) {
				t.Errorf("%v %v: exit %d, want %q in %q", c.args, c.vars, code, want, stderr)
			}
		}
	}
}

func TestAFieldThatCannotBeReadHasOneReason(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "Go Meetup", "--capacity", "5")
	reference := strings.TrimSpace(w.must("book", "--event", "1", "--qty", "2", "-o", "name"))
	for _, args := range [][]string{
		{"book", "--event", "1", "--qty", "1.5"}, {"check", "--event", "1", "--qty", "1.5"},
		{"booking", "cancel", reference, "--qty", "1.5"},
		{"booking", "cancel", reference, "--qty", ""},
		{"event", "list", "--limit", "1.5"}, {"event", "edit", "1", "--capacity", "1.5"},
		{"event", "create", "--name", "X", "--capacity", "1.5"},
	} {
		_, stderr, code := w.run(args...)
		if text, _, _ := strings.Cut(stderr, "\n"); code != 2 || strings.Contains(text, "; ") {
			t.Errorf("%v: exit %d, %q", args, code, text)
		}
	}
}

func TestAnErrorTakesFewLines(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "Go Meetup", "--capacity", "5")
	for _, args := range [][]string{
		{"book", "--event", "1", "--qty", "9"}, {"book"}, {"bok"}, {"event", "show", "a\nb"},
		{"event", "create", "--name", "a\nb\nc", "--capacity", "1"},
	} {
		_, stderr, code := w.run(args...)
		if lines := strings.Count(stderr, "\n"); code == 0 || lines < 1 || lines > 3 {
			t.Errorf("%v: exit %d, %d lines:\n%s", args, code, lines, stderr)
		}
	}
}

func noVariables(string) (string, bool) { return "", false }

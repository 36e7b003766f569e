package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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
		a := &app{env: Env{Err: &bytes.Buffer{}}}
		err := fmt.Errorf("wait: %w", context.Canceled)
		if got := a.report(ctx, &cobra.Command{}, false, err); got != c.want {
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

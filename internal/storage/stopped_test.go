//go:build unix

package storage

import (
	"syscall"
	"testing"
	"time"

	"evbook/internal/booking"
)

func TestAStoppedHolderMakesOthersBusyAndNothingElse(t *testing.T) {
	q := newQueue(t, 300*time.Millisecond)
	if err := q.holder.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	hears(t, q.book(t.Context(), "withdrawn"), booking.Busy)
	if waited := time.Since(begin); waited < 300*time.Millisecond {
		t.Errorf("gave up after %s, before the timeout", waited)
	}
	q.sold(t, 0)
	if err := q.holder.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	q.letGo(t)
	// The lock has come by now. A command that was withdrawn must not be carried out with the next.
	hears(t, q.book(t.Context(), "later"), "")
	q.sold(t, 1)
}

package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkList exports a hundred thousand bookings as CSV, beside the sqlite3 shell that reads the
// same columns of the same file as they are stored. The whole processes take turns; the ratio of
// the medians is what counts (at most 2.5, which is 0.4 times the speed of the shell).
func BenchmarkList(b *testing.B) {
	need(b, "go")
	need(b, "sqlite3")
	h := house{dir: b.TempDir(), binary: filepath.Join(b.TempDir(), "evbook")}
	build(b, h.binary, ".")
	h.fill(b, 100_000)
	takeTurns(b, "csv", "sqlite3",
		func(ctx context.Context) *exec.Cmd {
			return h.command(ctx, h.binary, "booking", "list", "--all", "-o", "csv")
		},
		func(ctx context.Context) *exec.Cmd {
			return h.command(ctx, "sqlite3", "-batch", "-bail", "-readonly", "-csv", "-header",
				"events.db", bookingsInSQL)
		})
}

// bookingsInSQL has a column for each of evbook's, also for those that evbook has to work out.
const bookingsInSQL = `
SELECT id, event_id, email, name, note, quantity, status, unit_price, quantity * unit_price,
	currency, cancel_reason, created_at, updated_at
FROM bookings ORDER BY id`

// fill makes an event with that many bookings, whose customers have names and addresses.
func (h house) fill(t testing.TB, bookings int) {
	t.Helper()
	var rows strings.Builder
	rows.WriteString("user_email,name,quantity\n")
	for i := range bookings {
		fmt.Fprintf(&rows, "guest%d@example.org,Guest Number %d,%d\n", i, i, 1+i%3)
	}
	event := h.event(t, "Go Meetup", 3*bookings)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := h.command(ctx, h.binary, "book", "--from", "-", "--event", event, "-o", "name", "-q")
	cmd.Stdin = strings.NewReader(rows.String())
	if o := finish(cmd); o.code != 0 || strings.Count(o.stdout, "\n") != bookings {
		t.Fatalf("%d bookings ended with %d: %s", bookings, o.code, o.stderr)
	}
}

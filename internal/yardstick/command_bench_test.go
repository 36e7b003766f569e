//go:build linux

package yardstick

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pairs is how many times in a round each of two commands runs.
const pairs = 15

// measureBook books as a whole process, beside the sqlite3 shell with the same durable transaction
// in a database of its own, so that neither has to clear up after the other.
func measureBook(b *testing.B, at *table) {
	need(b, "sqlite3")
	h := at.moved(b)
	event := h.event(b, 10_000_000)
	h.must(b, "backup", "--out", "plain.db")
	h.must(b, "book", "--event", event, "--qty", "1")
	at.takeTurns(b, "book",
		func(ctx context.Context) *exec.Cmd {
			return h.command(ctx, h.binary, "book", "--event", event, "--qty", "1")
		},
		func(ctx context.Context) *exec.Cmd {
			cmd := h.command(ctx, "sqlite3", "-batch", "-bail", "plain.db")
			cmd.Stdin = strings.NewReader(bookingInSQL)
			return cmd
		})
	h.soldExactly(b, 1+at.rounds*pairs)
	h.must(b, "verify", "--db", "plain.db") // the shell has written all that evbook writes
}

// measureHelp asks for help, beside a program that says hello.
func measureHelp(b *testing.B, at *table) {
	h := at.moved(b)
	source, hello := h.path("hello.go"), filepath.Join(b.TempDir(), "hello")
	const text = "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello\") }\n"
	if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	buildProgram(b, hello, source)
	at.takeTurns(b, "help",
		func(ctx context.Context) *exec.Cmd { return h.command(ctx, h.binary, "--help") },
		func(ctx context.Context) *exec.Cmd { return h.command(ctx, hello) })
}

// takeTurns runs two commands alternately, since whole processes are disturbed more than anything
// else; a round is some pairs of them, and its ratio that of the medians.
func (at *table) takeTurns(b *testing.B, name string, us, them func(context.Context) *exec.Cmd) {
	b.Helper()
	var all []sample
	for range at.rounds {
		var walls, cpus [2][]float64
		commands := []func(context.Context) *exec.Cmd{us, them}
		for n := range pairs {
			for i := range commands {
				if n%2 == 1 {
					i = len(commands) - 1 - i
				}
				wall, cpu := timed(b, commands[i](b.Context()))
				walls[i] = append(walls[i], wall.Seconds())
				cpus[i] = append(cpus[i], cpu.Seconds())
			}
		}
		all = append(all, sample{
			Median(walls[0]) / Median(walls[1]), Median(cpus[0]) / Median(cpus[1]),
		})
	}
	at.keep(b, name, "", all)
}

// timed runs a command to its end, which must print something and complain of nothing.
func timed(b *testing.B, cmd *exec.Cmd) (wall, cpu time.Duration) {
	b.Helper()
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	began := time.Now()
	err := cmd.Run()
	wall = time.Since(began)
	if err != nil || stderr.Len() > 0 || stdout.Len() == 0 {
		b.Fatalf("%q: %v: %s%s", cmd.Args, err, &stdout, &stderr)
	}
	return wall, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// bookingInSQL books one seat as evbook does, without asking whether it may: the settings of a
// durable connection, the rows that a decision needs, and the rows that it writes.
const bookingInSQL = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
BEGIN IMMEDIATE;
SELECT * FROM events WHERE id = 1;
SELECT max(id) FROM bookings;
UPDATE events SET confirmed = confirmed + 1, version = version + 1 WHERE id = 1;
INSERT INTO bookings (event_id, quantity, status, unit_price, currency, email, name, note,
	cancel_reason, created_at, updated_at)
VALUES (1, 1, 'confirmed', 0, 'EUR', '', '', '', '', unixepoch() * 1000000, unixepoch() * 1000000);
INSERT INTO journal (event_id, event_seq, at, actor, kind, booking_id, capacity, held, confirmed,
	detail)
SELECT 1, version, unixepoch() * 1000000, 'cli:shell', 'booking.confirmed', last_insert_rowid(),
	0, 0, 1, ''
FROM events WHERE id = 1;
INSERT INTO markers (id) VALUES (randomblob(16));
DELETE FROM markers WHERE id IN
	(SELECT id FROM markers WHERE id < zeroblob(16) ORDER BY id LIMIT 2);
COMMIT;
SELECT confirmed FROM events WHERE id = 1;
`

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// BenchmarkCommand measures whole processes, each beside the least that could do the same: booking
// beside the sqlite3 shell with the same durable transaction, and --help beside a program that says
// hello. The two take turns, so that both see the same machine; the ratio of the medians is what
// counts (booking: at most 2.2, help: 2.8).
func BenchmarkCommand(b *testing.B) {
	need(b, "go")
	h := house{dir: b.TempDir(), binary: filepath.Join(b.TempDir(), "evbook")}
	build(b, h.binary, ".")
	b.Run("book", func(b *testing.B) { benchmarkBook(b, h) })
	b.Run("help", func(b *testing.B) { benchmarkHelp(b, h) })
}

func benchmarkBook(b *testing.B, h house) {
	need(b, "sqlite3")
	event := h.event(b, "Go Meetup", 10_000_000)
	// The shell writes to a database of its own, so that neither has to clear up after the other.
	h.must(b, "backup", "--out", "plain.db")
	h.must(b, "book", "--event", event, "--qty", "1")
	takeTurns(b, "book", "sqlite3",
		func(ctx context.Context) *exec.Cmd {
			return h.command(ctx, h.binary, "book", "--event", event, "--qty", "1")
		},
		func(ctx context.Context) *exec.Cmd {
			cmd := h.command(ctx, "sqlite3", "-batch", "-bail", "plain.db")
			cmd.Stdin = strings.NewReader(bookingInSQL)
			return cmd
		})
	h.verify(b)
	h.must(b, "verify", "--db", "plain.db") // the shell has written all that evbook writes
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

func benchmarkHelp(b *testing.B, h house) {
	source := filepath.Join(b.TempDir(), "hello.go")
	const text = "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello\") }\n"
	if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	hello := filepath.Join(b.TempDir(), "hello")
	build(b, hello, source)
	takeTurns(b, "help", "hello",
		func(ctx context.Context) *exec.Cmd { return h.command(ctx, h.binary, "--help") },
		func(ctx context.Context) *exec.Cmd { return h.command(ctx, hello) })
}

// build makes a real binary, as the README installs it, since the tests' own is a larger one.
func build(b *testing.B, out, source string) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), "go", "build", "-o", out, source)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	text, err := cmd.CombinedOutput()
	if err != nil {
		b.Fatalf("go build %s: %v: %s", source, err, text)
	}
}

// takeTurns runs two commands alternately and reports the median time of each in milliseconds, and
// their ratio.
func takeTurns(b *testing.B, ours, theirs string, us, them func(context.Context) *exec.Cmd) {
	b.Helper()
	var times [2][]time.Duration
	for b.Loop() {
		for i, command := range []func(context.Context) *exec.Cmd{us, them} {
			o := finish(command(b.Context()))
			if o.code != 0 || o.stderr != "" || o.stdout == "" {
				b.Fatalf("%s ended with %d: %s%s", []string{ours, theirs}[i], o.code, o.stdout,
					o.stderr)
			}
			times[i] = append(times[i], o.took)
		}
	}
	mine, other := median(times[0]), median(times[1])
	b.ReportMetric(float64(mine.Microseconds())/1000, ours+"-ms")
	b.ReportMetric(float64(other.Microseconds())/1000, theirs+"-ms")
	b.ReportMetric(float64(mine)/float64(other), fmt.Sprintf("%s/%s-ratio", ours, theirs))
}

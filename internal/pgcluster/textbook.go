package pgcluster

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// textbookTables are what the textbook transaction needs: the least that books a seat.
const textbookTables = `
CREATE TABLE events (
  id bigint PRIMARY KEY, capacity bigint NOT NULL, booked bigint NOT NULL,
  CHECK (booked <= capacity)
);
CREATE TABLE bookings (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id bigint NOT NULL REFERENCES events (id), quantity bigint NOT NULL,
  email text NOT NULL, created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON bookings (event_id);
`

// textbookScript books one seat, in the language of pgbench.
const textbookScript = `\set event random(1, :events)
BEGIN;
UPDATE events SET booked = booked + 1 WHERE id = :event AND booked + 1 <= capacity;
INSERT INTO bookings (event_id, quantity, email) VALUES (:event, 1, 'user@example.com');
COMMIT;
`

// Textbook is the way that textbooks tell to book without overselling, a transaction for each
// booking with a conditional UPDATE, run by pgbench: what evbook is measured against.
type Textbook struct {
	address string
	events  int
}

// Rate is how fast somebody booked.
type Rate struct {
	// PerSecond counts bookings.
	PerSecond float64
	// Median and P99 are how long 50 and 99 of a hundred bookings took at most.
	Median, P99 time.Duration
}

// NewTextbook makes tables for so many events in a schema that must be empty.
func NewTextbook(t testing.TB, address string, events int) *Textbook {
	t.Helper()
	Query(t, address, textbookTables+fmt.Sprintf(
		"INSERT INTO events SELECT n, 1000000000, 0 FROM generate_series(1, %d) AS n", events))
	return &Textbook{address, events}
}

// Run lets so many clients book, each on a connection of its own and with prepared statements, for
// some whole seconds.
func (x *Textbook) Run(t testing.TB, clients, seconds int) Rate {
	t.Helper()
	dir := t.TempDir()
	script := filepath.Join(dir, "script")
	if err := os.WriteFile(script, []byte(textbookScript), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := Program(t, x.address, "pgbench", "--no-vacuum", "--protocol=prepared",
		"--file="+script, fmt.Sprintf("--define=events=%d", x.events),
		fmt.Sprintf("--client=%d", clients), fmt.Sprintf("--time=%d", seconds),
		fmt.Sprintf("--jobs=%d", min(clients, runtime.NumCPU())),
		"--log", "--log-prefix="+filepath.Join(dir, "log"))
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("pgbench: %v: %s", err, said)
	}
	took := latencies(t, dir)
	if len(took) == 0 {
		t.Fatal("pgbench booked nothing")
	}
	slices.Sort(took)
	return Rate{
		PerSecond: float64(len(took)) / float64(seconds),
		Median:    took[len(took)/2], P99: took[len(took)*99/100],
	}
}

// latencies reads from pgbench's logs how long each transaction took.
func latencies(t testing.TB, dir string) (all []time.Duration) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "log.*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			// The client, its how manieth transaction, microseconds, and when it ended.
			took, err := strconv.Atoi(strings.Fields(line)[2])
			if err != nil {
				t.Fatalf("pgbench wrote %q: %v", line, err)
			}
			all = append(all, time.Duration(took)*time.Microsecond)
		}
	}
	return all
}

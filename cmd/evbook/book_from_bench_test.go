package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// BenchmarkBookFrom books 100,000 rows by one evbook book --from, all or nothing, beside as many by
// one process each, extrapolated from 500; the ratio is what counts (at least 20).
func BenchmarkBookFrom(b *testing.B) {
	need(b, "go")
	const rows, single = 100_000, 500
	h := house{dir: b.TempDir(), binary: filepath.Join(b.TempDir(), "evbook")}
	build(b, h.binary, ".")
	var text strings.Builder
	text.WriteString("event_id,quantity,user_email,name\n")
	for i := range rows {
		fmt.Fprintf(&text, "1,1,guest%d@example.org,Guest %d\n", i, i)
	}
	if err := os.WriteFile(h.path("guests.csv"), []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	event := h.event(b, "Go Meetup", 10_000_000)
	var many, one time.Duration
	for b.Loop() {
		many += h.took(b, "book", "--from", "guests.csv")
		for i := range single {
			one += h.took(b, "book", "--event", event, "--qty", "1",
				"--email", fmt.Sprintf("guest%d@example.org", i))
		}
	}
	h.verify(b)
	b.ReportMetric(many.Seconds()/float64(b.N), "s/100k-rows")
	b.ReportMetric(float64(one.Milliseconds())/float64(b.N*single), "ms/process")
	b.ReportMetric(float64(one)*rows/single/float64(many), "ratio")
}

// took runs evbook, insists on success, and gives the time from start to end.
func (h house) took(b *testing.B, args ...string) time.Duration {
	b.Helper()
	o := h.run(args...)
	if o.code != 0 {
		b.Fatalf("evbook %q: exit code %d: %s", args, o.code, o.stderr)
	}
	return o.took
}

//go:build linux

package yardstick

import (
	"slices"
	"testing"
)

func TestPreparedDatabasesAreSound(t *testing.T) {
	for _, events := range []int{1, 10} {
		s := openStore(t, filledDatabase(t, events, 500))
		defer s.Close()
		r, err := s.Verify(t.Context())
		if err != nil || len(r.Findings) > 0 || r.Bookings != 500 || r.Events != events {
			t.Errorf("%d events: %+v, %v", events, r, err)
		}
	}
}

func TestWhatBenchmarksPrintIsRead(t *testing.T) {
	const out = `goos: linux
BenchmarkPostgres/bookers=64/events=1-2         1  4123 ns/op  0.50 x-cpu  30.00 x-textbook
BenchmarkPostgres/bookers=64/events=1-2         1  4123 ns/op  0.60 x-cpu  31.00 x-textbook
BenchmarkPostgres/bookers=64/events=1000-2      1  4123 ns/op  0.70 x-cpu  4.000 x-textbook
PASS
`
	found, err := samplesIn(out, "x-textbook", "x-cpu")
	if err != nil || len(found) != 2 || !slices.Equal(found[0], []sample{{30, .5}, {31, .6}}) ||
		!slices.Equal(found[1], []sample{{4, .7}}) {
		t.Errorf("got %v, %v", found, err)
	}
	if _, err := samplesIn(out, "x-no-lock", ""); err == nil {
		t.Error("a metric that is not there was found")
	}
	if found, err := samplesIn("PASS\n", "x-textbook", ""); err != nil || len(found) > 0 {
		t.Errorf("got %v, %v of nothing", found, err)
	}
}

package storage

import (
	"testing"

	"evbook/internal/booking"
)

// BenchmarkProcesses lets fifty processes make twenty bookings each, the database opened anew for
// every one of them, and compares the longest wait with that of the same run without the file lock:
// x-no-lock is the ratio, the median of the rounds.
func BenchmarkProcesses(b *testing.B) {
	const processes, bookings = 50, 20
	ways := []struct {
		way  queueing
		unit string
	}{
		{lockAndTurnstile, "ms-max-wait"},
		{lockAlone, "ms-max-wait-lock-alone"},
		{unqueued, "ms-max-wait-no-lock"},
	}
	waits := map[queueing][]float64{}
	var ratios []float64
	var busy int
	for b.Loop() {
		longest := map[queueing]float64{}
		for _, w := range ways {
			v := newSale(b, booking.MaxCapacity)
			work := v.task("shell")
			work.Times, work.Queue = bookings, w.way
			all := inShells(b, crowd(b, processes, work))
			longest[w.way] = all.longest.time.Seconds()
			waits[w.way] = append(waits[w.way], longest[w.way])
			if w.way == unqueued {
				busy += all.busy
			} else if all.answered != processes*bookings {
				b.Errorf("%q: %d of %d answered", w.way, all.answered, processes*bookings)
			}
			if _, findings := v.look(b); len(findings) > 0 {
				b.Errorf("%q: %v", w.way, findings)
			}
		}
		ratios = append(ratios, longest[lockAndTurnstile]/longest[unqueued])
	}
	for _, w := range ways {
		b.ReportMetric(median(waits[w.way])*1000, w.unit)
	}
	b.ReportMetric(float64(busy)/float64(b.N), "busy-no-lock/op")
	b.ReportMetric(median(ratios), "x-no-lock")
}

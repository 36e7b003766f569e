package bench

import (
	"math"
	"math/bits"
	"slices"
	"sync/atomic"
	"time"
)

const (
	// longest is the greatest duration that a histogram takes.
	longest = 24 * time.Hour
	// fine is how many bits of a duration follow its first one: a bucket is never wider than one
	// part in 64 of what is in it.
	fine = 6
	// most is how many bits the longest duration has, in nanoseconds.
	most = 47
	// buckets is how many there are up to it.
	buckets = (most - fine + 1) << fine
)

// Histogram counts durations from 0 to a day in a memory of 21 KB, however many they are; what is
// outside counts as the nearest of the two. It tells nanoseconds apart below 128 ns, and above that
// durations that differ by more than 1.6 %. The greatest one is kept exactly. It is safe for
// concurrent use, and the zero value is ready.
type Histogram struct {
	counts [buckets]atomic.Uint64
	max    atomic.Int64
}

// Add counts one duration.
func (h *Histogram) Add(d time.Duration) {
	v := int64(min(max(0, d), longest))
	h.counts[bucketOf(v)].Add(1)
	for {
		max := h.max.Load()
		if v <= max || h.max.CompareAndSwap(max, v) {
			return
		}
	}
}

// Count is how many durations there are.
func (h *Histogram) Count() int64 {
	var sum uint64
	for i := range h.counts {
		sum += h.counts[i].Load()
	}
	return int64(sum)
}

// Max is the greatest duration, 0 when there is none.
func (h *Histogram) Max() time.Duration { return time.Duration(h.max.Load()) }

// Quantile gives the duration that so large a part of them, from 0 to 1, do not exceed: never less
// than it was, and at most 1.6 % more. It is 0 when there is none.
func (h *Histogram) Quantile(part float64) time.Duration {
	// A product that is a hair above a whole number is meant to be that number.
	rank := uint64(max(1, math.Ceil(part*float64(h.Count())-1e-6)))
	var seen uint64
	for i := range h.counts {
		if seen += h.counts[i].Load(); seen >= rank {
			return min(greatestIn(i), h.Max())
		}
	}
	return 0
}

// Bar is one line of a drawn histogram: how many durations are below a bound, and not below that
// of the line before.
type Bar struct {
	Below time.Duration
	Count int64
}

// Bars gives the histogram in lines, from the first to the last that is not empty. Their bounds are
// 1, 2 and 5 µs, 10, 20 and 50 µs and so on; what is within 1.6 % of one may be in the line behind.
func (h *Histogram) Bars() []Bar {
	bars := []Bar{{Below: time.Microsecond}}
	for i := range h.counts {
		count := int64(h.counts[i].Load())
		if count == 0 {
			continue
		}
		for greatestIn(i) >= bars[len(bars)-1].Below {
			bars = append(bars, Bar{Below: boundAfter(bars[len(bars)-1].Below)})
		}
		bars[len(bars)-1].Count += count
	}
	first := slices.IndexFunc(bars, func(b Bar) bool { return b.Count > 0 })
	if first < 0 {
		return nil
	}
	return bars[first:]
}

// boundAfter gives the next of the bounds 1, 2, 5, 10, 20, 50, ….
func boundAfter(bound time.Duration) time.Duration {
	digit := bound
	for digit >= 10 {
		digit /= 10
	}
	if digit == 2 {
		return bound / 2 * 5
	}
	return bound * 2
}

// bucketOf gives the bucket of a number of nanoseconds: its first bits, and how many follow them.
func bucketOf(v int64) int {
	if v < 2<<fine {
		return int(v)
	}
	rest := bits.Len64(uint64(v)) - fine - 1
	return rest<<fine + int(v>>rest)
}

// greatestIn gives the greatest duration that belongs into a bucket.
func greatestIn(bucket int) time.Duration {
	if bucket < 2<<fine {
		return time.Duration(bucket)
	}
	rest := bucket>>fine - 1
	first := int64(bucket - rest<<fine)
	return time.Duration((first+1)<<rest - 1)
}

package bench

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"
)

// durations draws some of every size, most of them like those of real calls.
func durations(random *rand.Rand, count int) []time.Duration {
	list := make([]time.Duration, count)
	for i := range list {
		list[i] = time.Duration(math.Exp(random.Float64() * math.Log(float64(longest))))
	}
	return list
}

func TestQuantilesAreThoseOfTheSortedDurations(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		list := durations(random, 1+random.IntN(3000))
		var h Histogram
		for _, d := range list {
			h.Add(d)
		}
		slices.Sort(list)
		if h.Count() != int64(len(list)) || h.Max() != list[len(list)-1] {
			t.Fatalf("%d durations up to %s, got %d up to %s", len(list), list[len(list)-1],
				h.Count(), h.Max())
		}
		for _, thousandths := range []int{0, 1, 500, 900, 990, 999, 1000} {
			rank := max(1, (thousandths*len(list)+999)/1000)
			exact, got := list[rank-1], h.Quantile(float64(thousandths)/1000)
			if got < exact || float64(got) > float64(exact)*(1+1./64) {
				t.Fatalf("%d durations, %d‰: got %s, exactly %s", len(list), thousandths,
					got, exact)
			}
		}
	}
}

func TestEveryDurationHasItsBucket(t *testing.T) {
	for bucket := range buckets - 1 {
		greatest := int64(greatestIn(bucket))
		if bucketOf(greatest) != bucket || bucketOf(greatest+1) != bucket+1 {
			t.Fatalf("bucket %d ends at %d, which is in %d, and the next in %d", bucket, greatest,
				bucketOf(greatest), bucketOf(greatest+1))
		}
	}
	var h Histogram
	h.Add(-time.Second)
	h.Add(math.MaxInt64)
	if h.Quantile(0.5) != 0 || h.Max() != longest || h.Count() != 2 {
		t.Errorf("what cannot be is not taken for the nearest: %s to %s", h.Quantile(0.5), h.Max())
	}
}

func TestBarsHoldEveryDurationOnce(t *testing.T) {
	var h Histogram
	if h.Bars() != nil || h.Quantile(0.5) != 0 || h.Max() != 0 {
		t.Error("a histogram of nothing has something in it")
	}
	random := rand.New(rand.NewPCG(3, 4))
	list := durations(random, 20_000)
	for _, d := range list {
		h.Add(d)
	}
	var sum int64
	var from time.Duration
	for _, bar := range h.Bars() {
		exact := 0
		for _, d := range list {
			if d >= from && d < bar.Below {
				exact++
			}
		}
		if off := math.Abs(float64(bar.Count) - float64(exact)); off > 20+0.05*float64(exact) {
			t.Errorf("below %s: %d, exactly %d", bar.Below, bar.Count, exact)
		}
		sum, from = sum+bar.Count, bar.Below
	}
	if sum != int64(len(list)) || h.Bars()[0].Below != time.Microsecond {
		t.Errorf("%d of %d are in the bars, from %s", sum, len(list), h.Bars()[0].Below)
	}
	var narrow Histogram
	narrow.Add(300 * time.Microsecond)
	narrow.Add(1500 * time.Microsecond)
	want := []Bar{{500_000, 1}, {1_000_000, 0}, {2_000_000, 1}}
	if !slices.Equal(narrow.Bars(), want) {
		t.Errorf("got %v, want %v", narrow.Bars(), want)
	}
}

func TestManyAddAtOnceAndNoneIsLost(t *testing.T) {
	var h Histogram
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 5000 {
				h.Add(time.Duration(i*5000 + n))
			}
		})
	}
	all.Wait()
	if h.Count() != 40_000 || h.Max() != 39_999 {
		t.Errorf("got %d up to %s", h.Count(), h.Max())
	}
}

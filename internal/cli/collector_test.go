package cli

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"
)

func TestTheMoreIsAliveTheLessGarbageThereMayBeForIt(t *testing.T) {
	for _, c := range []struct {
		alive uint64
		want  int
	}{
		{0, 600}, {4 << 20, 600}, {8 << 20, 300}, {9 << 20, 250}, {24 << 20, 100},
		{25 << 20, 100}, {1 << 40, 100},
	} {
		if got := percentFor(c.alive); got != c.want {
			t.Errorf("for %d bytes: %d %%, want %d", c.alive, got, c.want)
		}
	}
}

func TestAServerWithLittleAliveIsSeldomCollected(t *testing.T) {
	usual := debug.SetGCPercent(usualPercent)
	t.Cleanup(func() { debug.SetGCPercent(usual) })
	before := collections(8 << 10)
	var c collector
	c.spare()
	defer c.stop()
	if spared := collections(8 << 10); spared > before/2 {
		t.Errorf("%d collections, without sparing %d", spared, before)
	}
	// What is alive is noticed at the next collection, and then it is as usual.
	kept := make([]byte, 4*roomForGarbage)
	for range 200 {
		runtime.GC()
		if percent() == usualPercent {
			runtime.KeepAlive(kept)
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("with %d MB alive garbage is collected at %d %%", len(kept)>>20, percent())
}

// percent is how much garbage there may be.
func percent() uint64 {
	samples := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64()
}

// collections counts them while garbage is made in pieces of some bytes.
func collections(size int) uint32 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range 1 << 15 {
		runtime.KeepAlive(make([]byte, size))
	}
	runtime.ReadMemStats(&after)
	return after.NumGC - before.NumGC
}

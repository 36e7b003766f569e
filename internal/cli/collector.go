package cli

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// roomForGarbage is how many bytes of garbage a server may make, at least, before they are
// collected.
const roomForGarbage = 24 << 20

// usualPercent is how much garbage Go collects at, in percent of what is alive.
const usualPercent = 100

// collector sees to it that garbage is not collected all the time where there is little of anything
// else. A server keeps some megabytes alive, and makes as much garbage many times a second: to
// collect each time takes it up to a fifth of its processor time. As soon as more is alive than
// there is room for garbage, everything is as Go has it.
type collector struct {
	percent int
	stopped atomic.Bool
}

// sentinel is what is alive until the next collection. It has a pointer, since what has none may
// share a place with others.
type sentinel struct{ _ *sentinel }

// spare begins to see to it.
func (c *collector) spare() {
	c.percent = usualPercent
	c.adjust()
}

// spare has garbage collected as is good for a server, unless somebody wants it otherwise.
func (a *app) spare(garbage *collector) {
	if wanted, _ := a.env.Getenv("GOGC"); wanted == "" {
		garbage.spare()
	}
}

// adjust chooses when to collect next, now and after each collection.
func (c *collector) adjust() {
	if c.stopped.Load() {
		return
	}
	if percent := percentFor(alive()); percent != c.percent {
		c.percent = percent
		debug.SetGCPercent(percent)
	}
	runtime.AddCleanup(new(sentinel), (*collector).adjust, c)
}

// stop leaves it as it is.
func (c *collector) stop() { c.stopped.Store(true) }

// percentFor is how much garbage there may be for so many bytes that are alive, in percent of them,
// and in steps, since each change stops everything for a moment. Go itself takes less than 4 MB for
// that much.
func percentFor(alive uint64) int {
	const step = 50
	return max(usualPercent, int(roomForGarbage*100/max(alive, 4<<20))/step*step)
}

// alive is how many bytes the last collection has found to be alive.
func alive() uint64 {
	samples := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64()
}

package storage

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A server has as many lanes as processors, within these bounds: more only make groups smaller, and
// each group costs the database about as much as ten bookings. With less than two, an event that is
// locked elsewhere would keep all the others waiting.
const fewestLanes, mostLanes = 2, 4

// lanes are writers beside each other, each with a connection of its own, so that events do not
// wait for one another. The calls of one event go to one lane, where they share groups. That is all
// that lanes are for: it is locked rows that keep transactions apart, those of other servers too.
type lanes struct {
	writers []*writer
	finder  *finder
}

// newLanes makes a lane out of each engine; finder gets one more. Groups are as the one that is
// given; who watches is told of one at a time, as by a single writer.
func newLanes(group *grouper, finder *finder, engines []engine) *lanes {
	l := &lanes{finder: finder}
	if observe := group.observe; observe != nil {
		var one sync.Mutex
		group.observe = func(g Group) {
			one.Lock()
			defer one.Unlock()
			observe(g)
		}
	}
	for _, e := range engines {
		of := *group
		of.failing, of.work = new(atomic.Bool), &work{pause: leavePause}
		l.writers = append(l.writers, newWriter(e, &of))
	}
	return l
}

// do finds out which events a call is about, as long as the caller wants to wait for that, and
// hands it over to their lane. Where that cannot be found out, a lane will see why.
func (l *lanes) do(ctx context.Context, timeout time.Duration, c *call) error {
	names := newNeeds()
	c.needs(&names)
	for id := range names.events {
		c.events = append(c.events, id)
	}
	c.located = true
	if len(names.slugs)+len(names.bookings) > 0 {
		finding, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		found, err := l.finder.find(finding, &names)
		if finding.Err() != nil {
			return l.writers[0].group.withdrawn(finding, timeout)
		}
		over, _ := finding.Deadline()
		timeout = time.Until(over)
		c.events = append(c.events, found...)
		c.located = err == nil
	}
	return l.lane(c.events).do(ctx, timeout, c)
}

// lane gives the lane of a call: that of its first event, so that the events of a call that has
// several are locked there too.
func (l *lanes) lane(events []int64) *writer {
	if len(events) == 0 {
		return l.writers[0]
	}
	return l.writers[uint64(slices.Min(events))%uint64(len(l.writers))]
}

func (l *lanes) failing() (all []*writer) {
	for _, w := range l.writers {
		all = append(all, w.failing()...)
	}
	return all
}

func (l *lanes) close() error {
	err := l.finder.close()
	for _, w := range l.writers {
		err = errors.Join(err, w.close())
	}
	return err
}

package storage

import (
	"strings"
	"testing"
	"time"

	"evbook/internal/booking"
)

// Who waits is found by an index, however many bookings there are beside them.
func TestWhoWaitsIsFoundByIndexes(t *testing.T) {
	s := open(t)
	wanted := []string{"bookings_limited", "bookings_waiting"}
	for _, policy := range booking.Policies() {
		e := booking.Event{ID: 1, EventDetails: booking.EventDetails{
			Capacity: 5, Waitlist: policy,
		}}
		e.Waiting = 3
		l := newLoader(s.refs, s.dialect, time.Now, new(memory), nil)
		l.sheet.LoadEvent(e)
		l.queuers = []booking.Customer{booking.CustomerOf(1, "ann@example.com")}
		var b batch
		l.loadPlaces(&b, e)
		l.loadQueue(&b, e)
		if len(b.steps) != len(wanted) {
			t.Fatalf("%s: %d queries", policy, len(b.steps))
		}
		for i, step := range b.steps {
			text := queryPlan(t, s, step.sql, step.args...)
			if !strings.Contains(text, wanted[i]) || strings.Contains(text, "TEMP B-TREE") {
				t.Errorf("%s: %s", step.sql, text)
			}
		}
	}
}

package storage

import (
	"fmt"
	"strconv"
	"strings"
)

// What is beyond the scope of a store's caller is left out by the statements themselves, so that it
// is missing like what is not there.

// ownEvents is [booking.Scope.HasEvent] in SQL, about a row of events.
func (s *Store) ownEvents() string {
	if s.caller.Scope.Public {
		return "status <> 'draft'"
	}
	return s.among("id")
}

// ofOwnEvents is the same about the number of an event, which may have been deleted.
func (s *Store) ofOwnEvents(column string) string {
	if s.caller.Scope.Public {
		return column + " IN (SELECT id FROM events WHERE status <> 'draft')"
	}
	return s.among(column)
}

// ownBookings is [booking.Scope.HasBooking] in SQL, about a row of bookings.
func (s *Store) ownBookings() string {
	scope := s.caller.Scope
	if !scope.Public {
		return s.among("event_id")
	}
	issue := "issue"
	if s.schema < lifeSchema { // nothing was transferred
		issue = "0"
	}
	return fmt.Sprintf("id = %d AND %s = %d", s.refs.row(scope.Own), issue, scope.Issue)
}

// among is the condition that a number is that of one of the caller's events.
func (s *Store) among(column string) string {
	if s.caller.Scope.Events == nil {
		return "1 = 1"
	}
	numbers := make([]string, len(s.caller.Scope.Events))
	for i, id := range s.caller.Scope.Events {
		numbers[i] = strconv.FormatInt(id, 10)
	}
	return column + " IN (" + strings.Join(numbers, ", ") + ")"
}

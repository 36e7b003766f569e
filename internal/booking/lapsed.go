package booking

import (
	"slices"
	"time"
)

// lapsedRoom is a room of an event in which lapsed holds have seats.
type lapsedRoom struct {
	event int64
	roomKey
}

// makeRoom takes lapsed holds off the books, the oldest first, until seats fit into all their
// rooms, and gives the event as it is then. That is the engine's own act: it stays done when the
// command is refused. So a command makes room before it changes anything.
func (s *Sheet) makeRoom(event Event, lines []Line, code string, now time.Time) Event {
	list := s.lapsed[event.ID]
	if len(list) == 0 {
		return event
	}
	d := Draft{Sheet: s, caller: engine(), now: now}
	for {
		short := slices.DeleteFunc(event.rooms(lines, code), room.roomy)
		oldest := s.oldestLapsed(event, short)
		if oldest < 0 {
			break
		}
		d.expire(&event, s.bookings[list[oldest]].After)
		list[oldest] = 0
	}
	d.applyEvent(event)
	return event
}

// oldestLapsed finds the oldest lapsed hold with seats in one of some rooms of an event, by its
// place in the list; -1 when there is none. What it passes over it never looks at again.
func (s *Sheet) oldestLapsed(event Event, rooms []room) int {
	list, oldest := s.lapsed[event.ID], -1
	for _, r := range rooms {
		in := lapsedRoom{event.ID, r.key}
		places := s.lapsedIn[in]
		for len(places) > 0 && (list[places[0]] == 0 ||
			!slices.Contains(event.roomKeys(s.bookings[list[places[0]]].After), r.key)) {
			places = places[1:]
		}
		s.lapsedIn[in] = places
		if len(places) > 0 && (oldest < 0 || places[0] < oldest) {
			oldest = places[0]
		}
	}
	return oldest
}

// roomKeys are the rooms of the event in which a booking has seats; some may be named twice.
func (e Event) roomKeys(b Booking) []roomKey {
	keys := []roomKey{{}}
	for _, l := range b.Lines {
		if p := e.poolOf(l.Type); p != nil {
			keys = append(keys, roomKey{pool: p.ID})
		}
	}
	if b.Code != "" {
		keys = append(keys, roomKey{code: b.Code})
	}
	return keys
}

// expire takes one lapsed hold off the books.
func (d *Draft) expire(event *Event, b Booking) {
	d.move(transition(Held, ToExpire), event, &b, nil)
}

// applyEvent makes what the engine itself has done to an event part of the sheet; nothing when
// nothing was noted.
func (d *Draft) applyEvent(event Event) {
	if len(d.journal) > 0 {
		d.putEvent(event)
		d.apply()
	}
}

// Sweep takes all lapsed holds of an event that are on the sheet off the books.
func (d *Draft) Sweep(event int64) {
	found, _ := d.Find(Selector{ID: event})
	refs := d.lapsed[event]
	own := Draft{Sheet: d.Sheet, caller: engine(), now: d.now}
	for _, ref := range refs {
		if ref != 0 {
			own.expire(&found, d.Sheet.bookings[ref].After)
		}
	}
	d.lapsed[event] = nil
	own.applyEvent(found)
}

// CountLapsed tells that seats of a stored event, which is on the sheet as the books have it, are
// those of a lapsed hold.
func (s *Sheet) CountLapsed(b Booking) {
	c := s.events[b.EventID]
	c.Before.Lapse(b)
	c.After.Lapse(b)
}

// LoadLapsedHold puts a lapsed hold on the sheet that can be taken off the books if its seats are
// wanted. The oldest come first, after the plan of their event. [Sheet.CountLapsed] counts its
// seats.
func (s *Sheet) LoadLapsedHold(b Booking) {
	s.LoadBooking(b)
	place := len(s.lapsed[b.EventID])
	s.lapsed[b.EventID] = append(s.lapsed[b.EventID], b.Reference)
	for _, key := range s.events[b.EventID].After.roomKeys(b) {
		in := lapsedRoom{b.EventID, key}
		s.lapsedIn[in] = append(s.lapsedIn[in], place)
	}
}

package booking

import (
	"slices"
	"time"
)

// room is a limit against which seats count: the event itself, a pool of it, or an access code.
type room struct {
	key      roomKey
	name     string
	capacity int
	Counters
	// seats are those that a booking has in the room, or asks for.
	seats int
}

// roomKey says which room of an event it is; the zero value is the event itself.
type roomKey struct {
	pool int64
	code string
}

func (r room) free() int { return r.Counters.free(r.capacity) }

func (r room) available() int { return r.Counters.available(r.capacity) }

// short says whether lapsed holds have to go before the seats fit.
func (r room) short() bool { return r.free()-r.Lapsed < r.seats }

// rooms are the rooms in which seats of the event count. The event is the first.
func (e Event) rooms(lines []Line, code string) []room {
	rooms := make([]room, 1, 3)
	rooms[0] = room{capacity: e.Capacity, Counters: e.Counters, seats: seatsOf(lines)}
	for _, l := range lines {
		p := e.poolOf(l.Type)
		if p == nil {
			continue
		}
		key := roomKey{pool: p.ID}
		i := slices.IndexFunc(rooms, func(r room) bool { return r.key == key })
		if i < 0 {
			i = len(rooms)
			rooms = append(rooms, room{
				key: key, name: "pool " + quoted(p.Name), capacity: p.Capacity,
				Counters: p.Counters,
			})
		}
		rooms[i].seats += l.Quantity
	}
	if c := e.code(code); c != nil {
		rooms = append(rooms, room{
			key: roomKey{code: c.Text}, name: "code " + c.Text, capacity: c.Uses,
			Counters: c.Counters, seats: rooms[0].seats,
		})
	}
	return rooms
}

// poolOf finds the pool of the ticket type of a number; nil when there is none.
func (e Event) poolOf(typ int64) *Pool {
	t := e.typeByID(typ)
	if t == nil {
		return nil
	}
	return e.PoolOf(*t)
}

// PoolOf finds the pool of a ticket type of the event; nil when it has none.
func (e Event) PoolOf(t TicketType) *Pool {
	if t.Pool == 0 {
		return nil
	}
	return byID(e.Pools, t.Pool)
}

// AvailableOf is the number of seats of a ticket type that can still be booked, as far as its pool
// and the event go.
func (e Event) AvailableOf(t TicketType) int {
	if p := e.PoolOf(t); p != nil {
		return min(e.Available(), p.Available())
	}
	return e.Available()
}

// byID finds a pool by its number; nil when there is none.
func byID(pools []Pool, id int64) *Pool {
	i := slices.IndexFunc(pools, func(p Pool) bool { return p.ID == id })
	if i < 0 {
		return nil
	}
	return &pools[i]
}

func (e Event) typeByID(id int64) *TicketType {
	i := slices.IndexFunc(e.Types, func(t TicketType) bool { return t.ID == id })
	if i < 0 {
		return nil
	}
	return &e.Types[i]
}

// code finds an access code that was loaded with the event; nil when there is none.
func (e Event) code(text string) *Code {
	i := slices.IndexFunc(e.Codes, func(c Code) bool { return c.Text == text })
	if i < 0 || text == "" {
		return nil
	}
	return &e.Codes[i]
}

// count changes the counters wherever seats of a ticket type count. Others may look at the same
// lists, so they are changed in a copy.
func (e *Event) count(typ int64, code string, change Counters) {
	e.Counters = e.plus(change)
	if typ != 0 {
		e.Types = slices.Clone(e.Types)
		t := e.typeByID(typ)
		t.Counters = t.plus(change)
		if t.Pool != 0 {
			e.countPool(t.Pool, change)
		}
	}
	if code != "" {
		e.Codes = slices.Clone(e.Codes)
		c := e.code(code)
		c.Counters = c.plus(change)
	}
}

func (e *Event) countPool(id int64, change Counters) {
	e.Pools = slices.Clone(e.Pools)
	p := byID(e.Pools, id)
	p.Counters = p.plus(change)
}

// makeRoom takes lapsed holds off the books, the oldest first, until seats fit into all their
// rooms, and gives the event as it is then. That is the engine's own act: it stays done when the
// command is refused. So a command makes room before it changes anything.
func (s *Sheet) makeRoom(event Event, lines []Line, code string, now time.Time) Event {
	d := Draft{Sheet: s, actor: Engine, now: now}
	kept := s.lapsed[event.ID]
	if len(kept) == 0 {
		return event
	}
	kept = slices.DeleteFunc(slices.Clone(kept), func(ref Reference) bool {
		b := s.bookings[ref].After
		if !event.relieved(b, lines, code) {
			return false
		}
		d.expire(&event, b)
		return true
	})
	s.lapsed[event.ID] = kept
	d.applyEvent(event)
	return event
}

// relieved says whether taking a hold off the books helps seats to fit.
func (e Event) relieved(b Booking, lines []Line, code string) bool {
	has := e.rooms(b.parts(), b.Code)
	return slices.ContainsFunc(e.rooms(lines, code), func(r room) bool {
		return r.short() && slices.ContainsFunc(has, func(h room) bool { return h.key == r.key })
	})
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

// Sweep takes all lapsed holds of an event that are on the sheet off the books, and gives their
// number.
func (d *Draft) Sweep(event int64) int {
	found, _ := d.Find(Selector{ID: event})
	refs := d.lapsed[event]
	own := Draft{Sheet: d.Sheet, actor: Engine, now: d.now}
	for _, ref := range refs {
		own.expire(&found, d.Sheet.bookings[ref].After)
	}
	d.lapsed[event] = nil
	own.applyEvent(found)
	return len(refs)
}

// CountLapsed tells that seats of a stored event, which is on the sheet as the books have it, are
// those of a lapsed hold.
func (s *Sheet) CountLapsed(b Booking) {
	c := s.events[b.EventID]
	c.Before.Lapse(b)
	c.After.Lapse(b)
}

// LoadLapsedHold puts a lapsed hold on the sheet that can be taken off the books if its seats are
// wanted. The oldest come first. [Sheet.CountLapsed] counts its seats.
func (s *Sheet) LoadLapsedHold(b Booking) {
	s.LoadBooking(b)
	s.lapsed[b.EventID] = append(s.lapsed[b.EventID], b.Reference)
}

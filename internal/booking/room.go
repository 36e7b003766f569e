package booking

import "slices"

// room is a limit against which seats count: the event itself, a pool of it, or an access code.
type room struct {
	key      roomKey
	name     string
	capacity int
	Counters
	// due are the free seats that people on the waitlist are due.
	due int
	// seats are those that a booking has in the room, or asks for.
	seats int
}

// roomKey says which room of an event it is; the zero value is the event itself.
type roomKey struct {
	pool int64
	code string
}

func (r room) free() int { return r.Counters.free(r.capacity) }

// available is the number of seats that can be booked: what no waiter is due.
func (r room) available() int { return max(0, r.free()-r.due) }

// roomy says whether the seats fit as things are, with no lapsed hold taken off the books.
func (r room) roomy() bool { return r.seats <= r.free()-r.Lapsed }

// whole is the event as a room for seats.
func (e Event) whole(seats int) room {
	return room{
		capacity: e.Capacity, Counters: e.Counters, due: e.Waiting - e.parked(), seats: seats,
	}
}

// rooms are the rooms in which seats of the event count. The event is the first.
func (e Event) rooms(lines []Line, code string) []room {
	rooms := []room{e.whole(seatsOf(lines))} // all that most events have
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
				Counters: p.Counters, due: e.dueIn(*p),
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
	return poolByID(e.Pools, t.Pool)
}

// AvailableOf is the number of seats of a ticket type that can still be booked, as far as its pool
// and the event go.
func (e Event) AvailableOf(t TicketType) int {
	if p := e.PoolOf(t); p != nil {
		return min(e.Available(), e.AvailableIn(*p))
	}
	return e.Available()
}

// AvailableIn is the number of seats that can still be booked as far as a pool of the event goes.
func (e Event) AvailableIn(p Pool) int {
	return room{capacity: p.Capacity, Counters: p.Counters, due: e.dueIn(p)}.available()
}

// unsold says whether seats of a ticket type, nil for none, are offered to nobody on the waitlist:
// it is closed, or takes an access code.
func (e Event) unsold(t *TicketType) bool {
	return e.CodeRequired || t != nil && (t.Closed || t.CodeRequired)
}

// dueIn is how many seats of a pool people on the waitlist are due.
func (e Event) dueIn(p Pool) int {
	due := 0
	for i, t := range e.Types {
		if t.Pool == p.ID && !e.unsold(&e.Types[i]) {
			due += t.Waiting
		}
	}
	return due
}

// parked is for how many of the seats for which people wait no seat of the event has to stand
// empty: what is offered to nobody, and what a pool has no room for. Each seat that comes free in
// the pool brings a seat of the event with it.
func (e Event) parked() int {
	switch {
	case e.Waiting == 0:
		return 0
	case e.CodeRequired:
		return e.Waiting
	case len(e.Types) == 0:
		return e.Parked
	}
	parked := 0
	for i, t := range e.Types {
		if e.unsold(&e.Types[i]) {
			parked += t.Waiting
		}
	}
	for _, p := range e.Pools {
		parked += max(0, e.dueIn(p)-max(0, p.free(p.Capacity)))
	}
	return parked
}

// poolByID finds a pool by its number; nil when there is none.
func poolByID(pools []Pool, id int64) *Pool {
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

// code gives a copy of an access code that was loaded with the event; nil when there is none.
func (e Event) code(text string) *Code {
	c, ok := e.Codes.Find(text)
	if !ok || text == "" {
		return nil
	}
	return &c
}

// count changes the counters wherever seats of a ticket type count. Others may look at the same
// lists, so they are changed in a copy.
func (e *Event) count(typ int64, code string, change Counters) {
	e.Counters = e.plus(change)
	// A type or code that is not there is a damaged row, which is for verify to tell.
	if e.typeByID(typ) != nil {
		e.Types = slices.Clone(e.Types)
		t := e.typeByID(typ)
		t.Counters = t.plus(change)
		if t.Pool != 0 {
			e.countPool(t.Pool, change)
		}
	}
	if c := e.code(code); c != nil {
		c.Counters = c.plus(change)
		e.Codes = e.Codes.With(*c)
	}
}

func (e *Event) countPool(id int64, change Counters) {
	e.Pools = slices.Clone(e.Pools)
	p := poolByID(e.Pools, id)
	p.Counters = p.plus(change)
}

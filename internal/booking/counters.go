package booking

// Counters are the seats of an event, a ticket type, a pool or an access code that are not free.
type Counters struct {
	// Held and Confirmed are the seats taken: Held by bookings that may still lapse, Confirmed for
	// good. Lapsed are the seats of holds that have lapsed and are still on the books: they are
	// free, but have to be taken off before others can have them. Where there is a capacity, the
	// sum of all three never exceeds it.
	Held, Confirmed, Lapsed int
	// Waiting are the seats for which people wait; free seats are theirs first.
	Waiting int
}

// Taken is the number of seats that are held or confirmed.
func (c Counters) Taken() int { return c.Held + c.Confirmed }

// OnBooks is the number of held seats as it is stored, which knows no clock.
func (c Counters) OnBooks() int { return c.Held + c.Lapsed }

// plus gives the counters after a change.
func (c Counters) plus(d Counters) Counters {
	return Counters{
		Held:      c.Held + d.Held,
		Confirmed: c.Confirmed + d.Confirmed,
		Lapsed:    c.Lapsed + d.Lapsed,
		Waiting:   c.Waiting + d.Waiting,
	}
}

// minus gives the change that leads from other counters to these.
func (c Counters) minus(d Counters) Counters {
	return Counters{
		Held:      c.Held - d.Held,
		Confirmed: c.Confirmed - d.Confirmed,
		Lapsed:    c.Lapsed - d.Lapsed,
		Waiting:   c.Waiting - d.Waiting,
	}
}

// free is the number of seats that nobody has, of so many; those of lapsed holds are free. Somebody
// may be waiting for them.
func (c Counters) free(capacity int) int { return capacity - c.Held - c.Confirmed }

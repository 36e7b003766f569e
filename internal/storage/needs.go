package storage

import "evbook/internal/booking"

// needs is what the commands of a group want on their sheet.
type needs struct {
	events   map[int64]bool
	slugs    map[string]bool
	bookings map[booking.Reference]bool
	keys     map[booking.Key]bool
	// seats are how many all commands together ask an event for.
	seats map[booking.Selector]int
	// amends are what is asked of bookings that are there, by each command.
	amends map[booking.Reference][]amendment
	// codes are access codes that were given, customers are e-mail addresses that are to have more
	// seats of an event, and queuers those that are to wait for some.
	codes              []booking.CodeSelector
	customers, queuers []booking.Customer
	// newEvents says that a number for a new one will be asked for, newBookings for how many.
	newEvents   bool
	newBookings int
	// bookingsOf wants all bookings of an event that have seats. This and the next hold one value:
	// the commands that use them are alone in their group.
	bookingsOf booking.Selector
	// lapsed is how many lapsed holds of an event are wanted, whether or not their seats are.
	lapsed   int
	lapsedOf booking.Selector
	// capacity is what an event is to have that is edited; 0 for what it has.
	capacity int
	// wholeQueue says that it may become another one's turn on the waitlist of an event.
	wholeQueue bool
	// everBooked, if set, is told whether the event has ever had a booking.
	everBooked *bool
	everOf     booking.Selector
	// tokens are the numbers of those that are wanted; nextToken, if set, is told a new one's.
	tokens    []int64
	nextToken *int64
}

func newNeeds() needs {
	return needs{
		events:   map[int64]bool{},
		slugs:    map[string]bool{},
		seats:    map[booking.Selector]int{},
		bookings: map[booking.Reference]bool{},
		keys:     map[booking.Key]bool{},
		amends:   map[booking.Reference][]amendment{},
	}
}

func (n *needs) event(sel booking.Selector) {
	if sel.Slug != "" {
		n.slug(sel.Slug)
		return
	}
	n.events[sel.ID] = true
}

func (n *needs) slug(slug string) {
	if slug != "" {
		n.slugs[slug] = true
	}
}

func (n *needs) key(key booking.Key) {
	if key.Text != "" {
		n.keys[key] = true
	}
}

func (n *needs) booking(ref booking.Reference) { n.bookings[ref] = true }

// amendment is what a command asks of a booking that is there; zero values ask nothing.
type amendment struct {
	// moves says that the booking is to go elsewhere: to another event, or within its own if that
	// is the zero selector.
	moves bool
	event booking.Selector
	// email is the address of another customer.
	email string
	// seats are those that it is to have, code the access code that is given for them.
	seats int
	code  string
}

// amend notes what is asked of a booking.
func (n *needs) amend(ref booking.Reference, a amendment) {
	n.booking(ref)
	n.amends[ref] = append(n.amends[ref], a)
	if a.event != (booking.Selector{}) {
		n.event(a.event)
	}
}

// reshaped notes an event that is to change, so that it may become anybody's turn on its waitlist.
func (n *needs) reshaped(event booking.Selector) {
	n.event(event)
	n.wholeQueue = true
}

// ask notes how many seats are wanted; more than there can be are wanted of none.
func (n *needs) ask(event booking.Selector, seats int) {
	if booking.ValidateQuantity(seats) == nil {
		n.seats[event] += seats
	}
}

func (n *needs) customer(event booking.Selector, email string) {
	if email != "" {
		n.customers = append(n.customers, booking.Customer{Event: event, Email: email})
	}
}

// code notes an access code that was given for seats of an event.
func (n *needs) code(event booking.Selector, text string) {
	if text != "" {
		n.codes = append(n.codes, booking.CodeSelector{
			Event: event, Text: booking.NormalCode(text),
		})
	}
}

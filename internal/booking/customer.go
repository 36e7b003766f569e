package booking

import "fmt"

// Customer is somebody at one event, by the e-mail address.
type Customer struct {
	Event Selector
	Email string
}

// validateCustomer notes what is wrong with what a customer gave, as far as it is given.
func validateCustomer(bad *Fields, email, name, note *string) {
	if email != nil {
		bad.Add("user_email", validateEmail(*email))
	}
	if name != nil {
		bad.Add("name", validateText(*name, MaxName, false))
	}
	if note != nil {
		bad.Add("note", validateText(*note, MaxNote, true))
	}
}

// CustomerOf gives a customer of the event of a number in the form in which seats are counted: the
// address is folded.
func CustomerOf(event int64, email string) Customer {
	return Customer{Selector{ID: event}, Fold(email)}
}

// LoadCustomer tells how many seats a customer, as [CustomerOf] gives it, has in all bookings of
// the event that are waiting, held or confirmed. Lapsed holds do not count.
func (s *Sheet) LoadCustomer(who Customer, seats int) { s.customers[who] = seats }

// countCustomer notes that a customer has more seats, or fewer, at an event that limits them.
func (d *Draft) countCustomer(event Event, email string, seats int) {
	if event.MaxPerCustomer == 0 || email == "" || seats == 0 {
		return
	}
	if d.customers == nil {
		d.customers = map[Customer]int{}
	}
	d.customers[CustomerOf(event.ID, email)] += seats
}

// withinCustomer refuses with [Limit] more seats than the event allows to one customer, over all
// bookings, holds and waitlist entries.
func (d *Draft) withinCustomer(event Event, email string, seats int) error {
	most := event.MaxPerCustomer
	if most == 0 {
		return nil
	}
	if email == "" {
		var bad Fields
		bad.Add("user_email", fmt.Sprintf("is missing; event %d allows %s to each customer",
			event.ID, Seats(most)))
		return bad.Err()
	}
	has := d.seatsOfCustomer(event.ID, email)
	switch {
	case has+seats <= most:
		return nil
	case d.caller.Scope.Public: // who has how many is nobody else's business
		return overLimit(event, "event %d allows %s to each customer, %s would have more",
			event.ID, Seats(most), email).WithHint("ask for fewer seats")
	default:
		return overLimit(event, "event %d allows %s to each customer; %s has %d, asked for %d",
			event.ID, Seats(most), email, has, seats).WithHint("ask for fewer seats")
	}
}

// seatsOfCustomer counts the seats of a customer at an event, with what the draft has changed.
func (d *Draft) seatsOfCustomer(event int64, email string) int {
	who := CustomerOf(event, email)
	return d.Sheet.customers[who] + d.customers[who]
}

// rename lets the seats of a booking count for another e-mail address, where the event limits those
// of each; so many of them stay. It refuses with [Limit] when the address may not have these, and
// with [Invalid] when there has to be one.
func (d *Draft) rename(event Event, b Booking, email string, stay int) error {
	if Fold(email) == Fold(b.Email) {
		return nil
	}
	if email == "" && b.Status == Waiting {
		var bad Fields
		bad.Add("user_email", nobodyWaits)
		return bad.Err()
	}
	if err := d.withinCustomer(event, email, stay); err != nil {
		return err
	}
	d.countCustomer(event, b.Email, -b.Quantity)
	d.countCustomer(event, email, b.Quantity)
	return nil
}

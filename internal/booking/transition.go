package booking

// Command is what can be asked of a booking.
type Command string

// The commands. Those about a part name fewer seats than the booking has.
const (
	ToHold        Command = "hold"
	ToBook        Command = "book"
	ToConfirm     Command = "confirm"
	ToConfirmPart Command = "confirm a part"
	ToExtend      Command = "extend"
	ToRelease     Command = "release"
	ToCancel      Command = "cancel"
	ToCancelPart  Command = "cancel a part"
	// ToCallOff is the cancellation of the event, which reaches every booking of it.
	ToCallOff Command = "cancel the event"
	// ToExpire is asked by the engine alone, of holds whose time has come.
	ToExpire Command = "expire"
)

// Commands lists what can be asked of a booking that is there.
func Commands() []Command {
	return []Command{
		ToConfirm, ToConfirmPart, ToExtend, ToRelease, ToCancel, ToCancelPart, ToCallOff, ToExpire,
	}
}

// Transition says where a command takes a booking. Each state but the final ones is left exactly
// once. A hold that has lapsed counts as Expired, whether or not it was taken off the books.
type Transition struct {
	// From is the state before, "" for a new booking.
	From    Status
	Command Command
	// To is the state after, the same as From when the command is refused.
	To Status
	// Entry is the kind of the journal's entry; "" when nothing happens.
	Entry EntryKind
	// Held and Confirmed are the changes of the event's counters.
	Held, Confirmed Change
	// Refusal is the kind of error that refuses the command; "" when it is done.
	Refusal Kind
}

// Change is a change of a counter: so many times all seats of a booking, and so many times the part
// that a command names.
type Change struct{ All, Part int }

// seats gives the change for a booking with so many seats.
func (c Change) seats(all, part int) int { return c.All*all + c.Part*part }

// String writes the change with n for all seats and k for the part: "-n", "+k", "0".
func (c Change) String() string {
	switch {
	case c.All < 0:
		return "-n"
	case c.All > 0:
		return "+n"
	case c.Part < 0:
		return "-k"
	case c.Part > 0:
		return "+k"
	}
	return "0"
}

// steps are all transitions that change something.
func steps() [11]Transition {
	taken, part := Change{All: 1}, Change{Part: 1}
	back, partBack := Change{All: -1}, Change{Part: -1}
	return [...]Transition{
		{From: "", Command: ToHold, To: Held, Entry: BookingHeld, Held: taken},
		{From: "", Command: ToBook, To: Confirmed, Entry: BookingConfirmed, Confirmed: taken},
		{From: Held, Command: ToConfirm, To: Confirmed, Entry: BookingConfirmed,
			Held: back, Confirmed: taken},
		{From: Held, Command: ToConfirmPart, To: Confirmed, Entry: BookingConfirmed,
			Held: back, Confirmed: part},
		{From: Held, Command: ToExtend, To: Held, Entry: BookingExtended},
		{From: Held, Command: ToRelease, To: Released, Entry: BookingReleased, Held: back},
		{From: Held, Command: ToCallOff, To: Released, Entry: BookingReleased, Held: back},
		{From: Held, Command: ToExpire, To: Expired, Entry: BookingExpired, Held: back},
		{From: Confirmed, Command: ToCancel, To: Cancelled, Entry: BookingCancelled,
			Confirmed: back},
		{From: Confirmed, Command: ToCancelPart, To: Confirmed, Entry: BookingReduced,
			Confirmed: partBack},
		{From: Confirmed, Command: ToCallOff, To: Cancelled, Entry: BookingCancelled,
			Confirmed: back},
	}
}

// transition finds where a command takes a booking. What the engine or the event asks of a booking
// that it does not concern leaves it as it is.
func transition(from Status, command Command) Transition {
	for _, t := range steps() {
		if t.From == from && t.Command == command {
			return t
		}
	}
	t := Transition{From: from, Command: command, To: from}
	if command != ToCallOff && command != ToExpire {
		t.Refusal = Conflict
	}
	return t
}

// Transitions is the whole table: how a booking comes to be, and then every state with every
// command.
func Transitions() []Transition {
	all := []Transition{transition("", ToHold), transition("", ToBook)}
	for _, from := range Statuses() {
		for _, command := range Commands() {
			all = append(all, transition(from, command))
		}
	}
	return all
}

// step finds where a command takes a booking. It refuses with [Conflict] when the booking is not in
// the state that the command is for, and tells what has become of it.
func (d *Draft) step(b Booking, command Command) (Transition, error) {
	b = b.At(d.now)
	t := transition(b.Status, command)
	if t.Refusal != "" {
		return t, whatBecameOf(b)
	}
	return t, nil
}

// move takes a booking where a transition leads. It is the one place where seats change hands;
// part is the number of seats that the command names.
func (d *Draft) move(t Transition, event *Event, b *Booking, part int) {
	held, confirmed := t.Held.seats(b.Quantity, part), t.Confirmed.seats(b.Quantity, part)
	event.Confirmed += confirmed
	if t.To == Expired { // its seats are free already, and it ended when it lapsed
		event.Lapsed += held
		b.UpdatedAt = b.ExpiresAt
	} else {
		event.Held += held
		b.UpdatedAt = d.now
	}
	seats := held + confirmed
	if t.From != "" {
		seats += b.Quantity
	}
	if seats > 0 { // a booking that gave all its seats back keeps their number
		b.Quantity = seats
	}
	b.Status = t.To
	entry := Entry{Kind: t.Entry, Booking: b.Reference, Held: held, Confirmed: confirmed}
	if t.To == Held {
		entry.Detail.ExpiresAt = b.ExpiresAt
	}
	d.log(event, entry)
	d.putBooking(*b)
}

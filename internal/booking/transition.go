package booking

import "slices"

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
	// ToJoin puts an entry on the waitlist, and ToLeave takes it off. ToOffer is asked by the
	// engine alone, of the next entry when its seats are free.
	ToJoin  Command = "join the waitlist"
	ToOffer Command = "offer"
	ToLeave Command = "leave"
	// ToResize changes the number of seats, up or down.
	ToResize Command = "change"
	// ToMove makes the seats those of another event or ticket type.
	ToMove Command = "move"
	// ToEdit changes what the customer gave, ToTransfer the customer.
	ToEdit     Command = "edit"
	ToTransfer Command = "transfer"
)

// Commands lists what can be asked of a booking that is there.
func Commands() []Command {
	return []Command{
		ToOffer, ToLeave, ToConfirm, ToConfirmPart, ToExtend, ToRelease, ToCancel, ToCancelPart,
		ToResize, ToMove, ToEdit, ToTransfer, ToCallOff, ToExpire,
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
	// Waiting, Held and Confirmed are the changes of the counters of the event and of whatever else
	// the seats count in. A move takes the seats from one place to another, so in sum it has none.
	Waiting, Held, Confirmed Delta
	// Refusal is the kind of error that refuses the command; "" when it is done.
	Refusal Kind
}

// Delta is the change of a counter: so many times all seats of a booking, and so many times the
// part that a command names.
type Delta struct{ All, Part int }

// seats gives the change for a booking with so many seats.
func (d Delta) seats(all, part int) int { return d.All*all + d.Part*part }

var (
	allIn, allOut   = Delta{All: 1}, Delta{All: -1}
	partIn, partOut = Delta{Part: 1}, Delta{Part: -1}
)

// String writes the change with n for all seats and k for the part: "-n", "+k", "0".
func (d Delta) String() string {
	switch {
	case d.All < 0:
		return "-n"
	case d.All > 0:
		return "+n"
	case d.Part < 0:
		return "-k"
	case d.Part > 0:
		return "+k"
	}
	return "0"
}

// steps are all transitions that change something.
var steps = []Transition{
	{From: "", Command: ToHold, To: Held, Entry: BookingHeld, Held: allIn},
	{From: "", Command: ToJoin, To: Waiting, Entry: BookingJoined, Waiting: allIn},
	{From: Waiting, Command: ToOffer, To: Held, Entry: BookingOffered,
		Waiting: allOut, Held: allIn},
	{From: Waiting, Command: ToLeave, To: Left, Entry: BookingLeft, Waiting: allOut},
	{From: Waiting, Command: ToCallOff, To: Left, Entry: BookingLeft, Waiting: allOut},
	{From: Waiting, Command: ToEdit, To: Waiting, Entry: BookingEdited},
	{From: Waiting, Command: ToTransfer, To: Waiting, Entry: BookingTransferred},
	{From: "", Command: ToBook, To: Confirmed, Entry: BookingConfirmed, Confirmed: allIn},
	{From: Held, Command: ToConfirm, To: Confirmed, Entry: BookingConfirmed,
		Held: allOut, Confirmed: allIn},
	{From: Held, Command: ToConfirmPart, To: Confirmed, Entry: BookingConfirmed,
		Held: allOut, Confirmed: partIn},
	{From: Held, Command: ToExtend, To: Held, Entry: BookingExtended},
	{From: Held, Command: ToRelease, To: Released, Entry: BookingReleased, Held: allOut},
	{From: Held, Command: ToCallOff, To: Released, Entry: BookingReleased, Held: allOut},
	{From: Held, Command: ToExpire, To: Expired, Entry: BookingExpired, Held: allOut},
	{From: Confirmed, Command: ToCancel, To: Cancelled, Entry: BookingCancelled,
		Confirmed: allOut},
	{From: Confirmed, Command: ToCancelPart, To: Confirmed, Entry: BookingReduced,
		Confirmed: partOut},
	{From: Confirmed, Command: ToCallOff, To: Cancelled, Entry: BookingCancelled,
		Confirmed: allOut},
	{From: Held, Command: ToResize, To: Held, Entry: BookingResized, Held: partIn},
	{From: Held, Command: ToMove, To: Held, Entry: BookingMoved},
	{From: Held, Command: ToEdit, To: Held, Entry: BookingEdited},
	{From: Held, Command: ToTransfer, To: Held, Entry: BookingTransferred},
	{From: Confirmed, Command: ToResize, To: Confirmed, Entry: BookingResized,
		Confirmed: partIn},
	{From: Confirmed, Command: ToMove, To: Confirmed, Entry: BookingMoved},
	{From: Confirmed, Command: ToEdit, To: Confirmed, Entry: BookingEdited},
	{From: Confirmed, Command: ToTransfer, To: Confirmed, Entry: BookingTransferred},
}

// transition finds where a command takes a booking. What the engine or the event asks of a booking
// that it does not concern leaves it as it is.
func transition(from Status, command Command) Transition {
	for _, t := range steps {
		if t.From == from && t.Command == command {
			return t
		}
	}
	t := Transition{From: from, Command: command, To: from}
	if command != ToCallOff && command != ToExpire && command != ToOffer {
		t.Refusal = Conflict
	}
	return t
}

// Transitions is the whole table: how a booking comes to be, and then every state with every
// command.
func Transitions() []Transition {
	all := []Transition{transition("", ToJoin), transition("", ToHold), transition("", ToBook)}
	for _, from := range Statuses() {
		for _, command := range Commands() {
			all = append(all, transition(from, command))
		}
	}
	return all
}

// step finds where a command takes a booking. It refuses with [Conflict] when the booking is not in
// the state that the command is for, and tells what has become of it, and with [Stale] when it is
// not as the caller has seen it.
func (d *Draft) step(b Booking, command Command) (Transition, error) {
	b = b.At(d.now)
	t := transition(b.Status, command)
	if err := d.caller.Condition.meetsBooking(b); err != nil {
		return t, err
	}
	if t.Refusal != "" {
		return t, whatBecameOf(b)
	}
	return t, nil
}

// move takes a booking where a transition leads. It is the one place where seats change hands, but
// for those that become seats of another event or type ([Draft.shift]). Part has the number of
// seats of each line that the command names, nil for none; to resize it has the differences, which
// can be below zero.
func (d *Draft) move(t Transition, event *Event, b *Booking, part []int) {
	lines := slices.Clone(b.parts())
	var sum Counters
	var types []TypeSeats
	for i := range lines {
		l := &lines[i]
		change := t.change(l.Quantity, part, i)
		sum = sum.plus(change)
		if t.From == "" {
			l.Quantity = 0
		}
		l.Quantity += change.Held + change.Confirmed + change.Waiting
		if l.Type != 0 && change != (Counters{}) {
			types = append(types, typeSeats(*l, change))
		}
		event.count(l.Type, b.Code, t.lapsing(change))
	}
	b.setLines(lines)
	b.Status, b.UpdatedAt = t.To, d.now
	entry := Entry{
		Kind: t.Entry, Booking: b.Reference, Held: sum.Held, Confirmed: sum.Confirmed,
		Waiting: sum.Waiting, Detail: Detail{Types: types, Code: b.Code},
	}
	switch t.To {
	case Expired: // it ended when it lapsed
		b.UpdatedAt = b.ExpiresAt
	case Held:
		entry.Detail.ExpiresAt = b.ExpiresAt
		fallthrough
	default:
		d.countCustomer(*event, b.Email, sum.Held+sum.Confirmed+sum.Waiting)
	}
	d.log(event, entry)
	d.putBooking(*b)
}

// change gives the change of the counters for one line of a booking.
func (t Transition) change(all int, part []int, line int) Counters {
	named := 0
	if part != nil {
		named = part[line]
	}
	return Counters{
		Waiting: t.Waiting.seats(all, named), Held: t.Held.seats(all, named),
		Confirmed: t.Confirmed.seats(all, named),
	}
}

// lapsing gives the change where counters tell lapsed holds from others: the seats of what expires
// are free already.
func (t Transition) lapsing(change Counters) Counters {
	if t.To == Expired {
		change.Held, change.Lapsed = 0, change.Held
	}
	return change
}

func typeSeats(l Line, change Counters) TypeSeats {
	return TypeSeats{
		Type: l.Type, Name: l.Name, Held: change.Held, Confirmed: change.Confirmed,
		Waiting: change.Waiting,
	}
}

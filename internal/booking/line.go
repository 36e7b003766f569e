package booking

import (
	"fmt"
	"slices"
	"strings"
)

// MaxLines is the most ticket types that one booking can have seats of.
const MaxLines = 20

// Line is the seats of one ticket type in a booking.
type Line struct {
	// Type is the number of the ticket type within its event, 0 for seats of no type.
	Type int64
	// Name is what the type was called when the seats were taken.
	Name     string
	Quantity int
	// UnitPrice is what one seat cost then.
	UnitPrice Money
}

// LineRequest asks for seats of one ticket type.
type LineRequest struct {
	// Type is the name of the ticket type, compared as [Fold] has it.
	Type string
	// Quantity is the number of seats: 1 to [MaxCapacity], or 0 where none is an answer.
	Quantity int
}

// parts are the lines of a booking; one without ticket types is a line of no type.
func (b Booking) parts() []Line {
	if len(b.Lines) == 0 {
		return []Line{{Quantity: b.Quantity, UnitPrice: b.UnitPrice}}
	}
	return b.Lines
}

// seatsOf counts the seats of lines.
func seatsOf(lines []Line) (seats int) {
	for _, l := range lines {
		seats += l.Quantity
	}
	return seats
}

// setLines gives a booking its seats. Lines without seats go, unless all of them have none: then
// nothing is set, since a booking that gave all its seats back keeps their numbers.
func (b *Booking) setLines(lines []Line) {
	if seatsOf(lines) == 0 {
		return
	}
	empty := func(l Line) bool { return l.Quantity == 0 }
	if slices.ContainsFunc(lines, empty) {
		lines = slices.DeleteFunc(slices.Clone(lines), empty)
	}
	b.Quantity, b.Lines = seatsOf(lines), lines
	b.UnitPrice.Minor = 0
	if len(lines) == 1 {
		b.UnitPrice = lines[0].UnitPrice
		if lines[0].Type == 0 {
			b.Lines = nil
		}
	}
}

// validateLines says what is wrong with lines that are asked for; "" when nothing is.
func validateLines(lines []LineRequest, least int) string {
	if len(lines) > MaxLines {
		return fmt.Sprintf("has more than %d ticket types; make two bookings", MaxLines)
	}
	seen := map[string]bool{}
	for _, l := range lines {
		name := Fold(l.Type)
		switch {
		case l.Type == "":
			return "names no ticket type"
		case seen[name]:
			return quoted(l.Type) + " is named twice; add its seats up"
		case l.Quantity < least || l.Quantity > MaxCapacity:
			return quoted(l.Type) + ": " + validateCount(l.Quantity, MaxCapacity)
		}
		seen[name] = true
	}
	return ""
}

// Part says which seats of a booking a command means; the zero value means all of them.
type Part struct {
	// Quantity is the number of seats of a booking with one ticket type or none, 1 or more.
	Quantity *int
	// Lines are the numbers for each ticket type; those that are not named have none.
	Lines []LineRequest
}

// validate notes what is wrong with the part, whatever the booking.
func (p Part) validate(bad *Fields) {
	if p.Quantity != nil {
		bad.Add("quantity", validateCount(*p.Quantity, MaxCapacity))
	}
	bad.Add("lines", validateLines(p.Lines, 1))
	if p.Quantity != nil && len(p.Lines) > 0 {
		bad.Add("quantity", "is given beside lines; the lines have the numbers already")
	}
}

// All says whether all seats are meant, of whatever booking.
func (p Part) All() bool { return p.Quantity == nil && len(p.Lines) == 0 }

// of gives the number of seats that the part has of each line of a booking. It refuses with
// [Conflict] when the booking has fewer, and with [Invalid] when it does not say of which type.
func (p Part) of(b Booking, command string) ([]int, error) {
	lines := b.parts()
	counts := make([]int, len(lines))
	switch {
	case p.All():
		for i, l := range lines {
			counts[i] = l.Quantity
		}
		return counts, nil
	case len(p.Lines) > 0:
		for _, ask := range p.Lines {
			i, err := b.lineOf(ask.Type)
			if err != nil {
				return nil, err
			}
			counts[i] = ask.Quantity
		}
	case *p.Quantity == b.Quantity:
		return Part{}.of(b, command)
	case len(lines) == 1 || *p.Quantity > b.Quantity:
		counts[0] = *p.Quantity
	default:
		return nil, b.ambiguous()
	}
	for i, l := range lines {
		if counts[i] > l.Quantity {
			return nil, tooMany(b, l, command, counts[i])
		}
	}
	return counts, nil
}

// lineOf finds the line of a ticket type. It refuses with [NotFound] when the booking has none.
func (b Booking) lineOf(name string) (int, error) {
	i := slices.IndexFunc(b.Lines, func(l Line) bool { return Fold(l.Name) == Fold(name) })
	if i < 0 {
		err := Errorf(NotFound, "booking %s has no seats of ticket type %s", b.Reference,
			quoted(name))
		if len(b.Lines) > 0 {
			err = err.WithHint("it has seats of %s", strings.Join(b.typeNames(), ", "))
		}
		return 0, err
	}
	return i, nil
}

// ambiguous refuses with [Invalid] a number of seats that may be of either of several types.
func (b Booking) ambiguous() error {
	names := b.typeNames()
	field := Field{"quantity", "is of several ticket types; say how many of each: " +
		strings.Join(names, ", ")}
	return &Error{
		Kind: Invalid, Message: field.Name + ": " + field.Reason, Fields: Fields{field},
		Booking: b.Reference, Instead: Instead{Types: names},
	}
}

// typeNames lists the ticket types of a booking.
func (b Booking) typeNames() []string {
	var names []string
	for _, l := range b.Lines {
		if l.Type != 0 {
			names = append(names, l.Name)
		}
	}
	return names
}

// Called is the name of the line's ticket type for people, who see that it has none.
func (l Line) Called() string {
	if l.Type == 0 {
		return "without a type"
	}
	return l.Name
}

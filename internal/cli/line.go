package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"evbook/internal/booking"
)

// seatsInput is what was typed about the seats that are wanted.
type seatsInput struct {
	quantity, code string
	ticketType     *string
	lines          []string
}

func (in *seatsInput) declare(flags *pflag.FlagSet) {
	flags.StringVar(&in.quantity, "qty", "", "`N` seats")
	declareOptional(flags, &in.ticketType, "type", "ticket `TYPE` of the seats")
	declareLines(flags, &in.lines, "seats of several ticket types")
	flags.StringVar(&in.code, "code", "", "access `CODE`")
}

// declareLines adds the flag that says how many seats of which ticket types are meant.
func declareLines(flags *pflag.FlagSet, lines *[]string, usage string) {
	declareRepeated(flags, lines, "line", usage+", each as `TYPE=N`")
}

// missing says whether it was left out which seats are wanted.
func (in seatsInput) missing() bool { return in.quantity == "" && len(in.lines) == 0 }

// read gives the number of seats, and the lines where ticket types are named: in lines, or by one
// type beside the number.
func (in seatsInput) read(f *form) (quantity int, lines []booking.LineRequest) {
	if in.ticketType != nil && *in.ticketType == "" {
		f.bad.Add(fieldType, "is empty; leave it out, or name a ticket type")
	}
	if len(in.lines) > 0 {
		if in.ticketType != nil {
			f.bad.Add(fieldType, "is given beside lines; the lines name the types already")
		}
		if in.quantity != "" {
			quantity = f.count(fieldQuantity, in.quantity)
		}
		if lines = f.lines(in.lines); len(lines) == 0 {
			quantity = 1 // no complaint about a number, beside that about the lines
		}
		return quantity, lines
	}
	if f.require(fieldQuantity, in.quantity) {
		quantity = f.count(fieldQuantity, in.quantity)
	}
	if name := or(in.ticketType, ""); name != "" && booking.ValidateQuantity(quantity) == nil {
		// A bad number stays one of --qty, which is where it was typed.
		lines = []booking.LineRequest{{Type: name, Quantity: quantity}}
	}
	return quantity, lines
}

// lines reads ticket types with numbers of seats, such as adult=2; none when one of them cannot be
// read.
func (f *form) lines(typed []string) (lines []booking.LineRequest) {
	for _, text := range typed {
		name, number, found := strings.Cut(text, "=")
		if !found || name == "" {
			f.bad.Add(fieldLines, fmt.Sprintf(
				"%.40q is not a ticket type with a number of seats, write adult=2", text))
			return nil
		}
		var one form
		n := one.count("quantity", number)
		if len(one.bad) > 0 {
			f.bad.Add(fieldLines, fmt.Sprintf("%.40q: %s", name, one.bad[0].Reason))
			return nil
		}
		lines = append(lines, booking.LineRequest{Type: name, Quantity: n})
	}
	return lines
}

// part reads which seats of a booking are meant: all of them where neither was typed.
func (f *form) part(quantity *string, lines []string) booking.Part {
	return booking.Part{Quantity: f.countOf(fieldQuantity, quantity), Lines: f.lines(lines)}
}

// seatsOf writes the seats of a booking for people, with their ticket types if they have any:
// "5 seats (2 adult, 3 child)".
func seatsOf(b booking.Booking) string {
	text := booking.Seats(b.Quantity)
	if len(b.Lines) == 0 {
		return text
	}
	return text + " (" + strings.Join(each(b.Lines, func(l booking.Line) string {
		return fmt.Sprintf("%d %s", l.Quantity, l.Called())
	}), ", ") + ")"
}

// linesWithPrices writes the ticket types of a booking and what they cost.
func linesWithPrices(b booking.Booking) string {
	return strings.Join(each(b.Lines, func(l booking.Line) string {
		return fmt.Sprintf("%d %s at %s", l.Quantity, l.Called(), l.UnitPrice)
	}), ", ")
}

// each gives a text for each part of a list.
func each[T any](list []T, text func(T) string) []string {
	texts := make([]string, len(list))
	for i, part := range list {
		texts[i] = text(part)
	}
	return texts
}

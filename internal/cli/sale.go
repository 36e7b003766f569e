package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
)

// saleInput is what was typed about how the seats of an event are sold; nil is what was not.
type saleInput struct {
	salesOpen, salesClose, perBooking, perCustomer, waitlist, offerTTL *string
	codeRequired                                                       *bool
}

func (in *saleInput) declare(cmd *cobra.Command) {
	flags := cmd.Flags()
	declareOptional(flags, &in.salesOpen, "sales-open", "`TIME` from which seats are sold")
	declareOptional(flags, &in.salesClose, "sales-close", "`TIME` until which seats are sold")
	declareOptional(flags, &in.perBooking, "max-per-booking", "at most `N` seats in a booking")
	declareOptional(flags, &in.perCustomer, "max-per-customer",
		"at most `N` seats for each e-mail address, which is needed then")
	declareSwitch(flags, &in.codeRequired, "code-required", "sell it with an access code only")
	declareOptional(flags, &in.waitlist, "waitlist",
		"`POLICY` for those who wait: strict lets nobody overtake, skip does (strict)")
	declareOptional(flags, &in.offerTTL, "offer-ttl",
		"`DURATION` for which the waitlist offers seats, 1m to 168h (4h)")
}

// apply adds what was typed to the details of a new event. Times are read by the clocks of a zone.
func (in saleInput) apply(f *form, n *booking.NewEvent, clocks *time.Location, now time.Time) {
	n.SalesOpenText, n.SalesCloseText = or(in.salesOpen, ""), or(in.salesClose, "")
	n.SalesOpen = f.when("sales_open", n.SalesOpenText, clocks, now)
	n.SalesClose = f.when("sales_close", n.SalesCloseText, clocks, now)
	if limit := f.countOf("max_per_booking", in.perBooking); limit != nil {
		n.MaxPerBooking = *limit
	}
	if limit := f.countOf("max_per_customer", in.perCustomer); limit != nil {
		n.MaxPerCustomer = *limit
	}
	n.CodeRequired = in.codeRequired != nil && *in.codeRequired
	if policy := f.policy(in.waitlist); policy != nil {
		n.Waitlist = *policy
	}
	n.OfferTTL = f.offerTTL(in.offerTTL)
}

// edit adds what was typed to a change of an event.
func (in saleInput) edit(f *form, change *booking.Edit) {
	change.SalesOpen, change.SalesClose = in.salesOpen, in.salesClose
	change.MaxPerBooking = f.countOf("max_per_booking", in.perBooking)
	change.MaxPerCustomer = f.countOf("max_per_customer", in.perCustomer)
	change.CodeRequired = in.codeRequired
	change.Waitlist = f.policy(in.waitlist)
	if in.offerTTL != nil {
		ttl := f.offerTTL(in.offerTTL)
		change.OfferTTL = &ttl
	}
}

// offerTTL reads for how long the waitlist offers seats.
func (f *form) offerTTL(typed *string) time.Duration {
	return f.lasting(fieldOfferTTL, typed, booking.MaxOfferTTL, "4h")
}

// policy reads what happens on the waitlist; nil stays nil.
func (f *form) policy(typed *string) *booking.Policy {
	if typed == nil {
		return nil
	}
	policy := booking.Policy(*typed)
	if !slices.Contains(booking.Policies(), policy) {
		f.bad.Add("waitlist", fmt.Sprintf("must be %s, got %.40q",
			strings.Join(texts(booking.Policies()), " or "), *typed))
	}
	return &policy
}

// sale adds how the seats of an event are sold, as far as that is not as always.
func (p *page) sale(e booking.Event) {
	p.detail("Sales open", booking.FormatWhen(e.SalesOpen, e.Zone))
	p.detail("Sales close", booking.FormatWhen(e.SalesClose, e.Zone))
	for _, most := range []struct {
		name  string
		seats int
	}{{"A booking", e.MaxPerBooking}, {"A customer", e.MaxPerCustomer}} {
		if most.seats > 0 {
			p.detail(most.name, "at most "+booking.Seats(most.seats))
		}
	}
	p.detail("Code", required(e.CodeRequired))
	if e.Waitlist == booking.Skip {
		p.detail("Waitlist", string(e.Waitlist))
	}
	if e.OfferTTL != booking.DefaultOfferTTL {
		p.detail("Offers", "stand for "+lasting(e.OfferTTL))
	}
}

// lasting writes a duration as it is typed, without the units that are 0: 4h, 90s is 1m30s.
func lasting(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// parts adds the ticket types and pools of an event that has any.
func (p *page) parts(e booking.Event) {
	if len(e.Types) > 0 {
		p.line("")
		tabulate(p, typeListing(e), e.Types)
	}
	if len(e.Pools) > 0 {
		p.line("")
		tabulate(p, poolListing(e), e.Pools)
	}
}

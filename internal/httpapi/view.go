package httpapi

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// eventView is an event as JSON. The id is null where a dry run leaves none behind.
type eventView struct {
	ID          *int64  `json:"id"`
	Slug        *string `json:"slug"`
	Name        string  `json:"name"`
	Description string  `json:"description"`
	Venue       string  `json:"venue"`
	Capacity    int     `json:"capacity"`
	Available   int     `json:"available"`
	// Held and the other counters are absent for strangers.
	Held      *int                `json:"held,omitzero"`
	Confirmed *int                `json:"confirmed,omitzero"`
	Price     jsontext.Value      `json:"price"`
	Currency  string              `json:"currency"`
	Status    booking.EventStatus `json:"status"`
	StartsAt  *string             `json:"starts_at"`
	EndsAt    *string             `json:"ends_at"`
	Timezone  string              `json:"timezone"`
	Version   int64               `json:"version"`
	CreatedAt string              `json:"created_at"`
	// Waiting are the seats for which people on the waitlist wait.
	Waiting         *int           `json:"waiting,omitzero"`
	SalesOpen       *string        `json:"sales_open"`
	SalesClose      *string        `json:"sales_close"`
	MaxPerBooking   *int           `json:"max_per_booking"`
	MaxPerCustomer  *int           `json:"max_per_customer"`
	CodeRequired    bool           `json:"code_required"`
	Waitlist        booking.Policy `json:"waitlist"`
	OfferTTLSeconds int64          `json:"offer_ttl_seconds"`
	// TicketTypes and Pools are those of one event that is shown; lists come without.
	TicketTypes []typeView `json:"ticket_types,omitempty"`
	Pools       []poolView `json:"pools,omitempty"`
}

func viewEvent(e booking.Event) eventView {
	return eventView{
		ID:          idOrNull(e.ID),
		Slug:        orNull(e.Slug),
		Name:        e.Name,
		Description: e.Description,
		Venue:       e.Venue,
		Capacity:    e.Capacity,
		Available:   e.Available(),
		Held:        new(e.Held),
		Confirmed:   new(e.Confirmed),
		Price:       amount(e.Price),
		Currency:    e.Price.Currency,
		Status:      e.Status,
		StartsAt:    instant(e.StartsAt),
		EndsAt:      instant(e.EndsAt),
		Timezone:    e.Zone,
		Version:     e.Version,
		CreatedAt:   stamp(e.CreatedAt),

		Waiting:         new(e.Waiting),
		SalesOpen:       instant(e.SalesOpen),
		SalesClose:      instant(e.SalesClose),
		MaxPerBooking:   limitOrNull(e.MaxPerBooking),
		MaxPerCustomer:  limitOrNull(e.MaxPerCustomer),
		CodeRequired:    e.CodeRequired,
		Waitlist:        e.Waitlist,
		OfferTTLSeconds: int64(e.OfferTTL / time.Second),
		TicketTypes:     viewTypes(e),
		Pools:           viewPools(e),
	}
}

// bookingView is a booking as JSON. The reference is null where a dry run leaves none behind.
type bookingView struct {
	Reference    *string        `json:"reference"`
	EventID      int64          `json:"event_id"`
	UserEmail    *string        `json:"user_email"`
	Name         *string        `json:"name"`
	Note         *string        `json:"note"`
	Quantity     int            `json:"quantity"`
	Status       booking.Status `json:"status"`
	UnitPrice    jsontext.Value `json:"unit_price"`
	Total        jsontext.Value `json:"total"`
	Currency     string         `json:"currency"`
	CancelReason string         `json:"cancel_reason,omitempty"`
	CreatedAt    string         `json:"created_at"`
	UpdatedAt    string         `json:"updated_at"`
	// ExpiresAt is null for bookings that do not lapse, be it that they were confirmed in time.
	ExpiresAt *string `json:"expires_at"`
	// Lines are the seats of each ticket type; absent for seats of no type.
	Lines []lineView `json:"lines,omitempty"`
	Code  string     `json:"code,omitempty"`
	// OfferedAt is when the waitlist offered the seats.
	OfferedAt *string `json:"offered_at,omitempty"`
}

func viewBooking(b booking.Booking) bookingView {
	view := bookingView{
		Reference:    referenceOrNull(b.Reference),
		EventID:      b.EventID,
		UserEmail:    orNull(b.Email),
		Name:         orNull(b.Name),
		Note:         orNull(b.Note),
		Quantity:     b.Quantity,
		Status:       b.Status,
		UnitPrice:    unitPrice(b),
		Total:        amount(b.Total()),
		Currency:     b.UnitPrice.Currency,
		CancelReason: b.CancelReason,
		CreatedAt:    stamp(b.CreatedAt),
		UpdatedAt:    stamp(b.UpdatedAt),
		Lines:        viewLines(b),
		Code:         b.Code,
	}
	if !b.OfferedAt.IsZero() {
		view.OfferedAt = orNull(stamp(b.OfferedAt))
	}
	if b.Status == booking.Held || b.Status == booking.Expired {
		view.ExpiresAt = orNull(stamp(b.ExpiresAt))
	}
	return view
}

// madeView is a booking with its secret, for whom it was made or handed to. The secret is absent
// where a dry run leaves none behind.
type madeView struct {
	bookingView
	Secret *string `json:"secret,omitempty"`
}

func viewMade(b booking.Booking, s booking.Secret) madeView {
	view := madeView{bookingView: viewBooking(b)}
	if s != (booking.Secret{}) {
		view.Secret = orNull(s.Text())
	}
	return view
}

// lineView is the seats of one ticket type in a booking. The type is null for those that have
// none: they were booked before the event had types.
type lineView struct {
	Type      *string        `json:"type"`
	Quantity  int            `json:"quantity"`
	UnitPrice jsontext.Value `json:"unit_price"`
}

// viewLines are the ticket types of a booking; nil when it has none.
func viewLines(b booking.Booking) []lineView {
	var views []lineView
	for _, l := range b.Lines {
		views = append(views, lineView{orNull(l.Name), l.Quantity, amount(l.UnitPrice)})
	}
	return views
}

// unitPrice is what each seat costs; null when they cost differently.
func unitPrice(b booking.Booking) jsontext.Value {
	if len(b.Lines) > 1 {
		return jsontext.Value("null")
	}
	return amount(b.UnitPrice)
}

// checkView answers whether seats can be booked.
type checkView struct {
	EventID    int64 `json:"event_id"`
	Quantity   int   `json:"quantity"`
	Available  int   `json:"available"`
	Sufficient bool  `json:"sufficient"`
}

func viewCheck(a booking.Availability) checkView {
	return checkView{
		EventID: a.Event.ID, Quantity: a.Quantity, Available: a.Available,
		Sufficient: a.Sufficient(),
	}
}

// shortageView carries the numbers of a refusal for want of seats.
type shortageView struct {
	EventID   int64 `json:"event_id"`
	Available int   `json:"available"`
}

// reportView is what a check of the database looked at and found.
type reportView struct {
	Events   int           `json:"events"`
	Bookings int           `json:"bookings"`
	Entries  int           `json:"entries"`
	Findings []findingView `json:"findings"`
}

type findingView struct {
	Check  string `json:"check"`
	Detail string `json:"detail"`
}

func viewReport(r storage.Report) reportView {
	view := reportView{Events: r.Events, Bookings: r.Bookings, Entries: r.Entries}
	for _, f := range r.Findings {
		view.Findings = append(view.Findings, findingView{Check: f.Check, Detail: f.Detail})
	}
	return view
}

// backupView is a copy of the database.
type backupView struct {
	Path  string `json:"path"`
	Bytes int64  `json:"bytes"`
}

// amount is a JSON number with the currency's decimals.
func amount(m booking.Money) jsontext.Value { return jsontext.Value(m.Amount()) }

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func limitOrNull(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

func idOrNull(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}

func referenceOrNull(reference booking.Reference) *string {
	if reference == 0 {
		return nil
	}
	text := reference.String()
	return &text
}

// instant is a time that people chose, to the second; null when there is none.
func instant(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return orNull(moment(t))
}

// moment is a time to the second, as messages have it.
func moment(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// stamp is a time that evbook noted: RFC 3339 in UTC with milliseconds, of a fixed width so that
// texts sort like times. A layout with milliseconds would take twice as long, and a long list has
// two stamps in each row.
func stamp(t time.Time) string {
	t = t.UTC()
	text := t.AppendFormat(make([]byte, 0, len("2006-01-02T15:04:05.000Z")), time.RFC3339)
	ms := t.Nanosecond() / 1e6
	text = append(text[:len(text)-1], '.', '0'+byte(ms/100), '0'+byte(ms/10%10), '0'+byte(ms%10))
	return string(append(text, 'Z'))
}

package httpapi

import (
	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
)

// typeView is a ticket type as JSON.
type typeView struct {
	EventID int64  `json:"event_id"`
	Name    string `json:"name"`
	// Available is how many seats of the type can be booked now, as far as its pool and the event
	// go.
	Available     int            `json:"available"`
	Held          int            `json:"held"`
	Confirmed     int            `json:"confirmed"`
	Waiting       int            `json:"waiting"`
	Price         jsontext.Value `json:"price"`
	Currency      string         `json:"currency"`
	Pool          *string        `json:"pool"`
	SalesOpen     *string        `json:"sales_open"`
	SalesClose    *string        `json:"sales_close"`
	MinPerBooking *int           `json:"min_per_booking"`
	MaxPerBooking *int           `json:"max_per_booking"`
	CodeRequired  bool           `json:"code_required"`
	Closed        bool           `json:"closed"`
}

// viewTypes are the ticket types of an event, as far as they were read.
func viewTypes(e booking.Event) []typeView {
	var views []typeView
	for _, t := range e.Types {
		views = append(views, viewType(e, t))
	}
	return views
}

func viewType(e booking.Event, t booking.TicketType) typeView {
	v := typeView{
		EventID:       e.ID,
		Name:          t.Name,
		Available:     e.AvailableOf(t),
		Held:          t.Held,
		Confirmed:     t.Confirmed,
		Waiting:       t.Waiting,
		Price:         amount(t.Price),
		Currency:      t.Price.Currency,
		SalesOpen:     instant(t.SalesOpen),
		SalesClose:    instant(t.SalesClose),
		MinPerBooking: limitOrNull(t.MinPerBooking),
		MaxPerBooking: limitOrNull(t.MaxPerBooking),
		CodeRequired:  t.CodeRequired,
		Closed:        t.Closed,
	}
	if p := e.PoolOf(t); p != nil {
		v.Pool = &p.Name
	}
	return v
}

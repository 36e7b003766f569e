package httpapi

import (
	"evbook/internal/booking"
	"evbook/internal/storage"
)

// entryView is an entry of the journal as JSON. Capacity, held, confirmed and waiting are changes.
type entryView struct {
	EventID   int64             `json:"event_id"`
	Seq       int64             `json:"seq"`
	At        string            `json:"at"`
	Actor     string            `json:"actor"`
	Kind      booking.EntryKind `json:"kind"`
	Booking   *string           `json:"booking"`
	Capacity  int               `json:"capacity"`
	Held      int               `json:"held"`
	Confirmed int               `json:"confirmed"`
	Detail    detailView        `json:"detail"`
	Waiting   int               `json:"waiting"`
}

// detailView has only what there is to say.
type detailView struct {
	Fields    []string `json:"fields,omitempty"`
	ExpiresAt *string  `json:"expires_at,omitempty"`
	// Types are the changes that concern ticket types.
	Types []typeSeatsView `json:"types,omitempty"`
	Code  string          `json:"code,omitempty"`
	// Name is that of a ticket type or a pool.
	Name string `json:"name,omitempty"`
	// OtherEventID is where a booking was moved to or came from.
	OtherEventID int64 `json:"other_event_id,omitzero"`
}

// typeSeatsView is how seats of one ticket type have changed.
type typeSeatsView struct {
	Type      string `json:"type"`
	Held      int    `json:"held"`
	Confirmed int    `json:"confirmed"`
	Waiting   int    `json:"waiting"`
}

func viewDetail(d booking.Detail) detailView {
	view := detailView{Fields: d.Fields, Code: d.Code, Name: d.Name, OtherEventID: d.Event}
	if !d.ExpiresAt.IsZero() {
		view.ExpiresAt = orNull(stamp(d.ExpiresAt))
	}
	for _, t := range d.Types {
		view.Types = append(view.Types, typeSeatsView{t.Name, t.Held, t.Confirmed, t.Waiting})
	}
	return view
}

func viewEntry(e booking.Entry) entryView {
	view := entryView{
		EventID:   e.EventID,
		Seq:       e.Seq,
		At:        stamp(e.At),
		Actor:     e.Actor,
		Kind:      e.Kind,
		Capacity:  e.Capacity,
		Held:      e.Held,
		Confirmed: e.Confirmed,
		Detail:    viewDetail(e.Detail),
		Waiting:   e.Waiting,
	}
	if e.Booking != 0 {
		view.Booking = orNull(e.Booking.String())
	}
	return view
}

// ListedJournal shows one page of the journal.
func ListedJournal(page storage.JournalPage) Envelope {
	views := make([]entryView, len(page.Entries))
	for i, e := range page.Entries {
		views[i] = viewEntry(e)
	}
	return listed(views, page.Next, count(len(views), "journal entry", "journal entries"))
}

package httpapi

import (
	"evbook/internal/booking"
	"evbook/internal/storage"
)

// entryView is an entry of the journal as JSON. Capacity, held and confirmed are changes.
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
}

// detailView has only what there is to say.
type detailView struct {
	Fields    []string `json:"fields,omitempty"`
	ExpiresAt *string  `json:"expires_at,omitempty"`
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
		Detail:    detailView{Fields: e.Detail.Fields},
	}
	if !e.Detail.ExpiresAt.IsZero() {
		view.Detail.ExpiresAt = orNull(stamp(e.Detail.ExpiresAt))
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

package httpapi

import "evbook/internal/booking"

// discreet gives an answer as a role may see it. Strangers see how many seats of an event are free,
// and not what became of the others. The entrance sees whose a booking is, and neither how to reach
// them nor what they pay.
func (r role) discreet(e Envelope) Envelope {
	outside, atDoor := r.has(public), r.has(doorkeeper)
	switch data := e.Data.(type) {
	case eventView:
		if outside {
			e.Data = data.public()
		}
	case []eventView:
		for i := range data {
			if outside {
				data[i] = data[i].public()
			}
		}
	case []typeView:
		for i := range data {
			if outside {
				data[i] = data[i].public()
			}
		}
	case bookingView:
		if atDoor {
			e.Data = data.atDoor()
		}
	}
	return e
}

// public is the event as strangers see it.
func (e eventView) public() eventView {
	e.Held, e.Confirmed, e.Waiting, e.Pools = nil, nil, nil, nil
	for i, t := range e.TicketTypes {
		e.TicketTypes[i] = t.public()
	}
	return e
}

// public is the ticket type as strangers see it.
func (t typeView) public() typeView {
	t.Held, t.Confirmed, t.Waiting, t.Pool = nil, nil, nil, nil
	return t
}

// doorView is a booking as the entrance sees it.
type doorView struct {
	Reference *string        `json:"reference"`
	EventID   int64          `json:"event_id"`
	Name      *string        `json:"name"`
	Quantity  int            `json:"quantity"`
	Status    booking.Status `json:"status"`
	Lines     []doorLine     `json:"lines,omitempty"`
}

// doorLine is the seats of one ticket type.
type doorLine struct {
	Type     *string `json:"type"`
	Quantity int     `json:"quantity"`
}

func (b bookingView) atDoor() doorView {
	view := doorView{
		Reference: b.Reference, EventID: b.EventID, Name: b.Name, Quantity: b.Quantity,
		Status: b.Status,
	}
	for _, l := range b.Lines {
		view.Lines = append(view.Lines, doorLine{l.Type, l.Quantity})
	}
	return view
}

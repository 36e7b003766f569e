package storage

import "evbook/internal/booking"

// followed completes what a rule has answered with what the oracle finds on its sheet when the
// command is over: the event after the offers that followed from it, whatever the rule says.
func (m *life) followed(sheet *booking.Sheet, a deed, answer any) any {
	switch r := answer.(type) {
	case booking.Receipt:
		return m.followedReceipt(sheet, a.keys[0], r)
	case booking.Returned:
		r.Event = latest(sheet, r.Event)
		r.Left = m.leftThen(a.keys[0], r.Replayed, r.Event)
		return r
	case booking.Amended:
		r.Event = latest(sheet, r.Event)
		r.Left = r.Event.Available()
		return r
	case booking.Extended:
		r.Event = latest(sheet, r.Event)
		return r
	case booking.CalledOff:
		r.Event = latest(sheet, r.Event)
		return r
	case booking.Event:
		return latest(sheet, r)
	case booking.TypeAnswer:
		r.Event = latest(sheet, r.Event)
		r.Type = r.Event.Types[r.Type.ID-1]
		return r
	case booking.PoolAnswer:
		r.Event = latest(sheet, r.Event)
		r.Pool = r.Event.Pools[r.Pool.ID-1]
		return r
	case booking.CodeAnswer:
		r.Event = latest(sheet, r.Event)
		for c := range r.Event.Codes.All() {
			if c.Text == r.Code.Text {
				r.Code = c
			}
		}
		return r
	case []booking.RowResult:
		for i, row := range r {
			if row.Refusal == nil {
				r[i].Receipt.Left = m.leftThen(a.keys[i], row.Receipt.Replayed, row.Receipt.Event)
			}
		}
	}
	return answer
}

func (m *life) followedReceipt(
	sheet *booking.Sheet, key booking.Key, r booking.Receipt,
) booking.Receipt {
	r.Event = latest(sheet, r.Event)
	r.Left = m.leftThen(key, r.Replayed, r.Event)
	for _, c := range sheet.ChangedBookings() { // who joins may have an offer
		if !r.Replayed && c.After.Reference == r.Booking.Reference {
			r.Booking = c.After
		}
	}
	return r
}

// leftThen is how many seats were left when the key was used first, which is now if it is not a
// replay.
func (m *life) leftThen(key booking.Key, replayed bool, now booking.Event) int {
	if !replayed {
		m.left[key] = now.Available()
	}
	return m.left[key]
}

// latest is an event as it is on a sheet; one that was deleted as it was.
func latest(sheet *booking.Sheet, e booking.Event) booking.Event {
	if now, ok := sheet.Find(booking.Selector{ID: e.ID}); ok {
		return now
	}
	return e
}

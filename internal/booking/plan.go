package booking

// LoadPlan puts the ticket types and pools of a stored event on the sheet, in the order of their
// numbers. The event is there already.
func (s *Sheet) LoadPlan(event int64, types []TicketType, pools []Pool) {
	c := s.events[event]
	for _, e := range []*Event{c.Before, c.After} {
		e.Types, e.Pools = types, pools
	}
}

// LoadCodes puts stored access codes of an event on the sheet. The event is there already.
func (s *Sheet) LoadCodes(event int64, codes Codes) {
	c := s.events[event]
	c.Before.Codes, c.After.Codes = codes, codes
}

// Lapse counts the seats of a hold that has lapsed, wherever they count, as lapsed.
func (e *Event) Lapse(b Booking) {
	if e.code(b.Code) == nil { // who only looks at the event has not loaded them
		b.Code = ""
	}
	for _, l := range b.parts() {
		e.count(l.Type, b.Code, Counters{Held: -l.Quantity, Lapsed: l.Quantity})
	}
}

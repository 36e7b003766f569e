package booking

import "time"

// Answer is what a command answers about an event.
type Answer[A any] interface {
	// followed gives the answer as it is when all is done that followed from the command: seats
	// that came free are offered to those who wait.
	followed(s *Sheet) A
}

// Decide runs one command on a sheet as [Sheet.Decide] does, and gives its answer: with the event
// as it is when all that followed from the command is done.
func Decide[A Answer[A]](
	s *Sheet, by Caller, now time.Time, command func(*Draft) (A, error),
) (answer A, err error) {
	err = s.Decide(by, now, func(d *Draft) (err error) {
		answer, err = command(d)
		return err
	})
	if err != nil {
		return answer, err
	}
	return answer.followed(s), nil
}

// repeatable is an answer that a request under the same key gets again.
type repeatable[A any] interface {
	Answer[A]
	// freeze gives the part of the answer that a replay must repeat.
	freeze() any
}

// onBooking carries out a command about a booking. When its key was used before, it is replayed
// instead.
func onBooking[A repeatable[A]](
	d *Draft, ref Reference, key Key, print Fingerprint,
	replay func(Used, Booking, Event) (A, error), carryOut func(Booking, Event) (A, error),
) (answer A, err error) {
	b, event, err := d.bookingOf(ref)
	if err != nil {
		return answer, err
	}
	return once(d, key, print,
		func(used Used) (A, error) { return replay(used, b, event) },
		func() (A, error) {
			answer, err := carryOut(b, event)
			if err == nil {
				d.remember(key, print, Used{Booking: ref}, func(s *Sheet) any {
					return answer.followed(s).freeze()
				})
			}
			return answer, err
		})
}

// latest gives an event as it is on the sheet by now; one that was deleted as it was.
func (s *Sheet) latest(e Event) Event {
	if now, ok := s.Find(Selector{ID: e.ID}); ok {
		return now
	}
	return e
}

func (e Event) followed(s *Sheet) Event { return s.latest(e) }

func (r Receipt) followed(s *Sheet) Receipt {
	if !r.Replayed {
		r.Booking = s.bookings[r.Booking.Reference].After // who joins may be offered seats at once
		r.Event = s.latest(r.Event)
		r.Left = r.Event.Available()
	}
	return r
}

func (r Returned) followed(s *Sheet) Returned {
	if !r.Replayed {
		r.Event = s.latest(r.Event)
		r.Left = r.Event.Available()
	}
	return r
}

func (a Amended) followed(s *Sheet) Amended {
	a.Event = s.latest(a.Event)
	a.Left = a.Event.Available()
	return a
}

func (e Extended) followed(s *Sheet) Extended {
	e.Event = s.latest(e.Event)
	return e
}

func (c Created) followed(*Sheet) Created { return c } // there is nobody yet who waits

func (c CalledOff) followed(s *Sheet) CalledOff {
	c.Event = s.latest(c.Event)
	return c
}

func (a TypeAnswer) followed(s *Sheet) TypeAnswer {
	a.Event = s.latest(a.Event)
	a.Type = *a.Event.typeByID(a.Type.ID)
	return a
}

func (a PoolAnswer) followed(s *Sheet) PoolAnswer {
	a.Event = s.latest(a.Event)
	a.Pool = *poolByID(a.Event.Pools, a.Pool.ID)
	return a
}

func (a CodeAnswer) followed(s *Sheet) CodeAnswer {
	a.Event = s.latest(a.Event)
	a.Code = *a.Event.code(a.Code.Text)
	return a
}

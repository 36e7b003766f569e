package booking

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"
)

// anyCommands are the commands of random sequences, by name. Each gives its refusal.
func anyCommands() map[string]func(*group, *rapid.T) error {
	all := seatCommands()
	maps.Copy(all, changeCommands())
	maps.Copy(all, planCommands())
	return all
}

// seatCommands take seats and give them back.
func seatCommands() map[string]func(*group, *rapid.T) error {
	return map[string]func(*group, *rapid.T) error{
		"book": func(g *group, t *rapid.T) error {
			return second(ask(g, (*Draft).Book, anyRequest(t)))
		},
		"book many": func(g *group, t *rapid.T) error {
			rows := rapid.SliceOfN(rapid.Custom(anyRequest), 1, 4).Draw(t, "rows")
			return second(g.many(rows, rapid.Bool().Draw(t, "atomic")))
		},
		"join": func(g *group, t *rapid.T) error {
			return g.joinUnlessFree(t, Joining{
				Event: anySelector(t), Quantity: rapid.IntRange(1, 6).Draw(t, "quantity"),
				Type:  rapid.SampledFrom([]string{"", "adult", "child", "balcony"}).Draw(t, "type"),
				Email: anyEmail(t),
			})
		},
		"leave": func(g *group, t *rapid.T) error {
			return second(ask(g, (*Draft).Leave, Leave{Reference: g.any(t, Waiting)}))
		},
		"confirm": func(g *group, t *rapid.T) error {
			b := g.find(Booking{Reference: g.any(t, Held)})
			return second(ask(g, (*Draft).Confirm, Confirmation{
				Reference: b.Reference, Part: anyPart(t, b), Email: anyEmail(t),
			}))
		},
		"extend": func(g *group, t *rapid.T) error {
			return second(ask(g, (*Draft).Extend,
				Extension{Reference: g.any(t, Held), TTL: time.Hour}))
		},
		"release": func(g *group, t *rapid.T) error {
			return second(ask(g, (*Draft).Release, Release{Reference: g.any(t, Held)}))
		},
		"cancel": func(g *group, t *rapid.T) error {
			b := g.find(Booking{Reference: g.any(t, Confirmed)})
			return second(ask(g, (*Draft).Cancel,
				Cancellation{Reference: b.Reference, Part: anyPart(t, b)}))
		},
	}
}

// joinUnlessFree lets somebody wait, and looks whether that is refused just when the same seats
// could be booked.
func (g *group) joinUnlessFree(t *rapid.T, j Joining) error {
	var refusal error
	_ = g.do(func(d *Draft) error {
		_, refusal = Decide(d.fork(0), Caller{}, g.now, func(d *Draft) (Receipt, error) {
			return d.Book(Request{
				Event: j.Event, Quantity: j.Quantity, Lines: j.lines(), Email: j.Email,
			})
		})
		return errors.New("it was only tried")
	})
	err := second(ask(g, (*Draft).Join, j))
	var e *Error
	free := errors.As(err, &e) && e.Hint == BookInstead
	if free != (refusal == nil) && (err == nil || free) {
		t.Fatalf("%+v: joining gives %v, booking %v", j, err, refusal)
	}
	return err
}

// changeCommands change bookings that are there.
func changeCommands() map[string]func(*group, *rapid.T) error {
	return map[string]func(*group, *rapid.T) error{
		"resize": func(g *group, t *rapid.T) error {
			b := g.find(Booking{Reference: g.any(t, Confirmed, Held)})
			r := Resize{Reference: b.Reference}
			if len(b.Lines) == 0 {
				r.Quantity = new(rapid.IntRange(1, 6).Draw(t, "quantity"))
			} else {
				r.Lines = anyLines(t, 0)
			}
			return second(ask(g, (*Draft).Resize, r))
		},
		"move": func(g *group, t *rapid.T) error {
			m := Move{Reference: g.any(t, Confirmed, Held)}
			if rapid.Bool().Draw(t, "to event") {
				m.Event = anySelector(t)
			}
			m.Type = rapid.SampledFrom([]string{"", "adult", "child", "balcony"}).Draw(t, "type")
			m.Code = anyCode(t)
			return second(ask(g, (*Draft).Move, m))
		},
		"edit": func(g *group, t *rapid.T) error {
			return second(ask(g, (*Draft).Amend, Amendment{
				Reference: g.any(t, Confirmed, Held, Waiting), Email: new(anyEmail(t)),
			}))
		},
		"transfer": func(g *group, t *rapid.T) error {
			return second(ask(g, (*Draft).Transfer, Transfer{
				Reference: g.any(t, Confirmed, Held, Waiting), Email: anyEmail(t),
			}))
		},
	}
}

// planCommands are those of organisers, and of the engine.
func planCommands() map[string]func(*group, *rapid.T) error {
	return map[string]func(*group, *rapid.T) error{
		"edit event": func(g *group, t *rapid.T) error {
			capacity := rapid.IntRange(3, 9).Draw(t, "capacity")
			return second(g.edit(anySelector(t).ID, Edit{Capacity: &capacity}))
		},
		"open or close": func(g *group, t *rapid.T) error {
			sel := anySelector(t)
			open := rapid.SampledFrom([]bool{true, true, true, false}).Draw(t, "open")
			return second(g.change(func(d *Draft) (Event, error) {
				if open {
					return d.OpenEvent(sel)
				}
				return d.CloseEvent(sel)
			}))
		},
		"edit type": func(g *group, t *rapid.T) error {
			name := rapid.SampledFrom([]string{"adult", "child", "balcony"}).Draw(t, "name")
			e := TypeEdit{Closed: new(rapid.IntRange(0, 3).Draw(t, "closed") == 0)}
			if rapid.Bool().Draw(t, "another pool") {
				e.Pool = new(rapid.SampledFrom([]string{"", "floor", "upstairs"}).Draw(t, "pool"))
			}
			return second(g.editType(name, e))
		},
		"edit pool": func(g *group, t *rapid.T) error {
			name := rapid.SampledFrom([]string{"floor", "upstairs"}).Draw(t, "name")
			return g.editPool(name, rapid.IntRange(2, 12).Draw(t, "capacity"))
		},
		"disable code": func(g *group, t *rapid.T) error {
			if rapid.IntRange(0, 9).Draw(t, "disable") > 0 {
				return nil
			}
			return second(ask(g, (*Draft).DisableCode,
				CodeSelector{Event: Selector{ID: 1}, Text: "kids"}))
		},
		"sweep": func(g *group, t *rapid.T) error {
			id := anySelector(t).ID
			return g.do(func(d *Draft) error {
				d.Sweep(id)
				return nil
			})
		},
	}
}

// any is a booking, most often one that is in one of the states.
func (g *group) any(t *rapid.T, states ...Status) Reference {
	all := []Reference{0}
	for _, b := range g.stored() {
		if slices.Contains(states, b.Status) || b.Reference%8 == 0 {
			all = append(all, b.Reference)
		}
	}
	return cmp.Or(all[rapid.IntRange(0, len(all)-1).Draw(t, "booking")], all[len(all)-1])
}

func anySelector(t *rapid.T) Selector {
	return Selector{ID: rapid.SampledFrom([]int64{1, 1, 2, 3}).Draw(t, "event")}
}

func anyEmail(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", ann, "Ann@Example.com", "bob@example.com",
		"cyn@example.com", "dan@example.com"}).Draw(t, "email")
}

func anyCode(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", "", "", "club", "kids"}).Draw(t, "code")
}

// anyLines are seats of some ticket types of the hall, each of which has the least or more.
func anyLines(t *rapid.T, least int) (lines []LineRequest) {
	for _, name := range []string{"adult", "child", "balcony", "standing"} {
		if len(lines) == 0 || rapid.IntRange(0, 2).Draw(t, "also "+name) == 0 {
			n := rapid.IntRange(least, 4).Draw(t, name)
			lines = append(lines, LineRequest{Type: name, Quantity: n})
		}
	}
	return lines[rapid.IntRange(0, len(lines)-1).Draw(t, "first"):]
}

func anyRequest(t *rapid.T) Request {
	r := Request{Event: anySelector(t), Email: anyEmail(t), Hold: rapid.Bool().Draw(t, "hold")}
	if r.Event.ID == 1 {
		r.Lines, r.Code = anyLines(t, 1), anyCode(t)
	} else {
		r.Quantity = rapid.IntRange(1, 6).Draw(t, "quantity")
	}
	if rapid.IntRange(0, 3).Draw(t, "keyed") == 0 {
		r.Key = Key{Text: fmt.Sprint(rapid.IntRange(1, 3).Draw(t, "key"))}
	}
	return r
}

// anyPart is some seats of a booking, or all of them.
func anyPart(t *rapid.T, b Booking) Part {
	switch {
	case rapid.Bool().Draw(t, "all"):
		return Part{}
	case len(b.Lines) == 0:
		return Part{Quantity: new(rapid.IntRange(1, b.Quantity+1).Draw(t, "part"))}
	}
	var p Part
	for _, l := range b.Lines {
		if n := rapid.IntRange(0, l.Quantity).Draw(t, "part of "+l.Name); n > 0 {
			p.Lines = append(p.Lines, LineRequest{Type: l.Name, Quantity: n})
		}
	}
	return p
}

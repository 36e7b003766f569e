package storage

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"evbook/internal/booking"
)

// steps are what may happen to a store, one at a time or many in one group; after each, everything
// is compared. They are drawn with equal chances, which [rapid.T.Repeat] itself does not give.
func (m *life) steps() map[string]func(*rapid.T) {
	step := func(make func(*rapid.T) deed) func(*rapid.T) {
		return func(t *rapid.T) { m.step(t, make(t)) }
	}
	steps := map[string]func(*rapid.T){
		"book": step(m.book), "join": step(m.join), "join or end": step(m.joining),
		"amend": step(m.amend), "transfer": step(m.transfer), "resize": step(m.resize),
		"resize again": step(m.resize), "move": step(m.move), "move again": step(m.move),
		"wait": step(m.join), "join a group": step(m.joining), "many": step(m.bookMany),
		"plan": step(m.plan), "plan again": step(m.plan), "organise": step(m.organise),
		"group": m.group, "crowd": m.group, "rush": m.group, "create": m.create,
		"seldom": m.seldom, "sweep": m.sweep, "reopen": m.reopen,
		"time": m.pass, "more time": m.pass,
	}
	names := slices.Sorted(maps.Keys(steps))
	return map[string]func(*rapid.T){
		"":     m.check,
		"step": func(t *rapid.T) { steps[anyOf(t, "step", names...)](t) },
	}
}

// anyOf draws one of some values, each with the same chance.
func anyOf[T any](t *rapid.T, label string, values ...T) T {
	return rapid.Permutation(values).Draw(t, label)[0]
}

// pass lets time pass, or sets the clocks back.
func (m *life) pass(t *rapid.T) {
	m.now = m.now.Add(anyOf(t, "time", time.Minute, time.Minute, 3*time.Minute, 10*time.Minute,
		time.Hour, 5*time.Hour, -time.Minute, -time.Hour))
}

// one is a command that is carried out by a method of the store, and decided by a rule.
func one[Ask, Answer any](
	ask Ask, key booking.Key, do func(*Store, context.Context, Ask) (Answer, error),
	rule func(*booking.Draft, Ask) (Answer, error),
) deed {
	return deed{
		ask: ask, keys: []booking.Key{key},
		do:   func(s *Store) (any, error) { return do(s, context.Background(), ask) },
		rule: func(d *booking.Draft) (any, error) { return rule(d, ask) },
	}
}

// selector names an event, which is there mostly.
func (m *life) selector(t *rapid.T) booking.Selector {
	all := []booking.Selector{{ID: 9}, {Slug: "none"}}
	if len(m.events) > 0 && !wrongly(t) {
		all = nil
	}
	for _, id := range slices.Sorted(maps.Keys(m.events)) {
		all = append(all, booking.Selector{ID: id}, booking.Selector{ID: id})
		if slug := m.events[id].Slug; slug != "" {
			all = append(all, booking.Selector{Slug: slug})
		}
	}
	return anyOf(t, "event", all...)
}

// reference is that of a booking in one of some states mostly.
func (m *life) reference(t *rapid.T, states ...booking.Status) booking.Reference {
	refs := []booking.Reference{1 << 51}
	anyState := len(states) == 0 || anyOf(t, "any state", false, false, false, true)
	for _, b := range m.bookings {
		if slices.Contains(states, b.Status) || anyState && (!b.Status.Final() || wrongly(t)) {
			refs = append(refs, b.Reference)
		}
	}
	if len(refs) == 1 && len(m.bookings) > 0 {
		refs = append(refs, m.bookings[len(m.bookings)-1].Reference)
	}
	if len(refs) > 1 && !wrongly(t) {
		refs = refs[max(1, len(refs)-12):]
	}
	return anyOf(t, "booking", refs...)
}

func customersOfLife() []string {
	return []string{"ann@example.com", "Ann@Example.COM", "bob@example.com", "cat@example.com"}
}

// email may be that of nobody.
func (m *life) email(t *rapid.T) string {
	return anyOf(t, "email", append(customersOfLife(), "")...)
}

func (m *life) key(t *rapid.T) booking.Key {
	text := ""
	if rapid.IntRange(0, 5).Draw(t, "keyed") == 5 {
		text = anyOf(t, "key", "a", "b", "c", "d")
	}
	return booking.Key{Scope: "test", Text: text}
}

func typeNames() []string { return []string{"adult", "child", "Senior"} }

// wrongly is seldom true.
func wrongly(t *rapid.T) bool { return rapid.IntRange(0, 40).Draw(t, "wrongly") == 7 }

// typeOf names a ticket type, which is one of the event mostly.
func typeOf(t *rapid.T, e booking.Event) string {
	names := typeNames()
	if len(e.Types) > 0 && !wrongly(t) {
		names = nil
		for _, typ := range e.Types {
			names = append(names, typ.Name)
		}
	}
	return anyOf(t, "type", names...)
}

// lines are seats of one or two ticket types.
func lines(t *rapid.T, e booking.Event) (lines []booking.LineRequest) {
	for range rapid.IntRange(1, 2).Draw(t, "lines") {
		line := booking.LineRequest{
			Type: typeOf(t, e), Quantity: rapid.IntRange(1, 3).Draw(t, "seats"),
		}
		if len(lines) == 0 || lines[0].Type != line.Type {
			lines = append(lines, line)
		}
	}
	return lines
}

// seats are asked for in the way in which the event sells them mostly.
func (m *life) seats(t *rapid.T, sel booking.Selector) (int, []booking.LineRequest) {
	e := m.find(sel)
	if len(e.Types) > 0 != wrongly(t) {
		return 0, lines(t, e)
	}
	return rapid.IntRange(1, 4).Draw(t, "seats"), nil
}

// code is one of the event mostly, or none.
func (m *life) code(t *rapid.T, sel booking.Selector) string {
	texts := []string{""}
	for c := range m.find(sel).Codes.All() {
		texts = append(texts, c.Text, strings.ToLower(c.Text)+" ")
	}
	if wrongly(t) {
		texts = []string{"CODE-3"}
	}
	return anyOf(t, "code", texts...)
}

func (m *life) request(t *rapid.T) booking.Request {
	ask := booking.Request{
		Event: m.selector(t), Email: m.email(t), Key: m.key(t), Hold: rapid.Bool().Draw(t, "hold"),
	}
	ask.Code = m.code(t, ask.Event)
	ask.Quantity, ask.Lines = m.seats(t, ask.Event)
	if ask.Hold {
		ask.TTL = anyOf(t, "ttl", ttls()...)
	}
	return ask
}

func (m *life) book(t *rapid.T) deed {
	ask := m.request(t)
	a := one(ask, ask.Key, (*Store).Book, (*booking.Draft).Book)
	a.events = []booking.Selector{ask.Event}
	a.call = func() (command, func() any) {
		c := book(ask)
		return c, func() any { return c.answer }
	}
	return a
}

func (m *life) bookMany(t *rapid.T) deed {
	atomic := rapid.Bool().Draw(t, "atomic")
	rows := make([]booking.Request, rapid.IntRange(1, 5).Draw(t, "rows"))
	a := deed{
		do: func(s *Store) (any, error) { return s.BookMany(context.Background(), rows, atomic) },
		rule: func(d *booking.Draft) (any, error) {
			return d.BookMany(rows, atomic)
		},
	}
	for i := range rows {
		rows[i] = m.request(t)
		a.events, a.keys = append(a.events, rows[i].Event), append(a.keys, rows[i].Key)
	}
	a.ask = rows
	return a
}

func (m *life) join(t *rapid.T) deed {
	ask := booking.Joining{
		Event: m.selector(t), Quantity: rapid.IntRange(1, 4).Draw(t, "seats"),
		Email: anyOf(t, "email", customersOfLife()...), Key: m.key(t),
	}
	if e := m.find(ask.Event); len(e.Types) > 0 {
		ask.Type = typeOf(t, e)
	}
	a := one(ask, ask.Key, (*Store).Join, (*booking.Draft).Join)
	a.events = []booking.Selector{ask.Event}
	a.call = func() (command, func() any) {
		c := join(ask)
		return c, func() any { return c.answer }
	}
	return a
}

// joining is a command that may join a group.
func (m *life) joining(t *rapid.T) deed {
	commands := map[string]func(*rapid.T) deed{
		"book": m.book, "hold": m.book, "join": m.join, "cancel": m.cancel, "confirm": m.confirm,
		"release": m.release, "extend": m.extend, "leave": m.leave,
	}
	return commands[anyOf(t, "command", slices.Sorted(maps.Keys(commands))...)](t)
}

// part is all seats of a booking, a number of them, or some of each type.
func (m *life) part(t *rapid.T, ref booking.Reference) (p booking.Part) {
	switch anyOf(t, "part", 0, 1, 2, 3) {
	case 0:
		p.Quantity = new(rapid.IntRange(1, 3).Draw(t, "seats"))
	case 1:
		if b := m.booking(ref); len(b.Lines) > 0 {
			p.Lines = lines(t, m.events[b.EventID])
		}
	}
	return p
}

func (m *life) cancel(t *rapid.T) deed {
	ask := booking.Cancellation{Reference: m.reference(t, booking.Confirmed), Key: m.key(t)}
	ask.Part = m.part(t, ask.Reference)
	a := one(ask, ask.Key, (*Store).CancelBooking, (*booking.Draft).Cancel)
	a.refs = []booking.Reference{ask.Reference}
	a.call = func() (command, func() any) {
		c := cancel(ask)
		return c, func() any { return c.answer }
	}
	return a
}

func (m *life) confirm(t *rapid.T) deed {
	ask := booking.Confirmation{
		Reference: m.reference(t, booking.Held), Email: m.email(t), Key: m.key(t),
	}
	ask.Part = m.part(t, ask.Reference)
	a := one(ask, ask.Key, (*Store).Confirm, (*booking.Draft).Confirm)
	a.refs = []booking.Reference{ask.Reference}
	a.call = func() (command, func() any) {
		c := confirm(ask)
		return c, func() any { return c.answer }
	}
	return a
}

func (m *life) release(t *rapid.T) deed {
	ask := booking.Release{Reference: m.reference(t, booking.Held), Key: m.key(t)}
	a := one(ask, ask.Key, (*Store).Release, (*booking.Draft).Release)
	a.refs = []booking.Reference{ask.Reference}
	a.call = func() (command, func() any) {
		c := release(ask)
		return c, func() any { return c.answer }
	}
	return a
}

func (m *life) extend(t *rapid.T) deed {
	ask := booking.Extension{
		Reference: m.reference(t, booking.Held), TTL: anyOf(t, "ttl", ttls()...), Key: m.key(t),
	}
	a := one(ask, ask.Key, (*Store).Extend, (*booking.Draft).Extend)
	a.refs = []booking.Reference{ask.Reference}
	a.call = func() (command, func() any) {
		c := extend(ask)
		return c, func() any { return c.answer }
	}
	return a
}

func (m *life) leave(t *rapid.T) deed {
	ask := booking.Leave{Reference: m.reference(t, booking.Waiting), Key: m.key(t)}
	a := one(ask, ask.Key, (*Store).Leave, (*booking.Draft).Leave)
	a.refs = []booking.Reference{ask.Reference}
	a.call = func() (command, func() any) {
		c := leave(ask)
		return c, func() any { return c.answer }
	}
	return a
}

// sweep takes the lapsed holds of each event off the books.
func (m *life) sweep(t *rapid.T) {
	swept := map[int64]int{}
	for _, hold := range m.lapsed() {
		swept[hold.EventID]++
	}
	got, err := m.store.Sweep(context.Background())
	expect(t, "sweep", err, "")
	want := 0
	for id, lapsed := range swept {
		m.decide(deed{
			events: []booking.Selector{{ID: id}},
			rule: func(d *booking.Draft) (any, error) {
				d.Sweep(id)
				return nil, nil
			},
		})
		want += lapsed
	}
	same(t, "swept", got, want)
}

// seldom ends something for good.
func (m *life) seldom(t *rapid.T) {
	switch anyOf(t, "what", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11) {
	case 0:
		m.step(t, m.callOff(t))
	case 1:
		m.step(t, m.delete(t))
	case 2, 3:
		m.forget(t)
	default:
		t.Skip("seldom")
	}
}

// forget erases an address, or what one booking has.
func (m *life) forget(t *rapid.T) {
	ask := booking.Forgetting{Email: anyOf(t, "email", customersOfLife()...)}
	if rapid.Bool().Draw(t, "one") {
		ask = booking.Forgetting{Booking: m.reference(t)}
	}
	var refs []booking.Reference
	for _, b := range m.bookings {
		if b.Reference == ask.Booking ||
			ask.Email != "" && booking.Fold(b.Email) == booking.Fold(ask.Email) {
			refs = append(refs, b.Reference)
		}
	}
	got, err := m.store.Forget(context.Background(), ask)
	if len(refs) == 0 {
		expect(t, ask, err, booking.NotFound)
		return
	}
	expect(t, ask, err, "")
	v := m.decide(deed{refs: slices.Clone(refs), rule: func(d *booking.Draft) (any, error) {
		return d.Forget(ask, refs)
	}})
	same(t, "erased", got, Erasure{Bookings: v[0].answer.(int)})
}

package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"evbook/internal/booking"
)

const (
	selectTypes = `SELECT id, name, price, coalesce(pool_id, 0), coalesce(sales_open, 0),
		coalesce(sales_close, 0), min_per_booking, max_per_booking, code_required, closed, held,
		confirmed, waiting FROM ticket_types WHERE event_id = $1 ORDER BY id`
	selectPools = `SELECT id, name, capacity, held, confirmed, waiting FROM pools
		WHERE event_id = $1 ORDER BY id`
	selectCodes = `SELECT code, uses, coalesce(types, '[]'), coalesce(valid_until, 0), disabled,
		created_at, held, confirmed FROM codes WHERE event_id = $1`
)

// timeOrZero reads a stored time, 0 for none.
func timeOrZero(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return fromMicros(us)
}

// scanType reads a ticket type; its prices are in a currency.
func scanType(scan scanner, currency string) (t booking.TicketType, err error) {
	var open, end int64
	err = scan(&t.ID, &t.Name, &t.Price.Minor, &t.Pool, &open, &end, &t.MinPerBooking,
		&t.MaxPerBooking, (*bit)(&t.CodeRequired), (*bit)(&t.Closed), &t.Held, &t.Confirmed,
		&t.Waiting)
	t.Price.Currency = currency
	t.SalesOpen, t.SalesClose = timeOrZero(open), timeOrZero(end)
	return t, err
}

func scanPool(scan scanner) (p booking.Pool, err error) {
	err = scan(&p.ID, &p.Name, &p.Capacity, &p.Held, &p.Confirmed, &p.Waiting)
	return p, err
}

func scanCode(scan scanner) (c booking.Code, err error) {
	var types string
	var until, created int64
	err = scan(&c.Text, &c.Uses, &types, &until, (*bit)(&c.Disabled), &created, &c.Held,
		&c.Confirmed)
	if err == nil {
		err = json.Unmarshal([]byte(types), &c.Types)
	}
	if len(c.Types) == 0 {
		c.Types = nil
	}
	c.ValidUntil, c.CreatedAt = timeOrZero(until), fromMicros(created)
	return c, err
}

// loadPlans reads the ticket types and pools of the events that have any.
func (l *loader) loadPlans(b *batch) {
	for e := range l.sheetEvents() {
		if e.Planned {
			l.loadPlan(b, e.ID, e.Price.Currency)
		}
	}
}

func (l *loader) loadPlan(b *batch, event int64, currency string) {
	p := &plan{}
	l.plans[event] = p
	p.read(currency, func(row func(scanner) error, query string) {
		b.query(row, query, event)
	})
}

// plan is what an event is divided into.
type plan struct {
	types []booking.TicketType
	pools []booking.Pool
}

// read collects the rows of the queries that it hands over.
func (p *plan) read(currency string, query func(row func(scanner) error, query string)) {
	query(func(scan scanner) error {
		t, err := scanType(scan, currency)
		p.types = append(p.types, t)
		return err
	}, selectTypes)
	query(func(scan scanner) error {
		pool, err := scanPool(scan)
		p.pools = append(p.pools, pool)
		return err
	}, selectPools)
}

// loadCodes reads the access codes that are asked for, and those of the bookings on the sheet.
func (l *loader) loadCodes(b *batch) {
	for e := range l.sheetEvents() {
		if e.Planned {
			l.loadCodesOf(b, e.ID)
		}
	}
}

func (l *loader) loadCodesOf(b *batch, event int64) {
	b.lookUp(func(scan scanner) error {
		code, err := scanCode(scan)
		l.foundCodes[event] = append(l.foundCodes[event], code)
		return err
	}, selectCodes+` AND code IN ()`, anyKeys(l.codesOf(event)), event)
}

// codesOf are the access codes of an event that the commands may need.
func (l *loader) codesOf(event int64) map[string]bool {
	wanted := map[string]bool{}
	for _, c := range l.codes {
		if l.eventID(c.Event) == event {
			wanted[c.Text] = true
		}
	}
	for _, b := range slices.Concat(l.loaded, l.lapsedHolds) {
		if b.EventID == event && b.Code != "" {
			wanted[b.Code] = true
		}
	}
	for _, c := range l.asked(event) {
		if c.code != "" {
			wanted[booking.NormalCode(c.code)] = true
		}
	}
	return wanted
}

// savePlan writes what became of the ticket types, pools and codes of an event, after the event
// itself.
func savePlan(b *batch, before, after booking.Event) {
	for _, p := range after.Pools {
		i := slices.IndexFunc(before.Pools, func(o booking.Pool) bool { return o.ID == p.ID })
		if i < 0 {
			b.exec(`INSERT INTO pools (event_id, id, name, capacity, held, confirmed, waiting)
				VALUES ($1, $2, $3, $4, 0, 0, 0)`, after.ID, p.ID, p.Name, p.Capacity)
		} else if p != before.Pools[i] {
			updatePool(b, after.ID, before.Pools[i], p)
		}
	}
	for _, t := range after.Types {
		i := slices.IndexFunc(before.Types, func(o booking.TicketType) bool { return o.ID == t.ID })
		if i < 0 {
			insertType(b, after.ID, t)
		} else if t != before.Types[i] {
			updateType(b, after.ID, before.Types[i], t)
		}
	}
	for c := range after.Codes.All() {
		was, ok := before.Codes.Find(c.Text)
		if !ok {
			insertCode(b, after.ID, c)
		} else if c.Counters != was.Counters || c.Disabled != was.Disabled {
			updateCode(b, after.ID, was, c)
		}
	}
}

func updatePool(b *batch, event int64, before, after booking.Pool) {
	b.exec(`UPDATE pools SET name = $3, capacity = capacity + $4, held = held + $5,
			confirmed = confirmed + $6, waiting = waiting + $7 WHERE event_id = $1 AND id = $2`,
		event, after.ID, after.Name, after.Capacity-before.Capacity,
		after.OnBooks()-before.OnBooks(), after.Confirmed-before.Confirmed,
		after.Waiting-before.Waiting)
}

func insertType(b *batch, event int64, t booking.TicketType) {
	b.exec(`INSERT INTO ticket_types (event_id, id, name, price, pool_id, sales_open, sales_close,
			min_per_booking, max_per_booking, code_required, closed, held, confirmed, waiting)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, 0)`,
		event, t.ID, t.Name, t.Price.Minor, idOrNull(t.Pool), microsOrNull(t.SalesOpen),
		microsOrNull(t.SalesClose), t.MinPerBooking, t.MaxPerBooking, bit(t.CodeRequired),
		bit(t.Closed))
}

func updateType(b *batch, event int64, before, after booking.TicketType) {
	counters := []any{
		event, after.ID, after.OnBooks() - before.OnBooks(), after.Confirmed - before.Confirmed,
		after.Waiting - before.Waiting,
	}
	const count = `UPDATE ticket_types SET held = held + $3, confirmed = confirmed + $4,
		waiting = waiting + $5`
	if after.TypeDetails == before.TypeDetails && after.Pool == before.Pool &&
		after.Closed == before.Closed {
		b.exec(count+` WHERE event_id = $1 AND id = $2`, counters...)
		return
	}
	b.exec(count+`, name = $6, price = $7, pool_id = $8, sales_open = $9, sales_close = $10,
			min_per_booking = $11, max_per_booking = $12, code_required = $13, closed = $14
		WHERE event_id = $1 AND id = $2`,
		append(counters, after.Name, after.Price.Minor, idOrNull(after.Pool),
			microsOrNull(after.SalesOpen), microsOrNull(after.SalesClose), after.MinPerBooking,
			after.MaxPerBooking, bit(after.CodeRequired), bit(after.Closed))...)
}

func insertCode(b *batch, event int64, c booking.Code) {
	var types any
	if len(c.Types) > 0 {
		text, err := json.Marshal(c.Types)
		if err != nil {
			panic(err) // numbers always encode
		}
		types = string(text)
	}
	b.exec(`INSERT INTO codes (event_id, code, uses, types, valid_until, disabled, created_at,
			held, confirmed) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0)`,
		event, c.Text, c.Uses, types, microsOrNull(c.ValidUntil), bit(c.Disabled),
		micros(c.CreatedAt))
}

func updateCode(b *batch, event int64, before, after booking.Code) {
	b.exec(`UPDATE codes SET held = held + $3, confirmed = confirmed + $4, disabled = $5
		WHERE event_id = $1 AND code = $2`, event, after.Text, after.OnBooks()-before.OnBooks(),
		after.Confirmed-before.Confirmed, bit(after.Disabled))
}

// deletePlan removes the ticket types, pools and codes of an event.
func deletePlan(b *batch, e booking.Event) {
	if !e.Planned {
		return
	}
	b.exec(`DELETE FROM codes WHERE event_id = $1`, e.ID)
	b.exec(`DELETE FROM ticket_types WHERE event_id = $1`, e.ID)
	b.exec(`DELETE FROM pools WHERE event_id = $1`, e.ID)
}

// idOrNull stores 0 as NULL.
func idOrNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// readPlan adds to an event, read as the books have it, what it is divided into, its access code of
// a text unless that is empty, and how many of its held seats have lapsed at a time.
func (v view) readPlan(
	ctx context.Context, e *booking.Event, code string, now time.Time,
) error {
	var p plan
	var failed error
	p.read(e.Price.Currency, func(row func(scanner) error, query string) {
		if failed == nil {
			failed = v.each(ctx, row, query, e.ID)
		}
	})
	e.Types, e.Pools = p.types, p.pools
	if failed == nil {
		failed = v.readCode(ctx, e, code)
	}
	if failed != nil || e.Held == 0 {
		return failed
	}
	return v.each(ctx, func(scan scanner) error {
		var b booking.Booking
		var lines, code sql.NullString
		if err := scan(&b.Quantity, &lines, &code); err != nil {
			return err
		}
		b.Code = code.String
		var err error
		if b.Lines, err = readLines(lines.String, e.Price.Currency); err == nil {
			e.Lapse(b)
		}
		return err
	}, `SELECT quantity, lines, code FROM bookings
		WHERE event_id = $1 AND status = 'held' AND expires_at <= $2`, e.ID, micros(now))
}

// readCode adds one access code to an event, if it has such a one.
func (v view) readCode(ctx context.Context, e *booking.Event, code string) error {
	if code == "" {
		return nil
	}
	return v.each(ctx, func(scan scanner) error {
		c, err := scanCode(scan)
		e.Codes = e.Codes.With(c)
		return err
	}, selectCodes+` AND code = $2`, e.ID, code)
}

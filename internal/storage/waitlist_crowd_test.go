package storage

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"

	"evbook/internal/booking"
)

// waiters is how many people wait for one seat each of an event with [holdsAtOnce] seats.
const waiters = 15

// line puts people on the waitlist of a sold-out event.
func (f fight) line(t testing.TB, now time.Time) {
	t.Helper()
	s := openAt(t, f.path)
	defer s.Close()
	setClock(s, now)
	for i := range waiters {
		_, err := s.Join(context.Background(), booking.Joining{
			Event: f.sel, Quantity: 1, Email: fmt.Sprintf("waiter%d@example.com", i),
		})
		must(t, err)
	}
}

// overtaken is how many others got seats while somebody waited.
func (f fight) overtaken(t testing.TB) (n int) {
	t.Helper()
	s := openAt(t, f.path)
	defer s.Close()
	peek(t, s, []any{&n}, `SELECT count(*) FROM journal j WHERE kind = 'booking.confirmed'
		AND (SELECT sum(waiting) FROM journal o
			WHERE o.event_id = j.event_id AND o.event_seq < j.event_seq) > 0`)
	return n
}

// Processes cancel what sells an event out, and others book what comes free, while people wait.
// Half of those who book come when all who wait have an offer, so that there is something for them.
func TestSeatsThatComeFreeGoToThoseWhoWaitFirst(t *testing.T) {
	f, now := newFight(t, 0)
	f.line(t, now)
	cancelling := task{Role: "end", Act: toCancel, Now: now}
	early := task{Role: "end", Act: toBook, Now: now}
	late := early
	late.After = f.refs[:waiters+1]
	f.crowd(t, cancelling, early, cancelling, late)
	e, findings := f.look(t)
	if n := f.overtaken(t); n > 0 || len(findings) > 0 {
		t.Errorf("%d were overtaken; %v", n, findings)
	}
	others := f.total(toBook)
	if f.total(toCancel) != holdsAtOnce || e.Held != waiters || e.Waiting != 0 ||
		e.Confirmed != others || others > holdsAtOnce-waiters {
		t.Errorf("%d cancelled, %d offered, %d wait still, others have %d of %d seats",
			f.total(toCancel), e.Held, e.Waiting, e.Confirmed, others)
	}
	t.Logf("%d others got seats", others)
	if others == 0 {
		t.Error("nobody else got a seat: the test is blind")
	}
}

// snatch is a helper with the guard switched off, which sells the first seat that it sees free.
func snatch(work task, o orders) error {
	settings := writeSettings(patience)
	settings.Set("_pragma", "ignore_check_constraints(1)")
	return withDB(work.Path, settings, func(db *sql.DB) error {
		if err := o.ready(); err != nil {
			return err
		}
		for left := 0; left <= 0; {
			time.Sleep(time.Millisecond)
			if err := db.QueryRow(seatsLeft, work.Event).Scan(&left); err != nil {
				return err
			}
		}
		tx, err := db.Begin()
		if err != nil {
			return err
		}
		return sell(context.Background(), tx, work.Event)
	})
}

// The control: where seats come free in one transaction and would be offered in another one,
// others come in between.
func TestSeatsThatAreOfferedLaterAreSnatched(t *testing.T) {
	missed(t, func() bool {
		f, now := newFight(t, 0)
		f.line(t, now)
		f.crowd(t, task{Role: "end naively", Act: toCancel}, task{Role: "snatch"})
		n := f.overtaken(t)
		t.Logf("%d were overtaken", n)
		return n > 0
	})
}

// queueUp is a helper that waits for seats, and takes what is offered or free, again and again.
// It says "FAILED" and why, and ends, when it cannot.
func queueUp(work task, o orders) error {
	ctx := context.Background()
	s, err := openReady(work, o)
	if err != nil {
		return err
	}
	for range work.Times {
		if err := queueOnce(ctx, s, work); err != nil {
			say("FAILED %v", err)
			break
		}
	}
	return s.Close()
}

func queueOnce(ctx context.Context, s *Store, work task) error {
	sel, email := booking.Selector{ID: work.Event}, "waiter"+work.Run+"@example.com"
	r, err := s.Join(ctx, booking.Joining{Event: sel, Quantity: 2, Email: email})
	if booking.KindOf(err) == booking.Conflict { // nobody has to wait
		r, err = s.Book(ctx, booking.Request{Event: sel, Quantity: 2, Email: email, Hold: true})
	}
	if booking.KindOf(err) == booking.SoldOut { // and now the seats are gone
		return nil
	}
	if err != nil {
		return err
	}
	ref := r.Booking.Reference
	_, err = s.Leave(ctx, booking.Leave{Reference: ref})
	if booking.KindOf(err) == booking.Conflict { // it has been offered seats
		return goAway(ctx, s, ref)
	}
	return err
}

func TestCapacityIsLoweredWhilePeopleWait(t *testing.T) {
	lowered(t, "come and go", "queue up")
}

// coded gives an event with many seats and a code for [holdsAtOnce] of them.
func coded(t testing.TB) fight {
	t.Helper()
	f := fight{sale: newSale(t, 1000), won: map[act]map[booking.Reference]int{}}
	s := openAt(t, f.path)
	defer s.Close()
	_, err := s.AddCode(context.Background(), booking.NewCode{
		Event: f.sel, Text: "CODE-1", Uses: holdsAtOnce,
	})
	must(t, err)
	for i := range int64(holdsAtOnce) { // each process tries as often as it takes
		f.refs = append(f.refs, s.refs.reference(i+1))
	}
	return f
}

// codeOf gives the access code as it is stored.
func (f fight) codeOf(t testing.TB) booking.Code {
	t.Helper()
	s := openAt(t, f.path)
	defer s.Close()
	all, err := s.AllCodes(context.Background(), CodeQuery{Event: f.sel})
	must(t, err)
	return all.Event.Codes.List()[0]
}

func TestACodeIsUsedAsOftenAsItMayBeByACrowd(t *testing.T) {
	f := coded(t)
	f.crowd(t, task{Role: "end", Act: toBook, Code: "code-1", Now: time.Now()})
	e, findings := f.look(t)
	code, n := f.codeOf(t), f.total(toBook)
	if n != holdsAtOnce || e.Confirmed != n || code.Confirmed != n || len(findings) > 0 {
		t.Errorf("%d of %d booked with the code; the event has %d, the code %d; %v", n,
			holdsAtOnce, e.Confirmed, code.Confirmed, findings)
	}
}

// useUnguarded is a helper with the guard switched off: it looks at the code outside of the
// transaction in which it books with it.
func useUnguarded(work task, o orders) error {
	settings := writeSettings(patience)
	settings.Set("_pragma", "ignore_check_constraints(1)")
	return withDB(work.Path, settings, func(db *sql.DB) error {
		if err := o.ready(); err != nil {
			return err
		}
		for {
			var left int
			err := db.QueryRow(`SELECT uses - held - confirmed FROM codes`).Scan(&left)
			if err != nil || left <= 0 {
				return err
			}
			tx, err := db.Begin()
			if err != nil {
				return err
			}
			_, err = tx.Exec(`UPDATE codes SET confirmed = confirmed + 1`)
			if err == nil {
				err = sell(context.Background(), tx, work.Event)
			}
			if err != nil {
				return err
			}
		}
	})
}

func TestACodeWithoutTheGuardIsUsedTooOften(t *testing.T) {
	missed(t, func() bool {
		f := coded(t)
		f.crowd(t, task{Role: "use naively"})
		code := f.codeOf(t)
		_, findings := f.look(t)
		t.Logf("%d of %d uses", code.Confirmed, code.Uses)
		return code.Confirmed > code.Uses && slices.ContainsFunc(findings, func(f Finding) bool {
			return f.Check == "uses of access codes"
		})
	})
}

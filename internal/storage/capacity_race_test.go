package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"evbook/internal/booking"
)

const (
	// firstCapacity is that of an event on sale, and lastCapacity what it is lowered to.
	firstCapacity, lastCapacity = 60, 20
	// customers is how many processes come and go meanwhile.
	customers = 20
)

// comeAndGo is a helper that holds seats, and confirms, cancels or releases them, so often that the
// event is sold out all the time. It says "FAILED" and why, and ends, when it cannot.
func comeAndGo(work task, o orders) error {
	ctx := context.Background()
	s, err := openReady(work, o)
	if err != nil {
		return err
	}
	if err := comeAndGoAway(ctx, s, work); err != nil {
		say("FAILED %v", err)
	}
	return s.Close()
}

// comeAndGoAway leaves nothing behind in the end, so that any capacity will do then.
func comeAndGoAway(ctx context.Context, s *Store, work task) error {
	var mine []booking.Reference
	for range work.Times {
		ask := work.seat()
		ask.Hold, ask.Quantity = true, 1+rand.N(3)
		r, err := s.Book(ctx, ask)
		if err == nil {
			mine = append(mine, r.Booking.Reference)
		}
		if booking.KindOf(err) == booking.SoldOut && len(mine) > 0 {
			err = goAway(ctx, s, mine[0])
			mine = mine[1:]
		}
		if kind := booking.KindOf(err); kind != "" && kind != booking.SoldOut {
			return err
		}
	}
	for _, ref := range mine {
		if err := goAway(ctx, s, ref); err != nil {
			return err
		}
	}
	return nil
}

// goAway ends a hold, in half of the cases by way of a confirmation of some of its seats.
func goAway(ctx context.Context, s *Store, ref booking.Reference) error {
	if rand.N(2) == 0 {
		_, err := s.Release(ctx, booking.Release{Reference: ref})
		return err
	}
	_, err := s.Confirm(ctx, booking.Confirmation{
		Reference: ref, Part: booking.Part{Quantity: new(1)},
	})
	if err == nil {
		_, err = s.CancelBooking(ctx, booking.Cancellation{Reference: ref})
	}
	return err
}

// lowerCapacity is a helper that lowers the capacity of an event, seat by seat. It says "LOWERED"
// and the capacity each time, and "REFUSED" when more seats are taken just then.
func lowerCapacity(work task, o orders) error {
	ctx := context.Background()
	s, err := openReady(work, o)
	if err != nil {
		return err
	}
	for capacity := firstCapacity - 1; capacity >= lastCapacity; {
		_, err := s.EditEvent(ctx, booking.Selector{ID: work.Event},
			booking.Edit{Capacity: &capacity})
		switch booking.KindOf(err) {
		case "":
			say("LOWERED %d", capacity)
			capacity--
		case booking.Conflict:
			say("REFUSED")
		default:
			return errors.Join(err, s.Close())
		}
	}
	return s.Close()
}

// lowerUnguarded is a helper with the guard switched off: it looks at the seats that are taken
// outside of the transaction in which it lowers the capacity to them, and writes without the
// schema's CHECK.
func lowerUnguarded(work task, o orders) error {
	settings := writeSettings(patience)
	settings.Set("_pragma", "ignore_check_constraints(1)")
	return withDB(work.Path, settings, func(db *sql.DB) error {
		if err := o.ready(); err != nil {
			return err
		}
		for range work.Times {
			var left int
			if err := db.QueryRow(seatsLeft, work.Event).Scan(&left); err != nil {
				return err
			}
			if left <= 0 {
				continue
			}
			if err := lowerNaively(db, work.Event, left); err != nil {
				return err
			}
		}
		return nil
	})
}

func lowerNaively(db *sql.DB, event int64, seats int) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, step := range []string{
		`UPDATE events SET capacity = capacity - $2, version = version + 1 WHERE id = $1`,
		`INSERT INTO journal (event_id, event_seq, at, actor, kind, capacity, held, confirmed,
				detail)
			SELECT id, version, 0, 'naive', 'event.edited', -$2, 0, 0, '' FROM events
			WHERE id = $1`,
	} {
		if _, err := tx.Exec(step, event, seats); err != nil {
			return fmt.Errorf("%s: %w", step, err)
		}
	}
	return tx.Commit()
}

// sellWhile lets customers come and go, each in one of some ways, while another process does
// something to the event. It gives what that said, and the customers who failed.
func (v sale) sellWhile(t testing.TB, role string, ways ...string) (said, failed []string) {
	t.Helper()
	other := v.task(role)
	other.Times = 300
	all := []*process{launch(t, other)}
	for i := range customers {
		work := v.task(ways[i%len(ways)])
		work.Times, work.Run = 40, fmt.Sprint(i)
		all = append(all, launch(t, work))
	}
	for _, p := range all {
		p.await(t)
	}
	for _, p := range slices.Backward(all) {
		p.start(t)
	}
	for _, p := range all[1:] {
		failed = append(failed, p.finish(t)...)
	}
	return all[0].finish(t), failed
}

func TestCapacityIsLoweredWhileHoldsComeAndGo(t *testing.T) {
	lowered(t, "come and go")
}

// lowered lowers the capacity while customers come and go, until it was refused, too.
func lowered(t *testing.T, ways ...string) {
	t.Helper()
	met(t, "more seats are taken than are to be left", func() bool {
		v := newSale(t, firstCapacity)
		said, failed := v.sellWhile(t, "lower", ways...)
		if len(failed) > 0 {
			t.Errorf("customers failed: %s", strings.Join(failed, "; "))
		}
		e, findings := v.look(t)
		if e.Capacity != lastCapacity || e.Taken() > lastCapacity || e.Waiting > 0 ||
			len(findings) > 0 {
			t.Errorf("%d of %d seats taken, %d waiting; %v", e.Taken(), e.Capacity, e.Waiting,
				findings)
		}
		steps := firstCapacity - lastCapacity
		t.Logf("lowered %d times, refused %d times", steps, len(said)-steps)
		return len(said) > steps
	})
}

// The control: with the guard off there are fewer seats than are taken, and Verify names it. Once
// there are, customers fail at the schema's CHECK.
func TestCapacityLoweredWithoutTheGuardOversells(t *testing.T) {
	missed(t, func() bool {
		v := newSale(t, firstCapacity)
		_, failed := v.sellWhile(t, "lower naively", "come and go")
		e, findings := v.look(t)
		t.Logf("%d of %d seats taken, %d customers failed", e.Taken(), e.Capacity, len(failed))
		return slices.ContainsFunc(findings, func(f Finding) bool {
			return f.Check == "seats within capacity"
		})
	})
}

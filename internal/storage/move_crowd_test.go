package storage

import (
	"context"
	"database/sql"
	"slices"
	"testing"
	"time"

	"evbook/internal/booking"
)

// shuttle gives an event that is sold out and another one that has room for some of its bookings,
// and lets a crowd move them between the two, in opposite directions.
func shuttle(t testing.TB, role string) (f fight, other sale) {
	t.Helper()
	f, now := newFight(t, 0)
	s := openAt(t, f.path)
	other = sale{path: f.path, sel: event(t, s, waiters), capacity: waiters}
	must(t, s.Close())
	there := task{Role: role, Act: toMove, To: other.sel.ID, Now: now}
	back := task{Role: role, Act: toMove, To: f.sel.ID, Now: now}
	f.crowd(t, there, back)
	return f, other
}

// moves is how often a booking came to an event.
func (v sale) moves(t testing.TB) (n int) {
	t.Helper()
	s := openAt(t, v.path)
	defer s.Close()
	peek(t, s, []any{&n}, `SELECT count(*) FROM journal WHERE event_id = $1
		AND kind = 'booking.moved' AND confirmed > 0`, v.sel.ID)
	return n
}

// That the crowd ends at all shows that nobody waits for each other.
func TestMovesInOppositeDirectionsLoseNobody(t *testing.T) {
	f, other := shuttle(t, "end")
	here, findings := f.look(t)
	there, _ := other.look(t)
	if here.Confirmed+there.Confirmed != holdsAtOnce || len(findings) > 0 {
		t.Errorf("%d + %d seats of %d; %v", here.Confirmed, there.Confirmed, holdsAtOnce,
			findings)
	}
	t.Logf("%d went there, %d came back", other.moves(t), f.moves(t))
	if other.moves(t) == 0 || f.moves(t) == 0 {
		t.Error("nobody was moved, or nobody back: the test is blind")
	}
	s := openAt(t, f.path)
	defer s.Close()
	for _, ref := range f.refs {
		b, err := s.Booking(context.Background(), ref)
		if err != nil || b.Status != booking.Confirmed || b.Quantity != 1 {
			t.Errorf("%s: %+v, %v", ref, b, err)
		}
	}
}

// moveUnguarded is a helper with the guard switched off: it looks where a booking is outside of the
// transaction that moves it.
func moveUnguarded(work task, o orders) error {
	refs, err := permutationOf(work.Path)
	if err != nil {
		return err
	}
	settings := writeSettings(patience)
	settings.Set("_pragma", "ignore_check_constraints(1)")
	return withDB(work.Path, settings, func(db *sql.DB) error {
		if err := o.ready(); err != nil {
			return err
		}
		for _, ref := range work.Bookings {
			row := refs.row(ref)
			var from int64
			err := db.QueryRow(`SELECT event_id FROM bookings WHERE id = $1`, row).Scan(&from)
			if err != nil {
				return err
			}
			time.Sleep(time.Millisecond) // others look, too
			if from == work.To {
				continue
			}
			if err := moveNaively(db, row, from, work.To); err != nil {
				return err
			}
		}
		return nil
	})
}

func moveNaively(db *sql.DB, row, from, to int64) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.Exec(`UPDATE bookings SET event_id = $2 WHERE id = $1`, row, to); err != nil {
		return err
	}
	for event, seats := range map[int64]int{from: -1, to: 1} {
		for _, step := range []string{
			`UPDATE events SET confirmed = confirmed + $3, version = version + 1 WHERE id = $2`,
			`INSERT INTO journal (event_id, event_seq, at, actor, kind, booking_id, capacity, held,
					confirmed, detail)
				SELECT id, version, 0, 'naive', 'booking.moved', $1, 0, 0, $3, '' FROM events
				WHERE id = $2`,
		} {
			if _, err := tx.Exec(step, row, event, seats); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}

func TestMovesWithoutTheGuardLoseSeats(t *testing.T) {
	missed(t, func() bool {
		f, other := shuttle(t, "move naively")
		here, findings := f.look(t)
		there, _ := other.look(t)
		t.Logf("%d seats here, %d there", here.Confirmed, there.Confirmed)
		return slices.ContainsFunc(findings, func(f Finding) bool {
			return f.Check == "confirmed seats"
		})
	})
}

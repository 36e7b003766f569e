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

// naiveEnd are the steps in which booking $1 of one seat of event $2 is confirmed or cancelled,
// whatever has become of it.
func naiveEnd(do act) []string {
	status, change := "confirmed", "held = held - 1, confirmed = confirmed + 1"
	seats := "-1, 1"
	if do == toCancel {
		status, change, seats = "cancelled", "confirmed = confirmed - 1", "0, -1"
	}
	return []string{
		fmt.Sprintf(`UPDATE bookings SET status = '%s' WHERE id = $1`, status),
		fmt.Sprintf(`UPDATE events SET %s, version = version + 1 WHERE id = $2`, change),
		fmt.Sprintf(`INSERT INTO journal (event_id, event_seq, at, actor, kind, booking_id,
				capacity, held, confirmed, detail)
			SELECT id, version, 0, 'naive', 'booking.%s', $1, 0, %s, '' FROM events
			WHERE id = $2`, status, seats),
	}
}

// endUnguarded is a helper with the guard switched off: it looks at each booking outside of the
// transaction that ends it, and writes without the schema's CHECK.
func endUnguarded(work task, o orders) error {
	refs, err := permutationOf(work.Path)
	if err != nil {
		return err
	}
	settings := writeSettings(patience)
	settings.Set("_pragma", "ignore_check_constraints(1)")
	from := map[act]booking.Status{toConfirm: booking.Held, toCancel: booking.Confirmed}[work.Act]
	return withDB(work.Path, settings, func(db *sql.DB) error {
		if err := o.ready(); err != nil {
			return err
		}
		for _, ref := range work.Bookings {
			row := refs.row(ref)
			var status booking.Status
			err := db.QueryRow(`SELECT status FROM bookings WHERE id = $1`, row).Scan(&status)
			if err != nil {
				return err
			}
			if status != from {
				continue
			}
			if err := endNaively(db, work, row); err != nil {
				return err
			}
			say("WON %s", ref)
		}
		return nil
	})
}

// permutationOf gives the references of a database.
func permutationOf(path string) (*permutation, error) {
	s, err := Open(context.Background(), in(path, Options{ReadOnly: true}))
	if err != nil {
		return nil, err
	}
	return s.refs, s.Close()
}

func endNaively(db *sql.DB, work task, row int64) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, step := range naiveEnd(work.Act) {
		if _, err := tx.Exec(step, row, work.Event); err != nil {
			return fmt.Errorf("%s: %w", step, err)
		}
	}
	return tx.Commit()
}

// The crowds would see a booking that is ended twice: with the guard off there are some, and Verify
// names them.
func TestACrowdWithoutTheGuardEndsBookingsTwice(t *testing.T) {
	for do, ttl := range map[act]time.Duration{toConfirm: time.Hour, toCancel: 0} {
		missed(t, func() bool {
			f, _ := newFight(t, ttl)
			f.crowd(t, task{Role: "end naively", Act: do})
			twice := f.wonTwice(do)
			t.Logf("%s: %d of %d bookings twice", do, len(twice), holdsAtOnce)
			_, findings := f.look(t)
			if len(twice) > 0 && !slices.ContainsFunc(findings, func(f Finding) bool {
				return f.Check == "steps of the booking"
			}) {
				t.Errorf("%s: verify does not name it: %v", do, findings)
			}
			return len(twice) > 0
		})
	}
}

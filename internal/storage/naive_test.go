package storage

import (
	"context"
	"database/sql"
	"slices"
	"testing"

	sqlite3 "modernc.org/sqlite/lib"
)

const seatsLeft = `SELECT capacity - held - confirmed FROM events WHERE id = $1`

// sellSteps sell one seat of event $1, whether there is one or not, and keep the books as evbook
// does.
var sellSteps = [...]string{
	`UPDATE events SET confirmed = confirmed + 1, version = version + 1 WHERE id = $1`,
	`INSERT INTO bookings (id, event_id, quantity, status, unit_price, currency, email, name, note,
			cancel_reason, created_at, updated_at)
		SELECT coalesce(max(id), 0) + 1, $1, 1, 'confirmed', 0, 'EUR', '', '', '', '', 0, 0
		FROM bookings`,
	`INSERT INTO journal (event_id, event_seq, at, actor, kind, booking_id, capacity, held,
			confirmed, detail)
		SELECT $1, version, 0, 'naive', 'booking.confirmed', (SELECT max(id) FROM bookings), 0, 0,
			1, '' FROM events WHERE id = $1`,
}

func sell(ctx context.Context, tx *sql.Tx, event int64) error {
	for _, step := range sellSteps {
		if _, err := tx.ExecContext(ctx, step, event); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// bookUnguarded is a helper with the guard switched off: it looks outside of the transaction and
// writes without the schema's CHECK.
func bookUnguarded(work task, o orders) error {
	settings := writeSettings(patience)
	settings.Set("_pragma", "ignore_check_constraints(1)")
	return withDB(work.Path, settings, func(db *sql.DB) error {
		ctx := context.Background()
		if err := o.ready(); err != nil {
			return err
		}
		for {
			var left int
			if err := db.QueryRowContext(ctx, seatsLeft, work.Event).Scan(&left); err != nil {
				return err
			}
			if left <= 0 {
				return nil
			}
			tx, err := db.BeginTx(ctx, nil)
			if err != nil {
				return err
			}
			if err := sell(ctx, tx, work.Event); err != nil {
				return err
			}
		}
	})
}

// bookDeferred is a helper whose transactions read first and write later. It says "BUSY" and ends
// when SQLite does not let it.
func bookDeferred(work task, o orders) error {
	settings := writeSettings(DefaultLockTimeout)
	settings.Set("_txlock", "deferred")
	return withDB(work.Path, settings, func(db *sql.DB) error {
		ctx := context.Background()
		if err := o.ready(); err != nil {
			return err
		}
		for {
			sold, err := sellDeferred(ctx, db, work.Event)
			if sqliteCode(err) == sqlite3.SQLITE_BUSY {
				say("BUSY")
				return nil
			}
			if err != nil || !sold {
				return err
			}
		}
	})
}

func sellDeferred(ctx context.Context, db *sql.DB, event int64) (sold bool, err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer tx.Rollback()
	var left int
	if err := tx.QueryRowContext(ctx, seatsLeft, event).Scan(&left); err != nil || left <= 0 {
		return false, err
	}
	return true, sell(ctx, tx, event)
}

// The crowd would see an oversell: with the guard off there is one, and Verify names it.
func TestACrowdWithoutTheGuardOversells(t *testing.T) {
	missed(t, func() bool {
		v := newSale(t, crowdSize)
		crowd(t, crowdSize, v.task("naive"))
		e, findings := v.look(t)
		t.Logf("%d of %d seats sold", e.Confirmed, v.capacity)
		oversold := e.Confirmed > v.capacity
		if oversold && !slices.ContainsFunc(findings, func(f Finding) bool {
			return f.Check == "seats within capacity"
		}) {
			t.Errorf("verify does not name the oversell: %v", findings)
		}
		return oversold
	})
}

// Why transactions are immediate: deferred ones fail as soon as two processes meet.
func TestACrowdOfDeferredTransactionsFailsBusy(t *testing.T) {
	v := newSale(t, 10*crowdSize)
	busy := 0
	for _, lines := range crowd(t, crowdSize, v.task("deferred")) {
		if len(lines) > 0 {
			busy++
		}
	}
	t.Logf("%d of %d processes failed busy", busy, crowdSize)
	if busy == 0 {
		t.Error("no deferred transaction failed: the harness does not make processes meet")
	}
}

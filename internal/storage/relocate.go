package storage

import (
	"cmp"
	"context"
	"time"

	"evbook/internal/booking"
)

// Relocation says which database is moved where.
type Relocation struct {
	// From is the SQLite file, To the address of an empty PostgreSQL database.
	From, To string
	// LockTimeout is how long the writers before it are waited for; 0 means [DefaultLockTimeout].
	LockTimeout time.Duration
	// AllowNetworkFS is that of [Options].
	AllowNetworkFS bool
	// Progress is told how many rows are done of how many in a stage, again and again, and when it
	// begins; nil for nobody.
	Progress func(stage Stage, done, total int)
}

// Stage is a part of a relocation: Checking, unless the rows are there already Moving, Comparing
// and, at the new place, Checking once more.
type Stage string

const (
	// Checking counts every seat again. It does not tell how far it is.
	Checking Stage = "Checking"
	// Moving writes the rows to the new place.
	Moving Stage = "Moving"
	// Comparing reads them again.
	Comparing Stage = "Comparing"
)

// Relocated tells what was moved.
type Relocated struct {
	// From is the file, To the masked address.
	From, To string
	// Events, Bookings and Entries (of the journal) count what is in the database.
	Events, Bookings, Entries int
	// Already is true when an earlier call had moved everything.
	Already bool
}

// Relocate moves a whole database from a file to PostgreSQL: references, secrets, tokens, keys and
// journal stay as they are. It sets the other database up when there is nothing yet. Nobody can
// write to the file meanwhile, and afterwards nobody can use it any more. Everything is there in
// one transaction, which ends only when both have the same rows and these are sound, or nothing is.
// Whenever it was interrupted it can be called again. Errors: Invalid, Conflict, Unsound,
// Unavailable, Busy, Unknown, Interrupted.
func Relocate(ctx context.Context, r Relocation) (Relocated, error) {
	var bad booking.Fields
	if IsAddress(r.From) {
		bad.Add("from", "names a PostgreSQL database, only files can be moved")
	}
	if !IsAddress(r.To) {
		bad.Add("to", "is not the address of a PostgreSQL database, as postgres://HOST/DATABASE is")
	}
	if err := bad.Err(); err != nil {
		return Relocated{}, err
	}
	r.LockTimeout = cmp.Or(r.LockTimeout, DefaultLockTimeout)
	if r.Progress == nil {
		r.Progress = func(Stage, int, int) {}
	}
	done, err := relocate(ctx, r)
	if err != nil && ctx.Err() != nil && booking.KindOf(err) != booking.Unknown {
		return Relocated{}, interrupted(ctx.Err())
	}
	return done, err
}

func relocate(ctx context.Context, r Relocation) (Relocated, error) {
	from, err := openOrigin(ctx, Options{
		Path: r.From, LockTimeout: r.LockTimeout, AllowNetworkFS: r.AllowNetworkFS,
	})
	if err != nil {
		return Relocated{}, err
	}
	done, err := from.moveTo(ctx, r)
	_ = from.close() // what was moved is committed at both ends
	return done, err
}

// moveTo does what is left to be done.
func (o *origin) moveTo(ctx context.Context, r Relocation) (Relocated, error) {
	to, err := openDestination(ctx, Options{Address: r.To, LockTimeout: r.LockTimeout})
	if err != nil {
		return Relocated{}, err
	}
	done := Relocated{From: r.From, To: to.name, Already: o.id.movedTo != ""}
	if done.Already {
		if err = to.isHome(o); err == nil {
			err = to.count(ctx, &done)
		}
	} else if err = o.fill(ctx, to, r.Progress, &done); err == nil {
		err = o.retire(to.name)
	}
	_ = to.close() // as above
	return done, err
}

// fill puts everything into the new place, unless it is there.
func (o *origin) fill(
	ctx context.Context, to *destination, progress func(Stage, int, int), done *Relocated,
) error {
	work := &transfer{from: o, to: to, progress: progress}
	var err error
	if work.total, err = o.rows(ctx); err != nil {
		return err
	}
	work.begin(Checking)
	if err := o.verify(ctx); err != nil {
		return err
	}
	tx, err := to.begin(ctx)
	if err != nil {
		return err
	}
	defer tx.rollback() // does nothing after COMMIT
	done.Already, err = to.occupied(ctx)
	switch {
	case err != nil:
		return err
	case done.Already:
		err = work.compare(ctx)
	default:
		err = work.copy(ctx)
	}
	if err == nil {
		work.begin(Checking)
		err = to.verify(ctx, o.id.key)
	}
	if err == nil {
		err = to.count(ctx, done)
	}
	switch {
	case err != nil:
		return err
	case done.Already: // a standby need not have what is seen there: this COMMIT waits for it
		return to.commit(tx)
	}
	return to.commit(tx, work.mark())
}

// unsoundMove says why a database is not moved.
func unsoundMove(name string, f Finding) error {
	return booking.Errorf(booking.Unsound, "%s is not sound: %s: %s", name, f.Check, f.Detail).
		WithHint("nothing was moved; evbook verify tells all that is wrong")
}

// notEmpty refuses to move into a database that has something in it.
func notEmpty(name string) *booking.Error {
	return booking.Errorf(booking.Conflict, "%s is not empty", name).
		WithHint("nothing was moved; make a database, or a schema (search_path), for it alone")
}

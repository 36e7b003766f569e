package storage

import (
	"cmp"
	"context"

	"evbook/internal/booking"
)

// reader asks a source questions, and sees to it that the answers are what they seem.
type reader struct {
	source source
	// name is how the caller names the database, for messages.
	name string
	// schema is the number of the schema that questions are asked for.
	schema int
}

func (r *reader) close() error { return r.source.close() }

// ready is nil when the database is where it was and has a schema that this evbook may use.
func (r *reader) ready(ctx context.Context) error {
	if err := r.source.check(); err != nil {
		return err
	}
	schema, err := r.source.ready(ctx)
	return r.settle(ctx, schema, err)
}

// settle gives the error of a question that was asked: another one when the schema has changed
// since the database was opened, so that the answer may not be what it seems. A schema of 0 has not
// been looked at. Looking afterwards is certain, since the number of the schema only rises. A newer
// schema that lets this evbook write lets it read, too.
func (r *reader) settle(ctx context.Context, schema int, err error) error {
	switch {
	case schema == 0 || schema == r.schema:
		return err
	case r.schema < schemaVersion:
		return booking.Errorf(booking.Unavailable,
			"%s was brought up to date by another evbook while it was open", r.name).
			WithHint("start again: then all that is in it is seen")
	}
	id, idErr := r.source.identify(ctx)
	if idErr == nil && id.version < schemaVersion {
		idErr = id.tooOld(r.name)
	}
	return cmp.Or(idErr, id.check(r.name), err)
}

// one reads a single row; found is false when there is none.
func (r *reader) one(ctx context.Context, read func(scanner) error, query string, args ...any) (
	found bool, err error,
) {
	return r.ask(ctx, false, read, query, args...)
}

// often does the same with a question whose text is the same each time, or one of a few.
func (r *reader) often(ctx context.Context, read func(scanner) error, query string, args ...any) (
	found bool, err error,
) {
	return r.ask(ctx, true, read, query, args...)
}

// each reads all rows of an answer.
func (r *reader) each(
	ctx context.Context, read func(scanner) error, query string, args ...any,
) error {
	_, err := r.ask(ctx, false, read, query, args...)
	return err
}

// ask reads all rows of an answer; found is false when there are none.
func (r *reader) ask(
	ctx context.Context, kept bool, read func(scanner) error, query string, args ...any,
) (found bool, err error) {
	if err := r.source.check(); err != nil {
		return false, err
	}
	schema, err := r.source.ask(ctx, kept, func(scan scanner) error {
		found = true
		return read(scan)
	}, query, args...)
	return found, r.settle(ctx, schema, err)
}

// moment reads several answers as they are at one moment.
func (r *reader) moment(ctx context.Context, read func(view) error) error {
	if err := r.source.check(); err != nil {
		return err
	}
	schema, err := r.source.moment(ctx, read)
	return r.settle(ctx, schema, err)
}

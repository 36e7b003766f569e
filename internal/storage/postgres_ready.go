package storage

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"evbook/internal/booking"
)

// readyPatience is how long a database may take to say that it is ready.
const readyPatience = 2 * time.Second

// ready asks over a connection of its own, so that it does not wait behind readers: one for all who
// want to know, who come one after the other.
func (s *pgSource) ready(ctx context.Context) (schema int, err error) {
	ctx, cancel := context.WithTimeout(ctx, readyPatience)
	defer cancel()
	var conn *pgx.Conn
	select {
	case conn = <-s.health:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	if conn != nil {
		schema, err = s.askReady(ctx, conn)
	}
	if conn == nil || conn.IsClosed() { // an old connection may have been lost long ago
		if conn, err = pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig); err == nil {
			schema, err = s.askReady(ctx, conn)
		}
	}
	s.health <- conn
	return schema, err
}

// askReady asks for the schema, and whether the server takes what this store has for it.
func (s *pgSource) askReady(ctx context.Context, conn *pgx.Conn) (schema int, err error) {
	var standby bool
	var key []byte
	err = conn.QueryRow(ctx, `SELECT schema, reference_key, pg_is_in_recovery() FROM meta`).
		Scan(&schema, &key, &standby)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return 0, notSetUp(s.name)
	case err == nil && !bytes.Equal(key, s.key):
		return 0, anotherDatabase(s.name)
	case err == nil && standby && s.writes:
		// The next one to ask may get another server of the address.
		err = errors.Join(hangUp(conn), isStandby(s.name))
	}
	return schema, err
}

// isStandby is the error of who would write to a server that only reads.
func isStandby(name string) *booking.Error {
	return booking.Errorf(booking.Unavailable, "%s cannot be written: it is a standby", name).
		WithHint("the address of the primary, or of all servers, is needed")
}

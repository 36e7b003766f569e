package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// beginGroup names the level, since where REPEATABLE READ is the default every wait for an event
// would end in an error. What is read after the wait is as it is then: each statement sees what was
// committed before it began.
const beginGroup = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"

// rollbackPatience bounds ROLLBACK; without an answer, closing the connection does the same.
const rollbackPatience = 5 * time.Second

var errNotCommitted = errors.New("COMMIT was answered with ROLLBACK")

// pgTx is the transaction under way on the engine's connection.
type pgTx struct {
	engine *pgEngine
	begun  bool
}

// state tells nothing: other servers write at any time.
func (tx *pgTx) state() state { return state{} }

// look reads outside of the transaction, so that it locks nothing.
func (tx *pgTx) look(ctx context.Context, b *batch) (lasting bool, err error) {
	_, _, err = tx.engine.exchangeSoon(ctx, statements(b))
	return false, tx.engine.before(err)
}

func (tx *pgTx) run(ctx context.Context, b *batch) error {
	opening := !tx.begun
	done, _, err := tx.engine.exchangeSoon(ctx, tx.opened(statements(b)))
	if opening && done == 0 && postgresCode(err) == "0A000" { // a standby refuses READ WRITE so
		return tx.engine.leave(err)
	}
	return tx.engine.before(err)
}

// opened puts BEGIN before the first statements of a transaction.
func (tx *pgTx) opened(steps []step) []step {
	if tx.begun {
		return steps
	}
	tx.begun = true
	return append([]step{{sql: beginGroup}}, steps...)
}

// commit tells an error before COMMIT from one that may have come after it by what the server
// itself says: that a statement failed, and that the transaction failed with it. Whatever else goes
// wrong once COMMIT is on its way leaves open what became of it, and so does a warning: that the
// standby has not confirmed is one.
func (tx *pgTx) commit(ctx context.Context, b *batch) (sent bool, err error) {
	e := tx.engine
	steps := append(tx.opened(statements(b)), step{sql: "COMMIT"})
	e.warning = nil
	done, tag, err := e.exchange(ctx, steps)
	if err != nil && done < len(steps)-1 && e.failed(err) {
		return false, e.before(err)
	}
	tx.begun = false // there is nothing left to be rolled back
	switch {
	case err == nil && tag != "COMMIT":
		err = errNotCommitted
	case err == nil && e.warning != nil:
		err = fmt.Errorf("COMMIT: %s (%s)", e.warning.Message, e.warning.Code)
	}
	if err != nil {
		// Should it turn out that the group is not in, nothing is in its way the next time.
		err = e.before(err)
		_ = e.drop() // what it says is no news
	}
	return true, err
}

// failed says whether the server has told that a statement, and with it the transaction, failed.
func (e *pgEngine) failed(err error) bool {
	var refusal *pgconn.PgError
	return errors.As(err, &refusal) && refusal.SeverityUnlocalized == "ERROR" &&
		!e.conn.IsClosed() && e.conn.PgConn().TxStatus() == 'E'
}

// rollback ends the transaction. If even that fails the connection is of no use any more.
func (tx *pgTx) rollback() {
	e := tx.engine
	if !tx.begun || e.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), rollbackPatience)
	defer cancel()
	if _, err := e.conn.Exec(ctx, "ROLLBACK"); err != nil {
		_ = e.drop()
	}
}

// exchange sends statements in one go and reads the answers up to the first error. done is how many
// were carried out before it, tag what the last one of them did.
func (e *pgEngine) exchange(
	ctx context.Context, steps []step,
) (done int, tag string, err error) {
	var out pgx.Batch
	for _, s := range steps {
		out.Queue(s.sql, storable(s.args)...)
	}
	answers := e.conn.SendBatch(ctx, &out)
	defer func() {
		if closed := answers.Close(); err == nil {
			err = closed
		}
	}()
	for _, s := range steps {
		if tag, err = readAnswer(answers, s.row); err != nil {
			return done, tag, err
		}
		done++
	}
	return done, tag, nil
}

// exchangeSoon does it within the engine's patience. Otherwise the connection is closed, and
// nothing has been committed.
func (e *pgEngine) exchangeSoon(
	ctx context.Context, steps []step,
) (done int, tag string, err error) {
	if e.patience > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, e.patience)
		defer cancel()
	}
	return e.exchange(ctx, steps)
}

// readAnswer reads the answer to one statement.
func readAnswer(answers pgx.BatchResults, row func(scanner) error) (tag string, err error) {
	rows, err := answers.Query()
	if err != nil {
		return "", err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return "", err
		}
	}
	return rows.CommandTag().String(), rows.Err()
}

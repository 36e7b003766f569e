package storage

import "context"

// sqliteTx is the transaction under way on the writing connection.
type sqliteTx struct {
	engine *sqliteEngine
}

func (tx sqliteTx) state() state { return tx.engine.state() }

func (tx sqliteTx) look(ctx context.Context, b *batch) (bool, error) {
	return true, tx.run(ctx, b)
}

func (tx sqliteTx) run(ctx context.Context, b *batch) error {
	for left := b.steps; len(left) > 0; {
		n := together(left)
		if err := tx.steps(ctx, left[:n]); err != nil {
			return err
		}
		left = left[n:]
	}
	return nil
}

// steps executes one step, or writes the rows of several.
func (tx sqliteTx) steps(ctx context.Context, some []step) error {
	if len(some) == 1 {
		return tx.step(ctx, some[0])
	}
	stmt, err := tx.engine.rows(ctx, several{some[0].table, len(some)})
	if err != nil {
		return err
	}
	args := make([]any, 0, len(some)*len(some[0].args))
	for _, s := range some {
		args = append(args, s.args...)
	}
	_, err = stmt.ExecContext(ctx, args...)
	return err
}

func (tx sqliteTx) step(ctx context.Context, s step) error {
	if s.row == nil {
		return tx.engine.exec(ctx, s.sql, s.args...)
	}
	stmt, err := tx.engine.stmt(ctx, s.sql)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(ctx, s.args...)
	if err != nil {
		return err
	}
	return readRows(rows, s.row)
}

func (tx sqliteTx) commit(ctx context.Context, b *batch) (bool, error) {
	if err := tx.run(ctx, b); err != nil {
		return false, err
	}
	return true, tx.engine.exec(ctx, "COMMIT")
}

// rollback ends the transaction. If even that fails the connection is of no use any more.
func (tx sqliteTx) rollback() {
	if err := tx.engine.exec(context.Background(), "ROLLBACK"); err != nil {
		_ = tx.engine.drop()
	}
}

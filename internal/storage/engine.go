package storage

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// lookedUpAtOnce is the most values that one statement looks up, a power of two.
const lookedUpAtOnce = 128

// engine is a database as the writer sees it: lock → begin → (batches) → commit → unlock. SQLite is
// one; the tests wrap it to make a COMMIT fail. An engine knows no booking rule.
type engine interface {
	// lock waits for the right to write and gives the function that hands it on.
	lock() (release func(), err error)
	// quit lets go of what is kept for locking; it is called by whoever locks, after the last time.
	quit()
	// begin starts a write transaction. Nobody else writes what it has read until it ends.
	begin(ctx context.Context) (transaction, error)
	// settle opens the database anew after an error at COMMIT and tells whether the group with
	// the marker is in it. It tells only what is certain; cause is the error.
	settle(ctx context.Context, marker []byte, cause error) (in bool, err error)
	// between does what is to be done while the lock is held and no transaction runs.
	between(ctx context.Context)
	// classify turns an error into one that callers can act on.
	classify(name string, err error) error
	close() error
}

// transaction is one write transaction of an engine. Its errors may be [again].
type transaction interface {
	// state is that of the database as the transaction has found it or, once it has been committed
	// or rolled back, left it.
	state() state
	// look runs a batch of questions before anything is locked. What it has read is lasting when
	// nobody can change it before the transaction ends.
	look(ctx context.Context, b *batch) (lasting bool, err error)
	// run executes the steps of a batch in order and stops at the first error.
	run(ctx context.Context, b *batch) error
	// commit executes the batch and COMMITs. sent says whether the COMMIT may have reached the
	// database; an error before that means that nothing happened.
	commit(ctx context.Context, b *batch) (sent bool, err error)
	rollback()
}

// batch is a list of statements that one engine loops over and another may send in one go, so no
// step can depend on what an earlier one of the same batch answered. Parameters are $1, $2, ….
type batch struct {
	steps []step
}

type step struct {
	sql  string
	args []any
	// table is set for rows that were put.
	table *table
	// row is called for each row of the answer; nil for statements that answer nothing.
	row func(scan scanner) error
}

// scanner copies the columns of a row into the targets.
type scanner func(targets ...any) error

func (b *batch) exec(sql string, args ...any) {
	b.steps = append(b.steps, step{sql: sql, args: args})
}

func (b *batch) query(row func(scanner) error, sql string, args ...any) {
	b.steps = append(b.steps, step{sql: sql, args: args, row: row})
}

// lookUp adds queries for a list of values, which the "IN ()" of the statement is to have between
// its brackets; the other parameters come first. As many are looked up at once as the next power of
// two, the last one several times, so that every statement has few forms to be prepared.
func (b *batch) lookUp(row func(scanner) error, sql string, values []any, first ...any) {
	for len(values) > 0 {
		n := 1
		for n < len(values) && n < lookedUpAtOnce {
			n *= 2
		}
		places := make([]string, n)
		for i := range places {
			places[i] = fmt.Sprintf("$%d", len(first)+i+1)
		}
		part := values[:min(n, len(values))]
		values = values[len(part):]
		filler := slices.Repeat(part[len(part)-1:], n-len(part))
		b.query(row, strings.Replace(sql, "IN ()", "IN ("+strings.Join(places, ", ")+")", 1),
			slices.Concat(first, part, filler)...)
	}
}

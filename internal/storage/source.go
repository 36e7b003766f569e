package storage

import "context"

// source is a database as those see it who only read. They see what is committed, and never wait
// for a writer. It is safe for concurrent use.
type source interface {
	// check refuses with Unavailable when the database is not where it was opened any more.
	check() error
	// identify reads what the database says of itself.
	identify(ctx context.Context) (identity, error)
	// ready gives the number of the schema, or an error if the database cannot be used as it was
	// opened.
	ready(ctx context.Context) (schema int, err error)
	// ask reads all rows of an answer, and then the number of the schema: 0 when there was an error
	// before that. A kept question is worth preparing: its text is one of a few.
	ask(
		ctx context.Context, kept bool, read func(scanner) error, query string, args ...any,
	) (schema int, err error)
	// moment lets several answers be read as they are at one moment, and then the number of the
	// schema as ask does.
	moment(ctx context.Context, read func(view) error) (schema int, err error)
	// watch opens a source of its own for somebody who wants to hear what is committed.
	watch(ctx context.Context) (watcher, error)
	// inspect notes what is wrong with a database whatever is stored in it. Its structure is left
	// out for copies, which have that of their original.
	inspect(v *verification, structure bool)
	// ended gives the error that ended a verification, nil when it is only one more finding.
	ended(v *verification) error
	// scrub removes what erased text leaves behind; later says that some of it can still be found
	// for a while.
	scrub(ctx context.Context) (later bool, err error)
	// backup writes a copy as it is at one moment.
	backup(ctx context.Context, out string, refs *permutation) (Backup, error)
	// server says which server it is.
	server(ctx context.Context) (Server, error)
	// replication says whether what is acknowledged outlives the loss of its server.
	replication(ctx context.Context) (Diagnosis, error)
	// durability says how it keeps what it acknowledges.
	durability(ctx context.Context) (Durability, error)
	// classify turns an error into one that callers can act on.
	classify(name string, err error) error
	close() error
}

// watcher is a source that can tell whether something was committed.
type watcher interface {
	source
	// changed says whether something may have been committed since it was asked last, and at first
	// since the watcher was opened. Only who reads afterwards can be sure to see it.
	changed(ctx context.Context) (bool, error)
}

// view is what answers are read from: one moment of a database.
type view struct {
	// each reads all rows of an answer.
	each func(
		ctx context.Context, read func(scanner) error, query string, args ...any,
	) error
}

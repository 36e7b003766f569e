package cli

import (
	"context"
	"errors"
	"os/user"

	"evbook/internal/booking"
	"evbook/internal/config"
	"evbook/internal/storage"
)

// access says what a command will do with the database.
type access int

const (
	// reading never writes and never creates the database.
	reading access = iota
	// changing writes to a database that has to exist.
	changing
	// creating makes the database when there is none.
	creating
)

// options name the database that is configured, and how long to wait for it. A file and an address
// are told apart here and nowhere else.
func (a *app) options() storage.Options {
	o := storage.Options{
		LockTimeout: a.config.LockTimeout, AllowNetworkFS: a.config.AllowsNetworkFS(),
	}
	if storage.IsAddress(a.config.DB) {
		o.Address = a.config.DB
	} else {
		o.Path = a.config.DB
	}
	return o
}

// database is how the database that is configured is called in front of people: its file, or its
// address without user and password.
func (a *app) database() string { return storage.Masked(a.config.DB) }

// withStore opens the database for one command. Closing has nothing to tell: what was committed is
// on disk already.
func (a *app) withStore(ctx context.Context, how access, do func(*storage.Store) error) error {
	o := a.options()
	o.Create, o.ReadOnly, o.DryRun = how == creating, how == reading, a.dryRun
	var seen booking.Condition
	if how != reading {
		var err error
		if seen, err = a.seen(); err != nil {
			return err
		}
		o.Actor = a.actor()
	}
	lasts := how != reading && !a.dryRun
	if lasts {
		o.Awaited, o.Abandoned = a.sayAwaited, a.pending.abandoned
	}
	store, err := storage.Open(ctx, o)
	if err != nil {
		return err
	}
	ask := func() error { return withMeantSlug(ctx, store, do(store.If(seen))) }
	if lasts {
		return a.pending.carryOut(store, ask)
	}
	defer store.Close()
	return ask()
}

// askStore opens the database for a command that asks it one thing, and gives the answer.
func askStore[Q, A any](
	ctx context.Context, a *app, how access,
	do func(*storage.Store, context.Context, Q) (A, error), request Q,
) (answer A, err error) {
	err = a.withStore(ctx, how, func(store *storage.Store) error {
		answer, err = do(store, ctx, request)
		return err
	})
	return answer, err
}

// withMeantSlug adds to the refusal of a slug that leads nowhere the one that was probably meant.
func withMeantSlug(ctx context.Context, store *storage.Store, err error) error {
	var refusal *booking.Error
	if !errors.As(err, &refusal) || refusal.Kind != booking.NotFound || refusal.Slug == "" {
		return err
	}
	slugs, listErr := store.Slugs(ctx)
	if near := config.Nearest(refusal.Slug, slugs); listErr == nil && near != "" {
		return refusal.WithHint("did you mean %s?", near)
	}
	return err
}

// actor is who stands in the journal behind a change.
func (a *app) actor() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return "cli:" + u.Username
	}
	name, _ := a.env.Getenv("USER")
	return "cli:" + name
}

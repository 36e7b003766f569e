package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"evbook/internal/bench"
	"evbook/internal/booking"
	"evbook/internal/storage"
)

// passing is how the database is called that goes when the benchmark ends.
const passing = "a temporary database"

// benchInput is what was typed after bench; nil for what was not.
type benchInput struct {
	url, clients, duration, events, capacity, mix *string
	keys, yes                                     bool
}

func newBench(a *app) *cobra.Command {
	var in benchInput
	cmd := &cobra.Command{
		Use: "bench [--url URL | --db DATABASE]",
		Long: `Measure how many bookings this machine, a database or a server can take. A number of
clients each make one call after the other, as long as told; so a slow answer keeps its client from
asking. What is acknowledged, refused, failed and unknown is counted apart. Then the database has to
have exactly the seats that were acknowledged, and verify looks at it: exit code 11 if anything is
wrong. Where calls have failed or stayed unknown, or nothing was done at all, the exit code is that
of the first of them.

Without --url and --db all is done in a temporary database, in the folder of temporary files, which
TMPDIR names; what else is configured is left alone. With one of them the benchmark makes events of
its own there, and cancels them at the end, also after Ctrl-C; their bookings stay on the books, as
cancelled ones, and with them their entries in the journal. That is asked for on a terminal and
takes --yes elsewhere. A server that wants a token gets that of the variable EVBOOK_TOKEN, which has
to be an organiser's. No server can be asked to verify: there it is its own word that counts.

--db calls the store in this process, and --url sends requests; on the machine of the server these
cost as much again, which is in the figures. The mix says what is called, each by its weight: book
books a seat, check asks for one, show reads an event. With --keys every booking has an idempotency
key of its own, which is kept for a day. In a database that stays, an event that has 50,000 bookings
gets a successor, so that cancelling it does not last; with --capacity each sells until it is sold
out. Besides the rates it tells how the database keeps what it acknowledges, and how often the disk
can sync, for which it writes to a file beside the database for a moment: without that no rate can
be judged.`,
		Example: `  evbook bench
  evbook bench --clients 256 --duration 30s --events 1000 --mix book=1,check=5
  evbook bench --capacity 100
  evbook bench --url http://127.0.0.1:8080 --yes -o json
  evbook bench --db postgres://db.example/events --yes`,
		Args: noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			return a.bench(cmd, in)
		}),
	}
	flags := cmd.Flags()
	declareOptional(flags, &in.url, "url", "the `URL` of a server: http://127.0.0.1:8080")
	declareOptional(flags, &in.clients, "clients", "`N` clients at the same time: 1 to 10000 (64)")
	declareOptional(flags, &in.duration, "duration",
		"for what `DURATION` they call: 100ms to 1h (10s)")
	declareOptional(flags, &in.events, "events", "the `N` events that they book: 1 to 1000 (1)")
	declareOptional(flags, &in.capacity, "capacity", "the `N` seats of each event (10000000)")
	declareOptional(flags, &in.mix, "mix", "the `MIX` of calls: book, check, show (book=1)")
	flags.BoolVar(&in.keys, "keys", false, "give every booking an idempotency key, as scripts do")
	flags.BoolVarP(&in.yes, "yes", "y", false, "do it without asking")
	return cmd
}

// benchLoad reads what was typed; server is nil without a URL.
func (a *app) benchLoad(cmd *cobra.Command, in benchInput) (
	load bench.Load, server *bench.Server, err error,
) {
	f := form{}
	load.Clients = f.count("clients", or(in.clients, "64"))
	load.Events = f.count("events", or(in.events, "1"))
	load.Capacity = f.count("capacity", or(in.capacity, fmt.Sprint(booking.MaxCapacity)))
	load.Duration = f.duration("duration", or(in.duration, "10s"))
	load.Mix, err = bench.ParseMix(or(in.mix, "book=1"))
	f.fail("mix", err)
	load.Keys, load.SellOut = in.keys, in.capacity != nil
	load.Name = "benchmark of " + a.env.Now().UTC().Format(time.DateTime)
	if in.url != nil {
		if flag := namedDatabase(cmd); flag != "" {
			f.bad.Add("url", "cannot stand together with --"+flag+": give one of them")
		}
		token, _ := a.env.Getenv("EVBOOK_TOKEN")
		server, err = bench.NewServer(*in.url, token, load.Clients)
		f.fail("url", err)
	}
	if err := f.err(load.Validate()); err != nil {
		return load, nil, err
	}
	return load, server, nil
}

// benchOperations are what a mix is made of.
func benchOperations(*cobra.Command) []string { return texts(bench.Operations()) }

// namedDatabase is the flag that names a database, "" for none. What is configured does not count:
// nobody is to find a benchmark in a database that was not meant.
func namedDatabase(cmd *cobra.Command) string {
	for _, name := range []string{"db", "dsn-file"} {
		if cmd.Flags().Changed(name) {
			return name
		}
	}
	return ""
}

func (a *app) bench(cmd *cobra.Command, in benchInput) error {
	load, server, err := a.benchLoad(cmd, in)
	if err != nil {
		return err
	}
	ctx, m := cmd.Context(), &measurement{Load: load, target: passing}
	switch {
	case server != nil:
		m.target = server.String()
	case namedDatabase(cmd) != "":
		m.target = a.database()
	default:
		err := a.benchPassing(ctx, m)
		return a.measured(ctx, m, err)
	}
	if !in.yes {
		if err := a.agreeToBench(ctx, m); err != nil {
			return err
		}
	}
	if server != nil {
		err = a.benchServer(ctx, m, server)
	} else {
		err = a.benchDatabase(ctx, m, a.options())
	}
	return a.measured(ctx, m, err)
}

// agreeToBench asks a person, and refuses where there is none.
func (a *app) agreeToBench(ctx context.Context, m *measurement) error {
	if !a.canAsk() {
		return booking.Errorf(booking.Conflict, "this would make %s in %s, book and cancel them",
			eventCount(m.Events), m.target).WithHint("--yes does it")
	}
	yes, err := a.confirm(ctx, fmt.Sprintf("Make %s in %s, book for %s and cancel all of it?",
		eventCount(m.Events), m.target, m.Duration))
	if err == nil && !yes {
		err = booking.Errorf(booking.Conflict, "nothing was measured")
	}
	return err
}

// benchPassing measures a database that is removed afterwards.
func (a *app) benchPassing(ctx context.Context, m *measurement) error {
	folder, err := os.MkdirTemp("", "evbook-bench-")
	if err != nil {
		return booking.Errorf(booking.Unavailable, "cannot make a temporary folder: %w", err)
	}
	defer func() { m.untidy = os.RemoveAll(folder) }()
	m.Passing = true
	return a.benchDatabase(ctx, m, storage.Options{
		Path: filepath.Join(folder, "events.db"), Create: true,
		LockTimeout: a.config.LockTimeout, AllowNetworkFS: a.config.AllowsNetworkFS(),
	})
}

// benchDatabase measures a database in this process, which opens it as a server does.
func (a *app) benchDatabase(ctx context.Context, m *measurement, o storage.Options) error {
	o.Actor, o.Serving, o.Abandoned = a.actor(), true, a.pending.abandoned
	store, err := storage.Open(ctx, o)
	if err != nil {
		return err
	}
	return a.pending.carryOut(store, func() error {
		kept, err := store.Durability(ctx)
		if err != nil {
			return err
		}
		m.kept = &kept
		var garbage collector
		defer garbage.stop()
		a.spare(&garbage)
		m.syncs.before = syncRate(o.Path)
		err = a.benchTarget(ctx, m, bench.Store{Store: store})
		m.syncs.after = syncRate(o.Path)
		return err
	})
}

// syncRate is that of the disk of a file; 0 for none, or where nothing can be written beside it.
func syncRate(file string) float64 {
	if file == "" {
		return 0
	}
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real
	}
	rate, err := bench.SyncRate(filepath.Dir(file))
	if err != nil {
		return 0
	}
	return rate
}

// benchServer measures a server.
func (a *app) benchServer(ctx context.Context, m *measurement, server *bench.Server) error {
	defer server.Close()
	a.pending.underWay.Store(true)
	defer a.pending.underWay.Store(false)
	return a.benchTarget(ctx, m, server)
}

// benchTarget puts the load on a target. The first signal ends the load, and the second all that
// comes after it, too.
func (a *app) benchTarget(ctx context.Context, m *measurement, target bench.Target) (err error) {
	life, cancel := a.pending.undeterred(ctx)
	defer cancel()
	shown := benchProgress{duration: m.Duration}
	if a.isWatched() {
		shown.to = a.env.Err
	}
	defer shown.end()
	m.Result, err = bench.Run(life, ctx.Done(), target, m.Load, shown.show)
	return err
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

func newServe(a *app) *cobra.Command {
	var addrFile string
	var proxies, hosts, origins []string
	cmd := &cobra.Command{
		Use: "serve",
		Long: `Serve events and bookings over HTTP, to programs on this machine or, with TLS or
behind a proxy that does it, to others. The other commands, and further servers, may use the same
database meanwhile. Ctrl-C lets running requests end; a second one does not wait for them.

New events that name no currency or time zone get the configured ones, else EUR and UTC. Personal
data that is older than the configured retention is erased at the start and once an hour. Holds that
have lapsed are told in the journal within seconds; their seats are free at once.

Requests have to call the server by a name of this machine, by the address they come in at, or by a
--host. A renewed certificate is taken up by itself. Where a proxy stands in front, --behind-proxy
names it, so that its word on where a request comes from counts. Web pages of other origins may use
the server only if they are listed with --cors-origin.`,
		Example: `  evbook serve
  evbook serve --addr 127.0.0.1:9000
  curl http://127.0.0.1:8080/events
  evbook serve --addr :443 --tls-cert cert.pem --tls-key key.pem --host club.example
  evbook serve --behind-proxy 127.0.0.1 --host club.example
  evbook serve --metrics-addr 127.0.0.1:9090 --log-format json`,
		Args: noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			return a.serve(cmd.Context(), addrFile)
		}),
	}
	flags := cmd.Flags()
	flags.String("addr", "", "`HOST:PORT` to listen on (127.0.0.1:8080)")
	flags.String("shutdown-timeout", "", "the longest `DURATION` to let requests end (10s)")
	flags.StringVar(&addrFile, "addr-file", "", "write the address to this `FILE` once listening")
	flags.String("tls-cert", "", "`FILE` with the certificate, and those that it rests on")
	flags.String("tls-key", "", "`FILE` with the key of the certificate, for no other eyes")
	declareRepeated(flags, &proxies, "behind-proxy", "`NETWORK` of the proxies in front")
	declareRepeated(flags, &hosts, "host", "`NAME` by which requests may call the server")
	declareRepeated(flags, &origins, "cors-origin", "`ORIGIN` whose web pages may use the server")
	flags.String("rate-limits", "", "`LIMITS` for each client, such as write=20/1m, or off")
	flags.String("max-connections", "", "the most connections, `N` (1024)")
	flags.String("metrics-addr", "", "`HOST:PORT` to show metrics at")
	flags.Bool("require-sync", false,
		"refuse to serve unless a synchronous standby has each booking, too")
	flags.String("log-format", "", "`FORMAT` of the log: text or json (text)")
	return cmd
}

func (a *app) serve(ctx context.Context, addrFile string) error {
	// A reader of the log that goes away (serve 2>&1 | head) must not take the server along.
	signal.Ignore(syscall.SIGPIPE)
	log := httpapi.NewLogWriter(a.env.Err)
	defer log.Flush()
	plan, err := a.planServing(ctx, addrFile, a.logger(log))
	if err != nil {
		return err
	}
	options := a.options()
	options.RequireSync = a.config.RequireSync
	options.Create, options.Actor, options.Serving = true, httpapi.Actor, true
	if plan.metrics != nil {
		options.Observe = plan.metrics.Group
	}
	store, err := storage.Open(ctx, options)
	if err != nil {
		return err
	}
	if err := a.checkTokens(ctx, store, plan.at); err != nil {
		return errors.Join(err, store.Close())
	}
	if err := noteServer(ctx, store, plan.logger); err != nil {
		return errors.Join(err, store.Close())
	}
	var garbage collector
	defer garbage.stop()
	a.spare(&garbage)
	chores, stopChores := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { a.forgetExpired(chores, store, plan.logger, forgetEvery) })
	running.Go(func() { sweepHolds(chores, store, plan.logger, sweepHoldsEvery) })
	running.Go(func() { noteTokenUses(chores, store, plan.uses) })
	err = a.listenAndServe(ctx, store, plan)
	stopChores()
	running.Wait()
	return errors.Join(err, store.Close())
}

// noteServer says in the log which server the database is on, and if an acknowledged booking can be
// lost with it.
func noteServer(ctx context.Context, store *storage.Store, logger *slog.Logger) error {
	at, err := store.Server(ctx)
	if err != nil || at == (storage.Server{}) {
		return err
	}
	logger.Info("database reached", "server", at.Addr, "database", at.Database, "role", at.Role,
		"version", at.Version)
	if at.Standby {
		logger.Warn("the server is a standby: nothing can be booked before it leads",
			"check", "server", "fix", "name all servers of the cluster in the address")
		return nil
	}
	d, err := store.Replication(ctx)
	if err == nil && d.State != storage.Good {
		logger.Warn(d.Detail, "check", d.Check, "fix", d.Fix)
	}
	return err
}

// serving is what is known of a server before it starts.
type serving struct {
	at       place
	addrFile string
	// certificate is nil for plain HTTP.
	certificate *certificate
	// metrics are nil where nobody wants them.
	metrics *httpapi.Metrics
	logger  *slog.Logger
	uses    *httpapi.TokenUses
}

// planServing refuses a configuration that would only fail at the first request, or that shows
// others too much, and gives the currency its canonical form.
func (a *app) planServing(
	ctx context.Context, addrFile string, logger *slog.Logger,
) (serving, error) {
	var f form
	plan := serving{addrFile: addrFile, metrics: a.metrics(), logger: logger,
		uses: &httpapi.TokenUses{}}
	var err error
	plan.at, err = safePlace(ctx, a.config)
	f.fail(fieldAddr, err)
	switch cert, key := a.config.TLSCert, a.config.TLSKey; {
	case cert != "" && key != "":
		plan.certificate, err = newCertificate(cert, key, plan.logger)
		f.fail(fieldTLSCert, err)
	case cert != "":
		f.bad.Add(fieldTLSCert, "is given without its key, add --tls-key")
	case key != "":
		f.bad.Add(fieldTLSKey, "is given without its certificate, add --tls-cert")
	}
	if a.config.RequireSync && !storage.IsAddress(a.config.DB) {
		f.bad.Add(fieldRequireSync, "is for PostgreSQL, "+a.database()+" is a file")
	}
	currency, err := booking.ParseCurrency(a.config.Currency)
	f.fail(fieldCurrency, err)
	a.config.Currency = currency
	if a.config.TZ != "" {
		_, err := booking.LoadZone(a.config.TZ)
		f.fail(fieldZone, err)
	}
	return plan, f.bad.Err()
}

func (a *app) listenAndServe(ctx context.Context, store *storage.Store, plan serving) error {
	listener, err := a.listen(ctx, plan.at, plan.addrFile)
	if err != nil {
		return err
	}
	defer listener.Close()
	hideMetrics, err := a.showMetrics(ctx, plan)
	if err != nil {
		return err
	}
	defer hideMetrics()
	addr := listener.Addr().String()
	var draining atomic.Bool
	server := a.newServer(store, plan, draining.Load)
	scheme, serve := "http", server.Serve
	if plan.certificate != nil {
		scheme = "https"
		serve = func(l net.Listener) error { return server.ServeTLS(l, "", "") }
	}
	a.note("evbook %s listening on %s://%s (%s). Ctrl-C stops it.", version(), scheme, addr,
		a.database())
	ended := make(chan error, 1)
	go func() { ended <- serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve %s: %w", addr, err)
	case <-ctx.Done():
		draining.Store(true)
		return a.drain(server)
	}
}

// newServer makes the server that the configuration describes.
func (a *app) newServer(
	store *storage.Store, plan serving, draining func() bool,
) *http.Server {
	door := httpapi.New(store, httpapi.Options{
		Logger: plan.logger, Currency: a.config.Currency, Zone: a.config.TZ, Now: a.env.Now,
		Draining: draining, Hosts: a.config.Hosts(), Proxies: a.config.Proxies(),
		Origins: a.config.Origins(), Limits: a.limits(),
		Metrics: plan.metrics, Open: plan.at.here && a.config.BehindProxy == "",
		Uses: plan.uses,
	})
	server := httpapi.NewServer(door, a.config.LockTimeout)
	httpapi.LimitConnections(server, a.config.MaxConnections, a.config.Proxies(), plan.metrics)
	server.ErrorLog = slog.NewLogLogger(plan.logger.Handler(), slog.LevelWarn)
	if plan.certificate != nil {
		server.TLSConfig = plan.certificate.config()
	}
	return server
}

// limits are those of a server, while not everybody is its owner; nil for none.
func (a *app) limits() *httpapi.Limits {
	limits, on := a.config.Limits()
	if !on {
		return nil
	}
	return &httpapi.Limits{
		All: httpapi.Rate(limits.All), Read: httpapi.Rate(limits.Read),
		Write: httpapi.Rate(limits.Write), Organiser: httpapi.Rate(limits.Organiser),
		Door: httpapi.Rate(limits.Door), Wrong: httpapi.Rate(limits.Wrong),
	}
}

// logger writes the log of a server.
func (a *app) logger(to io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	if a.global.quiet {
		options.Level = slog.LevelWarn
	}
	if a.config.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(to, options))
	}
	return slog.New(slog.NewTextHandler(to, options))
}

// drain stops a server: no new requests, and some time for those that run.
func (a *app) drain(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), a.config.ShutdownTimeout)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		a.note("Some requests took longer than %s and were cut off.", a.config.ShutdownTimeout)
		return server.Close()
	}
	return nil
}

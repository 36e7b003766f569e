package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// httpActor is who stands in the journal behind a change that came over HTTP.
const httpActor = "http"

func newServe(a *app) *cobra.Command {
	var addrFile string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve events and bookings over HTTP",
		Long: `Serve events and bookings over HTTP, to programs on this machine. The other commands,
and further servers, may use the same database meanwhile. Ctrl-C lets running requests end; a
second one does not wait for them.

New events that name no currency or time zone get the configured ones, else EUR and UTC. Personal
data that is older than the configured retention is erased at the start and once an hour. Holds that
have lapsed are told in the journal within seconds; their seats are free at once.`,
		Example: `  evbook serve
  evbook serve --addr 127.0.0.1:9000
  curl http://127.0.0.1:8080/events`,
		GroupID: groupOperations,
		Args:    noArguments,
		RunE: a.run(func(cmd *cobra.Command, _ []string) error {
			return a.serve(cmd.Context(), addrFile)
		}),
	}
	flags := cmd.Flags()
	flags.String("addr", "", "loopback `HOST:PORT` to listen on (127.0.0.1:8080)")
	flags.String("shutdown-timeout", "", "the longest `DURATION` to let requests end (10s)")
	flags.StringVar(&addrFile, "addr-file", "", "write the address to this `FILE` once listening")
	return cmd
}

func (a *app) serve(ctx context.Context, addrFile string) error {
	// A reader of the log that goes away (serve 2>&1 | head) must not take the server along.
	signal.Ignore(syscall.SIGPIPE)
	if err := a.checkServing(); err != nil {
		return err
	}
	store, err := storage.Open(ctx, storage.Options{
		Path: a.config.DB, Create: true, LockTimeout: a.config.LockTimeout,
		Actor: httpActor, Serving: true,
	})
	if err != nil {
		return err
	}
	sweepCtx, stopSweeps := context.WithCancel(ctx)
	var sweeps sync.WaitGroup
	sweeps.Go(func() { a.sweep(sweepCtx, store, sweepEvery) })
	sweeps.Go(func() { a.sweepHolds(sweepCtx, store, sweepHoldsEvery) })
	err = a.listenAndServe(ctx, store, addrFile)
	stopSweeps()
	sweeps.Wait()
	return errors.Join(err, store.Close())
}

// checkServing refuses a configuration that would only fail at the first request, and gives the
// currency its canonical form.
func (a *app) checkServing() error {
	var f form
	f.fail(fieldAddr, onlyHere(a.config.Addr))
	currency, err := booking.ParseCurrency(a.config.Currency)
	f.fail(fieldCurrency, err)
	a.config.Currency = currency
	if a.config.TZ != "" {
		_, err := booking.LoadZone(a.config.TZ)
		f.fail(fieldZone, err)
	}
	return f.bad.Err()
}

// onlyHere refuses addresses that other machines can reach: everyone who reaches the server may
// read and change everything.
func onlyHere(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err == nil && (strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()) {
		return nil
	}
	return fmt.Errorf("%q can be reached from other machines, and there is no access control yet; "+
		"use one such as 127.0.0.1:8080", addr)
}

// onlyAnAddress refuses to write the address over a file that holds anything else, such as the
// database.
func onlyAnAddress(path string) error {
	const longest = 300 // a host name, a port and the end of the line
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return nil // what else is wrong is told when it is written
	} else if info.Size() <= longest {
		text, err := os.ReadFile(path)
		_, _, malformed := net.SplitHostPort(strings.TrimSpace(string(text)))
		if err == nil && malformed == nil {
			return nil
		}
	}
	return booking.Errorf(booking.Invalid, "addr-file: %s exists and holds no address", path).
		WithHint("name a file that may be overwritten")
}

func (a *app) listenAndServe(ctx context.Context, store *storage.Store, addrFile string) error {
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", a.config.Addr)
	if err != nil {
		return booking.Errorf(booking.Unavailable, "cannot listen on %s: %w", a.config.Addr,
			innermost(err)).WithHint("choose another port: evbook serve --addr 127.0.0.1:8081")
	}
	defer listener.Close()
	addr := listener.Addr().String()
	if addrFile != "" {
		if err := onlyAnAddress(addrFile); err != nil {
			return err
		}
		if err := os.WriteFile(addrFile, []byte(addr+"\n"), 0o600); err != nil {
			return booking.Errorf(booking.Unavailable, "cannot write the address file: %w", err)
		}
	}
	var draining atomic.Bool
	server := a.newServer(store, draining.Load)
	a.note("evbook %s listening on http://%s (%s). Ctrl-C stops it.", version(), addr, a.config.DB)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve %s: %w", addr, err)
	case <-ctx.Done():
		draining.Store(true)
		return a.drain(server)
	}
}

// newServer makes the server that the configuration describes.
func (a *app) newServer(store *storage.Store, draining func() bool) *http.Server {
	logger := a.logger()
	door := httpapi.New(store, httpapi.Options{
		Logger: logger, Currency: a.config.Currency, Zone: a.config.TZ, Now: a.env.Now,
		Draining: draining, Open: true,
	})
	server := httpapi.NewServer(door, a.config.LockTimeout)
	server.ErrorLog = slog.NewLogLogger(logger.Handler(), slog.LevelWarn)
	return server
}

// logger writes the log of a server.
func (a *app) logger() *slog.Logger {
	level := slog.LevelInfo
	if a.global.quiet {
		level = slog.LevelWarn
	}
	return slog.New(slog.NewTextHandler(a.env.Err, &slog.HandlerOptions{Level: level}))
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

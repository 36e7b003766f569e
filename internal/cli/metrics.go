package cli

import (
	"context"
	"log/slog"
	"net/http"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
)

// mostWatchers is how many connections may read metrics at once.
const mostWatchers = 32

// metrics are those of a server that shows them; nil where it has no address for them.
func (a *app) metrics() *httpapi.Metrics {
	if a.config.MetricsAddr == "" {
		return nil
	}
	return httpapi.NewMetrics()
}

// showMetrics shows the metrics, if there are any, until it is told to stop.
func (a *app) showMetrics(ctx context.Context, plan serving) (stop func(), err error) {
	if plan.metrics == nil {
		return func() {}, nil
	}
	listener, err := listenOn(ctx, a.config.MetricsAddr)
	if err != nil {
		return nil, booking.Errorf(booking.Unavailable, "cannot show metrics on %s: %w",
			a.config.MetricsAddr, err).WithHint("choose another port for --metrics-addr")
	}
	server := httpapi.NewServer(plan.metrics, 0)
	server.ErrorLog = slog.NewLogLogger(plan.logger.Handler(), slog.LevelWarn)
	httpapi.LimitConnections(server, mostWatchers, nil, nil)
	a.note("Metrics are at http://%s/metrics", listener.Addr())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := server.Serve(listener); err != http.ErrServerClosed {
			plan.logger.Error("metrics are not shown any more", "error", err)
		}
	}()
	return func() {
		_ = server.Close() // a reader that is cut off comes again
		<-ended
	}, nil
}

package httpapi

import (
	"errors"
	"log/slog"
	"net/http"
	"time"
)

// logAccess notes a request: never its body, its query, its path or a header of it but the request
// id. They may hold what is personal, or opens something.
func (d *door) logAccess(
	answer *recorder, r *http.Request, start time.Time, took time.Duration, id string,
) {
	level := slog.LevelInfo
	if isHealth(r) {
		level = slog.LevelDebug
	}
	if !d.opts.Logger.Enabled(r.Context(), level) {
		return
	}
	// A Logger would look for the line of code that logs, which says nothing here.
	line := slog.NewRecord(start.Add(took), level, "request", 0)
	line.AddAttrs(
		slog.Duration("duration", took),
		slog.String("client", answer.client.String()),
		slog.String("request_id", id))
	_ = d.logOf(outcome{clip(r.Method), routeOf(r), answer.status}).Handle(r.Context(), line)
}

// outcome is what many requests have in common.
type outcome struct {
	method, route string
	status        int
}

// logOf is the log of requests with one outcome, which is written out once for all of them: that
// takes a third of the time off each line. What met no route may have any method, and is not kept.
func (d *door) logOf(o outcome) slog.Handler {
	if log, ok := d.logs.Load(o); ok {
		return log.(slog.Handler)
	}
	log := d.opts.Logger.Handler().WithAttrs([]slog.Attr{
		slog.String("method", o.method),
		slog.String("route", o.route),
		slog.Int("status", o.status),
	})
	if o.route != noRoute {
		d.logs.Store(o, log)
	}
	return log
}

// noRoute stands for the pattern of requests that have met none.
const noRoute = "none"

// routeOf is the pattern that a request has met.
func routeOf(r *http.Request) string {
	if r.Pattern == "" {
		return noRoute
	}
	return r.Pattern
}

// logFailure notes an error with what lies under it, which no client gets to see.
func (d *door) logFailure(r *http.Request, err error, id string) {
	attrs := []slog.Attr{slog.String("request_id", id), slog.String("error", err.Error())}
	if cause := errors.Unwrap(err); cause != nil {
		attrs = append(attrs, slog.String("cause", cause.Error()))
	}
	d.opts.Logger.LogAttrs(r.Context(), slog.LevelError, "request failed", attrs...)
}

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
	log := d.opts.Logger.Handler()
	if !log.Enabled(r.Context(), level) {
		return
	}
	// A Logger would look for the line of code that logs, which says nothing here.
	line := slog.NewRecord(start.Add(took), level, "request", 0)
	line.AddAttrs(
		slog.String("method", clip(r.Method)),
		slog.String("route", routeOf(r)),
		slog.Int("status", answer.status),
		slog.Duration("duration", took),
		slog.String("client", answer.client.String()),
		slog.String("request_id", id))
	_ = log.Handle(r.Context(), line) // there is nobody to tell
}

// routeOf is the pattern that a request has met, "none" where it met none.
func routeOf(r *http.Request) string {
	if r.Pattern == "" {
		return "none"
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

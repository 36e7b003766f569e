package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
)

const (
	exitInternal   = 1
	exitInterrupt  = 130
	exitTerminated = 143
)

// exitCodes says how the process ends after each kind of failure. Scripts rely on the numbers.
func exitCodes() map[booking.Kind]int {
	return map[booking.Kind]int{
		booking.Internal:        exitInternal,
		booking.Invalid:         2,
		booking.NotFound:        3,
		booking.SoldOut:         4,
		booking.Closed:          4,
		booking.Limit:           4,
		booking.Conflict:        5,
		booking.KeyReused:       5,
		booking.Stale:           5,
		booking.Busy:            6,
		booking.Unauthenticated: 7,
		booking.Forbidden:       7,
		booking.TooMany:         7,
		booking.Unavailable:     8,
		booking.Partial:         9,
		booking.Unknown:         10,
		booking.Unsound:         11,
		booking.Interrupted:     exitInterrupt,
	}
}

// answered ends a command with the exit code of a kind although its answer, which is no failure,
// has been printed: check says no, verify has found something, log --follow is at its end.
type answered struct{ kind booking.Kind }

func (a answered) Error() string { return "answered: " + string(a.kind) }

// inAnswer ends a command with a failure of which the printed answer tells programs already; people
// still have to hear of it.
type inAnswer struct{ error }

// Unwrap gives the failure.
func (i inAnswer) Unwrap() error { return i.error }

// report tells the user about a failure and gives the exit code.
func (a *app) report(ctx context.Context, cmd *cobra.Command, args []string, err error) int {
	var told answered
	if errors.As(err, &told) {
		return exitCode(ctx, told.kind)
	}
	e := known(ctx, err)
	var printed inAnswer
	if !errors.As(err, &printed) &&
		a.early(args, a.config.Output, "output", "o") == formatJSON {
		_ = httpapi.Failed(e, "").Encode(a.out) // the exit code and the lines below tell it too
	}
	colour := a.early(args, a.config.Color, "color", "")
	a.writeError(cmd, e, a.painter(colour, a.env.ErrTerminal))
	return exitCode(ctx, e.Kind)
}

// exitCode is that of a kind; of an interruption it depends on the signal.
func exitCode(ctx context.Context, kind booking.Kind) int {
	if kind == booking.Interrupted {
		return interruptedCode(ctx)
	}
	return exitCodes()[kind]
}

// known gives every failure a kind.
func known(ctx context.Context, err error) *booking.Error {
	var e *booking.Error
	if errors.As(err, &e) {
		return e
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return booking.Errorf(booking.Interrupted, "interrupted")
	}
	return booking.Errorf(booking.Internal, "%w", err)
}

func interruptedCode(ctx context.Context) int {
	var by interruption
	if errors.As(context.Cause(ctx), &by) && by.signal == syscall.SIGTERM {
		return exitTerminated
	}
	return exitInterrupt
}

// writeError prints what happened and, when it is known, what to do next. A credential that was
// given in a wrong place is not repeated: it would stay in the logs of scripts. There is nowhere
// left to tell when the standard error fails.
func (a *app) writeError(cmd *cobra.Command, e *booking.Error, styles painter) {
	text := a.message(cmd, e)
	var lines strings.Builder
	line := func(s style, word, text string) {
		fmt.Fprintf(&lines, "%s %s\n", styles.paint(s, word), visible(booking.Conceal(text)))
	}
	line(red, "error:", text)
	for _, row := range refusedRows(e) {
		fmt.Fprintf(&lines, "  %s\n", visible(booking.Conceal(row)))
	}
	if hint := hint(cmd, e); hint != "" {
		line(yellow, "hint: ", hint)
	}
	if e.Kind == booking.Invalid {
		line(dim, "see:  ", cmd.CommandPath()+" --help")
	}
	if cause := cause(e); cause != "" && !strings.Contains(text, cause) {
		line(dim, "cause:", cause)
	}
	_, _ = io.WriteString(a.env.Err, lines.String())
}

// message names bad fields by what set them.
func (a *app) message(cmd *cobra.Command, e *booking.Error) string {
	if len(e.Fields) == 0 || e.Rows > 0 {
		return e.Message
	}
	parts := make([]string, len(e.Fields))
	for i, field := range e.Fields {
		parts[i] = a.origin(cmd, field.Name) + ": " + field.Reason
	}
	return strings.Join(parts, "; ")
}

// refusedRows are lines that name the first rows that were refused, and count the rest.
func refusedRows(e *booking.Error) []string {
	if e.Rows == 0 {
		return nil
	}
	var lines []string
	for _, row := range e.Fields {
		lines = append(lines, row.Name+": "+row.Reason)
	}
	if rest := e.Rows - len(e.Fields); rest > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", rest))
	}
	return lines
}

// origin names what sets a JSON field: the flag that stands for it or, for what can be configured
// and was not given as a flag, the variable or the file. What nothing sets is named in words.
func (a *app) origin(cmd *cobra.Command, field string) string {
	name := flagOf(field)
	flag := cmd.Flags().Lookup(name)
	if to := cmd.Flags().Lookup("to-" + name); flag == nil && to != nil { // that of a move
		name, flag = to.Name, to
	}
	switch {
	case flag != nil && flag.Changed:
	case field == fieldZone, field == fieldCurrency, field == fieldAddr, field == fieldTLSCert,
		field == fieldTLSKey, field == fieldRequireSync:
		key := strings.ReplaceAll(name, "-", "_")
		variable := "EVBOOK_" + strings.ToUpper(key)
		if value, _ := a.env.Getenv(variable); value != "" {
			return variable
		}
		return key + " in the configuration file"
	case flag == nil && field == fieldEmail:
		return "the e-mail address"
	case flag == nil && !strings.Contains(field, "_"):
		return field
	case flag == nil:
		return "the " + strings.ReplaceAll(field, "_", " ")
	}
	return "--" + name
}

// flagOf gives the name that a flag for a JSON field has, in those commands that have one.
func flagOf(field string) string {
	switch field {
	case fieldEvent:
		return "event"
	case fieldQuantity:
		return "qty"
	case fieldEmail:
		return "email"
	case fieldZone:
		return "tz"
	case fieldTTL:
		return "ttl"
	case fieldLines:
		return "line"
	case fieldOfferTTL:
		return "offer-ttl"
	case fieldTypes:
		return "type"
	case fieldCancelBookings:
		return "yes"
	case fieldOverlap:
		return "overlap"
	}
	return strings.ReplaceAll(field, "_", "-")
}

// cause is what the system said, where that helps to mend it; "" for all other failures.
func cause(e *booking.Error) string {
	switch e.Kind {
	case booking.Unavailable, booking.Unknown, booking.Unsound:
		if e.Cause != nil {
			return innermost(e.Cause).Error()
		}
	}
	return ""
}

// innermost leaves out what the packages on the way say around the first error.
func innermost(err error) error {
	switch outer := err.(type) {
	case interface{ Unwrap() error }:
		if inner := outer.Unwrap(); inner != nil {
			return innermost(inner)
		}
	case interface{ Unwrap() []error }:
		if inner := outer.Unwrap(); len(inner) > 0 {
			return innermost(inner[0])
		}
	}
	return err
}

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
		booking.Internal:    exitInternal,
		booking.Invalid:     2,
		booking.NotFound:    3,
		booking.SoldOut:     4,
		booking.Closed:      4,
		booking.Conflict:    5,
		booking.KeyReused:   5,
		booking.Busy:        6,
		booking.Forbidden:   7,
		booking.Unavailable: 8,
		booking.Unknown:     10,
		booking.Unsound:     11,
		booking.Interrupted: exitInterrupt,
	}
}

// answered ends a command with the exit code of a kind although its answer, which is no failure,
// has been printed: check says no, verify has found something.
type answered struct{ kind booking.Kind }

func (a answered) Error() string { return "answered: " + string(a.kind) }

// report tells the user about a failure and gives the exit code.
func (a *app) report(ctx context.Context, cmd *cobra.Command, asJSON bool, err error) int {
	var told answered
	if errors.As(err, &told) {
		return exitCodes()[told.kind]
	}
	e := known(ctx, err)
	if asJSON {
		if failed := httpapi.Failed(e, "").Encode(a.out); failed != nil {
			e = known(ctx, errors.Join(e, failed))
		}
	}
	writeError(a.env.Err, cmd, e)
	if e.Kind == booking.Interrupted {
		return interruptedCode(ctx)
	}
	return exitCodes()[e.Kind]
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

// writeError prints what happened and, when it is known, what to do next. There is nowhere left to
// tell when the standard error fails.
func writeError(w io.Writer, cmd *cobra.Command, e *booking.Error) {
	var lines strings.Builder
	fmt.Fprintf(&lines, "error: %s\n", visible(message(cmd, e)))
	if hint := hint(e); hint != "" {
		fmt.Fprintf(&lines, "hint:  %s\n", visible(hint))
	}
	if e.Kind == booking.Invalid {
		fmt.Fprintf(&lines, "see:   %s --help\n", cmd.CommandPath())
	}
	_, _ = io.WriteString(w, lines.String())
}

// message names bad fields by the flags that set them.
func message(cmd *cobra.Command, e *booking.Error) string {
	if len(e.Fields) == 0 {
		return e.Message
	}
	parts := make([]string, len(e.Fields))
	for i, field := range e.Fields {
		parts[i] = flagOf(cmd, field.Name) + ": " + field.Reason
	}
	return strings.Join(parts, "; ")
}

// flagOf gives the flag that stands for a JSON field, or the field's name when there is none.
func flagOf(cmd *cobra.Command, field string) string {
	var name string
	switch field {
	case fieldEvent:
		name = "event"
	case fieldQuantity:
		name = "qty"
	case fieldEmail:
		name = "email"
	case fieldZone:
		name = "tz"
	default:
		name = strings.ReplaceAll(field, "_", "-")
	}
	if cmd.Flags().Lookup(name) == nil {
		return field
	}
	return "--" + name
}

// hint says what to do next, by a command of this door where there is one for the rules' words.
func hint(e *booking.Error) string {
	switch {
	case e.Kind == booking.SoldOut && e.Available > 0:
		return fmt.Sprintf("evbook book --event %d --qty %d", e.Event, e.Available)
	case e.Kind == booking.Closed && e.Hint != "":
		return fmt.Sprintf("evbook event open %d", e.Event)
	case e.Kind == booking.NotFound && e.Booking != 0:
		return "evbook booking list --event ID shows the references"
	case e.Kind == booking.NotFound:
		return "evbook event list shows what there is"
	}
	return e.Hint
}

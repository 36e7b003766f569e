package cli

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
)

// The formats of -o.
const (
	formatTable = "table"
	formatJSON  = "json"
	formatName  = "name"
)

// format is that of the answer. Of failures that come before the configuration is known, it is
// found in the bare arguments or the environment.
func (a *app) format(args []string) string {
	if a.config.Output != "" {
		return a.config.Output
	}
	if typed := typedFormat(args); typed != "" {
		return typed
	}
	format, _ := a.env.Getenv("EVBOOK_OUTPUT")
	return format
}

// typedFormat finds the value of -o in arguments that may be wrong otherwise.
func typedFormat(args []string) string {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if (arg == "-o" || arg == "--output") && i+1 < len(args) {
			return args[i+1]
		}
		if format, ok := strings.CutPrefix(arg, "--output="); ok {
			return format
		}
		if format, ok := strings.CutPrefix(arg, "-o"); ok {
			return strings.TrimPrefix(format, "=")
		}
	}
	return ""
}

// answer is what a command has to say, in every format.
type answer struct {
	// envelope is the answer that HTTP would give.
	envelope httpapi.Envelope
	// names are ids or references, for -o name.
	names []string
	// text writes the answer for people.
	text func(*page)
	// done says what was changed, with its reference or number, in case the rest is lost; empty
	// when nothing was.
	done string
}

// say prints an answer of which the exit code tells the gist; --quiet leaves the text out, but not
// what a program has asked for.
func (a *app) say(ans answer) error {
	if a.global.quiet && a.config.Output == formatTable {
		return nil
	}
	return a.show(ans)
}

// show prints an answer whose text is the data that was asked for. A change that was made is not
// undone when its answer is lost, and must not look as if it could be repeated.
func (a *app) show(ans answer) error {
	err := a.print(ans)
	if err == nil || ans.done == "" {
		return err
	}
	return booking.Errorf(booking.Unknown, "%s, but the answer could not be written", ans.done).
		Because(err).WithHint("do not repeat it: what was asked for is done")
}

// print writes an answer in one piece, so that a reader never gets half of it because of an error
// in between.
func (a *app) print(ans answer) error {
	var b bytes.Buffer
	switch a.config.Output {
	case formatJSON:
		if err := ans.envelope.Encode(&b); err != nil {
			return err
		}
	case formatName:
		for _, name := range ans.names {
			fmt.Fprintln(&b, name)
		}
	default:
		p := page{to: &b}
		ans.text(&p)
		if p.err != nil {
			return p.err
		}
	}
	_, err := a.out.Write(b.Bytes())
	return err
}

// note tells people something that is not data.
func (a *app) note(format string, args ...any) {
	if !a.global.quiet {
		_, _ = fmt.Fprintln(a.env.Err, visible(fmt.Sprintf(format, args...)))
	}
}

// page takes text for people. Whatever is put on it is made [visible].
type page struct {
	to *bytes.Buffer
	// err is the first failure to draw a table.
	err error
}

// line adds one line.
func (p *page) line(format string, args ...any) {
	fmt.Fprintln(p.to, visible(fmt.Sprintf(format, args...)))
}

// answerWriter is the standard output. It keeps the first failure, since some writers on the way
// (cobra's completions and help) drop it.
type answerWriter struct {
	to  io.Writer
	err error
}

func (w *answerWriter) Write(text []byte) (int, error) {
	if len(text) == 0 || w.err != nil {
		return len(text), w.err
	}
	n, err := w.to.Write(text)
	w.err = err
	return n, w.lost()
}

// lost says that an answer could not be written; nil when all were.
func (w *answerWriter) lost() error {
	if w.err == nil {
		return nil
	}
	return booking.Errorf(booking.Internal, "cannot write the answer: %w", w.err)
}

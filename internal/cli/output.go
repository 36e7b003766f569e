package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"

	"evbook/internal/booking"
	"evbook/internal/httpapi"
)

// typedFlag finds the value of a flag in arguments that may be wrong otherwise; short is its
// letter, "" for none.
func typedFlag(args []string, long, short string) string {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if arg == "--"+long && i+1 < len(args) {
			return args[i+1]
		}
		if value, ok := strings.CutPrefix(arg, "--"+long+"="); ok {
			return value
		}
		letters, value, found := strings.Cut(arg, short)
		switch {
		case short == "" || !found || !isCluster(letters):
		case value != "":
			return strings.TrimPrefix(value, "=")
		case i+1 < len(args):
			return args[i+1]
		}
	}
	return ""
}

// isCluster says whether letters stand before that of another flag: a dash, and any of those flags
// that take no value.
func isCluster(letters string) bool {
	flags, dashed := strings.CutPrefix(letters, "-")
	return dashed && strings.Trim(flags, "fhnqy") == ""
}

// early gives a setting that counts for failures too, which may come before the configuration is
// known: it is found in the bare arguments or in the environment then.
func (a *app) early(args []string, configured, long, short string) string {
	if configured != "" {
		return configured
	}
	if typed := typedFlag(args, long, short); typed != "" {
		return typed
	}
	value, _ := a.env.Getenv("EVBOOK_" + strings.ToUpper(long))
	return value
}

// answer is what a command has to say, in every format.
type answer struct {
	// envelope is the answer that HTTP would give.
	envelope httpapi.Envelope
	// names are ids or references, for -o name.
	names []string
	// text writes the answer for people.
	text func(*page)
	// bare is set where the text is the very data that was asked for, so that it is plain too.
	bare bool
	// done says what was changed, with its reference or number, in case the rest is lost; empty
	// when nothing was.
	done string
}

// say prints an answer of which the exit code tells the gist; --quiet leaves it out, but not what
// a program has asked for.
func (a *app) say(ans answer) error {
	if a.hushed() {
		return nil
	}
	return a.show(ans)
}

// hushed says whether answers of which the exit code tells the gist are left out.
func (a *app) hushed() bool { return a.global.quiet && (!a.formatChosen || a.forPeople()) }

// forPeople says whether the answer is laid out for eyes.
func (a *app) forPeople() bool {
	return a.config.Output == formatTable || a.config.Output == formatWide
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
	if err := a.write(&b, ans); err != nil {
		return err
	}
	_, err := a.out.Write(b.Bytes())
	return err
}

func (a *app) write(to *bytes.Buffer, ans answer) error {
	switch format := a.config.Output; {
	case format == formatJSON:
		return a.withPicked(ans.envelope).Encode(to)
	case format == formatName:
		for _, name := range ans.names {
			fmt.Fprintln(to, name)
		}
		return nil
	case a.picked == nil && (a.forPeople() || format == formatPlain && ans.bare):
		p := a.page(to)
		ans.text(p)
		return p.err
	}
	return a.writeRecords(to, ans.envelope.Data)
}

// writeRecords writes the data of an envelope in a format that knows no envelope.
func (a *app) writeRecords(to *bytes.Buffer, data any) error {
	records, isList := httpapi.RecordsOf(data)
	if len(records) == 0 {
		return nil
	}
	switch format := a.config.Output; {
	case format == formatNDJSON:
		for _, r := range records {
			to.Write(append(r.JSON(a.picked), '\n'))
		}
		return nil
	case a.forPeople():
		p := a.page(to)
		p.records(a.titles(records[0]), records, a.picked, isList)
		return p.err
	case !isList && (format == formatPlain || format == formatMarkdown):
		return a.writeFields(to, records[0])
	}
	w := newRowWriter(a.config.Output, to)
	if err := a.head(w, a.titles(records[0])); err != nil {
		return err
	}
	for _, r := range records {
		if err := w.write(cells(r, a.picked)); err != nil {
			return err
		}
	}
	return w.flush()
}

// writeFields writes one thing with a line for each of its fields.
func (a *app) writeFields(to *bytes.Buffer, r httpapi.Record) error {
	w := newRowWriter(a.config.Output, to)
	if err := a.head(w, []string{"field", "value"}); err != nil {
		return err
	}
	texts := cells(r, a.picked)
	for i, title := range a.titles(r) {
		if err := w.write([]string{title, texts[i]}); err != nil {
			return err
		}
	}
	return w.flush()
}

// head writes the names of columns unless they are not wanted.
func (a *app) head(w rowWriter, titles []string) error {
	if a.global.noHeader {
		return nil
	}
	return w.head(titles)
}

// titles are the names of the fields that a record is shown with.
func (a *app) titles(r httpapi.Record) []string {
	names := r.Names()
	if a.picked == nil {
		return names
	}
	titles := make([]string, len(a.picked))
	for i, field := range a.picked {
		titles[i] = names[field]
	}
	return titles
}

// withPicked gives the envelope with only the fields that were picked.
func (a *app) withPicked(e httpapi.Envelope) httpapi.Envelope {
	if a.picked == nil {
		return e
	}
	records, isList := httpapi.RecordsOf(e.Data)
	picked := make([]any, len(records))
	for i, r := range records {
		picked[i] = r.JSON(a.picked)
	}
	switch {
	case isList:
		e.Data = picked
	case len(picked) == 1:
		e.Data = picked[0]
	}
	return e
}

// note tells people something that is not data.
func (a *app) note(format string, args ...any) {
	if !a.global.quiet {
		text := visible(fmt.Sprintf(format, args...))
		styles := a.painter(a.config.Color, a.env.ErrTerminal)
		_, _ = fmt.Fprintln(a.env.Err, styles.paint(dim, text))
	}
}

// page takes text for people. Whatever is put on it is made [visible].
type page struct {
	to *bytes.Buffer
	// width is that of the terminal, 0 where nothing is to be cut.
	width int
	// bare leaves out the heads of tables.
	bare bool
	// wide shows every column.
	wide   bool
	styles painter
	// err is the first failure to draw a table.
	err error
}

// page makes a page for the standard output.
func (a *app) page(to *bytes.Buffer) *page {
	p := &page{
		to: to, bare: a.global.noHeader, wide: a.config.Output == formatWide,
		styles: a.painter(a.config.Color, a.env.OutTerminal),
	}
	if a.config.Output == formatTable && a.env.OutTerminal {
		p.width = a.env.Width()
	}
	return p
}

// records adds fields as they are: a table of a list, a line for each field of a single thing.
func (p *page) records(titles []string, list []httpapi.Record, picked []int, isList bool) {
	if !isList {
		for i, text := range cells(list[0], picked) {
			p.text(titles[i], text)
		}
		return
	}
	rows := make([][]string, len(list))
	for i, r := range list {
		rows[i] = cells(r, picked)
	}
	p.table(fieldColumns(titles), rows)
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

// streamed is the size of the pieces in which a long list is written.
const streamed = 64 << 10

// stream gives the standard output in larger pieces, for answers that are not held in memory.
func (a *app) stream() *bufio.Writer { return bufio.NewWriterSize(a.out, streamed) }

package cli

import (
	"encoding/csv"
	"io"
	"strings"

	"evbook/internal/httpapi"
)

// The formats of -o. The first two are for people and may change; the others are for programs and
// only ever get further fields, at the end.
const (
	formatTable    = "table"
	formatWide     = "wide"
	formatPlain    = "plain"
	formatJSON     = "json"
	formatNDJSON   = "ndjson"
	formatCSV      = "csv"
	formatMarkdown = "markdown"
	formatName     = "name"
)

// formatAbout says what a format is, for help and completion.
func formatAbout(format string) string {
	switch format {
	case formatTable:
		return "for people; on a terminal, cut to its width"
	case formatWide:
		return "like table with every column, never cut"
	case formatPlain:
		return "lists: a line each, fields with tabs between; else a field in each line"
	case formatJSON:
		return "the answer that HTTP gives, also of failures"
	case formatNDJSON:
		return "one JSON object in each line"
	case formatCSV:
		return "comma-separated values (RFC 4180) below a header"
	case formatMarkdown:
		return "a table for documents"
	case formatName:
		return "only what names the thing: the event's number, the reference"
	}
	return ""
}

// cells are the texts of the picked fields of a record, of all when picked is nil.
func cells(r httpapi.Record, picked []int) []string {
	if picked == nil {
		texts := make([]string, r.Len())
		for i := range texts {
			texts[i] = r.Text(i)
		}
		return texts
	}
	texts := make([]string, len(picked))
	for i, field := range picked {
		texts[i] = r.Text(field)
	}
	return texts
}

// rowWriter writes rows of texts in one of the formats for programs.
type rowWriter interface {
	// head writes the names of the columns, in formats that have a place for them.
	head(titles []string) error
	write(row []string) error
	// flush hands on what was written so far.
	flush() error
}

// newRowWriter gives the writer of a format that knows only rows of texts.
func newRowWriter(format string, to io.Writer) rowWriter {
	switch format {
	case formatCSV:
		return csvRows{csv.NewWriter(to)}
	case formatMarkdown:
		return markdownRows{to, strings.NewReplacer(`\`, `\\`, "|", `\|`, "\n", "<br>", "<", "&lt;",
			"&", "&amp;")}
	}
	return plainRows{to, strings.NewReplacer(`\`, `\\`, "\t", `\t`, "\n", `\n`, "\r", `\r`)}
}

// plainRows has a line for each row. Tabs, line ends and backslashes in a text are written as \t,
// \n and \\, so that a line is a row and a tab is the end of a field, always.
type plainRows struct {
	to     io.Writer
	escape *strings.Replacer
}

func (plainRows) head([]string) error { return nil }

func (p plainRows) write(row []string) error {
	var line strings.Builder
	for i, text := range row {
		if i > 0 {
			line.WriteByte('\t')
		}
		line.WriteString(visible(p.escape.Replace(text)))
	}
	line.WriteByte('\n')
	_, err := io.WriteString(p.to, line.String())
	return err
}

func (plainRows) flush() error { return nil }

// csvRows follows RFC 4180, but for its line ends.
type csvRows struct{ *csv.Writer }

func (c csvRows) head(titles []string) error { return c.write(titles) }

func (c csvRows) write(row []string) error {
	seen := make([]string, len(row))
	for i, text := range row {
		seen[i] = visibleLines(text)
	}
	return c.Write(seen)
}

func (c csvRows) flush() error {
	c.Flush()
	return c.Error()
}

// markdownRows is a table of GitHub's Markdown.
type markdownRows struct {
	to     io.Writer
	escape *strings.Replacer
}

func (m markdownRows) head(titles []string) error {
	if err := m.write(titles); err != nil {
		return err
	}
	_, err := io.WriteString(m.to, strings.Repeat("| --- ", len(titles))+"|\n")
	return err
}

func (m markdownRows) write(row []string) error {
	var line strings.Builder
	for _, text := range row {
		line.WriteString("| " + visible(m.escape.Replace(text)) + " ")
	}
	_, err := io.WriteString(m.to, line.String()+"|\n")
	return err
}

func (markdownRows) flush() error { return nil }

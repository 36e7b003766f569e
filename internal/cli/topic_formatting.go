package cli

import (
	"fmt"
	"strings"

	"evbook/internal/config"
)

func formattingTopic() string {
	var b strings.Builder
	b.WriteString(`Every command that shows or changes something takes -o FORMAT, or the variable
EVBOOK_OUTPUT. Without either it is table on a terminal and plain elsewhere.

`)
	for _, format := range config.Formats() {
		fmt.Fprintf(&b, "  %-8s  %s\n", format, formatAbout(format))
	}
	b.WriteString(`
What programs can rely on: json, ndjson, csv, plain and name keep what they have.
They may get further fields, always behind those that were there. The text of
table, wide and markdown may change.

  --fields a,b   only these fields, in this order; --fields help lists them all
  --no-header    leaves out the names of the columns, in table, csv and markdown
  --all          the whole list, of one moment, row by row however long it is

Times are RFC 3339 in UTC, amounts are decimal numbers beside their currency,
and what is not known is null in JSON and empty elsewhere. In plain, a tab, a
line end and a backslash in a text are written \t, \n and \\. Characters that
could drive a terminal are shown, not sent: ESC is ␛.

A csv that a spreadsheet opens may hold texts that begin with =, + or @, as
customers typed them; import such columns as text.

Colours: --color always or never, else NO_COLOR, CLICOLOR and FORCE_COLOR, else
whether there is a terminal, for the standard output and the standard error each.

    evbook booking list --event 1 --all -o csv > bookings.csv
    evbook event list --fields id,name,available
    evbook booking list --all -o ndjson | jq -r .reference
    evbook book --event 1 --qty 2 -o name
`)
	return b.String()
}

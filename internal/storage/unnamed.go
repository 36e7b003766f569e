package storage

import (
	"strconv"
	"strings"
)

// unnamed gives a statement whose parameters $1, $2, … stand in their order plain ones, "?". To
// SQLite the others are names, which the driver asks for at each call: that costs as much as
// writing a row. Any other statement stays as it is.
func unnamed(text string) string {
	var plain strings.Builder
	rest := text
	for n := 1; ; n++ {
		before, after, found := strings.Cut(rest, "$")
		plain.WriteString(before)
		if !found {
			return plain.String()
		}
		after, found = strings.CutPrefix(after, strconv.Itoa(n))
		if !found || after != "" && '0' <= after[0] && after[0] <= '9' {
			return text
		}
		plain.WriteByte('?')
		rest = after
	}
}

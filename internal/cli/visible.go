package cli

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"evbook/internal/booking"
)

// visible shows what would drive a terminal instead of being read: control characters (ESC as ␛),
// characters that turn the direction of writing (\u202e), line separators and invalid bytes.
// Everything that comes from the database passes here before a person sees it, whatever has
// written it.
func visible(text string) string {
	if clean(text) {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], string(utf8.RuneError)):
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case r < ' ':
			b.WriteRune('\u2400' + r)
		case r == '\x7f':
			b.WriteRune('\u2421')
		case booking.Misleading(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// visibleLines is [visible] for texts that may have several lines.
func visibleLines(text string) string {
	if clean(text) {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = visible(line)
	}
	return strings.Join(lines, "\n")
}

// clean says whether a text can be shown as it is. Most texts are plain ASCII, and a long list has
// very many.
func clean(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' {
			return utf8.ValidString(text) && !strings.ContainsFunc(text, booking.Misleading)
		}
	}
	return true
}

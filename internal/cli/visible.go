package cli

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
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
		case invisible(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func clean(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, invisible)
}

// invisible says whether a character acts on what is around it instead of being seen. Joiners
// stay: emoji and several scripts need them.
func invisible(r rune) bool {
	switch r {
	case '\u2028', '\u2029', '\ufeff':
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}

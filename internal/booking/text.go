package booking

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	// maxEmail and maxLocalPart are in bytes, as RFC 5321 section 4.5.3.1 has them.
	maxEmail     = 254
	maxLocalPart = 64
	// maxLabel is the longest part of a domain between two dots, in bytes (RFC 1035).
	maxLabel = 63
	minSlug  = 2
	maxSlug  = 64
	// maxQuoted is how much of a bad value an error repeats, in bytes.
	maxQuoted = 80
)

// nfc gives text its composed form, so that what looks the same also compares as the same.
func nfc(s string) string { return norm.NFC.String(s) }

// validateText says why a text for people is not fine: it has a character that could mislead a
// reader or drive a terminal, it shows nothing at all, or it is longer than most characters (code
// points after NFC). Line feeds and tabs are for multiline texts only. Empty is fine.
func validateText(value string, most int, multiline bool) string {
	if value == "" {
		return ""
	}
	if reason := validateCharacters(value, multiline); reason != "" {
		return reason
	}
	if isBlank(value) {
		return "is blank; write something that can be seen, or leave it out"
	}
	if n := utf8.RuneCountInString(nfc(value)); n > most {
		return fmt.Sprintf("is %d characters long, at most %d are allowed", n, most)
	}
	return ""
}

// validateCharacters names the first character that no text may have. Positions count from 1.
func validateCharacters(value string, multiline bool) string {
	position := 0
	for at, r := range value {
		position++
		if ' ' <= r && r <= '~' { // nearly always, and the tables below take their time
			continue
		}
		if r == utf8.RuneError && !strings.HasPrefix(value[at:], string(utf8.RuneError)) {
			return fmt.Sprintf("is not valid UTF-8 at byte %d; write it in UTF-8", at+1)
		}
		if multiline && (r == '\n' || r == '\t') {
			continue
		}
		if what := forbidden(r); what != "" {
			return fmt.Sprintf("has %s (U+%04X) at position %d; remove it", what, r, position)
		}
	}
	return ""
}

// Misleading is true for characters that act on what is around them instead of being seen: control
// characters, bidirectional controls, line separators and the byte order mark. No text may have
// them, and the doors show them by their numbers if a database holds them all the same. Joiners
// and variation selectors are not among them: emoji and several scripts need them.
func Misleading(r rune) bool {
	switch r {
	case '\u2028', '\u2029', '\ufeff':
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}

// forbidden says what a character is that no text may have; "" for all others.
func forbidden(r rune) string {
	switch {
	case r == '\n':
		return "a line break"
	case r == '\t':
		return "a tab"
	case unicode.IsControl(r):
		return "a control character"
	case r == '\u2028' || r == '\u2029':
		return "a line separator"
	case r == '\uFEFF':
		return "a byte order mark"
	case unicode.Is(unicode.Bidi_Control, r):
		return "a text direction control"
	case unicode.Is(unicode.Noncharacter_Code_Point, r):
		return "a noncharacter"
	}
	return ""
}

// isBlank is true when nothing of the text can be seen.
func isBlank(value string) bool {
	for _, r := range value {
		if !unicode.In(r, unicode.White_Space, unicode.Cf, unicode.Variation_Selector,
			unicode.Other_Default_Ignorable_Code_Point) {
			return false
		}
	}
	return true
}

// validateEmail says why a text is not one plain e-mail address that mail can be sent to over the
// internet; addresses in other scripts are fine. Empty is fine.
func validateEmail(value string) string {
	if value == "" {
		return ""
	}
	if len(value) > maxEmail {
		return fmt.Sprintf("is %d bytes long, at most %d are allowed", len(value), maxEmail)
	}
	if reason := validateCharacters(value, false); reason != "" {
		return reason
	}
	// Two addresses that look the same must not be two customers.
	invisible := func(r rune) bool { return r > unicode.MaxASCII && unicode.Is(unicode.Cf, r) }
	if at := strings.IndexFunc(value, invisible); at >= 0 {
		r, _ := utf8.DecodeRuneInString(value[at:])
		return fmt.Sprintf("has a character that cannot be seen (U+%04X); remove it", r)
	}
	at := strings.LastIndexByte(value, '@')
	if at < 0 || !isDotAtom(value[:at]) || !isDotAtom(value[at+1:]) {
		return "must be one address such as ann@example.com, got " + quoted(value)
	}
	if at > maxLocalPart {
		return fmt.Sprintf("has %d bytes before the @, at most %d are allowed", at, maxLocalPart)
	}
	if !isDomain(value[at+1:]) {
		return fmt.Sprintf("must end in a domain such as example.com, got %s",
			quoted(value[at+1:]))
	}
	return ""
}

// isDotAtom is true for words between dots as RFC 5322 section 3.2.3 has them on both sides of an
// @, in other scripts too (RFC 6532). Names, brackets, quotes and comments are no part of an
// address.
func isDotAtom(text string) bool {
	special := func(r rune) bool {
		switch r {
		case '(', ')', '<', '>', '[', ']', ':', ';', '@', '\\', ',', '"':
			return true
		}
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}
	for word := range strings.SplitSeq(text, ".") {
		if word == "" || strings.ContainsFunc(word, special) {
			return false
		}
	}
	return true
}

// isDomain is true for at least two labels that host names allow. A number at the end would make
// it an address of a machine, not a domain.
func isDomain(domain string) bool {
	labels, last := 0, ""
	for label := range strings.SplitSeq(domain, ".") {
		labels, last = labels+1, label
		if label == "" || len(label) > maxLabel || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, r := range label {
			if r != '-' && !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) {
				return false
			}
		}
	}
	return labels > 1 && !isDigits(last)
}

// validateSlug says why a text cannot name an event in commands and links. A slug of digits only
// would read as an event's number. Empty is fine.
func validateSlug(value string) string {
	if value == "" {
		return ""
	}
	wrong := len(value) < minSlug || len(value) > maxSlug ||
		strings.HasPrefix(value, "-") || strings.HasSuffix(value, "-") ||
		strings.Contains(value, "--")
	for i := range len(value) {
		c := value[i]
		wrong = wrong || !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-')
	}
	if wrong {
		return fmt.Sprintf("must be %d to %d of a-z, 0-9 and single hyphens between them, got %s",
			minSlug, maxSlug, quoted(value))
	}
	if isDigits(value) {
		return fmt.Sprintf("must have a letter, or it reads as an event's number, got %s",
			quoted(value))
	}
	return ""
}

// isDigits is true for one or more of 0-9 and nothing else.
func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// quoted repeats a bad value in an error: escaped, so that it cannot drive a terminal, and cut
// when it is long.
func quoted(value string) string {
	if len(value) <= maxQuoted {
		return strconv.Quote(value)
	}
	end := maxQuoted
	for end > maxQuoted-utf8.UTFMax && !utf8.RuneStart(value[end]) {
		end--
	}
	return strconv.Quote(value[:end]) + "…"
}

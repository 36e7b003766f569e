package httpapi

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
)

// maxClip is how much of a client's text an answer repeats, in bytes.
const maxClip = 60

// readText reads a JSON string. What the text may hold is for the rules to say.
func readText(value jsontext.Value, into *string) (reason string) {
	if value.Kind() != '"' {
		return "must be a text, got " + describe(value)
	}
	*into = unquote(value)
	return ""
}

// readTextOrNull reads a JSON string, or null for none.
func readTextOrNull(value jsontext.Value, into *string) (reason string) {
	if value.Kind() == 'n' {
		return ""
	}
	return readText(value, into)
}

// readWordOrNull reads a JSON string with something in it, or null for none; what is a word for it.
func readWordOrNull(value jsontext.Value, into *string, what string) (reason string) {
	reason = readTextOrNull(value, into)
	if reason == "" && *into == "" && value.Kind() == '"' {
		return "is empty; use null for no " + what
	}
	return reason
}

// readCountOrNull reads a number of seats, or null for none.
func readCountOrNull(value jsontext.Value, into *int) (reason string) {
	if value.Kind() == 'n' {
		return ""
	}
	return readCount(value, into)
}

// readCount reads a number of seats. Which numbers make sense is for the rules to say.
func readCount(value jsontext.Value, into *int) (reason string) {
	n, reason := readWhole(value, strconv.IntSize)
	*into = int(n)
	return reason
}

// readID reads an event's number.
func readID(value jsontext.Value, into *int64) (reason string) {
	n, reason := readWhole(value, 64)
	*into = n
	return reason
}

func readWhole(value jsontext.Value, bits int) (n int64, reason string) {
	if value.Kind() != '0' {
		return 0, "must be a whole number, got " + describe(value)
	}
	return parseWhole(string(value), bits)
}

// parseWhole reads a whole number that fits in so many bits, from JSON or from a query.
func parseWhole(text string, bits int) (n int64, reason string) {
	if text == "" {
		return 0, "is empty; give a whole number"
	}
	digits := strings.TrimPrefix(text, "-")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, "must be a whole number in digits alone, got " + clip(text)
	}
	n, err := strconv.ParseInt(text, 10, bits)
	if err != nil {
		return 0, "is too large, got " + clip(text)
	}
	return n, ""
}

// readTTL reads for how many seconds seats are held.
func readTTL(value jsontext.Value, into *time.Duration) (reason string) {
	return readSeconds(value, booking.MaxTTL, into)
}

// readSeconds reads for how many seconds seats are held, at most so long.
func readSeconds(value jsontext.Value, most time.Duration, into *time.Duration) (reason string) {
	n, reason := readWhole(value, 64)
	if reason == "" {
		*into, reason = seconds(n, most)
	}
	return reason
}

// TTL gives the time for which seats are held from its seconds; the reason says why the number is
// bad, "" when it is fine.
func TTL(n int64) (ttl time.Duration, reason string) { return seconds(n, booking.MaxTTL) }

// seconds gives a time from its seconds. To the rules 0 means their default, and a huge number
// would not fit into a duration, so both are refused here, in the words of the rules.
func seconds(n int64, longest time.Duration) (d time.Duration, reason string) {
	least, most := int64(booking.MinTTL/time.Second), int64(longest/time.Second)
	if n < least || n > most {
		return 0, fmt.Sprintf("must be from %d to %d seconds, got %d", least, most, n)
	}
	return time.Duration(n) * time.Second, ""
}

// readAmount reads a price as a JSON number or a decimal text. It stays text, since a float would
// not keep it exactly.
func readAmount(value jsontext.Value, into *string) (reason string) {
	switch value.Kind() {
	case '0':
		*into = string(value)
	case '"':
		*into = unquote(value)
	default:
		return "must be a number or a decimal text, got " + describe(value)
	}
	return ""
}

// readFlag reads true or false.
func readFlag(value jsontext.Value, into *bool) (reason string) {
	if kind := value.Kind(); kind != 't' && kind != 'f' {
		return "must be true or false, got " + describe(value)
	}
	*into = value.Kind() == 't'
	return ""
}

// unquote gives the text of a JSON string that the decoder has found to be valid.
func unquote(value jsontext.Value) string {
	var room [64]byte
	text, err := jsontext.AppendUnquote(room[:0], value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// describe names a JSON value for an error.
func describe(value jsontext.Value) string {
	switch value.Kind() {
	case '"':
		return "the text " + strconv.Quote(clip(unquote(value)))
	case '0':
		return "the number " + clip(string(value))
	case '[':
		return "an array"
	case '{':
		return "an object"
	}
	return string(value)
}

// clip cuts a client's text to a length that an error can repeat.
func clip(text string) string {
	if len(text) <= maxClip {
		return text
	}
	end := maxClip
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

package httpapi

import (
	"reflect"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
)

// mustEncode is the one way in which evbook writes JSON. Bytes that are no UTF-8 come out as U+FFFD
// and invisible control characters as \u escapes, whatever the database holds.
func mustEncode(data any) []byte { return shapes().append(nil, data) }

// append writes data at the end of a text: by its shape, which takes a quarter of the time, or else
// as package json finds it to be done.
func (s shapeBook) append(to []byte, data any) []byte {
	if write, ok := s[reflect.TypeOf(data)]; ok {
		return write(to, reflect.ValueOf(data))
	}
	text, err := json.Marshal(data, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		panic(err) // views are plain values: they always encode
	}
	return append(to, escapeControls(text)...)
}

// appendText writes a text between quotes.
func appendText(to []byte, text string) []byte {
	if !isPlain(text) {
		// The error is that of bytes that are no UTF-8, which are replaced.
		quoted, _ := jsontext.AppendQuote(nil, text)
		return append(to, escapeControls(quoted)...)
	}
	to = append(to, '"')
	to = append(to, text...)
	return append(to, '"')
}

// isPlain is true for texts of which JSON escapes nothing.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// escapeControls writes the characters that could steer a terminal or reorder a line as \u escapes.
// JSON itself asks for that only below U+0020. Outside strings, JSON has none of them.
func escapeControls(text []byte) []byte {
	ascii := true
	for _, c := range text {
		ascii = ascii && c < 0x7f
	}
	if ascii {
		return text
	}
	safe := make([]byte, 0, len(text)+16)
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if booking.Misleading(r) {
			code := strconv.FormatInt(0x10000+int64(r), 16)
			safe = append(append(safe, `\u`...), code[1:]...)
		} else {
			safe = append(safe, text[:size]...)
		}
		text = text[size:]
	}
	return safe
}

package storage

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// storable gives the arguments of a statement as PostgreSQL takes them. In no text there can be
// bytes that are not UTF-8, nor NUL: a statement that names such a text would fail. So they are
// replaced by the character that stands for them, and nothing is found by it.
func storable(args []any) []any {
	copied := false
	for i, arg := range args {
		text, ok := arg.(string)
		if !ok || isStorable(text) {
			continue
		}
		if !copied {
			args, copied = slices.Clone(args), true
		}
		args[i] = storableText(text)
	}
	return args
}

func isStorable(text string) bool {
	return utf8.ValidString(text) && strings.IndexByte(text, 0) < 0
}

func storableText(text string) string {
	if isStorable(text) {
		return text
	}
	const unreadable = string(utf8.RuneError)
	return strings.ReplaceAll(strings.ToValidUTF8(text, unreadable), "\x00", unreadable)
}

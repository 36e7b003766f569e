package cli

import (
	"testing"
	"unicode/utf8"

	"evbook/internal/booking"
)

func TestWhatDrivesATerminalIsShownInstead(t *testing.T) {
	for text, want := range map[string]string{
		"Go Meetup":         "Go Meetup",
		"李小龍 O'Brien 👍🏽":    "李小龍 O'Brien 👍🏽",
		"\x1b[31mred":       "␛[31mred",
		"a\r\nb\tc\x00\x7f": "a␍␊b␉c␀␡",
		"a\u009b31mb":       `a\u009b31mb`,
		"a\u202eb\u2066c":   `a\u202eb\u2066c`,
		"a\u2028b\ufeff":    `a\u2028b\ufeff`,
		"a\xffb\u200eé":     `a\xffb\u200eé`,
		"\ufffd":            "\ufffd",
	} {
		if got := visible(text); got != want {
			t.Errorf("visible(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzVisibleTextDrivesNothing(f *testing.F) {
	f.Add("plain")
	f.Add("\x1b]0;title\x07\u202e\xff\u009b")
	f.Fuzz(func(t *testing.T, text string) {
		shown := visible(text)
		if !utf8.ValidString(shown) {
			t.Fatalf("visible(%q) is not UTF-8", text)
		}
		for _, r := range shown {
			if booking.Misleading(r) {
				t.Fatalf("visible(%q) has %U", text, r)
			}
		}
		if visible(shown) != shown {
			t.Fatalf("visible(%q) is not at rest: %q", text, shown)
		}
	})
}

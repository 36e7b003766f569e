package booking

import (
	"fmt"
	"net/mail"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestNamesOfAllScriptsAreAccepted(t *testing.T) {
	for _, name := range []string{
		"", "x", "O'Brien", "李小龍", "Владимир", "محمد", "นภา", "Zoë", "Zoe\u0308", "a b",
		"\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466", // family, with joiners
		"\u2764\uFE0F",                   // heart, with a variation selector
		"\U0001F3F4\U000E0067\U000E007F", // flag, with tag characters
		"<script>alert(1)</script>", "'; DROP TABLE bookings; --", "100 %s %d", "\uFFFD",
		"\\x1b[2J",
	} {
		if reason := validateText(name, MaxName, false); reason != "" {
			t.Errorf("%+q is refused: %s", name, reason)
		}
	}
}

func TestCharactersThatMisleadAreRefusedWithTheirPlace(t *testing.T) {
	for _, tt := range []struct {
		char rune
		what string
	}{
		{0x00, "a control character"},
		{0x07, "a control character"},
		{0x1B, "a control character"},
		{'\r', "a control character"},
		{0x7F, "a control character"},
		{0x80, "a control character"},
		{0x9B, "a control character"},
		{0x9F, "a control character"},
		{0x061C, "a text direction control"},
		{0x200E, "a text direction control"},
		{0x200F, "a text direction control"},
		{0x202A, "a text direction control"},
		{0x202B, "a text direction control"},
		{0x202C, "a text direction control"},
		{0x202D, "a text direction control"},
		{0x202E, "a text direction control"},
		{0x2066, "a text direction control"},
		{0x2067, "a text direction control"},
		{0x2068, "a text direction control"},
		{0x2069, "a text direction control"},
		{0x2028, "a line separator"},
		{0x2029, "a line separator"},
		{0xFEFF, "a byte order mark"},
		{0xFDD0, "a noncharacter"},
		{0xFDEF, "a noncharacter"},
		{0xFFFE, "a noncharacter"},
		{0xFFFF, "a noncharacter"},
		{0x1FFFE, "a noncharacter"},
		{0x10FFFF, "a noncharacter"},
	} {
		want := fmt.Sprintf("has %s (U+%04X) at position 3; remove it", tt.what, tt.char)
		for _, multiline := range []bool{false, true} {
			if got := validateText("é李"+string(tt.char)+"x", 100, multiline); got != want {
				t.Errorf("multiline %v: got %q, want %q", multiline, got, want)
			}
		}
	}
}

func TestLineBreaksAndTabsAreForMultilineTextsOnly(t *testing.T) {
	for char, want := range map[string]string{
		"\n": "has a line break (U+000A) at position 2; remove it",
		"\t": "has a tab (U+0009) at position 2; remove it",
	} {
		if got := validateText("a"+char+"b", 100, true); got != "" {
			t.Errorf("%q is refused in a multiline text: %s", char, got)
		}
		if got := validateText("a"+char+"b", 100, false); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestTextThatIsNotUTF8IsRefusedWithTheByte(t *testing.T) {
	for _, tt := range []struct {
		value string
		at    int
	}{
		{"\xff", 1},
		{"é\x80", 3},
		{"ab\xc3", 3},
		{"a\xc0\x80", 2},     // NUL in overlong form
		{"a\xed\xa0\x80", 2}, // a lone surrogate
		{"\uFFFD\xf5", 4},    // the replacement character itself is fine
	} {
		want := fmt.Sprintf("is not valid UTF-8 at byte %d; write it in UTF-8", tt.at)
		if got := validateText(tt.value, 100, true); got != want {
			t.Errorf("%q: got %q, want %q", tt.value, got, want)
		}
	}
}

func TestTextThatShowsNothingIsRefused(t *testing.T) {
	for _, value := range []string{
		" ", "   ", "\u00A0", "\u2003", "\u3000", "\u200B", "\u200D", "\uFE0F", "\u3164",
		"\u00AD \u2060",
	} {
		if got := validateText(value, 100, false); !strings.HasPrefix(got, "is blank;") {
			t.Errorf("%+q: got %q", value, got)
		}
	}
	if got := validateText(" \n\t", 100, true); !strings.HasPrefix(got, "is blank;") {
		t.Errorf("got %q", got)
	}
}

func TestLengthCountsComposedCharacters(t *testing.T) {
	for _, tt := range []struct {
		value, want string
	}{
		{strings.Repeat("x", 10), ""},
		{strings.Repeat("李", 10), ""},
		{strings.Repeat("e\u0308", 10), ""},
		{strings.Repeat("x", 11), "is 11 characters long, at most 10 are allowed"},
		{strings.Repeat("e\u0308", 11), "is 11 characters long, at most 10 are allowed"},
		// A character that NFC takes apart counts as its parts.
		{strings.Repeat("\u0958", 6), "is 12 characters long, at most 10 are allowed"},
	} {
		if got := validateText(tt.value, 10, false); got != tt.want {
			t.Errorf("%+q: got %q, want %q", tt.value, got, tt.want)
		}
	}
}

func TestTextsThatLookTheSameAreMadeTheSame(t *testing.T) {
	if got := nfc("Zoe\u0308"); got != "Zo\u00EB" {
		t.Errorf("got %+q", got)
	}
	if got := nfc("Zo\u00EB"); got != "Zo\u00EB" {
		t.Errorf("got %+q", got)
	}
}

func TestPlainAddressesAreAccepted(t *testing.T) {
	for _, value := range []string{
		"", "ann@example.com", "a@b.co", "ann.lee+go@mail.example.co.uk", "o'brien@example.ie",
		"jürgen@müller.example", "李@例子.中国", "ann@xn--mller-kva.example", "UPPER@EXAMPLE.COM",
		strings.Repeat("a", 64) + "@example.com", "1@2.example",
		"a@" + strings.Repeat("b", 63) + ".example",
	} {
		if reason := validateEmail(value); reason != "" {
			t.Errorf("%q is refused: %s", value, reason)
		}
	}
}

func TestAddressesThatMailCannotReachAreRefused(t *testing.T) {
	long := strings.Repeat("a.", 125) + "com"
	for _, tt := range []struct {
		value, want string
	}{
		{"ann", "must be one address"},
		{"@", "must be one address"},
		{"ann@", "must be one address"},
		{"@example.com", "must be one address"},
		{"Ann <ann@example.com>", "must be one address"},
		{"<ann@example.com>", "must be one address"},
		{"ann@example.com (Ann)", "must be one address"},
		{"ann@example.com, bob@example.com", "must be one address"},
		{"ann@example.com;bob@example.com", "must be one address"},
		{"ann@@example.com", "must be one address"},
		{"ann@b@example.com", "must be one address"},
		{" ann@example.com", "must be one address"},
		{"ann@example.com ", "must be one address"},
		{"an n@example.com", "must be one address"},
		{"ann\u00A0@example.com", "must be one address"},
		{`"ann"@example.com`, "must be one address"},
		{`"an n"@example.com`, "must be one address"},
		{"a..b@example.com", "must be one address"},
		{".a@example.com", "must be one address"},
		{"ann@example..com", "must be one address"},
		{"ann@example.com.", "must be one address"},
		{"ann@localhost", "must end in a domain"},
		{"ann@[127.0.0.1]", "must be one address"},
		{"ann@[IPv6:::1]", "must be one address"},
		{"ann@127.0.0.1", "must end in a domain"},
		{"ann@exa_mple.com", "must end in a domain"},
		{"ann@b!.com", "must end in a domain"},
		{"ann@-b.com", "must end in a domain"},
		{"ann@b-.com", "must end in a domain"},
		{"ann@" + strings.Repeat("b", 64) + ".com", "must end in a domain"},
		{"ann@example.com\nBcc: bob@example.com", "has a line break (U+000A) at position 16"},
		{"ann@example.com\x00", "has a control character (U+0000) at position 16"},
		{"a\u202Enn@example.com", "has a text direction control (U+202E) at position 2"},
		{"ann\u200B@example.com", "has a character that cannot be seen (U+200B)"},
		{"ann@exam\u2060ple.com", "has a character that cannot be seen (U+2060)"},
		{"ann\xff@example.com", "is not valid UTF-8 at byte 4"},
		{strings.Repeat("a", 65) + "@example.com", "has 65 bytes before the @, at most 64"},
		{"a@" + long, "is 255 bytes long, at most 254 are allowed"},
		{"a@" + strings.Repeat("x", 1<<20), "is 1048578 bytes long"},
	} {
		if got := validateEmail(tt.value); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%.40q: got %q, want %q", tt.value, got, tt.want)
		}
	}
}

// Package mail reads what RFC 5322 allows, of which evbook takes the plain form.
func TestAddressesArePlainOnesOfRFC5322(t *testing.T) {
	pieces := []string{
		"a", "b", "1", "é", "李", ".", "@", "-", "+", "!", "'", "_", "~", "(", ")", "<", ">", "[",
		"]", ":", ";", ",", "\\", `"`, " ", "\u00a0", "\u3000", "ann@example.com", "=?utf-8?q?a?=",
	}
	taken := 0
	rapid.Check(t, func(t *rapid.T) {
		middle := rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 5).Draw(t, "pieces")
		value := strings.Join(append(middle, rapid.SampledFrom([]string{
			"", "@b.co", "a@b.co", ".co",
		}).Draw(t, "end")), "")
		at := strings.LastIndexByte(value, '@')
		address, err := mail.ParseAddress(value)
		want := value == "" || err == nil && address.Address == value && isDomain(value[at+1:]) &&
			!strings.ContainsFunc(value, unicode.IsSpace)
		if got := validateEmail(value); (got == "") != want {
			t.Errorf("%q: got %q, want it taken: %t", value, got, want)
		}
		if want {
			taken++
		}
	})
	if taken < 10 {
		t.Errorf("only %d were taken", taken)
	}
}

func TestSlugsAreShortWordsThatAreNoNumbers(t *testing.T) {
	for _, value := range []string{
		"", "go", "go-meetup", "2026-go", "7a", "a7", "1-2", strings.Repeat("a", 64),
	} {
		if reason := validateSlug(value); reason != "" {
			t.Errorf("%q is refused: %s", value, reason)
		}
	}
	for _, value := range []string{
		"a", "-go", "go-", "go--meetup", "--", "Go", "go meetup", "go_meetup", "go/meetup", "gö",
		"../etc", "go.", "go\n", "go\x00", "ｇｏ", strings.Repeat("a", 65),
		strings.Repeat("-", 1<<16),
	} {
		if got := validateSlug(value); !strings.HasPrefix(got, "must be 2 to 64 of a-z") {
			t.Errorf("%.40q: got %q", value, got)
		}
	}
	for _, value := range []string{"12", "007", "1234567890123456789012345"} {
		if got := validateSlug(value); !strings.HasPrefix(got, "must have a letter") {
			t.Errorf("%q: got %q", value, got)
		}
	}
}

func TestBadValuesAreRepeatedEscapedAndCut(t *testing.T) {
	for _, tt := range []struct {
		value, want string
	}{
		{"", `""`},
		{"\x1b[2J\u202E\n", `"\x1b[2J\u202e\n"`},
		{"\xff", `"\xff"`},
		{strings.Repeat("x", 80), `"` + strings.Repeat("x", 80) + `"`},
		{strings.Repeat("x", 81), `"` + strings.Repeat("x", 80) + `"…`},
		{strings.Repeat("x", 79) + "李", `"` + strings.Repeat("x", 79) + `"…`},
		{strings.Repeat("\x80", 100), `"` + strings.Repeat(`\x80`, 76) + `"…`},
	} {
		if got := quoted(tt.value); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.value, got, tt.want)
		}
	}
}

// What must never be shown raw is what no text may have; tabs and line feeds are shown as they are
// only where a text has several lines.
func TestWhatIsMisleadingIsForbidden(t *testing.T) {
	misleading := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !Misleading(r) {
			continue
		}
		misleading++
		if forbidden(r) == "" {
			t.Errorf("%U is misleading and allowed", r)
		}
	}
	// 65 controls, 12 for direction, 2 separators and the byte order mark.
	if misleading != 80 {
		t.Errorf("%d characters are misleading, want 80", misleading)
	}
}

func FuzzValidateText(f *testing.F) {
	for _, seed := range []string{
		"", " ", "O'Brien", "李小龍", "e\u0308e\u0308", "\u0958", "a\x00", "\x1b[2J", "\u202Eabc",
		"\xff", "a\nb\tc", "\U0001F468\u200D\U0001F469", "\uFEFF", "\uFFFD", "\u200B",
		"\xed\xa0\x80", "\U0010FFFF",
	} {
		f.Add(seed, 10, false)
		f.Add(seed, 1, true)
	}
	f.Fuzz(func(t *testing.T, value string, most int, multiline bool) {
		reason := validateText(value, most, multiline)
		if reason != "" {
			assertSafeReason(t, reason)
			return
		}
		if value == "" {
			return
		}
		if strings.TrimSpace(value) == "" || !utf8.ValidString(value) {
			t.Errorf("%q is accepted", value)
		}
		composed := norm.NFC.String(value)
		if n := utf8.RuneCountInString(composed); n > most {
			t.Errorf("%d characters are accepted, the limit is %d", n, most)
		}
		if again := validateText(composed, most, multiline); again != "" {
			t.Errorf("%q is fine, composed it is refused: %s", value, again)
		}
		for _, r := range value {
			if unicode.IsControl(r) && !(multiline && strings.ContainsRune("\n\t", r)) {
				t.Errorf("%U is accepted", r)
			}
		}
		if !multiline && validateText(value, most, true) != "" {
			t.Errorf("%q is accepted on one line and refused on several", value)
		}
	})
}

// assertSafeReason checks what holds for every reason: whatever the value was, it is short, on one
// line, and cannot drive a terminal.
func assertSafeReason(t testing.TB, reason string) {
	t.Helper()
	if len(reason) > 600 || !utf8.ValidString(reason) || strings.HasSuffix(reason, ".") {
		t.Errorf("bad form of a reason: %q", reason)
	}
	for _, r := range reason {
		if !unicode.IsPrint(r) {
			t.Errorf("%U in the reason %q", r, reason)
		}
	}
}

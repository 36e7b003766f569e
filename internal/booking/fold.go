package booking

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold gives text the form in which it is searched, compared and sorted: without upper and lower
// case, and composed (NFC), so that every database engine answers alike. Accents stay. Folded text
// stays as it is when it is folded again, and it is stored: only characters that a later Unicode
// adds may come to fold differently.
//
// Case is that of each character alone (Unicode's simple case folding), and ß is ss. The package
// golang.org/x/text/cases folds the few ligatures too, and costs every start of evbook 0.1 ms.
func Fold(text string) string {
	if isASCII(text) {
		return strings.ToLower(text)
	}
	var b strings.Builder
	b.Grow(len(text))
	// Decomposed, since an accent may be folded by itself.
	for _, r := range norm.NFD.String(text) {
		if r == 'ß' || r == 'ẞ' {
			b.WriteString("ss")
		} else {
			b.WriteRune(foldRune(r))
		}
	}
	return nfc(b.String())
}

// foldRune gives one and the same character for all that differ in case only.
func foldRune(r rune) rune {
	if r == 'ı' {
		return r // has an upper case, but is not the same letter as i
	}
	// There and back, because some characters share an upper case: σ and ς, s and ſ.
	return unicode.ToLower(unicode.ToUpper(r))
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

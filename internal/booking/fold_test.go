package booking

import (
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestWhatDiffersInCaseOnlyFoldsToTheSame(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{"Go Meetup", "go meetup"},
		{"STRASSE", "strasse"},
		{"Straße", "strasse"},
		{"STRAẞE", "strasse"},
		{"ÉCOLE", "école"},
		{"E\u0301COLE", "école"},
		{"ΟΔΥΣΣΕΥΣ", "οδυσσευσ"},
		{"Οδυσσεύς", "οδυσσεύσ"},
		{"\u1fb3", "αι"},
		{"ПРИВЕТ", "привет"},
		{"\u212aELVIN", "kelvin"},
		{"\u00b5m", "\u03bcm"},
		{"İstanbul", "i\u0307stanbul"},
		{"ISPARTA", "isparta"},
		{"ısparta", "ısparta"},
		{"東京 🎟️", "東京 🎟️"},
	} {
		if got := Fold(tt.text); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestAccentsAreNotFoldedAway(t *testing.T) {
	if Fold("Zoë") == Fold("Zoe") {
		t.Error("ë folds to e")
	}
}

// Unicode says which characters differ in case only; none of them may fold by itself.
func TestEveryCharacterFoldsWithItsOtherCases(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		folded, other := Fold(string(r)), unicode.SimpleFold(r)
		if other != r && Fold(string(other)) != folded {
			t.Errorf("%q folds to %q, %q to %q", r, folded, other, Fold(string(other)))
		}
		if again := Fold(folded); again != folded {
			t.Errorf("%q folds to %q and then to %q", r, folded, again)
		}
	}
}

func TestFoldedTextStaysAsItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune(
			"aAßẞıİiIσςΣſsSᾳα\u0345\u0301\u0307\u0308\u0327e\u212aKk\ufb01µ각\u1100\u1161\u11a8"),
		))).Draw(t, "text")
		folded := Fold(text)
		if again := Fold(folded); again != folded {
			t.Errorf("%q folds to %q and then to %q", text, folded, again)
		}
		if !norm.NFC.IsNormalString(folded) {
			t.Errorf("%q folds to %q, which is not composed", text, folded)
		}
		if decomposed := Fold(norm.NFD.String(text)); decomposed != folded {
			t.Errorf("%q folds to %q, and decomposed to %q", text, folded, decomposed)
		}
	})
}

package booking

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
)

const topReference = Reference(1<<ReferenceBits - 1)

// references gives references all over the range, the same ones on every run.
func references(n int) []Reference {
	random := rand.New(rand.NewPCG(2026, 12))
	list := []Reference{0, 1, topReference}
	for len(list) < n {
		list = append(list, Reference(random.Uint64())&topReference)
	}
	return list
}

// The vectors were computed by another program, with tables of logarithms. References are printed
// on tickets: none of these may ever change.
func TestReferencesAreWrittenAsTheyAlwaysWere(t *testing.T) {
	for r, want := range map[Reference]string{
		0:                   "EVB-00000-00000-0",
		1:                   "EVB-00000-00001-H",
		2:                   "EVB-00000-00002-7",
		31:                  "EVB-00000-0000Z-S",
		32:                  "EVB-00000-00010-T",
		42:                  "EVB-00000-0001A-1",
		1_000_000:           "EVB-00000-0YGJ0-2",
		123456789012345:     "EVB-3G923-0VQVS-A",
		745416301012663:     "EVB-N5YF0-X9SNQ-J",
		1 << 49:             "EVB-G0000-00000-5",
		topReference:        "EVB-ZZZZZ-ZZZZZ-4",
		topReference + 1:    "EVB-00000-00000-0", // bits beyond the fiftieth are not used
		1<<63 | 1000000:     "EVB-00000-0YGJ0-2",
		topReference<<1 | 1: "EVB-ZZZZZ-ZZZZZ-4",
	} {
		if got := r.String(); got != want {
			t.Errorf("%d: got %s, want %s", uint64(r), got, want)
		}
		if got, err := ParseReference(want); err != nil || got != r&topReference {
			t.Errorf("%s: got %d and %v, want %d", want, got, err, r&topReference)
		}
	}
}

func TestReferencesAreReadAsPeopleWriteThem(t *testing.T) {
	const want = Reference(123456789012345)
	for _, text := range []string{
		"EVB-3G923-0VQVS-A", "evb-3g923-0vqvs-a", "Evb-3G923-0vQVs-a", "EVB3G9230VQVSA",
		"3G9230VQVSA", "3G923-0VQVS-A", "evb-3G9230VQVSA", "EVB3G923-0VQVS-A", "EVB-3G923-OVQVS-A",
		"evb-3g923-ovqvs-a", "E-V-B-3-G-9-2-3-0-V-Q-V-S-A", "EVB--3G923--0VQVS--A",
		"-EVB-3G923-0VQVS-A-", " EVB-3G923-0VQVS-A\n", "\t3G9230VQVSA ", "3G9-230-VQV-SA",
	} {
		if got, err := ParseReference(text); err != nil || got != want {
			t.Errorf("%q: got %v and %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"EVB-00000-0000I-H", "evb-00000-0000l-h", "OOOOO-OOOOL-H", "evbooooo-ooooiH",
	} {
		if got, err := ParseReference(text); err != nil || got != 1 {
			t.Errorf("%q: got %v and %v, want %v", text, got, err, Reference(1))
		}
	}
}

func TestAReferenceThatBeginsWithThePrefixIsReadWithAndWithoutIt(t *testing.T) {
	var r Reference
	for _, c := range "EVB7K3M9QX" {
		r = r<<symbolBits | Reference(strings.IndexRune(symbols, c))
	}
	full := r.String()
	bare := strings.TrimPrefix(full, "EVB-")
	for _, text := range []string{full, bare, strings.ReplaceAll(full, "-", ""),
		strings.ReplaceAll(bare, "-", ""), strings.ToLower(bare)} {
		if got, err := ParseReference(text); err != nil || got != r {
			t.Errorf("%q: got %v and %v, want %v", text, got, err, r)
		}
	}
	// Three symbols short, and the prefix must not be taken for the missing ones.
	short := "EVB-" + strings.TrimPrefix(strings.ReplaceAll(bare, "-", ""), "EVB")
	if got, err := ParseReference(short); err == nil {
		t.Errorf("%q is read as %v", short, got)
	}
}

func TestTextsThatAreNoReferencesAreRefused(t *testing.T) {
	for _, tt := range []struct {
		text, want string
	}{
		{"", `booking reference "" has 0 letters and digits, should have 11`},
		{"EVB", `booking reference "EVB" has 3 letters and digits, should have 11`},
		{"EVB-", `booking reference "EVB-" has 0 letters and digits, should have 11`},
		{"EVB-3G923-0VQVS",
			`booking reference "EVB-3G923-0VQVS" has 10 letters and digits, should have 11`},
		{"3G923-0VQVS-AA",
			`booking reference "3G923-0VQVS-AA" has 12 letters and digits, should have 11`},
		{"EVB-3G923-0VQVS-B",
			`booking reference "EVB-3G923-0VQVS-B" has a typo: its symbols do not fit together`},
		{"EVB-3G923-0VQVS-U",
			`booking reference "EVB-3G923-0VQVS-U" has "U", which is in no reference`},
		{"EVB-3G923 0VQVS-A",
			`booking reference "EVB-3G923 0VQVS-A" has " ", which is in no reference`},
		{"EVB_3G923_0VQVS_A",
			`booking reference "EVB_3G923_0VQVS_A" has "_", which is in no reference`},
		{"EVB-3G923-0VQV\u017F-A", // its upper case is S
			`booking reference "EVB-3G923-0VQVſ-A" has "ſ", which is in no reference`},
		{"EVB\u20133G923", `booking reference "EVB–3G923" has "–", which is in no reference`},
		{"12\x00", `booking reference "12\x00" has "\x00", which is in no reference`},
		{"\xff", `booking reference "\xff" has "�", which is in no reference`},
		{"EVB-EVB-3G923-0VQVS-A",
			`booking reference "EVB-EVB-3G923-0VQVS-A" has 14 letters and digits, should have 11`},
		{strings.Repeat("-", 65),
			`"` + strings.Repeat("-", 65) + `" is too long for a booking reference`},
	} {
		_, err := ParseReference(tt.text)
		if err == nil || err.Error() != tt.want {
			t.Errorf("%q: got %v, want %s", tt.text, err, tt.want)
		}
		if KindOf(err) != Invalid {
			t.Errorf("%q: got the kind %q", tt.text, KindOf(err))
		}
	}
	if _, err := ParseReference(strings.Repeat("EVB", 1<<20)); KindOf(err) != Invalid {
		t.Errorf("got %v", err)
	}
}

func TestTheHintShowsAReferenceThatCanBeRead(t *testing.T) {
	_, err := ParseReference("nothing of the kind")
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v", err)
	}
	words := strings.Fields(e.Hint)
	if _, err := ParseReference(words[len(words)-1]); err != nil {
		t.Errorf("hint %q: %v", e.Hint, err)
	}
}

func TestEveryWrongSymbolIsCaught(t *testing.T) {
	for _, r := range references(200) {
		text := []byte(r.String())
		for at := len(referencePrefix) + 1; at < len(text); at++ {
			right := text[at]
			if right == '-' {
				continue
			}
			for i := range len(symbols) {
				if text[at] = symbols[i]; text[at] == right {
					continue
				}
				if got, err := ParseReference(string(text)); err == nil {
					t.Fatalf("%s is read as %v, a wrong symbol away from %v", text, got, r)
				}
			}
			text[at] = right
		}
	}
}

func TestEverySwapOfTwoSymbolsIsCaught(t *testing.T) {
	swaps := 0
	for _, r := range references(1000) {
		text := []byte(r.String())
		for i := len(referencePrefix) + 1; i < len(text); i++ {
			for j := i + 1; j < len(text); j++ {
				if text[i] == '-' || text[j] == '-' || text[i] == text[j] {
					continue
				}
				text[i], text[j] = text[j], text[i]
				if got, err := ParseReference(string(text)); err == nil {
					t.Fatalf("%s is read as %v, a swap away from %v", text, got, r)
				}
				text[i], text[j] = text[j], text[i]
				swaps++
			}
		}
	}
	if swaps < 10_000 {
		t.Errorf("only %d swaps were tried", swaps)
	}
}

func FuzzParseReference(f *testing.F) {
	for _, seed := range []string{
		"EVB-3G923-0VQVS-A", "3G9230VQVSA", "evb-00000-0000l-h", "EVB-ZZZZZ-ZZZZZ-4", "", "EVB",
		"EVB-", "-", "EVB-3G923-0VQVS-B", "\xff", "ſ", "EVB-EVB-3G923-0VQVS-A",
		strings.Repeat("0", 65),
	} {
		f.Add(seed, uint64(len(seed)))
	}
	f.Fuzz(func(t *testing.T, text string, bits uint64) {
		want := Reference(bits) & topReference
		if got, err := ParseReference(want.String()); err != nil || got != want {
			t.Errorf("%v is read as %v, %v", want, got, err)
		}
		got, err := ParseReference(text)
		if err != nil {
			assertSafeReason(t, err.Error())
			if KindOf(err) != Invalid {
				t.Errorf("%q: got the kind %q", text, KindOf(err))
			}
			return
		}
		if got > topReference {
			t.Errorf("%q is read as %d, which is too big", text, uint64(got))
		}
		if again, err := ParseReference(got.String()); err != nil || again != got {
			t.Errorf("%q is read as %v, and that as %v, %v", text, got, again, err)
		}
	})
}

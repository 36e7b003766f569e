package booking

import "strings"

// ReferenceBits is how many bits of a [Reference] are used.
const ReferenceBits = 50

const (
	referencePrefix = "EVB"
	// symbols is Crockford's base 32: I, L, O and U are left out because people misread them.
	symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	// symbolBits is how many bits one symbol carries.
	symbolBits = 5
	symbolMask = 1<<symbolBits - 1
	// bodySymbols is the number of symbols that carry the reference; one to check them follows.
	bodySymbols = ReferenceBits / symbolBits
	// maxReferenceText is the longest text that is considered, in bytes.
	maxReferenceText = 64
)

// Reference names a booking towards its customer. Storage makes it from a row number by a secret
// permutation, so that nobody can guess one. Only the low [ReferenceBits] bits are used. 0 means
// "no booking" wherever a Reference is a field: storage guarantees never to hand it out.
type Reference uint64

// String writes the reference as EVB-XXXXX-XXXXX-C: ten symbols, the most significant first, and
// a check symbol. 0 is written like any other.
func (r Reference) String() string {
	text := []byte(referencePrefix + "-00000-00000-0")
	text[len(text)-1] = symbols[r.check()]
	for at := len(text) - 3; at > len(referencePrefix); at-- {
		if text[at] == '-' {
			continue
		}
		text[at] = symbols[r&symbolMask]
		r >>= symbolBits
	}
	return string(text)
}

// check computes the check symbol: Σ αⁱ·sᵢ for the symbols s₁ … s₁₀ from left to right, over the
// field GF(2⁵), where α is a root of the primitive polynomial x⁵ + x² + 1.
//
// A correct reference thus has Σ αⁱ·sᵢ + α⁰·c = 0, c being the check symbol. The powers α⁰ … α¹⁰
// are all different and none is zero, because α has order 31. One wrong symbol, off by e ≠ 0,
// changes the sum by αⁱ·e, which is not zero. Two different symbols a and b that change places
// alter it by (αⁱ + αʲ)·(a + b), a product of two factors that are not zero either. So every
// single wrong symbol and every swap of two symbols, neighbours or not, is caught; of all other
// mistakes, 31 of 32 are.
func (r Reference) check() byte {
	var sum byte
	for range bodySymbols {
		sum = timesAlpha(sum ^ byte(r&symbolMask))
		r >>= symbolBits
	}
	return sum
}

// timesAlpha multiplies an element of GF(2⁵) by α.
func timesAlpha(x byte) byte {
	x <<= 1
	if x > symbolMask {
		x ^= 0b100101
	}
	return x
}

// ParseReference reads a reference as people write it down: in either case, O for 0, I or L for 1,
// white space around it, and dashes anywhere or nowhere. What is left must be eleven symbols, with
// or without EVB before them. E, V and B are symbols too, so EVB counts as the prefix only when a
// dash follows it or when fourteen symbols are left. The error is of the kind [Invalid].
func ParseReference(text string) (Reference, error) {
	if len(text) > maxReferenceText {
		return 0, badReference("%s is too long for a booking reference", quoted(text))
	}
	var values []byte
	for _, c := range withoutPrefix(text) {
		value := symbolValue(c)
		if value < 0 {
			return 0, badReference("booking reference %s has %s, which is in no reference",
				quoted(text), quoted(string(c)))
		}
		values = append(values, byte(value))
	}
	if len(values) != bodySymbols+1 {
		return 0, badReference("booking reference %s has %d letters and digits, should have %d",
			quoted(text), len(values), bodySymbols+1)
	}
	var r Reference
	for _, value := range values[:bodySymbols] {
		r = r<<symbolBits | Reference(value)
	}
	if values[bodySymbols] != r.check() {
		return 0, badReference("booking reference %s has a typo: its symbols do not fit together",
			quoted(text))
	}
	return r, nil
}

// withoutPrefix takes away what is around and between the symbols of a reference.
func withoutPrefix(text string) string {
	// Of letters outside ASCII, some have a symbol as their upper case; they stay what they are.
	upper := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' {
			return c - 'a' + 'A'
		}
		return c
	}, strings.TrimSpace(text))
	body, prefixed := strings.CutPrefix(upper, referencePrefix+"-")
	body = strings.ReplaceAll(body, "-", "")
	if !prefixed && len(body) == len(referencePrefix)+bodySymbols+1 {
		body = strings.TrimPrefix(body, referencePrefix)
	}
	return body
}

// symbolValue is what a symbol stands for, -1 for none.
func symbolValue(c rune) int {
	switch c {
	case 'O':
		return 0
	case 'I', 'L':
		return 1
	}
	return strings.IndexRune(symbols, c)
}

func badReference(format string, args ...any) *Error {
	return Errorf(Invalid, format, args...).
		WithHint("a reference looks like EVB-7K3M9-9QXT4-K")
}

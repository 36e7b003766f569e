package booking

import (
	"fmt"
	"strconv"
	"strings"
)

// Money is an exact amount of one currency.
type Money struct {
	// Minor counts the currency's minor units: cents for EUR, whole yen for JPY.
	Minor int64
	// Currency is the ISO 4217 code in upper case.
	Currency string
}

// ParseMoney reads a price as people and programs write it: digits, and after a point at most as
// many decimals as the currency has. Signs, exponents, separators of thousands and leading zeros
// are refused, and so is more than [MaxPrice]. The text of the error is the reason.
func ParseMoney(amount, currency string) (Money, error) {
	code, err := ParseCurrency(currency)
	if err != nil {
		return Money{}, err
	}
	if size, minus := strings.CutPrefix(amount, "-"); minus && isAmount(size) {
		return Money{}, fmt.Errorf("must not be negative, got %s", quoted(amount))
	}
	if !isAmount(amount) {
		return Money{}, fmt.Errorf("%s is not an amount such as %s", quoted(amount),
			Money{Minor: 1250, Currency: code}.Amount())
	}
	whole, fraction, _ := strings.Cut(amount, ".")
	scale, _ := decimalsOf(code)
	if got := len(fraction); got > scale {
		noun := "decimals"
		if got == 1 {
			noun = "decimal"
		}
		return Money{}, fmt.Errorf("%s has %d %s, %s has %d", quoted(amount), got, noun, code,
			scale)
	}
	// The form is right and the decimals fit, so all that can still fail is the size.
	zeros := strings.Repeat("0", scale-len(fraction))
	minor, err := strconv.ParseInt(whole+fraction+zeros, 10, 64)
	if err != nil || minor > MaxPrice {
		return Money{}, fmt.Errorf("%s is more than the highest price, %s", quoted(amount),
			Money{Minor: MaxPrice, Currency: code})
	}
	return Money{Minor: minor, Currency: code}, nil
}

// isAmount is true for the form 12 or 12.50.
func isAmount(s string) bool {
	whole, fraction, point := strings.Cut(s, ".")
	return isDigits(whole) && (whole == "0" || whole[0] != '0') && (!point || isDigits(fraction))
}

// Amount writes the number alone, with all decimals of the currency: "12.50".
func (m Money) Amount() string {
	scale, _ := decimalsOf(m.Currency)
	size, unit := uint64(m.Minor), uint64(1)
	for range scale {
		unit *= 10
	}
	text := make([]byte, 0, 24)
	if m.Minor < 0 {
		text, size = append(text, '-'), -size
	}
	text = strconv.AppendUint(text, size/unit, 10)
	if scale > 0 {
		point := len(text)
		text = strconv.AppendUint(text, unit+size%unit, 10) // the leading 1 keeps all zeros
		text[point] = '.'
	}
	return string(text)
}

// String writes the amount and its currency: "12.50 EUR".
func (m Money) String() string { return m.Amount() + " " + m.Currency }

// validate says why the money is not a price.
func (m Money) validate() string {
	if code, err := ParseCurrency(m.Currency); err != nil || code != m.Currency {
		return unknownCurrency(m.Currency)
	}
	if m.Minor < 0 || m.Minor > MaxPrice {
		return fmt.Sprintf("must be from %s to %s, got %s", Money{Currency: m.Currency}.Amount(),
			Money{Minor: MaxPrice, Currency: m.Currency}, m.Amount())
	}
	return ""
}

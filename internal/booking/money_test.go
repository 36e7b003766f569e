package booking

import (
	"math"
	"strings"
	"testing"
)

func TestPricesAreReadInTheDecimalsOfTheirCurrency(t *testing.T) {
	for _, tt := range []struct {
		amount, currency string
		minor            int64
		text             string
	}{
		{"12.50", "EUR", 1250, "12.50 EUR"},
		{"12.5", "EUR", 1250, "12.50 EUR"},
		{"12", "EUR", 1200, "12.00 EUR"},
		{"12.50", "eur", 1250, "12.50 EUR"},
		{"0", "EUR", 0, "0.00 EUR"},
		{"0.00", "EUR", 0, "0.00 EUR"},
		{"0.01", "EUR", 1, "0.01 EUR"},
		{"0.10", "EUR", 10, "0.10 EUR"},
		{"1.15", "EUR", 115, "1.15 EUR"},
		{"1000000000.00", "EUR", MaxPrice, "1000000000.00 EUR"},
		{"1500", "JPY", 1500, "1500 JPY"},
		{"100000000000", "JPY", MaxPrice, "100000000000 JPY"},
		{"1.5", "KWD", 1500, "1.500 KWD"},
		{"0.001", "KWD", 1, "0.001 KWD"},
		{"9.99", "IDR", 999, "9.99 IDR"},
	} {
		got, err := ParseMoney(tt.amount, tt.currency)
		if err != nil {
			t.Errorf("%s %s: %v", tt.amount, tt.currency, err)
			continue
		}
		if want := (Money{tt.minor, strings.ToUpper(tt.currency)}); got != want {
			t.Errorf("%s %s: got %+v, want %+v", tt.amount, tt.currency, got, want)
		}
		if got.String() != tt.text {
			t.Errorf("got %q, want %q", got, tt.text)
		}
		if reason := got.validate(); reason != "" {
			t.Errorf("%v was read, and is refused: %s", got, reason)
		}
	}
}

func TestAmountsThatAreNoPricesAreRefused(t *testing.T) {
	for _, tt := range []struct {
		amount, currency, want string
	}{
		{"12.345", "EUR", `"12.345" has 3 decimals, EUR has 2`},
		{"12.500", "EUR", `"12.500" has 3 decimals, EUR has 2`},
		{"1.5", "JPY", `"1.5" has 1 decimal, JPY has 0`},
		{"1.0", "JPY", `"1.0" has 1 decimal, JPY has 0`},
		{"1.2345", "KWD", `"1.2345" has 4 decimals, KWD has 3`},
		{"-1", "EUR", `must not be negative, got "-1"`},
		{"-0", "EUR", `must not be negative, got "-0"`},
		{"-0.01", "EUR", `must not be negative, got "-0.01"`},
		{"", "EUR", `"" is not an amount such as 12.50`},
		{"x", "JPY", `"x" is not an amount such as 1250`},
		{"1000000000.01", "EUR",
			`"1000000000.01" is more than the highest price, 1000000000.00 EUR`},
		{"100000000001", "JPY",
			`"100000000001" is more than the highest price, 100000000000 JPY`},
		{"9223372036854775808", "EUR",
			`"9223372036854775808" is more than the highest price, 1000000000.00 EUR`},
		{"184467440737095517", "EUR", // 2⁶⁴ + 84 cents: it must not wrap around
			`"184467440737095517" is more than the highest price, 1000000000.00 EUR`},
		{"12.50", "ZZZ", `"ZZZ" is not a known currency; use an ISO 4217 code such as EUR`},
		{"12.50", "", `"" is not a known currency; use an ISO 4217 code such as EUR`},
	} {
		if got, err := ParseMoney(tt.amount, tt.currency); err == nil || err.Error() != tt.want {
			t.Errorf("%s %s: got %v and %v, want %s", tt.amount, tt.currency, got, err, tt.want)
		}
	}
}

func TestOnlyPlainDigitsAreAmounts(t *testing.T) {
	for _, amount := range []string{
		"NaN", "nan", "Inf", "-Inf", "+Inf", "Infinity", "1e3", "1e400", "1E-2", "0x10", "0b1",
		"0o7", "1_000", "1,000", "12,50", "1 000", "1'000", "+1", "+0", "--1", "-", ".", ".5",
		"5.", "1.2.3", " 1", "1 ", "1\n", "1\x00", "€1", "1€", "$1", "1 EUR", "one", "12.5O", "１２",
		"١٢", "½", "-x", "007", "00", "00.50", "true", "null", "\xff", "(1)", "1%",
	} {
		want := quoted(amount) + " is not an amount such as 12.50"
		if got, err := ParseMoney(amount, "EUR"); err == nil || err.Error() != want {
			t.Errorf("%q: got %v and %v", amount, got, err)
		}
	}
}

func TestHugeAmountsAreRefusedWithAShortReason(t *testing.T) {
	for _, amount := range []string{
		strings.Repeat("9", 1<<20), "0." + strings.Repeat("0", 1<<20), strings.Repeat("x", 1<<20),
	} {
		_, err := ParseMoney(amount, "EUR")
		if err == nil {
			t.Fatalf("%.10s… is accepted", amount)
		}
		assertSafeReason(t, err.Error())
	}
}

func TestEveryAmountCanBeWritten(t *testing.T) {
	for _, tt := range []struct {
		money Money
		want  string
	}{
		{Money{0, "EUR"}, "0.00"},
		{Money{5, "EUR"}, "0.05"},
		{Money{-5, "EUR"}, "-0.05"},
		{Money{-1250, "EUR"}, "-12.50"},
		{Money{-7, "JPY"}, "-7"},
		{Money{1, "KWD"}, "0.001"},
		{Money{-1234, "KWD"}, "-1.234"},
		{Money{1250, "???"}, "12.50"},
		{Money{-1, ""}, "-0.01"},
		{Money{math.MaxInt64, "EUR"}, "92233720368547758.07"},
		{Money{math.MinInt64, "EUR"}, "-92233720368547758.08"},
		{Money{math.MinInt64, "JPY"}, "-9223372036854775808"},
	} {
		if got := tt.money.Amount(); got != tt.want {
			t.Errorf("%d %s: got %s, want %s", tt.money.Minor, tt.money.Currency, got, tt.want)
		}
	}
}

func TestMoneyThatIsNoPriceIsRefused(t *testing.T) {
	for _, tt := range []struct {
		money Money
		want  string
	}{
		{Money{0, "EUR"}, ""},
		{Money{MaxPrice, "EUR"}, ""},
		{Money{-1, "EUR"}, "must be from 0.00 to 1000000000.00 EUR, got -0.01"},
		{Money{MaxPrice + 1, "EUR"}, "must be from 0.00 to 1000000000.00 EUR, got 1000000000.01"},
		{Money{-1, "JPY"}, "must be from 0 to 100000000000 JPY, got -1"},
		{Money{1, ""}, `"" is not a known currency; use an ISO 4217 code such as EUR`},
		{Money{1, "eur"}, `"eur" is not a known currency; use an ISO 4217 code such as EUR`},
		{Money{1, "XXX"}, `"XXX" is not a known currency; use an ISO 4217 code such as EUR`},
	} {
		if got := tt.money.validate(); got != tt.want {
			t.Errorf("%+v: got %q, want %q", tt.money, got, tt.want)
		}
	}
}

func TestNoTotalOverflows(t *testing.T) {
	b := Booking{Quantity: MaxCapacity, UnitPrice: Money{MaxPrice, "EUR"}}
	total := b.Total().Minor
	if total <= 0 || total/MaxPrice != MaxCapacity {
		t.Errorf("the highest total is %d", total)
	}
}

func FuzzParseMoney(f *testing.F) {
	for _, amount := range []string{
		"0", "12.50", "12.5", "12.345", "-1", "-0", "1e400", "NaN", "0x10", "1_000", "+1", "", ".",
		"5.", "1000000000.00", "1000000000.01", "18446744073709551616", "007", "１２", "\xff",
	} {
		for _, code := range []string{"EUR", "jpy", "KWD", "ZZZ"} {
			f.Add(amount, code)
		}
	}
	f.Fuzz(func(t *testing.T, amount, code string) {
		m, err := ParseMoney(amount, code)
		if err != nil {
			assertSafeReason(t, err.Error())
			return
		}
		if reason := m.validate(); reason != "" {
			t.Errorf("%q %q is read as %v, which is refused: %s", amount, code, m, reason)
		}
		if again, err := ParseMoney(m.Amount(), m.Currency); err != nil || again != m {
			t.Errorf("%q %q is read as %v, and that as %v, %v", amount, code, m, again, err)
		}
		// What was written is what is meant: it differs from the full form in final zeros only.
		padded := amount
		if !strings.Contains(amount, ".") && strings.Contains(m.Amount(), ".") {
			padded += "."
		}
		if missing := len(m.Amount()) - len(padded); missing > 0 {
			padded += strings.Repeat("0", missing)
		}
		if padded != m.Amount() {
			t.Errorf("%q is read as %s", amount, m.Amount())
		}
	})
}

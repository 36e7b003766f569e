package booking

import (
	"errors"
	"slices"
	"strings"
)

// The currencies of ISO 4217 list one (as of 2026) in which a price can be given, by the number of
// their decimals. The tables of x/text are no help: they follow how people round cash, which the
// stored minor units must not depend on, and lack several currencies.
const (
	wholeCurrencies    = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
	thousandCurrencies = "BHD IQD JOD KWD LYD OMR TND"
	centCurrencies     = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD " +
		"BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD " +
		"FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW " +
		"KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN " +
		"NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK " +
		"SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU " +
		"UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)

// Currencies lists the codes of all currencies in which a price can be given, from A to Z.
func Currencies() []string {
	codes := strings.Fields(wholeCurrencies + " " + thousandCurrencies + " " + centCurrencies)
	slices.Sort(codes)
	return codes
}

// ParseCurrency reads an ISO 4217 code in any case and gives it in upper case. The text of the
// error is the reason.
func ParseCurrency(code string) (string, error) {
	upper := strings.ToUpper(code)
	if _, known := decimalsOf(upper); !known {
		return "", errors.New(unknownCurrency(code))
	}
	return upper, nil
}

func unknownCurrency(code string) string {
	return quoted(code) + " is not a known currency; use an ISO 4217 code such as EUR"
}

// decimalsOf is the number of digits after the point, and 2 for a currency that is not known.
func decimalsOf(code string) (decimals int, known bool) {
	for _, list := range []struct {
		codes    string
		decimals int
	}{{centCurrencies, 2}, {wholeCurrencies, 0}, {thousandCurrencies, 3}} {
		// Three letters without a space between them can only match a whole code.
		if len(code) == 3 && !strings.Contains(code, " ") && strings.Contains(list.codes, code) {
			return list.decimals, true
		}
	}
	return 2, false
}

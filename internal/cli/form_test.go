package cli

import (
	"strings"
	"testing"
	"time"
)

func TestACountIsPlainDecimalDigits(t *testing.T) {
	for text, want := range map[string]int{
		"1": 1, "40": 40, "0": 0, "-1": -1, "007": 7, "2147483648": 2147483648,
	} {
		var f form
		if got := f.count("quantity", text); got != want || len(f.bad) > 0 {
			t.Errorf("count(%q) = %d, %v; want %d", text, got, f.bad, want)
		}
	}
	for text, reason := range map[string]string{
		"":                    "is empty",
		" ":                   "has spaces",
		"2 ":                  "has spaces",
		"+2":                  "has a plus sign",
		"1.5":                 "is not a whole number",
		"1,000":               "is not a whole number",
		"1e3":                 "is not a number",
		"0x10":                "is not a number",
		"0o7":                 "is not a number",
		"1_000":               "is not a number",
		"-":                   "is not a number",
		"--1":                 "is not a number",
		"two":                 "is not a number",
		"٣":                   "is not a number",
		"９":                   "is not a number",
		"1\x00":               "is not a number",
		"NaN":                 "is not a number",
		"9223372036854775808": "is far too large",
	} {
		var f form
		f.count("quantity", text)
		if len(f.bad) != 1 || !strings.Contains(f.bad[0].Reason, reason) {
			t.Errorf("count(%q): %v, want a reason with %q", text, f.bad, reason)
		}
	}
}

func TestADurationNeedsAUnit(t *testing.T) {
	var f form
	if got := f.duration("wait", "1m30s"); got != 90*time.Second || len(f.bad) > 0 {
		t.Errorf("1m30s is %s, %v", got, f.bad)
	}
	for _, text := range []string{"", "30", "-1s", "soon", "1e3", "30 s"} {
		var f form
		if f.duration("wait", text); len(f.bad) != 1 {
			t.Errorf("%q was taken for a duration", text)
		}
	}
}

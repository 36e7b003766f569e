package cli

import (
	"strings"
	"testing"
)

func TestTicketTypesAndPoolsOfTheEventThatIsNamedAreOffered(t *testing.T) {
	w := family(t)
	w.must("ticket-type", "add", "senior", "--event", "1")
	w.must("ticket-type", "close", "senior", "--event", "1")
	w.must("ticket-type", "add", "two words; $(reboot)", "--event", "1")
	reference := strings.TrimSpace(w.must("book", "--event", "1", "--line", "adult=2,child=1",
		"-o", "name"))
	const (
		adult  = "adult\t12.50 EUR · 37 free"
		child  = "child\t6.00 EUR · 9 free"
		senior = "senior\t12.50 EUR · 37 free"
	)
	for line, want := range map[string][]string{
		"book --event 1 --type TAB": {adult, child}, "book --event 1 --type CH": {child},
		"hold create --event 1 --type TAB": {adult, child},
		"check --event=1 --type TAB":       {adult, child},
		"code add --event 1 --type TAB":    {adult, child, senior},
		"book --event 1 --line TAB": {
			"adult=\t12.50 EUR · 37 free", "child=\t6.00 EUR · 9 free",
		},
		"book --event 1 --line adult=2,c":             {"adult=2,child=\t6.00 EUR · 9 free"},
		"book --event 1 --line adult=2 --line c":      {"child=\t6.00 EUR · 9 free"},
		"booking cancel " + reference + " --line TAB": {"adult=\t2 seats", "child=\t1 seat"},
		"hold confirm " + reference + " --line ch":    {"child=\t1 seat"},
		"booking cancel --line TAB":                   nil,
		"booking cancel nonsense --line TAB":          nil,
		"ticket-type edit --event 1 TAB":              {adult, child, senior},
		"ticket-type close --event 1 TAB":             {adult, child},
		"ticket-type open --event 1 TAB":              {senior},
		"ticket-type open TAB":                        nil, // of which event?
		"book --event 7 --type TAB":                   nil,
		"ticket-type add x --event 1 --pool TAB":      {"boat\t9 free of 10"},
		"pool edit --event 1 TAB":                     {"boat\t9 free of 10"},
		"pool add --event TAB":                        {"1\tTrip · 37 free"},
		"code list --event TAB":                       {"1\tTrip · 37 free"},
		// Codes are secrets, and stay so.
		"book --event 1 --code TAB": nil, "code disable --event 1 TAB": nil,
		"event create --waitlist TAB": {"strict", "skip"},
	} {
		w.offers(line, want...)
	}
}

func TestOnlyNamesThatMeanThemselvesAreOffered(t *testing.T) {
	for name, want := range map[string]bool{
		"adult": true, "under-18": true, "Börse_2.0": true, "子供": true, "two words": false,
		"$(reboot)": false, "a;b": false, "--yes": false, "a'b": false, "*": false, "a\nb": false,
		"a=b": false, "a\\b": false, "~root": false, "#x": false,
	} {
		if isPlainWord(name) != want {
			t.Errorf("%q is offered: %t", name, !want)
		}
	}
}

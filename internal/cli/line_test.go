package cli

import (
	"slices"
	"strings"
	"testing"

	"evbook/internal/booking"
)

// family makes an event with 40 seats and two ticket types, of which the children share a boat, and
// an access code.
func family(t testing.TB) *world {
	t.Helper()
	w := newWorld(t)
	for _, line := range []string{
		"event create --name Trip --capacity 40 --price 12.50",
		"pool add boat --event 1 --capacity 10", "ticket-type add adult --event 1",
		"ticket-type add child --event 1 --price 6 --pool boat",
		"code add --event 1 --uses 9 --code FRIENDS",
	} {
		w.must(strings.Fields(line)...)
	}
	return w
}

// badWordsForLines do not say which seats are meant.
func badWordsForLines() []badWords {
	lines := []string{
		"", "write adult=2", "adult", `"adult" is not a ticket type with a number of seats`, "=2",
		"write adult=2", "adult=", `"adult": is empty, write a whole number`, "adult=two",
		`"adult": "two" is not a number`, "adult=0", "must be a whole number from 1", "adult=-1",
		"got -1", "adult=1.5", "is not a whole number", "adult=1e3", "is not a number", "adult=２",
		"is not a number", "adult=10000001", "got 10000001", "adult=1=2", "is not a number",
		"adult=99999999999999999999", "far too large", "adult=1,", "write adult=2",
		"adult=1,adult=2", "is named twice; add its seats up", "adult=1,ADULT=2", "is named twice",
		"adult:1", "write adult=2", "\x1b[2J=x", "is not a number", strings.Repeat("x", 900),
		"write adult=2", manyTypes(21), "more than 20 ticket types",
	}
	const ref = "EVB-7K3M9-9QXT4-K"
	return slices.Concat(
		with([]string{"book", "--event", "1"}, "--line", lines...),
		with([]string{"hold", "create", "--event", "1"}, "--line", lines...),
		with([]string{"check", "--event", "1"}, "--line", lines...),
		with([]string{"hold", "confirm", ref}, "--line", lines...),
		with([]string{"booking", "cancel", ref}, "--line", lines...),
		with([]string{"book", "--event", "1", "--qty", "1"}, "--type", "", "--type: is empty"),
		with([]string{"book", "--event", "1", "--type", "x"}, "--qty", "0", "--qty: must be"),
		with([]string{"book", "--event", "1", "--line", "x=1"}, "--qty",
			"2", "is 2, but the lines have 1", "two", "--qty"),
		with([]string{"book", "--event", "1", "--line", "x=1"}, "--type", "x", "beside lines"),
		with([]string{"booking", "cancel", ref, "--line", "x=1"}, "--qty", "1", "beside lines"),
		with([]string{"book", "--from", "-"}, "--line", "x=1", "every row has its own"),
		with([]string{"book", "--from", "-"}, "--type", "x", "every row has its own"),
		with([]string{"book", "--from", "-"}, "--code", "x", "every row has its own"),
		[]badWords{
			{[]string{"book", "--event", "1", "--type", "x"}, "--qty: is missing"},
			{[]string{"book", "--line", "x=1"}, "evbook book --event 1 --qty 2"},
			{[]string{"book", "--event", "1", "--lien", "x=1"}, "did you mean --line?"},
			{[]string{"hold", "release", ref, "--line", "x=1"}, "unknown flag --line"},
		},
	)
}

// manyTypes names so many ticket types in one value of --line.
func manyTypes(n int) string {
	var lines []string
	for i := range n {
		lines = append(lines, strings.Repeat("x", i+1)+"=1")
	}
	return strings.Join(lines, ",")
}

func TestLinesAreTheSameHoweverTheyAreTyped(t *testing.T) {
	for _, args := range [][]string{
		{"--line", "adult=2", "--line", "child=3"}, {"--line", "adult=2,child=3"},
		{"--line=adult=2", "--line=child=3", "--qty", "5"},
	} {
		w := family(t)
		said := w.must(append([]string{"book", "--event", "1"}, args...)...)
		if !strings.HasPrefix(said, `Booked 5 seats (2 adult, 3 child) for "Trip". 35 left.`) {
			t.Errorf("%v: %s", args, said)
		}
	}
}

func TestRowsOfAFileNameTypesLinesAndCodesInBothFormats(t *testing.T) {
	for name, text := range map[string]string{
		"ndjson": `{"event_id":1,"quantity":1,"type":"adult"}
{"event_id":1,"lines":[{"type":"adult","quantity":1},{"type":"child","quantity":2}]}
{"event_id":1,"quantity":2,"type":"child","code":"friends","hold":true}
{"event_id":1,"quantity":20,"type":"child"}
{"event_id":1,"quantity":1}`,
		"csv": "event_id,quantity,type,lines,code,hold\n1,1,adult,,,\n1,,,\"adult=1,child=2\",,\n" +
			"1,2,child,,friends,true\n1,20,child,,,\n1,1,,,,\n",
	} {
		w := family(t)
		got := w.bookRows(text, 9, "--on-error", "skip")
		if statuses(got.Data) != "booked booked held refused refused" ||
			got.Message != "booked 2 bookings with 4 seats, 1 row held, 2 rows refused" {
			t.Errorf("%s: %+v", name, got)
		}
		if list := w.must("pool", "list", "--event", "1"); !strings.Contains(list, "boat     6") {
			t.Errorf("%s: %s", name, list)
		}
		w.must("verify")
	}
	w := family(t)
	for row, says := range map[string]string{
		"1,adult,,":            "",
		"1,,adult=1,":          "",
		",,,":                  "quantity: is missing",
		"0,adult,,":            "quantity: must be a whole number from 1",
		",,adult,":             "lines: \"adult\" is not a ticket type with a number of seats",
		"2,,adult=1,":          "quantity: is 2, but the lines have 1; leave it out",
		"1,adult,adult=1,":     "type: is given beside lines; the lines name the types already",
		"1,adult,,none":        `has no access code "NONE" that can be used`,
		"1,senior,,":           `event 1 has no ticket type "senior"`,
		`,,"adult=1,adult=1",`: "is named twice",
	} {
		w.in = "quantity,type,lines,code\n" + row + "\n"
		_, stderr, code := w.run("book", "--from", "-", "--event", "1", "-n")
		if code == 0 != (says == "") || !strings.Contains(stderr, says) {
			t.Errorf("%s: exit %d, stderr %q, want %q", row, code, stderr, says)
		}
	}
}

func TestTheSeatsOfABookingAreWrittenWithTheirTypes(t *testing.T) {
	lines := []booking.Line{
		{Type: 1, Name: "adult", Quantity: 2}, {Type: 2, Name: "child", Quantity: 1},
	}
	for want, b := range map[string]booking.Booking{
		"1 seat":                     {Quantity: 1},
		"3 seats (2 adult, 1 child)": {Quantity: 3, Lines: lines},
		"2 seats (2 adult)":          {Quantity: 2, Lines: lines[:1]},
	} {
		if got := seatsOf(b); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

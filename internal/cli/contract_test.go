package cli

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"evbook/internal/contract"
	"evbook/internal/httpapi"
)

// theContract is that of HTTP, whose answers the command line gives as JSON.
var theContract = sync.OnceValue(func() *contract.Contract {
	return contract.New(httpapi.OpenAPI("json"))
})

// answering are command lines by turns, with the schema that the contract has for the answer. {a}
// and the like stand for the booking that an earlier line with "= a" behind it made.
func answering() [][2]string {
	return slices.Concat([][2]string{
		{"EventAnswer", "event create --name Meetup --capacity 40 --slug go --price 12.50"},
		{"EventAnswer", "event edit go --capacity 60"},
		{"EventAnswer", "event close 1"},
		{"EventAnswer", "event open 1"},
		{"EventAnswer", "event show 1"},
		{"EventListAnswer", "event list --limit 1"},
		{"CheckAnswer", "check --event 1 --qty 2"},
		{"MadeBookingAnswer", "book --event 1 --qty 2 --email ann@example.org = a"},
		{"BookingAnswer", "booking show {a}"},
		{"BookingAnswer", "booking change {a} --qty 3"},
		{"BookingAnswer", "booking edit {a} --name Ann --note window"},
		{"BookingAnswer", "booking cancel {a} --qty 1 --reason ill"},
		{"BookingListAnswer", "booking list --event 1"},
		{"BatchAnswer", "book --event 1 --from good.csv"},
		{"BatchPartial", "book --event 1 --from bad.csv --on-error skip"},
		{"MadeBookingAnswer", "hold create --event 1 --qty 2 = h"},
		{"BookingAnswer", "hold show {h}"},
		{"BookingAnswer", "hold extend {h} --ttl 1h"},
		{"BookingListAnswer", "hold list --event 1"},
		{"BookingAnswer", "hold confirm {h} --qty 1"},
		{"MadeBookingAnswer", "hold create --event 1 --qty 2 = r"},
		{"BookingAnswer", "hold release {r}"},
	}, answeringOfParts(), answeringOfWaiting())
}

func answeringOfParts() [][2]string {
	return [][2]string{
		{"EventAnswer", "event create --name Concert --capacity 20"},
		{"PoolAnswer", "pool add balcony --event 2 --capacity 10"},
		{"PoolAnswer", "pool edit balcony --event 2 --capacity 12"},
		{"PoolListAnswer", "pool list --event 2"},
		{"TicketTypeAnswer", "ticket-type add child --event 2 --price 6 --pool balcony"},
		{"TicketTypeAnswer", "ticket-type edit child --event 2 --price 7"},
		{"TicketTypeAnswer", "ticket-type close child --event 2"},
		{"TicketTypeAnswer", "ticket-type open child --event 2"},
		{"TicketTypeListAnswer", "ticket-type list --event 2"},
		{"CodeAnswer", "code add --event 2 --uses 20 --code FRIENDS"},
		{"CodeListAnswer", "code list --event 2"},
		{"BookingAnswer", "booking move {a} --to-event 2 --to-type child"},
		{"MadeBookingAnswer", "booking transfer {a} --email bob@example.org"},
		{"CodeAnswer", "code disable FRIENDS --event 2"},
		{"EventAnswer", "event show 2"},
	}
}

func answeringOfWaiting() [][2]string {
	return [][2]string{
		{"EventAnswer", "event create --name Workshop --capacity 1"},
		{"MadeBookingAnswer", "book --event 3 --qty 1"},
		{"Failure", "book --event 3 --qty 1"},
		{"MadeBookingAnswer", "waitlist join --event 3 --qty 1 --email cleo@example.org = w"},
		{"WaitAnswer", "waitlist explain {w}"},
		{"BookingListAnswer", "waitlist list --event 3"},
		{"BookingAnswer", "waitlist leave {w}"},
		{"EventAnswer", "event cancel 3 --reason rain --yes"},
		{"EventAnswer", "event create --name Mistake --capacity 1"},
		{"EventAnswer", "event delete 4"},
		{"Failure", "event show 4"},
		{"Failure", "event list --status lost"},
		{"Standing", "event watch 3 -o ndjson"},
	}
}

func TestTheCommandLineAnswersAsHTTPDoes(t *testing.T) {
	w := newWorld(t)
	w.vars["EVBOOK_OUTPUT"] = "json"
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"good.csv": "quantity\n1\n2\n", "bad.csv": "quantity\n1\n2000\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// The door is nobody at the command line, and servers alone tell that they are up.
	given := map[string]bool{"SeenBookingAnswer": true, "EmptyAnswer": true}
	made := map[string]string{}
	for _, line := range answering() {
		schema := line[0]
		given[schema] = true
		command, name, _ := strings.Cut(line[1], " = ")
		for name, reference := range made {
			command = strings.ReplaceAll(command, "{"+name+"}", reference)
		}
		text, stderr, _ := w.run(strings.Fields(command)...)
		switch schema {
		case "Failure": // which has no number where there is no request
			text = strings.Replace(text, `"error":{`, `"error":{"request_id":"r1",`, 1)
		case "BatchAnswer", "BatchPartial": // whose rows have lines where they are a file
			text = regexp.MustCompile(`"line":\d+,`).ReplaceAllString(text, "")
		}
		if err := theContract().Conform(schema, text); err != nil {
			t.Errorf("evbook %s breaks %s: %v\n%s%s", command, schema, err, text, stderr)
		}
		if name != "" {
			made[name] = regexp.MustCompile(`EVB-\w{5}-\w{5}-\w`).FindString(text)
		}
		for _, other := range []string{"EventAnswer", "CheckAnswer"} {
			if other != schema && theContract().Conform(other, text) == nil {
				t.Errorf("%s is taken for %s", text, other)
			}
		}
	}
	for name := range theContract().Components().Schemas {
		if strings.HasSuffix(name, "Answer") && !given[name] {
			t.Errorf("no command gives %s", name)
		}
	}
}

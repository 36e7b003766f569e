package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// rowAnswer is what evbook tells of one row.
type rowAnswer struct {
	Row, Line int
	Reference *string
	EventID   *int64 `json:"event_id"`
	Quantity  int
	Status    string
	Code      *string
	Message   *string
}

// bookRows books a text of many rows and gives the answer to each of them.
func (w *world) bookRows(text string, code int, args ...string) (answer struct {
	Success bool
	Message string
	DryRun  bool `json:"dry_run"`
	Data    []rowAnswer
	Error   struct{ Code string }
}) {
	w.t.Helper()
	w.in = text
	stdout, stderr, got := w.run(append([]string{"book", "--from", "-", "-o", "json"}, args...)...)
	if got != code {
		w.t.Fatalf("exit %d, want %d\n%s", got, code, stderr)
	}
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil {
		w.t.Fatalf("%v in %s", err, stdout)
	}
	return answer
}

// statuses are those of all rows.
func statuses(rows []rowAnswer) string {
	var all []string
	for _, r := range rows {
		all = append(all, r.Status)
	}
	return strings.Join(all, " ")
}

func (w *world) confirmedIs(event string, want int) {
	w.t.Helper()
	shown := w.must("event", "show", event, "-o", "json")
	if !strings.Contains(shown, fmt.Sprintf(`"confirmed":%d,`, want)) {
		w.t.Errorf("want %d seats in %s", want, shown)
	}
	w.must("verify")
}

// hall makes a world with an event.
func hall(t testing.TB, capacity int) *world {
	t.Helper()
	w := newWorld(t)
	w.must("event", "create", "--name", "Go Meetup", "--slug", "go", "--capacity",
		fmt.Sprint(capacity))
	return w
}

func TestBothFormatsSayTheSame(t *testing.T) {
	for name, text := range map[string]string{
		"ndjson": `{"event_id":1,"quantity":2,"user_email":"ada@example.org",` +
			`"name":"Ada, L.","note":"a\nb"}

 {"quantity":1,"event_id":"go","idempotency_key":"k"}
{"event_id":1,"quantity":3,"user_email":null,"name":null,"note":null,"idempotency_key":null}`,
		"ndjson, CRLF": "{\"event_id\":1,\"quantity\":2,\"user_email\":\"ada@example.org\"," +
			"\"name\":\"Ada, L.\",\"note\":\"a\\nb\"}\r\n\r\n" +
			"{\"event_id\":\"go\",\"quantity\":1,\"idempotency_key\":\"k\"}\r\n" +
			"{\"event_id\":1,\"quantity\":3}\r\n",
		"csv": `event_id,quantity,user_email,name,note,idempotency_key
1,2,ada@example.org,"Ada, L.","a
b",

go,1,,,,k
1,3,,,,`,
		"csv of Excel": "\ufeffquantity,event_id,name,user_email,idempotency_key,note\r\n" +
			"2,1,\"Ada, L.\",ada@example.org,,\"a\r\nb\"\r\n1,go,,,k,\r\n3,1,,,,\r\n",
	} {
		w := hall(t, 40)
		if got := w.bookRows(text, 0); statuses(got.Data) != "booked booked booked" ||
			got.Message != "booked 3 bookings with 6 seats" {
			t.Errorf("%s: %+v", name, got)
		}
		list := w.must("booking", "list", "-o", "json", "--fields", "quantity,user_email,name,note")
		const want = `[{"quantity":2,"user_email":"ada@example.org","name":"Ada, L.",` +
			`"note":"a\nb"},{"quantity":1,"user_email":null,"name":null,"note":null},` +
			`{"quantity":3,"user_email":null,"name":null,"note":null}]`
		if !strings.Contains(list, want) {
			t.Errorf("%s: %s", name, list)
		}
		if again := w.bookRows(text, 0); statuses(again.Data) != "booked replayed booked" {
			t.Errorf("%s, again: %s", name, statuses(again.Data))
		}
	}
}

func TestRowsOfAFileAreAllBookedOrNone(t *testing.T) {
	w := hall(t, 5)
	const text = "event_id,quantity\n1,2\n1,9\n2,1\n1,1\n"
	w.in = text
	stdout, stderr, code := w.run("book", "--from", "-")
	if code != 4 || stdout != "" || stderr != `error: 2 of 4 rows refused, nothing was booked
  line 3: only 3 seats left for event 1, asked for 9
  line 4: no event 2
hint:  --on-error skip books the others
` {
		t.Errorf("exit %d, stdout %q, stderr\n%s", code, stdout, stderr)
	}
	w.confirmedIs("1", 0)
	got := w.bookRows(text, 9, "--on-error", "skip")
	if statuses(got.Data) != "booked refused refused booked" || got.Success ||
		got.Error.Code != "partial" ||
		got.Message != "booked 2 bookings with 3 seats, 2 rows refused" {
		t.Errorf("got %+v", got)
	}
	refused := got.Data[1]
	if refused.Row != 2 || refused.Line != 3 || refused.Reference != nil || *refused.EventID != 1 ||
		*refused.Code != "sold_out" || !strings.HasPrefix(*refused.Message, "only 3 seats left") {
		t.Errorf("got %+v", refused)
	}
	w.confirmedIs("1", 3)
}

func TestSkippingBooksWhatIsGoodOfABadFile(t *testing.T) {
	w := hall(t, 5)
	got := w.bookRows("{\"event_id\":1,\"quantity\":0}\n{\"quantity\":1}\nnonsense\n{\"event_id\":"+
		"\"go\",\"quantity\":1}\n", 9, "--on-error", "skip")
	if statuses(got.Data) != "refused refused refused booked" || *got.Data[2].Code != "invalid" {
		t.Errorf("got %+v", got)
	}
	w.confirmedIs("1", 1)
	// With --event, a row needs none.
	got = w.bookRows("quantity\n1\n2\n", 0, "--on-error", "skip", "--event", "go")
	if statuses(got.Data) != "booked booked" {
		t.Errorf("got %+v", got)
	}
	w.confirmedIs("1", 4)
}

func TestAKeyForTheFileMakesRepeatingItSafe(t *testing.T) {
	w := hall(t, 40)
	const text = "event_id,quantity,idempotency_key\n1,2,\n1,1,own\n1,3,\n"
	first := w.bookRows(text, 0, "--idempotency-key", "monday")
	again := w.bookRows(text, 0, "--idempotency-key", "monday", "--on-error", "skip")
	if statuses(again.Data) != "replayed replayed replayed" ||
		again.Message != "booked 0 bookings with 0 seats, 3 rows booked before" {
		t.Errorf("got %+v", again)
	}
	for i, row := range again.Data {
		if *row.Reference != *first.Data[i].Reference {
			t.Errorf("row %d was %s, is %s", i+1, *first.Data[i].Reference, *row.Reference)
		}
	}
	w.confirmedIs("1", 6)
	// The key of a row is what it looks like: row 3 of the file.
	if out := w.must("book", "--event", "1", "--qty", "3", "--idempotency-key", "monday/3",
		"-o", "name"); strings.TrimSpace(out) != *first.Data[2].Reference {
		t.Errorf("monday/3 is %s", out)
	}
	w.bookRows("event_id,quantity\n1,4\n", 5, "--idempotency-key", "monday")
	w.confirmedIs("1", 6)
}

func TestMoreThanAChunkIsBookedInOrder(t *testing.T) {
	w := hall(t, 2_500)
	text := "event_id,quantity\n" + strings.Repeat("1,1\n", 2_700)
	path := filepath.Join(t.TempDir(), "guests.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, code := w.run("book", "--from", path, "--on-error", "skip", "-o", "name")
	listed := w.must("booking", "list", "--all", "-o", "name")
	if code != 9 || stderr != "" || stdout != listed || strings.Count(stdout, "\n") != 2_500 {
		t.Errorf("exit %d, %d references, stderr %s", code, strings.Count(stdout, "\n"), stderr)
	}
	w.confirmedIs("1", 2_500)
}

func TestAFileIsToldInEveryFormat(t *testing.T) {
	w := hall(t, 3)
	w.in = "event_id,quantity\n1,2\n1,2\n"
	for _, c := range []struct {
		format string
		lines  []string
	}{
		{"table", []string{"Dry run: Booked 1 booking with 2 seats, 1 row refused.",
			"  line 3: only 1 seat left for event 1, asked for 2", ""}},
		{"name", []string{""}},
		{"csv", []string{"row,line,reference,event_id,quantity,status,code,message,secret",
			"1,2,,1,2,booked,,,",
			`2,3,,1,2,refused,sold_out,"only 1 seat left for event 1, asked for 2",`, ""}},
		{"plain", []string{"1\t2\t\t1\t2\tbooked\t\t\t",
			"2\t3\t\t1\t2\trefused\tsold_out\tonly 1 seat left for event 1, asked for 2\t", ""}},
		{"ndjson", []string{`{"row":1,"line":2,"reference":null,"event_id":1,"quantity":2,` +
			`"status":"booked","code":null,"message":null}`,
			`{"row":2,"line":3,"reference":null,"event_id":1,"quantity":2,"status":"refused",` +
				`"code":"sold_out","message":"only 1 seat left for event 1, asked for 2"}`, ""}},
	} {
		stdout, _, code := w.run("book", "--from", "-", "--on-error", "skip", "-n", "-o", c.format)
		if got := strings.Split(stdout, "\n"); code != 9 || !slices.Equal(got, c.lines) {
			t.Errorf("%s: exit %d\n%s", c.format, code, stdout)
		}
	}
	w.in = "quantity\n1\n"
	if out := w.must("book", "--from", "-", "--event", "1", "-n", "-o", "csv", "--fields",
		"line,status", "-q", "--no-header"); out != "2,booked\n" {
		t.Errorf("only two fields: %q", out)
	}
}

func TestABarShowsProgressToAPersonOnly(t *testing.T) {
	text := "event_id,quantity\n" + strings.Repeat("1,1\n", 3*bookedAtOnce)
	for _, c := range []struct {
		args     []string
		terminal bool
		want     bool
	}{
		{nil, true, true}, {nil, false, false}, {[]string{"--quiet"}, true, false},
	} {
		w := hall(t, 10_000)
		path := filepath.Join(t.TempDir(), "guests.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		w.interactive = c.terminal
		stdout, stderr, code := w.run(append([]string{
			"book", "--from", path, "--on-error", "skip"}, c.args...)...)
		if code != 0 || strings.Contains(stderr, "Booking") != c.want ||
			strings.Contains(stdout, "Booking ") {
			t.Errorf("%v: exit %d, stdout %q, stderr %q", c, code, stdout, stderr)
		}
		if c.want && !strings.HasSuffix(stderr, clearLine) {
			t.Errorf("the bar is left on the screen: %q", stderr)
		}
	}
}

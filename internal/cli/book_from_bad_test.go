package cli

import (
	"errors"
	"strings"
	"testing"

	"evbook/internal/booking"
)

// badFile is a file of bookings that has to be refused; says is part of what standard error says.
type badFile struct{ text, says string }

// below puts each bad record below a header that is good.
func below(header string, pairs ...string) (all []badFile) {
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, badFile{header + "\n" + pairs[i] + "\n", pairs[i+1]})
	}
	return all
}

func badCSV() []badFile {
	const header, full = "event_id,quantity,name", "event_id,quantity,user_email,name,note"
	long := strings.Repeat("x", maxRow)
	return append(append(below(header,
		"1,0,Ada", "line 2: quantity: must be a whole number from 1 to 10000000, got 0",
		"1,-1,Ada", "got -1", "1,1.5,Ada", `"1.5" is not a whole number`,
		"1,1e3,Ada", `"1e3" is not a number`, "1,+2,Ada", "plus sign", "1, 2,Ada", "has spaces",
		"1,0x10,Ada", "is not a number", "1,２,Ada", "is not a number",
		"1,2_000,Ada", "is not a number",
		"1,10000001,Ada", "got 10000001", "1,99999999999999999999,Ada", "far too large",
		"1,,Ada", "quantity: is missing", ",2,Ada", "event_id: is missing",
		"0,2,Ada", "event_id: ", "-1,2,Ada", "event_id: ", "1.0,2,Ada", "event_id: ",
		"Go Meetup,2,Ada", `"Go Meetup" is neither`, "001,2,Ada", "event_id: ",
		"1,2", "line 2: has 2 columns, the first line names 3", "1,2,Ada,x", "has 4 columns",
		"1", "line 2: has 1 column, the first line names 3",
		"1,2,Ada\n1,2\n1,2,Eve", "line 3: has 2 columns", "1,2,\xff", "UTF-8",
		"1,2,a\x00b", "U+0000", "1,2,\x1b[31m", "U+001B", "1,2,\u202eevil", "U+202E",
		"1,2,   ", "blank", "1,2,"+strings.Repeat("x", 201), "at most 200",
		"1,2,\"a\nb\"", "line 2: name: has a line break",
		"1,2,\"a\n\nb\"\n1,x,Eve", "line 5: quantity", "1,2,Ada\n\n\n1,x,Eve", "line 5: quantity",
		"1,2,\"Ada", `line 2: extraneous or missing " in quoted-field`,
		"1,2,A\"da\"", `line 2: bare " in non-quoted-field`,
		"1,2,\""+strings.Repeat("a\n", 2*maxRow), "is not closed", "1,2,"+long, "longer than 65536",
	), below(full,
		"1,2,ada,,", "user_email: ", "1,2,a@b@example.org,,", "user_email: ",
		"1,2,Ada <ada@example.org>,,", "user_email: ", "1,2,,,\x07", "U+0007",
		"1,2,,,"+strings.Repeat("n", 1_001), "at most 1000",
		"1,0,ada,a\tb,", "quantity: must be a whole number from 1 to 10000000, got 0; user_email: ",
	)...), append(below("event_id,quantity,idempotency_key",
		"1,2,two words", "idempotency_key: has ' '", "1,2,ключ", "idempotency_key: ",
		"1,2,"+strings.Repeat("k", 256), "at most 255",
		"1,1,k\n1,1,other\n1,1,k", `line 4: idempotency_key: "k" stands in line 2 already`,
	), badHeaders()...)...)
}

func badHeaders() []badFile {
	return []badFile{
		{"", "no rows to book"}, {" \r\n\t\n", "no rows to book"}, {"\ufeff", "no rows to book"},
		{"event_id,quantity\n", "no rows to book"}, {"event_id,quantity", "no rows to book"},
		{"event_id,qty\n1,2\n", "did you mean quantity?"},
		{"event,qty,email\n1,2,\n", "did you mean event_id, quantity, user_email?"},
		{"Event_ID,Quantity\n1,2\n", `line 1: unknown column "Event_ID", "Quantity"`},
		{"event_id, quantity\n1,2\n", "did you mean quantity?"},
		{"event_id,quantity,seat\n1,2,3\n", "columns are event_id,quantity,user_email,name,note"},
		{"event_id,quantity,\n1,2,\n", `unknown column ""`},
		{"event_id,quantity,quantity\n1,2,2\n", `two columns "quantity"`},
		{"quantity\n2\n", "no column event_id"}, {"event_id\n1\n", "no column quantity"},
		{"event_id;quantity\n1;2\n", "no commas"}, {"event_id\tquantity\n1\t2\n", "no commas"},
		{"event_id,quantity\r1,2\r", "unknown column"}, {"1,2\n1,3\n", "names the columns"},
		{"\xff\xfee\x00v\x00", "UTF-16"}, {"\xfe\xff\x00e\x00v", "UTF-16"},
		{"\"event_id,quantity\n1,2\n", `missing " in quoted-field`},
		{"e\x00v\n", "unknown column"}, {strings.Repeat(" ", 2*maxRow) + "x", "longer than 65536"},
	}
}

func badNDJSON() []badFile {
	const good = `{"event_id":1,"quantity":1}` + "\n"
	return []badFile{
		{`{"event_id":1,"quantity":0}`, "line 1: quantity: must be"},
		{`{"event_id":1,"quantity":-1}`, "got -1"}, {`{"event_id":1,"quantity":1.5}`, "quantity"},
		{`{"event_id":1,"quantity":1e3}`, "quantity"},
		{`{"event_id":1,"quantity":"2"}`, "quantity"},
		{`{"event_id":1,"quantity":null}`, "quantity"}, {`{"event_id":1}`, "quantity: is missing"},
		{`{"event_id":1,"quantity":true}`, "quantity"}, {`{"event_id":1,"quantity":[1]}`, "array"},
		{`{"quantity":1}`, "event_id: is missing"}, {`{}`, "quantity: is missing"},
		{`{"event_id":null,"quantity":1}`, "event_id: is missing"},
		{`{"event_id":0,"quantity":1}`, "event_id: must be"},
		{`{"event_id":1.0,"quantity":1}`, "event_id: "},
		{`{"event_id":"Go Meetup","quantity":1}`, `"Go Meetup" is neither`},
		{`{"event_id":"","quantity":1}`, "event_id: "}, {`{"event_id":{},"quantity":1}`, "object"},
		{`{"event":1,"quantity":1}`, "did you mean event_id?"},
		{`{"event_id":1,"qty":1}`, "did you mean quantity?"},
		{`{"event_id":1,"quantity":1,"email":"a@example.org"}`, "did you mean user_email?"},
		{`{"event_id":1,"quantity":1,"seat":1}`, "known are event_id, quantity, user_email"},
		{`{"Event_id":1,"quantity":1}`, "did you mean event_id?"},
		{`{"event_id":1,"quantity":1,"quantity":2}`, "quantity: is given twice"},
		{`{"event_id":1,"quantity":1}{"event_id":1,"quantity":1}`, "goes on after the JSON object"},
		{`{"event_id":1,"quantity":1},`, "goes on after"},
		{`{"event_id":1,"quantity":1`, "ends before"},
		{`{"event_id":1,"quantity":1,}`, "not valid JSON"}, {`{'event_id':1}`, "not valid JSON"},
		{"{\n\"event_id\":1,\n\"quantity\":1\n}", "line 1: the row ends before"},
		{good + `[1,2]`, "line 2: the row is an array"}, {good + `1`, "the row is the number 1"},
		{good + "\n\n" + `"x"`, `line 4: the row is the text "x"`}, {good + "x", "not valid JSON"},
		{good + "event_id,quantity\n", "line 2: the row is not valid JSON"},
		{`[{"event_id":1,"quantity":1}]`, "jq -c"},
		{"\ufeff" + good, "byte order mark"}, {good + "\ufeff" + good, "not valid JSON"},
		{`{"event_id":1,"quantity":1,"name":"` + "\xff" + `"}`, "not valid JSON"},
		{`{"event_id":1,"quantity":1,"name":"a` + "\x00" + `"}`, "not valid JSON"},
		{`{"event_id":1,"quantity":1,"name":"\u0000"}`, "U+0000"},
		{`{"event_id":1,"quantity":1,"name":"\ud800"}`, "not valid JSON"},
		{`{"event_id":1,"quantity":1,"name":7}`, "name: must be a text"},
		{`{"event_id":1,"quantity":1,"hold":"yes"}`, "hold: must be true or false"},
		{`{"event_id":1,"quantity":1,"hold":false,"ttl_seconds":60}`, "is only for seats that are"},
		{`{"event_id":1,"quantity":1,"ttl_seconds":0}`, "must be from 60 to 86400 seconds, got 0"},
		{`{"event_id":1,"quantity":1,"user_email":"ada"}`, "user_email: must be"},
		{`{"event_id":1,"quantity":1,"idempotency_key":""}`, "idempotency_key: is empty"},
		{`{"event_id":1,"quantity":1,"idempotency_key":7}`, "idempotency_key: must be a text"},
		{`{"event_id":1,"quantity":1,"idempotency_key":"a b"}`, "idempotency_key: has ' '"},
		{`{"event_id":1,"quantity":1,"note":"` + strings.Repeat("n", maxRow) + `"}`, "longer than"},
		{strings.Repeat(good, booking.MaxRows+1), "more than 100000 rows"},
	}
}

func TestBadFilesAreExplainedAndBookNothing(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "Go Meetup", "--capacity", "1000000", "--slug", "go-meetup")
	before := w.must("event", "show", "1", "-o", "json")
	cases := append(badCSV(), badNDJSON()...)
	for _, c := range cases {
		w.in = c.text
		shown := c.text[:min(len(c.text), 80)]
		stdout, stderr, code := w.run("book", "--from", "-")
		if code != 2 || stdout != "" {
			t.Errorf("%q: exit %d, want 2, stdout %q\n%s", shown, code, stdout, stderr)
		}
		if !strings.HasPrefix(stderr, "error: ") || !strings.Contains(stderr, c.says) {
			t.Errorf("%q: standard error does not say %q:\n%s", shown, c.says, stderr)
		}
		if strings.ContainsFunc(stderr, drivesTerminal) || len(stderr) > 1_000 {
			t.Errorf("%q: %d bytes of explanation: %q", shown, len(stderr), stderr)
		}
	}
	if after := w.must("event", "show", "1", "-o", "json"); after != before {
		t.Errorf("bad files have changed something:\n%s\n%s", before, after)
	}
	if len(cases) < 60 {
		t.Errorf("only %d bad files", len(cases))
	}
	t.Logf("%d bad files", len(cases))
}

func TestTwentyBadLinesAreNamedAndTheRestIsCounted(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "Go Meetup", "--capacity", "10")
	w.in = "event_id,quantity\n" + strings.Repeat("1,0\n", 25) + "1,1\n"
	_, stderr, code := w.run("book", "--from", "-")
	if code != 2 ||
		!strings.HasPrefix(stderr, "error: 25 of 26 rows refused, nothing was booked\n") ||
		strings.Count(stderr, "\n  line ") != 20 || !strings.Contains(stderr, "\n  and 5 more\n") {
		t.Errorf("exit %d\n%s", code, stderr)
	}
	stdout, _, _ := w.run("book", "--from", "-", "-o", "json")
	if strings.Count(stdout, `{"name":"line `) != 20 || strings.Count(stdout, "\n") != 1 {
		t.Errorf("stdout %s", stdout)
	}
}

func TestSkippingIsProposedOnlyWhereRowsAreLeft(t *testing.T) {
	w := hall(t, 5)
	for rows, proposed := range map[string]bool{
		"1,9\n": false, "1,9\n2,1\n": false, "1,x\n1,0\n": false, "1,1\n1,9\n": true,
	} {
		w.in = "event_id,quantity\n" + rows
		_, stderr, code := w.run("book", "--from", "-")
		if code == 0 || strings.Contains(stderr, "--on-error skip") != proposed {
			t.Errorf("%q: exit %d\n%s", rows, code, stderr)
		}
	}
	w.confirmedIs("1", 0)
}

func TestFlagsThatDoNotGoWithAFileAreRefused(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "Go Meetup", "--capacity", "10")
	w.in = "event_id,quantity\n1,1\n"
	for _, c := range []struct{ line, says string }{
		{"--from - --qty 1", "--qty cannot stand together with --from"},
		{"--from - --email ada@example.org", "--email cannot"},
		{"--from - --name Ada", "--name cannot"}, {"--from - --note x", "--note cannot"},
		{"--from - --on-error ignore", `cannot be "ignore", only stop or skip`},
		{"--from - --on-error skpi", `did you mean "skip"?`},
		{"--from - --on-error=", "--on-error: cannot be"},
		{"--event 1 --qty 1 --on-error skip", "--on-error needs --from"},
		{"--from=", "--from: is missing"}, {"--from .", "cannot read .: is a directory"},
		{"--from missing.csv", "cannot read missing.csv: no such file"},
		{"--from - --event x", "--event: "}, {"--from - --idempotency-key=", "is empty"},
		{"--from - --idempotency-key=ключ", "--idempotency-key: "},
		{"--from - --idempotency-key=" + strings.Repeat("k", 249), "with the number of a row it"},
		{"--from - --fields reference,status,x", "row,line,reference,event_id,quantity,status"},
	} {
		_, stderr, code := w.run(append([]string{"book"}, strings.Fields(c.line)...)...)
		if code != 2 || !strings.Contains(stderr, c.says) {
			t.Errorf("%s: exit %d, want %q in\n%s", c.line, code, c.says, stderr)
		}
	}
	w.interactive = true
	if _, stderr, code := w.run("book", "--from", "-"); code != 2 ||
		!strings.Contains(stderr, "--from: nothing is piped") {
		t.Errorf("on a terminal: exit %d\n%s", code, stderr)
	}
	w.interactive = false
	w.confirmedIs("1", 0)
}

// A file that never ends must not fill the memory.
func TestAFileWithoutAnEndIsRefused(t *testing.T) {
	for start, says := range map[string]string{
		"event_id,quantity\n1,\"": "is not closed", "{": "longer than", "": "longer than",
	} {
		rows, err := readRows(&endless{[]byte(start)}, "it", booking.Selector{})
		var e *booking.Error
		if !errors.As(err, &e) || !strings.Contains(e.Message+e.Hint, says) {
			t.Errorf("%q: %d rows, %v", start, len(rows), err)
		}
	}
}

// endless is a text that goes on with spaces for ever.
type endless struct{ start []byte }

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.start)
	e.start = e.start[n:]
	for i := n; i < len(p); i++ {
		p[i] = ' '
	}
	return len(p), nil
}

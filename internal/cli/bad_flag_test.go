package cli

import (
	"slices"
	"strings"
	"testing"
)

// badWordsForLists are filters, orders and pages that there are not.
func badWordsForLists() []badWords {
	events, bookings := []string{"event", "list"}, []string{"booking", "list"}
	journal := []string{"log"}
	return slices.Concat(
		with(events, "--status",
			"sold", `got "sold"`, "OPEN", `got "OPEN"`, "open,nope", `got "nope"`,
			"", "--status: is missing", "open;closed", "--status: must be one of draft, open",
			"confirmed", "--status: must be one of draft, open", "*", `got "*"`),
		with(bookings, "--status",
			"open", "must be one of waiting, held, confirmed, cancelled, ",
			"canceled", `got "canceled"`,
			"", "--status: is missing", "\x1b[2J", "--status: must be one of"),
		with(events, "--available",
			"0", "--available: must be", "-1", "--available: must be a whole number from 1",
			"", "--available: is empty", "few", "is not a number", "1.5", "is not a whole number",
			"1e3", "is not a number", "10000001", "got 10000001", "9223372036854775808",
			"far too large", " 3", "has spaces", "+3", "plus sign", "３", "is not a number"),
		with([]string{"event", "close", "1"}, "--if-version",
			"", "--if-version: is empty", "0", "must be 1 or more, got 0", "-1", "got -1", "one",
			"is not a number", "1.0", "is not a whole number", "9223372036854775808",
			"far too large", "1,2", "is not a whole number"),
		with([]string{"event", "edit", "1", "--capacity", "9"}, "--if-version",
			"x", "--if-version"),
		with([]string{"event", "cancel", "1", "--yes"}, "--if-version", "x", "--if-version"),
		with(events, "--search",
			"", "--search: is missing", strings.Repeat("x", 201), "at most 200 are allowed"),
		with(bookings, "--search",
			"", "--search: is missing", strings.Repeat("x", 10_000), "at most 200 are allowed"),
		with(bookings, "--email", "", "--email: is missing"),
		with(events, "--sort",
			"", "--sort: is missing", "-", "--sort: must be one of id, name", "--name", `"-name"`,
			"NAME", `did you mean "name"?`, "nmae", `did you mean "name"?`, "-pirce", `"-price"`,
			"name,id", "--sort: must be one of", "email", "--sort: ", "1; DROP TABLE event",
			"--sort: "),
		with(bookings, "--sort",
			"reference", "--sort: must be one of created_at", "-creatd_at", `"-created_at"`,
			"price", "--sort: ", strings.Repeat("name", 5_000), "--sort: "),
		withTimes(events, "--since"), withTimes(events, "--until"),
		withTimes(bookings, "--since"), withTimes(bookings, "--until"),
		withTimes(journal, "--since"),
		with(append(slices.Clone(events), "--since", "2026-12-02"), "--until",
			"2026-12-02", "is not after", "2026-12-01", "is not after",
			"2026-12-02T00:00:00+01:00", "is not after"),
		withCursors(events), withCursors(bookings), withCursors(journal),
		[]badWords{
			{[]string{"event", "list", "--all", "--limit", "5"}, "--limit: cannot stand together"},
			{[]string{"booking", "list", "--all", "--limit", "5"}, "--limit: cannot stand"},
			{[]string{"event", "list", "--status", "open", "--status", "closed"}, "given twice"},
			{[]string{"event", "list", "--email", "ada@example.org"}, "unknown flag --email"},
			{[]string{"booking", "list", "--available", "1"}, "unknown flag --available"},
			{[]string{"booking", "list", "--upcoming"}, "unknown flag --upcoming"},
			{[]string{"event", "list", "--untill", "2026-12-01"}, "did you mean --until?"},
			{[]string{"event", "list", "--upcoming=perhaps"}, "--upcoming: cannot be"},
			{[]string{"event", "list", "open"}, `unexpected argument "open"`},
			{[]string{"log", "--ref", "EVB-00000"}, "--ref: "},
			{[]string{"log", "--ref", ""}, "--ref: "},
			{[]string{"log", "--event", "Go Meetup"}, "--event: "},
			{[]string{"log", "--status", "open"}, "unknown flag --status"},
			{[]string{"log", "--limit", "0"}, "--limit: must be a whole number from 1 to 200"},
		},
	)
}

// withTimes puts times behind a flag that there are not.
func withTimes(list []string, flag string) []badWords {
	return with(list, flag,
		"", flag+": is missing", "soon", `"soon" is not a time`, "01.12.2026", "is not a time",
		"2026-13-01 10:00", "does not exist", "2026-02-30 10:00", "does not exist",
		"2026-12-01 25:00", flag+": ", "19:00", flag+": ", "1764612000", "is not a time",
		"1969-12-31 10:00", "1969", "10000-01-01", flag+": ", "+1y", "is not a time",
		"+99999999999d", flag+": ", " 2026-12-01", flag+": ", "2026-12-01T10:00:00+25:00",
		flag+": ")
}

// withCursors puts cursors behind a list that no page of it has named.
func withCursors(list []string) []badWords {
	const foreign = "is not from a former page of this list"
	return with(list, "--cursor",
		"nonsense", foreign, "null", foreign, "..", foreign, "0", foreign, "\xff\xfe", foreign,
		"eyJzIjoiIiwiZSI6MX0", "--cursor: ", strings.Repeat("A", 100_000), foreign)
}

// badWordsForOutput are formats, fields and colours that there are not.
func badWordsForOutput() []badWords {
	list := []string{"event", "list"}
	book := []string{"book", "--event", "1", "--qty", "1"}
	return slices.Concat(
		with(list, "-o",
			"tabel", "did you mean table?", "JSON", "did you mean json?", "xml", "is not a format",
			"json,csv", "is not a format", " json", "is not a format", "\x1b[2J", "output"),
		with(book, "--output", "jsn", "did you mean json?", "pdf", "is not a format"),
		with(list, "--fields",
			"", `no field "", there are id,slug,name`, ",", `no field ""`, "id,", `no field ""`,
			"nmae", `did you mean "name"?`, "ID", `did you mean "id"?`, "id name", `"id name"`,
			"*", "there are id,slug,name", "reference", "no field", "id,\x00", "no field"),
		with(book, "--fields", "id", `no field "id", there are reference,event_id`,
			"refrence", `did you mean "reference"?`),
		with([]string{"booking", "cancel", "EVB-7K3M9-9QXT4-K"}, "--fields", "seats", "no field"),
		with([]string{"booking", "forget", "ada@example.org", "--yes"}, "--fields",
			"email", `no field "email", there are bookings`),
		with([]string{"event", "close", "1"}, "--fields", "state", "no field"),
		with([]string{"log"}, "--fields", "time", "no field", "kind,", `no field ""`),
		with([]string{"check", "--event", "1", "--qty", "1"}, "--fields", "free", "no field"),
		with([]string{"verify"}, "--fields", "finding", `did you mean "findings"?`),
		with([]string{"version"}, "--fields", "vesion", `did you mean "version"?`),
		with([]string{"serve"}, "--fields", "id", "has no fields to pick from"),
		with(append(slices.Clone(list), "-o", "name"), "--fields", "id", "cannot stand together"),
		with(list, "--color",
			"", "write auto, always or never", "yes", "write auto, always or never",
			"Always", "write auto, always or never", "1", "write auto, always or never"),
		[]badWords{
			{[]string{"event", "list", "--no-header=maybe"}, "--no-header"},
			{[]string{"event", "list", "--quiet=2"}, "--quiet"},
			{[]string{"event", "list", "-o", "csv", "-o", "json"}, "given twice"},
			{[]string{"event", "list", "--fields", "id", "--fields", "name"}, "given twice"},
			{[]string{"event", "list", "--colour", "never"}, "did you mean --color?"},
			{[]string{"event", "list", "--field", "id"}, "did you mean --fields?"},
		},
	)
}

// badWordsForMany are what does not go with a file of bookings, or is none.
func badWordsForMany() []badWords {
	return slices.Concat(
		with([]string{"book"}, "--from",
			"", "--from: is missing", "missing.csv", "cannot read missing.csv", ".", "a directory",
			"a\x00b", "cannot read", "-", "no rows to book", strings.Repeat("x", 400),
			"cannot read"),
		with([]string{"book", "--from", "-"}, "--on-error",
			"", "only stop or skip", "Skip", `did you mean "skip"?`, "ignore", "only stop or skip",
			"stop,skip", "only stop or skip"),
		with([]string{"book", "--event", "1", "--qty", "1"}, "--on-error",
			"skip", "--on-error needs --from", "stop", "--on-error needs --from"),
		with([]string{"book", "--from", "-"}, "--qty", "1", "every row has its own"),
		with([]string{"book", "--from", "-"}, "--email", "", "every row has its own"),
		with([]string{"book", "--from", "-"}, "--event",
			"", "--event is empty: leave it out", "Go", "--event: "),
		with([]string{"book", "--from", "-"}, "--idempotency-key",
			"", "is empty", "a b", "--idempotency-key: ", strings.Repeat("k", 250),
			"with the number of a row"),
	)
}

// badWordsForDryRuns are what a dry run refuses as the command does, and what is no dry run.
func badWordsForDryRuns() []badWords {
	return []badWords{
		{[]string{"book", "--event", "1", "--qty", "0", "--dry-run"}, "--qty: must be"},
		{[]string{"book", "--event", "1", "--qty", "1", "--dry-run=maybe"}, "--dry-run"},
		{[]string{"book", "--event", "1", "--qty", "1", "--dry-run="}, "--dry-run"},
		{[]string{"book", "--from", "-", "-n"}, "no rows to book"},
		{[]string{"event", "create", "-n", "--name", "X"}, "--capacity: is missing"},
		{[]string{"event", "edit", "1", "-n"}, "nothing to change"},
		{[]string{"event", "edit", "1", "-n", "--capacity", "0"}, "--capacity: must be"},
		{[]string{"event", "close", "-n"}, "the event is missing"},
		{[]string{"event", "cancel", "Go Meetup", "-n"}, "neither an event's number nor its slug"},
		{[]string{"booking", "cancel", "-n", "EVB-7K3M9-9QXT4-0"}, "typo"},
		{[]string{"booking", "cancel", "-n", "EVB-7K3M9-9QXT4-K", "--qty", "-1"}, "--qty: must be"},
		{[]string{"event", "list", "--dry-run"}, "unknown flag --dry-run"},
		{[]string{"check", "--event", "1", "--qty", "1", "-n"}, "unknown flag -n"},
		{[]string{"backup", "--out", "x.db", "--dry-run"}, "unknown flag --dry-run"},
		{[]string{"backup", "--out", "-"}, "cannot go to the standard output"},
	}
}

// badWordsForForgetting name nobody whose data could be erased, or too many.
func badWordsForForgetting() []badWords {
	forget := []string{"booking", "forget", "--yes"}
	return slices.Concat(
		with(forget, "--",
			"", "email: is missing", "ada", "must be one address", "ada@", "email: ",
			"@example.org", "email: ", "a@%", "email: ", "ada@example.org ", "must be one address",
			"Ada <ada@example.org>", "must be one address", "ada@example.org,bob@example.org",
			"email: ", "*", "must be one address", "ada@example.org\n", "email: ",
			"\x1b[2J@example.org", "email: ", strings.Repeat("a", 300)+"@example.org", "email: "),
		with(forget, "--ref",
			"", "should have 11", "EVB-00000", "should have 11", "EVB-7K3M9-9QXT4-0", "typo",
			"ada@example.org", "reference", "EVB-?????-?????-?", "is in no reference"),
		[]badWords{
			{forget, "the e-mail is missing"},
			{append(slices.Clone(forget), "--expired"), "no retention is set"},
			{append(slices.Clone(forget), "ada@example.org", "bob@example.org"), "unexpected"},
			{append(slices.Clone(forget), "ada@example.org", "--expired"), "cannot stand together"},
			{append(slices.Clone(forget), "--expired", "--ref", "EVB-7K3M9-9QXT4-K"), "together"},
			{append(slices.Clone(forget), "a@example.org", "--ref", "EVB-7K3M9-9QXT4-K"),
				"cannot stand together"},
			{append(slices.Clone(forget), "--email", "ada@example.org"), "unknown flag --email"},
			{[]string{"booking", "forget", "ada@example.org", "--yes=maybe"}, "--yes"},
			{[]string{"booking", "forgt", "ada@example.org"}, "booking forget"},
		},
	)
}

func TestARetentionThatIsNoNumberOfDaysErasesNothing(t *testing.T) {
	w := customers(t)
	for _, c := range []struct{ retention, says string }{
		{"730", "days"}, {"1h", "days"}, {"24h", "days"}, {"1w", "days"}, {"2y", "days"},
		{"1.5d", "days"}, {"1,5d", "days"}, {"-1d", "days"}, {"+1d", "days"}, {"1D", "days"},
		{" ", "days"}, {"1 d", "days"}, {"1d1h", "days"}, {"d", "days"}, {"١d", "days"},
		{"0x1d", "days"}, {"for ever", "days"}, {"0d", "from 1d to 36500d"},
		{"36501d", "from 1d to 36500d"}, {"99999999999999999999d", "from 1d to 36500d"},
		{"0", "no retention is set"}, {"", "no retention is set"},
	} {
		w.vars["EVBOOK_RETENTION"] = c.retention
		stdout, stderr, code := w.run("booking", "forget", "--expired")
		if code != 2 || stdout != "" || !strings.Contains(stderr, c.says) {
			t.Errorf("%q: exit %d, want %q in\n%s%s", c.retention, code, c.says, stdout, stderr)
		}
	}
	delete(w.vars, "EVBOOK_RETENTION")
	if n := w.emails(); n != 3 {
		t.Errorf("%d of 3 addresses are left", n)
	}
}

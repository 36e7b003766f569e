package cli

import (
	"fmt"
	"runtime"
	"strings"
	"time"

	"evbook/internal/bench"
	"evbook/internal/booking"
	"evbook/internal/storage"
)

// longestBar is how many characters the longest bar of a histogram has.
const longestBar = 40

// lateAnswers is for how long the last answers may be waited for without a word.
const lateAnswers = time.Second

// measurement adds what came of a benchmark: rates, times, what they rest on, and the verdict.
func (p *page) measurement(m *measurement) {
	events := eventCount(m.Load.Events)
	if m.Made > m.Load.Events {
		events += fmt.Sprintf(" at a time, %d in all,", m.Made)
	}
	text := fmt.Sprintf("%s, %d clients for %.1f s, %s of %s, %s", m.target, m.Clients,
		m.Took.Seconds(), events, booking.Seats(m.Capacity), m.Mix)
	if m.Keys {
		text += ", each booking with a key"
	}
	p.detail("Measured", text)
	p.conditions(m)
	if m.Waited > lateAnswers {
		p.warning(fmt.Sprintf("the last answers came %.1f s later; they are in no rate",
			m.Waited.Seconds()))
	}
	p.line("")
	p.operations(m)
	p.others(m)
	for _, l := range m.Lines {
		p.line("")
		p.bars(l)
	}
	p.line("")
	p.verdict(m)
}

// conditions adds what one has to know to judge a rate.
func (p *page) conditions(m *measurement) {
	if k := m.kept; k != nil {
		text := k.Engine + ", " + strings.Join(k.Settings, ", ")
		if k.FileSystem != "" {
			text += ", on " + k.FileSystem
		}
		p.detail("Database", text)
		if !k.Lasting {
			p.warning("what is acknowledged here is lost in a power cut; " +
				"where it has to last, rates are others")
			if m.Passing {
				p.warning("name a folder on a disk: TMPDIR=. evbook bench")
			}
		}
	}
	if m.hasSyncs() {
		text := fmt.Sprintf("%.0f syncs a second before, %.0f after (512 bytes each)",
			m.syncs.before, m.syncs.after)
		if m.Acknowledged > 0 {
			text += fmt.Sprintf("; %.2f bookings for each", m.bookingsPerSync())
		}
		p.detail("Disk", text)
	}
	name := "Program"
	if m.kept == nil {
		p.detail("Database", "a server tells nothing of how it keeps what it acknowledges")
		name = "Client"
	}
	p.detail(name, fmt.Sprintf("evbook %s, %s, %s/%s, %d cores", version(), runtime.Version(),
		runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0)))
}

// warning adds a line that is not to be passed over.
func (p *page) warning(text string) {
	fmt.Fprintln(p.to, p.styles.paint(yellow, "Note:        "+visible(text)))
}

// operations adds a table of what was answered.
func (p *page) operations(m *measurement) {
	right := func(title string) column { return column{title: title, right: true} }
	columns := []column{
		{title: "CALL"}, {title: "ANSWER"}, right("COUNT"), right("A SECOND"), right("P50"),
		right("P90"), right("P99"), right("P99.9"), right("MAX"),
	}
	var rows [][]string
	for _, l := range m.Lines {
		answer := string(l.Outcome)
		if l.Operation == bench.Book && l.Outcome == bench.Done {
			answer = "acknowledged"
		}
		row := []string{
			string(l.Operation), answer, fmt.Sprint(l.Times.Count()),
			fmt.Sprintf("%.0f", m.Rate(l.Operation, l.Outcome)),
		}
		for _, part := range []float64{.5, .9, .99, .999, 1} {
			row = append(row, inShort(l.Times.Quantile(part)))
		}
		rows = append(rows, row)
	}
	if len(rows) > 0 {
		p.table(columns, rows)
	}
}

// others adds why calls came to nothing.
func (p *page) others(m *measurement) {
	causes := map[bench.Outcome][]string{}
	kinds := map[booking.Kind]bool{}
	for _, o := range m.Others {
		cause := fmt.Sprintf("%s %s %d", o.Operation, o.Kind, o.Count)
		causes[o.Outcome()] = append(causes[o.Outcome()], cause)
		kinds[o.Kind] = true
	}
	p.detail("Refused", strings.Join(causes[bench.Refused], ", "))
	p.detail("Failed", strings.Join(causes[bench.Failed], ", "))
	p.detail("Unknown", strings.Join(causes[bench.Unknown], ", "))
	if m.Failure != nil {
		// It may be the text of a server that says again what it was told.
		p.detail("First error", booking.Conceal(m.Failure.Error()))
	}
	if kinds[booking.SoldOut] {
		p.warning("seats ran out; --capacity and --events say how many there are")
	}
	if kinds[booking.TooMany] {
		p.warning("the server answers one client only so often; see serve --rate-limits")
	}
}

// bars draws how long those waited who got one sort of answer.
func (p *page) bars(l bench.Line) {
	which := map[bench.Outcome]string{
		bench.Refused: " that was refused", bench.Failed: " that failed",
		bench.Unknown: " that stayed unknown",
	}
	p.line("How long a call to %s took%s:", l.Operation, which[l.Outcome])
	list := l.Times.Bars()
	var longest, total int64
	for _, bar := range list {
		longest, total = max(longest, bar.Count), total+bar.Count
	}
	for _, bar := range list {
		drawn := strings.Repeat("█", int(bar.Count*longestBar/longest))
		if drawn == "" && bar.Count > 0 {
			drawn = "▏"
		}
		p.line("  below %6s  %5.1f %%  %s", bar.Below, 100*float64(bar.Count)/float64(total), drawn)
	}
}

// verdict adds whether the database has what was acknowledged, and what else is to be told of it.
func (p *page) verdict(m *measurement) {
	findings := func(all []storage.Finding) {
		for _, f := range all {
			p.line("%s: %s", f.Check, f.Detail)
		}
	}
	word := map[string]string{
		"sound": "Sound", "unsound": "Not sound", "unknown": "Not certain",
	}[m.verdict()]
	if m.Unjudged != nil {
		p.line("Nobody could count what is booked: %s.", booking.Conceal(m.Unjudged.Error()))
	} else {
		p.line("%s: %d bookings were acknowledged, and %d are booked.", word, m.Acknowledged,
			m.Booked)
	}
	findings(m.Findings)
	switch r := m.Report; {
	case r != nil:
		p.line("Verified: events %d, bookings %d, journal entries %d, findings %d.", r.Events,
			r.Bookings, r.Entries, len(r.Findings))
		findings(r.Findings)
	case m.Unverified != nil:
		p.line("Not verified: %s.", booking.Conceal(m.Unverified.Error()))
	case m.Unjudged == nil:
		p.line("Not verified: these are the words of the server; " +
			"evbook verify counts where its database is.")
	}
	for _, text := range m.remains() {
		p.line("%s", text)
	}
}

// inShort writes a duration with three digits.
func inShort(d time.Duration) string {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit).String()
}

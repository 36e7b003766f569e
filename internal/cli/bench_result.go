package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strconv"
	"strings"
	"time"

	"evbook/internal/bench"
	"evbook/internal/booking"
	"evbook/internal/httpapi"
	"evbook/internal/storage"
)

// measurement is a benchmark, and what came of it.
type measurement struct {
	bench.Load
	bench.Result
	// target is what was measured, without any password.
	target string
	// kept is how the database keeps what it acknowledges, nil where only a server knows.
	kept *storage.Durability
	// syncs are how often in a second the disk of a file could sync right before and right after,
	// 0 where nobody can tell.
	syncs struct{ before, after float64 }
	// untidy is why the temporary database could not be removed, nil when it was.
	untidy error
}

// bookingsPerSync is how many bookings were acknowledged for each sync that the disk could do when
// it was the faster: right after the load it may still be writing what came of it.
func (m *measurement) bookingsPerSync() float64 {
	return m.bookingRate() / max(m.syncs.before, m.syncs.after)
}

// bookingRate is how many bookings were acknowledged in a second.
func (m *measurement) bookingRate() float64 { return m.Rate(bench.Book, bench.Done) }

// hasSyncs says whether the disk could be measured.
func (m *measurement) hasSyncs() bool { return m.syncs.before > 0 && m.syncs.after > 0 }

// benchView is a measurement as JSON.
type benchView struct {
	Target   string `json:"target"`
	Clients  int    `json:"clients"`
	Events   int    `json:"events"`
	Capacity int    `json:"capacity"`
	Mix      string `json:"mix"`
	// Keys says whether every booking had an idempotency key.
	Keys    bool    `json:"keys"`
	Seconds float64 `json:"seconds"`
	// WaitedSeconds is for how long after that the last answers were waited for, which are in no
	// rate.
	WaitedSeconds float64 `json:"waited_seconds"`
	// EventsMade is how many events there were one after the other, those that Events counts
	// included.
	EventsMade int `json:"events_made"`
	// BookingsPerSecond counts those that were acknowledged.
	BookingsPerSecond float64 `json:"bookings_per_second"`
	// Acknowledged and Booked are seats: as clients were told, and as the database has them, which
	// is null where it could not be asked.
	Acknowledged int64  `json:"acknowledged"`
	Booked       *int64 `json:"booked"`
	// Refused, Failed and Unknown are calls.
	Refused int64 `json:"refused"`
	Failed  int64 `json:"failed"`
	Unknown int64 `json:"unknown"`
	// Verdict is sound, unsound or unknown.
	Verdict  string             `json:"verdict"`
	Findings []benchFindingView `json:"findings"`
	// Verified is what verify has counted; null where it cannot be asked.
	Verified   *benchVerifiedView `json:"verified"`
	Operations []benchLineView    `json:"operations"`
	Others     []benchOtherView   `json:"others"`
	// Left are the numbers of the events that could not be cancelled.
	Left []int64 `json:"left"`
	// Doubtful are the names of events of which it is not known whether they were made.
	Doubtful    []string             `json:"doubtful"`
	Interrupted bool                 `json:"interrupted"`
	Durability  *benchDurabilityView `json:"durability"`
	// SyncsBefore and SyncsAfter are those of the disk in a second; null where nobody can tell.
	SyncsBefore *float64 `json:"syncs_per_second_before"`
	SyncsAfter  *float64 `json:"syncs_per_second_after"`
	Version     string   `json:"version"`
	Go          string   `json:"go"`
	Platform    string   `json:"platform"`
	Cores       int      `json:"cores"`
}

type benchFindingView struct {
	Check  string `json:"check"`
	Detail string `json:"detail"`
}

type benchVerifiedView struct {
	Events   int `json:"events"`
	Bookings int `json:"bookings"`
	Entries  int `json:"entries"`
}

// benchLineView is how long those waited, in milliseconds, who got an answer of one sort.
type benchLineView struct {
	Operation bench.Operation `json:"operation"`
	Outcome   bench.Outcome   `json:"outcome"`
	Count     int64           `json:"count"`
	PerSecond float64         `json:"per_second"`
	P50       float64         `json:"p50_ms"`
	P90       float64         `json:"p90_ms"`
	P99       float64         `json:"p99_ms"`
	P999      float64         `json:"p99_9_ms"`
	Max       float64         `json:"max_ms"`
}

// benchOtherView counts calls that were not done, by the code of their refusal or error.
type benchOtherView struct {
	Operation bench.Operation `json:"operation"`
	Code      booking.Kind    `json:"code"`
	Count     int64           `json:"count"`
}

type benchDurabilityView struct {
	Engine     string   `json:"engine"`
	Settings   []string `json:"settings"`
	FileSystem *string  `json:"file_system"`
	// Lasting says whether what is acknowledged outlives a power cut.
	Lasting bool `json:"lasting"`
}

func (m *measurement) view() benchView {
	v := benchView{
		Target: m.target, Clients: m.Clients, Events: m.Load.Events, Capacity: m.Capacity,
		Mix: m.Mix.String(), Keys: m.Keys, Seconds: rounded(m.Took.Seconds(), 3),
		WaitedSeconds: rounded(m.Waited.Seconds(), 3), EventsMade: m.Made,
		BookingsPerSecond: rounded(m.bookingRate(), 1),
		Acknowledged:      m.Acknowledged,
		Refused:           m.Count(bench.Refused), Failed: m.Count(bench.Failed),
		Unknown: m.Count(bench.Unknown),
		Verdict: m.verdict(), Left: m.Left, Doubtful: m.Doubtful, Interrupted: m.Interrupted,
		Version: version(), Go: runtime.Version(),
		Platform: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.GOMAXPROCS(0),
	}
	if m.Unjudged == nil {
		v.Booked = &m.Booked
	}
	if m.hasSyncs() {
		v.SyncsBefore = new(rounded(m.syncs.before, 1))
		v.SyncsAfter = new(rounded(m.syncs.after, 1))
	}
	if r := m.Report; r != nil {
		v.Verified = &benchVerifiedView{r.Events, r.Bookings, r.Entries}
	}
	for _, f := range m.AllFindings() {
		v.Findings = append(v.Findings, benchFindingView(f))
	}
	for _, l := range m.Lines {
		v.Operations = append(v.Operations, m.viewLine(l))
	}
	for _, o := range m.Others {
		v.Others = append(v.Others, benchOtherView{o.Operation, o.Kind, o.Count})
	}
	if k := m.kept; k != nil {
		v.Durability = &benchDurabilityView{Engine: k.Engine, Settings: k.Settings,
			Lasting: k.Lasting}
		if k.FileSystem != "" {
			v.Durability.FileSystem = &k.FileSystem
		}
	}
	return v
}

func (m *measurement) viewLine(l bench.Line) benchLineView {
	quantile := func(part float64) float64 { return milliseconds(l.Times.Quantile(part)) }
	return benchLineView{
		Operation: l.Operation, Outcome: l.Outcome, Count: l.Times.Count(),
		PerSecond: rounded(m.Rate(l.Operation, l.Outcome), 1),
		P50:       quantile(.5), P90: quantile(.9), P99: quantile(.99), P999: quantile(.999),
		Max: milliseconds(l.Times.Max()),
	}
}

// verdict says in a word whether the database has what was acknowledged.
func (m *measurement) verdict() string {
	switch {
	case len(m.AllFindings()) > 0:
		return "unsound"
	case !m.Sound():
		return "unknown"
	}
	return "sound"
}

// rounded leaves so many digits behind the point.
func rounded(x float64, digits int) float64 {
	unit := math.Pow10(digits)
	return math.Round(x*unit) / unit
}

func milliseconds(d time.Duration) float64 { return rounded(d.Seconds()*1000, 3) }

// measured prints what came of a benchmark; err is why there was none.
func (a *app) measured(ctx context.Context, m *measurement, err error) error {
	if err != nil {
		for _, text := range m.remains() {
			a.note("%s", text)
		}
		return err
	}
	err = m.end()
	ans := answer{
		envelope: httpapi.Envelope{
			Success: err == nil,
			Message: fmt.Sprintf("measured %s: %.0f bookings/s acknowledged, %s", m.target,
				m.bookingRate(), m.verdict()),
			Data: m.view(),
		},
		names: m.leftNames(),
		text:  func(p *page) { p.measurement(m) },
	}
	if err != nil {
		ans.envelope.Error = &httpapi.Failure{Code: string(kindOfEnd(ctx, err))}
	}
	return cmp.Or(a.show(ans), err)
}

// kindOfEnd is the kind of what ends the command.
func kindOfEnd(ctx context.Context, err error) booking.Kind {
	var told answered
	if errors.As(err, &told) {
		return told.kind
	}
	return known(ctx, err).Kind
}

// end is how the command ends, nil when all is well: the worst that there is to tell.
func (m *measurement) end() error {
	unasked := cmp.Or(m.Unjudged, m.Unverified)
	switch {
	case len(m.AllFindings()) > 0:
		return answered{booking.Unsound}
	case unasked != nil:
		return inAnswer{unasked}
	case m.LeftBecause != nil:
		return inAnswer{m.leftBehind()}
	case m.Interrupted:
		return answered{booking.Interrupted}
	case m.Failure != nil:
		return inAnswer{m.Failure}
	case m.untidy != nil:
		return inAnswer{m.untidy}
	}
	return nil
}

// leftBehind is an error that tells which events could not be cancelled.
func (m *measurement) leftBehind() error {
	kind := booking.KindOf(m.LeftBecause)
	if len(m.Left) == 0 {
		return booking.Errorf(kind, "the benchmark does not know whether it made its event %q: %w",
			m.Doubtful[0], m.LeftBecause).WithHint("evbook event list --search benchmark")
	}
	list := m.leftNames()
	return booking.Errorf(kind, "the benchmark could not cancel its events %s: %w",
		strings.Join(list, ", "), m.LeftBecause).WithHint("evbook event cancel %s --yes", list[0])
}

// remains are sentences about what the benchmark leaves behind.
func (m *measurement) remains() (all []string) {
	if len(m.Left) > 0 {
		all = append(all, "Left behind: events "+strings.Join(m.leftNames(), ", ")+".")
	}
	if len(m.Doubtful) > 0 {
		all = append(all, "Perhaps left behind: "+strings.Join(m.Doubtful, "; ")+".")
	}
	return all
}

func (m *measurement) leftNames() []string {
	var names []string
	for _, event := range m.Left {
		names = append(names, strconv.FormatInt(event, 10))
	}
	return names
}

// eventCount writes a number of events for people.
func eventCount(n int) string {
	if n == 1 {
		return "1 event"
	}
	return fmt.Sprintf("%d events", n)
}

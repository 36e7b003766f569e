package cli

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

func TestOnlyEventsThatMakeSenseAreOffered(t *testing.T) {
	w := newWorld(t)
	for _, line := range []string{
		"--name Later --capacity 8 --starts-at 2027-01-05T18:30:00Z",
		"--name Meetup --slug go-meetup --capacity 12 --starts-at 2026-12-01T19:00:00Z",
		"--name Undated --capacity 1",
		"--name Prepared --capacity 5 --draft",
		"--name Shut --slug 1-closed --capacity 5",
		"--name Called-off --capacity 5",
		"--name Over --capacity 5 --ends-at 2026-11-01T19:00:00Z",
	} {
		w.must(append([]string{"event", "create"}, strings.Fields(line)...)...)
	}
	w.must("event", "close", "5")
	w.must("event", "cancel", "6")
	w.must("book", "--event", "3", "--qty", "1")
	const (
		meetup   = "2\tMeetup · 1 Dec 19:00 · 12 free"
		bySlug   = "go-meetup\tevent 2 · Meetup · 1 Dec 19:00 · 12 free"
		later    = "1\tLater · 5 Jan 2027 18:30 · 8 free"
		undated  = "3\tUndated · 0 free"
		over     = "7\tOver · over"
		draft    = "4\tPrepared · draft"
		shut     = "5\tShut · closed"
		shutSlug = "1-closed\tevent 5 · Shut · closed"
		off      = "6\tCalled-off · cancelled"
	)
	onSale := []string{meetup, bySlug, later, undated}
	all := []string{meetup, bySlug, later, over, off, shut, shutSlug, draft, undated}
	for line, want := range map[string][]string{
		"book --event TAB": onSale, "check --event TAB": onSale, "event close TAB": onSale,
		"book --qty 2 --event TAB": onSale, "book --event=TAB": onSale, "events close TAB": onSale,
		"event open TAB":   {shut, shutSlug, draft},
		"event cancel TAB": {meetup, bySlug, later, over, shut, shutSlug, draft, undated},
		"event show TAB":   all, "event edit TAB": all, "event delete TAB": all,
		"hold create --event TAB": onSale, "hold list --event TAB": all,
		"booking list --event TAB": all, "log --event TAB": all,
		"event show 1":     {later, shutSlug},
		"event show go-":   {bySlug},
		"event show GO":    {bySlug}, // fish takes either case
		"book --event 4":   nil,
		"event show 2 TAB": nil,
		"event show %":     nil,
	} {
		w.offers(line, want...)
	}
}

func TestReferencesAreOfferedTheNewestFirstAndNameNobody(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "Go Meetup", "--capacity", "12")
	book := func(quantity string) string {
		return strings.TrimSpace(w.must("book", "--event", "1", "--qty", quantity, "-o", "name",
			"--email", "ada@example.org", "--name", "Ada", "--note", "by the window"))
	}
	first, second, third := book("1"), book("2"), book("3")
	w.must("booking", "cancel", second)
	const about = " · Go Meetup · "
	newest := []string{
		third + "\t3 seats" + about + "confirmed", second + "\t2 seats" + about + "cancelled",
		first + "\t1 seat" + about + "confirmed",
	}
	for line, want := range map[string][]string{
		"booking show TAB": newest, "log --ref TAB": newest, "log --ref EVB-": newest,
		"booking cancel TAB":                     {newest[0], newest[2]},
		"booking show " + second:                 {newest[1]},
		"booking show " + strings.ToLower(first): {newest[2]},
		"booking cancel " + second:               nil,
		"booking show " + first + " TAB":         nil,
		"booking show X":                         nil,
	} {
		w.offers(line, want...)
	}
}

func TestOnlyHoldsThatLastAreOfferedWhereAHoldIsNeeded(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "Go Meetup", "--capacity", "12")
	w.must("book", "--event", "1", "--qty", "1")
	first, second := w.hold("1", "2"), w.hold("1", "3")
	w.must("hold", "release", w.hold("1", "1"))
	w.must("hold", "confirm", w.hold("1", "1"))
	w.lapse(w.hold("1", "4"))
	const about = " · Go Meetup · held"
	want := []string{second + "\t3 seats" + about, first + "\t2 seats" + about}
	for _, command := range []string{"show", "confirm", "extend", "release"} {
		w.offers("hold "+command+" TAB", want...)
		w.offers("holds "+command+" "+first, want[1])
		w.offers("hold " + command + " " + first + " TAB")
	}
}

func TestAtMostFiftyAreOffered(t *testing.T) {
	w := newWorld(t)
	for i := range 51 {
		w.must("event", "create", "--name", "Go Meetup", "--capacity", "60", "--slug",
			"meetup-"+strconv.Itoa(i+1))
		w.must("book", "--event", "1", "--qty", "1")
	}
	for _, words := range [][]string{
		{"book", "--event", ""}, {"book", "--event", "meetup"}, {"booking", "cancel", ""},
	} {
		var got []string
		for range attempts {
			if got, _ = w.complete(words...); len(got) > 0 {
				break
			}
		}
		if len(got) != maxOffers {
			t.Errorf("%q: %d offers", words, len(got))
		}
	}
}

func TestWhatIsOfferedCannotHarmTheLineOrTheTerminal(t *testing.T) {
	for slug, want := range map[string]int{
		"go-meetup": 2, "": 1, "$(reboot)": 1, "a b": 1, "a\nb": 1, "--yes": 1, "../x": 1,
	} {
		if got := eventNames(booking.Event{ID: 1, Slug: slug}); len(got) != want {
			t.Errorf("%q: %q", slug, got)
		}
	}
	e := booking.Event{Status: booking.OpenEvent}
	e.Name = "A\x1b[2J\tB\nC\u202e" + strings.Repeat("é", 100)
	want := `A␛[2J␉B␊C\u202e` + strings.Repeat("é", maxOfferedName-11) + "… · 0 free"
	if got := aboutEvent(e, time.Now()); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTheTimeOfAnOfferIsThatOfTheEventsPlace(t *testing.T) {
	starts := time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		zone string
		now  time.Time
		want string
	}{
		{"UTC", starts.Add(-time.Hour), "31 Dec 23:30"},
		{"UTC", starts.Add(time.Hour), "31 Dec 2026 23:30"},
		{"Asia/Tokyo", starts.Add(-time.Hour), "1 Jan 08:30"},
		{"America/New_York", starts.Add(time.Hour), "31 Dec 18:30"},
		{"no zone", starts, "31 Dec 23:30"},
	} {
		if got := shortWhen(starts, c.zone, c.now); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestTheDatabaseThatIsConfiguredIsAsked(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "Here", "--capacity", "1")
	other := newWorld(t)
	other.must("event", "create", "--name", "There", "--capacity", "1")
	w.offers("book --event TAB", "1\tHere · 1 free")
	w.offers("--db "+other.db+" book --event TAB", "1\tThere · 1 free")
	w.offers("book --db="+other.db+" --event TAB", "1\tThere · 1 free")
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte("db: "+other.db+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.db = "" // an empty variable counts as unset
	w.offers("--config "+file+" book --event TAB", "1\tThere · 1 free")
}

func TestNothingIsOfferedAndNothingIsSaidWhereTheDatabaseCannotBeAsked(t *testing.T) {
	folder := t.TempDir()
	path := func(name string) string { return filepath.Join(folder, name) }
	for name, content := range map[string]string{
		"text.db": "Dear diary", "broken.yaml": "db: [", "cut.db": "SQLite format 3\x00",
	} {
		if err := os.WriteFile(path(name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, global := range []string{
		"--db " + path("missing.db"), "--db " + path("text.db"), "--db " + path("cut.db"),
		"--db " + folder, "--db " + path("no/such/folder.db"), "--db postgres://user:secret@x/y",
		"--config " + path("broken.yaml"), "--config " + path("missing.yaml"), "--lock-timeout x",
	} {
		w := newWorld(t)
		w.must("event", "create", "--name", "Go Meetup", "--capacity", "1")
		for _, line := range []string{"book --event TAB", "booking show TAB"} {
			w.offers(global + " " + line)
		}
	}
	if after, err := os.ReadDir(folder); err != nil || len(after) != len(before) {
		t.Errorf("the folder had %v, has %v, %v", before, after, err)
	}
}

func TestAShellNeverWaitsLong(t *testing.T) {
	w := newWorld(t)
	w.must("event", "create", "--name", "Go Meetup", "--capacity", "1")
	a := &app{env: Env{Getenv: func(name string) (string, bool) {
		return map[string]string{"EVBOOK_CONFIG": "none", "EVBOOK_DB": w.db}[name], true
	}}}
	release := make(chan struct{})
	stuck := a.live(func(context.Context, *storage.Store, string) []cobra.Completion {
		<-release
		return []cobra.Completion{"too late"}
	})
	cmd := &cobra.Command{}
	cmd.SetContext(t.Context())
	began := time.Now()
	offers, _ := stuck(cmd, nil, "")
	took := time.Since(began)
	close(release)
	if offers != nil || took < completionPatience || took > 20*completionPatience {
		t.Errorf("after %s it offers %q", took, offers)
	}
}

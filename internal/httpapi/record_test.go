package httpapi

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

// namesIn are the names of a JSON object, in their order.
func namesIn(t *testing.T, object []byte) (names []string) {
	t.Helper()
	d := jsontext.NewDecoder(bytes.NewReader(object))
	if _, err := d.ReadToken(); err != nil {
		t.Fatal(err)
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name.String())
		if err := d.SkipValue(); err != nil {
			t.Fatal(err)
		}
	}
	return names
}

func TestARecordHasTheFieldsOfItsJSON(t *testing.T) {
	// What is left out of the JSON when it is empty is not empty here.
	b, e := sampleBooking(), plannedEvent()
	b.CancelReason, b.Code, b.OfferedAt = "ill", "FRIENDS", noted()
	b.Lines = []booking.Line{{Type: 1, Name: "adult", Quantity: 2, UnitPrice: b.UnitPrice}}
	for _, data := range []any{
		viewEvent(e), viewBooking(b), viewEntry(booking.Entry{Booking: b.Reference}),
		checkView{}, reportView{}, backupView{}, viewType(e, e.Types[0]), viewPool(e, e.Pools[0]),
		viewCode(e, e.Codes.List()[0], noted()), waitView{}, viewStanding(Standing{Event: e}),
	} {
		r := RecordOf(data)
		object := r.JSON(nil)
		if got, want := r.Names(), namesIn(t, object); !slices.Equal(got, want) {
			t.Errorf("%T: fields %v, JSON %v", data, got, want)
		}
		for i, name := range r.Names() {
			var all, one map[string]jsontext.Value
			if err := json.Unmarshal(object, &all); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(r.JSON([]int{i}), &one); err != nil {
				t.Fatal(err)
			}
			if len(one) != 1 || string(one[name]) != string(all[name]) {
				t.Errorf("%T: picked %s: %s, want %s", data, name, r.JSON([]int{i}), all[name])
			}
		}
	}
}

func TestTheTextOfAFieldHasNoJSONAroundIt(t *testing.T) {
	e := sampleEvent()
	e.Name, e.Slug = `say "hi"`, ""
	r := EventRecord(e)
	texts := map[string]string{}
	for i, name := range r.Names() {
		texts[name] = r.Text(i)
	}
	for name, want := range map[string]string{
		"name": `say "hi"`, "slug": "", "capacity": "40", "price": "12.50", "status": "open",
	} {
		if texts[name] != want {
			t.Errorf("%s: %q, want %q", name, texts[name], want)
		}
	}
	r = BookingRecord(sampleBooking())
	for i, name := range r.Names() {
		if name == "lines" && r.Text(i) != "" {
			t.Errorf("no lines: %q", r.Text(i))
		}
	}
	entry := EntryRecord(booking.Entry{Detail: booking.Detail{Fields: []string{"name", "venue"}}})
	detail := slices.Index(entry.Names(), "detail")
	if got := entry.Text(detail); got != `{"fields":["name","venue"]}` {
		t.Errorf("detail: %q", got)
	}
	check := RecordOf(checkView{Sufficient: true})
	if got := check.Text(check.Len() - 1); got != "true" {
		t.Errorf("sufficient: %q", got)
	}
}

func TestAListThatIsWrittenRowByRowIsTheSameEnvelope(t *testing.T) {
	for _, n := range []int{0, 1, 3} {
		page := storage.EventPage{Events: make([]booking.Event, n)}
		for i := range page.Events {
			page.Events[i] = sampleEvent()
			page.Events[i].Name = "\x9b\u202e <&> 李"
		}
		whole := ListedEvents(page)
		var want, got bytes.Buffer
		if err := whole.Encode(&want); err != nil {
			t.Fatal(err)
		}
		err := EncodeList(&got, whole.Message, nil, func(row func(Record) error) error {
			for _, e := range page.Events {
				if err := row(EventRecord(e)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || got.String() != want.String() {
			t.Errorf("%d rows: error %v\n%s\nwant:\n%s", n, err, got.String(), want.String())
		}
	}
}

func TestAListThatBreaksOffIsNoJSON(t *testing.T) {
	broken := errors.New("disk gone")
	var b bytes.Buffer
	err := EncodeList(&b, "all events", nil, func(row func(Record) error) error {
		return errors.Join(row(EventRecord(sampleEvent())), broken)
	})
	if !errors.Is(err, broken) || jsontext.Value(b.Bytes()).IsValid() {
		t.Errorf("error %v, written %s", err, b.String())
	}
}

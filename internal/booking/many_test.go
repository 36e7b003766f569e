package booking

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"
)

// seats asks for seats of event 1.
func seats(quantity int, key string) Request {
	return Request{
		Event: Selector{ID: 1}, Quantity: quantity, Key: Key{Scope: LocalScope, Text: key},
	}
}

// many decides a request for many bookings.
func (g *group) many(rows []Request, atomic bool) ([]RowResult, error) {
	var results []RowResult
	err := g.do(func(d *Draft) (err error) {
		results, err = d.BookMany(rows, atomic)
		return err
	})
	return results, err
}

func TestManyRowsAreBookedAsOneAfterAnother(t *testing.T) {
	one, many := newGroup(), newGroup()
	one.create(t, 10)
	many.create(t, 10)
	rows := []Request{seats(3, "a"), seats(20, ""), seats(1, ""), seats(3, "a"), seats(4, "a")}
	results, err := many.many(rows, false)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		r, err := ask(one, (*Draft).Book, row)
		got := results[i]
		if !same(got.Receipt, r) || (got.Refusal == nil) != (err == nil) ||
			err != nil && got.Refusal.Error() != err.Error() {
			t.Errorf("row %d: %+v, by itself %+v, %v", i+1, got, r, err)
		}
	}
	if !reflect.DeepEqual(one.Journal(), many.Journal()) ||
		!reflect.DeepEqual(one.NewKeys(), many.NewKeys()) ||
		len(one.ChangedBookings()) != len(many.ChangedBookings()) {
		t.Errorf("one after another has changed %+v, many %+v", one.Sheet, many.Sheet)
	}
	if e, _ := many.Find(Selector{ID: 1}); e.Confirmed != 4 || e.Version != 3 {
		t.Errorf("the event is %+v", e)
	}
}

func TestAllRowsAreBookedOrNone(t *testing.T) {
	g := newGroup()
	g.create(t, 3)
	changes := func() []int {
		return []int{len(g.Journal()), len(g.ChangedBookings()), len(g.NewKeys())}
	}
	before := changes()
	results, err := g.many([]Request{seats(2, "a"), seats(2, "b"), seats(1, "c")}, true)
	var refused *Error
	if !errors.As(err, &refused) || refused.Kind != SoldOut || refused.Rows != 1 ||
		refused.Message != "1 of 3 rows refused, nothing was booked" ||
		!slices.Equal(refused.Fields,
			[]Field{{"row 2", "only 1 seat left for event 1, asked for 2"}}) {
		t.Errorf("got %+v", err)
	}
	if len(results) != 3 || results[1].Refusal == nil || results[2].Refusal != nil {
		t.Errorf("the results are %+v", results)
	}
	if e, _ := g.Find(Selector{ID: 1}); e.Confirmed != 0 || !slices.Equal(changes(), before) {
		t.Errorf("the event is %+v, changes %v", e, changes())
	}
	if _, err := g.many([]Request{seats(2, "a"), seats(1, "c")}, true); err != nil {
		t.Error(err)
	}
	if e, _ := g.Find(Selector{ID: 1}); e.Confirmed != 3 {
		t.Errorf("%d seats are confirmed, want 3", e.Confirmed)
	}
}

func TestARefusedBookingLeavesTheDraftAsItWas(t *testing.T) {
	g := newGroup()
	g.create(t, 3)
	g.book(t, 1, 1)
	if _, err := ask(g, (*Draft).Book, seats(1, "used")); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []Request{
		seats(0, "a"), seats(9, "b"), seats(2, "used"), {Event: Selector{ID: 7}, Quantity: 1},
		{Event: Selector{Slug: "gone"}, Quantity: 1}, {},
	} {
		d := Draft{Sheet: g.Sheet, now: g.now}
		if _, err := d.Book(bad); err == nil {
			t.Fatalf("%+v is booked", bad)
		}
		if !reflect.DeepEqual(d, Draft{Sheet: g.Sheet, now: g.now}) {
			t.Errorf("%+v leaves %+v", bad, d)
		}
	}
}

func TestAFailureThatIsNoRefusalBooksNothing(t *testing.T) {
	g := newGroup()
	g.create(t, 10)
	g.LoadKey(Used{
		Key: Key{LocalScope, "torn"}, At: g.now, Booking: g.book(t, 1, 1).Reference,
		Fingerprint: seats(1, "torn").fingerprint(Event{ID: 1}), Answer: []byte("{"),
	})
	results, err := g.many([]Request{seats(1, ""), seats(1, "torn")}, false)
	if KindOf(err) != Internal || results != nil {
		t.Errorf("got %+v, %v", results, err)
	}
	if e, _ := g.Find(Selector{ID: 1}); e.Confirmed != 1 {
		t.Errorf("%d seats are confirmed, want 1", e.Confirmed)
	}
}

func TestRefusedRowsAreOfOneKind(t *testing.T) {
	for _, c := range []struct {
		kinds []Kind
		want  Kind
	}{
		{[]Kind{"", SoldOut, SoldOut}, SoldOut},
		{[]Kind{SoldOut, Invalid, ""}, Invalid},
		{[]Kind{"", Closed, SoldOut}, Closed},
		{[]Kind{NotFound}, NotFound},
		{[]Kind{"", ""}, ""},
	} {
		results := make([]RowResult, len(c.kinds))
		for i, kind := range c.kinds {
			if kind != "" {
				results[i].Refusal = Errorf(kind, "no")
			}
		}
		if got := KindOf(RefusedRows(len(results), refusals(results))); got != c.want {
			t.Errorf("%v make %q, want %q", c.kinds, got, c.want)
		}
	}
}

func TestAnErrorNamesTwentyRowsAndCountsTheRest(t *testing.T) {
	results := make([]RowResult, 50)
	for i := 10; i < 50; i++ {
		results[i].Refusal = Errorf(Closed, "reason %d", i)
	}
	var e *Error
	err := RefusedRows(len(results), refusals(results))
	if !errors.As(err, &e) || e.Rows != 40 || len(e.Fields) != MaxNamed ||
		e.Fields[0] != (Field{"row 11", "reason 10"}) ||
		e.Message != "40 of 50 rows refused, nothing was booked" {
		t.Errorf("got %+v", err)
	}
}

func TestManyRowsRepeatedBookNothingNew(t *testing.T) {
	g := newGroup()
	g.create(t, 10)
	rows := []Request{seats(3, "a"), seats(4, "b")}
	first := must[[]RowResult](t)(g.many(rows, true))
	g.now = g.now.Add(time.Hour)
	for i, again := range must[[]RowResult](t)(g.many(rows, true)) {
		if !again.Receipt.Replayed || !same(again.Receipt.Booking, first[i].Receipt.Booking) {
			t.Errorf("row %d gives %+v, first was %+v", i+1, again.Receipt, first[i].Receipt)
		}
	}
	if e, _ := g.Find(Selector{ID: 1}); e.Confirmed != 7 {
		t.Errorf("%d seats are confirmed, want 7", e.Confirmed)
	}
}

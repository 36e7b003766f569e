package booking

import (
	"reflect"
	"testing"
	"time"
)

// fullBooking has something in every field.
func fullBooking() Booking {
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	price := Money{Minor: 1250, Currency: "EUR"}
	return Booking{
		Reference: 7, EventID: 1, Quantity: 2, Status: Held, UnitPrice: price,
		Lines: []Line{{Type: 1, Name: "adult", Quantity: 2, UnitPrice: price}}, Code: "CLUB",
		Email: "ada@example.org", Name: "Ada", Note: "aisle", CancelReason: "rain",
		ExpiresAt: at.Add(time.Hour), Extensions: 1, OfferedAt: at, Issue: 1, Limited: true,
		CreatedAt: at.Add(-time.Hour), UpdatedAt: at,
	}
}

func TestATagChangesWithEveryFieldOfABooking(t *testing.T) {
	full := fullBooking()
	seen := map[string]string{full.Tag(): "the booking itself"}
	for i := range reflect.TypeFor[Booking]().NumField() {
		name := reflect.TypeFor[Booking]().Field(i).Name
		less := full
		field := reflect.ValueOf(&less).Elem().Field(i)
		if field.IsZero() {
			t.Fatalf("%s is empty in the booking of the test", name)
		}
		field.SetZero()
		if name == "Limited" { // only what customers and organisers can see counts
			if less.Tag() != full.Tag() {
				t.Errorf("%s changes the tag", name)
			}
			continue
		}
		if other, taken := seen[less.Tag()]; taken {
			t.Errorf("without %s the tag is that of %s", name, other)
		}
		seen[less.Tag()] = name
	}
	if len(seen) < 17 {
		t.Errorf("only %d fields were looked at", len(seen))
	}
}

func TestATagIsTheSameInEveryZoneAndForNoLines(t *testing.T) {
	b := fullBooking()
	tag := b.Tag()
	zone := time.FixedZone("east", 3600)
	b.ExpiresAt, b.CreatedAt = b.ExpiresAt.In(zone), b.CreatedAt.In(zone)
	if b.Tag() != tag {
		t.Error("another zone is another tag")
	}
	none, empty := Booking{Reference: 1}, Booking{Reference: 1, Lines: []Line{}}
	if none.Tag() != empty.Tag() {
		t.Error("no lines are two tags")
	}
}

func TestALapsedHoldIsAnotherVersionSweptOrNot(t *testing.T) {
	b := fullBooking()
	lapsed := b.At(b.ExpiresAt.Add(time.Hour))
	if b.At(b.ExpiresAt.Add(-time.Second)).Tag() == lapsed.Tag() {
		t.Error("a hold that has lapsed has the tag of one that stands")
	}
	swept := b
	swept.Status, swept.UpdatedAt = Expired, b.ExpiresAt
	if swept.Tag() != lapsed.Tag() {
		t.Error("being swept changes the tag")
	}
}

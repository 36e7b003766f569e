package httpapi

import (
	"testing"
	"time"

	"evbook/internal/booking"
)

func TestAStreamEndsWithItsToken(t *testing.T) {
	a := onAir(t, Options{Open: true, Heartbeat: 20 * time.Millisecond}, nil)
	a.must("POST", "/events", meetup)
	asOwner := a.listen("/events/1/stream")
	made, err := a.store.CreateToken(t.Context(), booking.NewToken{
		Name: "x", Role: booking.Organiser,
	})
	if err != nil {
		t.Fatal(err)
	}
	// From now on there are roles, and who was the owner is a stranger.
	asOwner.until(`event: end data: {"reason":"unauthorized"}`)
	withToken := a.listen("/events/1/stream", "Authorization", "Bearer "+made.Credential.Text())
	if _, err := a.store.RevokeToken(t.Context(), made.Token.ID); err != nil {
		t.Fatal(err)
	}
	withToken.until(`event: end data: {"reason":"unauthorized"}`)
}

// until hears the messages up to one.
func (e *ear) until(message string) {
	e.t.Helper()
	for got := ""; got != message; got = e.next() {
	}
}

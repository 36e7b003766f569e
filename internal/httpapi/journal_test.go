package httpapi

import (
	"testing"

	"evbook/internal/booking"
	"evbook/internal/storage"
)

func TestJournalEntriesKeepTheirForm(t *testing.T) {
	booked := booking.Entry{
		EventID: 1, Seq: 2, At: noted(), Actor: "cli:ada", Kind: booking.BookingConfirmed,
		Booking: 1, Confirmed: 2,
	}
	edited := booking.Entry{
		EventID: 1, Seq: 3, At: noted(), Actor: "http", Kind: booking.EventEdited, Capacity: -5,
		Detail: booking.Detail{Fields: []string{"capacity", "venue"}},
	}
	held := booking.Entry{
		EventID: 1, Seq: 4, At: noted(), Actor: "http", Kind: booking.BookingHeld, Booking: 1,
		Held: 2, Detail: booking.Detail{ExpiresAt: noted()},
	}
	moved := booking.Entry{
		EventID: 1, Seq: 5, At: noted(), Actor: "http", Kind: booking.BookingMoved, Booking: 1,
		Confirmed: -2, Detail: booking.Detail{
			Types: []booking.TypeSeats{{Type: 1, Name: "adult", Confirmed: -2}}, Code: "CLUB",
			Event: 2,
		},
	}
	joined := booking.Entry{
		EventID: 1, Seq: 6, At: noted(), Actor: "http", Kind: booking.BookingJoined, Booking: 1,
		Waiting: 2,
	}
	added := booking.Entry{
		EventID: 1, Seq: 7, At: noted(), Actor: "http", Kind: booking.PoolAdded,
		Detail: booking.Detail{Name: "balcony"},
	}
	compare(t, []wanted{
		{"a move", ListedJournal(storage.JournalPage{Entries: []booking.Entry{moved}}),
			`{"success":true,"message":"1 journal entry","data":[{"event_id":1,"seq":5,` +
				`"at":"2026-03-01T08:30:00.123Z","actor":"http","kind":"booking.moved",` +
				`"booking":"EVB-00000-00001-H","capacity":0,"held":0,"confirmed":-2,` +
				`"detail":{"types":[{"type":"adult","held":0,"confirmed":-2,"waiting":0}],` +
				`"code":"CLUB","other_event_id":2},"waiting":0}]` + noPage},
		{"an entry of the waitlist",
			ListedJournal(storage.JournalPage{Entries: []booking.Entry{joined}}),
			`{"success":true,"message":"1 journal entry","data":[{"event_id":1,"seq":6,` +
				`"at":"2026-03-01T08:30:00.123Z","actor":"http","kind":"booking.joined",` +
				`"booking":"EVB-00000-00001-H","capacity":0,"held":0,"confirmed":0,` +
				`"detail":{},"waiting":2}]` + noPage},
		{"a pool", ListedJournal(storage.JournalPage{Entries: []booking.Entry{added}}),
			`{"success":true,"message":"1 journal entry","data":[{"event_id":1,"seq":7,` +
				`"at":"2026-03-01T08:30:00.123Z","actor":"http","kind":"pool.added",` +
				`"booking":null,"capacity":0,"held":0,"confirmed":0,` +
				`"detail":{"name":"balcony"},"waiting":0}]` + noPage},
		{"nothing", ListedJournal(storage.JournalPage{}),
			`{"success":true,"message":"0 journal entries","data":[]` + noPage},
		{"a booking", ListedJournal(storage.JournalPage{Entries: []booking.Entry{booked}}),
			`{"success":true,"message":"1 journal entry","data":[{"event_id":1,"seq":2,` +
				`"at":"2026-03-01T08:30:00.123Z","actor":"cli:ada","kind":"booking.confirmed",` +
				`"booking":"EVB-00000-00001-H","capacity":0,"held":0,"confirmed":2,` +
				`"detail":{},"waiting":0}]` + noPage},
		{"a hold", ListedJournal(storage.JournalPage{Entries: []booking.Entry{held}}),
			`{"success":true,"message":"1 journal entry","data":[{"event_id":1,"seq":4,` +
				`"at":"2026-03-01T08:30:00.123Z","actor":"http","kind":"booking.held",` +
				`"booking":"EVB-00000-00001-H","capacity":0,"held":2,"confirmed":0,` +
				`"detail":{"expires_at":"2026-03-01T08:30:00.123Z"},"waiting":0}]` + noPage},
		{"an edit", ListedJournal(storage.JournalPage{
			Entries: []booking.Entry{edited}, Next: "1.1.3",
		}),
			`{"success":true,"message":"1 journal entry, more follow","data":[{"event_id":1,` +
				`"seq":3,"at":"2026-03-01T08:30:00.123Z","actor":"http","kind":"event.edited",` +
				`"booking":null,"capacity":-5,"held":0,"confirmed":0,` +
				`"detail":{"fields":["capacity","venue"]},"waiting":0}],` +
				`"page":{"next_cursor":"1.1.3","has_more":true}}`},
	})
}

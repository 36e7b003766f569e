package storage

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"evbook/internal/booking"
)

// target names things that a caller may want: an event by its number and its slug, and bookings of
// it in some states.
type target struct {
	event, slug              booking.Selector
	held, confirmed, waiting booking.Reference
	// own is a booking that the caller may reach, in an event that the caller may reach.
	own      booking.Reference
	ownEvent booking.Selector
	folder   string
}

// row asks a method of the store for something of a target, and gives what it answers.
type row func(ctx context.Context, s *Store, at target) (any, error)

// given makes the two answers of a method those of a row.
func given[T any](answer T, err error) (any, error) { return answer, err }

// scopeRows has a row or more for each method of the store; what comes after a space tells them
// apart.
func scopeRows() map[string]row {
	rows := map[string]row{}
	for _, some := range []map[string]row{
		eventRows(), planRows(), bookingRows(), changeRows(), listRows(),
	} {
		for name, r := range some {
			rows[name] = r
		}
	}
	return rows
}

func eventRows() map[string]row {
	return map[string]row{
		"Event": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Event(ctx, at.event))
		},
		"Event by slug": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Event(ctx, at.slug))
		},
		"Codes": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Codes(ctx, CodeQuery{Event: at.event, Page: Page{Limit: DefaultLimit}}))
		},
		"AllCodes": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.AllCodes(ctx, CodeQuery{Event: at.event}))
		},
		"Check": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Check(ctx, booking.AvailabilityRequest{
				Event: at.slug, Lines: []booking.LineRequest{{Type: "child", Quantity: 1}},
			}))
		},
		"EditEvent": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.EditEvent(ctx, at.event, booking.Edit{Name: new("Stolen")}))
		},
		"OpenEvent": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.OpenEvent(ctx, at.slug))
		},
		"CloseEvent": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.CloseEvent(ctx, at.event))
		},
		"CancelEvent": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.CancelEvent(ctx, at.event, true, "why"))
		},
		"DeleteEvent": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.DeleteEvent(ctx, at.event))
		},
	}
}

func planRows() map[string]row {
	return map[string]row{
		"AddType": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.AddType(ctx, booking.NewType{Event: at.event, Name: "senior"}))
		},
		"EditType": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.EditType(ctx, booking.TypeEdit{
				Event: at.slug, Type: "adult", Name: new("senior"),
			}))
		},
		"AddPool": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.AddPool(ctx, booking.NewPool{
				Event: at.event, Name: "annexe", Capacity: 1,
			}))
		},
		"EditPool": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.EditPool(ctx, booking.PoolEdit{
				Event: at.event, Pool: "hall", Capacity: new(9),
			}))
		},
		"AddCode": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.AddCode(ctx, booking.NewCode{
				Event: at.event, Text: "CODE-2", Uses: 1,
			}))
		},
		"DisableCode": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.DisableCode(ctx, booking.CodeSelector{
				Event: at.event, Text: "CODE-1",
			}))
		},
	}
}

func bookingRows() map[string]row {
	request := func(sel booking.Selector) booking.Request {
		return booking.Request{
			Event: sel, Email: "x@example.com",
			Lines: []booking.LineRequest{{Type: "child", Quantity: 1}},
			Key:   booking.Key{Scope: "token:1", Text: "k"},
		}
	}
	return map[string]row{
		"Book": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Book(ctx, request(at.event)))
		},
		"Book by slug": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Book(ctx, request(at.slug)))
		},
		"BookMany": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.BookMany(ctx, []booking.Request{request(at.event)}, true))
		},
		"BookMany some": func(ctx context.Context, s *Store, at target) (any, error) {
			results, err := s.BookMany(ctx, []booking.Request{request(at.slug)}, false)
			if err == nil && results[0].Refusal != nil {
				err = results[0].Refusal
			}
			return results, err
		},
		"Join": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Join(ctx, booking.Joining{
				Event: at.event, Quantity: 1, Type: "adult", Email: "x@example.com",
			}))
		},
		"Booking": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Booking(ctx, at.confirmed))
		},
		"Explain": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Explain(ctx, at.waiting))
		},
	}
}

func changeRows() map[string]row {
	key := booking.Key{Scope: "token:1", Text: "c"}
	return map[string]row{
		"Confirm": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Confirm(ctx, booking.Confirmation{Reference: at.held, Key: key}))
		},
		"Extend": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Extend(ctx, booking.Extension{Reference: at.held, TTL: time.Hour}))
		},
		"Release": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Release(ctx, booking.Release{Reference: at.held}))
		},
		"Leave": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Leave(ctx, booking.Leave{Reference: at.waiting}))
		},
		"CancelBooking": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.CancelBooking(ctx, booking.Cancellation{Reference: at.confirmed}))
		},
		"Amend": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Amend(ctx, booking.Amendment{
				Reference: at.confirmed, Name: new("Eve"), Key: key,
			}))
		},
		"Transfer": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Transfer(ctx, booking.Transfer{
				Reference: at.confirmed, Email: "eve@example.com", Key: key,
			}))
		},
		"Resize": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Resize(ctx, booking.Resize{
				Reference: at.confirmed, Lines: []booking.LineRequest{{Type: "child", Quantity: 2}},
			}))
		},
		"Move": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Move(ctx, booking.Move{
				Reference: at.confirmed, Event: at.ownEvent, Key: key,
			}))
		},
		"Move there": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Move(ctx, booking.Move{
				Reference: at.own, Event: at.slug, Type: "child",
			}))
		},
	}
}

// listRows read lists, whose error tells nothing: what is beyond the scope is not on them.
func listRows() map[string]row {
	page := Page{Limit: MaxLimit}
	return map[string]row{
		"Bookings": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Bookings(ctx, BookingQuery{Event: at.slug, Page: page}))
		},
		"Bookings of all": func(ctx context.Context, s *Store, _ target) (any, error) {
			return given(s.Bookings(ctx, BookingQuery{Page: page}))
		},
		"Bookings that wait of all": func(ctx context.Context, s *Store, _ target) (any, error) {
			return given(s.Bookings(ctx, BookingQuery{Waitlist: true, Page: page}))
		},
		"EachBooking of all": func(ctx context.Context, s *Store, _ target) (any, error) {
			var all []booking.Booking
			err := s.EachBooking(ctx, BookingQuery{}, func(b booking.Booking) error {
				all = append(all, b)
				return nil
			})
			return all, err
		},
		"Events of all": func(ctx context.Context, s *Store, _ target) (any, error) {
			return given(s.Events(ctx, EventQuery{Sort: "-name", Page: page}))
		},
		"EachEvent of all": func(ctx context.Context, s *Store, _ target) (any, error) {
			var all []booking.Event
			err := s.EachEvent(ctx, EventQuery{}, func(e booking.Event) error {
				all = append(all, e)
				return nil
			})
			return all, err
		},
		"Journal": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Journal(ctx, JournalQuery{Event: at.event, Page: page}))
		},
		"Journal of a booking": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Journal(ctx, JournalQuery{Booking: at.confirmed, Page: page}))
		},
		"EntriesAfter of all": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.EntriesAfter(ctx, at.event.ID, 0, 9))
		},
		"Journal of all": func(ctx context.Context, s *Store, _ target) (any, error) {
			return given(s.Journal(ctx, JournalQuery{Page: page}))
		},
		"EachEntry of all": func(ctx context.Context, s *Store, _ target) (any, error) {
			var all []booking.Entry
			err := s.EachEntry(ctx, JournalQuery{}, func(e booking.Entry) error {
				all = append(all, e)
				return nil
			})
			return all, err
		},
		"Feed": func(ctx context.Context, s *Store, at target) (any, error) {
			f, err := s.Feed(ctx, JournalQuery{Event: at.slug})
			if err == nil {
				err = f.Close()
			}
			return nil, err
		},
		"SuggestEvents of all": func(ctx context.Context, s *Store, _ target) (any, error) {
			return given(s.SuggestEvents(ctx, EventWish{
				Statuses: booking.EventStatuses(), Now: time.Now(), Limit: 50,
			}))
		},
		"SuggestBookings of all": func(ctx context.Context, s *Store, _ target) (any, error) {
			return given(s.SuggestBookings(ctx, BookingWish{Limit: 50}))
		},
		"Slugs of all": func(ctx context.Context, s *Store, _ target) (any, error) {
			return given(s.Slugs(ctx))
		},
	}
}

// ownerRows are about the database as a whole.
func ownerRows() map[string]row {
	return map[string]row{
		"NamedFeed": func(ctx context.Context, s *Store, _ target) (any, error) {
			f, err := s.NamedFeed(ctx)
			if err == nil {
				err = f.Close()
			}
			return nil, err
		},
		"CreateEvent": func(ctx context.Context, s *Store, _ target) (any, error) {
			return given(s.CreateEvent(ctx, booking.NewEvent{EventDetails: booking.EventDetails{
				Name: "More", Capacity: 1, Zone: "UTC", Price: booking.Money{Currency: "EUR"},
			}}))
		},
		"Sweep": func(ctx context.Context, s *Store, _ target) (any, error) {
			return given(s.Sweep(ctx))
		},
		"Forget": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Forget(ctx, booking.Forgetting{Booking: at.own}))
		},
		"Concerned": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Concerned(ctx, booking.Forgetting{Booking: at.own}))
		},
		"Server": func(ctx context.Context, s *Store, _ target) (any, error) {
			return given(s.Server(ctx))
		},
		"Replication": func(ctx context.Context, s *Store, _ target) (any, error) {
			return given(s.Replication(ctx))
		},
		"Durability": func(ctx context.Context, s *Store, _ target) (any, error) {
			return given(s.Durability(ctx))
		},
		"Verify": func(ctx context.Context, s *Store, _ target) (any, error) {
			return given(s.Verify(ctx))
		},
		"Backup": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.Backup(ctx, filepath.Join(at.folder, "copy.db")))
		},
		"CreateToken": func(ctx context.Context, s *Store, at target) (any, error) {
			return given(s.CreateToken(ctx, booking.NewToken{
				Name: "mine", Role: booking.Organiser, Events: []booking.Selector{at.ownEvent},
			}))
		},
		"RotateToken": func(ctx context.Context, s *Store, _ target) (any, error) {
			return given(s.RotateToken(ctx, booking.Rotation{ID: 1}))
		},
		"RevokeToken": func(ctx context.Context, s *Store, _ target) (any, error) {
			return given(s.RevokeToken(ctx, 1))
		},
		"NoteTokenUse": func(ctx context.Context, s *Store, _ target) (any, error) {
			return nil, s.NoteTokenUse(ctx, []int64{1})
		},
		"Tokens": func(ctx context.Context, s *Store, _ target) (any, error) {
			return given(s.Tokens(ctx))
		},
		"Token": func(ctx context.Context, s *Store, _ target) (any, error) {
			return given(s.Token(ctx, 1))
		},
	}
}

// unscoped are the methods that neither read nor change what an event has.
func unscoped() []string {
	return []string{
		"As", "If", "Close", "Ready",
		"Secret",     // computes with what the caller has read
		"GuestScope", // is asked before it is known who the caller is
	}
}

// methodOf is the method that a row is about.
func methodOf(name string) string {
	method, _, _ := strings.Cut(name, " ")
	return method
}

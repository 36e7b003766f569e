package storage

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"sync"

	"evbook/internal/booking"
)

// secretLabel sets the key of the secrets apart from that of the references, which it comes from.
const secretLabel = "evbook booking secret 1"

// secrets derives the secrets of bookings, so that none has to be stored, and none can be read in a
// copy of the database without its key. It is safe for concurrent use.
type secrets struct{ macs sync.Pool }

// newSecrets takes the key of the references.
func newSecrets(referenceKey []byte) *secrets {
	derive := hmac.New(sha256.New, referenceKey)
	derive.Write([]byte(secretLabel))
	key := derive.Sum(nil)
	return &secrets{sync.Pool{New: func() any { return hmac.New(sha256.New, key) }}}
}

// of gives the secret of the booking in a row, made at a time in microseconds, as it is after so
// many transfers: the first half of HMAC-SHA256 over the three numbers, 64 bits each, the highest
// byte first.
func (s *secrets) of(row, created int64, issue int) (secret booking.Secret) {
	mac := s.macs.Get().(hash.Hash)
	defer s.macs.Put(mac)
	mac.Reset()
	text := make([]byte, 0, sha256.Size)
	text = binary.BigEndian.AppendUint64(text, uint64(row))
	text = binary.BigEndian.AppendUint64(text, uint64(created))
	mac.Write(binary.BigEndian.AppendUint64(text, uint64(issue)))
	copy(secret[:], mac.Sum(text[:0]))
	return secret
}

// Secret gives the secret of a booking for whom it belongs to now.
func (s *Store) Secret(b booking.Booking) booking.Secret {
	return s.secrets.of(s.refs.row(b.Reference), micros(b.CreatedAt), b.Issue)
}

// GuestScope is what there is for somebody who shows a secret of a booking. One that a transfer has
// made void opens nothing any more, but who has asked for the transfer may repeat it, to hear the
// answer. Errors: Unauthenticated, whether or not there is such a booking.
func (s *Store) GuestScope(
	ctx context.Context, ref booking.Reference, shown booking.Secret,
) (booking.Scope, error) {
	everything := s.As(booking.Caller{})
	b, err := everything.Booking(ctx, ref)
	if err != nil && booking.KindOf(err) != booking.NotFound {
		return booking.Scope{}, err
	}
	former := b
	former.Issue--
	// Both are compared in any case, also for a booking that is not there.
	fits, fitted := s.Secret(b).Equal(shown), s.Secret(former).Equal(shown)
	scope := booking.Scope{Public: true, Own: ref, Issue: b.Issue}
	switch {
	case err == nil && fits:
		return scope, nil
	case err == nil && fitted && b.Issue > 0:
		scope.Issue--
		return scope, nil
	}
	return booking.Scope{}, booking.Errorf(booking.Unauthenticated,
		"the secret does not open booking %s", ref).
		WithHint("use the newest one: a transfer makes those before it void")
}

// received completes the answer to who has made a booking. A dry run has made none: its reference
// would be the next customer's.
func (s *Store) received(r booking.Receipt) booking.Receipt {
	switch {
	case s.dryRun && !r.Replayed:
		r.Booking.Reference = 0
	case r.Booking.Reference != 0:
		made := r.Booking
		made.Issue = 0
		r.Secret = s.Secret(made)
	}
	return r
}
